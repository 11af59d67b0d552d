//! Scores weights by the criterion and makes the masks that follow. The weights with the smallest scores are pruned; of
//! equal scores, the one with the lower index goes first.

use crate::{initial_weights, prune_mask::prune_lowest_scores, rng::RandomStream};
use experiment::purpose::RandomPurpose;
use experiment::{config::ExperimentConfig, criterion::PruningCriterion, prune_counts::PruneCounts};
use model::mask::{Mask, dense_mask, survivors_per_layer};

/// The score of each weight after `weights` have been trained, in flat order. The weights with the smallest scores are
/// pruned. “Initial” always means the first weights of the trial, even for arms that start from other weights. `of_file` is
/// as for [`initial_weights::of_trial`].
fn weight_scores(
    config: &ExperimentConfig,
    (trial, round): (u32, u32),
    of_file: Option<&[f32]>,
    weights: &[f32],
) -> Vec<f32> {
    let initial = || initial_weights::of_trial(config, trial, of_file).into_iter();
    match config.criterion {
        PruningCriterion::Magnitude | PruningCriterion::Global => weights.iter().map(|w| w.abs()).collect(),
        PruningCriterion::Initial => initial().map(f32::abs).collect(),
        PruningCriterion::Movement => initial().zip(weights).map(|(first, w)| (w - first).abs()).collect(),
        PruningCriterion::Increase => {
            initial().zip(weights).map(|(first, w)| w.abs() - first.abs()).collect()
        }
        PruningCriterion::SameSign => {
            // The sign of zero is zero, which is added because it has two signs itself.
            let sign = |first: f32| if first == 0.0 { 0.0 } else { first.signum() };
            initial().zip(weights).map(|(first, w)| w * sign(first) + 0.0).collect()
        }
        PruningCriterion::Random => {
            // The stream does not depend on the arm, so arms with the same mask get the same next mask.
            let mut stream = RandomStream::new(trial, RandomPurpose::RandomPruning, round, 0);
            weights.iter().map(|_| stream.uniform() as f32).collect()
        }
    }
}

/// The mask of the next round. `mask` is the mask of this round, and `weights` are its final weights, both flat. `of_file`
/// is as for [`initial_weights::of_trial`].
pub fn next_mask(
    config: &ExperimentConfig,
    (trial, round): (u32, u32),
    of_file: Option<&[f32]>,
    mask: &[u8],
    weights: &[f32],
) -> Mask {
    let quota = PruneCounts::for_round(config, &survivors_per_layer(&config.model, mask));
    let scores = weight_scores(config, (trial, round), of_file, weights);
    prune_lowest_scores(&config.model, mask, &scores, quota)
}

/// The mask that one pruning of the dense network leaves, with as many survivors as `rounds` prunings leave. `weights`
/// are the final weights of the dense network, flat. `of_file` is as for [`initial_weights::of_trial`].
pub fn one_shot_mask(
    config: &ExperimentConfig,
    (trial, rounds): (u32, u32),
    of_file: Option<&[f32]>,
    weights: &[f32],
) -> Mask {
    let quota = PruneCounts::for_one_shot(config, rounds);
    let scores = weight_scores(config, (trial, 0), of_file, weights);
    prune_lowest_scores(&config.model, &dense_mask(&config.model), &scores, quota)
}
