//! Reports: written, read, gone on with.

use crate::bench::{Bench, SMALL, settings};
use experiment::jobs;
use page::{
    state::{State, UserAction},
    status::PageStatus,
    table::TableRow,
};
use protocol::{FailureKind, WorkerEvent};

/// An experiment in which two arms need trained parameters, which no report has.
const HEIRS: &str = "seed=3&trials=2&arms=ticket,norewind,late,oneshot&iterations=40&eval_every=10&rounds=2";

/// The rows but for their digests, which no report has.
fn timed(mut rows: Vec<TableRow>) -> Vec<TableRow> {
    rows.iter_mut().for_each(|row| row.data_attributes.retain(|(name, _)| *name != "digest"));
    rows
}

fn exported(bench: &mut Bench) -> String {
    bench.click(UserAction::Export);
    bench.deliver();
    bench.saved.pop().expect("a file").1
}

fn import(bench: &mut Bench, texts: &[&str]) {
    let names = (1..=texts.len()).map(|at| format!("{at}.jsonl")).collect();
    bench.click(UserAction::Import { names, texts: texts.iter().map(|text| text.to_string()).collect() });
    bench.deliver();
}

fn finished(fragment: &str) -> Bench {
    let mut bench = Bench::ready(fragment);
    bench.click(UserAction::Play);
    bench.until(PageStatus::Done);
    bench
}

/// Runs until so many rows are there.
fn rows(bench: &mut Bench, count: usize) {
    while bench.table().len() < count {
        bench.turn();
    }
}

#[test]
fn what_is_exported_shows_the_same_when_it_is_imported() {
    for fragment in [SMALL, HEIRS] {
        let mut first = finished(fragment);
        let text = exported(&mut first);
        let mut second = Bench::new("seed=9");
        second.deliver();
        import(&mut second, &[&text]);
        assert_eq!((second.state.status(), second.shown), (PageStatus::Done, 1));
        assert_eq!(timed(second.table()), timed(first.table()));
        assert_eq!(second.state.config(), first.state.config());
        let (one, other) = (first.state.record(), second.state.record());
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
    let whole = finished(HEIRS);
    for count in [1, 5, 9] {
        let mut bench = Bench::ready(HEIRS);
        assert!(!bench.state.can_export());
        bench.click(UserAction::Play);
        rows(&mut bench, count);
        let text = exported(&mut bench);
        assert_eq!(bench.state.status(), PageStatus::Running, "an export does not disturb");
        bench.until(PageStatus::Done);
        assert_eq!(bench.table(), whole.table());
        // Elsewhere, in the middle of something else.
        let mut other = Bench::ready(SMALL);
        other.click(UserAction::Play);
        other.turn();
        import(&mut other, &[&text]);
        assert_eq!(other.state.status(), PageStatus::Paused);
        assert!(other.table().len() >= count && other.places().is_empty());
        let jobs = jobs::all_jobs(other.state.config()).into_iter();
        let mut open: Vec<_> = jobs.filter(|&job| !other.state.schedule().is_done(job)).collect();
        let before = other.started.len();
        other.click(UserAction::Play);
        other.until(PageStatus::Done);
        assert_eq!(timed(other.table()), timed(whole.table()));
        // Only what is missing was run, and what leaves it parameters.
        let mut run = other.started.split_off(before);
        open.sort_unstable();
        run.sort_unstable();
        assert_eq!(run, open);
        assert!(open.len() > whole.table().len() - count && (count < 9 || open.len() < whole.started.len()));
    }
}

#[test]
fn a_step_after_a_report_first_brings_all_to_the_place_of_the_furthest() {
    let mut bench = Bench::ready(HEIRS);
    bench.click(UserAction::Play);
    rows(&mut bench, 5);
    let text = exported(&mut bench);
    import(&mut bench, &[&text]);
    bench.click(UserAction::Round);
    bench.until(PageStatus::Paused);
    assert!(bench.places().is_empty());
    let round = bench.state.record().latest_round();
    assert!((0..=round).all(|round| bench.state.record().is_round_done(round)));
}

#[test]
fn reports_of_several_seeds_are_one_run_of_several_trials() {
    let (mut first, mut second) = (finished(SMALL), finished(&SMALL.replace("seed=3", "seed=4")));
    let texts = [exported(&mut first), exported(&mut second)];
    let mut bench = Bench::ready("workers=1");
    import(&mut bench, &[&texts[1], &texts[0]]);
    assert_eq!((bench.state.config().seed, bench.state.config().trials), (3, 2));
    assert_eq!(bench.state.settings().workers, Some(1), "the page's own settings stay");
    assert_eq!(timed(bench.table()), timed([first.table(), second.table()].concat()));
}

#[test]
fn what_is_refused_says_why_and_changes_nothing() {
    let mut bench = Bench::ready(SMALL);
    bench.click(UserAction::Play);
    rows(&mut bench, 1);
    let text = exported(&mut bench);
    let (run, table) = (bench.state.settings().clone(), bench.table());
    for (bad, why) in
        [("nonsense", "first line"), (&text.replace("\"version\":1", "\"version\":2")[..], "version 2")]
    {
        import(&mut bench, &[&text, bad]);
        let message = bench.state.take_request_error().expect("a message");
        assert!(message.starts_with("2.jsonl: ") && message.contains(why), "{message}");
        assert_eq!((bench.state.status(), bench.state.settings()), (PageStatus::Running, &run));
        assert_eq!((bench.table(), bench.state.take_request_error()), (table.clone(), None));
    }
    bench.until(PageStatus::Done);
}

#[test]
fn a_report_waits_for_a_worker_that_listens_and_a_reset_takes_it_back() {
    let text = exported(&mut finished(SMALL));
    let mut early = Bench::new(SMALL);
    import(&mut early, &[&text]);
    assert_eq!(early.state.status(), PageStatus::Done);
    let mut late = Bench::ready(SMALL);
    late.click(UserAction::Import { names: vec!["1.jsonl".into()], texts: vec![text] });
    late.click(UserAction::Reset(settings(SMALL)));
    late.deliver();
    assert_eq!((late.state.status(), late.table().len(), late.shown), (PageStatus::Ready, 0, 0));
}

#[test]
fn a_report_that_the_run_contradicts_is_a_failure_with_its_own_advice() {
    let mut bench = Bench::ready(HEIRS);
    bench.click(UserAction::Play);
    rows(&mut bench, 3);
    let text = exported(&mut bench).replace("\"train_end\":[54321,", "\"train_end\":[54320,");
    import(&mut bench, &[&text]);
    bench.click(UserAction::Play);
    bench.until(PageStatus::Failed);
    let kind = |state: &State| state.failure().map(|failure| failure.kind);
    assert_eq!(kind(&bench.state), Some(FailureKind::Report));
    bench.click(UserAction::Reset(settings(HEIRS)));
    bench.click(UserAction::Play);
    bench.until(PageStatus::Done);
}

#[test]
fn claims_are_scored_when_a_round_is_done_and_after_a_report_and_not_more_often() {
    let mut bench = Bench::ready(SMALL);
    assert_eq!((bench.state.scored_claims(), bench.scored), (None, 0));
    for rounds in 1..=3 {
        bench.click(UserAction::Round);
        bench.until(if rounds < 3 { PageStatus::Paused } else { PageStatus::Done });
        bench.deliver();
        assert_eq!(bench.scored, rounds);
        let scored = bench.state.scored_claims().expect("a score");
        assert_eq!(scored.claims.len(), 12);
        assert!(scored.summary.starts_with("These settings test none"), "{}", scored.summary);
        assert!(bench.state.take_redraw_needs().claims);
    }
    let text = exported(&mut bench);
    bench.click(UserAction::Reset(settings(SMALL)));
    assert_eq!(bench.state.scored_claims(), None);
    import(&mut bench, &[&text]);
    assert!(bench.state.scored_claims().is_some() && bench.scored == 4);
    // An answer that comes after a reset is dropped.
    import(&mut bench, &[&text]);
    bench.click(UserAction::Import { names: vec!["1.jsonl".into()], texts: vec![text] });
    let (worker, event, sent) = bench.inbox.pop_front().expect("the report as it was read");
    let effects = bench.state.on_event(worker, event, sent, bench.now);
    bench.perform(effects);
    assert!(matches!(bench.inbox[0].1, WorkerEvent::Scored { .. }));
    bench.click(UserAction::Reset(settings(SMALL)));
    bench.deliver();
    assert_eq!(bench.state.scored_claims(), None);
}
