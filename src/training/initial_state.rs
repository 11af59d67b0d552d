//! The state a job starts from: its mask and its first parameters, made from the outputs of other jobs.

use crate::{initial_weights, rng::RandomStream, weight_scores};
use experiment::purpose::RandomPurpose;
use experiment::{
    config::ExperimentConfig,
    job::JobId,
    job_data::JobInputs,
    recipe::{MaskSource, WeightSource, recipe},
};
use model::mask::{self, Mask};

/// The state a job starts from.
#[derive(Clone, Debug, PartialEq)]
pub struct InitialState {
    /// The weights that are trained.
    pub mask: Mask,
    /// The first weights, flat. The values of pruned weights are not used.
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
        MaskSource::Dense => mask::dense_mask(model),
        MaskSource::PrunedBy(_) | MaskSource::File => taken,
        MaskSource::ShuffledFrom(_) => shuffled(taken, RandomPurpose::ShuffledMask),
        MaskSource::RandomWithCountsOf(_) => {
            // Shuffling a mask with the right number of ones per layer draws a uniformly random mask. Only the counts
            // of the parent's mask are used.
            let counts = mask::survivors_per_layer(model, &taken);
            shuffled(mask::mask_of_first_weights(model, &counts), RandomPurpose::RandomMask)
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
