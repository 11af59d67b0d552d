//! Where the keyboard goes in the picture of the network.

use chart::network_layout::{NetworkShape, Thing};

/// A step of the arrow keys and the like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FocusStep {
    /// To the node above.
    Up,
    /// To the node below.
    Down,
    /// To the column on the left.
    Left,
    /// To the column on the right.
    Right,
    /// To the next of the strongest connections.
    Strongest,
    /// Back to the node, or to nothing.
    Back,
}

/// The node to which an arrow key goes. Within the input image, all four go from pixel to pixel, and from its right edge
/// to the first layer.
pub fn next_node(shape: &NetworkShape, from: Option<Thing>, step: FocusStep) -> Thing {
    let width = shape.image_width.max(1);
    let inputs = shape.nodes(0);
    let (column, index) = match from {
        // Where pixels have no weights of their own, the walk begins behind them.
        None if shape.maps_of(0).is_some() => return Thing::node(1, 0),
        None => {
            return Thing::Pixel { input: (inputs / width / 2 * width + width / 2).min(inputs.max(1) - 1) };
        }
        Some(Thing::Pixel { input }) => (0, input),
        Some(Thing::Unit { layer, index }) => (layer + 1, index),
        Some(Thing::Connection { layer, output, .. }) => (layer + 1, output),
    };
    let last = shape.nodes(column).max(1) - 1;
    // The node of another column at about the same height.
    let beside = |column: usize| {
        let there = shape.nodes(column).max(1) - 1;
        Thing::node(column, index * there / last.max(1))
    };
    match (step, column) {
        (FocusStep::Up, 0) => Thing::node(0, index.checked_sub(width).unwrap_or(index)),
        (FocusStep::Down, 0) => Thing::node(0, if index + width <= last { index + width } else { index }),
        (FocusStep::Left, 0) => Thing::node(0, if index % width == 0 { index } else { index - 1 }),
        (FocusStep::Right, 0) if index % width + 1 < width && index < last => Thing::node(0, index + 1),
        (FocusStep::Up, _) => Thing::node(column, index.saturating_sub(1)),
        (FocusStep::Down, _) => Thing::node(column, (index + 1).min(last)),
        (FocusStep::Left, 1) if shape.maps_of(0).is_some() => Thing::node(column, index),
        (FocusStep::Left, _) => beside(column - 1),
        (FocusStep::Right, _) if column + 1 < shape.columns() => beside(column + 1),
        _ => Thing::node(column, index),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrow_keys_reach_every_column_and_stay_inside() {
        let shape = NetworkShape::linear(&[784, 300, 20, 10], 28);
        let go = |from, step, times: usize| (0..times).fold(from, |at, _| Some(next_node(&shape, at, step)));
        let start = go(None, FocusStep::Up, 1);
        assert_eq!(start, Some(Thing::Pixel { input: 14 * 28 + 14 }));
        for (step, end) in [
            (FocusStep::Up, Thing::Pixel { input: 14 }),
            (FocusStep::Down, Thing::Pixel { input: 27 * 28 + 14 }),
            (FocusStep::Left, Thing::Pixel { input: 14 * 28 }),
        ] {
            assert_eq!(go(start, step, 40), Some(end), "{step:?}");
        }
        assert_eq!(go(start, FocusStep::Right, 13), Some(Thing::Pixel { input: 14 * 28 + 27 }));
        let unit = go(start, FocusStep::Right, 14);
        assert!(matches!(unit, Some(Thing::Unit { layer: 0, index: 100..200 })), "{unit:?}");
        assert!(matches!(go(unit, FocusStep::Right, 9), Some(Thing::Unit { layer: 2, .. })));
        assert_eq!(go(unit, FocusStep::Down, 400), Some(Thing::Unit { layer: 0, index: 299 }));
        assert!(matches!(go(unit, FocusStep::Left, 1), Some(Thing::Pixel { .. })));
        assert!(go(unit, FocusStep::Down, 400).is_some_and(|thing| thing.is_in(&shape)));
        let maps = Some(chart::network_layout::FeatureMaps { kernel: 5, height: 14, width: 14 });
        let shape = NetworkShape { layers: vec![(25, 6), (1176, 10)], maps: vec![maps, None], ..shape };
        let start = next_node(&shape, None, FocusStep::Up);
        assert_eq!(start, Thing::Unit { layer: 0, index: 0 });
        assert_eq!(next_node(&shape, Some(start), FocusStep::Left), start);
    }
}
