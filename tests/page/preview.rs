//! The recorded run that is shown before anything has begun.

use crate::page_harness::{PageHarness, SMALL, settings};
use chart::arm_style::ArmStyle;
use experiment::{
    arm::Arm,
    moment::{Moment, Stage},
};
use flate2::read::GzDecoder;
use page::refusals::{PageFailure, PageRefusal};
use page::{
    chart_selection::SelectionChange,
    preview_texts,
    recording::{self, Recording},
    state::{State, TimelineMove, UserAction},
    status::PageStatus,
    status_line,
};
use protocol::FailureKind;
use std::io::Read;

fn recorded() -> Recording {
    let mut bytes = Vec::new();
    GzDecoder::new(&include_bytes!("../../assets/recorded/preview.gz")[..]).read_to_end(&mut bytes).unwrap();
    recording::read(&bytes).expect("its file")
}

/// A page without data that shows the recorded run.
fn previewing(fragment: &str) -> PageHarness {
    let mut bench = PageHarness::new(fragment);
    bench.state.show_preview(recorded());
    bench.state.on_frame(bench.now, false);
    bench
}

fn watch(bench: &mut PageHarness, seconds: f64) {
    for _ in 0..(seconds * 50.0) as usize {
        bench.now += 0.02;
        bench.state.on_frame(bench.now, false);
    }
}

fn on_screen(state: &State) -> Moment {
    state.on_screen().moment()
}

/// What the live run shows is nothing.
fn assert_no_trace(bench: &mut PageHarness) {
    assert!(bench.table().is_empty() && !bench.state.can_export() && bench.state.nothing_started());
    assert_eq!(bench.state.results().experiment_report().run_digest().done, 0);
    assert!(bench.state.scored_claims().is_none() && bench.state.kept_networks().jobs().next().is_none());
    bench.act(UserAction::Export);
    bench.deliver_events();
    assert!(bench.saved.is_empty() && bench.asked.is_empty());
}

#[test]
fn it_is_never_shown_in_place_of_a_run_on_the_users_data() {
    let hex = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1eff";
    for own in [format!("data={hex}.32x32x3.10.1000.100"), format!("data={hex}")] {
        let mut bench = previewing(&own);
        assert!(bench.state.preview().is_none() && bench.state.config_on_screen().data.is_own());
        bench.act(UserAction::Reset(Box::new(settings("data=fashion"))));
        assert!(bench.state.preview().is_some(), "it says itself what it is a recording of");
        bench.act(UserAction::Reset(Box::new(settings(&own))));
        assert!(bench.state.preview().is_none());
        bench.state.on_preview_failure("it is gone".into());
        assert_eq!(bench.state.preview_failure(), None);
    }
}

#[test]
fn it_plays_while_nothing_is_there_and_leaves_no_trace() {
    let mut bench = previewing("");
    assert_eq!((bench.state.status(), on_screen(&bench.state)), (PageStatus::Loading, Moment::START));
    assert!(status_line::caption(&bench.state).starts_with("The network begins with 266,200 weights"));
    watch(&mut bench, 10.0);
    assert!(on_screen(&bench.state).round >= 1 && bench.state.on_screen().last_round_over() == Some(0));
    assert_eq!(bench.state.shown().moment(), Moment::START);
    assert_eq!(bench.state.shown().last_round_over(), None);
    assert_no_trace(&mut bench);
    bench.load();
    assert_eq!((bench.state.status(), status_line::play_label(&bench.state)), (PageStatus::Ready, "Play"));
    watch(&mut bench, 60.0);
    let preview = bench.state.preview().expect("it stays at its end");
    assert!(preview.is_over() && !preview.is_playing());
    assert_eq!(on_screen(&bench.state), Moment::end(bench.state.config_on_screen()));
    assert!(bench.state.take_announcement().is_none_or(|said| !said.contains("Round")));
    assert_no_trace(&mut bench);
}

#[test]
fn play_hands_over_as_soon_as_something_is_trained() {
    let mut bench = previewing(SMALL);
    watch(&mut bench, 1.0);
    bench.act(UserAction::Play);
    assert!(bench.state.preview().is_some(), "before the data is there, nothing can be shown");
    assert_eq!(status_line::play_label(&bench.state), "Pause");
    bench.load();
    assert!(bench.state.preview().is_none() && !bench.state.nothing_started());
    bench.state.take_redraw_needs();
    bench.state.on_frame(bench.now, false);
    assert!(bench.state.take_redraw_needs().all, "everything is drawn anew");
    assert_eq!(on_screen(&bench.state), bench.state.shown().moment());
    bench.run_until(PageStatus::Done);
    assert_eq!(bench.table().len(), 5);
    // A new run has no preview any more, and a file that comes late is not shown.
    bench.act(UserAction::Reset(Box::new(settings(SMALL))));
    bench.state.show_preview(recorded());
    assert!(bench.state.nothing_started() && bench.state.preview().is_none());
}

#[test]
fn step_and_round_and_autoplay_hand_over_too() {
    for action in [UserAction::Step, UserAction::Round] {
        let mut bench = previewing(SMALL);
        bench.load();
        bench.act(action.clone());
        assert!(bench.state.preview().is_none(), "{action:?}");
    }
    let mut bench = previewing(&format!("{SMALL}&autoplay=1"));
    assert!(bench.state.preview().is_some());
    bench.load();
    assert!(bench.state.preview().is_none() && bench.state.status() == PageStatus::Running);
}

#[test]
fn an_opened_report_ends_it() {
    let mut bench = previewing("");
    let import = bench.import_action(&[include_str!("../../assets/recorded/quick.jsonl")]);
    bench.act(import);
    bench.deliver_events();
    assert_eq!(bench.state.status(), PageStatus::Done);
    assert!(bench.state.preview().is_none() && preview_texts::note(&bench.state).is_none());
}

#[test]
fn it_says_what_is_recorded_and_what_play_starts() {
    let note = |bench: &PageHarness| preview_texts::note(&bench.state).expect("a note");
    let same = previewing("preset=quick&speed=slow&workers=1");
    assert_eq!(note(&same), "Recorded: the Quick look with seed 1. Press Play to train it here, live.");
    for other in ["seed=2", "preset=late", "arms=ticket"] {
        let bench = previewing(other);
        assert_eq!(
            note(&bench),
            "Recorded: the Quick look with seed 1. Your settings run when you press Play."
        );
        assert_eq!(bench.state.config_on_screen().seeds.first(), 1);
        assert!(bench.state.on_screen().config().arms.contains(&Arm::Reinit));
    }
    let soon = previewing("seed=2&autoplay=1");
    assert!(note(&soon).ends_with("Your settings run as soon as everything is loaded."));
    // Settings that are changed while it plays are seen too.
    let mut bench = previewing("");
    bench.act(UserAction::Reset(Box::new(settings("seed=9"))));
    assert!(note(&bench).contains("Your settings run") && bench.state.preview().is_some());
    let mut lost = PageHarness::new("");
    assert_eq!(preview_texts::note(&lost.state), None);
    lost.state.on_preview_failure("the server answered 404".into());
    assert!(note(&lost).contains("could not be shown: the server answered 404."));
}

#[test]
fn it_can_be_moved_and_held() {
    let mut bench = previewing("");
    bench.act(UserAction::GoTo(TimelineMove::Moment(Moment::training(3, 250))));
    assert_eq!(on_screen(&bench.state), Moment::training(3, 250));
    assert_eq!(preview_texts::hold_label(&bench.state), "Go on with the recording");
    assert!(status_line::timeline_text(&bench.state).starts_with("Recorded: Round 3 of 6"));
    watch(&mut bench, 1.0);
    assert_eq!(on_screen(&bench.state), Moment::training(3, 250));
    bench.act(UserAction::HoldPreview);
    watch(&mut bench, 0.5);
    assert!(on_screen(&bench.state) > Moment::training(3, 250));
    assert_eq!(preview_texts::hold_label(&bench.state), "Pause the recording");
    bench.act(UserAction::GoTo(TimelineMove::Frontier));
    assert_eq!(preview_texts::hold_label(&bench.state), "Show it again");
    bench.act(UserAction::HoldPreview);
    watch(&mut bench, 0.1);
    assert_eq!((on_screen(&bench.state).round, on_screen(&bench.state).stage), (0, Stage::Rewind));
    // The timeline of the live run has not moved with it, and the engine has not begun.
    assert_eq!(bench.state.shown().moment(), Moment::START);
    assert!(!bench.state.wants_to_run());
    bench.act(UserAction::Choose(SelectionChange::Arm("reinit")));
    assert!(!bench.state.selection_on_screen().shows(ArmStyle::by_name("reinit")));
    assert!(!bench.state.selection().shows(ArmStyle::by_name("reinit")));
}

#[test]
fn who_wants_no_motion_sees_its_end() {
    let mut bench = PageHarness::new("");
    bench.state.show_preview(recorded());
    assert!(!bench.state.on_frame(0.0, true), "nothing moves");
    assert_eq!(on_screen(&bench.state), Moment::end(bench.state.config_on_screen()));
    assert!(bench.state.on_screen().last_round_over() == Some(6));
}

#[test]
fn a_failure_hides_it_until_all_is_well_again() {
    let mut bench = previewing("");
    let failure = PageFailure { kind: FailureKind::Data, cause: PageRefusal::Foreign("no data".into()) };
    let effects = bench.state.on_failure(failure, bench.now);
    bench.perform(effects);
    assert!(bench.state.preview().is_none() && preview_texts::note(&bench.state).is_none());
    bench.act(UserAction::Retry);
    assert!(bench.state.preview().is_some());
}
