//! Tests of runs on one data set after another.

use crate::{
    page_harness::{PageHarness, SMALL, settings},
    reports::{exported, import, run_to_end},
};
use page::refusals::{PageFailure, PageRefusal};
use page::{
    state::{State, UserAction},
    status::PageStatus,
    worker_pool::Effect,
};
use protocol::{FailureKind, WorkerEvent, payload::Payload};

const FASHION: &str = "data=fashion&seed=3&iterations=40&eval_every=10&rounds=1";

fn reset(bench: &mut PageHarness, fragment: &str) {
    bench.act(UserAction::Reset(Box::new(settings(fragment))));
}

#[test]
fn another_data_set_is_fetched_once_and_given_to_every_worker() {
    let mut bench = run_to_end(SMALL);
    let table = bench.table();
    reset(&mut bench, FASHION);
    assert_eq!((bench.state.status(), bench.fetches, bench.abandoned), (PageStatus::Loading, 2, 1));
    bench.load();
    assert_eq!(bench.state.status(), PageStatus::Ready);
    bench.act(UserAction::Play);
    bench.run_until(PageStatus::Done);
    // The same data set again needs no fetch; the first one does.
    reset(&mut bench, &FASHION.replace("seed=3", "seed=4"));
    assert_eq!((bench.state.status(), bench.fetches), (PageStatus::Ready, 2));
    reset(&mut bench, SMALL);
    assert_eq!((bench.state.status(), bench.fetches), (PageStatus::Loading, 3));
    bench.load();
    bench.act(UserAction::Play);
    bench.run_until(PageStatus::Done);
    assert_eq!(bench.table(), table);
}

/// Both data sets of a run that transfers are fetched and given to each worker, and one is again where one is enough.
#[test]
fn a_run_that_transfers_waits_for_both_data_sets() {
    let transfer =
        "transfer=fashion&arms=ticket,other_ticket,transferred&seed=3&iterations=40&eval_every=10&rounds=1";
    let mut bench = PageHarness::new(SMALL);
    bench.load();
    reset(&mut bench, transfer);
    assert_eq!((bench.state.status(), bench.fetches, bench.abandoned), (PageStatus::Loading, 2, 1));
    assert_eq!(bench.state.download().done.len(), 8);
    bench.begin_load();
    bench.inbox.clear();
    // Workers that have one of the two are not ready.
    for worker in bench.workers.keys().copied().collect::<Vec<_>>() {
        let one = WorkerEvent::Loaded { data: vec!["mnist".into()] };
        let effects = bench.state.on_event(worker, one, Payload::NONE, bench.now);
        bench.perform(effects);
    }
    assert_eq!(bench.state.status(), PageStatus::Loading);
    reset(&mut bench, SMALL);
    reset(&mut bench, transfer);
    bench.load();
    bench.act(UserAction::Play);
    bench.run_until(PageStatus::Done);
    let rows = page::table::table_rows(bench.state.results(), usize::MAX).0;
    let of = |attribute: &str| -> Vec<String> {
        let value = |row: &page::table::TableRow| {
            row.data_attributes.iter().find(|(name, _)| *name == attribute).expect(attribute).1.clone()
        };
        rows.iter().map(value).collect()
    };
    assert_eq!(of("arm"), ["ticket", "ticket", "other_ticket", "other_ticket", "transferred"]);
    assert_eq!(of("data"), ["mnist", "mnist", "fashion", "fashion", "fashion"]);
    assert!(rows[4].cells[0].ends_with("(Fashion-MNIST)"), "{}", rows[4].cells[0]);
    // A drawing is of digits: networks that read clothes are not asked.
    let kept: Vec<_> = bench.state.kept_networks().jobs().collect();
    assert!(kept.iter().any(|job| job.arm.is_of_other_data()));
    assert!(page::votes::vote_rows(bench.state.config()).iter().all(|row| !row.job.arm.is_of_other_data()));
    // A report of it opens as it was.
    let (text, table) = (exported(&mut bench), bench.table());
    let mut other = PageHarness::new(SMALL);
    import(&mut other, &[&text]);
    assert_eq!((other.state.status(), other.table()), (PageStatus::Done, table));
    // Without it, it is as it was.
    reset(&mut bench, SMALL);
    assert_eq!((bench.state.status(), bench.state.download().done.len()), (PageStatus::Loading, 4));
}

/// A worker that is told to load another data set may still speak of the one before.
#[test]
fn what_a_worker_says_of_the_data_set_before_is_not_heard() {
    let mut bench = PageHarness::new(SMALL);
    bench.deliver_events();
    let first = *bench.workers.keys().next().expect("a worker");
    bench.begin_load();
    reset(&mut bench, FASHION);
    for event in [
        WorkerEvent::Unpacking { done: 1, total: 2 },
        WorkerEvent::Loaded { data: vec!["mnist".into()] },
        WorkerEvent::Unpacking { done: 2, total: 2 },
    ] {
        let effects = bench.state.on_event(first, event, Payload::NONE, bench.now);
        bench.perform(effects);
    }
    assert_eq!(bench.state.status(), PageStatus::Loading);
    bench.inbox.clear();
    bench.load();
    assert_eq!(bench.state.status(), PageStatus::Ready, "every worker was given the new data");
}

#[test]
fn a_whole_report_gives_up_the_download_of_another_data_set() {
    let text = exported(&mut run_to_end(SMALL));
    let mut bench = PageHarness::new(FASHION);
    import(&mut bench, &[&text]);
    assert_eq!((bench.state.status(), bench.fetches, bench.abandoned), (PageStatus::Done, 1, 1));
    // Nothing is fetched until something has to be trained.
    reset(&mut bench, SMALL);
    assert_eq!((bench.state.status(), bench.fetches), (PageStatus::Loading, 2));
    bench.load();
    assert_eq!(bench.state.status(), PageStatus::Ready);
}

#[test]
fn a_page_that_has_failed_trains_networks_of_a_report_again() {
    let text = exported(&mut run_to_end(SMALL));
    let mut bench = PageHarness::new(SMALL);
    let missing = PageFailure { kind: FailureKind::Data, cause: PageRefusal::Foreign("404".into()) };
    let effects = bench.state.on_failure(missing.clone(), bench.now);
    bench.perform(effects);
    import(&mut bench, &[&text]);
    assert_eq!((bench.state.status(), bench.workers.len()), (PageStatus::Done, 0));
    bench.act(UserAction::TrainAgain(bench.state.jobs_to_train_again()));
    assert_eq!((bench.state.status(), bench.workers.len()), (PageStatus::Loading, 2));
    // The data is missing still, which is said, and comes at last.
    let effects = bench.state.on_failure(missing, bench.now);
    bench.perform(effects);
    assert_eq!(bench.state.status(), PageStatus::Failed);
    bench.act(UserAction::Retry);
    bench.deliver_events();
    bench.load();
    bench.run_until(PageStatus::Done);
    assert_eq!(bench.state.kept_networks().jobs().len(), 5);
}

/// Only data that was bad is fetched past the browser's cache.
#[test]
fn a_fetch_says_how_often_the_data_was_bad() {
    let bad = |effects: &[Effect]| {
        effects.iter().find_map(|effect| match effect {
            Effect::Fetch { bad_before, .. } => Some(*bad_before),
            _ => None,
        })
    };
    let (mut state, effects) = State::new(settings(SMALL), 2, 0.0);
    assert_eq!(bad(&effects), Some(0));
    let effects = state.on_action(UserAction::Reset(Box::new(settings(FASHION))), 0.0);
    assert_eq!(bad(&effects), Some(0));
    state.on_failure(
        PageFailure { kind: FailureKind::Data, cause: PageRefusal::Foreign("corrupt".into()) },
        0.0,
    );
    let effects = state.on_action(UserAction::Retry, 0.0);
    assert_eq!(bad(&effects), Some(1));
}
