//! Accuracies of an arm and their differences, for any of the accuracies that a round has.

use crate::{metric::Metric, run_results::mean, shown_results::ShownResults};
use experiment::{
    arm::Arm, config::ExperimentConfig, job::JobId, job_report::Accuracy,
    measured_difference::MeasuredDifference, prune_counts::total_survivors_per_round,
};

/// The networks of an arm and a round. [`Arm::Dense`] is the dense network, whatever the round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Networks {
    /// The arm.
    pub arm: Arm,
    /// The round.
    pub round: u32,
}

impl Networks {
    /// The networks of an arm in a round.
    pub const fn new(arm: Arm, round: u32) -> Networks {
        Networks { arm, round }
    }

    /// The dense network.
    pub const DENSE: Networks = Networks { arm: Arm::Dense, round: 0 };

    /// Whether an experiment trains and shows them.
    pub fn are_in(self, config: &ExperimentConfig) -> bool {
        let is_row = || config.jobs.has(self.arm, self.round);
        self.arm == Arm::Dense || (config.arms.contains(&self.arm) && self.round <= config.rounds && is_row())
    }

    /// The share of their weights that is left, from 0 to 1, as an experiment plans it.
    pub fn weights_left(self, config: &ExperimentConfig) -> f64 {
        if self.arm == Arm::Dense { 1.0 } else { weights_left(config, self.round) }
    }

    fn job(self, trial: u32, draw: u32) -> JobId {
        match self.arm {
            Arm::Dense => JobId { trial, arm: Arm::Ticket, round: 0, draw: 0, twin: false },
            arm => JobId { trial, arm, round: self.round, draw, twin: false },
        }
    }

    /// How many draws there are of them.
    fn draws(self, config: &ExperimentConfig) -> u32 {
        if self.arm == Arm::Dense { 1 } else { config.draws_of(self.arm) }
    }
}

/// The share of the weights that is left in a round, from 0 to 1, as an experiment plans it.
pub fn weights_left(config: &ExperimentConfig, round: u32) -> f64 {
    let left = total_survivors_per_round(config).get(round as usize).copied().unwrap_or(0);
    f64::from(left) / config.model.weight_count() as f64
}

/// An accuracy of networks in one trial, from 0 to 1, the mean over their draws, and of how many images. `None` until it
/// is shown.
fn accuracy(results: ShownResults<'_>, of: Networks, metric: Metric, trial: u32) -> Option<(f64, f64)> {
    let read = |draw| -> Option<Accuracy> {
        let job = of.job(trial, draw);
        if metric == Metric::TestStart {
            return results.before_training(job).map(|readings| readings.test);
        }
        let report = &results.finished_job(job)?.report;
        Some(match metric {
            Metric::TestEarly => report.test_early,
            Metric::TrainEnd => report.train_end,
            Metric::TrainEarly => report.train_early,
            _ => report.test_end,
        })
    };
    let draws: Option<Vec<Accuracy>> = (0..of.draws(results.config())).map(read).collect();
    let draws = draws?;
    let images = draws.first()?.total;
    Some((mean(draws.iter().map(|accuracy| accuracy.fraction()))?, f64::from(images)))
}

/// The trials whose readings count. Readings before training come trial by trial, and are told when all are there.
fn enough(results: ShownResults<'_>, metric: Metric, found: usize) -> bool {
    found > 0 && (metric != Metric::TestStart || found == results.config().seeds.count() as usize)
}

/// The mean accuracy of networks over the trials, from 0 to 1. `None` until it is shown.
pub fn mean_accuracy(results: ShownResults<'_>, of: Networks, metric: Metric) -> Option<f64> {
    let seeds = results.config().seeds.iter();
    let found: Vec<f64> = seeds.filter_map(|trial| Some(accuracy(results, of, metric, trial)?.0)).collect();
    mean(found.iter().copied()).filter(|_| enough(results, metric, found.len()))
}

/// An accuracy of networks less that of others, in the trials that have both. `None` until both are shown.
pub fn difference(
    results: ShownResults<'_>,
    one: Networks,
    other: Networks,
    metric: Metric,
) -> Option<MeasuredDifference> {
    let mut images = 1.0;
    let pair = |trial| {
        let (one, total) = accuracy(results, one, metric, trial)?;
        images = total;
        Some((one, accuracy(results, other, metric, trial)?.0))
    };
    let pairs: Vec<(f64, f64)> = results.config().seeds.iter().filter_map(pair).collect();
    MeasuredDifference::of_accuracies(&pairs, images).filter(|_| enough(results, metric, pairs.len()))
}
