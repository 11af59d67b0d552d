//! A metric against the fraction of weights left, like the figures of the paper. The x axis is logarithmic and runs
//! from 100% down.

use crate::{
    DrawResult,
    arm_style::ArmStyle,
    ghost::{self, GhostLine},
    labels::{self, Label},
    pen::{DevicePoint, Pen},
    plot_area::{Axis, PlotArea, Tick},
    scale::{Scale, largest_at_most, round_up_nicely, smallest_at_least, ticks_enclosing},
    style::ChartStyle,
};
use numbers::{fixed, percent, short_count, two_significant_digits, with_commas, without_trailing_zeros};
use plotters::coord::Shift;
use plotters::prelude::{DrawingArea, DrawingBackend};
use texts::{fill, text};

/// The kind of a metric, which determines its unit and the y axis.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MetricKind {
    /// An accuracy from 0 to 1, shown in percent.
    #[default]
    Accuracy,
    /// A number of iterations.
    Iterations,
    /// A loss in nats.
    Loss,
    /// Milliseconds.
    Milliseconds,
    /// A difference of accuracies from 0 to 1, shown in percentage points.
    PercentagePoints,
    /// How many times as much as something else.
    Times,
}

/// One round of one arm.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RoundPoint {
    /// The fraction of weights left, above 0 and at most 1.
    pub weights_left_fraction: f64,
    /// The value of the metric, or its mean over several trials.
    pub value: f64,
    /// Whether the true value is this or more, because training was over before it was found. Such a point is marked by an
    /// arrow, and no line goes through it.
    pub is_lower_bound: bool,
    /// The lowest and highest value of several trials.
    pub band: Option<(f64, f64)>,
}

/// The rounds of one arm.
#[derive(Clone, Debug)]
pub struct ArmLine {
    /// The style of the arm.
    pub style: &'static ArmStyle,
    /// The points in order of rounds.
    pub points: Vec<RoundPoint>,
    /// The lines of single trials, as fractions of weights left and values. They are drawn faintly.
    pub trials: Vec<Vec<(f64, f64)>>,
}

/// A horizontal line across the chart, such as the dense network's value.
#[derive(Clone, Debug)]
pub struct ReferenceLine {
    /// The style of the line, which includes its label.
    pub style: &'static ArmStyle,
    /// The value of the metric at which the line is drawn.
    pub value: f64,
    /// Whether the true value is this or more. The line is then marked by an arrow.
    pub is_lower_bound: bool,
    /// The lowest and highest value of several trials.
    pub band: Option<(f64, f64)>,
}

/// The data of the chart.
#[derive(Clone, Debug, Default)]
pub struct RoundsChart {
    /// The name of the metric, such as “test accuracy at the end”.
    pub metric: String,
    /// The kind of the metric.
    pub kind: MetricKind,
    /// The arms in the legend's order.
    pub lines: Vec<ArmLine>,
    /// The horizontal reference line, if there is one.
    pub reference: Option<ReferenceLine>,
    /// The round that is marked by a line, from 0.
    pub marked: Option<usize>,
    /// The lines of other runs, as fractions of weights left and values.
    pub ghosts: Vec<GhostLine>,
    /// The fraction of weights left in each planned round, from the dense round on. The x axis spans them from the
    /// start and has its ticks there.
    pub planned: Vec<f64>,
}

impl RoundsChart {
    /// The text that is shown if there is nothing to draw, or `None` if there is something.
    pub fn empty(&self) -> Option<&'static str> {
        let mut values = self.lines.iter().flat_map(|line| &line.points).map(|point| point.value);
        match (values.clone().next(), values.any(f64::is_finite)) {
            (None, _) => Some(text("chart.rounds_empty")),
            (Some(_), false) => Some(text("chart.diverged")),
            (Some(_), true) => None,
        }
    }
}

/// The accuracies at which the y axis may begin or end. They are denser near the top, where the arms differ.
const ACCURACIES: [f64; 20] = [
    0.0, 0.2, 0.4, 0.5, 0.6, 0.7, 0.8, 0.84, 0.86, 0.88, 0.9, 0.92, 0.94, 0.95, 0.96, 0.97, 0.98, 0.985,
    0.99, 1.0,
];

/// The ends of the y axis. They contain all data. An axis of iterations or losses begins at 0.
pub fn y_range(data: &RoundsChart) -> (f64, f64) {
    let (low, high) =
        values(data).fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)));
    match data.kind {
        MetricKind::Accuracy if low > high => (0.9, 1.0),
        // A small margin keeps points off the edges.
        MetricKind::Accuracy => {
            (largest_at_most(&ACCURACIES, low - 0.001), smallest_at_least(&ACCURACIES, high + 0.001))
        }
        MetricKind::Iterations if low > high => (0.0, 100.0),
        MetricKind::Milliseconds if low > high => (0.0, 1.0),
        // Where nothing differs, the axis still has an extent.
        MetricKind::PercentagePoints => (0.0, round_up_nicely(high.max(0.001))),
        MetricKind::Times if low > high => (0.0, 1.0),
        MetricKind::Iterations | MetricKind::Loss | MetricKind::Milliseconds | MetricKind::Times => {
            let points = data.lines.iter().flat_map(|line| &line.points);
            let open = points.map(|point| point.is_lower_bound);
            let open = open.chain(data.reference.iter().map(|line| line.is_lower_bound)).any(|open| open);
            // The arrow of a lower bound needs room above its point.
            (0.0, round_up_nicely(if open { 1.12 * high } else { high }))
        }
    }
}

/// The fraction of weights left at the right end of the x axis. It is below all data and all planned rounds.
pub fn x_end(data: &RoundsChart) -> f64 {
    let drawn = data.lines.iter().flat_map(|line| {
        let trials = line.trials.iter().flatten().map(|point| point.0);
        line.points.iter().map(|point| point.weights_left_fraction).chain(trials)
    });
    let ghosts = data.ghosts.iter().flat_map(|ghost| ghost.points.iter().map(|point| point.0));
    let shares = drawn
        .chain(ghosts)
        .chain(data.planned.iter().copied())
        .filter(|share| share.is_finite() && *share > 0.0);
    shares.fold(0.5, f64::min)
}

fn values(data: &RoundsChart) -> impl Iterator<Item = f64> {
    let spread = |band: Option<(f64, f64)>| band.into_iter().flat_map(|(low, high)| [low, high]);
    let lines = data.lines.iter().flat_map(move |line| {
        let points = line.points.iter().flat_map(move |point| spread(point.band).chain([point.value]));
        points.chain(line.trials.iter().flatten().map(|point| point.1))
    });
    let reference = data.reference.iter().flat_map(move |line| spread(line.band).chain([line.value]));
    let ghosts = data.ghosts.iter().flat_map(|ghost| ghost.points.iter().map(|point| point.1));
    lines.chain(reference).chain(ghosts).filter(|value| value.is_finite())
}

/// The arms for which room is reserved before they have data, so that the chart does not jump when the data arrive.
const USUAL: [&str; 2] = ["ticket", "reinit"];

/// Describes the chart in words.
pub fn describe(data: &RoundsChart) -> String {
    let metric = capital(if data.metric.is_empty() { text("chart.reading") } else { &data.metric });
    let readings: Vec<String> = data
        .lines
        .iter()
        .filter_map(|line| {
            let point = line.points.iter().rev().find(|point| point.value.is_finite())?;
            Some(fill!(
                "chart.at_left",
                arm = line.style.chart_label(),
                value = say(data.kind, point.value, point.is_lower_bound),
                left = percent(point.weights_left_fraction),
            ))
        })
        .collect();
    if let Some(empty) = data.empty() {
        return fill!("chart.rounds_nothing", metric = metric, empty = empty);
    }
    let readings = readings.join("; ");
    match &data.reference {
        None => fill!("chart.rounds", metric = metric, readings = readings),
        Some(line) => fill!(
            "chart.rounds_and_reference",
            metric = metric,
            readings = readings,
            reference = capital(line.style.legend_label()),
            value = say(data.kind, line.value, line.is_lower_bound),
        ),
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters
        .next()
        .map_or(String::new(), |first| [first.to_ascii_uppercase()].into_iter().chain(letters).collect())
}

/// A value in words. `is_lower_bound` says whether the true one is this or more.
fn say(unit: MetricKind, value: f64, is_lower_bound: bool) -> String {
    let value = match unit {
        MetricKind::Accuracy => percent(value),
        MetricKind::Times => fill!("chart.times", number = fixed(value, 2)),
        MetricKind::Iterations => with_commas(value),
        MetricKind::Loss => fixed(value, 4),
        MetricKind::PercentagePoints => fill!("chart.points", number = fixed(100.0 * value, 2)),
        MetricKind::Milliseconds => {
            fill!("chart.milliseconds", number = two_significant_digits(value))
        }
    };
    if is_lower_bound { fill!("chart.not_before", value = value) } else { value }
}

/// Draws the chart, or only its axes if there are no data. The error is that of the backend.
pub fn draw<DB: DrawingBackend>(
    area: &DrawingArea<DB, Shift>,
    data: &RoundsChart,
    style: &ChartStyle,
) -> DrawResult<DB> {
    let pen = Pen::new(area, style);
    let (x, y, plot_area) = lay_out(&pen, data);
    let labelled = is_labelled(data, style);
    if plot_area.is_tiny() {
        return Ok(());
    }
    plot_area.draw(&pen, (&x, &y))?;
    let marked = data.marked.and_then(|round| data.planned.get(round));
    plot_area.mark(&pen, marked.copied())?;

    let mut ends = ghost::draw(&pen, &plot_area, &data.ghosts)?;
    if let Some(line) = &data.reference {
        let color = line.style.color(style.theme);
        if let Some((low, high)) =
            line.band.and_then(|(low, high)| Some((plot_area.y(low)?, plot_area.y(high)?)))
        {
            pen.rect((plot_area.left, high), (plot_area.right, low), color.with_alpha(0.1))?;
        }
        if let Some(at) = plot_area.y(line.value) {
            pen.path(&[(plot_area.left, at), (plot_area.right, at)], color.opaque(), 1.5, line.style.dash)?;
            if line.is_lower_bound {
                pen.arrow_up((plot_area.right, at), 14.0, color.opaque())?;
            }
            let ink = line.style.text_color(style.theme).opaque();
            ends.push(Label { text: line.style.chart_label().to_owned(), at: (plot_area.right, at), ink });
        }
    }
    // The first arm of the legend is drawn last, so that it is on top.
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
        // A round without a finite value leaves a gap in the line, and so does one whose value is not known to its end.
        for run in line.points.split(|point| !point.value.is_finite() || point.is_lower_bound) {
            let run: Vec<DevicePoint> = run
                .iter()
                .filter_map(|point| plot_area.position(point.weights_left_fraction, point.value))
                .collect();
            pen.path(&run, color, 2.0, line.style.dash)?;
        }
        for &point in &points {
            pen.marker(line.style.marker, point, if style.compact { 3.5 } else { 4.0 }, color)?;
        }
        let open = line.points.iter().filter(|point| point.is_lower_bound);
        for at in open.filter_map(|point| plot_area.position(point.weights_left_fraction, point.value)) {
            pen.arrow_up(at, 14.0, color)?;
        }
        if let Some(&at) = points.last() {
            let ink = line.style.text_color(style.theme).opaque();
            ends.push(Label { text: line.style.chart_label().to_owned(), at, ink });
        }
    }
    if labelled { labels::draw(&pen, &plot_area, &ends) } else { Ok(()) }
}

fn is_labelled(data: &RoundsChart, style: &ChartStyle) -> bool {
    !style.compact || data.lines.len() <= 3
}

fn lay_out<DB: DrawingBackend>(pen: &Pen<'_, DB>, data: &RoundsChart) -> (Axis, Axis, PlotArea) {
    let (x, y) = (x_axis(pen, data), y_axis(pen, data));
    let arms = data.lines.iter().map(|line| line.style).chain(data.reference.iter().map(|line| line.style));
    let arms = arms.chain(USUAL.map(ArmStyle::by_name)).map(|arm| arm.chart_label());
    let right = if is_labelled(data, pen.style) { labels::label_column_width(pen, arms) } else { 0 };
    let plot_area = PlotArea::layout(pen, ((0, 0), pen.size()), (&x, &y), right);
    (x, y, plot_area)
}

/// Where each planned round stands, in device pixels from the left.
pub fn round_positions<DB: DrawingBackend>(
    area: &DrawingArea<DB, Shift>,
    data: &RoundsChart,
    style: &ChartStyle,
) -> Vec<i32> {
    let (_, _, plot_area) = lay_out(&Pen::new(area, style), data);
    data.planned.iter().filter_map(|share| plot_area.x(*share)).collect()
}

/// What the chart says of a round, in words.
pub fn reading(data: &RoundsChart, round: usize) -> String {
    let Some(&share) = data.planned.get(round) else { return String::new() };
    let near = |point: &&RoundPoint| (point.weights_left_fraction / share - 1.0).abs() < 0.01;
    let values = data.lines.iter().filter_map(|line| {
        let point = line.points.iter().find(near)?;
        Some(format!("{} {}", line.style.chart_label(), say(data.kind, point.value, point.is_lower_bound)))
    });
    let dense = data.reference.iter().map(|line| {
        format!("{} {}", line.style.chart_label(), say(data.kind, line.value, line.is_lower_bound))
    });
    let values: Vec<String> = values.chain(dense).collect();
    fill!("chart.of_round", round = round, left = percent(share), readings = values.join(", "))
}

/// Draws what lies behind an arm's line: the band of its trials, and the lines of the single trials.
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
    // Every round has a label, or every second, or every third, depending on the room.
    let widest =
        shares.iter().map(|share| pen.width(&label(*share), false)).max().unwrap_or(0) + pen.px(10.0);
    let every = (shares.len() as i32 * widest / (pen.size().0 * 4 / 5).max(1)) as usize + 1;
    let ticks =
        shares.iter().enumerate().filter(|(_, share)| **share >= end * 0.999).map(|(index, &share)| {
            let text = if index.is_multiple_of(every) { label(share) } else { String::new() };
            Tick::new(share, text)
        });
    Axis {
        title: text("chart.weights_left_percent_axis").to_owned(),
        scale: Scale::log(1.0, end),
        ticks: ticks.collect(),
    }
}

fn y_axis<DB: DrawingBackend>(pen: &Pen<'_, DB>, data: &RoundsChart) -> Axis {
    let most = (pen.size().1 / (5 * pen.line_height() / 2).max(1)).clamp(2, 6) as usize;
    let (low, high) = y_range(data);
    let ticks = ticks_enclosing(low, high, most);
    let label = |at: f64| match data.kind {
        MetricKind::Accuracy => without_trailing_zeros(at * 100.0, 1),
        MetricKind::Times => fill!("chart.times", number = without_trailing_zeros(at, 2)),
        MetricKind::Iterations if pen.style.compact => short_count(at),
        MetricKind::Iterations => with_commas(at),
        MetricKind::Loss => without_trailing_zeros(at, 3),
        MetricKind::Milliseconds => without_trailing_zeros(at, 2),
        MetricKind::PercentagePoints => without_trailing_zeros(at * 100.0, 2),
    };
    let title = match data.kind {
        _ if data.metric.is_empty() => String::new(),
        MetricKind::Accuracy => {
            fill!("chart.metric_percent_axis", metric = data.metric)
        }
        MetricKind::Loss => fill!("chart.metric_nats_axis", metric = data.metric),
        MetricKind::PercentagePoints => fill!("chart.metric_points_axis", metric = data.metric),
        MetricKind::Iterations | MetricKind::Milliseconds | MetricKind::Times => data.metric.clone(),
    };
    Axis {
        title,
        scale: Scale::linear(ticks[0], ticks[ticks.len() - 1]),
        ticks: ticks.into_iter().map(|at| Tick::new(at, label(at))).collect(),
    }
}
