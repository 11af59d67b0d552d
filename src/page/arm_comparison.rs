//! The one number to watch: which of two arms is ahead.

use crate::{
    chart_selection::ChartSelection,
    run_results::{RunResults, mean},
    strings::arm_label,
};
use experiment::{arm::Arm, job::JobId, job_report::ValidationPoint};
use numbers::percentage_points;

/// The one number to watch: how far one arm is ahead of another, and where that was read.
#[derive(Clone, Debug, PartialEq)]
pub struct ArmComparison {
    /// The two arms.
    pub arms: (Arm, Arm),
    /// The accuracy of the first less that of the second, from −1 to 1, in each trial that has both.
    pub accuracy_differences: Vec<f64>,
    /// Where it was read.
    pub measured_at: String,
}

/// The freshest fair comparison of the two arms to compare: the same trials, the same round, the same iteration.
pub fn latest_comparison(results: &RunResults, selection: &ChartSelection) -> Option<ArmComparison> {
    let arms = selection.compared_arms()?;
    (1..=results.latest_round()).rev().find_map(|round| {
        by_test_accuracy(results, arms, round).or_else(|| by_validation_accuracy(results, arms, round))
    })
}

/// By the test accuracy at the end of a round, trial by trial.
fn by_test_accuracy(results: &RunResults, arms: (Arm, Arm), round: u32) -> Option<ArmComparison> {
    let of = |trial, arm| results.test_end(trial, arm, round);
    let lead = |trial| Some(of(trial, arms.0)? - of(trial, arms.1)?);
    let leads: Vec<f64> = results.config().seeds().filter_map(lead).collect();
    let source = format!("test accuracy, end of round {round}");
    (!leads.is_empty()).then_some(ArmComparison { arms, accuracy_differences: leads, measured_at: source })
}

/// By the validation accuracy at the last iteration that both have reached.
fn by_validation_accuracy(results: &RunResults, arms: (Arm, Arm), round: u32) -> Option<ArmComparison> {
    let (one, other) = results.config().seeds().find_map(|trial| {
        let curve = |arm| results.curve(JobId { trial, arm, round, draw: 0 });
        last_common_point(curve(arms.0), curve(arms.1))
    })?;
    let source = format!("validation accuracy, round {round}, iteration {}", one.iteration);
    Some(ArmComparison {
        arms,
        accuracy_differences: vec![one.accuracy.fraction() - other.accuracy.fraction()],
        measured_at: source,
    })
}

/// A readout as it is shown: the lead, and where it was read, with the range if it is the mean of several trials.
/// Before there is one, when it will come.
pub fn comparison_text(comparison: Option<&ArmComparison>, selection: &ChartSelection) -> (String, String) {
    let Some(ArmComparison { arms, accuracy_differences: leads, measured_at: source }) = comparison else {
        let why = match selection.compared_arms() {
            Some(_) => "The first comparison comes in round 1, once something is pruned.",
            None => "A comparison takes two arms that are pruned.",
        };
        return (String::new(), why.into());
    };
    let mean = mean(leads.iter().copied()).unwrap_or(0.0);
    let (ahead, behind, sign) = if mean >= 0.0 { (arms.0, arms.1, 1.0) } else { (arms.1, arms.0, -1.0) };
    let source = format!("of {}: {source}", arm_label(behind));
    let lead = format!("{} {} pp ahead", arm_label(ahead), percentage_points(sign * mean));
    if leads.len() < 2 {
        return (lead, source);
    }
    let leads = || leads.iter().map(|lead| sign * lead);
    let (least, most) = (leads().fold(f64::MAX, f64::min), leads().fold(f64::MIN, f64::max));
    (
        lead,
        format!(
            "{source}, mean of {} trials: {} to {}",
            leads().count(),
            percentage_points(least),
            percentage_points(most)
        ),
    )
}

/// The last evaluation that two curves share.
fn last_common_point(
    a: &[ValidationPoint],
    b: &[ValidationPoint],
) -> Option<(ValidationPoint, ValidationPoint)> {
    a.iter().rev().find_map(|p| b.iter().find(|q| q.iteration == p.iteration).map(|q| (*p, *q)))
}
