//! Tests of reports: writing them, reading them and continuing their runs.

use crate::page_harness::{PageHarness, SMALL, settings};
use experiment::{claims::claim::VerdictKind, job_graph, seeds::Seeds};
use page::{
    state::{State, UserAction},
    status::PageStatus,
    table::TableRow,
};
use protocol::{FailureKind, WorkerEvent, question::Answer};

/// An experiment in which two arms need trained parameters, which reports do not contain.
const ARMS_NEEDING_PARAMETERS: &str =
    "seed=3&trials=2&arms=ticket,norewind,late,oneshot&iterations=40&eval_every=10&rounds=2";

/// The rows without their digests, which reports do not contain.
pub(crate) fn without_digests(mut rows: Vec<TableRow>) -> Vec<TableRow> {
    rows.iter_mut().for_each(|row| row.data_attributes.retain(|(name, _)| *name != "digest"));
    rows
}

pub(crate) fn exported(bench: &mut PageHarness) -> String {
    bench.act(UserAction::Export);
    bench.deliver_events();
    bench.saved.pop().expect("a file").1
}

pub(crate) fn import(bench: &mut PageHarness, texts: &[&str]) {
    let import = bench.import_action(texts);
    bench.act(import);
    bench.deliver_events();
}

pub(crate) fn run_to_end(fragment: &str) -> PageHarness {
    let mut bench = PageHarness::loaded(fragment);
    bench.act(UserAction::Play);
    bench.run_until(PageStatus::Done);
    bench
}

/// Runs until the table has this many rows.
pub(crate) fn run_until_rows(bench: &mut PageHarness, count: usize) {
    while bench.table().len() < count {
        bench.advance_workers();
    }
}

#[test]
fn what_is_exported_shows_the_same_when_it_is_imported() {
    for fragment in [SMALL, ARMS_NEEDING_PARAMETERS] {
        let mut first = run_to_end(fragment);
        let text = exported(&mut first);
        let mut second = PageHarness::new("seed=9");
        second.deliver_events();
        import(&mut second, &[&text]);
        assert_eq!((second.state.status(), second.shown), (PageStatus::Done, 1));
        assert_eq!(without_digests(second.table()), without_digests(first.table()));
        assert_eq!(second.state.config(), first.state.config());
        let (one, other) = (first.state.results(), second.state.results());
        assert_eq!(one.prune_rounds(3), other.prune_rounds(3));
        assert!((0..=2).all(|round| one.ticket_survivors(3, round) == other.ticket_survivors(3, round)));
        assert!(one.ticket_survivors(3, 2).is_some() && second.state.take_redraw_needs().all);
        assert_eq!(exported(&mut second), text);
        second.load();
        assert_eq!((second.state.status(), second.started.len()), (PageStatus::Done, 0));
    }
}

#[test]
fn a_report_can_be_had_in_the_middle_and_gone_on_with() {
    let whole = run_to_end(ARMS_NEEDING_PARAMETERS);
    for count in [1, 5, 9] {
        let mut bench = PageHarness::loaded(ARMS_NEEDING_PARAMETERS);
        assert!(!bench.state.can_export());
        bench.act(UserAction::Play);
        run_until_rows(&mut bench, count);
        let text = exported(&mut bench);
        assert_eq!(bench.state.status(), PageStatus::Running, "an export does not disturb");
        bench.run_until(PageStatus::Done);
        assert_eq!(bench.table(), whole.table());
        // The report is opened in another page, in the middle of another run.
        let mut other = PageHarness::loaded(SMALL);
        other.act(UserAction::Play);
        other.advance_workers();
        import(&mut other, &[&text]);
        assert_eq!(other.state.status(), PageStatus::Paused);
        assert!(other.table().len() >= count && other.job_positions().is_empty());
        let jobs = job_graph::all_jobs(other.state.config()).into_iter();
        let mut open: Vec<_> = jobs.filter(|&job| !other.state.schedule().is_done(job)).collect();
        let before = other.started.len();
        other.act(UserAction::Play);
        other.run_until(PageStatus::Done);
        assert_eq!(without_digests(other.table()), without_digests(whole.table()));
        // Only the missing jobs ran, and those that produce parameters for them.
        let mut run = other.started.split_off(before);
        open.sort_unstable();
        run.sort_unstable();
        assert_eq!(run, open);
        assert!(open.len() > whole.table().len() - count && (count < 9 || open.len() < whole.started.len()));
    }
}

#[test]
fn a_step_after_a_report_first_brings_all_to_the_place_of_the_furthest() {
    let mut bench = PageHarness::loaded(ARMS_NEEDING_PARAMETERS);
    bench.act(UserAction::Play);
    run_until_rows(&mut bench, 5);
    let text = exported(&mut bench);
    import(&mut bench, &[&text]);
    bench.act(UserAction::Round);
    bench.run_until(PageStatus::Paused);
    assert!(bench.job_positions().is_empty());
    let round = bench.state.results().latest_round();
    assert!((0..=round).all(|round| bench.state.results().is_round_done(round)));
}

#[test]
fn reports_of_several_seeds_are_one_run_of_several_trials() {
    let (mut first, mut second) = (run_to_end(SMALL), run_to_end(&SMALL.replace("seed=3", "seed=4")));
    let texts = [exported(&mut first), exported(&mut second)];
    let mut bench = PageHarness::loaded("workers=1");
    import(&mut bench, &[&texts[1], &texts[0]]);
    assert_eq!(bench.state.config().seeds, Seeds::consecutive(3, 2).unwrap());
    assert_eq!(bench.state.settings().workers, Some(1), "the page's own settings stay");
    assert_eq!(without_digests(bench.table()), without_digests([first.table(), second.table()].concat()));
}

#[test]
fn what_is_refused_says_why_and_changes_nothing() {
    let mut bench = PageHarness::loaded(SMALL);
    bench.act(UserAction::Play);
    run_until_rows(&mut bench, 1);
    let text = exported(&mut bench);
    let (run, table) = (bench.state.settings().clone(), bench.table());
    for (bad, why) in
        [("nonsense", "first line"), (&text.replace("\"version\":2", "\"version\":3")[..], "version 3")]
    {
        import(&mut bench, &[&text, bad]);
        let messages = bench.request_errors();
        let [message] = &messages[..] else { panic!("{messages:?}") };
        assert!(message.starts_with("2.jsonl: ") && message.contains(why), "{message}");
        assert_eq!((bench.state.status(), bench.state.settings()), (PageStatus::Running, &run));
        assert_eq!((bench.table(), bench.request_errors()), (table.clone(), vec![]));
    }
    bench.run_until(PageStatus::Done);
}

#[test]
fn a_report_waits_for_the_reader_and_a_reset_takes_it_back() {
    let text = exported(&mut run_to_end(SMALL));
    let mut early = PageHarness::new(SMALL);
    import(&mut early, &[&text]);
    assert_eq!(early.state.status(), PageStatus::Done);
    let mut late = PageHarness::loaded(SMALL);
    let import = late.import_action(&[&text]);
    late.act(import);
    late.act(UserAction::Reset(Box::new(settings(SMALL))));
    late.deliver_events();
    assert_eq!((late.state.status(), late.table().len(), late.shown), (PageStatus::Ready, 0, 0));
}

#[test]
fn a_report_that_the_run_contradicts_is_a_failure_with_its_own_advice() {
    let mut bench = PageHarness::loaded(ARMS_NEEDING_PARAMETERS);
    bench.act(UserAction::Play);
    run_until_rows(&mut bench, 3);
    let (early, end) = ("\"train_early\":[54321,", "\"train_end\":[54321,");
    let text = exported(&mut bench).replace(early, "\"train_early\":[54320,");
    let text = text.replace(end, "\"train_end\":[54320,");
    import(&mut bench, &[&text]);
    bench.act(UserAction::Play);
    bench.run_until(PageStatus::Failed);
    let kind = |state: &State| state.failure().map(|failure| failure.kind);
    assert_eq!(kind(&bench.state), Some(FailureKind::Report));
    bench.act(UserAction::Reset(Box::new(settings(ARMS_NEEDING_PARAMETERS))));
    bench.act(UserAction::Play);
    bench.run_until(PageStatus::Done);
}

#[test]
fn claims_are_scored_when_a_round_is_done_and_after_a_report_and_not_more_often() {
    let mut bench = PageHarness::loaded(SMALL);
    assert_eq!((bench.state.scored_claims(), bench.scored()), (None, 0));
    for rounds in 1..=3 {
        bench.act(UserAction::Round);
        bench.run_until(if rounds < 3 { PageStatus::Paused } else { PageStatus::Done });
        bench.deliver_events();
        assert_eq!(bench.scored(), rounds);
        let scored = bench.state.scored_claims().expect("a score");
        assert_eq!(scored.claims.len(), 12);
        assert!(scored.claims.iter().all(|claim| claim.verdict.kind() == VerdictKind::NotTested));
        assert!(bench.state.take_redraw_needs().claims);
    }
    let text = exported(&mut bench);
    bench.act(UserAction::Reset(Box::new(settings(SMALL))));
    assert_eq!(bench.state.scored_claims(), None);
    import(&mut bench, &[&text]);
    assert!(bench.state.scored_claims().is_some() && bench.scored() == 4);
    // An answer that arrives after a reset is ignored.
    import(&mut bench, &[&text]);
    let again = bench.import_action(&[&text]);
    bench.act(again);
    let no_answer = |(_, event, _): &(_, WorkerEvent, _)| !matches!(event, WorkerEvent::Answered { .. });
    bench.inbox.retain(|said| !no_answer(said));
    let (worker, event, payload) = bench.inbox.pop_front().expect("the report as it was read");
    let effects = bench.state.on_event(worker, event, payload, bench.now);
    bench.perform(effects);
    bench.inbox.retain(|said| !no_answer(said));
    let WorkerEvent::Answered { answer: Ok(answer), .. } = &bench.inbox[0].1 else { panic!("no answer") };
    assert!(matches!(answer, Answer::ClaimsScored { .. }));
    bench.act(UserAction::Reset(Box::new(settings(SMALL))));
    bench.deliver_events();
    assert_eq!(bench.state.scored_claims(), None);
}
