//! Holds means over seeds to reference runs that were made apart, in PyTorch, by the same protocol: LeNet-300-100, the
//! preset `quick`. The tables have the mean and the standard deviation over the given number of seeds, in percent.

mod mnist;

use experiment::{
    arm::Arm,
    experiment_report::ExperimentReport,
    job_report::{Accuracy, JobReport},
    settings::Settings,
};
use std::sync::Arc;
use training::data::LoadedData;

/// A reading of the reference at each round of an arm.
struct Reference {
    what: &'static str,
    arm: Arm,
    /// The round of the first value.
    first: u32,
    seeds: u32,
    values: &'static [(f64, f64)],
    read: fn(&JobReport) -> Accuracy,
}

fn test_end(report: &JobReport) -> Accuracy {
    report.test_end
}

fn test_start(report: &JobReport) -> Accuracy {
    report.before_training.expect("a fresh report").test
}

const FASHION: [Reference; 2] = [
    Reference {
        what: "Fashion-MNIST",
        arm: Arm::Ticket,
        first: 0,
        seeds: 8,
        values: &[
            (83.09, 0.60),
            (84.45, 0.65),
            (84.84, 0.46),
            (84.68, 0.25),
            (83.97, 0.27),
            (83.04, 0.30),
            (81.52, 0.24),
        ],
        read: test_end,
    },
    Reference {
        what: "Fashion-MNIST",
        arm: Arm::Reinit,
        first: 1,
        seeds: 8,
        values: &[(83.17, 0.92), (82.72, 0.48), (81.46, 0.73), (80.94, 0.31), (79.81, 0.42), (78.09, 0.70)],
        read: test_end,
    },
];

const BEFORE_AND_AFTER: [Reference; 2] = [
    Reference {
        what: "before training",
        arm: Arm::Ticket,
        first: 0,
        seeds: 8,
        values: &[
            (10.88, 2.59),
            (87.15, 3.58),
            (84.78, 5.32),
            (80.29, 7.27),
            (75.65, 8.74),
            (70.43, 8.46),
            (62.95, 11.38),
        ],
        read: test_start,
    },
    Reference {
        what: "after training",
        arm: Arm::Ticket,
        first: 0,
        seeds: 8,
        values: &[
            (95.20, 0.35),
            (95.91, 0.25),
            (96.20, 0.32),
            (95.81, 0.14),
            (95.10, 0.17),
            (93.90, 0.23),
            (92.44, 0.24),
        ],
        read: test_end,
    },
];

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
