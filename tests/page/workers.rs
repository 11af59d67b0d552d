//! Tests of how the page watches its workers: the dead and the mute are replaced, one by one, and nothing else notices.

use crate::{
    fake_worker::WorkerFault,
    page_harness::{PageHarness, SMALL, settings},
    reports::{exported, run_to_end, run_until_rows},
};
use page::{
    refusals::PageRefusal,
    state::UserAction,
    status::PageStatus,
    status_line,
    worker_pool::{WorkerId, WorkerStatus},
};
use protocol::{FailureKind, WorkerEvent, question::Question};

/// Trains on and lets this many seconds pass.
fn train_for(bench: &mut PageHarness, seconds: f64) {
    for _ in 0..(seconds * 5.0) as u32 {
        bench.advance_workers();
        bench.wait(0.2);
    }
}

/// The ids of the workers that the page knows, which are those that live.
fn ids(bench: &PageHarness) -> Vec<WorkerId> {
    let known: Vec<_> = bench.state.workers().iter().map(|worker| worker.id).collect();
    let mut sorted = known.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, bench.workers.keys().copied().collect::<Vec<_>>());
    known
}

/// A page in which both workers are in the middle of round 1 of a run that takes long.
fn in_the_middle() -> PageHarness {
    let mut bench = PageHarness::loaded(LONG);
    bench.act(UserAction::Play);
    run_until_rows(&mut bench, 1);
    (0..40).for_each(|_| bench.advance_workers());
    assert_eq!(bench.job_positions().len(), 2);
    bench
}

/// The import of a report that is said to have so many bytes.
fn import_of(bench: &mut PageHarness, text: &str, bytes: f64) -> UserAction {
    let UserAction::Import { names, files, .. } = bench.import_action(&[text]) else { panic!("an import") };
    UserAction::Import { names, files, bytes }
}

const LONG: &str = "seed=3&iterations=1000&eval_every=100&rounds=2";

#[test]
fn an_idle_reader_that_is_dead_is_replaced_before_anyone_asks() {
    let mut bench = run_to_end(SMALL);
    bench.deliver_events();
    bench.wait(60.0);
    assert_eq!(bench.readers_started, 1, "whoever answers lives");
    let dead = bench.reader;
    bench.mute_reader = dead;
    bench.wait(10.0);
    assert_eq!((bench.readers_started, bench.state.status()), (2, PageStatus::Done));
    assert_ne!(bench.reader, dead);
    exported(&mut bench);
}

#[test]
fn what_is_asked_of_a_dead_reader_is_answered_by_the_next() {
    let text = exported(&mut run_to_end(SMALL));
    let mut bench = PageHarness::loaded(SMALL);
    bench.mute_reader = bench.reader;
    // However large the question is: this reader has not even heard it.
    let import = import_of(&mut bench, &text, 50e6);
    bench.act(import);
    bench.wait(10.0);
    assert_eq!((bench.state.status(), bench.readers_started), (PageStatus::Done, 2));
    assert_eq!(bench.request_errors(), [""; 0]);
}

#[test]
fn a_reader_at_work_has_the_time_that_its_question_takes() {
    let text = exported(&mut run_to_end(SMALL));
    for (megabytes, seconds, patient) in [(0.0, 10.0, false), (10.0, 30.0, true), (10.0, 45.0, false)] {
        let mut bench = PageHarness::loaded(SMALL);
        let import = import_of(&mut bench, &text, megabytes * 1e6);
        bench.act(import);
        // It has heard the question, and the answer never comes.
        bench.inbox.retain(|(_, event, _)| matches!(event, WorkerEvent::Alive));
        bench.deliver_events();
        bench.mute_reader = bench.reader;
        bench.wait(seconds);
        assert_eq!(bench.readers_started == 1, patient, "{megabytes} MB after {seconds} s");
    }
}

#[test]
fn one_of_two_workers_that_dies_in_silence_is_replaced_while_the_other_trains() {
    for fault in [WorkerFault::Mute, WorkerFault::Deaf] {
        let plain = run_to_end(LONG);
        let mut bench = in_the_middle();
        bench.state.take_announcement();
        let [dead, other] = ids(&bench)[..] else { panic!("two workers") };
        bench.workers.get_mut(&dead).expect("a worker").fault = Some(fault);
        train_for(&mut bench, 10.0);
        if fault == WorkerFault::Deaf {
            // It trains its job to the end, and then does not hear of the next.
            bench.run_until_seconds(100.0, |bench| !bench.workers.contains_key(&dead));
        }
        let [new, same] = ids(&bench)[..] else { panic!("two workers") };
        assert!(new != dead && same == other, "{fault:?}");
        let said = bench.state.take_announcement().expect("an announcement");
        assert!(said.contains("A worker stopped and is replaced."), "{said}");
        bench.run_until(PageStatus::Done);
        assert_eq!((bench.table(), bench.request_errors()), (plain.table(), vec![]), "{fault:?}");
    }
}

#[test]
fn nothing_on_the_page_goes_back_where_a_worker_dies() {
    let mut bench = in_the_middle();
    let frontier = bench.state.frontier();
    assert!(frontier.iteration > 0, "{frontier:?}");
    for fault in [None, Some(WorkerFault::Mute)] {
        let dead = ids(&bench)[0];
        match fault {
            None => bench.kill_worker(dead),
            Some(_) => bench.workers.get_mut(&dead).expect("a worker").fault = fault,
        }
        for _ in 0..60 {
            assert_eq!(bench.state.status(), PageStatus::Running);
            assert!(bench.state.frontier() >= frontier, "{:?} {frontier:?}", bench.state.frontier());
            train_for(&mut bench, 0.2);
        }
        assert!(!bench.workers.contains_key(&dead));
    }
}

#[test]
fn an_idle_worker_that_dies_is_replaced_and_the_page_stays_as_it_is() {
    let mut ready = PageHarness::loaded(SMALL);
    let mut paused = in_the_middle();
    paused.act(UserAction::Play);
    paused.deliver_events();
    let mut done = run_to_end(SMALL);
    for (bench, status) in
        [(&mut ready, PageStatus::Ready), (&mut paused, PageStatus::Paused), (&mut done, PageStatus::Done)]
    {
        bench.wait(100.0);
        let [first, second] = ids(bench)[..] else { panic!("two workers") };
        bench.workers.get_mut(&first).expect("a worker").fault = Some(WorkerFault::Mute);
        for _ in 0..10 {
            bench.wait(1.0);
            assert_eq!(bench.state.status(), status);
        }
        assert!(ids(bench)[0] != first && ids(bench)[1] == second, "{status:?}");
        assert!(bench.state.workers().iter().all(|worker| worker.status == WorkerStatus::Ready));
    }
    paused.act(UserAction::Play);
    paused.run_until(PageStatus::Done);
    assert_eq!(paused.table(), run_to_end(LONG).table());
}

#[test]
fn a_pause_is_one_when_every_worker_has_said_so_or_is_replaced() {
    let mut bench = in_the_middle();
    let deaf = ids(&bench)[0];
    bench.workers.get_mut(&deaf).expect("a worker").fault = Some(WorkerFault::Deaf);
    bench.act(UserAction::Play);
    for second in 0..10 {
        if second > 0 && bench.workers.contains_key(&deaf) {
            assert_eq!(status_line::play_label(&bench.state), "Pausing…");
        }
        if bench.state.status() == PageStatus::Paused {
            break;
        }
        assert!(bench.workers.contains_key(&deaf) && second < 9, "{second}");
        train_for(&mut bench, 1.0);
    }
    assert_eq!(bench.state.status(), PageStatus::Paused);
    assert_eq!(status_line::play_label(&bench.state), "Resume");
    let places = bench.job_positions();
    train_for(&mut bench, 5.0);
    assert_eq!((bench.job_positions(), bench.state.status()), (places, PageStatus::Paused));
    // Who presses Play before all have paused need not wait.
    bench.act(UserAction::Play);
    bench.advance_workers();
    let deaf = ids(&bench)[1];
    bench.workers.get_mut(&deaf).expect("a worker").fault = Some(WorkerFault::Deaf);
    bench.act(UserAction::Play);
    bench.wait(1.0);
    bench.act(UserAction::Play);
    assert_eq!((bench.state.status(), bench.state.wants_to_run()), (PageStatus::Running, true));
    bench.run_until_seconds(300.0, |bench| bench.state.status() == PageStatus::Done);
    assert_eq!(bench.table(), run_to_end(LONG).table());
}

#[test]
fn a_worker_that_answers_and_does_not_train_is_replaced_too() {
    let mut bench = in_the_middle();
    let stuck = ids(&bench)[0];
    let pong = |bench: &mut PageHarness| {
        let effects = bench.state.on_event(stuck, WorkerEvent::Alive, Default::default(), bench.now);
        bench.perform(effects);
    };
    bench.workers.get_mut(&stuck).expect("a worker").fault = Some(WorkerFault::Mute);
    for second in 0..44 {
        pong(&mut bench);
        train_for(&mut bench, 1.0);
        if second == 40 {
            assert!(bench.workers.contains_key(&stuck));
        }
    }
    assert!(!bench.workers.contains_key(&stuck));
}

#[test]
fn a_job_that_costs_three_workers_is_given_up_and_those_that_do_not_need_it_go_on() {
    const TWO_TRIALS: &str = "seed=3&trials=2&iterations=40&eval_every=10&rounds=2";
    let plain = run_to_end(TWO_TRIALS);
    let mut bench = PageHarness::loaded(TWO_TRIALS);
    bench.act(UserAction::Play);
    // Whoever trains the ticket of seed 4 in round 1 dies.
    let dies = |bench: &PageHarness| {
        let is_fatal = |job: &experiment::job::JobId| {
            job.trial == 4 && job.round == 1 && job.arm == experiment::arm::Arm::Ticket
        };
        let has_it =
            |worker: &&page::worker_pool::WorkerSlot| worker.jobs.iter().any(|job| is_fatal(&job.job));
        bench.state.workers().iter().find(has_it).map(|worker| worker.id)
    };
    let mut deaths = 0;
    bench.run_until_seconds(60.0, |bench| {
        if let Some(id) = dies(bench) {
            deaths += 1;
            bench.kill_worker(id);
            assert_eq!(bench.state.take_request_errors().len(), usize::from(deaths == 3));
        }
        bench.state.status() == PageStatus::Failed
    });
    // Of ten jobs the ticket of seed 4 in round 1 is missing, with the two of round 2 that need its mask.
    assert_eq!((deaths, bench.table().len()), (3, 7));
    let failure = bench.state.failure().expect("a failure");
    assert_eq!(failure.kind, FailureKind::Worker);
    assert_eq!(
        failure.cause.to_string(),
        "ticket round 1 (seed 4, draw 0) failed three times: A worker could not be started: its files could not be loaded."
    );
    bench.act(UserAction::Retry);
    bench.load();
    bench.run_until(PageStatus::Done);
    assert_eq!(bench.table(), plain.table());
}

#[test]
fn the_given_up_job_is_named_where_refusals_are() {
    let mut bench = in_the_middle();
    for death in 1..=3 {
        let dead = bench.state.workers().iter().find(|worker| {
            worker
                .jobs
                .iter()
                .any(|assigned| assigned.running && assigned.job.arm == experiment::arm::Arm::Reinit)
        });
        let dead = dead.expect("a worker that trains the re-init").id;
        bench.kill_worker(dead);
        bench.deliver_events();
        let said = bench.request_errors();
        assert_eq!(said.len(), usize::from(death == 3), "{said:?}");
        for line in page::refusal_texts::refusal_lines(
            &said.iter().cloned().map(PageRefusal::Foreign).collect::<Vec<_>>(),
        ) {
            assert!(
                line.starts_with("reinit round 1 (seed 3, draw 0) failed three times: A worker"),
                "{line}"
            );
            assert!(
                line.ends_with("Close other tabs; Try again is offered once the rest is done."),
                "{line}"
            );
        }
    }
    assert_eq!(bench.state.status(), PageStatus::Running);
}

#[test]
fn where_one_job_after_the_other_fails_the_run_stops() {
    let mut bench = PageHarness::loaded("seed=1&trials=50&iterations=40&eval_every=10&rounds=2");
    bench.act(UserAction::Play);
    let mut deaths = 0;
    while bench.state.status() != PageStatus::Failed {
        let dead =
            bench.state.workers().iter().find(|worker| worker.has_running_job()).map(|worker| worker.id);
        dead.into_iter().for_each(|id| bench.kill_worker(id));
        deaths += usize::from(dead.is_some());
        bench.deliver_events();
        assert!(deaths < 10);
    }
    assert_eq!(deaths, 9, "three deaths of each of three jobs");
}

#[test]
fn workers_that_never_come_up_are_a_failure_after_three_in_a_place() {
    let mut bench = PageHarness::new(SMALL);
    let mut started = 0;
    while bench.state.status() != PageStatus::Failed {
        let id = ids(&bench)[started % 2 % ids(&bench).len()];
        bench.inbox.retain(|(from, ..)| *from != id);
        bench.kill_worker(id);
        started += 1;
        assert!(started < 10);
    }
    assert_eq!(started, 5);
    let failure = bench.state.failure().expect("a failure");
    assert_eq!((failure.kind, &failure.cause), (FailureKind::Worker, &PageRefusal::WorkerNotLoaded));
}

#[test]
fn a_place_in_which_workers_only_die_is_given_up_and_the_others_go_on() {
    let mut bench = in_the_middle();
    bench.act(UserAction::Play);
    bench.deliver_events();
    for workers in [2, 2, 1] {
        let dead = ids(&bench)[0];
        bench.kill_worker(dead);
        bench.deliver_events();
        assert_eq!((ids(&bench).len(), bench.state.status()), (workers, PageStatus::Paused));
    }
    bench.act(UserAction::Play);
    bench.run_until_seconds(1000.0, |bench| bench.state.status() == PageStatus::Done);
    assert_eq!(bench.table(), run_to_end(LONG).table());
    // The next run has all workers again.
    bench.act(UserAction::Reset(Box::new(settings(SMALL))));
    assert_eq!((ids(&bench).len(), bench.state.status()), (2, PageStatus::Loading));
}

#[test]
fn modules_that_do_not_come_are_a_failure_and_a_slow_one_is_not() {
    let mut bench = PageHarness::loaded(SMALL);
    let dead = ids(&bench)[0];
    bench.kill_worker(dead);
    // The new worker's module takes its time.
    let ready = bench.inbox.pop_front().expect("it says when it has started");
    bench.wait(40.0);
    bench.inbox.push_back(ready);
    bench.wait(1.0);
    assert!(bench.state.workers().iter().all(|worker| worker.status == WorkerStatus::Ready));
    let mut bench = PageHarness::new(SMALL);
    bench.begin_load();
    bench.inbox.clear();
    bench.wait(46.0);
    let failure = bench.state.failure().expect("a failure");
    assert_eq!(failure.kind, FailureKind::Worker);
    assert!(
        failure.cause.to_string().contains("which were starting, made no progress for 45"),
        "{failure:?}"
    );
}

#[test]
fn a_tab_that_has_slept_accuses_nobody() {
    let mut bench = in_the_middle();
    bench.act(UserAction::Play);
    bench.deliver_events();
    let before = ids(&bench);
    for _ in 0..20 {
        bench.now += 3600.0;
        bench.wait(0.2);
    }
    assert_eq!((ids(&bench), bench.readers_started), (before, 1));
}

/// Numbers that look random and are the same in every run of this test.
fn numbers(seed: u64) -> impl FnMut(usize) -> usize {
    let mut state = seed;
    move |below| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    }
}

#[test]
fn pauses_and_deaths_at_any_moment_change_no_digit() {
    let plain = run_to_end(SMALL);
    for seed in 0..60 {
        let mut next = numbers(seed);
        let mut bench = PageHarness::with_workers(SMALL, [1, 2, 4][seed as usize % 3]);
        bench.load();
        bench.act(UserAction::Play);
        let (mut deaths, mut turns) = (0, 0);
        while bench.state.status() != PageStatus::Done {
            turns += 1;
            assert!(turns < 2000, "seed {seed}: {:?}", bench.state.status());
            // Three workers that have come to nothing are a reason to ask.
            if bench.state.status() == PageStatus::Failed {
                bench.act(UserAction::Retry);
                bench.load();
            }
            match next(12) {
                0 if deaths < 3 => {
                    deaths += 1;
                    let ids = ids(&bench);
                    let id = ids[next(ids.len())];
                    match next(3) {
                        0 => bench.kill_worker(id),
                        1 => bench.workers.get_mut(&id).expect("a worker").fault = Some(WorkerFault::Mute),
                        _ => bench.workers.get_mut(&id).expect("a worker").fault = Some(WorkerFault::Deaf),
                    }
                }
                1 => bench.act(UserAction::Play),
                2 => bench.act([UserAction::Step, UserAction::Round][next(2)].clone()),
                3 => bench.wait(3.0),
                _ => train_for(&mut bench, 0.4),
            }
        }
        assert_eq!(bench.table(), plain.table(), "seed {seed}");
    }
}

#[test]
fn a_dead_reader_says_nothing_of_the_run() {
    let mut bench = in_the_middle();
    bench.mute_reader = bench.reader;
    bench.state.take_announcement();
    train_for(&mut bench, 10.0);
    assert_eq!((bench.readers_started, bench.state.status()), (2, PageStatus::Running));
    assert!(!bench.state.take_announcement().unwrap_or_default().contains("worker"));
    let is_score = |question: &Question| matches!(question, Question::ScoreClaims { .. });
    assert!(bench.asked.iter().any(|(_, question)| is_score(question)));
}
