//! Masks, and which weights go.

use super::{
    config::Config,
    shape::{LAYERS, Shape},
};

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

/// How many of `remaining` weights a pruning at `rate` takes: rounded half away from zero.
pub fn to_prune(remaining: u32, rate: f64) -> u32 {
    (f64::from(remaining) * rate).round() as u32
}

/// Survivors of each layer after every round of a configuration, round 0 first.
pub fn survivors(config: &Config) -> Vec<[u32; LAYERS]> {
    let mut counts = std::array::from_fn(|l| config.shape.layer_weights(l) as u32);
    let mut all = vec![counts];
    for _ in 0..config.rounds {
        counts = std::array::from_fn(|l| counts[l] - to_prune(counts[l], layer_rate(config, l)));
        all.push(counts);
    }
    all
}

/// The share of a layer's remaining weights that goes: the output layer's is its own.
pub fn layer_rate(config: &Config, layer: usize) -> f64 {
    if layer + 1 == LAYERS { config.output_rate } else { config.rate }
}

/// Layer-wise magnitude pruning (Han et al. 2015; Frankle & Carbin 2019): of each layer's surviving weights the
/// smallest go, ties by index.
pub fn prune_by_magnitude(config: &Config, mask: &[u8], weights: &[f32]) -> Mask {
    let alive = alive(config.shape, mask);
    cut(config.shape, mask, weights, std::array::from_fn(|l| to_prune(alive[l], layer_rate(config, l))))
}

/// The mask cut at once from a dense network's weights to the counts that `round` iterative prunings would leave.
pub fn one_shot(config: &Config, weights: &[f32], round: u32) -> Mask {
    let left = survivors(&Config { rounds: round, ..config.clone() }).pop().unwrap_or_default();
    let gone = std::array::from_fn(|l| config.shape.layer_weights(l) as u32 - left[l]);
    cut(config.shape, &full_mask(config.shape), weights, gone)
}

/// Of each layer's surviving weights the `counts` smallest go, ties by index.
fn cut(shape: Shape, mask: &[u8], weights: &[f32], counts: [u32; LAYERS]) -> Mask {
    let mut next = mask.to_vec();
    for (layer, count) in counts.into_iter().enumerate() {
        let remaining = shape.weight_range(layer).filter(|&i| mask[i] != 0);
        // Bits of a non-negative float sort as its value does; the index behind them settles ties.
        let mut keys: Vec<u64> =
            remaining.map(|i| u64::from(weights[i].abs().to_bits()) << 32 | i as u64).collect();
        let count = count as usize;
        if count > 0 {
            keys.select_nth_unstable(count - 1);
            keys[..count].iter().for_each(|key| next[*key as u32 as usize] = 0);
        }
    }
    next
}

/// A mask of these counts: the first weights of each layer.
pub fn first_of_each_layer(shape: Shape, counts: [u32; LAYERS]) -> Mask {
    let mut mask = vec![0; shape.weights()];
    for (layer, count) in counts.into_iter().enumerate() {
        mask[shape.weight_range(layer)][..count as usize].fill(1);
    }
    mask
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::config::Preset;
    use proptest::prelude::*;

    #[test]
    fn survivors_are_the_references() {
        let totals: Vec<u32> = survivors(&Preset::Paper.config()).iter().map(|c| c.iter().sum()).collect();
        assert_eq!((totals[0], totals[7], totals[15], totals[20]), (266_200, 56_094, 9_537, 3_179));
        let percent = |r: usize| (f64::from(totals[r]) / 2_662.0 * 100.0).round() / 100.0;
        let of_reference =
            [(3, 51.28), (7, 21.07), (9, 13.52), (15, 3.58), (16, 2.87), (18, 1.85), (20, 1.19)];
        for (round, expected) in of_reference {
            assert_eq!(percent(round), expected, "round {round}");
        }
    }

    #[test]
    fn halves_are_rounded_away_from_zero() {
        assert_eq!((to_prune(5, 0.5), to_prune(5, 0.3), to_prune(0, 0.5), to_prune(1, 0.5)), (3, 2, 0, 1));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        /// Against a full sort: the next mask is a subset, exactly the asked number goes, and none that goes is
        /// larger than one that stays.
        #[test]
        fn the_smallest_go_and_ties_go_by_index(
            seed in any::<u32>(), rate in 0.0f64..0.99, output_rate in 0.0f64..0.99, levels in 1u32..50,
        ) {
            let shape = Shape { hidden: [4, 3] };
            let config = Config { rate, output_rate, shape, ..Preset::Quick.config() };
            let mut x = u64::from(seed) | 1;
            let mut draw = || { x = x.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1); (x >> 33) as u32 };
            let mask: Mask = (0..shape.weights()).map(|_| u8::from(draw() % 3 != 0)).collect();
            // Few levels, so that there are many ties, in both signs.
            let weights: Vec<f32> = (0..shape.weights())
                .map(|_| (draw() % levels) as f32 * if draw() % 2 == 0 { 0.1 } else { -0.1 }).collect();
            let next = prune_by_magnitude(&config, &mask, &weights);
            for layer in 0..LAYERS {
                let range = shape.weight_range(layer);
                let mut order: Vec<usize> = range.clone().filter(|&i| mask[i] == 1).collect();
                order.sort_by(|&a, &b| weights[a].abs().total_cmp(&weights[b].abs()).then(a.cmp(&b)));
                let count = to_prune(order.len() as u32, layer_rate(&config, layer)) as usize;
                for (k, &i) in order.iter().enumerate() {
                    prop_assert_eq!(next[i], u8::from(k >= count));
                }
                prop_assert!(range.clone().all(|i| next[i] <= mask[i]));
            }
        }
    }
}
