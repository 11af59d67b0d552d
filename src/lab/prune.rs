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

/// Survivors of each layer after every round of a configuration, round 0 first. A criterion over all layers knows only
/// their sum beforehand; for it, these are what the layers would keep if all of them gave alike.
pub fn survivors(config: &Config) -> Vec<[u32; LAYERS]> {
    let mut counts = whole(config.shape);
    let mut all = vec![counts];
    for _ in 0..config.rounds {
        counts = std::array::from_fn(|l| counts[l] - to_prune(counts[l], layer_rate(config, l)));
        all.push(counts);
    }
    all
}

fn whole(shape: Shape) -> [u32; LAYERS] {
    std::array::from_fn(|l| shape.layer_weights(l) as u32)
}

/// The share of a layer's remaining weights that goes: the output layer's is its own, where layers are cut one by one.
pub fn layer_rate(config: &Config, layer: usize) -> f64 {
    let own = layer + 1 == LAYERS && !config.criterion.is_over_all_layers();
    if own { config.output_rate } else { config.rate }
}

/// How many weights go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quota {
    /// Of each layer.
    Layers([u32; LAYERS]),
    /// Of all layers together.
    All(u32),
}

/// What one pruning takes of the surviving weights.
pub fn quota(config: &Config, alive: [u32; LAYERS]) -> Quota {
    if config.criterion.is_over_all_layers() {
        Quota::All(to_prune(alive.iter().sum(), config.rate))
    } else {
        Quota::Layers(std::array::from_fn(|l| to_prune(alive[l], layer_rate(config, l))))
    }
}

/// What `rounds` prunings take of a dense network.
pub fn quota_at_once(config: &Config, rounds: u32) -> Quota {
    let whole = whole(config.shape);
    if config.criterion.is_over_all_layers() {
        let all: u32 = whole.iter().sum();
        Quota::All(all - (0..rounds).fold(all, |left, _| left - to_prune(left, config.rate)))
    } else {
        let left = survivors(&Config { rounds, ..config.clone() }).pop().unwrap_or(whole);
        Quota::Layers(std::array::from_fn(|l| whole[l] - left[l]))
    }
}

/// Of the surviving weights, those of the smallest score go, ties by index.
pub fn cut(shape: Shape, mask: &[u8], score: &[f32], quota: Quota) -> Mask {
    let parts = match quota {
        Quota::Layers(counts) => (0..LAYERS).map(|l| (shape.weight_range(l), counts[l])).collect(),
        Quota::All(count) => vec![(0..shape.weights(), count)],
    };
    let mut next = mask.to_vec();
    for (range, count) in parts {
        let mut keys: Vec<u64> =
            range.filter(|&i| mask[i] != 0).map(|i| u64::from(ordered(score[i])) << 32 | i as u64).collect();
        let count = count as usize;
        if count > 0 {
            keys.select_nth_unstable(count - 1);
            keys[..count].iter().for_each(|key| next[*key as u32 as usize] = 0);
        }
    }
    next
}

/// A number that sorts as a float does; the index behind it in a key settles ties.
fn ordered(x: f32) -> u32 {
    let bits = x.to_bits();
    if bits >> 31 == 1 { !bits } else { bits | 1 << 31 }
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
            let score: Vec<f32> = weights.iter().map(|w| w.abs()).collect();
            let next = cut(shape, &mask, &score, quota(&config, alive(shape, &mask)));
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
