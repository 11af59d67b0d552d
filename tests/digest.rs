//! Checks that results are the same bits everywhere. The golden digests of a small experiment on the real MNIST are
//! computed natively here and in Chromium by the browser tests, which read the same file.

mod mnist;

use experiment::{
    experiment_report::ExperimentReport, job::JobId, schedule::Schedule, settings::Settings,
    store::JobOutputStore,
};
use std::{collections::BTreeMap, sync::Arc};
use training::{
    data::LoadedData,
    job_training::{AdvanceOutcome, JobTraining},
};

/// The fragment of the experiment, followed by a line for each job with its arm, round and digest.
const GOLDEN: &str = include_str!("golden/digest.txt");
/// The same for LeNet-5.
const CONVOLUTIONS: &str = include_str!("golden/convolutions.txt");

/// The fragment of a small experiment with every arm.
const FRAGMENT: &str = include_str!("golden/report.txt");
/// The report of that experiment without its seconds.
const REPORT: &str = include_str!("golden/report.jsonl");

/// The same for a small experiment on Fashion-MNIST.
const FASHION: [&str; 2] = [include_str!("golden/fashion.txt"), include_str!("golden/fashion.jsonl")];

#[test]
fn every_weight_mask_and_reading_has_its_golden_bits() {
    check_digests(GOLDEN, "digest.txt");
}

#[test]
fn those_of_convolutions_have_theirs() {
    check_digests(CONVOLUTIONS, "convolutions.txt");
}

fn check_digests(golden: &str, name: &str) {
    let fragment = golden.lines().next().unwrap();
    let (settings, rejected) = Settings::from_fragment(fragment);
    assert!(rejected.is_empty(), "{rejected:?}");
    let (config, mnist) = (settings.config, mnist::mnist());
    let mut schedule = Schedule::new(&config);
    let mut store = JobOutputStore::new(&config);
    let mut digests = BTreeMap::<JobId, String>::new();
    while let Some(job) = schedule.start_next_job(None) {
        let mut training =
            JobTraining::new(&config, job, store.inputs_for(job).unwrap(), mnist.clone()).unwrap();
        let output = loop {
            if let AdvanceOutcome::Finished(output) = training.advance().unwrap() {
                break output;
            }
        };
        digests.insert(job, output.digest());
        store.add_outputs(job, output.outputs).unwrap();
        schedule.mark_done(job);
    }
    let lines = digests.iter().map(|(job, digest)| format!("{} {} {digest}\n", job.arm, job.round));
    let found = format!("{fragment}\n{}", lines.collect::<String>());
    assert_eq!(found, golden, "if the change of bits is meant, this is the new golden/{name}:\n{found}");
}

fn check_report(fragment: &str, golden: &str, data: &Arc<LoadedData>, name: &str) {
    let (settings, rejected) = Settings::from_fragment(fragment.trim());
    assert!(rejected.is_empty(), "{rejected:?}");
    let mut experiment_report = ExperimentReport::new(&settings.config);
    ticket_lab::run(&mut experiment_report, data, 2, &mut |_| Ok(())).unwrap();
    let timeless = |line: &str| line.split(",\"seconds\":").next().unwrap_or_default().to_string() + "\n";
    let found: String = experiment_report.to_file_text().lines().map(timeless).collect();
    let file = std::env::temp_dir().join(format!("ticket-lab-{name}"));
    if found != golden {
        std::fs::write(&file, &found).unwrap();
    }
    assert!(found == golden, "if the change is meant, {} is the new golden/{name}", file.display());
}

#[test]
fn a_report_has_its_golden_text() {
    check_report(FRAGMENT, REPORT, &mnist::mnist(), "report.jsonl");
}

#[test]
fn a_report_of_fashion_mnist_has_its_golden_text() {
    check_report(FASHION[0], FASHION[1], &mnist::fashion(), "fashion.jsonl");
}
