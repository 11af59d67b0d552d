//! The names of nodes and weights in the picture of the network.

use chart::{masks::channel_name, network_layout::NetworkShape};
use experiment::{config::ExperimentConfig, data_words::class_in_words};
use texts::fill;

/// A node in words, such as “unit 203 of layer 1”. Columns count from the image's, which is 0.
pub fn node_name(config: &ExperimentConfig, shape: &NetworkShape, column: usize, index: usize) -> String {
    match column.checked_sub(1) {
        None => {
            let width = shape.image_width.max(1);
            fill!("network.pixel", row = index / width, column = index % width)
        }
        _ if column + 1 == shape.columns() => class_in_words(&config.data, index),
        Some(layer) if shape.maps_of(layer).is_some() => {
            fill!("network.channel", channel = index, layer = column)
        }
        _ => fill!("network.unit", unit = index, layer = column),
    }
}

/// What a weight of a layer reads, in words: a node, or a place of a window or of a feature map. `input` is the weight's place
/// among those of its node.
pub fn input_name(config: &ExperimentConfig, shape: &NetworkShape, layer: usize, input: usize) -> String {
    let place = |width: usize| {
        let cells = shape.weights_from_node(layer).unwrap_or(usize::MAX).max(1);
        (input % cells / width.max(1), input % cells % width.max(1))
    };
    let read = shape.read_node(layer, input).map(|node| node_name(config, shape, layer, node));
    // Weights of the image say which colour they read.
    let color = channel_name(shape.channels, shape.read_channel(input)).filter(|_| layer == 0);
    let before = layer.checked_sub(1).and_then(|before| shape.maps_of(before));
    match (shape.maps_of(layer), read, before) {
        (Some(maps), Some(read), _) => {
            let (row, column) = place(maps.kernel);
            fill!("network.window_on", row = row, column = column, read = read)
        }
        (Some(maps), None, _) => {
            let (row, column) = place(maps.kernel);
            // All pixels of the image are read, channel after channel.
            let row = row % maps.kernel.max(1);
            match color {
                Some(color) => fill!("mask.in_window_of_color", color = color, row = row, column = column),
                None => fill!("network.window", row = row, column = column),
            }
        }
        (None, Some(read), Some(maps)) => {
            let (row, column) = place(maps.width);
            fill!("network.place", row = row, column = column, read = read)
        }
        (None, read, _) => match (color, shape.read_node(layer, input)) {
            (Some(color), Some(pixel)) => {
                let width = shape.image_width.max(1);
                fill!("mask.color_of_pixel", color = color, row = pixel / width, column = pixel % width)
            }
            _ => read.unwrap_or_default(),
        },
    }
}
