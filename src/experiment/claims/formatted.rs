//! Judged claims as text with all numbers formatted, so that the code that shows them formats nothing.

use crate::claims::{
    Claim, ClaimMeasurement, MeasurementUnit, Tolerance, TrialStatistics, Verdict, score_claims,
};
use crate::{config::ExperimentConfig, job_report::JobReport};
use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantArray};

/// A verdict without its details.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, EnumString, IntoStaticStr, VariantArray,
)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum VerdictKind {
    /// Every measurement is within its tolerance.
    Reproduced,
    /// At least one measurement is outside its tolerance.
    NotReproduced,
    /// There are too few complete trials for a verdict.
    TooFewTrials,
    /// The experiment's settings do not test the claim.
    NotTested,
}

impl VerdictKind {
    /// The name in the page's `data-verdict` attribute.
    pub fn name(self) -> &'static str {
        self.into()
    }
}

/// A judged claim as text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormattedClaim {
    /// The claim's name, from C1 to C12.
    pub name: String,
    /// What the paper claims.
    pub text: String,
    /// The figure in the paper.
    pub paper: String,
    /// The figure in the replication.
    pub replication: String,
    /// One line for each measurement: its mean, the smallest and largest trial, and the number of trials.
    pub ours: Vec<String>,
    /// The condition under which the claim counts as reproduced.
    pub tolerance_text: String,
    /// The verdict.
    pub verdict: VerdictKind,
    /// The verdict in words for people.
    pub verdict_text: String,
    /// Why there is no verdict; empty if there is one.
    pub why: String,
}

impl FormattedClaim {
    /// Formats a judged claim.
    pub fn new(claim: &Claim) -> FormattedClaim {
        let (verdict, why) = match &claim.verdict {
            Verdict::Reproduced => (VerdictKind::Reproduced, String::new()),
            Verdict::NotReproduced => (VerdictKind::NotReproduced, String::new()),
            Verdict::TooFewTrials { found, needed } => {
                (VerdictKind::TooFewTrials, format!("{found} of the {needed} it takes."))
            }
            Verdict::NotTested { why } => (VerdictKind::NotTested, why.clone()),
        };
        // An untested claim shows no numbers, because none of them can be compared with the paper's.
        let tested = verdict != VerdictKind::NotTested;
        FormattedClaim {
            name: claim.name.into(),
            text: claim.text.into(),
            paper: claim.paper.into(),
            replication: claim.replication.into(),
            ours: claim.measurements.iter().filter(|_| tested).filter_map(format_measurement).collect(),
            tolerance_text: claim.tolerance_text.into(),
            verdict,
            verdict_text: claim.verdict.words().into(),
            why,
        }
    }
}

/// Judges every claim by the reports of an experiment and formats the result.
pub fn score_and_format<'a>(
    config: &ExperimentConfig,
    reports: impl IntoIterator<Item = &'a JobReport>,
) -> Vec<FormattedClaim> {
    score_claims(config, reports).iter().map(FormattedClaim::new).collect()
}

/// How many claims got which verdict, in a sentence or two.
pub fn summary(claims: &[FormattedClaim]) -> String {
    let reason = claims.iter().find(|claim| claim.verdict == VerdictKind::NotTested);
    if let Some(reason) =
        reason.filter(|_| claims.iter().all(|claim| claim.verdict == VerdictKind::NotTested))
    {
        let mut why = reason.why.clone();
        why.get_mut(..1).into_iter().for_each(str::make_ascii_lowercase);
        return format!(
            "These settings test none of the paper's {} claims. As for {}, {why} Choose the preset Paper, or open \
             its recorded run.",
            claims.len(),
            reason.name
        );
    }
    let counted = [
        (VerdictKind::Reproduced, "reproduced"),
        (VerdictKind::NotReproduced, "not reproduced"),
        (VerdictKind::TooFewTrials, "without enough trials"),
        (VerdictKind::NotTested, "not tested by these settings"),
    ]
    .map(|(verdict, words)| (claims.iter().filter(|claim| claim.verdict == verdict).count(), words));
    let parts =
        counted.iter().filter(|(count, _)| *count > 0).map(|(count, words)| format!("{count} {words}"));
    format!("Of the paper's {} claims: {}.", claims.len(), parts.collect::<Vec<_>>().join(", "))
}

fn format_measurement(measurement: &ClaimMeasurement) -> Option<String> {
    let TrialStatistics { mean, min, max, trials } = measurement.ours?;
    // The mean has one more digit than a single trial, so that rounding cannot move it into its tolerance.
    let (before, digits, sign, after) = match measurement.unit {
        MeasurementUnit::Percent => ("", 2, false, "%"),
        MeasurementUnit::PercentagePoints => ("", 2, true, "\u{a0}pp"),
        MeasurementUnit::Ratio => ("", 2, false, "×"),
        MeasurementUnit::PercentFewer => ("fewer by ", 1, false, "%"),
        MeasurementUnit::Nats => ("", 4, false, ""),
    };
    let number = if sign { numbers::signed } else { numbers::fixed };
    let ours = number(mean, digits + 1);
    let (spread, trials) = match trials {
        1 => (String::new(), "1\u{a0}trial".to_string()),
        _ => {
            let (low, high) = (number(min, digits), number(max, digits));
            (format!(" ({low} to {high})"), format!("{trials}\u{a0}trials"))
        }
    };
    let note = if measurement.tolerance == Tolerance::NotJudged { "; not judged" } else { "" };
    Some(format!("{}: {before}{ours}{after}{spread}, {trials}{note}", measurement.what))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn formatted(
        unit: MeasurementUnit,
        statistics: TrialStatistics,
        bound: Tolerance,
        verdict: Verdict,
    ) -> FormattedClaim {
        let measurements =
            vec![ClaimMeasurement { what: "dense".into(), unit, ours: Some(statistics), tolerance: bound }];
        let (name, text, paper, replication, tolerance) = ("C1", "It is so", "–", "98%", "98% or more");
        FormattedClaim::new(&Claim {
            name,
            text,
            paper,
            replication,
            tolerance_text: tolerance,
            measurements,
            verdict,
        })
    }

    #[test]
    fn numbers_have_their_unit_their_spread_and_their_trials() {
        let statistics = TrialStatistics { mean: -0.2914, min: -1.0, max: 0.5, trials: 5 };
        for (unit, line) in [
            (MeasurementUnit::Percent, "dense: \u{2212}0.291% (\u{2212}1.00 to 0.50), 5\u{a0}trials"),
            (
                MeasurementUnit::PercentagePoints,
                "dense: \u{2212}0.291\u{a0}pp (\u{2212}1.00 to +0.50), 5\u{a0}trials",
            ),
            (MeasurementUnit::Ratio, "dense: \u{2212}0.291× (\u{2212}1.00 to 0.50), 5\u{a0}trials"),
            (
                MeasurementUnit::PercentFewer,
                "dense: fewer by \u{2212}0.29% (\u{2212}1.0 to 0.5), 5\u{a0}trials",
            ),
            (MeasurementUnit::Nats, "dense: \u{2212}0.29140 (\u{2212}1.0000 to 0.5000), 5\u{a0}trials"),
        ] {
            let formatted = formatted(unit, statistics, Tolerance::AtLeast(0.0), Verdict::NotReproduced);
            assert_eq!(
                (formatted.ours, formatted.verdict),
                (vec![line.to_string()], VerdictKind::NotReproduced)
            );
        }
        let one = TrialStatistics { trials: 1, ..statistics };
        let formatted = formatted(
            MeasurementUnit::PercentagePoints,
            one,
            Tolerance::NotJudged,
            Verdict::TooFewTrials { found: 1, needed: 5 },
        );
        assert_eq!(formatted.ours, ["dense: \u{2212}0.291\u{a0}pp, 1\u{a0}trial; not judged"]);
        assert_eq!(
            (formatted.verdict_text.as_str(), formatted.why.as_str()),
            ("not enough trials", "1 of the 5 it takes.")
        );
    }

    #[test]
    fn what_is_not_tested_says_why_and_shows_no_number() {
        let statistics = TrialStatistics { mean: 98.1, min: 98.0, max: 98.2, trials: 5 };
        let why = "Because.".to_string();
        let untested = formatted(
            MeasurementUnit::Percent,
            statistics,
            Tolerance::AtLeast(98.0),
            Verdict::NotTested { why },
        );
        assert_eq!((untested.ours.len(), untested.why.as_str()), (0, "Because."));
        let none = summary(&[untested.clone(), untested.clone()]);
        assert!(
            none.starts_with("These settings test none of the paper's 2 claims. As for C1, because. "),
            "{none}"
        );
        let good =
            formatted(MeasurementUnit::Percent, statistics, Tolerance::AtLeast(98.0), Verdict::Reproduced);
        let some = summary(&[good.clone(), untested, good]);
        assert_eq!(some, "Of the paper's 3 claims: 2 reproduced, 1 not tested by these settings.");
    }
}
