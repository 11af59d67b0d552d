//! Where in the image the weights of the first layer survive: the share that is left by distance from the middle of the
//! image, beside that of a mask whose weights are shuffled.

use crate::{
    DrawResult,
    labels::{self, Label},
    masks::{MaskHistory, WeightState},
    pen::{DevicePoint, Pen},
    plot_area::{Axis, PlotArea, Tick},
    scale::{Scale, round_up_nicely, ticks_enclosing},
    style::ChartStyle,
};
use numbers::{percent, without_trailing_zeros};
use plotters::coord::Shift;
use plotters::prelude::{DrawingArea, DrawingBackend};
use texts::{fill, text};

/// The width of a ring in pixels of the image.
const RING_WIDTH: f64 = 2.0;

/// The 97.5% quantile of the normal distribution.
const NORMAL_QUANTILE: f64 = 1.959_964;

/// The weights of the pixels in a ring around the middle of the image.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ring {
    /// The weights of the dense network.
    pub weights: u32,
    /// Those of them that survive.
    pub alive: u32,
}

impl Ring {
    /// The share that survives, from 0 to 1. 0 if the ring has no weights.
    pub fn share(&self) -> f64 {
        f64::from(self.alive) / f64::from(self.weights.max(1))
    }

    fn add(self, other: Ring) -> Ring {
        Ring { weights: self.weights + other.weights, alive: self.alive + other.alive }
    }
}

/// The data of the chart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DistanceChart {
    /// The rings from the middle outwards, each two pixels wide.
    pub rings: Vec<Ring>,
}

impl DistanceChart {
    /// Counts the weights of the first layer by the distance of their pixel from the middle of the image.
    pub fn of(masks: &MaskHistory<'_>) -> DistanceChart {
        let ((inputs, _), image) = (masks.shape.first(), masks.shape.input);
        if inputs == 0 || image.pixels() == 0 {
            return DistanceChart::default();
        }
        let [across, down] = [image.width, image.height].map(|side| (side as f64 - 1.0) / 2.0);
        let mut rings: Vec<Ring> = Vec::new();
        for (index, prune_round) in masks.layer(0).iter().enumerate() {
            let pixel = image.pixel_of(index % inputs);
            let (x, y) = ((pixel % image.width) as f64 - across, (pixel / image.width) as f64 - down);
            let ring = (x.hypot(y) / RING_WIDTH) as usize;
            if rings.len() <= ring {
                rings.resize(ring + 1, Ring::default());
            }
            rings[ring].weights += 1;
            rings[ring].alive += u32::from(masks.weight_state(*prune_round) == WeightState::Surviving);
        }
        DistanceChart { rings }
    }

    /// The whole layer.
    pub fn whole(&self) -> Ring {
        self.rings.iter().fold(Ring::default(), |sum, ring| sum.add(*ring))
    }

    /// The weights of the pixels whose distance from the middle is at least `from` and below `to`, in pixels. Both are
    /// multiples of the width of a ring.
    pub fn between(&self, from: f64, to: f64) -> Ring {
        let rings = self.rings.iter().enumerate();
        let inside = rings.filter(|(at, _)| (from..to).contains(&(*at as f64 * RING_WIDTH)));
        inside.fold(Ring::default(), |sum, (_, ring)| sum.add(*ring))
    }

    /// Half of the width of the interval around the share of the whole layer in which 95% of shuffled masks have the share
    /// of a ring. The number of survivors in a ring is then hypergeometric.
    pub fn margin(&self, ring: Ring) -> f64 {
        let (whole, m) = (self.whole(), f64::from(ring.weights.max(1)));
        let (p, n) = (whole.share(), f64::from(whole.weights));
        NORMAL_QUANTILE * (p * (1.0 - p) / m * ((n - m) / (n - 1.0).max(1.0)).max(0.0)).sqrt()
    }

    /// Whether there is nothing to draw, because no weight of the first layer is pruned.
    pub fn is_empty(&self) -> bool {
        self.whole().weights == self.whole().alive
    }
}

/// The text that is shown while there is nothing to draw.
pub fn empty() -> &'static str {
    text("chart.distance_empty")
}

/// Describes the chart in words.
pub fn describe(data: &DistanceChart) -> String {
    if data.is_empty() {
        return fill!("chart.distance_nothing", empty = empty());
    }
    let rings = data.rings.iter().enumerate().filter(|(_, ring)| ring.weights > 0);
    let said = rings.map(|(at, ring)| {
        fill!("chart.ring", pixels = at as f64 * RING_WIDTH, share = percent(ring.share()))
    });
    let rings = said.collect::<Vec<_>>().join(", ");
    fill!("chart.distance", rings = rings, share = percent(data.whole().share()))
}

/// What the chart says of a ring, in words. Empty for a ring without weights.
pub fn reading(data: &DistanceChart, ring: usize) -> String {
    let Some(found) = data.rings.get(ring).filter(|ring| ring.weights > 0) else { return String::new() };
    let from = ring as f64 * RING_WIDTH;
    fill!(
        "chart.of_ring",
        from = from,
        to = from + RING_WIDTH,
        share = percent(found.share()),
        low = percent((data.whole().share() - data.margin(*found)).max(0.0)),
        high = percent((data.whole().share() + data.margin(*found)).min(1.0)),
    )
}

/// Where each ring stands, in device pixels from the left.
pub fn ring_positions<DB: DrawingBackend>(
    area: &DrawingArea<DB, Shift>,
    data: &DistanceChart,
    style: &ChartStyle,
) -> Vec<i32> {
    let (_, _, plot_area) = lay_out(&Pen::new(area, style), data);
    (0..data.rings.len()).filter_map(|ring| plot_area.x(middle_of(ring))).collect()
}

/// The distance of the middle of a ring from the middle of the image, in pixels.
fn middle_of(ring: usize) -> f64 {
    (ring as f64 + 0.5) * RING_WIDTH
}

/// Draws the chart, or only its axes if there are no data. The error is that of the backend.
pub fn draw<DB: DrawingBackend>(
    area: &DrawingArea<DB, Shift>,
    data: &DistanceChart,
    style: &ChartStyle,
) -> DrawResult<DB> {
    let pen = Pen::new(area, style);
    let (x, y, plot_area) = lay_out(&pen, data);
    if plot_area.is_tiny() {
        return Ok(());
    }
    plot_area.draw(&pen, (&x, &y))?;
    if data.is_empty() {
        return Ok(());
    }
    let (expected, quiet, ink) =
        (data.whole().share(), style.theme.secondary_text(), style.theme.text().opaque());
    let rings = || data.rings.iter().enumerate().filter(|(_, ring)| ring.weights > 0);
    let edge = |sign: f64| {
        rings().filter_map(move |(at, ring)| {
            let share = (expected + sign * data.margin(*ring)).max(0.0);
            plot_area.position(middle_of(at), share)
        })
    };
    let lower: Vec<DevicePoint> = edge(-1.0).collect();
    let band: Vec<DevicePoint> = edge(1.0).chain(lower.into_iter().rev()).collect();
    if band.len() >= 4 {
        pen.polygon(band, quiet.with_alpha(0.25))?;
    }
    let flat: Vec<DevicePoint> =
        rings().filter_map(|(at, _)| plot_area.position(middle_of(at), expected)).collect();
    pen.path(&flat, quiet.opaque(), 1.5, &[2.0, 3.0])?;
    let points: Vec<DevicePoint> =
        rings().filter_map(|(at, ring)| plot_area.position(middle_of(at), ring.share())).collect();
    pen.path(&points, ink, 2.0, &[])?;
    for &point in &points {
        pen.disc(point, pen.px(2.5), ink)?;
    }
    let label =
        |text: &str, at: Option<&DevicePoint>, ink| at.map(|&at| Label { text: text.to_owned(), at, ink });
    let [this_mask, shuffled] = names();
    let ends = [label(this_mask, points.last(), ink), label(shuffled, flat.last(), quiet.opaque())];
    labels::draw(&pen, &plot_area, &ends.into_iter().flatten().collect::<Vec<_>>())
}

/// The names of the two lines: this mask, and a shuffled one.
fn names() -> [&'static str; 2] {
    ["chart.this_mask", "chart.shuffled_mask"].map(text)
}

fn lay_out<DB: DrawingBackend>(pen: &Pen<'_, DB>, data: &DistanceChart) -> (Axis, Axis, PlotArea) {
    let most = data.rings.iter().map(Ring::share).fold(0.0, f64::max).max(0.01);
    let ticks = ticks_enclosing(0.0, round_up_nicely(100.0 * most), 4);
    let y = Axis {
        title: text("chart.weights_left_percent_axis").to_owned(),
        scale: Scale::linear(0.0, ticks[ticks.len() - 1] / 100.0),
        ticks: ticks.into_iter().map(|at| Tick::new(at / 100.0, without_trailing_zeros(at, 1))).collect(),
    };
    let end = data.rings.len().max(2) as f64 * RING_WIDTH;
    let distances = ticks_enclosing(0.0, end, 5).into_iter().filter(|at| *at <= end);
    let x = Axis {
        title: text("chart.distance_axis").to_owned(),
        scale: Scale::linear(0.0, end),
        ticks: distances.map(|at| Tick::new(at, without_trailing_zeros(at, 0))).collect(),
    };
    let right = labels::label_column_width(pen, names());
    let plot_area = PlotArea::layout(pen, ((0, 0), pen.size()), (&x, &y), right);
    (x, y, plot_area)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::masks::{InputShape, MaskShape, NEVER_PRUNED};

    /// A layer of 4 × 4 pixels and one unit: the four pixels in the middle are 0.7 pixels away, the corners 2.1, the
    /// others 1.6.
    fn chart(alive: impl Fn(usize) -> bool) -> DistanceChart {
        let rounds: Vec<u8> = (0..16).map(|pixel| if alive(pixel) { NEVER_PRUNED } else { 1 }).collect();
        let shape = MaskShape { layers: &[(16, 1)], input: InputShape::square(16) };
        DistanceChart::of(&MaskHistory { shape, prune_rounds: &rounds, round: 1, animation_progress: 1.0 })
    }

    #[test]
    fn weights_are_counted_by_the_distance_of_their_pixel() {
        let corners = [0, 3, 12, 15];
        let data = chart(|pixel| !corners.contains(&pixel));
        assert_eq!(data.rings, [Ring { weights: 12, alive: 12 }, Ring { weights: 4, alive: 0 }]);
        assert_eq!((data.between(0.0, 2.0), data.between(2.0, 40.0)), (data.rings[0], data.rings[1]));
        assert!((data.whole().share() - 0.75).abs() < 1e-12);
        // Of 16 weights, 12 of them alive, 4 are drawn: the standard deviation of their share is
        // √(0.75 · 0.25 / 4 · 12 / 15) = 0.19365.
        assert!((data.margin(data.rings[1]) - 1.959_964 * 0.193_649).abs() < 1e-5);
        assert!(chart(|_| true).is_empty() && !data.is_empty());
        assert_eq!(
            reading(&data, 1),
            "2 to 4 pixels from the middle: 0.00% of the weights are left; of 100 shuffled masks, 95 have 37.0% to 100% there"
        );
        assert!(describe(&data).contains("from 2 pixels 0.00%"), "{}", describe(&data));
    }

    #[test]
    fn another_language_has_its_words_and_the_visitor_his_numbers() {
        texts::speak(texts::Language::from_json(include_str!("../../www/texts/de.json")).unwrap());
        numbers::write_numbers_as(numbers::NumberStyle { decimal: ",", group: ".", percent: "\u{a0}%" });
        let data = chart(|pixel| ![0, 3, 12, 15].contains(&pixel));
        assert_eq!(
            reading(&data, 1).replace('\u{a0}', " "),
            "2 bis 4 Pixel von der Mitte: 0,00 % der Gewichte sind übrig; von 100 gemischten Masken haben 95 dort 37,0 % bis \
             100 %"
        );
        let cost = crate::cost::RoundCost {
            style: crate::arm_style::ArmStyle::by_name("reinit"),
            round: 2,
            multiply_adds: 1e9,
            dense_multiply_adds: 2.5e12,
            seconds: 83.4,
            dense_seconds: 90.0,
        };
        assert_eq!(
            crate::cost::reading(&crate::cost::CostChart { costs: vec![cost], planned: 3 }, 2),
            "Runde 2: Neu-Init 1 Milliarde von 2,5 Billionen Multiply-Adds in 1 min 23 s"
        );
    }
}
