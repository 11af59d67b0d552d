//! Checks that the recorded runs that ship with the page are complete, that this version computes the same numbers, and
//! that the README states their verdicts.

mod headless_process;
mod mnist;

use experiment::{
    arm::Arm,
    claims::score_claims,
    config::ExperimentConfig,
    experiment_report::ExperimentReport,
    job::JobId,
    job_choice::JobChoice,
    job_data::JobInputs,
    job_graph::all_jobs,
    job_report::ValidationPoint,
    literature::{claim::LiteratureClaimId, protocol::Protocol, texts::not_tested},
    preset::Preset,
    recipe::dependencies,
    seeds::Seeds,
};
use serde_json::Value;
use std::{collections::BTreeSet, path::PathBuf};
use training::job_training::{AdvanceOutcome, JobTraining};

fn file(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn recorded(name: &str) -> ExperimentReport {
    let text = std::fs::read_to_string(file(&format!("assets/recorded/{name}.jsonl"))).unwrap();
    let experiment_report = ExperimentReport::from_file_text(&text).unwrap();
    assert!(experiment_report.to_file_text() == text, "{name} is in canonical order");
    let missing = all_jobs(experiment_report.config())
        .into_iter()
        .find(|job| experiment_report.finished_jobs().get(job).is_none());
    assert_eq!(missing, None, "{name} is whole");
    experiment_report
}

#[test]
fn the_paper_is_recorded() {
    let experiment_report = recorded("paper");
    let arms = [Arm::Ticket, Arm::Reinit, Arm::OneShot].into_iter().collect();
    assert_eq!(*experiment_report.config(), ExperimentConfig { arms, ..Preset::Paper.config() });
    assert_eq!(
        (experiment_report.config().iterations, experiment_report.config().seeds.count()),
        (50_000, 5)
    );
}

/// The trials have the jobs that claims look at. Those of the first five seeds were trained anew, and are what had been recorded
/// before.
#[test]
fn twenty_trials_are_recorded_and_scored_in_the_readme() {
    let (before, trials) = (recorded("paper"), recorded("trials"));
    let seeds = Seeds::consecutive(1, 20).unwrap();
    let config = ExperimentConfig { jobs: JobChoice::Claims, seeds, ..before.config().clone() };
    assert_eq!(*trials.config(), config);
    assert_eq!(trials.finished_jobs().len(), 20 * 26);
    let lacks_digests =
        |report: &ExperimentReport| report.finished_jobs().values().any(|finished| finished.digest.is_none());
    assert!(!lacks_digests(&trials) && lacks_digests(&before));
    for (job, finished) in trials.finished_jobs().iter().filter(|(job, _)| job.trial <= 5) {
        let recorded = before.finished_jobs().get(job).expect("a recorded job");
        assert!(finished.report.has_same_results(&recorded.report), "{job}");
        assert_eq!(trials.next_mask(*job), before.next_mask(*job), "{job}");
    }
    let folder = tempfile::tempdir().unwrap();
    let path = file("assets/recorded/trials.jsonl");
    let scored = headless_process::headless_in(&folder, &["--score", path.to_str().unwrap()]);
    assert!(scored.status.success());
    // The sentence and the table stand in the README as the program prints them, but that its lines are broken there.
    assert_eq!(rows_in_readme(&String::from_utf8(scored.stdout).unwrap()), 14);
}

/// Checks that README has the sentence and the tables that the program prints behind it, and returns the number of lines of
/// the tables.
fn rows_in_readme(printed: &str) -> usize {
    let (summary, tables) = printed.split_once("\n\n").unwrap();
    let readme = std::fs::read_to_string(file("README.md")).unwrap();
    let rows: Vec<&str> = tables.lines().filter(|line| !line.is_empty()).collect();
    for row in &rows {
        assert!(readme.lines().any(|line| line == *row), "the README does not have {row}");
    }
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words(&readme).contains(&words(summary)), "the README does not say {summary}");
    rows.len()
}

/// As far as the protocols are recorded.
#[test]
fn the_literature_is_scored_in_the_readme() {
    let path = |protocol: &Protocol| file(&format!("assets/recorded/literature/{}.jsonl", protocol.name()));
    let recorded: Vec<PathBuf> = Protocol::ALL.iter().map(path).filter(|path| path.exists()).collect();
    let mut arguments = vec!["--literature"];
    arguments.extend(recorded.iter().map(|path| path.to_str().unwrap()));
    let scored = headless_process::headless_in(&tempfile::tempdir().unwrap(), &arguments);
    assert!(scored.status.success());
    let rows = rows_in_readme(&String::from_utf8(scored.stdout).unwrap());
    assert_eq!(rows, LiteratureClaimId::ALL.len() + Protocol::ALL.len() + not_tested().len() + 3 * 2);
}

/// A slow way to find what claims look at: a row counts if the recorded claims come out otherwise without it.
#[test]
fn the_jobs_of_the_claims_are_those_that_a_claim_changes_without() {
    let whole = recorded("paper");
    let config = ExperimentConfig { jobs: JobChoice::Claims, ..whole.config().clone() };
    let scored = |config: &ExperimentConfig, has: &dyn Fn(JobId) -> bool| {
        let reports = whole.finished_jobs().values().map(|finished| &finished.report);
        score_claims(config, reports.filter(|report| has(report.job)))
    };
    let all = scored(whole.config(), &|_| true);
    let of_first = |job: &JobId| job.trial == whole.config().seeds.first();
    let mut found: BTreeSet<JobId> = BTreeSet::new();
    for row in all_jobs(whole.config()).into_iter().filter(of_first) {
        let others = |job: JobId| (job.arm, job.round) != (row.arm, row.round);
        if scored(whole.config(), &others) != all {
            found.insert(row);
            found.extend(dependencies(row).jobs());
        }
    }
    let chosen: BTreeSet<JobId> = all_jobs(&config).into_iter().filter(of_first).collect();
    assert_eq!(chosen, found);
    assert_eq!(chosen.len(), 26);
    // A report that has these jobs alone is whole, and scored the same.
    let text = whole.to_file_text();
    let chosen: BTreeSet<JobId> = all_jobs(&config).into_iter().collect();
    let mut report = ExperimentReport::new(&config);
    for finished in whole.finished_jobs().values().filter(|done| chosen.contains(&done.report.job)) {
        report.add_finished_job(finished.clone(), None);
    }
    assert!(report.is_complete() && !text.contains("\"jobs\""));
    assert_eq!(scored(&config, &|job| chosen.contains(&job)), all);
    // The recording is older than digests.
    assert_eq!((report.run_digest().done, report.run_digest().total), (0, 130));
}

/// Under wrong labels the recorded networks stand where those of an independent program do, in the mean over seeds.
#[test]
fn wrong_labels_do_to_the_recorded_networks_what_they_do_in_jax() {
    let experiment_report = recorded("literature/wrong_labels");
    let golden: Vec<Value> = serde_json::from_str(include_str!("golden/memorising_golden.json")).unwrap();
    let mean = |values: Vec<f64>| values.iter().sum::<f64>() / values.len() as f64;
    let here = |arm: Arm, round: u32| {
        let jobs = experiment_report.finished_jobs().values().map(|finished| &finished.report);
        let of_row = jobs.filter(|report| (report.job.arm, report.job.round) == (arm, round));
        mean(of_row.map(|report| 100.0 * report.test_end.fraction()).collect())
    };
    let there = |pointer: String| {
        mean(golden.iter().map(|trial| trial.pointer(&pointer).unwrap().as_f64().unwrap()).collect())
    };
    let ticket = (0..=6).map(|round| (Arm::Ticket, round, format!("/ticket/{round}")));
    for (arm, round, pointer) in ticket.chain([(Arm::Reinit, 6, "/reinit".into())]) {
        let (here, there) = (here(arm, round), there(pointer));
        assert!((here - there).abs() < 1.0, "{} round {round}: {here:.2}% and {there:.2}%", arm.name());
    }
    let last = JobId { trial: 1, arm: Arm::Ticket, round: 6, draw: 0, twin: false };
    let weights = experiment_report.finished_jobs()[&last].report.surviving_weights();
    assert!(golden.iter().all(|trial| trial["weights"] == weights));
}

#[test]
fn quick_look_is_recorded_as_it_is_today() {
    let experiment_report = recorded("quick");
    assert_eq!(*experiment_report.config(), Preset::Quick.config());
    let job = JobId {
        trial: experiment_report.config().seeds.first(),
        arm: Arm::Ticket,
        round: 0,
        draw: 0,
        twin: false,
    };
    let mut training =
        JobTraining::new(experiment_report.config(), job, JobInputs::default(), mnist::mnist()).unwrap();
    let report = loop {
        if let AdvanceOutcome::Finished(output) = training.advance().unwrap() {
            break output.report;
        }
    };
    assert!(
        report.has_same_results(&experiment_report.finished_jobs().get(&job).unwrap().report),
        "{report:?}"
    );
}

/// The job's first validation point that is also in the file, computed anew from the recorded mask. The file has every
/// fifth point, so this takes 500 of the 50,000 training steps.
fn first_reading(experiment_report: &ExperimentReport, job: JobId) -> (ValidationPoint, ValidationPoint) {
    let recorded = experiment_report.finished_jobs().get(&job).expect("a whole report").report.curve[0];
    let mask =
        dependencies(job).mask.map(|parent| experiment_report.next_mask(parent).expect("a recorded mask"));
    let inputs = JobInputs { mask, ..JobInputs::default() };
    let mut training = JobTraining::new(experiment_report.config(), job, inputs, mnist::mnist()).unwrap();
    loop {
        match training.advance().unwrap() {
            AdvanceOutcome::Validated(point) if point.iteration == recorded.iteration => {
                return (point, recorded);
            }
            _ => assert!(training.iteration() <= recorded.iteration, "{job} passed {recorded:?}"),
        }
    }
}

#[test]
fn the_papers_networks_begin_as_they_are_recorded() {
    let experiment_report = recorded("paper");
    // The dense network, the paper's best ticket at 21% of the weights, and the smallest re-initialised network of the
    // last trial.
    for (trial, arm, round) in [(1, Arm::Ticket, 0), (1, Arm::Ticket, 7), (5, Arm::Reinit, 20)] {
        let job = JobId { trial, arm, round, draw: 0, twin: false };
        let (today, recorded) = first_reading(&experiment_report, job);
        assert_eq!(recorded.iteration, 500);
        assert_eq!(today.loss.to_bits(), recorded.loss.to_bits(), "{job}: {today:?} and {recorded:?}");
        assert_eq!(today.accuracy, recorded.accuracy, "{job}");
    }
}
