//! Which connections of a network are drawn while there are too many for all of them: a fair sample, the same in every
//! round, at every moment and for every network with the same layers.
//!
//! Each layer has a fixed order in which its weights are taken, scattered by a hash. A round looks at the first weights of
//! this order and draws those that survive. Later rounds never look at fewer: whatever vanishes has been pruned, and what
//! is drawn of a sparse network is a growing share of it, until all of it is drawn.

use crate::{masks::NEVER_PRUNED, network_layout::NetworkShape};

/// A connection of the sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SampledConnection {
    /// Its layer, from 0.
    pub layer: u32,
    /// The unit that it belongs to.
    pub output: u32,
    /// The input that it multiplies.
    pub input: u32,
    /// Its index among all weights.
    pub weight: u32,
}

/// How many weights of each layer's order every round looks at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectionSample {
    /// For each layer and round.
    looked_at: Vec<Vec<usize>>,
}

impl ConnectionSample {
    /// The sample for masks up to `last_round`, whose prune rounds are one byte for each weight as in
    /// [`MaskHistory`](crate::masks::MaskHistory). A dense network shows about `most` connections.
    pub fn new(shape: &NetworkShape, prune_rounds: &[u8], last_round: u8, most: usize) -> ConnectionSample {
        let shares = lines_of_dense(shape, most);
        let mut looked_at = Vec::new();
        let mut start = 0;
        for (weights, dense) in shape.weights().zip(shares) {
            let end = (start + weights).min(prune_rounds.len());
            let bytes = &prune_rounds[start.min(end)..end];
            looked_at.push(looked_at_of_layer(bytes, weights, looked_at.len(), dense, last_round));
            start += weights;
        }
        ConnectionSample { looked_at }
    }

    /// How many weights of a layer's [`scattered_order`] the rounds look at together: no line of the sample depends on any
    /// other weight of the layer.
    pub fn looked_at(&self, layer: usize) -> usize {
        self.looked_at.get(layer).and_then(|rounds| rounds.iter().max()).copied().unwrap_or(0)
    }

    /// The connections of the sample that a round draws. `survives` says of a weight whether it does.
    pub fn drawn(
        &self,
        shape: &NetworkShape,
        round: u8,
        survives: impl Fn(usize) -> bool,
    ) -> Vec<SampledConnection> {
        let mut drawn = Vec::new();
        for (layer, looked_at) in self.looked_at.iter().enumerate() {
            let (Some(&(inputs, outputs)), Some(last)) = (shape.layers.get(layer), looked_at.last()) else {
                continue;
            };
            let first_weight = shape.first_weight(layer);
            let looked_at = looked_at.get(usize::from(round)).unwrap_or(last);
            for weight in scattered(inputs * outputs, layer).take(*looked_at) {
                if survives(first_weight + weight) {
                    drawn.push(SampledConnection {
                        layer: layer as u32,
                        output: (weight / inputs) as u32,
                        input: (weight % inputs) as u32,
                        weight: (first_weight + weight) as u32,
                    });
                }
            }
        }
        drawn
    }
}

/// The number of connections that a dense network draws of each layer: in proportion to its weights, but enough of a small
/// layer that it can be seen.
fn lines_of_dense(shape: &NetworkShape, most: usize) -> Vec<usize> {
    let floor = most / 8;
    let all: usize = shape.weights().sum();
    let small: usize = shape.weights().map(|weights| weights.min(floor)).sum();
    let rest = most.saturating_sub(small) as f64;
    let share = |weights: usize| {
        let fair = (rest * weights as f64 / all.max(1) as f64).round() as usize;
        (weights.min(floor) + fair).min(weights)
    };
    shape.weights().map(share).collect()
}

/// How many weights of a layer's order each round up to the last looks at. A round draws the cube root of the share of
/// weights that are left: at an eighth of the weights still half of the lines. So every pruning can be seen, and the
/// sample of a sparse network is a large one.
fn looked_at_of_layer(
    bytes: &[u8],
    weights: usize,
    layer: usize,
    dense: usize,
    last_round: u8,
) -> Vec<usize> {
    let mut pruned = [0_usize; 256];
    bytes.iter().for_each(|&round| pruned[usize::from(round)] += 1);
    let mut order = scattered(weights, layer);
    let mut taken: Vec<u8> = Vec::new();
    let mut by_round = Vec::new();
    let mut left = weights;
    for round in 0..=last_round.min(NEVER_PRUNED - 1) {
        left -= if round > 0 { pruned[usize::from(round)] } else { 0 };
        let wanted = (dense as f64 * (left as f64 / weights.max(1) as f64).cbrt()).ceil() as usize;
        let mut drawn = taken.iter().filter(|&&pruned_in| pruned_in > round).count();
        while drawn < wanted.min(left) {
            let Some(weight) = order.next() else { break };
            let pruned_in = bytes.get(weight).copied().unwrap_or(NEVER_PRUNED);
            drawn += usize::from(pruned_in > round);
            taken.push(pruned_in);
        }
        by_round.push(taken.len());
    }
    by_round
}

/// The order in which the sample takes the weights of a layer: the indices of all its `count` weights.
pub fn scattered_order(count: usize, layer: usize) -> impl Iterator<Item = usize> {
    scattered(count, layer)
}

/// All numbers below `count` in a scattered order that depends on nothing else but `layer`: an invertible hash of as many
/// bits as they need, applied to 0, 1, 2 …
fn scattered(count: usize, layer: usize) -> impl Iterator<Item = usize> {
    let bits = usize::BITS - count.saturating_sub(1).leading_zeros();
    let bits = bits.clamp(1, 31);
    let all = (1_u32 << bits) - 1;
    let half = bits.div_ceil(2);
    let salt = (layer as u32 + 1).wrapping_mul(0x9e37_79b9);
    // Odd factors, and shifts to the right that are added without carry, can be undone within the bits.
    let mix = move |x: u32, factor: u32| {
        let x = x.wrapping_mul(factor) & all;
        x ^ x >> half
    };
    let hash = move |index: u32| mix(mix(mix(index ^ salt & all, 0x85eb_ca6b), 0xc2b2_ae35), 0x27d4_eb2f);
    (0..=all).map(hash).map(|index| index as usize).filter(move |index| *index < count)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn lenet() -> NetworkShape {
        NetworkShape::linear(&[784, 300, 100, 10], 28)
    }

    /// Prune rounds in which every pruning takes half of what is left, whichever.
    fn halved(weights: usize, rounds: u8) -> Vec<u8> {
        let fate = |weight: usize| {
            let mut bits = (weight as u32).wrapping_mul(2_654_435_761) >> 8;
            for round in 1..=rounds {
                if bits & 1 == 1 {
                    return round;
                }
                bits >>= 1;
            }
            NEVER_PRUNED
        };
        (0..weights).map(fate).collect()
    }

    #[test]
    fn the_order_takes_every_weight_once() {
        for count in [0, 1, 2, 3, 64, 1_000, 30_000] {
            for layer in 0..3 {
                let order: Vec<usize> = scattered(count, layer).collect();
                assert_eq!(order.len(), count);
                assert_eq!(order.iter().collect::<BTreeSet<_>>().len(), count, "{count}");
            }
        }
    }

    #[test]
    fn the_sample_is_fair() {
        // A sixteenth of layer 1 in blocks of 40 rows and of 112 columns: each holds about as many as any other.
        let mut blocks = [[0_u32; 7]; 7];
        for weight in scattered(280 * 784, 0).take(13_720) {
            blocks[weight / 784 / 40][weight % 784 / 112] += 1;
        }
        for count in blocks.iter().flatten() {
            assert!((210..=350).contains(count), "{blocks:?}");
        }
    }

    #[test]
    fn what_vanishes_was_pruned_and_what_is_left_thins() {
        for shape in [lenet(), NetworkShape::linear(&[784, 20, 10, 10], 28)] {
            let prune_rounds = halved(shape.weights().sum(), 8);
            let sample = ConnectionSample::new(&shape, &prune_rounds, 8, 600);
            let mut before: Option<BTreeSet<u32>> = None;
            for round in 0..=8 {
                let survives = |weight: usize| prune_rounds[weight] > round;
                let drawn = sample.drawn(&shape, round, survives);
                let drawn: BTreeSet<u32> = drawn.iter().map(|connection| connection.weight).collect();
                if let Some(before) = before {
                    let kept = before.iter().filter(|&&weight| survives(weight as usize));
                    assert!(kept.clone().all(|weight| drawn.contains(weight)), "round {round}");
                    assert!(drawn.len() < before.len(), "round {round} is not thinner");
                } else {
                    assert!((560..=640).contains(&drawn.len()), "{}", drawn.len());
                }
                before = Some(drawn);
            }
            assert!(before.unwrap().len() > 40);
        }
    }

    #[test]
    fn a_small_network_is_drawn_whole() {
        let shape = NetworkShape::linear(&[9, 4, 2], 3);
        let prune_rounds = [NEVER_PRUNED; 44];
        let sample = ConnectionSample::new(&shape, &prune_rounds, 0, 600);
        assert_eq!(sample.drawn(&shape, 0, |_| true).len(), 44);
        // Bytes that are missing are those of weights that survive.
        let sample = ConnectionSample::new(&shape, &prune_rounds[..10], 0, 600);
        assert_eq!(sample.drawn(&shape, 0, |_| true).len(), 44);
    }
}
