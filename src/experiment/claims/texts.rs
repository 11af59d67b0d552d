//! The words of judged claims, by the section `claim` of the texts. [`formatted`](crate::claims::formatted) puts numbers
//! into them. Numbers within these texts are written as in English in every language, and shown in the visitor's style.

use crate::{
    arm::Arm,
    claims::claim::{ChosenRound, ClaimId, NotTested, Standing, VerdictKind},
    data_words,
};
use model::data_set::DataSet;
use numbers::{in_style, percent_sign};
use texts::{count, fill, text, text_of};

/// What a claim says and what it is held against.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimTexts {
    /// What the paper claims.
    pub text: String,
    /// The figure in the paper.
    pub paper: String,
    /// The figure in the replication.
    pub replication: String,
    /// The condition under which the claim counts as reproduced.
    pub tolerance: String,
}

/// The texts of a claim.
pub fn claim_texts(id: ClaimId) -> ClaimTexts {
    let name = id.name().to_ascii_lowercase();
    let said = |what: &str| in_style(text_of("claim", &format!("{name}{what}")));
    ClaimTexts {
        text: said(""),
        paper: said("_paper"),
        replication: said("_replication"),
        tolerance: said("_tolerance"),
    }
}

/// What is noted behind a measurement that does not affect the verdict.
pub(super) fn not_judged() -> &'static str {
    text("claim.not_judged")
}

/// A verdict.
pub fn verdict(kind: VerdictKind) -> &'static str {
    text(match kind {
        VerdictKind::Reproduced => "claim.reproduced",
        VerdictKind::NotReproduced => "claim.not_reproduced",
        VerdictKind::Inconclusive => "claim.inconclusive",
        VerdictKind::TooFewTrials => "claim.too_few_trials",
        VerdictKind::NotTested => "claim.not_tested",
    })
}

/// A verdict behind the number of claims that have it.
pub(super) fn counted_verdict(kind: VerdictKind, count: usize) -> String {
    let id = match kind {
        VerdictKind::Reproduced => "claim.counted_reproduced",
        VerdictKind::NotReproduced => "claim.counted_not_reproduced",
        VerdictKind::Inconclusive => "claim.counted_inconclusive",
        VerdictKind::TooFewTrials => "claim.counted_too_few_trials",
        VerdictKind::NotTested => "claim.counted_not_tested",
    };
    fill!(id, count = count)
}

/// How many claims have which verdict, and how everything that is tested is judged.
pub(super) fn counts(claims: usize, counted: &[String]) -> String {
    let judged = in_style(text("claim.judged"));
    fill!("claim.counts", claims = claims, counted = counted.join(", "), judged = judged)
}

/// What stands in the place of the counts if no claim is tested: why the first is not.
pub(super) fn none_tested(claims: usize, first: ClaimId, why: &NotTested) -> String {
    let why = match why {
        NotTested::Setting { name, paper, here } => {
            fill!("claim.because_other_setting", name = name, paper = paper, here = in_short(name, here))
        }
        NotTested::Untrained { arm, round } => fill!("claim.because_untrained", arm = arm, round = round),
    };
    fill!("claim.none_tested", claims = claims, claim = first.name(), why = why)
}

/// Why a claim is not tested, as a sentence of its own.
pub(super) fn not_tested(why: &NotTested) -> String {
    match why {
        NotTested::Setting { name, paper, here } => {
            fill!("claim.other_setting", name = name, paper = paper, here = in_short(name, here))
        }
        NotTested::Untrained { arm, round } => fill!("claim.untrained", arm = arm, round = round),
    }
}

/// The value of a setting: the name of a data set of the user is longer than a line.
fn in_short(name: &str, value: &str) -> String {
    let data = DataSet::from_name(value).filter(|data| name == "data" && data.is_own());
    data.map_or_else(|| value.to_owned(), |data| data_words::title(&data))
}

/// Why there is no verdict yet.
pub(super) fn too_few_trials(found: u32, needed: u32) -> String {
    fill!("claim.found_trials", found = found, needed = needed)
}

/// The networks of an arm.
pub(crate) fn arm(arm: Arm) -> &'static str {
    text_of("arm", arm.name())
}

/// What is compared, and with what.
pub(crate) fn comparison(one: &str, other: &str) -> String {
    fill!("claim.against", one = one, other = other)
}

/// Networks that were chosen among those of several rounds.
pub(crate) fn chosen(how: ChosenRound, what: &str) -> String {
    match how {
        ChosenRound::Best => fill!("claim.best", what = what),
        ChosenRound::Worst => fill!("claim.worst", what = what),
    }
}

/// A share of iterations that are saved, in percent.
pub(super) fn fewer(percent: &str) -> String {
    fill!("claim.fewer", share = format!("{percent}{}", percent_sign()))
}

/// A difference in percentage points.
pub(super) fn points(number: &str) -> String {
    fill!("claim.points", number = number)
}

/// An interval between two ends.
pub(super) fn between(low: &str, high: &str) -> String {
    fill!("claim.between", low = low, high = high)
}

/// An interval of which each end is meant alone: both, or the one that shows how it stands to a tolerance that has only a
/// greatest value, or only a least one.
pub(super) fn one_sided(low: &str, high: &str, standing: Option<Standing>, has_most: bool) -> String {
    match (standing, has_most) {
        (Some(Standing::Within), false) | (Some(Standing::Outside), true) => format!("≥\u{a0}{low}"),
        (Some(Standing::Outside), false) | (Some(Standing::Within), true) => format!("≤\u{a0}{high}"),
        (Some(Standing::Unclear) | None, _) => format!("≥\u{a0}{low}, ≤\u{a0}{high}"),
    }
}

/// How many trials there were.
pub(super) fn trials(number: u32) -> String {
    count!("claim.trials", number, count = number)
}

/// How one of several measurements stands to its tolerance.
pub(super) fn standing(standing: Standing) -> &'static str {
    text(match standing {
        Standing::Within => "claim.within",
        Standing::Outside => "claim.outside",
        Standing::Unclear => "claim.unclear",
    })
}
