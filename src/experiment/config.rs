//! What an experiment is: every setting that changes a digit.

use crate::{arm::Arm, criterion::PruningCriterion, initializer::Initializer, optimizer::OptimizerKind};
use model::Model;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeSet, ops::RangeInclusive};

/// Training images; the other 5,000 of MNIST's 60,000 validate.
pub const TRAIN_IMAGES: usize = 55_000;
/// Validation images.
pub const VALIDATION_IMAGES: usize = 5_000;

/// Every setting that changes a digit of the result. Two equal configurations give equal reports, bit for bit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExperimentConfig {
    /// Seed of the first trial; everything random follows from it.
    pub seed: u32,
    /// Trials: trial `i` is the single run of seed `seed + i`.
    pub trials: u32,
    /// The arms asked for. What they need of other arms is trained too, but not shown.
    pub arms: BTreeSet<Arm>,
    /// Re-initialised networks per ticket.
    pub draws: u32,
    /// The iteration that late rewinding goes back to; none is a tenth of the iterations.
    pub rewind_to: Option<u32>,
    /// Training steps of a round.
    pub iterations: u32,
    /// Share of the remaining hidden-layer weights pruned after each round.
    pub rate: f64,
    /// Share of the remaining output-layer weights pruned after each round.
    pub output_rate: f64,
    /// Which weights go.
    pub criterion: PruningCriterion,
    /// Prunings: `rounds + 1` networks are trained.
    pub rounds: u32,
    /// Validation every so many iterations, and at the last.
    pub eval_every: u32,
    /// Images in a training step.
    pub batch: u32,
    /// What turns gradients into steps.
    pub optimizer: OptimizerKind,
    /// The optimiser's step size.
    pub learning_rate: f32,
    /// What the optimiser with momentum keeps of its last direction; the others do without.
    pub momentum: f32,
    /// Iterations over which the step size rises on a line; 0 is none.
    pub warmup: u32,
    /// Share of the hidden units that a training step leaves out.
    pub dropout: f64,
    /// What first weights are drawn from.
    pub init: Initializer,
    /// The network.
    pub model: Model,
}

impl ExperimentConfig {
    /// The seeds of its trials.
    pub fn seeds(&self) -> impl Iterator<Item = u32> + use<> {
        let seed = self.seed;
        (0..self.trials).map(move |i| seed.wrapping_add(i))
    }

    /// The rounds that an arm has rows for.
    pub fn rounds_of(&self, arm: Arm) -> RangeInclusive<u32> {
        match arm {
            Arm::Dense => 0..=0,
            Arm::Ticket => 0..=self.rounds,
            _ => 1..=self.rounds,
        }
    }

    /// How often an arm is drawn in a round of a trial.
    pub fn draws_of(&self, arm: Arm) -> u32 {
        if arm == Arm::Reinit { self.draws } else { 1 }
    }

    /// The iteration that late rewinding goes back to; always before the last.
    pub fn rewind_iteration(&self) -> u32 {
        self.rewind_to.unwrap_or(self.iterations / 10).min(self.iterations.saturating_sub(1))
    }

    /// Whether the network is evaluated after `iteration` training steps.
    pub fn evaluates_at(&self, iteration: u32) -> bool {
        iteration == self.iterations || iteration.is_multiple_of(self.eval_every)
    }

    /// The first evaluation after `iteration`, at most the last iteration.
    pub fn next_evaluation(&self, iteration: u32) -> u32 {
        ((iteration / self.eval_every + 1) * self.eval_every).min(self.iterations)
    }

    /// Evaluations of a round; there is none before the first step.
    pub fn evaluations(&self) -> u32 {
        self.iterations.div_ceil(self.eval_every)
    }

    /// The step size of the step that follows `iteration` others: it rises on a line over the first `warmup` steps, the
    /// last of which has it whole.
    pub fn learning_rate_at(&self, iteration: u32) -> f64 {
        let whole = f64::from(self.learning_rate);
        let next = iteration.saturating_add(1);
        if next < self.warmup { whole * f64::from(next) / f64::from(self.warmup) } else { whole }
    }
}
