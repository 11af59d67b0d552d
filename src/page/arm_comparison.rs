//! The comparison of two arms: which of them is ahead, and by how much.

use crate::{
    chart_selection::ChartSelection,
    run_results::{RunResults, mean},
    strings::arm_label,
};
use experiment::{arm::Arm, job::JobId, job_report::ValidationPoint};
use numbers::percentage_points;

/// How far one arm is ahead of another, and where in the experiment that was measured.
#[derive(Clone, Debug, PartialEq)]
pub struct ArmComparison {
    /// The two arms that are compared.
    pub arms: (Arm, Arm),
    /// The test or validation accuracy of the first arm minus that of the second, a fraction from −1 to 1. There is one
    /// value for each trial that has both accuracies.
    pub accuracy_differences: Vec<f64>,
    /// The measurement that was compared, in words: the kind of accuracy, the round and, while training, the iteration.
    pub measured_at: String,
}

/// Returns the most recent fair comparison of the two arms: both values come from the same trial, the same round and
/// the same iteration. Returns `None` if no such pair exists yet, or if fewer than two arms can be compared.
pub fn latest_comparison(results: &RunResults, selection: &ChartSelection) -> Option<ArmComparison> {
    let arms = selection.compared_arms()?;
    (1..=results.latest_round()).rev().find_map(|round| {
        by_test_accuracy(results, arms, round).or_else(|| by_validation_accuracy(results, arms, round))
    })
}

/// Compares test accuracies at the end of a round, for each trial in which both arms have finished it.
fn by_test_accuracy(results: &RunResults, arms: (Arm, Arm), round: u32) -> Option<ArmComparison> {
    let accuracy = |trial, arm| results.test_end(trial, arm, round);
    let lead = |trial| Some(accuracy(trial, arms.0)? - accuracy(trial, arms.1)?);
    let leads: Vec<f64> = results.config().seeds.iter().filter_map(lead).collect();
    let source = format!("test accuracy, end of round {round}");
    (!leads.is_empty()).then_some(ArmComparison { arms, accuracy_differences: leads, measured_at: source })
}

/// Compares validation accuracies at the last iteration that both arms have reached, in the first trial that has one.
fn by_validation_accuracy(results: &RunResults, arms: (Arm, Arm), round: u32) -> Option<ArmComparison> {
    let (one, other) = results.config().seeds.iter().find_map(|trial| {
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

/// Returns the two lines in which the page shows a comparison: which arm is ahead and by how much, and where that was
/// measured. If the lead is a mean over several trials, the second line includes the range. Without a comparison, the
/// first line is empty and the second explains why.
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

/// The last evaluation whose iteration occurs in both curves.
fn last_common_point(
    a: &[ValidationPoint],
    b: &[ValidationPoint],
) -> Option<(ValidationPoint, ValidationPoint)> {
    a.iter().rev().find_map(|p| b.iter().find(|q| q.iteration == p.iteration).map(|q| (*p, *q)))
}
