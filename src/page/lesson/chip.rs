//! Claims of the lesson and how they stand in the run on the page. A claim is one of the paper's, and then has the verdict
//! of the table of claims, or a comparison of two networks by the page's one rule for differences.

use crate::{
    lesson::reading::{self, Networks},
    metric::Metric,
    shown_results::ShownResults,
    state::State,
};
use experiment::{
    arm::Arm,
    claims::claim::{Claim, ClaimId, Verdict, VerdictKind},
    config::ExperimentConfig,
    measured_difference::MeasuredDifference,
};

/// What a chip judges.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ChipClaim {
    /// A claim of the paper.
    Paper(ClaimId),
    /// A comparison of two networks of one size.
    Compared(Comparison),
}

/// That an accuracy of one arm differs from another's by more than a threshold.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Comparison {
    /// The arm that the claim is about.
    pub subject: Arm,
    /// The arm that it is compared with. [`Arm::Dense`] is the dense network.
    pub rival: Arm,
    /// The share of the weights left, from 0 to 1. The round of about this size is looked at.
    pub size: f64,
    /// Which accuracy.
    pub metric: Metric,
    /// Which way.
    pub bound: Bound,
    /// The threshold in percentage points, until the reader moves it.
    pub threshold: f64,
}

/// The way a comparison goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// The subject is more than the threshold above the rival.
    Above,
    /// The subject is less than the threshold below the rival.
    NotBelow,
}

/// How a claim stands.
#[derive(Clone, Debug, PartialEq)]
pub enum ChipVerdict {
    /// The results agree with it.
    Holds,
    /// The results contradict it.
    Fails,
    /// The results do neither.
    Inconclusive,
    /// There are too few trials: how many there are, and how many it takes.
    TooFewTrials(u32, u32),
    /// This run does not test it.
    NotInThisRun,
    /// The run has not shown it yet.
    Waiting,
}

impl ChipVerdict {
    /// The value of the chip's `data-verdict` attribute: the names of the table of claims, or `waiting`.
    pub fn name(&self) -> &'static str {
        match self {
            ChipVerdict::Holds => VerdictKind::Reproduced.name(),
            ChipVerdict::Fails => VerdictKind::NotReproduced.name(),
            ChipVerdict::Inconclusive => VerdictKind::Inconclusive.name(),
            ChipVerdict::TooFewTrials(..) => VerdictKind::TooFewTrials.name(),
            ChipVerdict::NotInThisRun => VerdictKind::NotTested.name(),
            ChipVerdict::Waiting => "waiting",
        }
    }
}

/// A judged chip.
#[derive(Clone, Debug, PartialEq)]
pub struct JudgedChip {
    /// How the claim stands.
    pub verdict: ChipVerdict,
    /// The difference behind it, if it is a comparison and shown.
    pub difference: Option<MeasuredDifference>,
    /// The share of the weights of which it speaks, from 0 to 1: that of the round that is compared.
    pub left: f64,
}

/// The largest ratio of the size that a claim speaks of and that of the round in its place.
const SAME_SIZE: f64 = 1.25;

impl Comparison {
    /// The round of an experiment whose size is nearest to the claim's, if it is about the same.
    pub fn round(&self, config: &ExperimentConfig) -> Option<u32> {
        let distance = |round: u32| {
            let ratio = reading::weights_left(config, round) / self.size;
            if ratio > 1.0 { ratio } else { 1.0 / ratio }
        };
        let nearest = (1..=config.rounds).min_by(|&one, &other| distance(one).total_cmp(&distance(other)))?;
        (distance(nearest) <= SAME_SIZE).then_some(nearest)
    }

    /// Judges the claim by what is shown. `threshold` is in percentage points.
    pub fn judge(&self, results: ShownResults<'_>, threshold: f64) -> JudgedChip {
        let config = results.config();
        let not_here = JudgedChip { verdict: ChipVerdict::NotInThisRun, difference: None, left: self.size };
        let Some(round) = self.round(config) else { return not_here };
        let pair = [self.subject, self.rival].map(|arm| Networks::new(arm, round));
        if !pair.iter().all(|networks| networks.are_in(config)) {
            return not_here;
        }
        let difference = reading::difference(results, pair[0], pair[1], self.metric);
        let least = match self.bound {
            Bound::Above => threshold / 100.0,
            Bound::NotBelow => -threshold / 100.0,
        };
        let verdict = match difference {
            None => ChipVerdict::Waiting,
            Some(found) if found.mean - found.margin > least => ChipVerdict::Holds,
            Some(found) if found.mean + found.margin < least => ChipVerdict::Fails,
            Some(_) => ChipVerdict::Inconclusive,
        };
        JudgedChip { verdict, difference, left: reading::weights_left(config, round) }
    }
}

/// The verdict of a claim of the paper. `claims` are those of the table, if it has been filled; `ahead` says that they
/// speak of results that are not shown yet.
pub fn judge_paper(id: ClaimId, claims: Option<&[Claim]>, ahead: bool) -> ChipVerdict {
    let claim = claims.and_then(|claims| claims.iter().find(|claim| claim.id == id));
    match claim.map(|claim| &claim.verdict) {
        Some(Verdict::NotTested(_)) => ChipVerdict::NotInThisRun,
        None => ChipVerdict::Waiting,
        Some(_) if ahead => ChipVerdict::Waiting,
        Some(Verdict::Reproduced) => ChipVerdict::Holds,
        Some(Verdict::NotReproduced) => ChipVerdict::Fails,
        Some(Verdict::Inconclusive) => ChipVerdict::Inconclusive,
        Some(Verdict::TooFewTrials { found, needed }) => ChipVerdict::TooFewTrials(*found, *needed),
    }
}

/// Judges a chip by the run on the page. `threshold` is that of a comparison, in percentage points.
pub fn judge(chip: &ChipClaim, state: &State, threshold: f64) -> JudgedChip {
    match chip {
        ChipClaim::Compared(comparison) => comparison.judge(state.shown(), threshold),
        ChipClaim::Paper(id) => {
            let claims = state.scored_claims().map(|scored| &*scored.claims);
            let verdict = judge_paper(*id, claims, !state.shows_every_round());
            JudgedChip { verdict, difference: None, left: 1.0 }
        }
    }
}
