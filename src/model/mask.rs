//! Masks: which weights survive.

use crate::Model;

/// One byte a weight, flat in layer order, rows `(out, in)`: 1 survives, 0 is pruned.
pub type Mask = Vec<u8>;

/// The mask of a dense network.
pub fn full_mask(model: &Model) -> Mask {
    vec![1; model.weights()]
}

/// Surviving weights of each layer.
pub fn alive(model: &Model, mask: &[u8]) -> Vec<u32> {
    let count = |mask: &[u8]| mask.iter().map(|&m| u32::from(m != 0)).sum();
    model.sizes().into_iter().map(|size| count(&mask[size.weights])).collect()
}

/// A mask of these counts: the first weights of each layer.
pub fn first_of_each_layer(model: &Model, counts: &[u32]) -> Mask {
    let mut mask = vec![0; model.weights()];
    for (size, &count) in model.sizes().into_iter().zip(counts) {
        mask[size.weights][..count as usize].fill(1);
    }
    mask
}
