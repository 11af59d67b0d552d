//! Holds means over seeds to reference runs that were made apart, in PyTorch, by the same protocol: the preset `quick`, with
//! LeNet-300-100 if nothing else is said.

#[path = "../mnist/mod.rs"]
mod mnist;
mod tables;

use experiment::{experiment_report::ExperimentReport, settings::Settings};
use std::sync::Arc;
use tables::*;
use training::data::LoadedData;

/// Mean and standard deviation of at least two numbers.
fn mean_and_deviation(values: &[f64]) -> (f64, f64) {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    (mean, (squares / (count - 1.0)).sqrt())
}

fn check(fragment: &str, data: &Arc<LoadedData>, references: &[Reference]) {
    let (settings, rejected) = Settings::from_fragment(fragment);
    assert_eq!(rejected, []);
    let mut report = ExperimentReport::new(&settings.config);
    ticket_lab::run(&mut report, data, 2, &mut |_| Ok(())).expect("it runs");
    let mut outside = vec![];
    for Reference { what, arm, first, seeds, values, read } in references {
        for (round, &(expected, deviation)) in (*first..).zip(*values) {
            let of_round = report.finished_jobs().values().map(|finished| &finished.report);
            let of_round = of_round.filter(|report| (report.job.arm, report.job.round) == (*arm, round));
            let ours: Vec<f64> = of_round.map(|report| 100.0 * read(report).fraction()).collect();
            let (mean, own) = mean_and_deviation(&ours);
            // Three standard errors of the difference of two means.
            let spread = own.max(deviation).max(0.25);
            let bound = 3.0 * spread * (1.0 / ours.len() as f64 + 1.0 / f64::from(*seeds)).sqrt();
            let said = format!(
                "{what}, {arm} round {round}: {mean:.2} ± {own:.2} over {} seeds, {expected:.2} in the reference, within {bound:.2}",
                ours.len()
            );
            println!("{said}");
            outside.extend(((mean - expected).abs() > bound).then_some(said));
        }
    }
    assert_eq!(outside, [""; 0]);
}

#[test]
#[ignore = "a minute of training; cargo test --release --test references -- --ignored"]
fn fashion_mnist_is_the_references() {
    check("data=fashion&seeds=1-5", &mnist::fashion(), &FASHION);
}

#[test]
#[ignore = "a minute of training; cargo test --release --test references -- --ignored"]
fn accuracy_before_training_is_the_references() {
    check("arms=ticket&seeds=1-8", &mnist::mnist(), &BEFORE_AND_AFTER);
}

#[test]
#[ignore = "two minutes of training; cargo test --release --test references -- --ignored"]
fn lenet_5_is_the_references() {
    check("net=lenet5&seeds=1-5", &mnist::mnist(), &LENET_5);
}

#[test]
#[ignore = "two minutes of training; cargo test --release --test references -- --ignored"]
fn lenet_5_on_fashion_mnist_is_the_references() {
    check("net=lenet5&data=fashion&seeds=1-5", &mnist::fashion(), &LENET_5_ON_FASHION);
}

#[test]
#[ignore = "minutes of training; cargo test --release --test references -- --ignored"]
fn conv_2_small_is_the_references() {
    check("net=conv2s&seeds=1-5", &mnist::mnist(), &CONV_2_SMALL);
}

#[test]
#[ignore = "a minute of training; cargo test --release --test references -- --ignored"]
fn a_network_of_four_layers_is_the_references() {
    check("hidden=300,200,100&seeds=1-5", &mnist::mnist(), &DEEPER);
}

#[test]
#[ignore = "minutes of training; cargo test --release --test references -- --ignored"]
fn masks_made_before_training_are_the_references() {
    check("preset=saliency&seeds=1-5", &mnist::mnist(), &MADE_BEFORE_TRAINING);
}

#[test]
#[ignore = "minutes of training; cargo test --release --test references -- --ignored"]
fn supermasks_are_the_references() {
    check("preset=supermask&seeds=1-5", &mnist::mnist(), &SUPERMASKS);
}

#[test]
#[ignore = "a minute of training; cargo test --release --test references -- --ignored"]
fn same_sign_is_the_references() {
    check("arms=ticket&criterion=same_sign&seeds=1-8", &mnist::mnist(), &SAME_SIGN);
}
