//! The number of weights that each pruning removes.

use crate::config::ExperimentConfig;
use model::Layer;

/// The number of weights that a pruning at `rate` removes from `remaining`. Halves are rounded away from zero.
pub fn prune_count(remaining: u32, rate: f64) -> u32 {
    (f64::from(remaining) * rate).round() as u32
}

/// The number of survivors of each layer in every round, round 0 first. For a global criterion only the total is known
/// in advance; the counts then assume that every layer loses the same share.
pub fn survivors_per_round(config: &ExperimentConfig) -> Vec<Vec<u32>> {
    let mut counts = config.model.layer_weight_counts();
    let mut all = vec![counts.clone()];
    for _ in 0..config.rounds {
        let left = counts.iter().enumerate();
        counts = left.map(|(l, &count)| count - prune_count(count, layer_prune_rate(config, l))).collect();
        all.push(counts.clone());
    }
    all
}

/// The number of survivors of all layers together in every round, round 0 first.
pub fn total_survivors_per_round(config: &ExperimentConfig) -> Vec<u32> {
    if !config.criterion.is_global() {
        return survivors_per_round(config).iter().map(|layers| layers.iter().sum()).collect();
    }
    // One number is rounded in each round, and not one for each layer.
    let all: u32 = config.model.layer_weight_counts().iter().sum();
    let next = |left: &u32| Some(left - prune_count(*left, config.rate));
    std::iter::successors(Some(all), next).take(config.rounds as usize + 1).collect()
}

/// The round whose ticket has most nearly as many weights, in proportion; of two equally near ones the earlier.
pub fn nearest_round(config: &ExperimentConfig, weights: u32) -> u32 {
    let times = |left: u32| {
        let (left, weights) = (f64::from(left.max(1)), f64::from(weights.max(1)));
        left.max(weights) / left.min(weights)
    };
    let rounds = total_survivors_per_round(config).into_iter().map(times).zip(0..);
    let nearest = rounds.reduce(|nearest, next| if next.0 < nearest.0 { next } else { nearest });
    nearest.map_or(0, |(_, round)| round)
}

/// The share of a layer's remaining weights that is pruned. The output layer and convolutions have rates of their own unless
/// the criterion is global.
pub fn layer_prune_rate(config: &ExperimentConfig, layer: usize) -> f64 {
    match config.model.layers[layer] {
        _ if config.criterion.is_global() => config.rate,
        Layer::Convolution { .. } => config.convolution_rate(),
        Layer::Linear { .. } if layer + 1 == config.model.layers.len() => config.output_rate,
        Layer::Linear { .. } => config.rate,
    }
}

/// The number of weights that a pruning removes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PruneCounts {
    /// A number for each layer.
    PerLayer(Vec<u32>),
    /// One number for all layers together.
    Global(u32),
}

impl PruneCounts {
    /// The number of weights that one pruning removes if `alive` weights of each layer survive.
    pub fn for_round(config: &ExperimentConfig, alive: &[u32]) -> PruneCounts {
        if config.criterion.is_global() {
            PruneCounts::Global(prune_count(alive.iter().sum(), config.rate))
        } else {
            let alive = alive.iter().enumerate();
            PruneCounts::PerLayer(
                alive.map(|(l, &alive)| prune_count(alive, layer_prune_rate(config, l))).collect(),
            )
        }
    }

    /// The number of weights that `rounds` prunings remove from a dense network.
    pub fn for_one_shot(config: &ExperimentConfig, rounds: u32) -> PruneCounts {
        let dense_counts = config.model.layer_weight_counts();
        if config.criterion.is_global() {
            let left = total_survivors_per_round(&ExperimentConfig { rounds, ..config.clone() });
            PruneCounts::Global(left[0] - left[rounds as usize])
        } else {
            let left =
                survivors_per_round(&ExperimentConfig { rounds, ..config.clone() }).pop().unwrap_or_default();
            PruneCounts::PerLayer(
                dense_counts.iter().zip(left).map(|(dense_counts, left)| dense_counts - left).collect(),
            )
        }
    }
}

/// The number of weights, of all layers together, that a pruning before any training removes for the arms of a round.
pub fn pruned_at_init(config: &ExperimentConfig, round: u32) -> u32 {
    let left = total_survivors_per_round(&ExperimentConfig { rounds: round, ..config.clone() });
    left[0] - left[round as usize]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::preset::Preset;
    use model::Model;

    #[test]
    fn survivors_are_the_references() {
        let totals: Vec<u32> =
            survivors_per_round(&Preset::Paper.config()).iter().map(|c| c.iter().sum()).collect();
        assert_eq!((totals[0], totals[7], totals[15], totals[20]), (266_200, 56_094, 9_537, 3_179));
        let percent = |r: usize| (f64::from(totals[r]) / 2_662.0 * 100.0).round() / 100.0;
        let of_reference =
            [(3, 51.28), (7, 21.07), (9, 13.52), (15, 3.58), (16, 2.87), (18, 1.85), (20, 1.19)];
        for (round, expected) in of_reference {
            assert_eq!(percent(round), expected, "round {round}");
        }
    }

    /// Those of the reference runs of LeNet-5.
    #[test]
    fn convolutions_are_pruned_at_half_the_rate() {
        let quick = Preset::Quick.config();
        let config =
            ExperimentConfig { rounds: 6, rate: 0.5, output_rate: 0.25, model: Model::lenet_5(), ..quick };
        let survivors = survivors_per_round(&config);
        assert_eq!(survivors[6], [26, 427, 750, 157, 149]);
        let other = survivors_per_round(&ExperimentConfig { conv_rate: Some(0.1), ..config });
        assert_eq!((other[1][0], &other[6][2..]), (135, &survivors[6][2..]));
    }

    #[test]
    fn a_mask_stands_beside_the_ticket_of_its_size() {
        let config = Preset::Paper.config();
        for (round, left) in total_survivors_per_round(&config).into_iter().enumerate() {
            assert_eq!(nearest_round(&config, left), round as u32);
        }
        // Between two rounds the mean that counts is the geometric one: 238,152.4 of 266,200 and 213,060.
        assert_eq!((nearest_round(&config, 238_153), nearest_round(&config, 238_152)), (0, 1));
        assert_eq!((nearest_round(&config, 1), nearest_round(&config, u32::MAX)), (20, 0));
    }

    #[test]
    fn halves_are_rounded_away_from_zero() {
        assert_eq!(
            (prune_count(5, 0.5), prune_count(5, 0.3), prune_count(0, 0.5), prune_count(1, 0.5)),
            (3, 2, 0, 1)
        );
    }
}
