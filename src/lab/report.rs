//! What a finished job says of itself.

use super::{
    job::JobId,
    shape::{LAYERS, Shape},
};
use serde::{Deserialize, Serialize};

/// Right answers out of all: kept as counts, so that it is exact.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accuracy {
    /// Images classified rightly.
    pub correct: u32,
    /// Images asked.
    pub total: u32,
}

impl Accuracy {
    /// From 0 to 1.
    pub fn fraction(self) -> f64 {
        f64::from(self.correct) / f64::from(self.total.max(1))
    }
}

/// One validation pass.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// Training steps done before it.
    pub iteration: u32,
    /// Mean cross-entropy over the validation images, nats.
    pub loss: f32,
    /// Over the validation images.
    pub accuracy: Accuracy,
}

/// The readings of one job. Everything in it is a pure function of the configuration and the job's identity.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// Whose readings.
    pub job: JobId,
    /// Surviving weights of each layer.
    pub alive: [u32; LAYERS],
    /// Validation every so many iterations and at the last.
    pub curve: Vec<Point>,
    /// The iteration of the earliest minimum of validation loss, found afterwards.
    pub early_stop: u32,
    /// Test accuracy with the weights of the early stop.
    pub test_early: Accuracy,
    /// Test accuracy with the last weights.
    pub test_end: Accuracy,
    /// Training accuracy with the weights of the early stop.
    pub train_early: Accuracy,
    /// Training accuracy with the last weights.
    pub train_end: Accuracy,
    /// Training steps done.
    pub iterations: u32,
    /// Images in a step.
    pub batch: u32,
}

impl Report {
    /// Surviving weights of all layers.
    pub fn weights(&self) -> u32 {
        self.alive.iter().sum()
    }

    /// Multiply-adds of the round's training steps, counting surviving weights only.
    pub fn multiply_adds(&self) -> u64 {
        Shape::multiply_adds(&self.alive) * u64::from(self.iterations) * u64::from(self.batch)
    }
}
