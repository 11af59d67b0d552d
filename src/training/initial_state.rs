//! The state a job starts from: its mask and its first parameters, made from the outputs of other jobs.

use crate::{initial_weights, prune_mask::prune_lowest_scores, rng::RandomStream, weight_scores};
use experiment::purpose::RandomPurpose;
use experiment::{
    config::ExperimentConfig,
    job::JobId,
    job_data::JobInputs,
    prune_counts::PruneCounts,
    recipe::{MaskSource, WeightSource, recipe},
};
use model::mask::{self, Mask};

/// The state a job starts from.
#[derive(Clone, Debug, PartialEq)]
pub struct InitialState {
    /// The weights that are trained. A job that chooses its own mask before any training has all of them, and one that learns
    /// its mask has the weights that it begins with.
    pub mask: Mask,
    /// The first weights, flat. The values of pruned weights are not used, unless the job makes its own mask.
    pub weights: Vec<f32>,
    /// The first biases, flat.
    pub biases: Vec<f32>,
    /// The number of training steps that the parameters have already had.
    pub iteration: u32,
}

/// The state a job starts from. `inputs` must have what the job needs, which [`JobInputs::check`] checks.
pub fn initial_state(config: &ExperimentConfig, job: JobId, inputs: JobInputs) -> InitialState {
    let (model, recipe) = (&config.model, recipe(job));
    let draws = |purpose| RandomStream::new(job.trial, purpose, job.round, job.draw);
    let fresh = |purpose| initial_weights::weights(config, &mut draws(purpose));
    let shuffled = |mut mask: Mask, purpose| {
        let mut stream = draws(purpose);
        model.layer_sizes().into_iter().for_each(|size| stream.shuffle(&mut mask[size.weights]));
        mask
    };
    let taken = inputs.mask.unwrap_or_default();
    let mut parameters = inputs.parameters.unwrap_or_default();
    let mask = match recipe.mask {
        // Of these the job makes its own mask, from all weights.
        MaskSource::Dense | MaskSource::AtInit(_) => mask::dense_mask(model),
        MaskSource::PrunedBy(_) | MaskSource::File => taken,
        MaskSource::ShuffledFrom(_) => shuffled(taken, RandomPurpose::ShuffledMask),
        MaskSource::RandomWithCountsOf(_) => {
            // Shuffling a mask with the right number of ones per layer draws a uniformly random mask. Only the counts
            // of the parent's mask are used.
            let counts = mask::survivors_per_layer(model, &taken);
            shuffled(mask::mask_of_first_weights(model, &counts), RandomPurpose::RandomMask)
        }
        MaskSource::LearnedWithCountsOf(_) => {
            let first = initial_weights::of_trial(config, job.trial, inputs.first.as_deref());
            let magnitudes: Vec<f32> = first.iter().map(|weight| weight.abs()).collect();
            let counts =
                model.layer_weight_counts().into_iter().zip(mask::survivors_per_layer(model, &taken));
            let pruned = PruneCounts::PerLayer(counts.map(|(all, left)| all - left).collect());
            prune_lowest_scores(model, &mask::dense_mask(model), &magnitudes, pruned)
        }
        MaskSource::OneShotFrom(_) => {
            let weights = &parameters[..model.weight_count()];
            weight_scores::one_shot_mask(config, (job.trial, job.round), inputs.first.as_deref(), weights)
        }
    };
    let initial = || initial_weights::of_trial(config, job.trial, inputs.first.as_deref());
    let zero = vec![0.0; model.bias_count()];
    let (weights, biases) = match recipe.weights {
        WeightSource::Initial => {
            let of_file = inputs.first.as_ref().map(|first| first[model.weight_count()..].to_vec());
            (initial(), of_file.unwrap_or(zero))
        }
        WeightSource::Fresh(purpose) => (fresh(purpose), zero),
        WeightSource::FreshWithInitialSigns(purpose) => {
            let signed = fresh(purpose).into_iter().zip(initial());
            (signed.map(|(weight, first)| weight.abs().copysign(first)).collect(), zero)
        }
        WeightSource::TrainedBy(..) => {
            let biases = parameters.split_off(model.weight_count());
            (parameters, biases)
        }
    };
    InitialState { mask, weights, biases, iteration: recipe.first_iteration(config) }
}
