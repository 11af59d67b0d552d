//! Tests with more jobs than workers.

use crate::page_harness::{PageHarness, settings};
use experiment::job_graph;
use page::{state::UserAction, status::PageStatus};

/// Three trials of three arms: three jobs in round 0, and nine in each later round.
const CROWDED: &str = "seed=3&trials=3&arms=ticket,reinit,random&iterations=80&eval_every=10&rounds=3";

#[test]
fn every_arm_and_trial_is_brought_to_the_same_place_however_few_workers() {
    let mut tables = Vec::new();
    for workers in [1, 2, 4] {
        let mut bench = PageHarness::with_workers(CROWDED, workers);
        bench.load();
        let hold = |bench: &mut PageHarness, control| {
            bench.act(control);
            bench.run_until(PageStatus::Paused);
            bench.deliver_events();
            let mut places = bench.job_positions();
            places.sort_unstable();
            (places, bench.table().len())
        };
        assert_eq!(hold(&mut bench, UserAction::Step), (vec![(0, 10); 3], 0));
        assert_eq!(hold(&mut bench, UserAction::Round), (vec![], 3));
        for iteration in [10, 20] {
            assert_eq!(hold(&mut bench, UserAction::Step), (vec![(1, iteration); 9], 3), "{workers} workers");
        }
        // A pause in the middle: all jobs are paused at different iterations, and a step brings them together.
        bench.act(UserAction::Play);
        (0..2).for_each(|_| bench.advance_workers());
        assert!(bench.state.workers().iter().all(|worker| worker.has_running_job()));
        hold(&mut bench, UserAction::Play);
        assert!(bench.state.workers().iter().all(|worker| !worker.has_running_job()));
        let (places, _) = hold(&mut bench, UserAction::Step);
        assert!(places.iter().all(|place| *place == places[0]), "{workers} workers: {places:?}");
        let round = places[0].0;
        assert_eq!(hold(&mut bench, UserAction::Round), (vec![], 3 + 9 * round as usize));
        bench.act(UserAction::Play);
        bench.run_until(PageStatus::Done);
        let mut once = bench.started.clone();
        once.sort_unstable();
        assert_eq!(once, job_graph::all_jobs(bench.state.config()), "{workers} workers");
        tables.push(bench.table());
    }
    assert_eq!(tables[0].len(), 30);
    assert!(tables[0] == tables[1] && tables[0] == tables[2]);
}

#[test]
fn play_goes_on_with_what_is_held_before_it_starts_anything_new() {
    let mut bench = PageHarness::with_workers(CROWDED, 2);
    bench.load();
    bench.act(UserAction::Round);
    bench.run_until(PageStatus::Paused);
    bench.act(UserAction::Step);
    bench.run_until(PageStatus::Paused);
    let started = bench.started.len();
    bench.act(UserAction::Play);
    while bench.job_positions().len() > 2 {
        assert_eq!(bench.started.len(), started, "a job was started while others were held");
        bench.advance_workers();
    }
    bench.run_until(PageStatus::Done);
}

#[test]
fn what_a_dead_worker_held_runs_again() {
    let mut bench = PageHarness::with_workers(CROWDED, 1);
    bench.load();
    bench.act(UserAction::Round);
    bench.run_until(PageStatus::Paused);
    bench.act(UserAction::Step);
    bench.run_until(PageStatus::Paused);
    assert_eq!(bench.job_positions().len(), 9);
    let dead = *bench.workers.keys().next().expect("a worker");
    bench.kill_worker(dead);
    bench.deliver_events();
    assert_eq!((bench.state.status(), bench.job_positions().len()), (PageStatus::Paused, 0));
    bench.act(UserAction::Play);
    bench.run_until(PageStatus::Done);
    assert_eq!((bench.table().len(), bench.started.len()), (30, 30 + 9));
}

#[test]
fn as_many_workers_as_are_asked_for_or_of_use_from_the_next_reset_on() {
    let workers = |bench: &PageHarness| (bench.state.workers().len(), bench.workers.len());
    let mut bench = PageHarness::with_workers("rounds=1&iterations=20&eval_every=10", 8);
    assert_eq!(workers(&bench), (2, 2), "a trial of two arms has no use for more");
    bench.load();
    for (fragment, asked, before) in [
        ("&workers=5", 5, PageStatus::Loading),
        ("&workers=1", 1, PageStatus::Ready),
        ("", 8, PageStatus::Loading),
    ] {
        bench.act(UserAction::Play);
        bench.advance_workers();
        bench.act(UserAction::Reset(Box::new(settings(&format!("{CROWDED}{fragment}")))));
        assert_eq!((workers(&bench), bench.state.status()), ((asked, asked), before), "{fragment}");
        bench.deliver_events();
        assert_eq!(bench.state.status(), PageStatus::Ready);
    }
    bench.act(UserAction::Play);
    bench.run_until(PageStatus::Done);
    assert_eq!(bench.table().len(), 30);
}
