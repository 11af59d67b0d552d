//! What each weight is worth, and the masks that follow: those of the smallest score go, ties by index.

use crate::{initial_weights, prune_mask::prune_lowest_scores, rng::RandomStream};
use experiment::purpose::RandomPurpose;
use experiment::{config::ExperimentConfig, criterion::PruningCriterion, prune_counts::PruneCounts};
use model::mask::{Mask, dense_mask, survivors_per_layer};

/// What each weight is worth after `weights` have been trained: the smallest go. “Initial” always means the trial's
/// original first weights, even for arms that start from other weights.
fn weight_scores(config: &ExperimentConfig, trial: u32, round: u32, weights: &[f32]) -> Vec<f32> {
    let initial = || {
        initial_weights::weights(config, &mut RandomStream::new(trial, RandomPurpose::Init, 0, 0)).into_iter()
    };
    match config.criterion {
        PruningCriterion::Magnitude | PruningCriterion::Global => weights.iter().map(|w| w.abs()).collect(),
        PruningCriterion::Initial => initial().map(f32::abs).collect(),
        PruningCriterion::Movement => initial().zip(weights).map(|(first, w)| (w - first).abs()).collect(),
        PruningCriterion::Increase => {
            initial().zip(weights).map(|(first, w)| w.abs() - first.abs()).collect()
        }
        PruningCriterion::Random => {
            // The same for all arms, so that those with the same mask get the same next one.
            let mut stream = RandomStream::new(trial, RandomPurpose::RandomPruning, round, 0);
            weights.iter().map(|_| stream.uniform() as f32).collect()
        }
    }
}

/// The mask of the next round, from the one that `weights` were trained under in `round`.
pub fn next_mask(config: &ExperimentConfig, trial: u32, round: u32, mask: &[u8], weights: &[f32]) -> Mask {
    let quota = PruneCounts::for_round(config, &survivors_per_layer(&config.model, mask));
    prune_lowest_scores(&config.model, mask, &weight_scores(config, trial, round, weights), quota)
}

/// The mask cut at once from the dense network's trained weights to as many as `rounds` prunings leave.
pub fn one_shot_mask(config: &ExperimentConfig, trial: u32, rounds: u32, weights: &[f32]) -> Mask {
    let quota = PruneCounts::for_one_shot(config, rounds);
    prune_lowest_scores(
        &config.model,
        &dense_mask(&config.model),
        &weight_scores(config, trial, 0, weights),
        quota,
    )
}
