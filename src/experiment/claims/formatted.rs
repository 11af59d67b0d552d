//! Judged claims as text with all numbers formatted. Page and headless program show this; what travels between them and
//! whoever judges is the [`Claim`].

use crate::arm::Arm;
use crate::claims::{
    claim::{
        ChosenRound, Claim, ClaimMeasurement, Quantity, RoundNetworks, Standing, Tolerance, Verdict,
        VerdictKind,
    },
    texts,
};
use crate::measured::{Interval, Measured, Sides};
use numbers::{fixed, percent, percent_sign, signed};

/// A judged claim as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormattedClaim {
    /// The claim's name, from C1 to C12.
    pub name: &'static str,
    /// What the paper claims.
    pub text: String,
    /// The figure in the paper.
    pub paper: String,
    /// The figure in the replication.
    pub replication: String,
    /// One line for each measurement: its mean, its interval, and the number of trials.
    pub ours: Vec<String>,
    /// The condition under which the claim counts as reproduced.
    pub tolerance_text: String,
    /// The verdict.
    pub verdict: VerdictKind,
    /// The verdict in words for people.
    pub verdict_text: &'static str,
    /// Why there is no verdict; empty if there is one.
    pub why: String,
}

impl FormattedClaim {
    /// Formats a judged claim.
    pub fn new(claim: &Claim) -> FormattedClaim {
        let words = texts::claim_texts(claim.id);
        let verdict = claim.verdict.kind();
        // Of several measurements those are named that the verdict is due to.
        let judged = claim.measurements.iter().filter(|measurement| measurement.standing().is_some()).count();
        let undecided = matches!(verdict, VerdictKind::NotReproduced | VerdictKind::Inconclusive);
        let lines = claim.measurements.iter();
        FormattedClaim {
            name: claim.id.name(),
            text: words.text,
            paper: words.paper,
            replication: words.replication,
            ours: lines.map(|measurement| measurement_line(measurement, undecided && judged > 1)).collect(),
            tolerance_text: words.tolerance,
            verdict,
            verdict_text: texts::verdict(verdict),
            why: reason(&claim.verdict),
        }
    }
}

/// Why there is no verdict; empty if there is one.
pub(crate) fn reason(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Reproduced | Verdict::NotReproduced | Verdict::Inconclusive => String::new(),
        Verdict::TooFewTrials { found, needed } => texts::too_few_trials(*found, *needed),
        Verdict::NotTested(why) => texts::not_tested(why),
    }
}

/// How many claims got which verdict and how they were judged, or why none is tested.
pub fn summary(claims: &[Claim]) -> String {
    let untested = |claim: &Claim| claim.verdict.kind() == VerdictKind::NotTested;
    match claims.first().map(|first| (first.id, &first.verdict)) {
        Some((id, Verdict::NotTested(why))) if claims.iter().all(untested) => {
            texts::none_tested(claims.len(), id, why)
        }
        _ => {
            let count = |kind| claims.iter().filter(|claim| claim.verdict.kind() == kind).count();
            let counted = VerdictKind::ALL.iter().map(|&kind| (kind, count(kind))).filter(|(_, n)| *n > 0);
            let counted: Vec<String> =
                counted.map(|(kind, count)| texts::counted_verdict(kind, count)).collect();
            texts::counts(claims.len(), &counted)
        }
    }
}

/// The name of some networks. Their size is left out where it has been said or is that of all weights.
fn networks_name(networks: RoundNetworks, is_size_known: bool) -> String {
    match networks {
        RoundNetworks { round: 0, .. } => texts::arm(Arm::Dense).to_owned(),
        RoundNetworks { arm, .. } if is_size_known => texts::arm(arm).to_owned(),
        RoundNetworks { arm, weights_left, .. } => format!("{} {}", texts::arm(arm), percent(weights_left)),
    }
}

/// Which networks are measured, and what they are compared with.
pub(crate) fn subject(
    of: RoundNetworks,
    against: Option<RoundNetworks>,
    chosen: Option<ChosenRound>,
) -> String {
    let name = networks_name(of, false);
    let name = chosen.map_or(name.clone(), |how| texts::chosen(how, &name));
    match against {
        Some(other) => texts::comparison(&name, &networks_name(other, other.round == of.round)),
        None => name,
    }
}

/// How the numbers of a quantity are written.
pub(crate) struct NumberStyle {
    /// What the numbers are multiplied with.
    pub(crate) scale: f64,
    /// The decimals that they usually have.
    decimals: usize,
    /// Whether they always have a sign.
    signed: bool,
    /// A number with its unit.
    pub(crate) with_unit: fn(String) -> String,
}

impl NumberStyle {
    /// That of a quantity, or of the difference or ratio of two.
    pub(crate) fn of(quantity: Quantity, is_comparison: bool) -> NumberStyle {
        let alone = |number| number;
        let (scale, decimals, signed, with_unit): (_, _, _, fn(String) -> String) = match quantity {
            _ if quantity.is_accuracy() && is_comparison => (100.0, 2, true, |points| texts::points(&points)),
            _ if quantity.is_accuracy() => (100.0, 2, false, |share| share + percent_sign()),
            Quantity::ErrorBarrier => (100.0, 2, is_comparison, |points| texts::points(&points)),
            Quantity::TimesIterations => (1.0, 2, false, |times| times + "×"),
            Quantity::FewerIterations => (100.0, 1, false, |share| texts::fewer(&share)),
            Quantity::LostLayers => (1.0, 2, is_comparison, alone),
            _ => (1.0, 4, is_comparison, alone),
        };
        NumberStyle { scale, decimals, signed, with_unit }
    }

    /// A number without its unit.
    pub(crate) fn number(&self, value: f64, decimals: usize) -> String {
        let write = if self.signed { signed } else { fixed };
        write(self.scale * value, decimals)
    }
}

/// The interval with its ends rounded as they are shown.
fn rounded(Interval { low, high }: Interval, scale: f64, decimals: usize) -> Interval {
    let steps = scale * 10_f64.powi(decimals as i32);
    let end = |value: f64| (value * steps).round() / steps;
    Interval { low: end(low), high: end(high) }
}

/// A measurement as a line.
pub(crate) fn measurement_line(measurement: &ClaimMeasurement, with_standing: bool) -> String {
    let Measured { mean, interval, trials } = measurement.measured;
    let ClaimMeasurement { quantity, of, against, chosen, tolerance, .. } = *measurement;
    let (style, standing) = (NumberStyle::of(quantity, against.is_some()), measurement.standing());
    // As few decimals as will do, but so many that the interval as it is shown stands to its tolerance as it does.
    let tells = |decimals: &usize| {
        let shown = interval.map(|interval| rounded(interval, style.scale, *decimals));
        tolerance.standing(shown) == standing
    };
    let decimals = (style.decimals..style.decimals + 4).find(tells).unwrap_or(style.decimals);
    let number = |value: f64| style.number(value, decimals);
    let mean = (style.with_unit)(number(mean));
    let ends = interval.map(|Interval { low, high }| {
        let (low, high) = (number(low), number(high));
        match tolerance.sides() {
            Sides::Two => texts::between(&low, &high),
            Sides::One => texts::one_sided(&low, &high, standing, matches!(tolerance, Tolerance::AtMost(_))),
        }
    });
    let ends = ends.map_or(String::new(), |ends| format!(" ({ends})"));
    let note = match standing {
        None => Some(texts::not_judged()),
        Some(Standing::Within) => None,
        Some(standing) => with_standing.then(|| texts::standing(standing)),
    };
    let note = note.map_or(String::new(), |note| format!(", {note}"));
    format!("{}: {mean}{ends}, {}{note}", subject(of, against, chosen), texts::trials(trials))
}

#[cfg(test)]
mod tests;
