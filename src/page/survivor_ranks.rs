//! Finds the value of single weights among packed parameters, without unpacking all of them. See [`model::packed`].

/// The bits of a mask, with the number of survivors before each block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SurvivorRanks {
    bits: Vec<u8>,
    before: Vec<u32>,
    survivors: usize,
}

/// The bytes of a block.
const BLOCK: usize = 32;

impl SurvivorRanks {
    /// The ranks of a mask of this many weights, a bit each as [`mask_to_bits`](model::packed::mask_to_bits) writes
    /// them. `None` if there are not as many bits.
    pub fn new(bits: Vec<u8>, weights: usize) -> Option<SurvivorRanks> {
        if bits.len() != weights.div_ceil(8) {
            return None;
        }
        let count = |block: &[u8]| block.iter().map(|byte| byte.count_ones()).sum::<u32>();
        let mut survivors = 0;
        let before = bits.chunks(BLOCK).map(|block| {
            survivors += count(block);
            survivors - count(block)
        });
        let before = before.collect();
        Some(SurvivorRanks { bits, before, survivors: survivors as usize })
    }

    /// Whether a weight survives.
    pub fn survives(&self, weight: usize) -> bool {
        self.bits.get(weight / 8).is_some_and(|byte| byte >> (weight % 8) & 1 == 1)
    }

    /// The number of survivors before a weight: its position among packed parameters if it survives.
    pub fn rank(&self, weight: usize) -> usize {
        let (byte, block) = (weight / 8, weight / 8 / BLOCK);
        let (Some(&before), Some(bits)) = (self.before.get(block), self.bits.get(byte)) else {
            return self.survivors;
        };
        let whole = self.bits[block * BLOCK..byte].iter().map(|byte| byte.count_ones()).sum::<u32>();
        let part = (bits & ((1 << (weight % 8)) - 1)).count_ones();
        (before + whole + part) as usize
    }

    /// The number of all survivors.
    pub fn survivors(&self) -> usize {
        self.survivors
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::packed::{mask_to_bits, pack_parameters};

    #[test]
    fn a_weight_is_found_among_packed_parameters() {
        for (weights, every) in [(1, 1), (256, 1), (257, 3), (5_000, 7), (5_000, 999)] {
            let mask: Vec<u8> = (0..weights).map(|weight| u8::from(weight % every == every / 2)).collect();
            let parameters: Vec<f32> = (0..weights + 3).map(|index| index as f32).collect();
            let packed = pack_parameters(&mask, &parameters);
            let ranks = SurvivorRanks::new(mask_to_bits(&mask), weights).unwrap();
            assert_eq!(ranks.survivors() + 3, packed.len());
            for weight in 0..weights {
                assert_eq!(ranks.survives(weight), mask[weight] == 1);
                if mask[weight] == 1 {
                    assert_eq!(packed[ranks.rank(weight)], weight as f32);
                }
            }
            assert!(!ranks.survives(weights + 8));
            assert_eq!(ranks.rank(weights + 8), ranks.survivors());
        }
        assert_eq!(SurvivorRanks::new(vec![1, 2], 17), None);
    }
}
