//! What a job begins with: its mask and its first weights, from what its parents left.

use crate::{
    criterion, init,
    rng::{Purpose, Stream},
};
use experiment::{
    arm::Arm,
    config::Config,
    job::{Inputs, JobId},
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

/// What a job begins with, from what its parents left: [`needs`](experiment::arm::needs) says what must be there.
pub fn start(config: &Config, job: JobId, inputs: Inputs) -> Start {
    let model = &config.model;
    let stream = |purpose, round, draw| Stream::new(job.trial, purpose, round, draw);
    let fresh = |purpose, round, draw| init::weights(config, &mut stream(purpose, round, draw));
    let initial = || fresh(Purpose::Init, 0, 0);
    let permuted = |mut mask: Vec<u8>, purpose| {
        let mut stream = stream(purpose, job.round, job.draw);
        model.sizes().into_iter().for_each(|size| stream.shuffle(&mut mask[size.weights]));
        mask
    };
    let parameters = inputs.parameters.unwrap_or_default();
    let (kept_weights, kept_biases) = parameters.split_at(parameters.len().min(model.weights()));
    let mask = inputs.mask.unwrap_or_else(|| mask::full_mask(model));
    let zero = vec![0.0; model.biases()];
    let begin = |mask, weights| Start { mask, weights, biases: zero, iteration: 0 };
    match job.arm {
        Arm::Dense | Arm::Ticket => begin(mask, initial()),
        Arm::Reinit => begin(mask, fresh(Purpose::Reinit, job.round, job.draw)),
        Arm::Shuffled => begin(permuted(mask, Purpose::ShuffledMask), initial()),
        Arm::Random => {
            // Permuting a layer's ones is drawing that many places: of the ticket's mask only the counts are left.
            let counts = mask::alive(model, &mask);
            let weights = fresh(Purpose::RandomWeights, job.round, job.draw);
            begin(permuted(mask::first_of_each_layer(model, &counts), Purpose::RandomMask), weights)
        }
        Arm::Sign => {
            let mut weights = fresh(Purpose::SignWeights, job.round, job.draw);
            weights.iter_mut().zip(initial()).for_each(|(w, first)| *w = w.abs().copysign(first));
            begin(mask, weights)
        }
        Arm::NoRewind => {
            Start { mask, weights: kept_weights.to_vec(), biases: kept_biases.to_vec(), iteration: 0 }
        }
        Arm::Late => Start {
            mask,
            weights: kept_weights.to_vec(),
            biases: kept_biases.to_vec(),
            iteration: config.rewind_iteration(),
        },
        Arm::OneShot => begin(criterion::one_shot(config, job.trial, job.round, kept_weights), initial()),
    }
}
