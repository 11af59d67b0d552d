//! The results of one finished job.

use crate::job::JobId;
use model::Model;
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
pub struct ValidationPoint {
    /// Training steps done before it.
    pub iteration: u32,
    /// Mean cross-entropy over the validation images, nats; infinite once training has diverged.
    pub loss: f32,
    /// Over the validation images.
    pub accuracy: Accuracy,
}

/// Points of a curve that a report file keeps.
const MAX_FILE_CURVE_POINTS: usize = 120;

/// The results of one job. Everything in it is a pure function of the configuration and the job's identity.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct JobReport {
    /// Whose results.
    pub job: JobId,
    /// Surviving weights of each layer.
    pub alive: Vec<u32>,
    /// Validation every so many iterations and at the last.
    pub curve: Vec<ValidationPoint>,
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
    /// Training steps done; a late rewinding does not do those before it again.
    pub iterations: u32,
    /// Images in a step.
    pub batch: u32,
}

impl JobReport {
    /// Surviving weights of all layers.
    pub fn surviving_weights(&self) -> u32 {
        self.alive.iter().sum()
    }

    /// The same results with a curve of at most 120 points: every so many, the early stop and the last. A thinned
    /// report is not thinned further.
    pub fn thinned(&self) -> JobReport {
        let n = self.curve.len();
        // Room for the early stop and the last.
        let every = if n <= MAX_FILE_CURVE_POINTS { 1 } else { n.div_ceil(MAX_FILE_CURVE_POINTS - 2) };
        let keep = |i: usize, point: &ValidationPoint| {
            (i + 1).is_multiple_of(every) || i + 1 == n || point.iteration == self.early_stop
        };
        let curve = self.curve.iter().enumerate().filter(|(i, point)| keep(*i, point));
        JobReport { curve: curve.map(|(_, point)| *point).collect(), ..self.clone() }
    }

    /// Whether these are the same results, one or the other perhaps thinned.
    pub fn has_same_results(&self, other: &JobReport) -> bool {
        self.thinned() == other.thinned()
    }

    /// The smallest mean validation loss, nats.
    pub fn min_validation_loss(&self) -> f32 {
        self.curve.iter().map(|point| point.loss).fold(f32::INFINITY, f32::min)
    }

    /// Multiply-adds of the round's training steps in a network of `model`, counting surviving weights only.
    pub fn multiply_adds(&self, model: &Model) -> u64 {
        model.training_step_multiply_adds(&self.alive) * u64::from(self.iterations) * u64::from(self.batch)
    }

    /// Multiply-adds of the same steps in a network that pays for its zeros.
    pub fn dense_multiply_adds(&self, model: &Model) -> u64 {
        model.training_step_multiply_adds(&model.layer_weight_counts())
            * u64::from(self.iterations)
            * u64::from(self.batch)
    }
}
