//! What a job begins with: its mask and its first weights, from what its parents left.

use crate::{criterion, init, rng::Stream};
use experiment::purpose::Purpose;
use experiment::{
    config::Config,
    job::JobId,
    job_data::Inputs,
    recipe::{MaskSource, WeightSource, recipe},
};
use model::mask::{self, Mask};

/// Where a job begins.
#[derive(Clone, Debug, PartialEq)]
pub struct Start {
    /// Who trains.
    pub mask: Mask,
    /// First weights, flat; what the mask prunes does not matter.
    pub weights: Vec<f32>,
    /// First biases, flat.
    pub biases: Vec<f32>,
    /// Training steps behind it already.
    pub iteration: u32,
}

/// What a job begins with, from what its parents left: its recipe's [needs](experiment::recipe::Recipe::needs) say what must
/// be there.
pub fn start(config: &Config, job: JobId, inputs: Inputs) -> Start {
    let (model, recipe) = (&config.model, recipe(job));
    let draws = |purpose| Stream::new(job.trial, purpose, job.round, job.draw);
    let fresh = |purpose| init::weights(config, &mut draws(purpose));
    let shuffled = |mut mask: Mask, purpose| {
        let mut stream = draws(purpose);
        model.sizes().into_iter().for_each(|size| stream.shuffle(&mut mask[size.weights]));
        mask
    };
    let taken = inputs.mask.unwrap_or_default();
    let mut parameters = inputs.parameters.unwrap_or_default();
    let mask = match recipe.mask {
        MaskSource::Full => mask::full_mask(model),
        MaskSource::PrunedBy(_) => taken,
        MaskSource::ShuffledFrom(_) => shuffled(taken, Purpose::ShuffledMask),
        MaskSource::RandomWithCountsOf(_) => {
            // Shuffling a layer's ones is drawing that many places: of the mask taken only the counts are left.
            let counts = mask::alive(model, &taken);
            shuffled(mask::first_of_each_layer(model, &counts), Purpose::RandomMask)
        }
        MaskSource::CutAtOnceFrom(_) => {
            criterion::one_shot(config, job.trial, job.round, &parameters[..model.weights()])
        }
    };
    let initial = || init::weights(config, &mut Stream::new(job.trial, Purpose::Init, 0, 0));
    let zero = vec![0.0; model.biases()];
    let (weights, biases) = match recipe.weights {
        WeightSource::Initial => (initial(), zero),
        WeightSource::Fresh(purpose) => (fresh(purpose), zero),
        WeightSource::FreshWithInitialSigns(purpose) => {
            let signed = fresh(purpose).into_iter().zip(initial());
            (signed.map(|(weight, first)| weight.abs().copysign(first)).collect(), zero)
        }
        WeightSource::TrainedBy(..) => {
            let biases = parameters.split_off(model.weights());
            (parameters, biases)
        }
    };
    Start { mask, weights, biases, iteration: recipe.first_iteration(config) }
}
