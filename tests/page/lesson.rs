//! The lesson beside a run: its chips agree with the table of claims, and it offers no run that would end another unasked.

use crate::page_harness::{PageHarness, SMALL, settings};
use experiment::{claims::claim::VerdictKind, moment::Moment};
use page::{
    lesson::{
        chip::{self, ChipClaim, ChipVerdict},
        offer::{self, Offer},
        steps::{STEPS, Step, StepRun},
    },
    state::{TimelineMove, UserAction},
    status::PageStatus,
};

/// A page that shows a report.
fn opened(report: &str) -> PageHarness {
    let mut bench = PageHarness::new("");
    let import = bench.import_action(&[report]);
    bench.act(import);
    bench.deliver_events();
    assert_eq!(bench.state.status(), PageStatus::Done);
    bench
}

const PAPER: &str = include_str!("../../assets/recorded/paper.jsonl");
const QUICK: &str = include_str!("../../assets/recorded/quick.jsonl");

/// `#claims [data-verdict]` has the name of the claim's verdict, and so has the chip.
#[test]
fn chips_have_the_verdicts_of_the_table_of_claims() {
    let mut found = vec![];
    for report in [PAPER, QUICK] {
        let bench = opened(report);
        let claims = &bench.state.scored_claims().expect("scores").claims;
        for chip in STEPS.iter().flat_map(|step| step.claims) {
            let ChipClaim::Paper(id) = chip else { continue };
            let in_table = claims.iter().find(|claim| claim.id == *id).expect("every claim").verdict.kind();
            let judged = chip::judge(chip, &bench.state, 0.0);
            assert_eq!(judged.verdict.name(), in_table.name(), "{}", id.name());
            found.push(in_table);
        }
    }
    for kind in [VerdictKind::Reproduced, VerdictKind::Inconclusive, VerdictKind::NotTested] {
        assert!(found.contains(&kind), "no chip is {}", kind.name());
    }
}

/// Where the table of claims is not in sight because the display is behind, the chips wait too.
#[test]
fn chips_wait_for_the_display() {
    let mut bench = opened(PAPER);
    bench.act(UserAction::GoTo(TimelineMove::Moment(Moment::start_of(3))));
    let chips = STEPS.iter().flat_map(|step| step.claims);
    for chip in chips.filter(|chip| matches!(chip, ChipClaim::Paper(_))) {
        assert_eq!(chip::judge(chip, &bench.state, 0.0).verdict, ChipVerdict::Waiting, "{chip:?}");
    }
}

#[test]
fn recorded_reports_answer_their_steps() {
    for (report, recorded) in [(PAPER, true), (QUICK, false)] {
        let bench = opened(report);
        let of_report = |step: &&Step| offer::is_run_of(step, &bench.state);
        let steps: Vec<&Step> = STEPS.iter().filter(of_report).collect();
        assert!(!steps.is_empty());
        for step in steps {
            assert_eq!(matches!(step.run, StepRun::Recorded { .. }), recorded);
            assert_eq!(offer::offer(step, &bench.state), Offer::WatchAgain);
            assert!(step.prediction.truth(bench.state.shown()).is_some(), "{step:?}");
        }
    }
}

#[test]
fn a_run_is_replaced_only_when_asked_and_the_lesson_stays_open() {
    let quick = &STEPS[2];
    let mut bench = PageHarness::loaded("preset=quick&seed=7&lesson=3");
    assert_eq!(offer::offer(quick, &bench.state), Offer::Start, "another seed is the same run");
    bench.act(UserAction::Play);
    assert_eq!(offer::offer(quick, &bench.state), Offer::Nothing);
    bench.act(UserAction::Play);
    assert_eq!(offer::offer(quick, &bench.state), Offer::GoOn);
    let run = bench.state.run();
    let mut display = bench.state.display_settings();
    display.lesson = 6;
    bench.act(UserAction::SetDisplay(display));
    assert_eq!(bench.state.run(), run, "another step restarts nothing");
    assert_eq!(offer::offer(&STEPS[5], &bench.state), Offer::Replace { unfinished: true });
    let next = offer::settings_to_start(&STEPS[5], bench.state.settings());
    assert_eq!((next.display.lesson, next.autoplay), (6, true));
    bench.act(UserAction::Reset(Box::new(next)));
    assert!(offer::is_run_of(&STEPS[5], &bench.state));
    let mut other = PageHarness::loaded(SMALL);
    assert_eq!(offer::offer(quick, &other.state), Offer::Replace { unfinished: false });
    other.act(UserAction::Play);
    other.run_until(PageStatus::Done);
    assert_eq!(offer::offer(quick, &other.state), Offer::Replace { unfinished: false });
    assert_eq!(settings("lesson=3").to_fragment(), "preset=quick&seed=1&lesson=3");
}
