//! The cost of each round: multiply-adds as computed and as dense training would have needed, and seconds.

use crate::{
    DrawResult,
    arm_style::ArmStyle,
    layers::round_axis,
    pen::{DevicePoint, Pen},
    plot_area::{Axis, PlotArea, Tick},
    scale::{Scale, round_up_nicely, ticks_enclosing},
    style::ChartStyle,
};
use numbers::{count_in_words, duration, percent, without_trailing_zeros};
use plotters::coord::Shift;
use plotters::prelude::{DrawingArea, DrawingBackend};
use texts::{fill, text};

/// The cost of one arm's round.
#[derive(Clone, Debug)]
pub struct RoundCost {
    /// The style of the arm.
    pub style: &'static ArmStyle,
    /// The round, which is also the number of prunings before it.
    pub round: u32,
    /// The multiply-adds that were computed.
    pub multiply_adds: f64,
    /// The multiply-adds that the dense network would have needed.
    pub dense_multiply_adds: f64,
    /// The seconds that it took. Not finite if they were not measured.
    pub seconds: f64,
    /// The seconds that the dense network would have taken. Not finite if they are not known.
    pub dense_seconds: f64,
}

/// The data of the chart.
#[derive(Clone, Debug, Default)]
pub struct CostChart {
    /// The costs in any order. Several costs of the same arm and round, from trials or draws, are summed.
    pub costs: Vec<RoundCost>,
    /// The number of planned rounds, including the dense one.
    pub planned: u32,
}

impl CostChart {
    /// Whether there is nothing to draw yet.
    pub fn is_empty(&self) -> bool {
        self.costs.is_empty()
    }
}

/// The text that is shown while there is nothing to draw.
pub fn empty() -> &'static str {
    text("chart.cost_empty")
}

/// The summed cost of one arm and round.
#[derive(Clone, Copy, Debug, PartialEq)]
struct CostTotal {
    multiply_adds: f64,
    dense_multiply_adds: f64,
    seconds: f64,
    dense_seconds: f64,
}

/// The style of an arm, a round, and the summed cost of both.
type ArmRoundCost = (&'static ArmStyle, u32, CostTotal);

impl CostChart {
    /// The arms that have a cost, in the legend's order.
    fn arms(&self) -> Vec<&'static ArmStyle> {
        let all = ArmStyle::ALL.iter();
        all.filter(|style| self.costs.iter().any(|cost| cost.style == *style)).collect()
    }

    fn rounds(&self) -> u32 {
        self.planned.max(self.costs.iter().map(|cost| cost.round + 1).max().unwrap_or(1))
    }

    fn sum(&self, keep: impl Fn(&RoundCost) -> bool) -> Option<CostTotal> {
        let finite = |value: f64| if value.is_finite() { value.max(0.0) } else { 0.0 };
        let kept = self.costs.iter().filter(|cost| keep(cost));
        kept.fold(None, |sum: Option<CostTotal>, cost| {
            let sum = sum.unwrap_or(CostTotal {
                multiply_adds: 0.0,
                dense_multiply_adds: 0.0,
                seconds: 0.0,
                dense_seconds: 0.0,
            });
            Some(CostTotal {
                multiply_adds: sum.multiply_adds + finite(cost.multiply_adds),
                dense_multiply_adds: sum.dense_multiply_adds + finite(cost.dense_multiply_adds),
                seconds: sum.seconds + finite(cost.seconds),
                dense_seconds: sum.dense_seconds + finite(cost.dense_seconds),
            })
        })
    }

    fn sums(&self) -> Vec<ArmRoundCost> {
        let arms = self.arms();
        let places = arms.into_iter().flat_map(|arm| (0..self.rounds()).map(move |round| (arm, round)));
        let sum =
            |(arm, round)| Some((arm, round, self.sum(|cost| cost.style == arm && cost.round == round)?));
        places.filter_map(sum).collect()
    }
}

/// Describes the chart in words.
pub fn describe(data: &CostChart) -> String {
    let Some(all) = data.sum(|_| true) else { return fill!("chart.cost_nothing", empty = empty()) };
    let done = count_in_words(all.multiply_adds);
    let (dense, time) = (count_in_words(all.dense_multiply_adds), duration(all.seconds));
    if all.dense_multiply_adds > 0.0 {
        let share = percent(all.multiply_adds / all.dense_multiply_adds);
        fill!("chart.cost", done = done, share = share, dense = dense, time = time)
    } else {
        fill!("chart.cost_of_nothing", done = done, dense = dense, time = time)
    }
}

/// What the chart says of a round, in words. Empty for a round that has cost nothing yet.
pub fn reading(data: &CostChart, round: u32) -> String {
    let sums = data.sums();
    let of_round = sums.iter().filter(|sum| sum.1 == round).map(|(arm, _, sum)| {
        let arm = arm.chart_label();
        let (done, dense) = (count_in_words(sum.multiply_adds), count_in_words(sum.dense_multiply_adds));
        match sum.seconds > 0.0 {
            true => {
                let time = duration(sum.seconds);
                fill!("chart.cost_of_arm_in", arm = arm, done = done, dense = dense, time = time)
            }
            false => fill!("chart.cost_of_arm", arm = arm, done = done, dense = dense),
        }
    });
    let of_round: Vec<String> = of_round.collect();
    match of_round.is_empty() {
        true => String::new(),
        false => fill!("chart.cost_of_round", round = round, costs = of_round.join("; ")),
    }
}

/// Where each round stands in each panel: device pixels from the left, and the round.
pub fn round_positions<DB: DrawingBackend>(
    area: &DrawingArea<DB, Shift>,
    data: &CostChart,
    style: &ChartStyle,
) -> Vec<(i32, u32)> {
    let panels = lay_out(&Pen::new(area, style), data, &data.sums());
    let places = panels.iter().flat_map(|panel| {
        (0..data.rounds()).filter_map(|round| Some((panel.plot_area.x(f64::from(round))?, round)))
    });
    places.collect()
}

/// Draws the chart, or only its axes if there are no data. The axis is linear, so that lengths are proportional to
/// costs. It is intended that the later rounds are hardly visible. The error is that of the backend.
pub fn draw<DB: DrawingBackend>(
    area: &DrawingArea<DB, Shift>,
    data: &CostChart,
    style: &ChartStyle,
) -> DrawResult<DB> {
    let pen = Pen::new(area, style);
    let sums = data.sums();
    for panel in lay_out(&pen, data, &sums) {
        panel.draw(&pen, data, &sums)?;
    }
    Ok(())
}

/// Lays out the panels of multiply-adds and of seconds: side by side where there is room, else one below the other.
fn lay_out<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    data: &CostChart,
    sums: &[ArmRoundCost],
) -> [PlacedPanel; 2] {
    let (width, height) = pen.size();
    let most =
        sums.iter().map(|(_, _, sum)| sum.multiply_adds.max(sum.dense_multiply_adds)).fold(0.0, f64::max);
    let (unit, title) = count_unit(most);
    let work = PanelSpec {
        title: text(title).to_owned(),
        top: most,
        unit,
        value: |sum| sum.multiply_adds,
        dense_value: |sum| sum.dense_multiply_adds,
        foot: true,
    };
    let time = PanelSpec {
        title: text("chart.seconds_axis").to_owned(),
        top: sums.iter().map(|(_, _, sum)| sum.seconds.max(sum.dense_seconds)).fold(0.0, f64::max),
        unit: 1.0,
        value: |sum| sum.seconds,
        dense_value: |sum| sum.dense_seconds,
        foot: true,
    };
    if width > 2 * height {
        let gap = pen.px(24.0);
        let half = (width - gap) / 2;
        let work = PlacedPanel::lay(pen, data, work, ((0, 0), (half, height)));
        let time = PlacedPanel::lay(pen, data, time, ((half + gap, 0), (half, height)));
        [work, time]
    } else {
        // The two panels share the labels of the rounds, which take two lines at the bottom of the lower panel.
        let gap = pen.px(6.0);
        let upper = (height - gap) / 2 - pen.line_height();
        let mut work =
            PlacedPanel::lay(pen, data, PanelSpec { foot: false, ..work }, ((0, 0), (width, upper)));
        let mut time = PlacedPanel::lay(pen, data, time, ((0, upper + gap), (width, height - upper - gap)));
        let left = work.plot_area.left.max(time.plot_area.left);
        work.plot_area = work.plot_area.align_left(left);
        time.plot_area = time.plot_area.align_left(left);
        [work, time]
    }
}

/// The contents of one panel: bars with the height `value`, in front of paler bars with the height `dense_value`.
struct PanelSpec {
    title: String,
    top: f64,
    /// The number of units that a tick label of 1 stands for.
    unit: f64,
    value: fn(&CostTotal) -> f64,
    dense_value: fn(&CostTotal) -> f64,
    /// Whether the rounds are labelled below the panel.
    foot: bool,
}

/// The number that such large counts of multiply-adds are divided by, and the id of the axis that says so.
fn count_unit(most: f64) -> (f64, &'static str) {
    match most {
        v if v >= 1e12 => (1e12, "chart.work_axis_trillions"),
        v if v >= 1e9 => (1e9, "chart.work_axis_billions"),
        v if v >= 1e6 => (1e6, "chart.work_axis_millions"),
        _ => (1.0, "chart.work_axis"),
    }
}

/// A panel whose axes have been laid out.
struct PlacedPanel {
    spec: PanelSpec,
    x: Axis,
    y: Axis,
    plot_area: PlotArea,
}

impl PlacedPanel {
    fn lay<DB: DrawingBackend>(
        pen: &Pen<'_, DB>,
        data: &CostChart,
        show: PanelSpec,
        place: (DevicePoint, DevicePoint),
    ) -> PlacedPanel {
        let most = (place.1.1 / (2 * pen.line_height()).max(1)).clamp(2, 5) as usize;
        let heights = ticks_enclosing(0.0, round_up_nicely(show.top / show.unit), most);
        let scale = Scale::linear(0.0, heights[heights.len() - 1] * show.unit);
        let heights = heights.into_iter().map(|at| Tick::new(at * show.unit, without_trailing_zeros(at, 2)));
        let y = Axis { title: show.title.clone(), scale, ticks: heights.collect() };
        let mut x = round_axis(pen, data.rounds());
        // Half a round of extra room on either side, for the bars.
        x.scale = Scale::linear(-0.5, f64::from(data.rounds()) - 0.5);
        if !show.foot {
            x.title.clear();
            x.ticks.clear();
        }
        let plot_area = PlotArea::layout(pen, place, (&x, &y), 0);
        PlacedPanel { spec: show, x, y, plot_area }
    }

    fn draw<DB: DrawingBackend>(
        &self,
        pen: &Pen<'_, DB>,
        data: &CostChart,
        sums: &[ArmRoundCost],
    ) -> DrawResult<DB> {
        let plot_area = &self.plot_area;
        if plot_area.is_tiny() {
            return Ok(());
        }
        plot_area.draw(pen, (&self.x, &self.y))?;
        let arms = data.arms().len().max(1) as f64;
        let slot = f64::from(plot_area.right - plot_area.left) / f64::from(data.rounds());
        let gap = f64::from(pen.px(1.0));
        let width = ((slot * 0.72 / arms).min(f64::from(pen.px(26.0))) - gap).max(1.0);
        for (arm, round, sum) in sums {
            // All arms that have a bar in this round. The bars are centred on the round.
            let in_round: Vec<_> =
                sums.iter().filter(|other| other.1 == *round).map(|other| other.0).collect();
            let group = (width + gap) * in_round.len() as f64 - gap;
            let index = in_round.iter().position(|other| other == arm).unwrap_or(0) as f64;
            let Some(middle) = plot_area.x(f64::from(*round)) else { continue };
            let left = (f64::from(middle) - group / 2.0 + index * (width + gap)).round() as i32;
            self.bar(pen, arm, sum, (left, left + width.round() as i32))?;
        }
        Ok(())
    }

    fn bar<DB: DrawingBackend>(
        &self,
        pen: &Pen<'_, DB>,
        arm: &ArmStyle,
        sum: &CostTotal,
        (left, right): (i32, i32),
    ) -> DrawResult<DB> {
        let (plot_area, theme) = (&self.plot_area, pen.style.theme);
        let color = arm.color(theme);
        if let Some(whole) =
            plot_area.y((self.spec.dense_value)(sum)).filter(|whole| *whole < plot_area.bottom)
        {
            pen.rect((left, whole), (right, plot_area.bottom), theme.grid().opaque())?;
        }
        let value = (self.spec.value)(sum);
        let Some(height) = plot_area.y(value).filter(|_| value > 0.0) else { return Ok(()) };
        // A cost is always visible, even if it is very small.
        let height = height.min(plot_area.bottom - pen.px(1.0));
        pen.rect((left, height), (right, plot_area.bottom), color.opaque())?;
        let rim = pen.px(1.75);
        if arm.marker.is_hollow() && right - left > 3 * rim && plot_area.bottom - height > 2 * rim {
            let paper = color.mix(theme.background(), 0.8).opaque();
            pen.rect((left + rim, height + rim), (right - rim, plot_area.bottom), paper)?;
        }
        Ok(())
    }
}
