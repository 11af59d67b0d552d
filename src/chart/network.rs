//! The picture of a network: which lines, dots and pixels are drawn, in which style. Lines come in few styles, so that a
//! canvas strokes a handful of paths a frame. Positions are those of [`NetworkLayout`], in CSS pixels.

use crate::{
    color::Rgb,
    mask_paint,
    network_layout::{NetworkLayout, NetworkShape, Point, Thing},
    network_sample::SampledConnection,
    style::Theme,
};

/// How some lines are drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LineStyle {
    /// The colour.
    pub color: Rgb,
    /// The opacity, from 0 to 1.
    pub alpha: f64,
    /// The width in CSS pixels.
    pub width: f64,
    /// Whether the lines are dashed, as those of negative values are.
    pub dashed: bool,
}

/// Lines of one style.
#[derive(Clone, Debug, PartialEq)]
pub struct LineBatch {
    /// Their style.
    pub style: LineStyle,
    /// Their ends.
    pub lines: Vec<(Point, Point)>,
}

/// The values of connections, in their order.
#[derive(Clone, Copy, Debug, Default)]
pub struct ConnectionValues<'a> {
    /// The values before the first training step. Empty if they are not known.
    pub first: &'a [f32],
    /// The values after the last training step. Empty if they are not known.
    pub last: &'a [f32],
    /// How far training has come, from 0 to 1.
    pub progress: f64,
}

impl ConnectionValues<'_> {
    /// The value of a connection. Only first and last values are known: between them it goes evenly from one to the other.
    pub fn value(&self, index: usize) -> Option<f64> {
        let first = f64::from(*self.first.get(index)?);
        Some(match self.last.get(index) {
            Some(&last) => first + (f64::from(last) - first) * self.progress.clamp(0.0, 1.0),
            None => first,
        })
    }
}

/// The class of a line: what it shows of its connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineClass {
    /// The value is not known.
    Unknown,
    /// The weight is being pruned.
    Dying,
    /// The value is known.
    Known {
        /// Whether it is below zero.
        negative: bool,
        /// How large it is, from 0 to [`LEVELS`] - 1. Every level is a doubling.
        level: u8,
    },
}

/// The number of sizes of a value that can be told apart.
pub const LEVELS: usize = 6;
/// The upper ends of all sizes but the largest, in multiples of the layer's usual first value.
const LEVEL_ENDS: [f64; LEVELS - 1] = [0.5, 1.0, 2.0, 4.0, 8.0];
const WIDTHS: [f64; LEVELS] = [0.5, 0.7, 0.9, 1.0, 1.8, 2.6];
const LIGHT_ALPHAS: [f64; LEVELS] = [0.13, 0.2, 0.32, 0.5, 0.72, 0.92];
const DARK_ALPHAS: [f64; LEVELS] = [0.15, 0.24, 0.36, 0.54, 0.75, 0.95];

impl LineClass {
    /// The class of a value. `usual` is the spread of first values in its layer: every layer has its own scale.
    pub fn of_value(value: f64, usual: f64) -> LineClass {
        let size = value.abs() / usual.max(f64::MIN_POSITIVE);
        let level = LEVEL_ENDS.iter().take_while(|end| size > **end).count() as u8;
        LineClass::Known { negative: value < 0.0, level }
    }

    fn batch(self) -> usize {
        match self {
            LineClass::Unknown => 0,
            // Large values are drawn over small ones.
            LineClass::Known { negative, level } => 1 + 2 * usize::from(level) + usize::from(negative),
            LineClass::Dying => BATCHES - 1,
        }
    }

    fn of_batch(batch: usize) -> LineClass {
        match batch {
            0 => LineClass::Unknown,
            _ if batch == BATCHES - 1 => LineClass::Dying,
            _ => LineClass::Known { negative: batch.is_multiple_of(2), level: (batch as u8 - 1) / 2 },
        }
    }

    /// The style of the class. `pruning` is how far the animation of a pruning has come, from 0 to 1.
    pub fn style(self, theme: Theme, pruning: f64) -> LineStyle {
        match self {
            LineClass::Unknown => {
                LineStyle { color: theme.secondary_text(), alpha: 0.22, width: 1.0, dashed: false }
            }
            LineClass::Dying => {
                let (color, strength) = mask_paint::pruning(theme, pruning);
                LineStyle { color, alpha: 0.9 * strength, width: 1.5, dashed: false }
            }
            LineClass::Known { negative, level } => {
                let level = usize::from(level).min(LEVELS - 1);
                let alphas = if theme == Theme::Light { LIGHT_ALPHAS } else { DARK_ALPHAS };
                let color = sign_color(theme, negative);
                LineStyle { color, alpha: alphas[level], width: WIDTHS[level], dashed: negative }
            }
        }
    }
}

const BATCHES: usize = 2 * LEVELS + 2;

/// The colour of a sign. The two differ in hue for everyone, and are no arm's colours.
pub fn sign_color(theme: Theme, negative: bool) -> Rgb {
    Rgb::hex(match (theme, negative) {
        (Theme::Light, false) => 0x1f3a7d,
        (Theme::Light, true) => 0xb0204f,
        (Theme::Dark, false) => 0xaebcff,
        (Theme::Dark, true) => 0xff7d9c,
    })
}

/// The class of each connection. `usual` has the spread of first values for each layer; `dying` says of a weight whether
/// it is being pruned.
pub fn classify(
    connections: &[SampledConnection],
    values: &ConnectionValues<'_>,
    usual: &[f64],
    dying: impl Fn(usize) -> bool,
) -> Vec<LineClass> {
    let class = |(index, connection): (usize, &SampledConnection)| {
        if dying(connection.weight as usize) {
            return LineClass::Dying;
        }
        let usual = usual.get(connection.layer as usize).copied().unwrap_or(1.0);
        values.value(index).map_or(LineClass::Unknown, |value| LineClass::of_value(value, usual))
    };
    connections.iter().enumerate().map(class).collect()
}

/// How the lines of a picture are meant.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LineLook {
    /// The theme of the page.
    pub theme: Theme,
    /// How far the animation of a pruning has come, from 0 to 1.
    pub pruning: f64,
    /// Whether the lines stand back because others are pointed at.
    pub in_background: bool,
}

/// The lines of connections with these classes, by style.
pub fn lines(
    layout: &NetworkLayout,
    connections: &[SampledConnection],
    classes: &[LineClass],
    look: LineLook,
) -> Vec<LineBatch> {
    let mut batches: Vec<Vec<(Point, Point)>> = vec![Vec::new(); BATCHES];
    for (connection, class) in connections.iter().zip(classes) {
        batches[class.batch()].push(ends(layout, connection));
    }
    let batch = |(batch, lines)| {
        let mut style = LineClass::of_batch(batch).style(look.theme, look.pruning);
        if look.in_background {
            style.alpha *= 0.25;
        }
        LineBatch { style, lines }
    };
    batches.into_iter().enumerate().filter(|(_, lines)| !lines.is_empty()).map(batch).collect()
}

fn ends(layout: &NetworkLayout, connection: &SampledConnection) -> (Point, Point) {
    layout.ends(connection.layer as usize, connection.output as usize, connection.input as usize)
}

/// What is at a point: a unit, a pixel, or else the nearest of the drawn connections if one is near.
pub fn thing_at(layout: &NetworkLayout, connections: &[SampledConnection], at: Point) -> Option<Thing> {
    layout.node_at(at).or_else(|| {
        let distance = |connection: &SampledConnection| distance(at, ends(layout, connection));
        let nearest = connections.iter().map(|connection| (distance(connection), connection));
        let (distance, nearest) = nearest.min_by(|a, b| a.0.total_cmp(&b.0))?;
        (distance <= NEAR).then_some(Thing::Connection {
            layer: nearest.layer as usize,
            output: nearest.output as usize,
            input: nearest.input as usize,
        })
    })
}

/// The distance at which a line is still pointed at.
const NEAR: f64 = 5.0;

/// The distance of a point from a line between two points.
fn distance((x, y): Point, ((x0, y0), (x1, y1)): (Point, Point)) -> f64 {
    let (dx, dy) = (x1 - x0, y1 - y0);
    let along = (((x - x0) * dx + (y - y0) * dy) / (dx * dx + dy * dy).max(1e-9)).clamp(0.0, 1.0);
    (x0 + along * dx - x).hypot(y0 + along * dy - y)
}

/// All surviving connections of a pixel or unit, or a connection itself whether it survives or not.
pub fn connections_of(
    shape: &NetworkShape,
    thing: Thing,
    survives: impl Fn(usize) -> bool,
) -> Vec<SampledConnection> {
    let connection = |layer: usize, output: usize, input: usize| {
        let weight = shape.first_weight(layer) + output * shape.layers[layer].0 + input;
        SampledConnection {
            layer: layer as u32,
            output: output as u32,
            input: input as u32,
            weight: weight as u32,
        }
    };
    let alive = |connection: &SampledConnection| survives(connection.weight as usize);
    let outgoing = |layer: usize, node: usize| {
        let outputs = shape.layers.get(layer).map_or(0, |size| size.1);
        (0..outputs).flat_map(move |output| {
            shape.inputs_from_node(layer, node).map(move |input| connection(layer, output, input))
        })
    };
    match thing {
        _ if !thing.is_in(shape) => Vec::new(),
        Thing::Pixel { input } => outgoing(0, input).filter(alive).collect(),
        Thing::Unit { layer, index } => {
            let incoming = (0..shape.layers[layer].0).map(|input| connection(layer, index, input));
            incoming.chain(outgoing(layer + 1, index)).filter(alive).collect()
        }
        Thing::Connection { layer, output, input } => vec![connection(layer, output, input)],
    }
}

/// How many connections of each node survive.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NodeCounts {
    /// For each column and node, the survivors that it gives its value to. The last column has none.
    pub outgoing: Vec<Vec<u32>>,
    /// For each column and node, the survivors that it reads. The first column has none.
    pub incoming: Vec<Vec<u32>>,
}

impl NodeCounts {
    /// Counts the survivors of a network.
    pub fn new(shape: &NetworkShape, survives: impl Fn(usize) -> bool) -> NodeCounts {
        let zeros = || (0..shape.columns()).map(|column| vec![0; shape.nodes(column)]).collect();
        let mut counts = NodeCounts { outgoing: zeros(), incoming: zeros() };
        let mut weight = 0;
        for (layer, &(inputs, outputs)) in shape.layers.iter().enumerate() {
            for output in 0..outputs {
                for input in 0..inputs {
                    if survives(weight) {
                        if let Some(node) = shape.read_node(layer, input) {
                            counts.outgoing[layer][node] += 1;
                        }
                        counts.incoming[layer + 1][output] += 1;
                    }
                    weight += 1;
                }
            }
        }
        if shape.maps_of(0).is_some() {
            // A convolution of the image reads all of its pixels by each of its weights.
            let left = counts.incoming[1].iter().sum();
            counts.outgoing[0].fill(left);
        }
        counts
    }

    /// The survivors of each layer.
    pub fn by_layer(&self) -> Vec<u32> {
        self.incoming.iter().skip(1).map(|column| column.iter().sum()).collect()
    }

    /// Whether a node of a column does nothing: it reads nothing, or nothing reads it.
    pub fn is_cut_off(&self, column: usize, index: usize) -> bool {
        let read = |counts: &[Vec<u32>]| counts.get(column).and_then(|nodes| nodes.get(index)).copied();
        let is_last = column + 1 == self.outgoing.len();
        (column > 0 && read(&self.incoming) == Some(0)) || (!is_last && read(&self.outgoing) == Some(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network_layout::FeatureMaps;

    fn shape() -> NetworkShape {
        NetworkShape::linear(&[784, 20, 10, 10], 28)
    }

    #[test]
    fn classes_have_a_batch_each_and_their_own_look() {
        let mut classes = vec![LineClass::Unknown, LineClass::Dying];
        for level in 0..LEVELS as u8 {
            classes.extend([true, false].map(|negative| LineClass::Known { negative, level }));
        }
        for &class in &classes {
            assert_eq!(LineClass::of_batch(class.batch()), class);
        }
        for theme in [Theme::Light, Theme::Dark] {
            for (index, one) in classes.iter().enumerate() {
                for other in &classes[..index] {
                    assert_ne!(one.style(theme, 0.4), other.style(theme, 0.4), "{one:?} {other:?}");
                }
            }
            for negative in [true, false] {
                assert!(sign_color(theme, negative).contrast(theme.background()) > 4.5);
            }
        }
    }

    #[test]
    fn a_line_goes_from_its_first_value_to_its_last() {
        let connections = connections_of(&shape(), Thing::Unit { layer: 2, index: 3 }, |_| true);
        let (first, last) = ([-0.9; 10], [0.9; 10]);
        let class = |progress: f64, last: &[f32]| {
            classify(&connections, &ConnectionValues { first: &first, last, progress }, &[1.0; 3], |_| false)
                [0]
        };
        assert_eq!(class(0.0, &last), LineClass::Known { negative: true, level: 1 });
        assert_eq!(class(0.4, &last), LineClass::Known { negative: true, level: 0 });
        assert_eq!(class(1.0, &last), LineClass::Known { negative: false, level: 1 });
        assert_eq!(class(1.0, &[]), LineClass::Known { negative: true, level: 1 });
        let unknown = classify(&connections, &ConnectionValues::default(), &[1.0; 3], |_| false);
        assert_eq!(unknown, [LineClass::Unknown; 10]);
        let dying = classify(&connections, &ConnectionValues::default(), &[1.0; 3], |_| true);
        assert_eq!(dying, [LineClass::Dying; 10]);
    }

    #[test]
    fn counts_of_channels_are_those_of_their_connections() {
        let maps = |height| Some(FeatureMaps { kernel: 3, height, width: height });
        let shape = NetworkShape {
            layers: vec![(9, 2), (18, 3), (12, 4), (4, 10)],
            maps: vec![maps(6), maps(2), None, None],
            pixels: 36,
            image_width: 6,
            channels: 1,
        };
        let survives = |weight: usize| weight % 5 != 3;
        let counts = NodeCounts::new(&shape, survives);
        for column in 1..shape.columns() {
            for index in 0..shape.nodes(column) {
                let all = connections_of(&shape, Thing::node(column, index), survives);
                let sum = counts.incoming[column][index] + counts.outgoing[column][index];
                assert_eq!(all.len(), sum as usize, "{column} {index}");
            }
        }
        // Channel 1 of the second convolution is read by 4 units at 2 × 2 places: weights 72 + 12 unit + 4 to 7.
        let read = (0..4).flat_map(|unit| (0..4).map(move |place| 18 + 54 + 12 * unit + 4 + place));
        assert_eq!(counts.outgoing[2][1] as usize, read.filter(|weight| survives(*weight)).count());
        assert_eq!(counts.outgoing[0], [counts.by_layer()[0]; 36]);
        assert_eq!(connections_of(&shape, Thing::Pixel { input: 4 }, survives), []);
    }

    #[test]
    fn a_coloured_pixel_has_the_connections_of_all_its_channels() {
        let coloured = NetworkShape {
            channels: 3,
            layers: vec![(18, 4), (4, 2)],
            ..NetworkShape::linear(&[6, 4, 2], 3)
        };
        let survives = |weight: usize| weight % 5 != 2;
        let counts = NodeCounts::new(&coloured, survives);
        for pixel in 0..6 {
            let expected: Vec<u32> = (0..4)
                .flat_map(|unit| [0, 6, 12].map(|channel| unit * 18 + channel + pixel as u32))
                .filter(|&weight| survives(weight as usize))
                .collect();
            let found = connections_of(&coloured, Thing::Pixel { input: pixel }, survives);
            assert_eq!(found.iter().map(|found| found.weight).collect::<Vec<_>>(), expected);
            assert_eq!(counts.outgoing[0][pixel] as usize, expected.len());
        }
        assert_eq!(connections_of(&coloured, Thing::Pixel { input: 6 }, survives), []);
    }

    #[test]
    fn counts_are_those_of_the_connections() {
        let shape = shape();
        let survives = |weight: usize| weight % 7 == 3 || weight >= 784 * 20 + 20 * 10;
        let counts = NodeCounts::new(&shape, survives);
        for column in 0..shape.columns() {
            for index in 0..shape.nodes(column) {
                let all = connections_of(&shape, Thing::node(column, index), survives);
                let sum = counts.incoming[column][index] + counts.outgoing[column][index];
                assert_eq!(all.len(), sum as usize, "{column} {index}");
            }
        }
        let weights: usize = shape.weights().sum();
        let survivors = (0..weights).filter(|weight| survives(*weight)).count();
        assert_eq!(counts.by_layer().iter().sum::<u32>() as usize, survivors);
        let none = NodeCounts::new(&shape, |weight| weight < 784);
        assert!(!none.is_cut_off(0, 5) && none.is_cut_off(1, 0) && none.is_cut_off(3, 0));
    }

    #[test]
    fn lines_are_found_where_they_are_drawn() {
        let shape = shape();
        let layout = NetworkLayout::new(&shape, (580.0, 360.0), 12.0, 1.0);
        let thing = Thing::Connection { layer: 1, output: 4, input: 11 };
        let connections = connections_of(&shape, thing, |_| false);
        let (from, to) = layout.ends(1, 4, 11);
        let middle = ((from.0 + to.0) / 2.0, (from.1 + to.1) / 2.0);
        assert_eq!(thing_at(&layout, &connections, middle), Some(thing));
        assert_eq!(thing_at(&layout, &connections, (middle.0, middle.1 + 30.0)), None);
        assert_eq!(thing_at(&layout, &connections, to), Some(Thing::Unit { layer: 1, index: 4 }));
        let look = LineLook { theme: Theme::Light, pruning: 1.0, in_background: false };
        let batches = lines(&layout, &connections, &[LineClass::Unknown], look);
        assert_eq!((batches.len(), batches[0].lines[0]), (1, (from, to)));
    }
}
