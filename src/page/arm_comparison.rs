//! The comparison of two arms: which of them is above the other, by how much, and whether that is clear.

use crate::{chart_selection::ChartSelection, shown_results::ShownResults, strings::arm_label};
use experiment::{
    arm::Arm, job::JobId, job_report::ValidationPoint, measured_difference::MeasuredDifference,
};
use numbers::{fixed, percentage_points};

/// The difference of two arms' accuracies, and where in the experiment it was measured.
#[derive(Clone, Debug, PartialEq)]
pub struct ArmComparison {
    /// The two arms that are compared.
    pub arms: (Arm, Arm),
    /// The test or validation accuracy of the first arm less that of the second, in the trials that have both.
    pub difference: MeasuredDifference,
    /// The measurement that was compared, in words: the kind of accuracy, the round and, while training, the iteration.
    pub measured_at: String,
    /// The test accuracy of the first arm less that of the dense network, if test accuracies are compared.
    pub to_dense: Option<MeasuredDifference>,
}

/// Returns the most recent fair comparison of the two arms: both values come from the same trial, the same round and
/// the same iteration. Returns `None` if no such pair exists yet, or if fewer than two arms can be compared.
pub fn latest_comparison(results: ShownResults<'_>, selection: &ChartSelection) -> Option<ArmComparison> {
    let arms = selection.compared_arms()?;
    (1..=results.latest_round()).rev().find_map(|round| {
        by_test_accuracy(results, arms, round).or_else(|| by_validation_accuracy(results, arms, round))
    })
}

/// Compares test accuracies at the end of a round, for each trial in which both arms have finished it.
fn by_test_accuracy(results: ShownResults<'_>, arms: (Arm, Arm), round: u32) -> Option<ArmComparison> {
    Some(ArmComparison {
        arms,
        difference: results.test_difference((arms.0, round), (arms.1, round))?,
        measured_at: format!("test accuracy, end of round {round}"),
        to_dense: results.test_difference((arms.0, round), (Arm::Ticket, 0)),
    })
}

/// Compares validation accuracies at the last iteration that both arms have reached, in the first trial that has one.
fn by_validation_accuracy(results: ShownResults<'_>, arms: (Arm, Arm), round: u32) -> Option<ArmComparison> {
    let (one, other) = results.config().seeds.iter().find_map(|trial| {
        let curve = |arm| results.curve(JobId { trial, arm, round, draw: 0 });
        last_common_point(curve(arms.0), curve(arms.1))
    })?;
    let pair = (one.accuracy.fraction(), other.accuracy.fraction());
    let images = f64::from(results.config().data.validation_images);
    Some(ArmComparison {
        arms,
        difference: MeasuredDifference::of_accuracies(&[pair], images)?,
        measured_at: format!("validation accuracy, round {round}, iteration {}", one.iteration),
        to_dense: None,
    })
}

/// Returns the two lines in which the page shows a comparison: which arm is above the other and by how much, or that the
/// difference is not clear; and where that was measured, how it was judged, and what it is to the dense network. Without a
/// comparison, the first line is empty and the second explains why.
pub fn comparison_text(comparison: Option<&ArmComparison>, selection: &ChartSelection) -> (String, String) {
    let Some(ArmComparison { arms, difference, measured_at, to_dense }) = comparison else {
        let why = match selection.compared_arms() {
            Some(_) => "The first comparison comes in round 1, once something is pruned.",
            None => "A comparison takes two arms that are pruned.",
        };
        return (String::new(), why.into());
    };
    let points = |share: f64| fixed(100.0 * share.abs(), 1);
    let (one, other) = (arm_label(arms.0), arm_label(arms.1));
    let (above, below) = if difference.mean < 0.0 { (other, one) } else { (one, other) };
    let lead = match difference.is_clear() {
        true => format!("{above} {} points above {below}", points(difference.mean)),
        false => format!("{one} and {other}: no clear difference"),
    };
    // What is said to be above has a difference above zero; if that is not clear, the first arm comes first.
    let turned = difference.is_clear() && difference.mean < 0.0;
    let (mean, margin) = (if turned { -difference.mean } else { difference.mean }, difference.margin);
    let judged = match difference.trials {
        1 => format!("in this run, {} ± {} points", percentage_points(mean), points(margin)),
        trials => format!(
            "mean of {trials} trials, 95% interval {} to {} points",
            percentage_points(mean - margin),
            percentage_points(mean + margin)
        ),
    };
    let dense = to_dense.map_or(String::new(), |dense| match (dense.is_clear(), dense.mean < 0.0) {
        (false, _) => format!("; {one} and the dense network: no clear difference"),
        (true, true) => format!("; {one} {} points below the dense network", points(dense.mean)),
        (true, false) => format!("; {one} {} points above the dense network", points(dense.mean)),
    });
    (lead, format!("{measured_at}, {judged}{dense}"))
}

/// The last evaluation whose iteration occurs in both curves.
fn last_common_point(
    a: &[ValidationPoint],
    b: &[ValidationPoint],
) -> Option<(ValidationPoint, ValidationPoint)> {
    a.iter().rev().find_map(|p| b.iter().find(|q| q.iteration == p.iteration).map(|q| (*p, *q)))
}
