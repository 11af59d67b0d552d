//! The settings that define an experiment: every setting that can change its results.

use crate::{
    arm::Arm,
    criterion::PruningCriterion,
    initializer::Initializer,
    job_choice::JobChoice,
    network_file::{FileHash, OwnMask},
    optimizer::OptimizerKind,
    seeds::Seeds,
};
use model::{Model, data_set::DataSet};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The settings that define an experiment. Equal configurations give equal results, bit for bit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExperimentConfig {
    /// The seeds of the trials. All random numbers of a trial follow from its seed.
    pub seeds: Seeds,
    /// The data set.
    pub data: DataSet,
    /// The other data set, on which the arms of [`Arm::is_of_other_data`] are trained. It has images of the same size, as many
    /// classes, and is not used without one of them. Left out where there is none, so that settings stay as they were.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transfer: Option<DataSet>,
    /// The arms that are shown. Jobs of other arms that they depend on are trained but not shown.
    pub arms: BTreeSet<Arm>,
    /// Which rows of the arms there are. Left out where it is all of them, so that settings stay as they were.
    #[serde(default, skip_serializing_if = "JobChoice::is_all")]
    pub jobs: JobChoice,
    /// Number of re-initialised networks for each ticket.
    pub draws: u32,
    /// Whether each job is trained once more with another order of batches, so that the networks on the line between the two
    /// can be read ([`JobReport::interpolated`](crate::job_report::JobReport::interpolated)).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub twins: bool,
    /// The iteration that late rewinding returns to; `None` means a tenth of `iterations`.
    pub rewind_to: Option<u32>,
    /// Training steps of a round.
    pub iterations: u32,
    /// Share of the remaining hidden-layer weights that is pruned after each round, from 0 to below 1.
    pub rate: f64,
    /// Share of the remaining output-layer weights that is pruned after each round, from 0 to below 1.
    pub output_rate: f64,
    /// Share of the remaining weights of convolutions that is pruned after each round, from 0 to below 1. `None` means half
    /// of `rate`: they have few weights, which are used many times (Frankle & Carbin 2019, Section 3).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conv_rate: Option<f64>,
    /// Decides which weights are pruned.
    pub criterion: PruningCriterion,
    /// Number of prunings. Each arm that starts with the dense network trains `rounds + 1` networks.
    pub rounds: u32,
    /// Iterations between two validation passes. There is one more after the last iteration.
    pub eval_every: u32,
    /// Images of a training step.
    pub batch: u32,
    /// The optimiser.
    pub optimizer: OptimizerKind,
    /// The learning rate after warm-up.
    pub learning_rate: f32,
    /// Factor of the previous velocity in SGD with momentum. Other optimisers ignore it.
    pub momentum: f32,
    /// Iterations over which the learning rate rises linearly (Goyal et al. 2017); 0 means no warm-up.
    pub warmup: u32,
    /// Probability with which a training step drops each hidden unit, from 0 to below 1.
    pub dropout: f64,
    /// Share of the training labels that are replaced by another class, from 0 to below 1. Labels of validation and test stay
    /// true. Left out where there is none, so that settings stay as they were.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub label_noise: f64,
    /// The distribution that weights are drawn from: the first ones, unless they come from a file, and those that an arm
    /// draws anew.
    pub init: Initializer,
    /// The file that the first weights of every trial come from. `None` draws them. With a file, [`init`](Self::init) is
    /// the paper's distribution.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_weights: Option<FileHash>,
    /// The mask of [`Arm::Own`]. It is not used without that arm.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own: Option<OwnMask>,
    /// The network.
    pub model: Model,
}

fn is_zero(share: &f64) -> bool {
    *share == 0.0
}

impl ExperimentConfig {
    /// How many networks an arm has in each round of a trial.
    pub fn draws_of(&self, arm: Arm) -> u32 {
        if arm == Arm::Reinit { self.draws } else { 1 }
    }

    /// The data set that an arm is trained, validated and tested on.
    pub fn data_of(&self, arm: Arm) -> &DataSet {
        self.transfer.as_ref().filter(|_| arm.is_of_other_data()).unwrap_or(&self.data)
    }

    /// The other data set, if an arm is trained on it.
    pub fn other_data(&self) -> Option<&DataSet> {
        self.transfer.as_ref().filter(|_| self.arms.iter().any(|arm| arm.is_of_other_data()))
    }

    /// The data sets that the experiment reads: its own, and the other one if an arm is trained on it.
    pub fn data_sets(&self) -> Vec<DataSet> {
        [&self.data].into_iter().chain(self.other_data()).cloned().collect()
    }

    /// How many training labels of an arm's data set are replaced by another class: the share of [`Self::label_noise`], halves
    /// rounded away from zero.
    pub fn flipped_labels(&self, arm: Arm) -> u32 {
        (f64::from(self.data_of(arm).training_images) * self.label_noise).round() as u32
    }

    /// The share of the remaining weights of convolutions that is pruned after each round.
    pub fn convolution_rate(&self) -> f64 {
        self.conv_rate.unwrap_or(self.rate / 2.0)
    }

    /// The iteration that late rewinding returns to. It is always before the last iteration.
    pub fn rewind_iteration(&self) -> u32 {
        self.rewind_to.unwrap_or(self.iterations / 10).min(self.iterations.saturating_sub(1))
    }

    /// Whether a validation pass follows the training step that makes `iteration` steps.
    pub fn evaluates_at(&self, iteration: u32) -> bool {
        iteration == self.iterations || iteration.is_multiple_of(self.eval_every)
    }

    /// The iteration of the first validation pass after `iteration`, at most the last iteration.
    pub fn next_evaluation(&self, iteration: u32) -> u32 {
        ((iteration / self.eval_every + 1) * self.eval_every).min(self.iterations)
    }

    /// The iterations after which a job that starts at iteration `first` has a validation pass of its curve, in order.
    pub fn evaluation_iterations(&self, first: u32) -> impl Iterator<Item = u32> + use<> {
        let (every, last) = (self.eval_every, self.iterations);
        let regular = (first / every + 1..).map(move |pass| pass.saturating_mul(every));
        regular.take_while(move |iteration| *iteration < last).chain([last])
    }

    /// The number of validation passes of a round. There is none before the first step.
    pub fn evaluations(&self) -> u32 {
        self.iterations.div_ceil(self.eval_every)
    }

    /// The learning rate of the training step that follows `iteration` others. It rises linearly over the first
    /// `warmup` steps; step number `warmup` is the first with the full rate.
    pub fn learning_rate_at(&self, iteration: u32) -> f64 {
        let whole = f64::from(self.learning_rate);
        let next = iteration.saturating_add(1);
        if next < self.warmup { whole * f64::from(next) / f64::from(self.warmup) } else { whole }
    }
}
