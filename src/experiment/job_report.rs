//! The results of one finished job.

use crate::job::JobId;
use model::Model;
use serde::{Deserialize, Serialize};

/// The number of correct answers out of all. It is exact because it is kept as counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accuracy {
    /// Images classified correctly.
    pub correct: u32,
    /// Images evaluated.
    pub total: u32,
}

impl Accuracy {
    /// The accuracy from 0 to 1.
    pub fn fraction(self) -> f64 {
        f64::from(self.correct) / f64::from(self.total.max(1))
    }
}

/// The result of one validation pass.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ValidationPoint {
    /// Training steps done before it.
    pub iteration: u32,
    /// Mean cross-entropy over the validation images in nats; infinite if training has diverged.
    pub loss: f32,
    /// Accuracy over the validation images.
    pub accuracy: Accuracy,
}

/// The largest number of points of a curve in a report file.
const MAX_FILE_CURVE_POINTS: usize = 120;

/// The results of one job. They are a pure function of the configuration and the job's identity.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct JobReport {
    /// The job.
    pub job: JobId,
    /// The number of surviving weights of each layer.
    pub alive: Vec<u32>,
    /// The validation passes in order: every `eval_every` iterations and after the last.
    pub curve: Vec<ValidationPoint>,
    /// The iteration with the smallest validation loss; of several, the earliest. Training does not stop there.
    pub early_stop: u32,
    /// Test accuracy with the weights at the early stop.
    pub test_early: Accuracy,
    /// Test accuracy with the final weights.
    pub test_end: Accuracy,
    /// Training accuracy with the weights at the early stop.
    pub train_early: Accuracy,
    /// Training accuracy with the final weights.
    pub train_end: Accuracy,
    /// Training steps that this job did. Late rewinding does not repeat the steps before its rewind iteration.
    pub iterations: u32,
    /// Images of a training step.
    pub batch: u32,
}

impl JobReport {
    /// The number of surviving weights of all layers.
    pub fn surviving_weights(&self) -> u32 {
        self.alive.iter().sum()
    }

    /// The same results with a curve of at most 120 points: evenly spaced ones, the early stop and the last. Thinning a
    /// thinned report changes nothing.
    pub fn thinned(&self) -> JobReport {
        let n = self.curve.len();
        // Two points are reserved for the early stop and the last one.
        let every = if n <= MAX_FILE_CURVE_POINTS { 1 } else { n.div_ceil(MAX_FILE_CURVE_POINTS - 2) };
        let keep = |i: usize, point: &ValidationPoint| {
            (i + 1).is_multiple_of(every) || i + 1 == n || point.iteration == self.early_stop
        };
        let curve = self.curve.iter().enumerate().filter(|(i, point)| keep(*i, point));
        JobReport { curve: curve.map(|(_, point)| *point).collect(), ..self.clone() }
    }

    /// Whether the results are the same. Either report may be thinned.
    pub fn has_same_results(&self, other: &JobReport) -> bool {
        self.thinned() == other.thinned()
    }

    /// The smallest mean validation loss in nats.
    pub fn min_validation_loss(&self) -> f32 {
        self.curve.iter().map(|point| point.loss).fold(f32::INFINITY, f32::min)
    }

    /// Multiply-adds of all training steps of the job in a network of `model`, counting surviving weights only.
    pub fn multiply_adds(&self, model: &Model) -> u64 {
        model.training_step_multiply_adds(&self.alive) * u64::from(self.iterations) * u64::from(self.batch)
    }

    /// Multiply-adds of the same steps if pruned weights cost as much as surviving ones.
    pub fn dense_multiply_adds(&self, model: &Model) -> u64 {
        model.training_step_multiply_adds(&model.layer_weight_counts())
            * u64::from(self.iterations)
            * u64::from(self.batch)
    }
}
