//! Claims of the literature as text with all numbers formatted.

use crate::{
    claims::{
        claim::{ClaimMeasurement, Quantity, Tolerance, VerdictKind},
        formatted::{NumberStyle, measurement_line, reason, subject},
        measure::ReadingsByJob,
        parts::Part,
        texts::{arm, chosen, comparison, verdict},
    },
    literature::{
        TRIALS_NEEDED,
        claim::LiteratureClaim,
        parts::{parts, protocol},
        protocol::Protocol,
        texts::{Paper, Statement, statement},
    },
};
use std::collections::BTreeSet;

/// A judged claim of the literature as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormattedLiteratureClaim {
    /// The claim's name, from Z1 on.
    pub name: &'static str,
    /// What the paper says and where.
    pub statement: Statement,
    /// What it is held against.
    pub protocol: Protocol,
    /// For each measurement what it is of and what it must be.
    pub bounds: Vec<String>,
    /// One line for each measurement: its mean, its interval, and the number of trials.
    pub ours: Vec<String>,
    /// The verdict in words for people, with the reason if there is none.
    pub verdict_text: String,
}

impl FormattedLiteratureClaim {
    /// Formats a judged claim.
    pub fn new(claim: &LiteratureClaim) -> FormattedLiteratureClaim {
        let protocol = protocol(claim.id);
        let sizes = ReadingsByJob::new(&protocol.config());
        let verdict_text = claim.verdict.as_ref().map_or("not yet run".to_owned(), |given| {
            let why = reason(given);
            let separator = if why.is_empty() { "" } else { ": " };
            format!("{}{separator}{why}", verdict(given.kind()))
        });
        // Of several measurements those are named that the verdict is due to.
        let kind = claim.verdict.as_ref().map(|verdict| verdict.kind());
        let is_open = matches!(kind, Some(VerdictKind::NotReproduced | VerdictKind::Inconclusive));
        let with_standing = is_open && claim.measurements.len() > 1;
        let line = |measurement: &ClaimMeasurement| {
            quantity_words(measurement.quantity).to_owned() + &measurement_line(measurement, with_standing)
        };
        FormattedLiteratureClaim {
            name: claim.id.name(),
            statement: statement(claim.id),
            protocol,
            bounds: bounds(&parts(claim.id), &sizes),
            ours: claim.measurements.iter().map(line).collect(),
            verdict_text,
        }
    }
}

/// What stands before the networks if it is not their accuracy after training that is measured.
fn quantity_words(quantity: Quantity) -> &'static str {
    match quantity {
        Quantity::TestBeforeTraining => "untrained accuracy of ",
        Quantity::ErrorBarrier => "barrier of ",
        Quantity::LostLayers => "lost layers of ",
        _ => "",
    }
}

/// Parts that follow each other and are said together.
struct Group {
    quantity: &'static str,
    /// What is measured, with sizes, and what it is compared with, without any of the same size.
    subjects: Vec<(Vec<String>, String)>,
    /// What each must be.
    range: String,
}

/// What each part must be. Parts that follow each other and must be the same are said together, and so are sizes of the same
/// arm that are compared with the same.
fn bounds(parts: &[Part], sizes: &ReadingsByJob) -> Vec<String> {
    let mut groups: Vec<Group> = vec![];
    for part in parts {
        let (quantity, range, (of, against)) =
            (quantity_words(part.quantity), range(part), part_subject(part, sizes));
        match groups.last_mut().filter(|group| (group.quantity, &group.range) == (quantity, &range)) {
            None => groups.push(Group { quantity, subjects: vec![(vec![of], against)], range }),
            Some(group) => match group.subjects.last_mut() {
                Some((ofs, before)) if *before == against && first_words(&ofs[0]) == first_words(&of) => {
                    ofs.push(last_word(&of));
                }
                _ => group.subjects.push((vec![of], against)),
            },
        }
    }
    let said = groups.into_iter().map(|Group { quantity, subjects, range }| {
        let one = |(ofs, against): (Vec<String>, String)| {
            let ofs = ofs.join(", ");
            if against.is_empty() { ofs } else { comparison(&ofs, &against) }
        };
        let subjects: Vec<String> = subjects.into_iter().map(one).collect();
        format!("{quantity}{}: {range}", subjects.join("; "))
    });
    said.collect()
}

/// The name of an arm before its size.
fn first_words(subject: &str) -> &str {
    subject.rsplit_once(' ').map_or(subject, |(name, _)| name)
}

/// The size behind the name of an arm.
fn last_word(subject: &str) -> String {
    subject.rsplit_once(' ').map_or(subject, |(_, size)| size).to_owned()
}

/// The networks of a part and those that they are compared with, if any. A round that is yet to be chosen has no size, nor
/// has what is of the same size.
fn part_subject(part: &Part, sizes: &ReadingsByJob) -> (String, String) {
    let (round, networks) =
        (*part.rounds.start(), |row| sizes.networks(row).expect("a round of the protocol"));
    let of = match part.chosen {
        None => subject(networks((part.arm, round)), None, None),
        Some(how) => chosen(how, arm(part.arm)),
    };
    let against = part.against.map(|(other, size)| match size == round && part.chosen.is_none() {
        true => arm(other).to_owned(),
        false => subject(networks((other, size)), None, None),
    });
    (of, against.unwrap_or_default())
}

/// What the number of a part must be.
fn range(part: &Part) -> String {
    let style = NumberStyle::of(part.quantity, part.against.is_some());
    // As few decimals as say the bound as it is; a bound of zero needs no sign.
    let number = |value: f64| {
        let scaled = value * style.scale;
        let is_exact = |decimals: &usize| {
            let power = 10_f64.powi(*decimals as i32);
            ((scaled * power).round() / power - scaled).abs() < 1e-9
        };
        let decimals = (0..4).find(is_exact).unwrap_or(4);
        if value == 0.0 { "0".to_owned() } else { style.number(value, decimals) }
    };
    let with_unit = |value: f64| (style.with_unit)(number(value));
    match part.tolerance {
        Tolerance::Within(least, most) => format!("{} to {}", number(least), with_unit(most)),
        Tolerance::Above(least) => format!("above {}", with_unit(least)),
        Tolerance::AtLeast(least) => format!("at least {}", with_unit(least)),
        Tolerance::AtMost(most) => format!("at most {}", with_unit(most)),
        Tolerance::NotJudged => "not judged".to_owned(),
    }
}

/// How many claims got which verdict and how they were judged.
pub fn summary(claims: &[LiteratureClaim]) -> String {
    let count = |kind: Option<VerdictKind>| {
        claims.iter().filter(|claim| claim.verdict.as_ref().map(|given| given.kind()) == kind).count()
    };
    let kinds = VerdictKind::ALL.iter().map(|&kind| (verdict(kind), count(Some(kind))));
    let counted = kinds.chain([("not yet run", count(None))]).filter(|(_, count)| *count > 0);
    let counted: Vec<String> = counted.map(|(words, count)| format!("{count} {words}")).collect();
    let papers: BTreeSet<Paper> = claims.iter().map(|claim| statement(claim.id).paper).collect();
    format!(
        "Of {} claims of {} papers: {}. In brackets stand 95% intervals over at least {TRIALS_NEEDED} seeds, with ≥ or ≤ where the bound \
         has one side. A claim is reproduced if all of them lie within their bounds, not reproduced if one lies wholly outside, \
         else inconclusive.",
        claims.len(),
        papers.len(),
        counted.join(", "),
    )
}
