//! Measurements over trials. A trial is included only if all readings that the measurement needs are present.

use crate::{
    arm::Arm,
    claims::claim::{ChosenRound, ClaimMeasurement, Quantity, RoundNetworks},
    claims::parts::Part,
    config::ExperimentConfig,
    job::JobId,
    job_report::{Accuracy, JobReport},
    measured::{Measured, Share, Sides},
    prune_counts::total_survivors_per_round,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    ops::RangeInclusive,
};

/// What claims read of a job.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Readings {
    test_early: Accuracy,
    test_end: Accuracy,
    train_end: Accuracy,
    early_stop: u32,
    min_validation_loss: f32,
}

impl Readings {
    pub(super) fn of(report: &JobReport) -> Readings {
        Readings {
            test_early: report.test_early,
            test_end: report.test_end,
            train_end: report.train_end,
            early_stop: report.early_stop,
            min_validation_loss: report.min_validation_loss(),
        }
    }
}

/// What claims read of an experiment, by job. It is a small part of the reports.
pub(super) struct ReadingsByJob {
    /// The seeds of the trials. There may be more than an experiment may have.
    seeds: BTreeSet<u32>,
    draws_of_reinit: u32,
    readings: BTreeMap<JobId, Readings>,
    /// The share of the weights that is left in each round.
    weights_left: Vec<f64>,
}

impl ReadingsByJob {
    /// Of an experiment of which nothing is known yet.
    pub(super) fn new(config: &ExperimentConfig) -> ReadingsByJob {
        let survivors = total_survivors_per_round(config);
        let all = f64::from(config.model.layer_weight_counts().iter().sum::<u32>());
        ReadingsByJob {
            seeds: BTreeSet::new(),
            draws_of_reinit: config.draws_of(Arm::Reinit),
            readings: BTreeMap::new(),
            weights_left: survivors.iter().map(|&left| f64::from(left) / all).collect(),
        }
    }

    /// Adds a trial.
    pub(super) fn add_seed(&mut self, seed: u32) {
        self.seeds.insert(seed);
    }

    /// Adds the readings of a job, and returns those that it had before.
    pub(super) fn add(&mut self, job: JobId, readings: Readings) -> Option<Readings> {
        self.readings.insert(job, readings)
    }

    /// Measures a part of a claim, or returns `None` if no trial is complete.
    pub(super) fn measure(&self, part: &Part) -> Option<ClaimMeasurement> {
        let trials = self.trials_with_all(part.arm, &part.rounds);
        let round = self.chosen_round(part, &trials)?;
        let one = (part.arm, round);
        let sides = part.tolerance.sides();
        let measured = match part.against {
            None => self.level(part.quantity, &trials, one, sides),
            Some(other) => self.comparison(part.quantity, &trials, one, other, sides),
        }?;
        let networks = |(arm, round): (Arm, u32)| {
            let weights_left = *self.weights_left.get(round as usize)?;
            Some(RoundNetworks { arm, round, weights_left })
        };
        Some(ClaimMeasurement {
            quantity: part.quantity,
            of: networks(one)?,
            against: part.against.and_then(networks),
            chosen: part.chosen,
            measured,
            tolerance: part.tolerance,
        })
    }

    fn level(&self, quantity: Quantity, trials: &[u32], row: (Arm, u32), sides: Sides) -> Option<Measured> {
        let shares: Vec<Share> =
            trials.iter().filter_map(|&trial| self.total(quantity, trial, row)).collect();
        match quantity {
            Quantity::TestAtEarlyStop | Quantity::TestAtEnd | Quantity::TrainingAtEnd => {
                Measured::of_accuracies(&shares, sides)
            }
            Quantity::TimesIterations | Quantity::FewerIterations | Quantity::ValidationLoss => {
                let levels: Vec<f64> = shares.into_iter().map(Share::fraction).collect();
                Measured::of_levels(&levels, sides)
            }
        }
    }

    fn comparison(
        &self,
        quantity: Quantity,
        trials: &[u32],
        one: (Arm, u32),
        other: (Arm, u32),
        sides: Sides,
    ) -> Option<Measured> {
        let pair =
            |&trial: &u32| Some((self.total(quantity, trial, one)?, self.total(quantity, trial, other)?));
        let pairs: Vec<(Share, Share)> = trials.iter().filter_map(pair).collect();
        let fractions = || pairs.iter().map(|(one, other)| (one.fraction(), other.fraction()));
        let ratio = || Measured::of_ratios(&fractions().collect::<Vec<_>>(), sides);
        match quantity {
            Quantity::TestAtEarlyStop | Quantity::TestAtEnd | Quantity::TrainingAtEnd => {
                Measured::of_differences(&pairs, sides)
            }
            Quantity::TimesIterations => ratio(),
            Quantity::FewerIterations => ratio().map(|ratio| ratio.map(|times| 1.0 - times)),
            Quantity::ValidationLoss => {
                let levels: Vec<f64> = fractions().map(|(one, other)| one - other).collect();
                Measured::of_levels(&levels, sides)
            }
        }
    }

    /// The round that a part is about, or `None` if it is to be chosen and no trial is complete.
    fn chosen_round(&self, part: &Part, trials: &[u32]) -> Option<u32> {
        let Some(chosen) = part.chosen else { return Some(*part.rounds.start()) };
        // All rounds are tested on the same images, so the sums say what the means would, and are not rounded.
        let sum = |round| -> f64 {
            let totals =
                trials.iter().filter_map(|&trial| self.total(part.quantity, trial, (part.arm, round)));
            totals.map(|share| share.part).sum()
        };
        let sums = part.rounds.clone().filter(|_| !trials.is_empty()).map(|round| (round, sum(round)));
        let best = sums.reduce(|best, next| {
            let beats = match chosen {
                ChosenRound::Best => next.1 > best.1,
                ChosenRound::Worst => next.1 < best.1,
            };
            if beats { next } else { best }
        });
        best.map(|(round, _)| round)
    }

    /// The trials that have all these rounds of an arm.
    fn trials_with_all(&self, arm: Arm, rounds: &RangeInclusive<u32>) -> Vec<u32> {
        let is_whole = |&trial: &u32| rounds.clone().all(|round| self.draws(trial, (arm, round)).is_some());
        self.seeds.iter().copied().filter(is_whole).collect()
    }

    /// A quantity summed over all draws of an arm and round in a trial, as part of a whole: right answers of all images,
    /// iterations or losses of all draws. `None` if a draw is missing.
    fn total(&self, quantity: Quantity, trial: u32, row: (Arm, u32)) -> Option<Share> {
        let of_draw = |readings: Readings| {
            let accuracy = match quantity {
                Quantity::TestAtEarlyStop => readings.test_early,
                Quantity::TestAtEnd => readings.test_end,
                Quantity::TrainingAtEnd => readings.train_end,
                Quantity::TimesIterations | Quantity::FewerIterations => {
                    return Share { part: f64::from(readings.early_stop), whole: 1.0 };
                }
                Quantity::ValidationLoss => {
                    return Share { part: f64::from(readings.min_validation_loss), whole: 1.0 };
                }
            };
            Share { part: f64::from(accuracy.correct), whole: f64::from(accuracy.total) }
        };
        let add =
            |sum: Share, next: Share| Share { part: sum.part + next.part, whole: sum.whole + next.whole };
        self.draws(trial, row)?.into_iter().map(of_draw).reduce(add)
    }

    /// The readings of all draws of an arm and round in a trial, or `None` if one is missing.
    fn draws(&self, trial: u32, (arm, round): (Arm, u32)) -> Option<Vec<Readings>> {
        let job = |draw| JobId { trial, arm, round, draw, twin: false };
        let draws = if arm == Arm::Reinit { self.draws_of_reinit } else { 1 };
        (0..draws).map(|draw| self.readings.get(&job(draw)).copied()).collect()
    }
}
