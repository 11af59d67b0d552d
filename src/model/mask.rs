//! Masks: which weights survive.

use crate::Model;

/// One byte a weight, flat in layer order, rows `(out, in)`: 1 survives, 0 is pruned.
pub type Mask = Vec<u8>;

/// The mask of a dense network.
pub fn dense_mask(model: &Model) -> Mask {
    vec![1; model.weight_count()]
}

/// Surviving weights of each layer.
pub fn survivors_per_layer(model: &Model, mask: &[u8]) -> Vec<u32> {
    let count = |mask: &[u8]| mask.iter().map(|&m| u32::from(m != 0)).sum();
    model.layer_sizes().into_iter().map(|size| count(&mask[size.weights])).collect()
}

/// A mask of these counts: the first weights of each layer.
pub fn mask_of_first_weights(model: &Model, counts: &[u32]) -> Mask {
    let mut mask = vec![0; model.weight_count()];
    for (size, &count) in model.layer_sizes().into_iter().zip(counts) {
        mask[size.weights][..count as usize].fill(1);
    }
    mask
}
