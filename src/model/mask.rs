//! Masks: which weights survive.

use crate::shape::{LAYERS, Shape};

/// One byte a weight, flat in layer order, rows `(out, in)`: 1 survives, 0 is pruned.
pub type Mask = Vec<u8>;

/// The mask of a dense network.
pub fn full_mask(shape: Shape) -> Mask {
    vec![1; shape.weights()]
}

/// Surviving weights of each layer.
pub fn alive(shape: Shape, mask: &[u8]) -> [u32; LAYERS] {
    std::array::from_fn(|l| mask[shape.weight_range(l)].iter().map(|&m| u32::from(m != 0)).sum())
}

/// A mask of these counts: the first weights of each layer.
pub fn first_of_each_layer(shape: Shape, counts: [u32; LAYERS]) -> Mask {
    let mut mask = vec![0; shape.weights()];
    for (layer, count) in counts.into_iter().enumerate() {
        mask[shape.weight_range(layer)][..count as usize].fill(1);
    }
    mask
}
