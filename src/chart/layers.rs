//! The weights left in each layer, round by round, on a logarithmic axis.

use crate::{
    DrawResult,
    labels::{self, Label},
    pen::{DevicePoint, Pen},
    plot_area::{Axis, PlotArea, Tick},
    scale::{Scale, decades, ticks_inside},
    style::ChartStyle,
};
use numbers::{percent, short_count, with_commas};
use plotters::coord::Shift;
use plotters::prelude::{DrawingArea, DrawingBackend};
use texts::{fill, text};

/// The data of the chart.
#[derive(Clone, Debug, Default)]
pub struct LayersChart {
    /// The number of weights in each layer of the dense network.
    pub sizes: Vec<u32>,
    /// For each round from 0 on, the number of weights left in each layer.
    pub rounds: Vec<Vec<u32>>,
    /// The number of planned rounds, including the dense one.
    pub planned: u32,
    /// The round that is marked by a line.
    pub marked: Option<usize>,
}

impl LayersChart {
    /// Whether there is nothing to draw yet.
    pub fn is_empty(&self) -> bool {
        self.rounds.is_empty() || self.sizes.is_empty()
    }
}

/// The text that is shown while there is nothing to draw.
pub fn empty() -> &'static str {
    text("chart.layers_empty")
}

/// Describes the chart in words.
pub fn describe(data: &LayersChart) -> String {
    let Some(last) = data.rounds.last() else { return fill!("chart.layers_nothing", empty = empty()) };
    fill!("chart.layers", round = data.rounds.len() - 1, layers = counts(data, last))
}

/// What is left of each layer, in words.
fn counts(data: &LayersChart, left: &[u32]) -> String {
    let layers = left.iter().zip(&data.sizes).enumerate().map(|(index, (&left, &size))| {
        fill!(
            "chart.layer_left",
            layer = index + 1,
            left = with_commas(f64::from(left)),
            all = with_commas(f64::from(size)),
            share = percent(f64::from(left) / f64::from(size.max(1))),
        )
    });
    layers.collect::<Vec<_>>().join("; ")
}

/// What the chart says of a round, in words. Empty for a round that it does not have.
pub fn reading(data: &LayersChart, round: usize) -> String {
    let left = data.rounds.get(round);
    left.map_or(String::new(), |left| {
        fill!("chart.layers_of_round", round = round, layers = counts(data, left))
    })
}

/// Where each round that the chart has stands, in device pixels from the left.
pub fn round_positions<DB: DrawingBackend>(
    area: &DrawingArea<DB, Shift>,
    data: &LayersChart,
    style: &ChartStyle,
) -> Vec<i32> {
    let (_, _, plot_area) = lay_out(&Pen::new(area, style), data);
    (0..data.rounds.len()).filter_map(|round| plot_area.x(round as f64)).collect()
}

/// Draws the chart, or only its axes if there are no data. It shows counts and not fractions, because the lines of
/// layers that are pruned at the same rate would then coincide. The error is that of the backend.
pub fn draw<DB: DrawingBackend>(
    area: &DrawingArea<DB, Shift>,
    data: &LayersChart,
    style: &ChartStyle,
) -> DrawResult<DB> {
    let pen = Pen::new(area, style);
    let (x, y, plot_area) = lay_out(&pen, data);
    if plot_area.is_tiny() {
        return Ok(());
    }
    plot_area.draw(&pen, (&x, &y))?;
    plot_area.mark(&pen, data.marked.map(|round| round as f64))?;

    let ink = style.theme.text().opaque();
    let mut ends = Vec::new();
    for (layer, &size) in data.sizes.iter().enumerate() {
        let left = data.rounds.iter().enumerate().filter_map(|(round, alive)| {
            let alive = f64::from(*alive.get(layer)?);
            // A logarithmic axis has no zero, so a layer with no weights left is drawn at the bottom.
            Some((round as f64, alive))
        });
        let left: Vec<(f64, f64)> = left.collect();
        let points: Vec<DevicePoint> =
            left.iter().filter_map(|&(round, alive)| plot_area.position(round, alive.max(1.0))).collect();
        pen.path(&points, ink, 2.0, &[])?;
        for &point in &points {
            pen.disc(point, pen.px(if style.compact { 2.5 } else { 3.0 }), ink)?;
        }
        if let (Some(&at), Some(&(_, alive))) = (points.last(), left.last()) {
            ends.push(Label { text: name(style, layer, alive / f64::from(size.max(1))), at, ink });
        }
    }
    labels::draw(&pen, &plot_area, &ends)
}

/// The name of a layer at the end of its line, with the share of its weights that is left.
fn name(style: &ChartStyle, layer: usize, share: f64) -> String {
    let id = if style.compact { "chart.layer_short" } else { "chart.layer" };
    fill!(id, layer = layer + 1, share = percent(share))
}

fn lay_out<DB: DrawingBackend>(pen: &Pen<'_, DB>, data: &LayersChart) -> (Axis, Axis, PlotArea) {
    let (x, y) = (round_axis(pen, planned(data)), y_axis(pen, data));
    let names: Vec<String> = (0..data.sizes.len()).map(|layer| name(pen.style, layer, 0.999)).collect();
    let right = labels::label_column_width(pen, names.iter().map(String::as_str));
    let plot_area = PlotArea::layout(pen, ((0, 0), pen.size()), (&x, &y), right);
    (x, y, plot_area)
}

fn planned(data: &LayersChart) -> u32 {
    data.planned.max(data.rounds.len() as u32)
}

/// An axis of this many rounds, with as many labels as there is room for.
pub(super) fn round_axis<DB: DrawingBackend>(pen: &Pen<'_, DB>, rounds: u32) -> Axis {
    let last = f64::from(rounds.max(2) - 1);
    let most = (pen.size().0 / pen.px(36.0).max(1)).clamp(2, 24) as usize;
    let ticks = ticks_inside(0.0, last, most.min(rounds.max(2) as usize));
    Axis {
        title: text("chart.round_axis").to_owned(),
        scale: Scale::linear(0.0, last),
        ticks: ticks
            .into_iter()
            .filter(|at| at.fract() == 0.0)
            .map(|at| Tick::new(at, with_commas(at)))
            .collect(),
    }
}

/// The ends of the y axis: powers of ten that enclose all counts.
pub fn y_range(data: &LayersChart) -> (f64, f64) {
    let counts = data.sizes.iter().chain(data.rounds.iter().flatten()).map(|&c| f64::from(c.max(1)));
    let (low, high) = counts.fold((100.0, 1000.0), |(low, high): (f64, f64), v| (low.min(v), high.max(v)));
    (10f64.powf(low.log10().floor()), high)
}

fn y_axis<DB: DrawingBackend>(pen: &Pen<'_, DB>, data: &LayersChart) -> Axis {
    let (low, high) = y_range(data);
    let label = if pen.style.compact { short_count } else { with_commas };
    Axis {
        title: text("chart.weights_left_axis").to_owned(),
        scale: Scale::log(low, high),
        ticks: decades(low, high).into_iter().map(|at| Tick::new(at, label(at))).collect(),
    }
}
