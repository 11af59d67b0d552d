use super::{
    chip::{Bound, ChipClaim, ChipVerdict, Comparison, judge_paper},
    notes::{Guess, Notes, Verdict, hold_against},
    prediction::{Compared, Evidence, NetworksTold, Outcome, Prediction, Truth},
    reading::{self, Networks},
    steps::{STEPS, Step, StepRun},
    words::{self, StepText},
};
use crate::{
    made_results::{MadeJob, in_german, made_results},
    metric::Metric,
    recorded_runs, relations,
    sentences::Standing,
    terms::{self, TextPart},
};
use experiment::{
    arm::Arm, claims::claim::ClaimId, display_settings::LESSON_STEPS,
    measured_difference::MeasuredDifference, moment::Moment, settings::Settings,
};

/// The most words of a step: its paragraphs and its question.
const MOST_WORDS: usize = 90;

fn steps_and_texts() -> impl Iterator<Item = (&'static Step, StepText)> {
    STEPS.iter().zip(1..).map(|(step, number)| (step, StepText::of(step, number)))
}

#[test]
fn every_step_has_a_run_that_answers_its_question() {
    assert_eq!(STEPS.len(), LESSON_STEPS as usize);
    for (step, text) in steps_and_texts() {
        let (StepRun::Trained(fragment) | StepRun::Recorded { settings: fragment, .. }) = step.run;
        assert_eq!(Settings::from_fragment(fragment).1, [], "{}", text.title);
        if let StepRun::Recorded { name, .. } = step.run {
            assert!(recorded_runs::RUN_NAMES.contains(&name));
        }
        let config = step.settings().config;
        let asked: &[Networks] = match &step.prediction {
            Prediction::Images(of, _) | Prediction::FewOrMany(of, _) => &[*of],
            Prediction::Standing(one, other, ..) => &[*one, *other],
            _ => &[],
        };
        assert!(asked.iter().all(|networks| networks.are_in(&config)), "{}", text.title);
        for claim in step.claims {
            if let ChipClaim::Compared(comparison) = claim {
                assert!(comparison.round(&config).is_some(), "{}: {comparison:?}", text.title);
            }
        }
        assert!(Metric::SELECTABLE.contains(&step.reading));
    }
}

#[test]
fn texts_are_short_and_their_terms_are_known() {
    for (step, text) in steps_and_texts() {
        assert_eq!(text.paragraphs.len(), 2, "{}", text.title);
        let said = text.paragraphs.join(" ") + " " + text.question;
        let mut plain = String::new();
        for part in terms::parts(&said) {
            let (TextPart::Plain(words) | TextPart::Marked(words, _)) = part;
            assert!(matches!(part, TextPart::Marked(..)) || !words.contains(['[', ']', '|']), "{words}");
            plain += words;
        }
        let words = plain.split_whitespace().count();
        assert!(words <= MOST_WORDS, "{}: {words} words", text.title);
        assert!(text.question.ends_with('?') && !text.question.contains('['), "{}", text.title);
        assert_eq!(
            text.options.is_empty(),
            matches!(step.prediction, Prediction::Images(..)),
            "{}",
            text.title
        );
        assert!(step.source.starts_with("https://arxiv.org/abs/"));
    }
}

fn results_at(
    fragment: &str,
    rounds: u32,
    reads: impl Fn(Arm, u32) -> u32,
) -> crate::run_results::RunResults {
    made_results(fragment, rounds, |job| MadeJob {
        test: reads(job.arm, job.round),
        validation: 4_000,
        stop: 50,
        ..MadeJob::default()
    })
}

/// The ticket falls behind in round 4; the re-init is always below.
fn quick() -> crate::run_results::RunResults {
    results_at("preset=quick&seed=1&rounds=6", 6, |arm, round| match (arm, round) {
        (Arm::Reinit, _) => 9_200,
        (_, 0..4) => 9_560,
        _ => 9_300,
    })
}

#[test]
fn answers_come_when_their_moment_is_shown() {
    let results = quick();
    let config = results.config().clone();
    let images = STEPS[2].prediction;
    for round in 0..=6 {
        let shown = results.at(Moment::end_of_training(&config, round));
        let over = shown.last_round_over();
        let before = results.at(Moment::start_of(round));
        assert_eq!(images.truth(before).is_some(), before.last_round_over() >= Some(3), "start of {round}");
        assert_eq!(images.truth(shown).is_some(), over >= Some(3), "end of {round}");
        assert_eq!(STEPS[9].prediction.truth(shown).is_some(), over == Some(6), "end of {round}");
        assert_eq!(Prediction::FallsBelow.truth(shown).is_some(), over >= Some(4), "end of {round}");
    }
    let truth = images.truth(results.everything()).unwrap();
    assert_eq!(truth.outcome, Outcome::Images(100.0 * 0.956));
    assert_eq!(hold_against(Guess::Images(96), &truth), Some(Verdict::Right));
    assert_eq!(hold_against(Guess::Images(60), &truth), Some(Verdict::OffBy(-36.0)));
    let said = words::answer(&truth, Some(Verdict::OffBy(-36.0)), &StepText::of(&STEPS[2], 3));
    assert_eq!(
        said,
        "It is: 96 of 100. Your guess was 36 too few. In this run the ticket with 12.6% of the weights reads 95.6% of the \
         test images at the end of training."
    );
}

#[test]
fn a_ticket_that_never_falls_is_told_at_the_end_only() {
    let results = results_at("preset=quick&rounds=3", 3, |_, _| 9_500);
    let last = results.config().rounds;
    let shown = |round| results.at(Moment::end_of_training(results.config(), round));
    assert_eq!(Prediction::FallsBelow.truth(shown(last - 1)), None);
    let truth = Prediction::FallsBelow.truth(results.everything()).unwrap();
    assert_eq!(truth.outcome, Outcome::Option(3));
    assert!(matches!(truth.evidence, Evidence::Falls { first: None, .. }));
}

/// A difference is the headline's, and a comparison with a threshold of 0 stands as the headline's rule says.
#[test]
fn comparisons_follow_the_rule_of_the_headline() {
    let results = quick();
    let shown = results.everything();
    for (rival, round) in [(Arm::Dense, 3), (Arm::Dense, 6), (Arm::Reinit, 3)] {
        let pair = [Networks::new(Arm::Ticket, round), Networks::new(rival, round)];
        let relation = relations::relation(shown, Arm::Ticket, rival, round).unwrap();
        assert_eq!(reading::difference(shown, pair[0], pair[1], Metric::TestEnd), Some(relation.difference));
        let claim = comparison(rival, reading::weights_left(results.config(), round));
        let expected = match relation.standing() {
            Standing::Above => ChipVerdict::Holds,
            Standing::Below => ChipVerdict::Fails,
            Standing::Unclear => ChipVerdict::Inconclusive,
        };
        assert_eq!(claim.judge(shown, 0.0).verdict, expected, "{rival} in round {round}");
    }
}

fn comparison(rival: Arm, size: f64) -> Comparison {
    Comparison {
        subject: Arm::Ticket,
        rival,
        size,
        metric: Metric::TestEnd,
        bound: Bound::Above,
        threshold: 0.0,
    }
}

/// The re-init is 3.6 points below, give or take 0.7.
#[test]
fn a_moved_threshold_judges_anew() {
    let results = quick();
    let shown = results.everything();
    let claim = comparison(Arm::Reinit, 0.126);
    for (threshold, expected) in [
        (1.0, ChipVerdict::Holds),
        (3.2, ChipVerdict::Inconclusive),
        (4.0, ChipVerdict::Inconclusive),
        (5.0, ChipVerdict::Fails),
    ] {
        assert_eq!(claim.judge(shown, threshold).verdict, expected, "{threshold}");
    }
    let not_below = Comparison { bound: Bound::NotBelow, rival: Arm::Dense, ..claim };
    for (size, threshold, expected) in [
        (0.126, 0.0, ChipVerdict::Inconclusive),
        (0.126, 1.0, ChipVerdict::Holds),
        (0.016, 1.0, ChipVerdict::Fails),
    ] {
        let claim = Comparison { size, ..not_below };
        assert_eq!(claim.judge(shown, threshold).verdict, expected, "{size} {threshold}");
    }
    let early = results.at(Moment::start_of(2));
    assert_eq!(claim.judge(early, 1.0).verdict, ChipVerdict::Waiting);
    for absent in
        [comparison(Arm::OneShot, 0.126), comparison(Arm::Reinit, 0.001), comparison(Arm::Reinit, 0.18)]
    {
        assert_eq!(absent.judge(shown, 0.0).verdict, ChipVerdict::NotInThisRun, "{absent:?}");
    }
    assert_eq!(judge_paper(ClaimId::C1, None, false), ChipVerdict::Waiting);
}

#[test]
fn notes_keep_guesses_and_thresholds() {
    let mut notes = Notes::default();
    notes.set_guess(3, Some(Guess::Option(1)));
    notes.set_guess(99, Some(Guess::Skipped));
    notes.set_threshold(3, 0, 2.5);
    for bad in [-1.0, 101.0, f64::NAN] {
        notes.set_threshold(3, 0, bad);
    }
    assert_eq!((notes.guess(3), notes.guess(4), notes.threshold(3, 0)), (Some(Guess::Option(1)), None, 2.5));
    assert_eq!(notes.threshold(2, 0), 0.5);
}

#[test]
fn the_lesson_is_told_in_german() {
    in_german(|| {
        let texts: Vec<(&Step, StepText)> = steps_and_texts().collect();
        assert_eq!(texts[0].1.options, ["weniger als 20", "20 bis 80", "mehr als 80"]);
        assert_eq!(texts[7].1.options[1], "mit 10\u{a0}% bis 2\u{a0}%");
        assert!(
            texts[7].1.paragraphs[1].contains("mit 3,6\u{a0}% der Gewichte"),
            "{:?}",
            texts[7].1.paragraphs
        );
        assert_eq!(
            words::no_answer_yet(&STEPS[3].prediction, true),
            "Die Antwort kommt am Ende von Runde 3."
        );
        let left = 0.1257;
        let of = NetworksTold { arm: Arm::Ticket, left, accuracy: 0.956, trials: 1 };
        let reads = Truth {
            outcome: Outcome::Images(95.6),
            evidence: Evidence::Reads { of, metric: Metric::TestEnd },
        };
        assert_eq!(
            words::answer(&reads, Some(Verdict::OffBy(-36.0)), &texts[2].1),
            "Es ist: 96 von 100. Der Tipp lag um 36 zu niedrig. In diesem Lauf liest das Los mit 12,6\u{a0}% der Gewichte am \
             Ende des Trainings 95,6\u{a0}% der Testbilder."
        );
        let difference = MeasuredDifference { mean: 0.0361, margin: 0.004, trials: 1 };
        let other = NetworksTold { arm: Arm::Reinit, accuracy: 0.92, ..of };
        let stand = Evidence::Stand {
            compared: vec![Compared { metric: Metric::TestEnd, one: of, other, difference }],
            trained: None,
        };
        assert_eq!(
            words::answer(&Truth { outcome: Outcome::Option(0), evidence: stand }, None, &texts[3].1),
            "Es ist: klar höher. In diesem Lauf liest das Los mit 12,6\u{a0}% der Gewichte am Ende des Trainings 95,6\u{a0}% der \
             Testbilder, die Maske mit neuen Zufallsgewichten 92,0\u{a0}%: 3,6 Punkte mehr."
        );
        let claim = Comparison { bound: Bound::NotBelow, ..comparison(Arm::Dense, 0.126) };
        assert_eq!(
            words::compared_claim(&claim, left),
            "Das Los mit 12,6\u{a0}% der Gewichte liest nach dem Training um weniger als {points} Punkte schlechter als das dichte \
             Netz."
        );
        let evidence = Evidence::Trainings { trainings: 7, times: 2.031, last: 0.0456 };
        let truth = Truth { outcome: Outcome::Option(1), evidence };
        assert_eq!(
            words::answer(&truth, Some(Verdict::Wrong), &texts[9].1),
            "Es ist: 1,5 bis 3. Getippt war etwas anderes. Die 7 Trainings brauchten 2,03-mal so viele Multiply-Adds \
             wie das eine des dichten Netzes. Das letzte von ihnen brauchte 4,56\u{a0}% davon."
        );
    });
}
