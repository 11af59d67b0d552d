//! Tests of the words and numbers of judged claims.

use super::*;
use crate::claims::claim::{ClaimId, NotTested};

fn networks(arm: Arm, round: u32, weights_left: f64) -> RoundNetworks {
    RoundNetworks { arm, round, weights_left }
}

fn measurement(quantity: Quantity, tolerance: Tolerance, mean: f64, ends: (f64, f64)) -> ClaimMeasurement {
    let interval = Some(Interval { low: ends.0, high: ends.1 });
    ClaimMeasurement {
        quantity,
        of: networks(Arm::Ticket, 7, 0.210_721),
        against: Some(networks(Arm::Ticket, 0, 1.0)),
        chosen: None,
        measured: Measured { mean, interval, trials: 5 },
        tolerance,
    }
}

fn line(measurement: ClaimMeasurement) -> String {
    measurement_line(&measurement, false).replace('\u{a0}', " ")
}

fn claim(verdict: Verdict, measurements: Vec<ClaimMeasurement>) -> Claim {
    Claim { id: ClaimId::C1, measurements, verdict }
}

#[test]
fn numbers_have_their_unit_their_interval_and_their_trials() {
    let within = Tolerance::Within(-1.0, 1.0);
    let about = |quantity| measurement(quantity, within, -0.002_914, (-0.0101, 0.0052));
    let alone = |quantity| ClaimMeasurement { against: None, ..about(quantity) };
    for (measurement, expected) in [
        (about(Quantity::TestAtEnd), "ticket 21.1% against dense: −0.29 pp (−1.01 to +0.52), 5 trials"),
        (alone(Quantity::TestAtEnd), "ticket 21.1%: −0.29% (−1.01 to 0.52), 5 trials"),
        (about(Quantity::TimesIterations), "ticket 21.1% against dense: 0.00× (−0.01 to 0.01), 5 trials"),
        (
            about(Quantity::FewerIterations),
            "ticket 21.1% against dense: fewer by −0.3% (−1.0 to 0.5), 5 trials",
        ),
        (alone(Quantity::ValidationLoss), "ticket 21.1%: −0.0029 (−0.0101 to 0.0052), 5 trials"),
    ] {
        assert_eq!(line(measurement), expected);
    }
    let mut one = about(Quantity::TimesIterations);
    one.measured = Measured { mean: 2.0, interval: None, trials: 1 };
    one.tolerance = Tolerance::NotJudged;
    assert_eq!(line(one), "ticket 21.1% against dense: 2.00×, 1 trial, not judged");
}

#[test]
fn networks_are_named_by_what_tells_them_apart() {
    let named = subject;
    let (ticket, reinit) = (networks(Arm::Ticket, 7, 0.210_721), networks(Arm::Reinit, 7, 0.210_721));
    let dense = networks(Arm::Ticket, 0, 1.0);
    assert_eq!(named(reinit, Some(ticket), None), "re-init 21.1% against ticket");
    assert_eq!(named(networks(Arm::OneShot, 2, 0.6407), Some(dense), None), "one-shot 64.1% against dense");
    assert_eq!(named(ticket, Some(dense), Some(ChosenRound::Best)), "the best, ticket 21.1% against dense");
    assert_eq!(
        (named(dense, None, None), named(dense, None, Some(ChosenRound::Worst))),
        ("dense".into(), "the worst, dense".into())
    );
}

#[test]
fn one_sided_ends_are_told_as_bounds() {
    let above = |ends: (f64, f64)| line(measurement(Quantity::TestAtEnd, Tolerance::AtLeast(0.0), 0.0, ends));
    let ends = |text: String| {
        text.split_once(" pp (").and_then(|(_, rest)| rest.split_once(')')).unwrap().0.to_owned()
    };
    assert_eq!(ends(above((0.001, 0.004))), "≥ +0.10");
    assert_eq!(ends(above((-0.004, -0.001))), "≤ −0.10");
    assert_eq!(ends(above((-0.004, 0.001))), "≥ −0.40, ≤ +0.10");
}

#[test]
fn an_interval_is_shown_on_the_side_of_its_tolerance_that_it_is_on() {
    let gap =
        |low| line(measurement(Quantity::TestAtEnd, Tolerance::Within(0.001, 0.009), 0.004, (low, 0.006)));
    assert!(gap(0.001).contains("+0.40 pp (+0.10 to +0.60)"), "{}", gap(0.001));
    assert!(gap(0.000_96).contains("+0.400 pp (+0.096 to +0.600)"), "{}", gap(0.000_96));
    assert!(gap(0.000_997).contains("+0.4000 pp (+0.0997 to +0.6000)"), "{}", gap(0.000_997));
}

#[test]
fn what_an_undecided_verdict_is_due_to_is_named() {
    let part = |ends| measurement(Quantity::TestAtEnd, Tolerance::Within(0.0, 0.01), 0.0, ends);
    let (within, unclear, outside) = (part((0.0, 0.01)), part((-0.01, 0.01)), part((-0.02, -0.01)));
    let notes = |verdict, measurements: Vec<ClaimMeasurement>| {
        let ours = FormattedClaim::new(&claim(verdict, measurements)).ours;
        ours.iter()
            .map(|line| line.split_once("trials, ").map_or(String::new(), |(_, note)| note.into()))
            .collect::<Vec<String>>()
    };
    assert_eq!(notes(Verdict::NotReproduced, vec![within, unclear, outside]), ["", "unclear", "outside"]);
    assert_eq!(notes(Verdict::Inconclusive, vec![within, unclear]), ["", "unclear"]);
    let too_few = Verdict::TooFewTrials { found: 1, needed: 5 };
    assert_eq!(notes(too_few, vec![within, unclear]), ["", ""]);
    assert_eq!(
        (notes(Verdict::Reproduced, vec![within, within]), notes(Verdict::Inconclusive, vec![unclear])),
        (vec![String::new(); 2], vec![String::new()])
    );
}

#[test]
fn there_is_a_reason_where_there_is_no_verdict() {
    let words = |verdict| {
        let FormattedClaim { verdict_text, why, .. } = FormattedClaim::new(&claim(verdict, vec![]));
        format!("{verdict_text}: {why}")
    };
    assert_eq!(
        words(Verdict::TooFewTrials { found: 1, needed: 5 }),
        "not enough trials: 1 of the 5 it takes."
    );
    assert_eq!(
        (words(Verdict::Inconclusive), words(Verdict::NotReproduced)),
        ("inconclusive: ".into(), "not reproduced: ".into())
    );
    let setting = NotTested::Setting { name: "rate".into(), paper: "0.2".into(), here: "0.5".into() };
    assert_eq!(
        words(Verdict::NotTested(setting)),
        "not tested by these settings: It is about the paper's protocol: rate is 0.2 there and 0.5 here."
    );
}

#[test]
fn a_summary_counts_verdicts_or_says_why_there_are_none() {
    let untested = claim(Verdict::NotTested(NotTested::Untrained { arm: Arm::OneShot, round: 2 }), vec![]);
    let none = summary(&[untested.clone(), untested.clone()]);
    assert_eq!(
        none,
        "These settings test none of the 2 claims about the paper’s network. As for C1, it looks at the arm oneshot in round 2, which is not \
         trained here. Choose the preset Paper, or open its recorded run."
    );
    let good = claim(Verdict::Reproduced, vec![]);
    let open = claim(Verdict::Inconclusive, vec![]);
    let some = summary(&[good.clone(), open, untested, good]);
    let counts = "Of 4 claims about the paper’s network: 2 reproduced, 1 inconclusive, 1 not tested by these settings. In brackets ";
    assert!(some.starts_with(counts), "{some}");
}

#[test]
fn another_language_has_its_words_and_the_visitor_his_numbers() {
    ::texts::speak(::texts::Language::from_json(include_str!("../../../../www/texts/de.json")).unwrap());
    numbers::write_numbers_as(numbers::NumberStyle { decimal: ",", group: ".", percent: "\u{a0}%" });
    let about = |quantity| measurement(quantity, Tolerance::AtLeast(-1.0), -0.002_914, (-0.0101, 0.0052));
    assert_eq!(
        line(about(Quantity::TestAtEnd)),
        "Los 21,1 % gegen dicht: −0,29 Punkte (≥ −1,01), 5 Versuche"
    );
    assert_eq!(
        line(about(Quantity::FewerIterations)),
        "Los 21,1 % gegen dicht: weniger um −0,3 % (≥ −1,0), 5 Versuche"
    );
    let untested = claim(Verdict::NotTested(NotTested::Untrained { arm: Arm::OneShot, round: 2 }), vec![]);
    assert_eq!(
        summary(std::slice::from_ref(&untested)),
        "Diese Einstellungen prüfen keine der 1 Aussagen über das Netz des Papers. Zu C1: es geht um den Arm oneshot in Runde 2, der \
         hier nicht trainiert wird. Die Voreinstellung „Paper“ wählen oder deren aufgezeichneten Lauf öffnen."
    );
    let paper = FormattedClaim::new(&claim(Verdict::Inconclusive, vec![]));
    assert_eq!(
        (paper.verdict_text, paper.tolerance_text.replace('\u{a0}', " ")),
        ("unentschieden", "97,75 % bis 98,35 %".into())
    );
}
