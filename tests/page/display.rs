//! What is shown of a run: the display plays behind the workers, is paused with them, and can be moved by itself.

use crate::page_harness::{PageHarness, SMALL, settings};
use experiment::{
    display_settings::{DisplaySettings, Speed},
    moment::{Moment, Stage},
};
use page::{
    state::{TimelineMove, UserAction},
    status::PageStatus,
    status_line,
};

/// Lets `seconds` pass in frames, in which the workers do nothing.
fn watch(bench: &mut PageHarness, seconds: f64) {
    for _ in 0..(seconds * 50.0) as usize {
        bench.now += 0.02;
        bench.state.on_frame(bench.now, false);
    }
}

fn moment(bench: &PageHarness) -> Moment {
    bench.state.shown().moment()
}

/// A run that is computed at once, of which the display has shown only the beginning.
fn computed() -> PageHarness {
    let mut bench = PageHarness::loaded(SMALL);
    bench.act(UserAction::Play);
    bench.run_until(PageStatus::Done);
    bench
}

#[test]
fn the_display_plays_on_when_everything_is_computed_and_play_holds_it() {
    let mut bench = computed();
    assert_eq!((moment(&bench).round, status_line::play_label(&bench.state)), (0, "Pause"));
    assert!(bench.state.is_playing() && bench.state.shown().last_round_over().is_none());
    bench.act(UserAction::Play);
    let held = moment(&bench);
    watch(&mut bench, 2.0);
    assert_eq!((moment(&bench), bench.state.status()), (held, PageStatus::Done));
    bench.act(UserAction::Play);
    watch(&mut bench, 30.0);
    assert_eq!(moment(&bench), Moment::end(bench.state.config()));
    assert!(!bench.state.is_playing() && !bench.state.is_display_behind());
    // At the very end Play does nothing, and Replay begins again.
    bench.act(UserAction::Play);
    assert!(!bench.state.is_playing());
    bench.act(UserAction::Replay);
    watch(&mut bench, 0.5);
    assert_eq!((moment(&bench).round, bench.state.is_playing()), (0, true));
}

#[test]
fn stages_come_in_order_and_nothing_is_known_before_its_moment() {
    let mut bench = computed();
    bench.act(UserAction::Replay);
    let mut stages = vec![];
    while bench.state.is_playing() {
        watch(&mut bench, 0.02);
        let (shown, now) = (bench.state.shown(), moment(&bench));
        if stages.last() != Some(&(now.round, now.stage)) {
            stages.push((now.round, now.stage));
        }
        let over = now.rounds_over(bench.state.config());
        assert!(shown.finished_jobs().all(|finished| finished.report.job.round < over), "{now}");
        assert!(shown.mask_round() <= now.round + 1);
        for job in shown.jobs_of_round(now.round) {
            assert!(shown.curve(job).iter().all(|point| point.iteration <= now.iteration), "{now}");
        }
        assert_eq!(shown.ticket_survivors(3, now.mask_round() + 1), None);
    }
    let all = (0..3).flat_map(|round| Stage::ALL.iter().map(move |&stage| (round, stage)));
    assert_eq!(stages, all.take(8).collect::<Vec<_>>());
}

#[test]
fn a_pause_holds_both_clocks_and_play_goes_on_where_they_were() {
    let mut bench = PageHarness::loaded(SMALL);
    bench.act(UserAction::Play);
    bench.advance_workers();
    watch(&mut bench, 1.0);
    bench.act(UserAction::Play);
    bench.deliver_events();
    assert_eq!((bench.state.status(), bench.state.is_playing()), (PageStatus::Paused, false));
    let held = moment(&bench);
    watch(&mut bench, 3.0);
    assert_eq!(moment(&bench), held);
    bench.act(UserAction::Play);
    assert_eq!((bench.state.status(), bench.state.is_playing()), (PageStatus::Running, true));
}

#[test]
fn a_step_and_a_round_bring_the_display_to_the_place_of_the_engine() {
    let mut bench = PageHarness::loaded(SMALL);
    bench.act(UserAction::Step);
    bench.run_until(PageStatus::Paused);
    assert_eq!(moment(&bench), Moment::training(0, 10));
    bench.act(UserAction::Round);
    bench.run_until(PageStatus::Paused);
    assert_eq!(bench.state.shown().last_round_over(), Some(0));
    bench.act(UserAction::Step);
    bench.run_until(PageStatus::Paused);
    assert_eq!(moment(&bench), Moment::training(1, 10));
    assert_eq!(bench.job_positions(), [(1, 10), (1, 10)]);
}

#[test]
fn the_timeline_moves_the_display_alone() {
    let mut bench = PageHarness::loaded(SMALL);
    bench.act(UserAction::Play);
    while bench.state.frontier().round < 2 {
        bench.advance_workers();
    }
    bench.act(UserAction::GoTo(TimelineMove::Moment(Moment::training(1, 20))));
    assert_eq!((moment(&bench), bench.state.status()), (Moment::training(1, 20), PageStatus::Running));
    bench.act(UserAction::GoTo(TimelineMove::Stop { forward: false }));
    assert_eq!(moment(&bench), Moment::training(1, 10));
    bench.act(UserAction::GoTo(TimelineMove::RoundEnd { forward: true }));
    assert_eq!(moment(&bench), Moment::training(1, 40));
    // Nobody can go to what is not computed.
    bench.act(UserAction::GoTo(TimelineMove::Position(99.0)));
    assert_eq!(moment(&bench), bench.state.frontier());
    // Play goes on from there; the engine has never stopped.
    bench.act(UserAction::Play);
    assert!(bench.state.is_playing() && bench.state.status() == PageStatus::Running);
}

#[test]
fn what_is_shown_changes_no_digit_and_display_settings_restart_nothing() {
    let plain = computed();
    let mut bench = PageHarness::loaded(&format!("{SMALL}&speed=slow&at=1.20.train"));
    bench.act(UserAction::Play);
    let run = bench.state.run();
    for turn in 0..400 {
        if bench.state.status() == PageStatus::Done {
            break;
        }
        bench.advance_workers();
        let speed = Speed::ALL[turn % 3];
        bench.act(UserAction::SetDisplay(DisplaySettings { speed, ..bench.state.display_settings() }));
    }
    assert_eq!((bench.state.run(), bench.table()), (run, plain.table()));
}

#[test]
fn a_link_to_a_moment_stays_there() {
    let mut bench = PageHarness::loaded(&format!("{SMALL}&at=1.20.train&autoplay=1"));
    bench.run_until(PageStatus::Done);
    watch(&mut bench, 5.0);
    assert_eq!((moment(&bench), bench.state.is_playing()), (Moment::training(1, 20), false));
    // Play starts what such a link asks for, and the display waits for the link's moment; the next Play goes on from it.
    let mut bench = PageHarness::loaded(&format!("{SMALL}&at=1.20.train"));
    bench.act(UserAction::Play);
    bench.run_until(PageStatus::Done);
    watch(&mut bench, 5.0);
    assert_eq!((moment(&bench), bench.state.is_playing()), (Moment::training(1, 20), false));
    bench.act(UserAction::Play);
    assert!(bench.state.is_playing());
    bench.act(UserAction::Reset(Box::new(settings(&format!("{SMALL}&speed=computed")))));
    bench.act(UserAction::Play);
    bench.run_until(PageStatus::Done);
    watch(&mut bench, 0.1);
    assert_eq!(moment(&bench), Moment::end(bench.state.config()));
}

#[test]
fn a_branch_takes_over_what_is_the_same_and_the_run_before_stays_as_ghosts() {
    let mut bench = computed();
    let before: Vec<_> = bench.table();
    let started = bench.started.len();
    let other = settings(&format!("{SMALL}&arms=ticket,reinit,sign"));
    bench.act(UserAction::Branch(Box::new(other)));
    bench.run_until(PageStatus::Done);
    let new: Vec<_> = bench.started[started..].iter().map(|job| (job.arm.name(), job.round)).collect();
    assert_eq!(new, [("sign", 1), ("sign", 2)]);
    let after = bench.table();
    assert!(before.iter().all(|row| after.contains(row)) && after.len() == before.len() + 2);
    let letters: Vec<String> = bench.state.pinned().lettered().map(|(_, letter)| letter).collect();
    assert_eq!(letters, ["A"]);
    let chart = page::chart_data::metric_by_round(
        bench.state.shown(),
        bench.state.selection(),
        page::metric::Metric::TestEnd,
        bench.state.pinned(),
    );
    assert_eq!(chart.ghosts.iter().map(|ghost| ghost.style.name).collect::<Vec<_>>(), ["ticket", "reinit"]);
    bench.act(UserAction::Unpin('A'));
    assert_eq!(bench.state.pinned().lettered().count(), 0);
}
