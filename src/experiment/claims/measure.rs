//! Measurements averaged over trials. A trial is included only if all reports that the measurement needs are present.

use crate::{
    arm::Arm,
    config::ExperimentConfig,
    job::JobId,
    job_report::{Accuracy, JobReport},
};
use std::{collections::BTreeMap, ops::RangeInclusive};

/// The unit of a measurement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MeasurementUnit {
    /// Percent of images classified correctly.
    Percent,
    /// Percentage points of accuracy.
    PercentagePoints,
    /// One number of iterations divided by another.
    Ratio,
    /// By how many percent one number of iterations is smaller than another.
    PercentFewer,
    /// Cross-entropy in nats.
    Nats,
}

/// A mean over trials with the smallest and the largest trial.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TrialStatistics {
    /// The mean over trials. For a ratio it is the ratio of the means.
    pub mean: f64,
    /// The value of the smallest trial.
    pub min: f64,
    /// The value of the largest trial.
    pub max: f64,
    /// The number of trials.
    pub trials: u32,
}

/// The weights with which a network was tested.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TestedWeights {
    EarlyStop,
    Final,
}

/// The reports of an experiment, by job.
pub(super) struct ReportsByJob<'a> {
    config: &'a ExperimentConfig,
    reports: BTreeMap<JobId, &'a JobReport>,
}

type ArmRound = (Arm, u32);

impl<'a> ReportsByJob<'a> {
    pub(super) fn new<'r: 'a>(
        config: &'a ExperimentConfig,
        reports: impl IntoIterator<Item = &'r JobReport>,
    ) -> ReportsByJob<'a> {
        ReportsByJob { config, reports: reports.into_iter().map(|report| (report.job, report)).collect() }
    }

    /// The reports of all draws of an arm and round in a trial, or `None` if one is missing.
    fn draws(&self, trial: u32, (arm, round): ArmRound) -> Option<Vec<&'a JobReport>> {
        let job = |draw| JobId { trial, arm, round, draw };
        (0..self.config.draws_of(arm)).map(|draw| self.reports.get(&job(draw)).copied()).collect()
    }

    // Functions that many claims call are not inlined. Their copies would make the caller one of the largest functions
    // of the worker's wasm module, and it runs only once a round.

    /// Mean and range over trials of a fraction, given as numerator and denominator. Both are whole numbers where
    /// possible, so that the mean is rounded only once.
    #[inline(never)]
    fn statistics(&self, fraction: &dyn Fn(u32) -> Option<(f64, f64)>) -> Option<TrialStatistics> {
        let fractions: Vec<(f64, f64)> = self.config.seeds.iter().filter_map(fraction).collect();
        let (numerator, denominator) = fractions.iter().fold((0.0, 0.0), |sum, f| (sum.0 + f.0, sum.1 + f.1));
        let each = || fractions.iter().map(|f| f.0 / f.1);
        (!fractions.is_empty()).then(|| TrialStatistics {
            mean: numerator / denominator,
            min: each().fold(f64::INFINITY, f64::min),
            max: each().fold(f64::NEG_INFINITY, f64::max),
            trials: fractions.len() as u32,
        })
    }

    /// The number of correct answers and the number of images, summed over all draws of an arm and round.
    fn correct_answers(
        &self,
        trial: u32,
        row: ArmRound,
        accuracy_of: &dyn Fn(&JobReport) -> Accuracy,
    ) -> Option<(f64, f64)> {
        let accuracies = self.draws(trial, row)?.into_iter().map(accuracy_of);
        Some(accuracies.fold((0.0, 0.0), |sum, a| (sum.0 + f64::from(a.correct), sum.1 + f64::from(a.total))))
    }

    fn tested(&self, trial: u32, row: ArmRound, when: TestedWeights) -> Option<(f64, f64)> {
        self.correct_answers(trial, row, &|report| match when {
            TestedWeights::EarlyStop => report.test_early,
            TestedWeights::Final => report.test_end,
        })
    }

    /// The sum of the early stops of all draws of an arm and round, and the number of draws.
    fn early_stops(&self, trial: u32, row: ArmRound) -> Option<(f64, f64)> {
        let draws = self.draws(trial, row)?;
        Some((draws.iter().map(|report| f64::from(report.early_stop)).sum(), draws.len() as f64))
    }

    /// Test accuracy in percent.
    #[inline(never)]
    pub(super) fn accuracy(&self, row: ArmRound, when: TestedWeights) -> Option<TrialStatistics> {
        self.statistics(&|trial| self.tested(trial, row, when).map(|(right, all)| (100.0 * right, all)))
    }

    /// By how many percentage points the test accuracy of `one` is above that of `other`. The difference is taken
    /// within each trial.
    #[inline(never)]
    pub(super) fn accuracy_difference(
        &self,
        one: ArmRound,
        other: ArmRound,
        when: TestedWeights,
    ) -> Option<TrialStatistics> {
        self.statistics(&|trial| self.trial_accuracy_difference(trial, one, other, when))
    }

    fn trial_accuracy_difference(
        &self,
        trial: u32,
        one: ArmRound,
        other: ArmRound,
        when: TestedWeights,
    ) -> Option<(f64, f64)> {
        let (one, other) = (self.tested(trial, one, when)?, self.tested(trial, other, when)?);
        Some((100.0 * (one.0 * other.1 - other.0 * one.1), one.1 * other.1))
    }

    /// How many times as many iterations `one` takes to its early stop as `other`.
    #[inline(never)]
    pub(super) fn iteration_ratio(&self, one: ArmRound, other: ArmRound) -> Option<TrialStatistics> {
        self.statistics(&|trial| {
            let (one, other) = (self.early_stops(trial, one)?, self.early_stops(trial, other)?);
            Some((one.0 * other.1, other.0 * one.1))
        })
    }

    /// How many percent fewer iterations `one` takes to its early stop than `other`.
    #[inline(never)]
    pub(super) fn percent_fewer_iterations(&self, one: ArmRound, other: ArmRound) -> Option<TrialStatistics> {
        self.statistics(&|trial| {
            let (one, other) = (self.early_stops(trial, one)?, self.early_stops(trial, other)?);
            Some((100.0 * (other.0 * one.1 - one.0 * other.1), other.0 * one.1))
        })
    }

    /// The smallest validation loss in nats.
    #[inline(never)]
    pub(super) fn loss(&self, row: ArmRound) -> Option<TrialStatistics> {
        self.statistics(&|trial| {
            let draws = self.draws(trial, row)?;
            Some((
                draws.iter().map(|report| f64::from(report.min_validation_loss())).sum(),
                draws.len() as f64,
            ))
        })
    }

    /// The ticket's round with the largest mean gain over the dense network at the end of training, and that gain in
    /// percentage points. Only trials that have all `rounds` count.
    pub(super) fn best_gain(&self, rounds: RangeInclusive<u32>) -> (Option<u32>, Option<TrialStatistics>) {
        let gain = |round| {
            self.statistics(&|trial| {
                self.has_all(trial, &rounds)?;
                self.trial_accuracy_difference(
                    trial,
                    (Arm::Ticket, round),
                    (Arm::Ticket, 0),
                    TestedWeights::Final,
                )
            })
        };
        first_best(rounds.clone().filter_map(|round| Some((round, gain(round)?))), |statistics, best| {
            statistics.mean > best.mean
        })
    }

    /// The ticket's round with the smallest mean training accuracy at the end, and that accuracy in percent. Only
    /// trials that have all `rounds` count.
    pub(super) fn worst_training(
        &self,
        rounds: RangeInclusive<u32>,
    ) -> (Option<u32>, Option<TrialStatistics>) {
        let accuracy = |round| {
            self.statistics(&|trial| {
                self.has_all(trial, &rounds)?;
                let (right, all) =
                    self.correct_answers(trial, (Arm::Ticket, round), &|report| report.train_end)?;
                Some((100.0 * right, all))
            })
        };
        let all = rounds.clone().filter_map(|round| Some((round, accuracy(round)?)));
        first_best(all, |statistics, worst| statistics.mean < worst.mean)
    }

    fn has_all(&self, trial: u32, rounds: &RangeInclusive<u32>) -> Option<()> {
        rounds.clone().all(|round| self.draws(trial, (Arm::Ticket, round)).is_some()).then_some(())
    }
}

/// The best round, and the earliest one if several are equally good.
fn first_best(
    all: impl Iterator<Item = (u32, TrialStatistics)>,
    beats: impl Fn(&TrialStatistics, &TrialStatistics) -> bool,
) -> (Option<u32>, Option<TrialStatistics>) {
    let best = all.reduce(|best, next| if beats(&next.1, &best.1) { next } else { best });
    (best.map(|(round, _)| round), best.map(|(_, statistics)| statistics))
}
