//! Measurements over trials. A trial is included only if all reports that the measurement needs are present.

use crate::{
    arm::Arm,
    claims::claim::{ChosenRound, ClaimMeasurement, Quantity, RoundNetworks},
    claims::parts::Part,
    config::ExperimentConfig,
    job::JobId,
    job_report::JobReport,
    measured::{Measured, Share, Sides},
    prune_counts::total_survivors_per_round,
};
use std::{collections::BTreeMap, ops::RangeInclusive};

/// The reports of an experiment, by job.
pub(super) struct ReportsByJob<'a> {
    config: &'a ExperimentConfig,
    reports: BTreeMap<JobId, &'a JobReport>,
    /// The share of the weights that is left in each round.
    weights_left: Vec<f64>,
}

impl<'a> ReportsByJob<'a> {
    pub(super) fn new<'r: 'a>(
        config: &'a ExperimentConfig,
        reports: impl IntoIterator<Item = &'r JobReport>,
    ) -> ReportsByJob<'a> {
        let survivors = total_survivors_per_round(config);
        let all = f64::from(config.model.layer_weight_counts().iter().sum::<u32>());
        let mut by_job = BTreeMap::new();
        by_job.extend(reports.into_iter().map(|report| (report.job, report)));
        ReportsByJob {
            config,
            reports: by_job,
            weights_left: survivors.iter().map(|&left| f64::from(left) / all).collect(),
        }
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
        self.config.seeds.iter().filter(is_whole).collect()
    }

    /// A quantity summed over all draws of an arm and round in a trial, as part of a whole: right answers of all images,
    /// iterations or losses of all draws. `None` if a draw is missing.
    fn total(&self, quantity: Quantity, trial: u32, row: (Arm, u32)) -> Option<Share> {
        let of_draw = |report: &JobReport| {
            let accuracy = match quantity {
                Quantity::TestAtEarlyStop => report.test_early,
                Quantity::TestAtEnd => report.test_end,
                Quantity::TrainingAtEnd => report.train_end,
                Quantity::TimesIterations | Quantity::FewerIterations => {
                    return Share { part: f64::from(report.early_stop), whole: 1.0 };
                }
                Quantity::ValidationLoss => {
                    return Share { part: f64::from(report.min_validation_loss()), whole: 1.0 };
                }
            };
            Share { part: f64::from(accuracy.correct), whole: f64::from(accuracy.total) }
        };
        let add =
            |sum: Share, next: Share| Share { part: sum.part + next.part, whole: sum.whole + next.whole };
        self.draws(trial, row)?.into_iter().map(of_draw).reduce(add)
    }

    /// The reports of all draws of an arm and round in a trial, or `None` if one is missing.
    fn draws(&self, trial: u32, (arm, round): (Arm, u32)) -> Option<Vec<&'a JobReport>> {
        let job = |draw| JobId { trial, arm, round, draw, twin: false };
        (0..self.config.draws_of(arm)).map(|draw| self.reports.get(&job(draw)).copied()).collect()
    }
}
