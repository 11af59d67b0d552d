//! Tests of what the user takes away: which files come, that a network which is not kept is trained again for it, and what
//! happens when something is in the way.

use crate::{
    page_harness::{PageHarness, SMALL},
    reports::import,
};
use experiment::{arm::Arm, job::JobId};
use page::{
    exports::{self, ExportRequest, Picture},
    state::UserAction,
    status::PageStatus,
};
use protocol::question::Question;

fn done(fragment: &str) -> PageHarness {
    let mut bench = PageHarness::loaded(fragment);
    bench.act(UserAction::Play);
    bench.run_until(PageStatus::Done);
    bench
}

fn take(bench: &mut PageHarness, request: ExportRequest) -> Vec<String> {
    bench.act(UserAction::ExportFiles(request));
    bench.deliver_events();
    std::mem::take(&mut bench.saved_bytes).into_iter().map(|(name, _)| name).collect()
}

fn picture() -> Picture {
    Picture { name: "curves.svg".into(), text: "<svg/>".into() }
}

const JOB: JobId = JobId { trial: 3, arm: Arm::Reinit, round: 2, draw: 0, twin: false };

#[test]
fn every_export_comes_under_its_name_and_nothing_stays_behind() {
    let mut bench = done(SMALL);
    let arrays = bench.arrays.len();
    let stem = "ticket-lab-quick-seed3";
    let names = take(&mut bench, ExportRequest::Tables);
    assert_eq!(names, [format!("{stem}-rounds.csv"), format!("{stem}-curves.csv")]);
    let names = take(&mut bench, ExportRequest::Network(JOB));
    assert_eq!(names, [format!("{stem}-reinit-round2.safetensors")]);
    let names = take(&mut bench, ExportRequest::Pictures("svg", vec![picture()]));
    assert_eq!(names, [format!("{stem}-charts-svg.zip")]);
    let names = take(&mut bench, ExportRequest::Everything(vec![picture()]));
    assert_eq!(names, [format!("{stem}.zip")]);
    let Some((_, Question::WriteFiles(question))) = bench.asked.last() else { panic!() };
    // The report, two tables, five networks, a picture.
    assert_eq!(question.files.len(), 3 + 5 + 1);
    assert_eq!(bench.arrays.len(), arrays, "the bytes of saved files are kept");
    assert_eq!(bench.request_errors(), [""; 0]);
}

#[test]
fn before_anything_is_done_nothing_is_written() {
    let mut bench = PageHarness::loaded(SMALL);
    assert_eq!(take(&mut bench, ExportRequest::Tables), [""; 0]);
    assert_eq!(take(&mut bench, ExportRequest::Network(JOB)), [""; 0]);
    assert!(exports::finished_networks(bench.state.results().experiment_report(), usize::MAX).is_empty());
}

#[test]
fn a_network_that_is_not_kept_is_trained_again_and_then_offered() {
    let mut bench = done(SMALL);
    bench.act(UserAction::Export);
    bench.deliver_events();
    let (_, text) = bench.saved.pop().unwrap();
    import(&mut bench, &[&text]);
    assert_eq!(bench.state.kept_networks().jobs().len(), 0);
    let note = |bench: &PageHarness| {
        let (kept, awaited) = (bench.state.kept_networks(), bench.state.awaited_network());
        exports::network_note(kept, Some(JOB), awaited, bench.state.status() == PageStatus::Paused)
    };
    assert!(note(&bench).contains("no longer kept"), "{}", note(&bench));
    let table = bench.table();
    assert_eq!(take(&mut bench, ExportRequest::Network(JOB)), [""; 0]);
    assert_eq!(bench.state.awaited_network(), Some(JOB));
    assert!(note(&bench).contains("being trained again"), "{}", note(&bench));
    bench.load();
    bench.run_until(PageStatus::Done);
    bench.deliver_events();
    assert_eq!(bench.saved_bytes.len(), 1);
    assert_eq!(bench.saved_bytes[0].0, "ticket-lab-quick-seed3-reinit-round2.safetensors");
    assert_eq!((bench.state.awaited_network(), bench.table() == table), (None, true));
    assert!(note(&bench).contains("at hand"), "{}", note(&bench));
}

#[test]
fn a_new_run_forgets_the_network_that_was_asked_for() {
    let mut bench = done(SMALL);
    bench.act(UserAction::Export);
    bench.deliver_events();
    let (_, text) = bench.saved.pop().unwrap();
    import(&mut bench, &[&text]);
    take(&mut bench, ExportRequest::Network(JOB));
    let settings = bench.state.settings().clone();
    bench.act(UserAction::Reset(Box::new(settings)));
    assert_eq!(bench.state.awaited_network(), None);
}

#[test]
fn files_that_cost_two_readers_their_lives_are_given_up() {
    let mut bench = done(SMALL);
    bench.reader_dies_at = |question| matches!(question, Question::WriteFiles(_));
    assert_eq!(take(&mut bench, ExportRequest::Tables), [""; 0]);
    let [error] = &bench.request_errors()[..] else { panic!() };
    assert!(error.starts_with("The files could not be written: "), "{error}");
    assert_eq!(bench.state.status(), PageStatus::Done);
}

#[test]
fn the_list_names_each_network_once() {
    let bench = done("seed=3&trials=2&iterations=40&eval_every=10&rounds=1&arms=dense,ticket,reinit&draws=2");
    let report = bench.state.results().experiment_report();
    let networks = exports::finished_networks(report, usize::MAX);
    let names = networks.iter().map(|&job| exports::network_name(report, job));
    let names: Vec<String> = names.map(|name| name.split(':').next().unwrap().to_owned()).collect();
    let of_seed = |seed| {
        ["dense, round 0", "ticket, round 1", "re-init, round 1", "re-init 2, round 1"]
            .map(|label| format!("seed {seed}, {label}"))
    };
    assert_eq!(names, [of_seed(3), of_seed(4)].concat());
}
