//! Compares experiments whose settings are no preset's with the same protocol in PyTorch (golden/budgets_golden.py).

mod mnist;

use experiment::{
    arm::Arm,
    experiment_report::ExperimentReport,
    job_report::{Accuracy, JobReport},
    settings::Settings,
};
use serde_json::Value;
use std::sync::Arc;
use ticket_lab::run;
use training::data::LoadedData;

/// The allowed difference of two means over seeds, in percentage points.
const TOLERANCE: f64 = 0.8;

/// The number of seeds that this test trains.
const TRIALS: u32 = 3;

/// Trains the trials of a budget and compares the mean accuracies of each round at the early stop and at the end.
fn check(budget: &Value, mnist: &Arc<LoadedData>) {
    let fragment = budget["fragment"].as_str().expect("a fragment");
    let (settings, rejected) = Settings::from_fragment(&format!("{fragment}&trials={TRIALS}"));
    assert!(rejected.is_empty(), "{rejected:?}");
    let mut experiment_report = ExperimentReport::new(&settings.config);
    run(&mut experiment_report, mnist, 2, &mut |_| Ok(())).expect("it runs");
    let mean = |arm: Arm, round: u32, read: fn(&JobReport) -> Accuracy| {
        let reports = experiment_report.finished_jobs().values().map(|finished| &finished.report);
        let of_round = reports.filter(|report| report.job.arm == arm && report.job.round == round);
        of_round.map(|report| read(report).fraction()).sum::<f64>() / f64::from(TRIALS)
    };
    let mut compared = 0;
    for (arm, first) in [(Arm::Ticket, 0), (Arm::Reinit, 1)] {
        for (round, expected) in (first..).zip(budget[arm.name()].as_array().expect("rounds")) {
            let ours =
                [mean(arm, round, |report| report.test_early), mean(arm, round, |report| report.test_end)];
            for (what, (ours, theirs)) in
                ["early stop", "end"].iter().zip(ours.iter().zip(expected.as_array().unwrap()))
            {
                let (ours, theirs) = (ours * 100.0, theirs.as_f64().unwrap() * 100.0);
                println!("{fragment} {} round {round}, {what}: {ours:.2}% and {theirs:.2}%", arm.name());
                assert!(
                    (ours - theirs).abs() <= TOLERANCE,
                    "{fragment}, {} round {round}, {what}: {ours:.2}%, in PyTorch {theirs:.2}%",
                    arm.name()
                );
                compared += 1;
            }
        }
    }
    assert_eq!(compared, 2 * (2 * settings.config.rounds + 1));
}

fn check_those(chosen: impl Fn(usize) -> bool) {
    let golden: Value = serde_json::from_str(include_str!("golden/budgets_golden.json")).unwrap();
    let mnist = mnist::mnist();
    let budgets = golden["early_and_end"].as_array().expect("budgets");
    budgets.iter().enumerate().filter(|(i, _)| chosen(*i)).for_each(|(_, budget)| check(budget, &mnist));
}

#[test]
fn a_small_budget_is_pytorchs() {
    check_those(|i| i == 0);
}

#[test]
#[ignore = "minutes of training; cargo test --release --test budgets -- --ignored"]
fn larger_budgets_are_pytorchs() {
    check_those(|i| i > 0);
}
