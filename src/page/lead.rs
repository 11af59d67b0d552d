//! The one number to watch: which of two arms is ahead.

use crate::{
    choice::Choice,
    record::{Record, mean},
    words::arm,
};
use experiment::{arm::Arm, job::JobId, report::ValidationPoint};
use numbers::points;

/// The one number to watch: how far one arm is ahead of another, and where that was read.
#[derive(Clone, Debug, PartialEq)]
pub struct Readout {
    /// The two arms.
    pub arms: (Arm, Arm),
    /// The accuracy of the first less that of the second, from −1 to 1, in each trial that has both.
    pub leads: Vec<f64>,
    /// Where it was read.
    pub source: String,
}

/// The freshest fair comparison of the two arms to compare: the same trials, the same round, the same iteration.
pub fn readout(record: &Record, choice: &Choice) -> Option<Readout> {
    let arms = choice.rivals()?;
    (1..=record.round())
        .rev()
        .find_map(|round| tested(record, arms, round).or_else(|| live(record, arms, round)))
}

/// By the test accuracy at the end of a round, trial by trial.
fn tested(record: &Record, arms: (Arm, Arm), round: u32) -> Option<Readout> {
    let of = |trial, arm| record.test_end(trial, arm, round);
    let lead = |trial| Some(of(trial, arms.0)? - of(trial, arms.1)?);
    let leads: Vec<f64> = record.config().seeds().filter_map(lead).collect();
    let source = format!("test accuracy, end of round {round}");
    (!leads.is_empty()).then_some(Readout { arms, leads, source })
}

/// By the validation accuracy at the last iteration that both have reached.
fn live(record: &Record, arms: (Arm, Arm), round: u32) -> Option<Readout> {
    let (one, other) = record.config().seeds().find_map(|trial| {
        let curve = |arm| record.curve(JobId { trial, arm, round, draw: 0 });
        common(curve(arms.0), curve(arms.1))
    })?;
    let source = format!("validation accuracy, round {round}, iteration {}", one.iteration);
    Some(Readout { arms, leads: vec![one.accuracy.fraction() - other.accuracy.fraction()], source })
}

/// A readout as it is shown: the lead, and where it was read, with the range if it is the mean of several trials.
/// Before there is one, when it will come.
pub fn words(readout: Option<&Readout>, choice: &Choice) -> (String, String) {
    let Some(Readout { arms, leads, source }) = readout else {
        let why = match choice.rivals() {
            Some(_) => "The first comparison comes in round 1, once something is pruned.",
            None => "A comparison takes two arms that are pruned.",
        };
        return (String::new(), why.into());
    };
    let mean = mean(leads.iter().copied()).unwrap_or(0.0);
    let (ahead, behind, sign) = if mean >= 0.0 { (arms.0, arms.1, 1.0) } else { (arms.1, arms.0, -1.0) };
    let source = format!("of {}: {source}", arm(behind));
    let lead = format!("{} {} pp ahead", arm(ahead), points(sign * mean));
    if leads.len() < 2 {
        return (lead, source);
    }
    let leads = || leads.iter().map(|lead| sign * lead);
    let (least, most) = (leads().fold(f64::MAX, f64::min), leads().fold(f64::MIN, f64::max));
    (lead, format!("{source}, mean of {} trials: {} to {}", leads().count(), points(least), points(most)))
}

/// The last evaluation that two curves share.
fn common(a: &[ValidationPoint], b: &[ValidationPoint]) -> Option<(ValidationPoint, ValidationPoint)> {
    a.iter().rev().find_map(|p| b.iter().find(|q| q.iteration == p.iteration).map(|q| (*p, *q)))
}
