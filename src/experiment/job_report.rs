//! The results of one finished job.

use crate::{
    job::JobId,
    recipe::recipe,
    robustness::{Corruption, RobustnessReadings},
};
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

/// The readings of a job's first weights under its mask, before the first training step. They are neither part of the
/// digest nor candidates for the early stop.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReadingsBeforeTraining {
    /// Mean cross-entropy over the validation images in nats.
    pub validation_loss: f32,
    /// Accuracy over the validation images.
    pub validation: Accuracy,
    /// Accuracy over the test images.
    pub test: Accuracy,
}

/// The number of points on the line between a twin and its sibling, both ends counted.
pub const LINE_POINTS: usize = 11;

/// How a network with its final weights reads the training images, where labels of some are wrong.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LabelNoiseReadings {
    /// Accuracy over the training images whose labels are true.
    pub clean: Accuracy,
    /// Over the training images whose labels are wrong: those that are read as their wrong label, and so are memorised.
    pub flipped: Accuracy,
    /// Over the same images: those that are read as their true class.
    pub restored: Accuracy,
}

/// The largest number of points of a curve in a report file.
pub const MOST_CURVE_POINTS: usize = 1_000;
/// The largest number of points of a curve in a report file of version 1.
pub const MOST_CURVE_POINTS_VERSION_1: usize = 120;

/// The positions that remain if a curve of `points` points is thinned to at most `most`: evenly spaced ones and the
/// last. The early stop, which stays too, has to be added.
pub(crate) fn kept_positions(points: usize, most: usize) -> impl Fn(usize) -> bool {
    // Two points are reserved for the early stop and the last one.
    let every = if points <= most { 1 } else { points.div_ceil(most - 2) };
    move |position| (position + 1).is_multiple_of(every) || position + 1 == points
}

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
    /// The readings before the first step. `None` in reports of version 1, which do not have them.
    pub before_training: Option<ReadingsBeforeTraining>,
    /// Test accuracy with the weights at the early stop.
    pub test_early: Accuracy,
    /// Test accuracy with the final weights.
    pub test_end: Accuracy,
    /// Training accuracy with the weights at the early stop.
    pub train_early: Accuracy,
    /// Training accuracy with the final weights, over the labels that are trained on.
    pub train_end: Accuracy,
    /// Of a twin, the test accuracies of the networks on the straight line from its sibling's final parameters to its own, at
    /// [`LINE_POINTS`] evenly spaced points with both ends (Frankle et al. 2020). Empty for every other job.
    pub interpolated: Vec<Accuracy>,
    /// How right and wrong training labels are read. `None` without [`label_noise`](crate::config::ExperimentConfig::label_noise).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label_noise: Option<LabelNoiseReadings>,
    /// How the final weights read corrupted test images. They are no part of the experiment and in no digest: `None` unless they
    /// were asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub robustness: Option<RobustnessReadings>,
    /// Training steps that this job did. Late rewinding does not repeat the steps before its rewind iteration.
    pub iterations: u32,
    /// Images of a training step.
    pub batch: u32,
}

impl JobReport {
    /// The number of surviving weights of all layers.
    pub fn surviving_weights(&self) -> u32 {
        self.alive.iter().fold(0, |sum, count| sum.saturating_add(*count))
    }

    /// The same results with a curve of at most [`MOST_CURVE_POINTS`] points: evenly spaced ones, the early stop and the
    /// last. Thinning a thinned report changes nothing.
    pub fn thinned(&self) -> JobReport {
        let kept = kept_positions(self.curve.len(), MOST_CURVE_POINTS);
        let curve = self.curve.iter().enumerate();
        let curve = curve.filter(|(i, point)| kept(*i) || point.iteration == self.early_stop);
        JobReport { curve: curve.map(|(_, point)| *point).collect(), ..self.clone() }
    }

    /// Whether the results are the same as far as both reports have them: either curve may be thinned, and either may
    /// lack the readings before training and those of corrupted images.
    pub fn has_same_results(&self, other: &JobReport) -> bool {
        // Both may be thinned in different ways; that each is thinned as it should be is checked where it is read.
        let there = |point: &ValidationPoint| {
            let found = other.curve.binary_search_by_key(&point.iteration, |other| other.iteration);
            found.map_or(true, |at| other.curve[at] == *point)
        };
        let agree = |(one, other)| one == other;
        self.curve.iter().all(there)
            && self.before_training.zip(other.before_training).is_none_or(agree)
            && self.robustness.zip(other.robustness).is_none_or(|(one, other)| one == other)
            && self.without_optional_parts() == other.without_optional_parts()
    }

    fn without_optional_parts(&self) -> JobReport {
        JobReport {
            curve: vec![],
            before_training: None,
            robustness: None,
            alive: self.alive.clone(),
            interpolated: self.interpolated.clone(),
            ..*self
        }
    }

    /// Test accuracy with the last weights under a corruption, by the number of its strength. `None` if the job has not read it.
    pub fn corrupted(&self, corruption: Corruption, strength: u8) -> Option<Accuracy> {
        let correct = *self.robustness?.of(corruption).get(usize::from(strength))?;
        Some(Accuracy { correct, total: self.test_end.total })
    }

    /// The error barrier between a twin and its sibling (Frankle et al. 2020, Section 2): the largest test error on the line
    /// between them less the mean test error of its ends, from 0 to 1. `None` for every other job.
    pub fn barrier(&self) -> Option<f64> {
        let correct = || self.interpolated.iter().map(|accuracy| f64::from(accuracy.correct));
        let (first, last, least) = (correct().next()?, correct().next_back()?, correct().reduce(f64::min)?);
        Some((first + last - 2.0 * least) / (2.0 * f64::from(self.test_end.total.max(1))))
    }

    /// The smallest mean validation loss in nats.
    pub fn min_validation_loss(&self) -> f32 {
        self.curve.iter().map(|point| point.loss).fold(f32::INFINITY, f32::min)
    }

    /// Multiply-adds of all training steps of the job in a network of `model`, counting surviving weights only, and, where the
    /// mask is learnt, the gradients of all others.
    pub fn multiply_adds(&self, model: &Model) -> u64 {
        let mut step = model.training_step_multiply_adds(&self.alive);
        if recipe(self.job).learns_mask() {
            let of_all = model.forward_multiply_adds(&model.layer_weight_counts());
            step += of_all.saturating_sub(model.forward_multiply_adds(&self.alive));
        }
        step * u64::from(self.iterations) * u64::from(self.batch)
    }

    /// Multiply-adds of the same steps if pruned weights cost as much as surviving ones.
    pub fn dense_multiply_adds(&self, model: &Model) -> u64 {
        model.training_step_multiply_adds(&model.layer_weight_counts())
            * u64::from(self.iterations)
            * u64::from(self.batch)
    }
}
