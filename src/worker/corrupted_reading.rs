//! Reads corrupted images with the network of a job that has been trained before.

use experiment::{config::ExperimentConfig, job::JobId};
use model::packed::unpack_parameters_of_any_mask;
use protocol::payload::{Payload, PayloadItem};
use training::robustness::RobustnessPass;

/// A reading that is under way.
pub(super) struct CorruptedReading {
    /// The reading itself.
    pub(super) pass: RobustnessPass,
    /// The name of the data set whose test images are read: the one that the job was trained on.
    pub(super) data: String,
    /// The training steps of the job, all of which are done.
    pub(super) iterations: u32,
}

impl CorruptedReading {
    /// Begins with the payload of [`ReadCorrupted`](protocol::WorkerCommand::ReadCorrupted). `None` if it is not whole.
    pub(super) fn new(config: &ExperimentConfig, job: JobId, payload: Payload) -> Option<CorruptedReading> {
        let mut items = payload.0.into_iter();
        let bits = items.next().and_then(PayloadItem::into_bytes)?;
        let values = items.next().and_then(PayloadItem::into_floats)?;
        let (mask, weights, biases) = unpack_parameters_of_any_mask(&config.model, &bits, &values)?;
        Some(CorruptedReading {
            pass: RobustnessPass::new(&config.model, job.trial, &mask, (&weights, &biases)),
            data: config.data_of(job.arm).name.clone(),
            iterations: config.iterations,
        })
    }
}
