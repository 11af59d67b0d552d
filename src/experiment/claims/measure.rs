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
use std::collections::{BTreeMap, BTreeSet};

/// What claims read of a job.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Readings {
    /// `None` in reports of version 1.
    test_before: Option<Accuracy>,
    test_early: Accuracy,
    test_end: Accuracy,
    train_end: Accuracy,
    early_stop: u32,
    min_validation_loss: f32,
    /// Of a twin, the error barrier between it and its sibling.
    barrier: Option<f64>,
    lost_layers: u32,
}

impl Readings {
    pub(crate) fn of(report: &JobReport) -> Readings {
        Readings {
            test_before: report.before_training.map(|before| before.test),
            test_early: report.test_early,
            test_end: report.test_end,
            train_end: report.train_end,
            early_stop: report.early_stop,
            min_validation_loss: report.min_validation_loss(),
            barrier: report.barrier(),
            lost_layers: report.alive.iter().filter(|&&alive| alive == 0).count() as u32,
        }
    }

    /// Whether the readings are the same as far as both have them.
    pub(crate) fn agrees_with(self, other: Readings) -> bool {
        let is_same = self.test_before.zip(other.test_before).is_none_or(|(one, other)| one == other);
        is_same && Readings { test_before: other.test_before, ..self } == other
    }
}

/// What claims read of an experiment, by job. It is a small part of the reports.
pub(crate) struct ReadingsByJob {
    /// The seeds of the trials. There may be more than an experiment may have.
    seeds: BTreeSet<u32>,
    draws_of_reinit: u32,
    readings: BTreeMap<JobId, Readings>,
    /// The share of the weights that is left in each round.
    weights_left: Vec<f64>,
}

impl ReadingsByJob {
    /// Of an experiment of which nothing is known yet.
    pub(crate) fn new(config: &ExperimentConfig) -> ReadingsByJob {
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
    pub(crate) fn add_seed(&mut self, seed: u32) {
        self.seeds.insert(seed);
    }

    /// Adds the readings of a job, and returns those that it had before.
    pub(crate) fn add(&mut self, job: JobId, readings: Readings) -> Option<Readings> {
        self.readings.insert(job, readings)
    }

    /// Measures a part of a claim, or returns `None` if no trial is complete.
    pub(crate) fn measure(&self, part: &Part) -> Option<ClaimMeasurement> {
        let trials = self.trials_with_all(part);
        let round = self.chosen_round(part, &trials)?;
        let one = (part.arm, round);
        let sides = part.tolerance.sides();
        let measured = match part.against {
            None => self.level(part.quantity, &trials, one, sides),
            Some(other) => self.comparison(part.quantity, &trials, one, other, sides),
        }?;
        Some(ClaimMeasurement {
            quantity: part.quantity,
            of: self.networks(one)?,
            against: part.against.and_then(|other| self.networks(other)),
            chosen: part.chosen,
            measured,
            tolerance: part.tolerance,
        })
    }

    /// The networks of an arm and round, or `None` if there is no such round.
    pub(crate) fn networks(&self, (arm, round): (Arm, u32)) -> Option<RoundNetworks> {
        let weights_left = *self.weights_left.get(round as usize)?;
        Some(RoundNetworks { arm, round, weights_left })
    }

    fn level(&self, quantity: Quantity, trials: &[u32], row: (Arm, u32), sides: Sides) -> Option<Measured> {
        let shares: Vec<Share> =
            trials.iter().filter_map(|&trial| self.total(quantity, trial, row)).collect();
        if quantity.is_accuracy() {
            return Measured::of_accuracies(&shares, sides);
        }
        let levels: Vec<f64> = shares.into_iter().map(Share::fraction).collect();
        Measured::of_levels(&levels, sides)
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
            _ if quantity.is_accuracy() => Measured::of_differences(&pairs, sides),
            Quantity::TimesIterations => ratio(),
            Quantity::FewerIterations => ratio().map(|ratio| ratio.map(|times| 1.0 - times)),
            _ => {
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

    /// The trials that have all rounds of a part's arm.
    fn trials_with_all(&self, part: &Part) -> Vec<u32> {
        let has = |trial, round| self.draws(part.quantity, trial, (part.arm, round)).is_some();
        let is_whole = |&trial: &u32| part.rounds.clone().all(|round| has(trial, round));
        self.seeds.iter().copied().filter(is_whole).collect()
    }

    /// A quantity summed over all draws of an arm and round in a trial, as part of a whole: right answers of all images,
    /// iterations or losses of all draws. `None` if a draw, or its reading, is missing.
    fn total(&self, quantity: Quantity, trial: u32, row: (Arm, u32)) -> Option<Share> {
        let of_draw = |readings: Readings| {
            let number = |part: f64| Some(Share { part, whole: 1.0 });
            let accuracy = match quantity {
                Quantity::TestBeforeTraining => readings.test_before?,
                Quantity::TestAtEarlyStop => readings.test_early,
                Quantity::TestAtEnd => readings.test_end,
                Quantity::TrainingAtEnd => readings.train_end,
                Quantity::TimesIterations | Quantity::FewerIterations => {
                    return number(f64::from(readings.early_stop));
                }
                Quantity::ValidationLoss => return number(f64::from(readings.min_validation_loss)),
                Quantity::ErrorBarrier => return number(readings.barrier?),
                Quantity::LostLayers => return number(f64::from(readings.lost_layers)),
            };
            Some(Share { part: f64::from(accuracy.correct), whole: f64::from(accuracy.total) })
        };
        let add =
            |sum: Share, next: Share| Share { part: sum.part + next.part, whole: sum.whole + next.whole };
        let draws: Option<Vec<Share>> = self.draws(quantity, trial, row)?.into_iter().map(of_draw).collect();
        draws?.into_iter().reduce(add)
    }

    /// The readings of all draws of an arm and round in a trial, or `None` if one is missing. A barrier is read of twins.
    fn draws(&self, quantity: Quantity, trial: u32, (arm, round): (Arm, u32)) -> Option<Vec<Readings>> {
        let twin = quantity == Quantity::ErrorBarrier;
        let job = |draw| JobId { trial, arm, round, draw, twin };
        let draws = if arm == Arm::Reinit { self.draws_of_reinit } else { 1 };
        (0..draws).map(|draw| self.readings.get(&job(draw)).copied()).collect()
    }
}
