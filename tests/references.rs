//! Holds means over seeds to reference runs that were made apart, in PyTorch, by the same protocol: the preset `quick`, with
//! LeNet-300-100 if nothing else is said. The tables have the mean and the standard deviation over the given number of seeds, in percent.

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

const LENET_5: [Reference; 2] = [
    Reference {
        what: "LeNet-5",
        arm: Arm::Ticket,
        first: 0,
        seeds: 6,
        values: &[
            (96.73, 0.32),
            (97.23, 0.16),
            (97.32, 0.29),
            (96.80, 0.10),
            (96.20, 0.31),
            (95.60, 0.12),
            (94.66, 0.17),
        ],
        read: test_end,
    },
    Reference {
        what: "LeNet-5",
        arm: Arm::Reinit,
        first: 1,
        seeds: 6,
        values: &[(95.68, 0.53), (93.94, 0.83), (92.95, 0.65), (89.55, 1.22), (87.19, 1.08), (82.61, 1.63)],
        read: test_end,
    },
];

const LENET_5_ON_FASHION: [Reference; 2] = [
    Reference {
        what: "LeNet-5 on Fashion-MNIST",
        arm: Arm::Ticket,
        first: 0,
        seeds: 4,
        values: &[
            (81.10, 1.69),
            (82.80, 0.95),
            (83.00, 0.64),
            (81.68, 1.37),
            (79.56, 0.38),
            (77.64, 0.29),
            (75.45, 0.68),
        ],
        read: test_end,
    },
    Reference {
        what: "LeNet-5 on Fashion-MNIST",
        arm: Arm::Reinit,
        first: 1,
        seeds: 4,
        values: &[(79.64, 1.16), (77.09, 0.70), (74.41, 2.43), (72.86, 2.11), (71.66, 0.94), (70.45, 1.99)],
        read: test_end,
    },
];

const CONV_2_SMALL: [Reference; 2] = [
    Reference {
        what: "conv2s",
        arm: Arm::Ticket,
        first: 0,
        seeds: 4,
        values: &[
            (95.82, 1.12),
            (96.08, 1.05),
            (96.21, 0.97),
            (96.09, 0.70),
            (95.22, 0.53),
            (94.15, 0.53),
            (92.03, 0.34),
        ],
        read: test_end,
    },
    Reference {
        what: "conv2s",
        arm: Arm::Reinit,
        first: 1,
        seeds: 4,
        values: &[(93.93, 1.17), (92.09, 0.84), (91.16, 0.91), (90.37, 0.25), (89.22, 0.19), (86.44, 0.81)],
        read: test_end,
    },
];

const DEEPER: [Reference; 2] = [
    Reference {
        what: "784-300-200-100-10",
        arm: Arm::Ticket,
        first: 0,
        seeds: 6,
        values: &[
            (95.22, 0.77),
            (95.91, 0.36),
            (96.54, 0.19),
            (96.03, 0.13),
            (95.53, 0.17),
            (94.48, 0.26),
            (92.96, 0.23),
        ],
        read: test_end,
    },
    Reference {
        what: "784-300-200-100-10",
        arm: Arm::Reinit,
        first: 1,
        seeds: 6,
        values: &[(94.79, 0.25), (93.08, 0.39), (91.74, 0.57), (91.23, 0.35), (90.20, 0.26), (87.77, 0.82)],
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
