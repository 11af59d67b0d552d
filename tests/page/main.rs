//! Tests of the page's state with fake workers.

mod charts_and_table;
mod data_sets;
mod display;
mod exports;
mod fake_store;
mod fake_worker;
mod lesson;
mod likeness;
mod more_jobs_than_workers;
mod network_files;
mod networks;
mod own_data;
mod page_harness;
mod preview;
mod reader;
mod reports;
mod saved;
mod workers;

use experiment::job::JobPhase;
use experiment::prune_rounds::PruneRounds;
use experiment::{arm::Arm, job::JobId};
use fake_worker::validation_point;
use page::refusals::{PageFailure, PageRefusal};
use page::{state::UserAction, status::PageStatus, status_line, worker_pool::WorkerStatus};
use page_harness::{PageHarness, SMALL, settings};
use protocol::{FailureKind, WorkerEvent, payload::Payload};

#[test]
fn loading_leads_to_ready_and_play_to_done() {
    let mut bench = PageHarness::new(SMALL);
    assert_eq!((bench.state.status(), bench.fetches), (PageStatus::Loading, 1));
    bench.deliver_events();
    bench.load();
    assert_eq!(bench.state.status(), PageStatus::Ready);
    bench.act(UserAction::Play);
    assert_eq!(bench.state.status(), PageStatus::Running);
    bench.run_until(PageStatus::Done);
    let table = bench.table();
    assert_eq!(table.len(), 5);
    assert_eq!(
        table[1].data_attributes[2..5],
        [("arm", "ticket".into()), ("round", "1".into()), ("weights", "133350".into())]
    );
    assert_eq!(table[0].data_attributes[7], ("test-early", "0.91".into()));
    assert!(bench.workers.values().all(|worker| worker.jobs.is_empty()));
    bench.act(UserAction::Play);
    bench.act(UserAction::Step);
    assert_eq!(bench.state.status(), PageStatus::Done);
}

#[test]
fn autoplay_and_an_early_play_start_when_all_is_loaded() {
    let mut bench = PageHarness::loaded("autoplay=1");
    assert_eq!(bench.state.status(), PageStatus::Running);
    let mut early = PageHarness::new(SMALL);
    early.act(UserAction::Play);
    assert_eq!((early.state.status(), status_line::play_label(&early.state)), (PageStatus::Loading, "Pause"));
    early.load();
    assert_eq!(early.state.status(), PageStatus::Running);
    bench.advance_workers();
    bench.act(UserAction::Reset(Box::new(settings(SMALL))));
    assert_eq!(bench.state.status(), PageStatus::Ready);
}

#[test]
fn pauses_steps_and_rounds_change_no_digit() {
    let plain = undisturbed();
    let mut fitful = PageHarness::loaded(SMALL);
    let controls = [
        UserAction::Step,
        UserAction::Play,
        UserAction::Play,
        UserAction::Round,
        UserAction::Play,
        UserAction::Step,
    ];
    for turn in 0..400 {
        if fitful.state.status() == PageStatus::Done {
            break;
        }
        if turn % 3 == 0 || !matches!(fitful.state.status(), PageStatus::Running) {
            fitful.act(controls[turn / 3 % controls.len()].clone());
        }
        fitful.advance_workers();
    }
    assert_eq!(fitful.state.status(), PageStatus::Done);
    assert_eq!(fitful.table(), plain.table());
}

#[test]
fn a_pause_holds_and_play_resumes_even_before_the_workers_answer() {
    let mut bench = PageHarness::loaded(SMALL);
    bench.act(UserAction::Play);
    bench.advance_workers();
    bench.act(UserAction::Play);
    assert_eq!((bench.state.status(), bench.state.wants_to_run()), (PageStatus::Running, false));
    bench.deliver_events();
    assert_eq!((bench.state.status(), status_line::play_label(&bench.state)), (PageStatus::Paused, "Resume"));
    let places = bench.job_positions();
    bench.advance_workers();
    bench.advance_workers();
    assert_eq!((bench.job_positions(), bench.state.status()), (places, PageStatus::Paused));
    let elapsed = bench.state.running_seconds();
    // Play, pause and play again before any worker has answered.
    bench.act(UserAction::Play);
    bench.act(UserAction::Play);
    bench.act(UserAction::Play);
    assert_eq!(bench.state.status(), PageStatus::Running);
    bench.run_until(PageStatus::Done);
    assert!(elapsed < 0.02 && bench.state.running_seconds() > elapsed);
}

#[test]
fn a_step_brings_all_arms_to_the_same_place_and_pauses() {
    let mut bench = PageHarness::loaded(SMALL);
    bench.act(UserAction::Step);
    assert_eq!(bench.state.status(), PageStatus::Running);
    bench.run_until(PageStatus::Paused);
    assert_eq!(bench.job_positions(), [(0, 10)]);
    bench.act(UserAction::Round);
    bench.run_until(PageStatus::Paused);
    assert_eq!((bench.job_positions(), bench.table().len()), (vec![], 1));
    for step in [10, 20, 30] {
        bench.act(UserAction::Step);
        bench.run_until(PageStatus::Paused);
        assert_eq!(bench.job_positions(), [(1, step), (1, step)]);
    }
    bench.act(UserAction::Step);
    bench.run_until(PageStatus::Paused);
    assert_eq!((bench.job_positions(), bench.table().len()), (vec![], 3));
    // A step in the middle of a free run: the arms are at different iterations, and the step brings them together.
    bench.act(UserAction::Play);
    bench.advance_workers();
    bench.advance_workers();
    bench.act(UserAction::Step);
    bench.run_until(PageStatus::Paused);
    let places = bench.job_positions();
    assert!(places.len() == 2 && places[0] == places[1] && places[0].1.is_multiple_of(10), "{places:?}");
    bench.act(UserAction::Round);
    bench.run_until(PageStatus::Done);
}

#[test]
fn reset_works_wherever_it_comes() {
    for turns in [0, 1, 4, 9, 30] {
        for control in [None, Some(UserAction::Play), Some(UserAction::Step)] {
            let mut bench = PageHarness::loaded(SMALL);
            bench.act(UserAction::Play);
            (0..turns).for_each(|_| bench.advance_workers());
            control.into_iter().for_each(|control| bench.act(control));
            bench.act(UserAction::Reset(Box::new(settings("seed=4&iterations=20&eval_every=20&rounds=1"))));
            assert_eq!((bench.state.status(), bench.table().len()), (PageStatus::Ready, 0));
            bench.advance_workers();
            assert_eq!(bench.state.status(), PageStatus::Ready);
            bench.act(UserAction::Play);
            bench.run_until(PageStatus::Done);
            let trials: Vec<_> = bench.table().iter().map(|row| row.data_attributes[0].1.clone()).collect();
            assert_eq!(trials, ["4", "4", "4"]);
        }
    }
}

#[test]
fn what_an_older_run_still_says_is_dropped() {
    let mut bench = PageHarness::loaded(SMALL);
    bench.act(UserAction::Play);
    bench.advance_workers();
    let id = *bench.workers.keys().next().expect("a worker");
    let job = JobId { trial: 3, arm: Arm::Ticket, round: 0, draw: 0, twin: false };
    bench.act(UserAction::Reset(Box::new(settings(SMALL))));
    bench.act(UserAction::Play);
    for event in [
        WorkerEvent::Evaluated { run: 1, job, point: validation_point(job, 40) },
        WorkerEvent::Paused { run: 1, job, iteration: 17 },
        WorkerEvent::Progress { run: 1, job, phase: JobPhase::Test, iteration: 40, seconds: 9.0 },
    ] {
        assert_eq!(bench.state.on_event(id, event, Payload::NONE, bench.now), []);
    }
    assert!(bench.state.results().curve(job).is_empty());
    assert!(bench.state.results().in_progress().all(|(_, live)| live.iteration == 0));
    bench.run_until(PageStatus::Done);
}

/// A small run that nothing disturbs, done.
fn undisturbed() -> PageHarness {
    let mut plain = PageHarness::loaded(SMALL);
    plain.act(UserAction::Play);
    plain.run_until(PageStatus::Done);
    plain
}

/// The same run when two rows are in its table.
fn with_two_rows() -> PageHarness {
    let mut bench = PageHarness::loaded(SMALL);
    bench.act(UserAction::Play);
    while bench.table().len() < 2 {
        bench.advance_workers();
    }
    bench
}

#[test]
fn a_dead_worker_is_replaced_and_finished_jobs_are_kept() {
    let (plain, mut bench) = (undisturbed(), with_two_rows());
    let dead = *bench.workers.keys().next().expect("a worker");
    bench.kill_worker(dead);
    assert_eq!((bench.state.status(), bench.workers.len(), bench.fetches), (PageStatus::Running, 2, 1));
    let kept = bench.table().len();
    // Late events of a dead worker are ignored.
    bench.inbox.push_back((dead, WorkerEvent::Loaded { data: vec!["mnist".into()] }, Payload::NONE));
    bench.deliver_events();
    assert!(bench.state.workers().iter().all(|worker| worker.id != dead));
    assert_eq!(bench.table().len(), kept);
    bench.run_until(PageStatus::Done);
    assert_eq!(bench.table(), plain.table());
}

#[test]
fn a_failed_run_goes_on_where_it_was_and_its_buttons_wait() {
    let (plain, mut bench) = (undisturbed(), with_two_rows());
    let dead = *bench.workers.keys().next().expect("a worker");
    bench.fail();
    assert_eq!((bench.state.status(), bench.workers.len()), (PageStatus::Failed, 0));
    let kept = bench.table().len();
    bench.inbox.push_back((dead, WorkerEvent::Loaded { data: vec!["mnist".into()] }, Payload::NONE));
    bench.deliver_events();
    bench.act(UserAction::Play);
    assert_eq!(bench.state.status(), PageStatus::Failed);
    bench.act(UserAction::Retry);
    assert_eq!((bench.state.status(), bench.fetches), (PageStatus::Loading, 1));
    assert_eq!(bench.table().len(), kept);
    bench.run_until(PageStatus::Done);
    assert_eq!(bench.table(), plain.table());
}

#[test]
fn bad_data_is_fetched_anew() {
    let mut bench = PageHarness::new(SMALL);
    bench.deliver_events();
    let failure = PageFailure { kind: FailureKind::Data, cause: PageRefusal::Foreign("cut short".into()) };
    let effects = bench.state.on_failure(failure, 0.0);
    bench.perform(effects);
    assert_eq!(bench.state.status(), PageStatus::Failed);
    // A reset starts new workers too, like a retry.
    bench.act(UserAction::Reset(Box::new(settings(SMALL))));
    assert_eq!((bench.state.status(), bench.fetches), (PageStatus::Loading, 2));
    bench.load();
    assert_eq!(bench.state.status(), PageStatus::Ready);
}

#[test]
fn silence_is_a_failure_and_a_sleeping_tab_is_not() {
    let mut bench = PageHarness::new(SMALL);
    bench.now += 3600.0;
    assert_eq!(bench.state.on_tick(bench.now), []);
    assert_eq!(bench.state.status(), PageStatus::Loading);
    for _ in 0..60 {
        bench.now += 1.0;
        let effects = bench.state.on_tick(bench.now);
        bench.perform(effects);
    }
    assert_eq!(bench.state.failure().map(|failure| failure.kind), Some(FailureKind::Data));
    let mut idle = PageHarness::loaded(SMALL);
    let before: Vec<_> = idle.workers.keys().copied().collect();
    idle.wait(100.0);
    assert_eq!(idle.state.status(), PageStatus::Ready);
    assert_eq!(idle.workers.keys().copied().collect::<Vec<_>>(), before, "whoever answers lives");
}

#[test]
fn a_finished_ticket_without_its_mask_is_a_failure() {
    let mut bench = PageHarness::loaded(SMALL);
    bench.act(UserAction::Play);
    let is_done =
        |bench: &PageHarness| bench.inbox.iter().any(|said| matches!(said.1, WorkerEvent::Finished { .. }));
    // A worker that gives no mask is replaced; where three do not, it is not the workers' fault.
    for _ in 0..3 {
        assert_eq!(bench.state.failure(), None);
        while !is_done(&bench) {
            bench.deliver_events();
            let ids: Vec<_> = bench.workers.keys().copied().collect();
            ids.into_iter().for_each(|id| bench.advance_worker(id, 40));
        }
        bench.inbox.iter_mut().for_each(|(_, _, payload)| *payload = Payload::NONE);
        bench.deliver_events();
    }
    assert!(bench.state.failure().is_some_and(|failure| failure.cause.to_string().contains("mask")));
}

#[test]
fn masks_come_back_from_the_rounds_of_death() {
    let mut prune_rounds = PruneRounds::all_surviving(6);
    prune_rounds.record_mask(1, &[1, 0, 1, 1, 0, 1]);
    prune_rounds.record_mask(2, &[1, 0, 0, 1, 0, 0]);
    assert_eq!(prune_rounds.bytes(), [255, 1, 2, 255, 1, 2]);
    assert_eq!(prune_rounds.mask(1), [1, 0, 1, 1, 0, 1]);
    assert_eq!(prune_rounds.mask(2), [1, 0, 0, 1, 0, 0]);
    assert_eq!(prune_rounds.mask(0), [1; 6]);
}

#[test]
fn the_page_says_rounds_in_words() {
    let mut bench = PageHarness::loaded(SMALL);
    bench.state.take_announcement();
    bench.act(UserAction::Round);
    bench.run_until(PageStatus::Paused);
    let said = bench.state.take_announcement().expect("something");
    assert!(
        said.starts_with("Round 0 of 2 done, 100% of weights left. Test accuracy: ticket 91.0%."),
        "{said}"
    );
    assert!(said.ends_with("Paused in round 0."), "{said}");
    bench.act(UserAction::Round);
    bench.run_until(PageStatus::Paused);
    let said = bench.state.take_announcement().expect("something");
    assert!(said.contains("re-init 89.9%"), "{said}");
    assert!(
        said.contains("is 1.0 points above the same mask with new random weights. That makes it a winning"),
        "{said}"
    );
    assert_eq!(bench.state.take_announcement(), None);
}

#[test]
fn the_forecast_shrinks_to_nothing() {
    let mut bench = PageHarness::loaded(SMALL);
    let left = |bench: &PageHarness| {
        page::forecast::seconds_left(
            bench.state.results(),
            bench.state.schedule(),
            bench.state.workers().len(),
            bench.state.worker_time(),
            &|job| bench.state.only_reads(job),
        )
    };
    assert_eq!(left(&bench), None);
    bench.act(UserAction::Round);
    bench.run_until(PageStatus::Paused);
    let first = left(&bench).expect("a round is measured");
    bench.act(UserAction::Round);
    bench.run_until(PageStatus::Paused);
    let second = left(&bench).expect("two rounds are measured");
    assert!(0.0 < second && second < first, "{second} {first}");
    bench.act(UserAction::Play);
    bench.run_until(PageStatus::Done);
    assert_eq!(left(&bench), Some(0.0));
    assert!((page::forecast::done_fraction(bench.state.results()) - 1.0).abs() < 1e-12);
    assert!(
        bench
            .state
            .workers()
            .iter()
            .all(|worker| worker.status == WorkerStatus::Ready && worker.jobs.is_empty())
    );
}
