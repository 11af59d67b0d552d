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

const MADE_BEFORE_TRAINING: [Reference; 6] = [
    Reference {
        what: "masks made before training",
        arm: Arm::Ticket,
        first: 0,
        seeds: 6,
        values: &[
            (95.09, 0.34),
            (95.93, 0.24),
            (96.15, 0.15),
            (95.77, 0.20),
            (95.22, 0.21),
            (94.05, 0.07),
            (92.34, 0.15),
        ],
        read: test_end,
    },
    Reference {
        what: "masks made before training",
        arm: Arm::Snip,
        first: 1,
        seeds: 6,
        values: &[(95.20, 0.51), (94.36, 0.47), (92.91, 0.14), (91.33, 0.18), (89.49, 0.38), (86.96, 0.53)],
        read: test_end,
    },
    Reference {
        what: "masks made before training",
        arm: Arm::Grasp,
        first: 1,
        seeds: 6,
        values: &[(92.48, 0.43), (91.39, 0.40), (90.06, 0.44), (89.24, 0.26), (87.75, 0.27), (83.55, 1.03)],
        read: test_end,
    },
    Reference {
        what: "masks made before training",
        arm: Arm::SynFlow,
        first: 1,
        seeds: 6,
        values: &[(94.88, 0.32), (93.86, 0.22), (92.86, 0.34), (91.51, 0.24), (90.28, 0.33), (87.82, 0.44)],
        read: test_end,
    },
    Reference {
        what: "masks made before training",
        arm: Arm::MagnitudeInit,
        first: 1,
        seeds: 6,
        values: &[(94.79, 0.34), (93.58, 0.18), (92.58, 0.18), (91.35, 0.44), (88.53, 0.27), (11.35, 0.00)],
        read: test_end,
    },
    Reference {
        what: "masks made before training",
        arm: Arm::RandomGlobal,
        first: 1,
        seeds: 6,
        values: &[(93.94, 0.43), (92.52, 0.44), (91.33, 0.28), (89.96, 0.25), (74.56, 7.16), (39.91, 11.09)],
        read: test_end,
    },
];

const SUPERMASKS: [Reference; 2] = [
    Reference {
        what: "supermasks",
        arm: Arm::Ticket,
        first: 0,
        seeds: 5,
        values: &[
            (95.02, 0.33),
            (96.00, 0.20),
            (96.15, 0.23),
            (95.97, 0.10),
            (95.12, 0.23),
            (93.96, 0.14),
            (92.45, 0.16),
        ],
        read: test_end,
    },
    Reference {
        what: "supermasks",
        arm: Arm::Supermask,
        first: 1,
        seeds: 5,
        values: &[(93.97, 0.23), (94.44, 0.33), (94.45, 0.36), (93.76, 0.28), (93.14, 0.45), (90.40, 1.05)],
        read: test_end,
    },
];

const SAME_SIGN: [Reference; 2] = [
    Reference {
        what: "same sign, before training",
        arm: Arm::Ticket,
        first: 0,
        seeds: 8,
        values: &[
            (10.88, 2.59),
            (88.32, 3.30),
            (86.21, 3.41),
            (80.17, 6.51),
            (78.30, 5.56),
            (73.17, 8.01),
            (61.16, 9.67),
        ],
        read: test_start,
    },
    Reference {
        what: "same sign, after training",
        arm: Arm::Ticket,
        first: 0,
        seeds: 8,
        values: &[
            (95.20, 0.35),
            (95.78, 0.28),
            (96.15, 0.34),
            (95.74, 0.17),
            (95.09, 0.22),
            (93.92, 0.25),
            (92.32, 0.25),
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
