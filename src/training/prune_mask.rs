//! Makes the mask that a pruning leaves.

use experiment::prune_counts::PruneCounts;
use model::{Model, mask::Mask};

/// Prunes the surviving weights with the smallest scores; of equal scores, the one with the lower index goes first.
/// `score` has a number for each weight, in flat order. `quota` must not exceed the number of survivors.
pub fn prune_lowest_scores(model: &Model, mask: &[u8], score: &[f32], quota: PruneCounts) -> Mask {
    let parts = match quota {
        PruneCounts::PerLayer(counts) => {
            model.layer_sizes().into_iter().map(|size| size.weights).zip(counts).collect()
        }
        PruneCounts::Global(count) => vec![(0..model.weight_count(), count)],
    };
    let mut next = mask.to_vec();
    for (range, count) in parts {
        let mut keys: Vec<u64> = range
            .filter(|&i| mask[i] != 0)
            .map(|i| u64::from(sortable_bits(score[i])) << 32 | i as u64)
            .collect();
        let count = count as usize;
        if count > 0 {
            keys.select_nth_unstable(count - 1);
            keys[..count].iter().for_each(|key| next[*key as u32 as usize] = 0);
        }
    }
    next
}

/// Maps a float to an integer that sorts in the same order.
fn sortable_bits(x: f32) -> u32 {
    let bits = x.to_bits();
    if bits >> 31 == 1 { !bits } else { bits | 1 << 31 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use experiment::{
        config::ExperimentConfig,
        preset::Preset,
        prune_counts::{layer_prune_rate, prune_count},
    };
    use model::mask::survivors_per_layer;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        /// Compares the next mask with a full sort: exactly the requested number of surviving weights is pruned, the
        /// smallest first and equal ones by index, and no pruned weight returns.
        #[test]
        fn the_smallest_go_and_ties_go_by_index(
            seed in any::<u32>(), rate in 0.0f64..0.99, output_rate in 0.0f64..0.99, levels in 1u32..50,
        ) {
            let model = Model::linear(&[4, 3]);
            let config = ExperimentConfig { rate, output_rate, model: model.clone(), ..Preset::Quick.config() };
            let mut x = u64::from(seed) | 1;
            let mut draw = || { x = x.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1); (x >> 33) as u32 };
            let mask: Mask = (0..model.weight_count()).map(|_| u8::from(draw() % 3 != 0)).collect();
            // Few distinct values of both signs give many ties.
            let weights: Vec<f32> = (0..model.weight_count())
                .map(|_| (draw() % levels) as f32 * if draw() % 2 == 0 { 0.1 } else { -0.1 }).collect();
            let score: Vec<f32> = weights.iter().map(|w| w.abs()).collect();
            let next = prune_lowest_scores(&model, &mask, &score, PruneCounts::for_round(&config, &survivors_per_layer(&model, &mask)));
            for (layer, size) in model.layer_sizes().into_iter().enumerate() {
                let range = size.weights;
                let mut order: Vec<usize> = range.clone().filter(|&i| mask[i] == 1).collect();
                order.sort_by(|&a, &b| weights[a].abs().total_cmp(&weights[b].abs()).then(a.cmp(&b)));
                let count = prune_count(order.len() as u32, layer_prune_rate(&config, layer)) as usize;
                for (k, &i) in order.iter().enumerate() {
                    prop_assert_eq!(next[i], u8::from(k >= count));
                }
                prop_assert!(range.clone().all(|i| next[i] <= mask[i]));
            }
        }
    }
}
