//! Accuracy while training: validation accuracy against iterations, with one line for each arm and round.

use crate::{
    DrawResult,
    arm_style::ArmStyle,
    ghost::{self, GhostLine},
    labels::{self, Label},
    pen::{DevicePoint, PaintColor, Pen},
    plot_area::{Axis, PlotArea, Tick},
    scale::{Scale, largest_at_most, smallest_at_least, ticks_inside},
    style::ChartStyle,
};
use numbers::{
    order::{sort_and_dedup, sort_by_number},
    percent, percent_without_sign, short_count, with_commas, without_trailing_zeros,
};
use plotters::coord::Shift;
use plotters::prelude::{DrawingArea, DrawingBackend};
use texts::{fill, text};

/// The validation accuracy of one arm in one round.
#[derive(Clone, Debug)]
pub struct Curve {
    /// The style of the arm.
    pub style: &'static ArmStyle,
    /// The round, which is also the number of prunings before it.
    pub round: u32,
    /// The iteration within the round and the accuracy from 0 to 1, in order of iterations.
    pub points: Vec<(u32, f64)>,
    /// The lowest and highest accuracy of several trials at each of `points`. Empty if there is only one trial.
    pub band: Vec<(f64, f64)>,
    /// The curves of single trials, as iterations and accuracies. They are drawn as thin lines.
    pub trials: Vec<Vec<(u32, f64)>>,
    /// The iteration of the lowest validation loss, once it is known.
    pub early_stop: Option<u32>,
}

/// The range of the x axis.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CurvesXAxis {
    /// The iterations of one round. All rounds are drawn on top of each other, and earlier ones are fainter.
    #[default]
    OneRound,
    /// The iterations of all rounds, one round after the other.
    AllRounds,
}

/// The data of the chart.
#[derive(Clone, Debug, Default)]
pub struct CurvesChart {
    /// The curves in any order.
    pub curves: Vec<Curve>,
    /// The lines of other runs in the emphasised round, as iterations and accuracies. They need an axis of one round.
    pub ghosts: Vec<GhostLine>,
    /// The iteration that is marked by a line.
    pub marked: Option<u32>,
    /// The round that is emphasised.
    pub round: u32,
    /// The number of planned rounds, including the dense one.
    pub rounds: u32,
    /// The number of iterations of a round.
    pub iterations: u32,
    /// The range of the x axis.
    pub x_axis: CurvesXAxis,
}

impl CurvesChart {
    /// Whether there is nothing to draw yet.
    pub fn is_empty(&self) -> bool {
        self.curves.iter().all(|curve| curve.points.is_empty())
    }
}

/// The text that is shown while there is nothing to draw.
pub fn empty() -> &'static str {
    text("chart.curves_empty")
}

/// The accuracies at which the y axis may begin, and those at which it may end.
const FLOORS: [f64; 6] = [0.0, 0.1, 0.3, 0.5, 0.7, 0.8];
const CEILINGS: [f64; 6] = [0.97, 0.98, 0.985, 0.99, 0.995, 1.0];
/// The accuracies that may have a tick. If there is not enough room, the first ones in this list are kept.
const TICKS: [f64; 12] = [0.9, 0.95, 0.98, 0.8, 0.5, 0.1, 0.99, 0.97, 0.7, 0.3, 0.995, 0.6];

/// The arms for which room is reserved before they have data, so that the chart does not jump when the data arrive.
const USUAL: [&str; 2] = ["ticket", "reinit"];

/// The ends of the y axis as accuracies from 0 to 1. They contain all data and at least the range from 80% to 97%, so
/// that they seldom change.
pub fn y_range(data: &CurvesChart) -> (f64, f64) {
    let bands = data.curves.iter().flat_map(|curve| curve.band.iter().flat_map(|&(low, high)| [low, high]));
    let means = data.curves.iter().flat_map(|curve| curve.points.iter().map(|point| point.1));
    let trials = data.curves.iter().flat_map(|curve| curve.trials.iter().flatten().map(|point| point.1));
    let ghosts = data.ghosts.iter().flat_map(|ghost| ghost.points.iter().map(|point| point.1));
    let values = means.chain(bands).chain(trials).chain(ghosts).filter(|value| value.is_finite());
    let (low, high) = values.fold((0.8, 0.97), |(low, high): (f64, f64), v| (low.min(v), high.max(v)));
    (largest_at_most(&FLOORS, low), smallest_at_least(&CEILINGS, high))
}

/// The end of the curves of the emphasised round, as `ROUND.ITERATION`. Empty if there are none.
pub fn end(data: &CurvesChart) -> String {
    let now = data.curves.iter().filter(|curve| curve.round == data.round);
    let last = now.filter_map(|curve| curve.points.last()).map(|point| point.0).max();
    last.map_or(String::new(), |iteration| format!("{}.{iteration}", data.round))
}

/// Describes the chart in words.
pub fn describe(data: &CurvesChart) -> String {
    let mut now: Vec<&Curve> = data.curves.iter().filter(|curve| curve.round == data.round).collect();
    sort_by_number(&mut now, |curve| position(curve) as f64);
    let readings: Vec<String> = now
        .iter()
        .filter_map(|curve| {
            let (iteration, accuracy) = last(curve)?;
            Some(fill!(
                "chart.at_iteration",
                arm = curve.style.chart_label(),
                value = percent(accuracy),
                iteration = with_commas(f64::from(iteration)),
            ))
        })
        .collect();
    if readings.is_empty() {
        return fill!("chart.curves_nothing", empty = empty());
    }
    fill!("chart.curves", round = data.round, readings = readings.join("; "))
}

/// The last point whose accuracy is a number.
fn last(curve: &Curve) -> Option<(u32, f64)> {
    curve.points.iter().rev().copied().find(|point| point.1.is_finite())
}

fn position(curve: &Curve) -> usize {
    ArmStyle::ALL.iter().position(|style| style == curve.style).unwrap_or(usize::MAX)
}

/// Draws the chart, or only its axes if there are no data. The error is that of the backend.
pub fn draw<DB: DrawingBackend>(
    area: &DrawingArea<DB, Shift>,
    data: &CurvesChart,
    style: &ChartStyle,
) -> DrawResult<DB> {
    let pen = Pen::new(area, style);
    let (x, y, plot_area) = lay_out(&pen, data);
    let label = |arm: &ArmStyle, value: f64| end_label(style, arm, value);
    if plot_area.is_tiny() {
        return Ok(());
    }
    plot_area.draw(&pen, (&x, &y))?;
    plot_area.mark(&pen, data.marked.map(f64::from))?;
    if data.x_axis == CurvesXAxis::AllRounds {
        separators(&pen, &plot_area, data)?;
    }

    // The oldest round is drawn first, so that the newest is on top. Within a round, the first arm of the legend is on
    // top.
    let mut curves: Vec<&Curve> = data.curves.iter().filter(|curve| !curve.points.is_empty()).collect();
    sort_by_number(&mut curves, |curve| -(position(curve) as f64));
    sort_by_number(&mut curves, |curve| f64::from(curve.round));
    let mut ends = ghost::draw(&pen, &plot_area, &data.ghosts)?;
    for curve in curves {
        let current = curve.round == data.round;
        let alpha = if current { 1.0 } else { fade(data, curve.round) };
        let color = curve.style.color(style.theme);
        // The bands of all rounds would hide the lines when the rounds are on top of each other.
        if current || data.x_axis == CurvesXAxis::AllRounds {
            band(&pen, &plot_area, data, curve, color.with_alpha(0.16 * alpha))?;
        }
        let places = |points: &[(u32, f64)]| -> Vec<DevicePoint> {
            points
                .iter()
                .filter_map(|point| plot_area.position(x_of(data, curve, point.0), point.1))
                .collect()
        };
        for trial in &curve.trials {
            pen.path(&places(trial), color.with_alpha(0.5 * alpha), 1.0, &[])?;
        }
        let points = places(&curve.points);
        let width = if current { 2.0 } else { 1.25 };
        pen.path(&points, color.with_alpha(alpha), width, curve.style.dash)?;
        let (Some(&end), Some((_, value)), true) = (points.last(), last(curve), current) else {
            continue;
        };
        let stop = curve.early_stop.and_then(|iteration| {
            let point = curve.points.iter().find(|point| point.0 == iteration)?;
            plot_area.position(x_of(data, curve, iteration), point.1)
        });
        match stop {
            Some(stop) => {
                pen.marker(curve.style.marker, stop, 4.5, color.opaque())?;
                pen.disc(end, pen.px(2.5), color.opaque())?;
            }
            // Every line has a marker somewhere, because colour alone would not tell many arms apart.
            None => pen.marker(curve.style.marker, end, 3.5, color.opaque())?,
        }
        let ink = curve.style.text_color(style.theme).opaque();
        ends.push(Label { text: label(curve.style, value), at: end, ink });
    }
    labels::draw(&pen, &plot_area, &ends)
}

fn end_label(style: &ChartStyle, arm: &ArmStyle, value: f64) -> String {
    match style.compact {
        true => percent_without_sign(value),
        false => format!("{} {}", arm.chart_label(), percent(value)),
    }
}

fn lay_out<DB: DrawingBackend>(pen: &Pen<'_, DB>, data: &CurvesChart) -> (Axis, Axis, PlotArea) {
    let (x, y) = (x_axis(pen, data), y_axis(pen, data));
    let arms = data.curves.iter().map(|curve| curve.style).chain(USUAL.map(ArmStyle::by_name));
    let names: Vec<String> = arms.map(|arm| end_label(pen.style, arm, 0.955)).collect();
    let right = labels::label_column_width(pen, names.iter().map(String::as_str));
    let plot_area = PlotArea::layout(pen, ((0, 0), pen.size()), (&x, &y), right);
    (x, y, plot_area)
}

/// The iterations of the emphasised round's curves, in order.
pub fn iterations(data: &CurvesChart) -> Vec<u32> {
    let now = data.curves.iter().filter(|curve| curve.round == data.round);
    let mut iterations: Vec<u32> = now.flat_map(|curve| curve.points.iter().map(|point| point.0)).collect();
    sort_and_dedup(&mut iterations);
    iterations
}

/// Where each of [`iterations`] stands, in device pixels from the left.
pub fn iteration_positions<DB: DrawingBackend>(
    area: &DrawingArea<DB, Shift>,
    data: &CurvesChart,
    style: &ChartStyle,
) -> Vec<i32> {
    let (_, _, plot_area) = lay_out(&Pen::new(area, style), data);
    iterations(data).into_iter().filter_map(|iteration| plot_area.x(f64::from(iteration))).collect()
}

/// What the chart says of an iteration of the emphasised round, in words.
pub fn reading(data: &CurvesChart, iteration: u32) -> String {
    let now = data.curves.iter().filter(|curve| curve.round == data.round);
    let values = now.filter_map(|curve| {
        let point = curve.points.iter().find(|point| point.0 == iteration)?;
        Some(format!("{} {}", curve.style.chart_label(), percent(point.1)))
    });
    let values: Vec<String> = values.collect();
    let iteration = with_commas(f64::from(iteration));
    fill!("chart.of_iteration", round = data.round, iteration = iteration, readings = values.join(", "))
}

/// The opacity of a round that is not the emphasised one. Rounds one after the other are all drawn with 0.75. Rounds on
/// top of each other get fainter with their distance from the emphasised round, from 0.5 down to 0.1.
fn fade(data: &CurvesChart, round: u32) -> f64 {
    match data.x_axis {
        CurvesXAxis::AllRounds => 0.75,
        CurvesXAxis::OneRound => {
            (0.5 * 0.72f64.powi(data.round.abs_diff(round).saturating_sub(1).min(60) as i32)).max(0.1)
        }
    }
}

fn x_of(data: &CurvesChart, curve: &Curve, iteration: u32) -> f64 {
    match data.x_axis {
        CurvesXAxis::OneRound => f64::from(iteration),
        CurvesXAxis::AllRounds => f64::from(curve.round) * f64::from(data.iterations) + f64::from(iteration),
    }
}

fn band<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    plot_area: &PlotArea,
    data: &CurvesChart,
    curve: &Curve,
    ink: PaintColor,
) -> DrawResult<DB> {
    let place = |(point, value): (&(u32, f64), f64)| plot_area.position(x_of(data, curve, point.0), value);
    let upper = curve.points.iter().zip(curve.band.iter().map(|band| band.1)).filter_map(place);
    let lower = curve.points.iter().zip(curve.band.iter().map(|band| band.0)).filter_map(place);
    let lower: Vec<DevicePoint> = lower.collect();
    let outline: Vec<DevicePoint> = upper.chain(lower.into_iter().rev()).collect();
    if outline.len() < 4 { Ok(()) } else { pen.polygon(outline, ink) }
}

fn separators<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    plot_area: &PlotArea,
    data: &CurvesChart,
) -> DrawResult<DB> {
    for round in 1..data.rounds {
        if let Some(x) = plot_area.x(f64::from(round) * f64::from(data.iterations)) {
            pen.vertical_hairline(x, plot_area.top, plot_area.bottom, pen.style.theme.grid().opaque())?;
        }
    }
    Ok(())
}

fn x_axis<DB: DrawingBackend>(pen: &Pen<'_, DB>, data: &CurvesChart) -> Axis {
    let latest = data.curves.iter().flat_map(|curve| curve.points.iter().map(|point| point.0)).max();
    let iterations = f64::from(data.iterations.max(latest.unwrap_or(0)).max(1));
    let room = pen.size().0.max(1) / pen.px(60.0).max(1);
    match data.x_axis {
        CurvesXAxis::OneRound => {
            let ticks = ticks_inside(0.0, iterations, room.clamp(2, 8) as usize);
            let label = |at: f64| if pen.style.compact { short_count(at) } else { with_commas(at) };
            Axis {
                title: fill!("chart.iteration_axis", round = data.round),
                scale: Scale::linear(0.0, iterations),
                ticks: ticks.into_iter().map(|at| Tick::new(at, label(at))).collect(),
            }
        }
        CurvesXAxis::AllRounds => {
            let rounds = data.rounds.max(data.curves.iter().map(|curve| curve.round + 1).max().unwrap_or(1));
            let middle = |round: u32| (f64::from(round) + 0.5) * iterations;
            Axis {
                title: fill!("chart.rounds_axis", iterations = with_commas(iterations)),
                scale: Scale::linear(0.0, f64::from(rounds) * iterations),
                ticks: (0..rounds).map(|round| Tick::new(middle(round), round.to_string())).collect(),
            }
        }
    }
}

fn y_axis<DB: DrawingBackend>(pen: &Pen<'_, DB>, data: &CurvesChart) -> Axis {
    let (low, high) = y_range(data);
    let scale = Scale::stretched(low, high);
    // A tick is kept only if its label is at least about two lines away from those already kept.
    let height = f64::from(pen.size().1.max(1));
    let apart = 1.9 * f64::from(pen.line_height()) / height;
    let mut kept: Vec<f64> = vec![low, high];
    for at in TICKS {
        let near = |other: &f64| (scale.fraction(at) - scale.fraction(*other)).abs() < apart;
        if at > low && at < high && !kept.iter().any(near) {
            kept.push(at);
        }
    }
    sort_by_number(&mut kept, |at| *at);
    let label = |at: f64| without_trailing_zeros(at * 100.0, 1);
    let ticks = kept.into_iter().map(|at| Tick::new(at, label(at))).collect();
    Axis { title: text("chart.accuracy_axis").to_owned(), scale, ticks }
}
