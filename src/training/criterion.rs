//! What each weight is worth, and the masks that follow: those of the smallest score go, ties by index.

use crate::{init, prune::cut, rng::Stream};
use experiment::purpose::Purpose;
use experiment::{config::Config, criterion::Criterion, prune};
use model::mask::{Mask, alive, full_mask};

/// What each weight is worth after `weights` have been trained: the smallest go. The initial values meant are the
/// trial's first ones, whatever the arm.
fn score(config: &Config, trial: u32, round: u32, weights: &[f32]) -> Vec<f32> {
    let initial = || init::weights(config, &mut Stream::new(trial, Purpose::Init, 0, 0)).into_iter();
    match config.criterion {
        Criterion::Magnitude | Criterion::Global => weights.iter().map(|w| w.abs()).collect(),
        Criterion::Initial => initial().map(f32::abs).collect(),
        Criterion::Movement => initial().zip(weights).map(|(first, w)| (w - first).abs()).collect(),
        Criterion::Increase => initial().zip(weights).map(|(first, w)| w.abs() - first.abs()).collect(),
        Criterion::Random => {
            // The same for all arms, so that those with the same mask get the same next one.
            let mut stream = Stream::new(trial, Purpose::RandomPruning, round, 0);
            weights.iter().map(|_| stream.uniform() as f32).collect()
        }
    }
}

/// The mask of the next round, from the one that `weights` were trained under in `round`.
pub fn next_mask(config: &Config, trial: u32, round: u32, mask: &[u8], weights: &[f32]) -> Mask {
    let quota = prune::quota(config, &alive(&config.model, mask));
    cut(&config.model, mask, &score(config, trial, round, weights), quota)
}

/// The mask cut at once from the dense network's trained weights to as many as `rounds` prunings leave.
pub fn one_shot(config: &Config, trial: u32, rounds: u32, weights: &[f32]) -> Mask {
    let quota = prune::quota_at_once(config, rounds);
    cut(&config.model, &full_mask(&config.model), &score(config, trial, 0, weights), quota)
}
