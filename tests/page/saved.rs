//! Tests of kept runs: what a crash costs, what comes back, and what can be undone.

use crate::{
    page_harness::{PageHarness, SMALL, settings},
    reports::import,
};
use experiment::{experiment_report::FinishedJob, job::JobId};
use page::{
    kept_networks::KeptNetworks,
    moment::Moment,
    saved_runs::{MOST_RUNS, SavedAction, SavedId, StoreTrouble},
    state::{TimelineMove, UserAction},
    status::PageStatus,
};
use std::hash::{DefaultHasher, Hash, Hasher};

/// A small experiment with one round more than [`SMALL`].
const LONGER: &str = "seed=3&iterations=40&eval_every=10&rounds=3";
/// Arms of which jobs need masks and parameters of others.
const ALL_ARMS: &str = "seed=3&iterations=40&eval_every=10&rounds=2&arms=ticket,reinit,norewind,late,oneshot";

fn finished(bench: &PageHarness) -> Vec<FinishedJob> {
    bench.state.results().finished_jobs().cloned().collect()
}

/// Each chain of masks as one number, which can be printed where two differ.
fn prune_rounds(bench: &PageHarness) -> Vec<u64> {
    let number = |bytes: Vec<u8>| {
        let mut hasher = DefaultHasher::new();
        bytes.hash(&mut hasher);
        hasher.finish()
    };
    bench.state.results().experiment_report().to_parts().1.into_iter().map(number).collect()
}

/// The bytes of each network that can be asked.
fn networks(bench: &PageHarness) -> Vec<(JobId, usize)> {
    let kept: &KeptNetworks = bench.state.kept_networks();
    kept.jobs().map(|job| (job, kept.bytes_of(job))).collect()
}

fn saved(bench: &mut PageHarness, action: SavedAction) {
    bench.act(UserAction::Saved(action));
    bench.deliver_events();
}

fn started(fragment: &str) -> PageHarness {
    let mut bench = PageHarness::loaded(fragment);
    bench.list_runs();
    bench.act(UserAction::Play);
    bench
}

fn done(fragment: &str) -> PageHarness {
    let mut bench = started(fragment);
    bench.run_until(PageStatus::Done);
    bench
}

fn resumed(from: &PageHarness) -> PageHarness {
    let mut bench = from.reopened("");
    let offered = bench.state.saved().offered().expect("an offer").id.clone();
    saved(&mut bench, SavedAction::Open(offered));
    bench
}

#[test]
fn a_crash_at_any_moment_costs_the_jobs_under_way_and_no_digit() {
    let whole = done(ALL_ARMS);
    let mut crashes = 0;
    let mut bench = started(ALL_ARMS);
    while bench.state.status() != PageStatus::Done {
        bench.advance_workers();
        if finished(&bench).is_empty() {
            continue;
        }
        let mut after = resumed(&bench);
        assert_eq!(after.state.settings().config, bench.state.settings().config);
        assert_eq!((finished(&after), prune_rounds(&after)), (finished(&bench), prune_rounds(&bench)));
        assert_eq!(networks(&after), networks(&bench));
        let (before, open) = (finished(&after).len(), after.state.schedule().open_jobs());
        assert_eq!(open, finished(&whole).len() - before, "something finished is trained again");
        after.act(UserAction::Play);
        after.run_until(PageStatus::Done);
        assert_eq!((finished(&after), prune_rounds(&after)), (finished(&whole), prune_rounds(&whole)));
        assert_eq!(networks(&after), networks(&whole));
        assert_eq!(after.started.len(), open, "after {before} jobs");
        crashes += 1;
    }
    assert!(crashes > 20, "only {crashes}");
}

#[test]
fn a_run_can_be_left_and_gone_on_with_again_and_again() {
    let whole = done(ALL_ARMS);
    let mut bench = started(ALL_ARMS);
    let mut rounds = 0;
    while bench.state.status() != PageStatus::Done {
        let before = finished(&bench).len();
        while finished(&bench).len() < (before + 2).min(finished(&whole).len()) {
            bench.advance_workers();
        }
        bench = resumed(&bench);
        assert_eq!(bench.store.runs.len(), 1, "going on is no new run");
        bench.act(UserAction::Play);
        rounds += 1;
    }
    assert!(rounds > 4);
    assert_eq!((finished(&bench), prune_rounds(&bench)), (finished(&whole), prune_rounds(&whole)));
}

#[test]
fn the_page_goes_to_the_place_and_waits_there() {
    let mut bench = started(LONGER);
    while finished(&bench).len() < 4 {
        bench.advance_workers();
    }
    bench.act(UserAction::GoTo(TimelineMove::Moment(Moment::training(1, 20))));
    saved(&mut bench, SavedAction::KeepPlace);
    let mut after = resumed(&bench);
    assert_eq!(after.state.shown().moment(), Moment::training(1, 20));
    assert_eq!((after.state.status(), after.state.is_playing()), (PageStatus::Paused, false));
    assert_eq!(after.shown, 1, "the fields show the settings of the run");
    assert!(after.state.saved().offered().is_none());
    // What was shown of jobs that were under way is not there any more.
    bench.act(UserAction::GoTo(TimelineMove::Frontier));
    saved(&mut bench, SavedAction::KeepPlace);
    let later = resumed(&bench);
    assert_eq!(later.state.shown().moment(), later.state.frontier());
    after.act(UserAction::Play);
    after.run_until(PageStatus::Done);
}

#[test]
fn an_opened_report_is_kept_as_soon_as_something_is_added() {
    let mut half = started(LONGER);
    while finished(&half).len() < 3 {
        half.advance_workers();
    }
    half.act(UserAction::Export);
    half.deliver_events();
    let report = half.saved[0].1.clone();
    let mut bench = PageHarness::loaded("seed=9");
    bench.list_runs();
    import(&mut bench, &[&report]);
    assert_eq!((finished(&bench).len(), bench.store.runs.len()), (3, 0));
    bench.act(UserAction::Play);
    while finished(&bench).len() < 4 {
        bench.advance_workers();
    }
    assert_eq!(bench.store.runs.len(), 1);
    let mut after = resumed(&bench);
    assert_eq!((finished(&after), prune_rounds(&after)), (finished(&bench), prune_rounds(&bench)));
    after.act(UserAction::Play);
    after.run_until(PageStatus::Done);
    assert_eq!(finished(&after), finished(&done(LONGER)));
}

#[test]
fn a_report_in_the_middle_of_a_run_replaces_it_and_that_can_be_undone() {
    let other = {
        let mut other = done("seed=8&iterations=40&eval_every=10&rounds=1");
        other.act(UserAction::Export);
        other.deliver_events();
        other.saved[0].1.clone()
    };
    // With and without a store.
    for trouble in [None, Some(StoreTrouble::Closed)] {
        let mut bench = started(SMALL);
        bench.store.trouble = trouble;
        while finished(&bench).len() < 3 {
            bench.advance_workers();
        }
        let (before, kept) = (finished(&bench), networks(&bench));
        import(&mut bench, &[&other]);
        assert_eq!(bench.state.config().seeds.first(), 8);
        assert!(
            bench.state.undo_note().is_some_and(|note| note.contains("seed 3") && note.contains("3 of 5"))
        );
        saved(&mut bench, SavedAction::Undo);
        assert_eq!((finished(&bench), networks(&bench)), (before.clone(), kept));
        assert_eq!(bench.state.status(), PageStatus::Paused);
        // An undo can be undone.
        saved(&mut bench, SavedAction::Undo);
        assert_eq!(bench.state.config().seeds.first(), 8);
        saved(&mut bench, SavedAction::Undo);
        bench.act(UserAction::Play);
        bench.run_until(PageStatus::Done);
        assert_eq!(finished(&bench), finished(&done(SMALL)));
        let ids = bench.store.runs.len();
        assert_eq!(ids, usize::from(trouble.is_none()), "it is kept as the run that it was");
    }
}

#[test]
fn a_reset_can_be_undone_and_nothing_is_kept_in_memory_for_longer() {
    let mut bench = done(SMALL);
    let (all, arrays) = (finished(&bench), bench.arrays.len());
    bench.act(UserAction::Reset(Box::new(settings(SMALL))));
    assert_eq!((finished(&bench).len(), bench.arrays.len()), (0, arrays));
    // A second reset of nothing does not take the way back.
    bench.act(UserAction::Reset(Box::new(settings("seed=4"))));
    saved(&mut bench, SavedAction::Undo);
    assert_eq!((finished(&bench), bench.state.status()), (all, PageStatus::Done));
    bench.act(UserAction::Reset(Box::new(settings(SMALL))));
    bench.act(UserAction::Play);
    bench.run_until(PageStatus::Done);
    assert_eq!((bench.store.runs.len(), bench.arrays.len()), (2, 2 * arrays));
    bench.act(UserAction::Reset(Box::new(settings(SMALL))));
    assert_eq!(bench.arrays.len(), arrays, "the run before the last can no longer be brought back");
}

#[test]
fn deleting_can_be_undone_until_something_else_is_done_or_the_page_is_left() {
    let bench = done(SMALL);
    let mut bench = bench.reopened("");
    let id = bench.state.saved().offered().unwrap().id.clone();
    saved(&mut bench, SavedAction::Delete(id.clone()));
    assert_eq!((bench.state.saved().runs().count(), bench.store.runs.len()), (0, 1));
    assert!(bench.state.saved().offered().is_none() && bench.store.held.contains(&id));
    saved(&mut bench, SavedAction::Undo);
    assert_eq!(bench.state.saved().runs().count(), 1);
    saved(&mut bench, SavedAction::Delete(id.clone()));
    // Another page that finds it deleted and not held removes it.
    assert_eq!(bench.reopened("").store.runs.len(), 0);
    // So does another such action.
    bench.act(UserAction::Play);
    bench.run_until(PageStatus::Done);
    assert_eq!(bench.store.runs.len(), 2);
    bench.act(UserAction::Reset(Box::new(settings(SMALL))));
    assert!(!bench.store.runs.contains_key(&id) && bench.store.runs.len() == 1);
    // The run on the page is not deleted.
    bench.act(UserAction::Play);
    bench.run_until(PageStatus::Done);
    let here = bench.state.saved().runs().next().unwrap().id.clone();
    saved(&mut bench, SavedAction::Delete(here.clone()));
    assert!(bench.state.saved().get(&here).is_some_and(|run| !run.deleted));
}

#[test]
fn a_run_of_another_tab_is_left_alone() {
    let first = done(SMALL);
    let mut store = first.reopened("");
    let id = store.state.saved().offered().unwrap().id.clone();
    store.store.elsewhere.push(id.clone());
    let mut bench = store.reopened("seed=5");
    assert!(bench.state.saved().offered().is_none() && bench.state.saved().is_elsewhere(&id));
    saved(&mut bench, SavedAction::Open(id.clone()));
    assert_eq!((bench.state.config().seeds.first(), bench.state.status()), (5, PageStatus::Ready));
    saved(&mut bench, SavedAction::Delete(id.clone()));
    assert!(bench.state.saved().get(&id).is_some_and(|run| !run.deleted));
    // The other tab opened it after this one has looked.
    store.state.on_saved_list(vec![bench.store.runs[&id].0.clone()], Default::default());
    saved(&mut store, SavedAction::Delete(id.clone()));
    assert!(store.state.undo_note().is_none() && store.state.saved().is_elsewhere(&id));
}

#[test]
fn a_full_store_is_said_costs_nothing_and_is_written_whole_once_there_is_room() {
    let mut bench = started(LONGER);
    bench.store.trouble = Some(StoreTrouble::Full);
    assert_eq!((bench.state.saved().trouble(), bench.state.saved().would_lose()), (None, false));
    while finished(&bench).len() < 3 {
        bench.advance_workers();
    }
    assert_eq!(bench.state.saved().trouble(), Some(StoreTrouble::Full));
    assert!(bench.state.saved().would_lose() && bench.store.runs.is_empty());
    bench.store.trouble = None;
    while finished(&bench).len() < 4 {
        bench.advance_workers();
    }
    assert_eq!((bench.state.saved().trouble(), bench.state.saved().would_lose()), (None, false));
    let after = resumed(&bench);
    assert_eq!((finished(&after), prune_rounds(&after)), (finished(&bench), prune_rounds(&bench)));
    // While a write is under way something could be lost.
    bench.store.is_slow = true;
    let before = finished(&bench).len();
    bench.run_until(PageStatus::Done);
    for _ in before..finished(&bench).len() {
        assert!(bench.state.saved().would_lose());
        bench.state.on_saved(Ok(()));
    }
    assert!(!bench.state.saved().would_lose());
}

#[test]
fn the_oldest_runs_make_room_but_not_those_with_a_name_nor_one_of_another_tab() {
    let mut bench = PageHarness::loaded("");
    bench.list_runs();
    let small = |seed: usize| format!("seed={seed}&iterations=10&eval_every=10&rounds=0&hidden=1");
    for seed in 1..=MOST_RUNS + 3 {
        bench.now += 10.0;
        bench.act(UserAction::Reset(Box::new(settings(&small(seed)))));
        bench.act(UserAction::Play);
        bench.run_until(PageStatus::Done);
        let id = bench.state.saved().runs().next().unwrap().id.clone();
        if seed == 1 {
            bench.store.elsewhere.push(id);
            bench.act(UserAction::Reset(Box::new(settings(&small(100)))));
            bench.act(UserAction::Reset(Box::new(settings(&small(100)))));
            bench.list_runs();
        } else if seed == 2 {
            saved(&mut bench, SavedAction::Rename(id, "mine".into()));
        }
    }
    let kept: Vec<String> = bench.state.saved().runs().map(|run| run.fragment.clone()).collect();
    assert_eq!((kept.len(), bench.store.runs.len()), (MOST_RUNS, MOST_RUNS));
    let has = |seed: usize| kept.iter().any(|fragment| fragment.contains(&format!("seed={seed}&")));
    assert!(has(1) && has(2) && !has(3) && !has(4) && !has(5) && has(6) && has(MOST_RUNS + 3));
}

#[test]
fn what_is_damaged_is_trained_again() {
    let mut bench = started(ALL_ARMS);
    while finished(&bench).len() < 6 {
        bench.advance_workers();
    }
    let (_, stored) = bench.store.runs.values_mut().next().unwrap();
    let dense = *stored.jobs.keys().find(|job| job.round == 0).unwrap();
    stored.jobs.get_mut(&dense).unwrap().1.0.truncate(1);
    let mut after = resumed(&bench);
    assert_eq!(finished(&after).len(), 5);
    after.act(UserAction::Play);
    after.run_until(PageStatus::Done);
    assert_eq!(finished(&after), finished(&done(ALL_ARMS)));
    assert_eq!(after.started.iter().filter(|job| **job == dense).count(), 1);
}

#[test]
fn a_run_that_this_version_cannot_read_is_listed_and_not_opened() {
    let mut bench = done(SMALL);
    let id: SavedId = bench.store.runs.keys().next().unwrap().clone();
    bench.store.runs.get_mut(&id).unwrap().0.schema += 1;
    let mut after = bench.reopened("seed=5");
    assert!(after.state.saved().offered().is_none());
    assert_eq!(after.state.saved().runs().count(), 1);
    saved(&mut after, SavedAction::Open(id.clone()));
    assert_eq!((finished(&after).len(), after.state.config().seeds.first()), (0, 5));
    saved(&mut after, SavedAction::Delete(id));
    assert_eq!(after.state.saved().runs().count(), 0);
}

#[test]
fn what_finished_networks_read_of_corrupted_images_is_kept() {
    let mut bench = done(SMALL);
    bench.act(UserAction::ReadCorrupted);
    bench.run_until(PageStatus::Done);
    let read = |bench: &PageHarness| finished(bench).iter().all(|job| job.report.robustness.is_some());
    assert!(read(&bench) && read(&resumed(&bench)));
    assert_eq!(finished(&resumed(&bench)), finished(&bench));
}
