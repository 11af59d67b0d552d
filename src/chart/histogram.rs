//! How values are distributed: an outline for each group of values, which differ in dash and width.

use crate::{
    DrawResult,
    color::Rgb,
    mask_paint,
    pen::{DevicePoint, Pen},
    plot_area::{Axis, PlotArea, Tick},
    scale::{Scale, round_up_nicely, ticks_enclosing, ticks_inside},
    style::{ChartStyle, Theme},
};
use numbers::{fixed, short_count, with_commas, without_trailing_zeros};
use plotters::coord::Shift;
use plotters::prelude::{DrawingArea, DrawingBackend};
use plotters::style::text_anchor::{HPos, VPos};
use texts::{count, fill, text};

/// How the outline of a group looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GroupLook {
    /// What survives, before training.
    SurvivingFirst,
    /// What survives, after training.
    SurvivingLast,
    /// What is pruned, before training.
    PrunedFirst,
    /// What is pruned, after training.
    PrunedLast,
}

impl GroupLook {
    /// Colour, width in CSS pixels and dash.
    fn line(self, theme: Theme) -> (Rgb, f64, &'static [f64]) {
        let pruned = mask_paint::just_pruned(theme);
        match self {
            GroupLook::SurvivingFirst => (theme.text(), 1.5, &[2.0, 3.0]),
            GroupLook::SurvivingLast => (theme.text(), 2.0, &[]),
            GroupLook::PrunedFirst => (pruned, 1.5, &[7.0, 4.0]),
            GroupLook::PrunedLast => (pruned, 2.5, &[12.0, 3.0, 3.0, 3.0]),
        }
    }
}

/// A group of values.
#[derive(Clone, Debug, PartialEq)]
pub struct ValueGroup {
    /// Its name.
    pub name: &'static str,
    /// How it looks.
    pub look: GroupLook,
    /// The number of values in each bin.
    pub counts: Vec<u32>,
    /// The mean size of the values, without their signs.
    pub mean_size: f64,
}

/// The data of the chart.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HistogramChart {
    /// The groups. All have the same bins, which divide the axis equally.
    pub groups: Vec<ValueGroup>,
    /// The axis goes from minus this value to plus this value.
    pub end: f64,
}

/// The number of bins: odd, so that zero is in the middle of one.
const BINS: usize = 61;

/// The text that is shown while there is nothing to draw.
pub fn empty() -> &'static str {
    text("chart.histogram_empty")
}

impl HistogramChart {
    /// Sorts groups of values into bins. Groups without values are left out.
    pub fn new(groups: &[(&'static str, GroupLook, &[f32])]) -> HistogramChart {
        let finite = |values: &[f32]| values.iter().copied().filter(|v| v.is_finite()).collect::<Vec<f32>>();
        let largest =
            groups.iter().flat_map(|group| finite(group.2)).fold(0.0_f32, |most, v| most.max(v.abs()));
        let end = round_up_nicely(f64::from(largest));
        let group = |&(name, look, values): &(&'static str, GroupLook, &[f32])| {
            let values = finite(values);
            let mut counts = vec![0; BINS];
            for value in &values {
                let at = (f64::from(*value) / end + 1.0) / 2.0 * BINS as f64;
                counts[(at as usize).min(BINS - 1)] += 1;
            }
            let sum: f64 = values.iter().map(|value| f64::from(value.abs())).sum();
            ValueGroup { name, look, counts, mean_size: sum / values.len().max(1) as f64 }
        };
        let groups = groups.iter().filter(|group| !group.2.is_empty()).map(group).collect();
        HistogramChart { groups, end }
    }

    /// Whether there is nothing to draw yet.
    pub fn is_empty(&self) -> bool {
        self.groups.is_empty()
    }
}

/// Describes the chart in words.
pub fn describe(data: &HistogramChart) -> String {
    if data.is_empty() {
        return empty().to_owned();
    }
    let said = |group: &ValueGroup| {
        let count: u32 = group.counts.iter().sum();
        count!(
            "chart.values",
            count,
            name = group.name,
            count = with_commas(f64::from(count)),
            size = fixed(group.mean_size, 4),
        )
    };
    let groups: Vec<String> = data.groups.iter().map(said).collect();
    fill!("chart.histogram", groups = groups.join("; "))
}

/// Draws the chart, or only its axes if there are no data. The error is that of the backend.
pub fn draw<DB: DrawingBackend>(
    area: &DrawingArea<DB, Shift>,
    data: &HistogramChart,
    style: &ChartStyle,
) -> DrawResult<DB> {
    let pen = Pen::new(area, style);
    let end = if data.is_empty() { 1.0 } else { data.end };
    let most = data.groups.iter().flat_map(|group| &group.counts).copied().max().unwrap_or(0);
    let top = round_up_nicely(f64::from(most.max(10)));
    let count = (pen.size().1 / (3 * pen.line_height()).max(1)).clamp(2, 5) as usize;
    let y = Axis {
        title: text("chart.weights_axis").to_owned(),
        scale: Scale::linear(0.0, top),
        ticks: ticks_enclosing(0.0, top, count)
            .into_iter()
            .map(|at| Tick::new(at, if style.compact { short_count(at) } else { with_commas(at) }))
            .collect(),
    };
    let x = Axis {
        title: text("chart.value_axis").to_owned(),
        scale: Scale::linear(-end, end),
        ticks: ticks_inside(-end, end, if style.compact { 5 } else { 9 })
            .into_iter()
            .map(|at| Tick::new(at, without_trailing_zeros(at, 3)))
            .collect(),
    };
    let plot_area = PlotArea::layout(&pen, ((0, 0), pen.size()), (&x, &y), 0);
    if plot_area.is_tiny() {
        return Ok(());
    }
    plot_area.draw(&pen, (&x, &y))?;
    for group in &data.groups {
        let (color, width, dash) = group.look.line(style.theme);
        let edge = |bin: usize| (2.0 * bin as f64 / BINS as f64 - 1.0) * end;
        let corners = group.counts.iter().enumerate().flat_map(|(bin, &count)| {
            [
                plot_area.position(edge(bin), f64::from(count)),
                plot_area.position(edge(bin + 1), f64::from(count)),
            ]
        });
        let outline: Vec<DevicePoint> = corners.flatten().collect();
        pen.path(&outline, color.opaque(), width, dash)?;
    }
    legend(&pen, &plot_area, data)
}

/// Names the outlines in the upper right corner.
fn legend<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    plot_area: &PlotArea,
    data: &HistogramChart,
) -> DrawResult<DB> {
    let widest = data.groups.iter().map(|group| pen.width(group.name, false)).max().unwrap_or(0);
    let left = plot_area.right - widest;
    let mut y = plot_area.top + pen.line_height() / 2;
    for group in &data.groups {
        let (color, width, dash) = group.look.line(pen.style.theme);
        let ends = [(left - pen.px(42.0), y), (left - pen.px(8.0), y)];
        pen.path(&ends, color.opaque(), width, dash)?;
        let ink = pen.style.theme.text().opaque();
        pen.text(group.name, (left, y), ink, false, (HPos::Left, VPos::Center))?;
        y += pen.line_height();
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_finite_value_is_in_a_bin() {
        let values = [-0.31, -0.2, 0.0, 0.1, 0.31, 0.305, f32::NAN];
        let look = GroupLook::SurvivingFirst;
        let chart = HistogramChart::new(&[("some", look, &values), ("none", GroupLook::PrunedFirst, &[])]);
        assert_eq!(chart.groups.len(), 1);
        assert_eq!(chart.groups[0].counts.iter().sum::<u32>(), 6);
        assert_eq!(chart.groups[0].counts[BINS / 2], 1, "zero is in the middle bin");
        assert!(chart.end >= 0.31);
        assert!(describe(&chart).contains("some: 6 values"));
        assert!(HistogramChart::new(&[]).is_empty());
        let zeros = HistogramChart::new(&[("zeros", look, &[0.0, 0.0])]);
        assert_eq!(zeros.groups[0].counts[BINS / 2], 2);
    }
}
