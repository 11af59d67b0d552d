//! A metric against the weights left: the paper's own figure. x runs logarithmically from 100% down.

use crate::{
    DrawResult,
    arm_style::ArmStyle,
    labels::{self, Label},
    pen::{DevicePoint, Pen},
    plot_area::{Axis, PlotArea, Tick},
    scale::{Scale, largest_at_most, round_up_nicely, smallest_at_least, ticks_enclosing},
    style::ChartStyle,
};
use numbers::{percent, short_count, two_significant_digits, with_commas, without_trailing_zeros};
use plotters::coord::Shift;
use plotters::prelude::{DrawingArea, DrawingBackend};

/// What is read off a round.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MetricKind {
    /// Accuracy, from 0 to 1, shown in percent.
    #[default]
    Accuracy,
    /// Iterations.
    Iterations,
    /// A loss, in nats.
    Loss,
}

/// One round of one arm.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RoundPoint {
    /// Share of the weights left, above 0 and at most 1.
    pub weights_left_fraction: f64,
    /// The metric's value; the mean if there are several trials.
    pub value: f64,
    /// Lowest and highest of several trials.
    pub band: Option<(f64, f64)>,
}

/// One arm through the rounds.
#[derive(Clone, Debug)]
pub struct ArmLine {
    /// Whose.
    pub style: &'static ArmStyle,
    /// In order of rounds.
    pub points: Vec<RoundPoint>,
    /// Single trials, drawn faintly: weights left and value.
    pub trials: Vec<Vec<(f64, f64)>>,
}

/// A horizontal line across the chart, such as the dense network's value.
#[derive(Clone, Debug)]
pub struct ReferenceLine {
    /// How it looks and what it is called.
    pub style: &'static ArmStyle,
    /// Where.
    pub value: f64,
    /// Lowest and highest of several trials.
    pub band: Option<(f64, f64)>,
}

/// What the chart shows.
#[derive(Clone, Debug, Default)]
pub struct RoundsChart {
    /// What is read off, such as “test accuracy at the end”.
    pub metric: String,
    /// Its unit.
    pub kind: MetricKind,
    /// In order of legends.
    pub lines: Vec<ArmLine>,
    /// A line across.
    pub reference: Option<ReferenceLine>,
    /// Share of the weights left in each planned round, the dense one first: the x axis spans them from the start
    /// and has its ticks there.
    pub planned: Vec<f64>,
}

impl RoundsChart {
    /// What to say if there is nothing to draw.
    pub fn empty(&self) -> Option<&'static str> {
        let mut values = self.lines.iter().flat_map(|line| &line.points).map(|point| point.value);
        match (values.clone().next(), values.any(f64::is_finite)) {
            (None, _) => Some(EMPTY),
            (Some(_), false) => Some(DIVERGED),
            (Some(_), true) => None,
        }
    }
}

const EMPTY: &str = "A point appears here at the end of each round.";
const DIVERGED: &str = "Training has diverged: there is no finite number to draw.";

/// Accuracies an axis may begin or end at: fine near the top, where the arms differ.
const ACCURACIES: [f64; 20] = [
    0.0, 0.2, 0.4, 0.5, 0.6, 0.7, 0.8, 0.84, 0.86, 0.88, 0.9, 0.92, 0.94, 0.95, 0.96, 0.97, 0.98, 0.985,
    0.99, 1.0,
];

/// The ends of the y axis. They hold all data; counts and losses begin at 0.
pub fn y_range(data: &RoundsChart) -> (f64, f64) {
    let (low, high) =
        values(data).fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)));
    match data.kind {
        MetricKind::Accuracy if low > high => (0.9, 1.0),
        // A hair of room, so that no point sits on the edge.
        MetricKind::Accuracy => {
            (largest_at_most(&ACCURACIES, low - 0.001), smallest_at_least(&ACCURACIES, high + 0.001))
        }
        MetricKind::Iterations if low > high => (0.0, 100.0),
        MetricKind::Iterations | MetricKind::Loss => (0.0, round_up_nicely(high)),
    }
}

/// The share of weights at the right end of the x axis: below all data and all planned rounds.
pub fn x_end(data: &RoundsChart) -> f64 {
    let drawn = data.lines.iter().flat_map(|line| {
        let trials = line.trials.iter().flatten().map(|point| point.0);
        line.points.iter().map(|point| point.weights_left_fraction).chain(trials)
    });
    let shares = drawn.chain(data.planned.iter().copied()).filter(|share| share.is_finite() && *share > 0.0);
    shares.fold(0.5, f64::min)
}

fn values(data: &RoundsChart) -> impl Iterator<Item = f64> {
    let spread = |band: Option<(f64, f64)>| band.into_iter().flat_map(|(low, high)| [low, high]);
    let lines = data.lines.iter().flat_map(move |line| {
        let points = line.points.iter().flat_map(move |point| spread(point.band).chain([point.value]));
        points.chain(line.trials.iter().flatten().map(|point| point.1))
    });
    let reference = data.reference.iter().flat_map(move |line| spread(line.band).chain([line.value]));
    lines.chain(reference).filter(|value| value.is_finite())
}

/// Arms for which room is kept before they come, so that the chart does not jump when they do.
const USUAL: [&str; 2] = ["ticket", "reinit"];

/// The chart in words.
pub fn describe(data: &RoundsChart) -> String {
    let reading = capital(if data.metric.is_empty() { "reading" } else { &data.metric });
    let said: Vec<String> = data
        .lines
        .iter()
        .filter_map(|line| {
            let point = line.points.iter().rev().find(|point| point.value.is_finite())?;
            Some(format!(
                "{} {} at {} left",
                line.style.chart_label,
                say(data.kind, point.value),
                percent(point.weights_left_fraction)
            ))
        })
        .collect();
    if let Some(empty) = data.empty() {
        return format!("{reading} against weights left. {empty}");
    }
    let reference = data.reference.as_ref();
    let dense = reference
        .map(|line| format!(" {}: {}.", capital(line.style.legend_label), say(data.kind, line.value)));
    format!("{reading} against weights left: {}.{}", said.join("; "), dense.unwrap_or_default())
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters
        .next()
        .map_or(String::new(), |first| [first.to_ascii_uppercase()].into_iter().chain(letters).collect())
}

fn say(unit: MetricKind, value: f64) -> String {
    match unit {
        MetricKind::Accuracy => percent(value),
        MetricKind::Iterations => with_commas(value),
        MetricKind::Loss => format!("{value:.4}"),
    }
}

/// Draws the chart; nothing but the empty axes if there are no data.
pub fn draw<DB: DrawingBackend>(
    area: &DrawingArea<DB, Shift>,
    data: &RoundsChart,
    style: &ChartStyle,
) -> DrawResult<DB> {
    let pen = Pen::new(area, style);
    let (x, y) = (x_axis(&pen, data), y_axis(&pen, data));
    let labelled = !style.compact || data.lines.len() <= 3;
    let arms = data.lines.iter().map(|line| line.style).chain(data.reference.iter().map(|line| line.style));
    let arms = arms.chain(USUAL.map(ArmStyle::by_name));
    let right = if labelled { labels::label_column_width(&pen, arms.map(|arm| arm.chart_label)) } else { 0 };
    let plot_area = PlotArea::layout(&pen, ((0, 0), pen.size()), (&x, &y), right);
    if plot_area.is_tiny() {
        return Ok(());
    }
    plot_area.draw(&pen, (&x, &y))?;

    let mut ends = Vec::new();
    if let Some(line) = &data.reference {
        let color = line.style.color(style.theme);
        if let Some((low, high)) =
            line.band.and_then(|(low, high)| Some((plot_area.y(low)?, plot_area.y(high)?)))
        {
            pen.rect((plot_area.left, high), (plot_area.right, low), color.with_alpha(0.1))?;
        }
        if let Some(at) = plot_area.y(line.value) {
            pen.path(&[(plot_area.left, at), (plot_area.right, at)], color.opaque(), 1.5, line.style.dash)?;
            let ink = line.style.text_color(style.theme).opaque();
            ends.push(Label { text: line.style.chart_label.to_owned(), at: (plot_area.right, at), ink });
        }
    }
    // The first of the legend on top.
    for line in data.lines.iter().rev() {
        backdrop(&pen, &plot_area, line)?;
    }
    for line in data.lines.iter().rev() {
        let color = line.style.color(style.theme).opaque();
        let points: Vec<DevicePoint> = line
            .points
            .iter()
            .filter_map(|point| plot_area.position(point.weights_left_fraction, point.value))
            .collect();
        // A round without a number is a gap.
        for run in line.points.split(|point| !point.value.is_finite()) {
            let run: Vec<DevicePoint> = run
                .iter()
                .filter_map(|point| plot_area.position(point.weights_left_fraction, point.value))
                .collect();
            pen.path(&run, color, 2.0, line.style.dash)?;
        }
        for &point in &points {
            pen.marker(line.style.marker, point, if style.compact { 3.5 } else { 4.0 }, color)?;
        }
        if let Some(&at) = points.last() {
            let ink = line.style.text_color(style.theme).opaque();
            ends.push(Label { text: line.style.chart_label.to_owned(), at, ink });
        }
    }
    if labelled { labels::draw(&pen, &plot_area, &ends) } else { Ok(()) }
}

/// What lies behind a line: the band of its trials and the trials themselves.
fn backdrop<DB: DrawingBackend>(pen: &Pen<'_, DB>, plot_area: &PlotArea, line: &ArmLine) -> DrawResult<DB> {
    let color = line.style.color(pen.style.theme);
    let edge = |side: fn((f64, f64)) -> f64| {
        line.points
            .iter()
            .filter_map(move |point| plot_area.position(point.weights_left_fraction, side(point.band?)))
    };
    let lower: Vec<DevicePoint> = edge(|band| band.0).collect();
    let outline: Vec<DevicePoint> = edge(|band| band.1).chain(lower.into_iter().rev()).collect();
    if outline.len() >= 4 {
        pen.polygon(outline, color.with_alpha(0.16))?;
    }
    for trial in &line.trials {
        let points: Vec<DevicePoint> =
            trial.iter().filter_map(|&(left, value)| plot_area.position(left, value)).collect();
        pen.path(&points, color.with_alpha(0.35), 1.0, line.style.dash)?;
    }
    Ok(())
}

fn x_axis<DB: DrawingBackend>(pen: &Pen<'_, DB>, data: &RoundsChart) -> Axis {
    let end = x_end(data);
    let label = |share: f64| two_significant_digits(share * 100.0);
    let shares = match data.planned.len() {
        0 | 1 => vec![1.0, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001],
        _ => data.planned.clone(),
    };
    // Every round, or every second, or every third: as there is room.
    let widest =
        shares.iter().map(|share| pen.width(&label(*share), false)).max().unwrap_or(0) + pen.px(10.0);
    let every = (shares.len() as i32 * widest / (pen.size().0 * 4 / 5).max(1)) as usize + 1;
    let ticks =
        shares.iter().enumerate().filter(|(_, share)| **share >= end * 0.999).map(|(index, &share)| {
            let said = if index.is_multiple_of(every) { label(share) } else { String::new() };
            Tick::new(share, said)
        });
    Axis { title: "weights left, %".to_owned(), scale: Scale::log(1.0, end), ticks: ticks.collect() }
}

fn y_axis<DB: DrawingBackend>(pen: &Pen<'_, DB>, data: &RoundsChart) -> Axis {
    let most = (pen.size().1 / (5 * pen.line_height() / 2).max(1)).clamp(2, 6) as usize;
    let (low, high) = y_range(data);
    let ticks = ticks_enclosing(low, high, most);
    let label = |at: f64| match data.kind {
        MetricKind::Accuracy => without_trailing_zeros(at * 100.0, 1),
        MetricKind::Iterations if pen.style.compact => short_count(at),
        MetricKind::Iterations => with_commas(at),
        MetricKind::Loss => without_trailing_zeros(at, 3),
    };
    let unit = match data.kind {
        MetricKind::Accuracy => ", %",
        MetricKind::Iterations => "",
        MetricKind::Loss => ", nats",
    };
    Axis {
        title: if data.metric.is_empty() { String::new() } else { format!("{}{unit}", data.metric) },
        scale: Scale::linear(ticks[0], ticks[ticks.len() - 1]),
        ticks: ticks.into_iter().map(|at| Tick::new(at, label(at))).collect(),
    }
}
