//! Masks, which say which weights survive.

use crate::Model;

/// One byte for each weight, in the order of the flat weights: 1 for a surviving weight, 0 for a pruned one.
pub type Mask = Vec<u8>;

/// The mask of a dense network, in which all weights survive.
pub fn dense_mask(model: &Model) -> Mask {
    vec![1; model.weight_count()]
}

/// The number of surviving weights of each layer.
pub fn survivors_per_layer(model: &Model, mask: &[u8]) -> Vec<u32> {
    let count = |mask: &[u8]| mask.iter().map(|&m| u32::from(m != 0)).sum();
    model.layer_sizes().into_iter().map(|size| count(&mask[size.weights])).collect()
}

/// A mask in which the first `counts` weights of each layer survive.
pub fn mask_of_first_weights(model: &Model, counts: &[u32]) -> Mask {
    let mut mask = vec![0; model.weight_count()];
    for (size, &count) in model.layer_sizes().into_iter().zip(counts) {
        mask[size.weights][..count as usize].fill(1);
    }
    mask
}

/// Whether fewer than this share, from 0 to 1, of a mask's weights survive.
pub fn is_sparser_than(share: f64, mask: &[u8]) -> bool {
    // A byte can count 255 of them, and a vector holds more bytes than larger numbers.
    let of_few = |few: &[u8]| usize::from(few.iter().map(|&kept| u8::from(kept != 0)).sum::<u8>());
    let survivors = mask.chunks(255).map(of_few).sum::<usize>();
    (survivors as f64) < share * mask.len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mask_is_sparser_than_a_share_if_fewer_survive() {
        // Long runs of survivors, which must not overflow a small counter.
        for survivors in [0, 1, 255, 256, 700, 1024] {
            let mut mask = vec![0; 1024];
            mask[1024 - survivors..].fill(1);
            let share = survivors as f64 / 1024.0;
            assert!(!is_sparser_than(share, &mask), "{survivors} of 1024 are not fewer than themselves");
            assert!(is_sparser_than(share + 1e-9, &mask), "{survivors} of 1024");
        }
    }
}
