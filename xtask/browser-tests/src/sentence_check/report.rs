//! Reads a report file, by the README.

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use std::collections::BTreeMap;

/// What a report says of a job.
pub(super) struct Line(Value);

/// A report.
pub(super) struct Report {
    /// The arms that were asked for.
    pub(super) arms: Vec<String>,
    /// The seeds of the trials.
    pub(super) seeds: Vec<u64>,
    /// The number of prunings.
    pub(super) rounds: u32,
    /// The training steps of a round.
    pub(super) iterations: u64,
    /// Whether each job has a twin.
    pub(super) twins: bool,
    /// Whether some training labels are wrong.
    pub(super) is_noisy: bool,
    /// The title of the other data set, if there is one.
    pub(super) transfer: Option<String>,
    draws: u64,
    /// Whether it has only the rows that the paper's claims look at.
    only_claims: bool,
    /// By arm, round, seed and draw.
    lines: BTreeMap<(String, u32, u64, u64), Line>,
    /// Those of twins.
    twin_lines: BTreeMap<(String, u32, u64, u64), Line>,
}

impl Line {
    fn whole(&self, field: &str) -> Result<u64> {
        self.0[field].as_u64().with_context(|| format!("a line has no number {field}"))
    }

    /// Right answers over all test images.
    pub(super) fn test_end(&self) -> f64 {
        let pair = &self.0["test_end"];
        pair[0].as_f64().unwrap_or(f64::NAN) / pair[1].as_f64().unwrap_or(f64::NAN)
    }

    /// The share of the wrong training labels that are given, or of their images that are read as their true class.
    pub(super) fn share(&self, field: &str) -> Result<f64> {
        let pair = &self.0[field];
        let share = pair[0].as_f64().zip(pair[1].as_f64()).map(|(count, of)| count / of);
        share.with_context(|| format!("a line has no {field}"))
    }

    /// Right answers over all test images under noise of 0.3, where corrupted images were read.
    pub(super) fn under_noise(&self) -> Result<f64> {
        let right = self.0["robustness"]["noise"][2].as_f64();
        Ok(right.context("a line has no robustness")? / self.0["test_end"][1].as_f64().unwrap_or(f64::NAN))
    }

    /// The number of wrong training labels.
    pub(super) fn wrong_labels(&self) -> f64 {
        self.0["train_flipped"][1].as_f64().unwrap_or(f64::NAN)
    }

    /// The early stop.
    pub(super) fn early_stop(&self) -> Result<u64> {
        self.whole("early_stop")
    }

    /// Multiply-adds as paid, and of the same steps in a dense network.
    pub(super) fn costs(&self) -> Result<(f64, f64)> {
        Ok((self.whole("multiply_adds")? as f64, self.whole("dense_multiply_adds")? as f64))
    }

    /// The survivors of each layer.
    pub(super) fn alive(&self) -> Vec<f64> {
        self.0["alive"].as_array().into_iter().flatten().filter_map(Value::as_f64).collect()
    }

    /// The iterations of its validations.
    pub(super) fn validated(&self) -> Vec<u64> {
        self.0["curve"].as_array().into_iter().flatten().filter_map(|point| point[0].as_u64()).collect()
    }

    /// The validation accuracy at an iteration: right answers of 5,000.
    pub(super) fn validation(&self, iteration: u64) -> Result<f64> {
        let mut points = self.0["curve"].as_array().into_iter().flatten();
        let point = points.find(|point| point[0].as_u64() == Some(iteration));
        let right = point.and_then(|point| point[2].as_f64());
        Ok(right.with_context(|| format!("nothing was validated at iteration {iteration}"))? / 5_000.0)
    }
}

impl Report {
    /// Reads the text of a report.
    pub(super) fn read(text: &str) -> Result<Report> {
        let mut lines = text.lines();
        let head: Value = serde_json::from_str(lines.next().context("the report is empty")?)?;
        let setting = |name: &str| {
            head["config"][name].as_str().with_context(|| format!("the report has no setting {name}"))
        };
        let mut report = Report {
            arms: setting("arms")?.split(',').map(str::to_owned).collect(),
            seeds: head["seeds"].as_array().into_iter().flatten().filter_map(Value::as_u64).collect(),
            rounds: setting("rounds")?.parse()?,
            iterations: setting("iterations")?.parse()?,
            twins: setting("twins").is_ok_and(|twins| twins == "1"),
            is_noisy: setting("label_noise").is_ok(),
            transfer: setting("transfer").ok().map(|name| match name {
                "fashion" => "Fashion-MNIST".to_owned(),
                name => name.to_uppercase(),
            }),
            draws: setting("draws")?.parse()?,
            only_claims: setting("jobs").is_ok_and(|jobs| jobs == "claims"),
            lines: BTreeMap::new(),
            twin_lines: BTreeMap::new(),
        };
        ensure!(!report.seeds.is_empty(), "the report has no seeds");
        for line in lines {
            let line = Line(serde_json::from_str(line)?);
            let arm = line.0["arm"].as_str().context("a line has no arm")?.to_owned();
            let round = u32::try_from(line.whole("round")?)?;
            let is_twin = line.0["twin"].as_bool().unwrap_or(false);
            let lines = if is_twin { &mut report.twin_lines } else { &mut report.lines };
            lines.insert((arm, round, line.whole("trial")?, line.whole("draw")?), line);
        }
        Ok(report)
    }

    fn draws_of(&self, arm: &str) -> u64 {
        if arm == "reinit" { self.draws } else { 1 }
    }

    /// The lines of an arm in a round of a trial, one for each draw. The dense network is the ticket's round 0, and that of
    /// the other data set is `other_dense` here.
    fn draws(&self, arm: &str, round: u32, seed: u64) -> Result<Vec<&Line>> {
        let (arm, round) = match arm {
            "dense" => ("ticket", 0),
            "other_dense" => ("other_ticket", 0),
            arm => (arm, round),
        };
        let line = |draw| {
            let found = self.lines.get(&(arm.to_owned(), round, seed, draw));
            found.with_context(|| format!("the report has no {arm} in round {round} of seed {seed}"))
        };
        (0..self.draws_of(arm)).map(line).collect()
    }

    /// Whether there is a row of an arm in a round. Those of the claims are read off the README.
    fn has_row(&self, arm: &str, round: u32) -> bool {
        !self.only_claims
            || match arm {
                "reinit" => [7, 15].contains(&round),
                "oneshot" => [2, 4, 7].contains(&round),
                _ => true,
            }
    }

    /// The rounds up to one in which an arm is pruned and trained.
    pub(super) fn pruned_rounds(&self, arm: &str, last: u32) -> Vec<u32> {
        (1..=last).filter(|round| self.has_row(arm, *round)).collect()
    }

    /// Whether all jobs of a round are there. Round 0 is the dense network.
    fn is_over(&self, round: u32) -> bool {
        let pruned =
            self.arms.iter().map(String::as_str).filter(|arm| *arm != "dense" && self.has_row(arm, round));
        let arms: Vec<&str> = if round == 0 { vec!["dense"] } else { pruned.collect() };
        let is_there = |arm: &str, seed| {
            self.draws(arm, round, seed).is_ok() && (!self.twins || self.twins_of(arm, round, seed).is_ok())
        };
        arms.iter().all(|arm| self.seeds.iter().all(|seed| is_there(arm, *seed)))
    }

    /// The lines of the twins of an arm in a round of a trial.
    fn twins_of(&self, arm: &str, round: u32, seed: u64) -> Result<Vec<&Line>> {
        let arm = if arm == "dense" { "ticket" } else { arm };
        let line = |draw| {
            let found = self.twin_lines.get(&(arm.to_owned(), round, seed, draw));
            found.with_context(|| format!("the report has no twin of {arm} in round {round} of seed {seed}"))
        };
        (0..self.draws_of(arm)).map(line).collect()
    }

    /// By trial, the mean right answers at the ends of the lines between an arm's twins in a round, and the fewest between
    /// them, as shares of the test images.
    pub(super) fn between_twins(&self, arm: &str, round: u32) -> Result<Vec<(f64, f64)>> {
        let of_seed = |seed: &u64| -> Result<(f64, f64)> {
            let lines = self.twins_of(arm, round, *seed)?;
            let (mut ends, mut least) = (0.0, 0.0);
            for line in &lines {
                let read: Vec<f64> = line.0["interpolated"]
                    .as_array()
                    .into_iter()
                    .flatten()
                    .filter_map(Value::as_f64)
                    .collect();
                ensure!(read.len() == 11, "a twin has {} readings between", read.len());
                ends += (read[0] + read[10]) / 2.0;
                least += read.iter().copied().fold(f64::INFINITY, f64::min);
            }
            let images = 10_000.0 * lines.len() as f64;
            Ok((ends / images, least / images))
        };
        self.seeds.iter().map(of_seed).collect()
    }

    /// The last round that is over.
    pub(super) fn last_round_over(&self) -> Option<u32> {
        (0..=self.rounds).take_while(|round| self.is_over(*round)).last()
    }

    /// What lines say of two arms in a round, by trial: the mean over draws of each.
    pub(super) fn pairs(
        &self,
        one: &str,
        other: &str,
        round: u32,
        read: &dyn Fn(&Line) -> Result<f64>,
    ) -> Result<Vec<(f64, f64)>> {
        let value = |arm: &str, seed: u64| -> Result<f64> {
            let draws = self.draws(arm, round, seed)?;
            let values: Vec<f64> = draws.iter().map(|line| read(line)).collect::<Result<_>>()?;
            Ok(values.iter().sum::<f64>() / values.len() as f64)
        };
        let other = if other == "dense" { dense_beside(one) } else { other };
        self.seeds.iter().map(|seed| Ok((value(one, *seed)?, value(other, *seed)?))).collect()
    }

    /// All lines of an arm in a round.
    pub(super) fn lines_of(&self, arm: &str, round: u32) -> Result<Vec<&Line>> {
        let of_seed: Vec<Vec<&Line>> =
            self.seeds.iter().map(|seed| self.draws(arm, round, *seed)).collect::<Result<_>>()?;
        Ok(of_seed.into_iter().flatten().collect())
    }

    /// The test accuracy in each trial of the dense network that an arm is compared with.
    pub(super) fn dense_accuracies(&self, arm: &str) -> Result<Vec<f64>> {
        Ok(self.lines_of(dense_beside(arm), 0)?.iter().map(|line| line.test_end()).collect())
    }

    /// The share of weights that an arm has in a round.
    pub(super) fn weights_left(&self, arm: &str, round: u32) -> Result<f64> {
        let weights = |arm| Ok::<f64, anyhow::Error>(self.lines_of(arm, round)?[0].whole("weights")? as f64);
        Ok(weights(arm)? / weights("dense")?)
    }

    /// The share of each layer that is left in a round of the first trial: the ticket's, or else of the first arm.
    pub(super) fn layers_left(&self, round: u32) -> Result<Vec<f64>> {
        let mut arms =
            ["ticket"].into_iter().chain(self.arms.iter().map(String::as_str).filter(|arm| *arm != "dense"));
        let left = arms.find_map(|arm| self.draws(arm, round, self.seeds[0]).ok());
        let left = left.context("no arm has this round")?[0].alive();
        let all = self.draws("dense", 0, self.seeds[0])?[0].alive();
        ensure!(left.len() == all.len() && !left.is_empty(), "layers appear or disappear");
        Ok(left.iter().zip(&all).map(|(left, all)| left / all).collect())
    }
}

/// The dense network that an arm is compared with.
fn dense_beside(arm: &str) -> &'static str {
    if is_of_other_data(arm) { "other_dense" } else { "dense" }
}

/// Whether an arm is trained on the other data set.
pub(super) fn is_of_other_data(arm: &str) -> bool {
    arm.starts_with("other_") || arm.starts_with("transferred")
}
