//! The words of judged claims, in one table: another language is another one. [`formatted`](crate::claims::formatted)
//! puts numbers into them.

use crate::{
    arm::Arm,
    claims::claim::{ChosenRound, ClaimId, NotTested, Standing, VerdictKind},
};

/// What a claim says and what it is held against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClaimTexts {
    /// What the paper claims.
    pub text: &'static str,
    /// The figure in the paper.
    pub paper: &'static str,
    /// The figure in the replication.
    pub replication: &'static str,
    /// The condition under which the claim counts as reproduced.
    pub tolerance: &'static str,
}

/// How everything that is tested is judged.
pub const JUDGED: &str = "In brackets stand 95% intervals over the trials, with ≥ or ≤ where the tolerance has one side. A \
     claim is reproduced if all of them lie within their tolerances, not reproduced if one lies wholly outside, else \
     inconclusive.";

/// What is noted behind a measurement that does not affect the verdict.
pub(super) const NOT_JUDGED: &str = "not judged";

/// The texts of a claim.
pub fn claim_texts(id: ClaimId) -> ClaimTexts {
    let [text, paper, replication, tolerance] = match id {
        ClaimId::C1 => {
            ["The dense network's test accuracy at the early stop", "–", "98.05 ± 0.15%", "97.75% to 98.35%"]
        }
        ClaimId::C2 => [
            "The ticket of 21.1% of the weights stops earlier than the dense network",
            "38% fewer iterations",
            "21% fewer",
            "fewer",
        ],
        ClaimId::C3 => [
            "The smallest validation loss, from dense to 1.2% of the weights",
            "–",
            "0.0687, 0.0611, 0.0607, 0.0723, 0.1079",
            "each ± 10%",
        ],
        ClaimId::C4 => [
            "The ticket of 13.5% is more accurate than the dense network",
            "more than +0.3 pp",
            "+0.21 pp",
            "0 pp or more",
        ],
        ClaimId::C5 => [
            "The ticket of 3.6% is as accurate as the dense network",
            "about 0 pp",
            "+0.11 pp",
            "within ± 0.3 pp",
        ],
        ClaimId::C6 => [
            "From 2.9% on the ticket is less accurate than the dense network",
            "declines",
            "−0.16 pp; at 1.85% −0.45; at 1.19% −1.06",
            "at 1.19%: −1.46 to −0.66 pp",
        ],
        ClaimId::C7 => [
            "At 21.1% a re-initialised network is less accurate than the ticket",
            "by 0.5 pp",
            "by 0.39 pp (0.31 to 0.57)",
            "by 0.1 to 0.9 pp",
        ],
        ClaimId::C8 => {
            ["At 21.1% it also learns more slowly", "2.51×", "1.94× (1.54 to 3.19)", "more than 1.3×"]
        }
        ClaimId::C9 => [
            "At 3.58% the gap is wide",
            "–",
            "1.07 pp and 2.4× to 3.9× slower, with every seed",
            "0.6 to 1.6 pp and more than 2×",
        ],
        ClaimId::C10 => [
            "At the end of training the best ticket's gain over the dense network is small",
            "up to 0.35 pp",
            "0.28 pp",
            "0.05 to 0.65 pp",
        ],
        ClaimId::C11 => [
            "Training accuracy at the end is about 100% down to 2% of the weights",
            "yes",
            "99.88% or more",
            "99.5% or more",
        ],
        ClaimId::C12 => [
            "Tickets cut in one shot learn faster than the dense network between 67.5% and 17.6% of the weights, and \
             are more accurate between 95% and 5.17%",
            "yes",
            "–",
            "fewer iterations and above 0 pp at 64.1%, 41.1% and 21.1% (rounds 2, 4 and 7)",
        ],
    };
    ClaimTexts { text, paper, replication, tolerance }
}

/// A verdict.
pub fn verdict(kind: VerdictKind) -> &'static str {
    match kind {
        VerdictKind::Reproduced => "reproduced",
        VerdictKind::NotReproduced => "not reproduced",
        VerdictKind::Inconclusive => "inconclusive",
        VerdictKind::TooFewTrials => "not enough trials",
        VerdictKind::NotTested => "not tested by these settings",
    }
}

/// A verdict behind the number of claims that have it.
pub(super) fn counted_verdict(kind: VerdictKind) -> &'static str {
    match kind {
        VerdictKind::TooFewTrials => "without enough trials",
        other => verdict(other),
    }
}

/// How many claims have which verdict.
pub(super) fn counts(claims: usize, counted: &[String]) -> String {
    format!("Of the paper's {claims} claims: {}. {JUDGED}", counted.join(", "))
}

/// What stands in the place of the counts if no claim is tested: why the first is not.
pub(super) fn none_tested(claims: usize, first: ClaimId, why: &str) -> String {
    // The reason goes on with the sentence.
    let mut why = why.to_owned();
    why.get_mut(..1).into_iter().for_each(str::make_ascii_lowercase);
    format!(
        "These settings test none of the paper's {claims} claims. As for {}, {why} Choose the preset Paper, or open \
         its recorded run.",
        first.name()
    )
}

/// Why a claim is not tested.
pub(super) fn not_tested(why: &NotTested) -> String {
    match why {
        NotTested::Setting { name, paper, here } => {
            format!("It is about the paper's protocol: {name} is {paper} there and {here} here.")
        }
        NotTested::Untrained { arm, round } => {
            format!("It looks at the arm {arm} in round {round}, which is not trained here.")
        }
    }
}

/// Why there is no verdict yet.
pub(super) fn too_few_trials(found: u32, needed: u32) -> String {
    format!("{found} of the {needed} it takes.")
}

/// The dense network.
pub(super) const DENSE: &str = "dense";

/// The networks of an arm.
pub(super) fn arm(arm: Arm) -> &'static str {
    match arm {
        Arm::Dense => DENSE,
        Arm::Reinit => "re-init",
        Arm::OneShot => "one-shot",
        other => other.name(),
    }
}

/// What is compared, and with what.
pub(super) fn comparison(one: &str, other: &str) -> String {
    format!("{one} against {other}")
}

/// Networks that were chosen among those of several rounds.
pub(super) fn chosen(how: ChosenRound, what: &str) -> String {
    match how {
        ChosenRound::Best => format!("the best, {what}"),
        ChosenRound::Worst => format!("the worst, {what}"),
    }
}

/// A share of iterations that are saved.
pub(super) fn fewer(percent: &str) -> String {
    format!("fewer by {percent}%")
}

/// An interval between two ends.
pub(super) fn between(low: &str, high: &str) -> String {
    format!("{low} to {high}")
}

/// An interval of which each end is meant alone: both, or the one that shows how it stands to its tolerance.
pub(super) fn one_sided(low: &str, high: &str, standing: Option<Standing>) -> String {
    match standing {
        Some(Standing::Within) => format!("≥ {low}"),
        Some(Standing::Outside) => format!("≤ {high}"),
        Some(Standing::Unclear) | None => format!("≥ {low}, ≤ {high}"),
    }
}

/// How many trials there were.
pub(super) fn trials(count: u32) -> String {
    match count {
        1 => "1\u{a0}trial".to_owned(),
        _ => format!("{count}\u{a0}trials"),
    }
}

/// How one of several measurements stands to its tolerance.
pub(super) fn standing(standing: Standing) -> &'static str {
    match standing {
        Standing::Within => "within",
        Standing::Outside => "outside",
        Standing::Unclear => "unclear",
    }
}
