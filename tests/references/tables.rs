//! What the reference runs read: means and standard deviations over the given numbers of seeds, in percent.

use experiment::{arm::Arm, job_report::JobReport};

/// A reading of the reference at each round of an arm.
pub(crate) struct Reference {
    pub(crate) what: &'static str,
    pub(crate) arm: Arm,
    /// The round of the first value.
    pub(crate) first: u32,
    pub(crate) seeds: u32,
    pub(crate) values: &'static [(f64, f64)],
    /// The reading of a job in percent, if it has one.
    pub(crate) read: fn(&JobReport) -> Option<f64>,
}

fn test_end(report: &JobReport) -> Option<f64> {
    (!report.job.twin).then(|| 100.0 * report.test_end.fraction())
}

fn test_start(report: &JobReport) -> Option<f64> {
    report.before_training.filter(|_| !report.job.twin).map(|before| 100.0 * before.test.fraction())
}

fn memorised(report: &JobReport) -> Option<f64> {
    Some(100.0 * report.label_noise?.flipped.fraction())
}

fn restored(report: &JobReport) -> Option<f64> {
    Some(100.0 * report.label_noise?.restored.fraction())
}

/// Of twins alone.
fn barrier(report: &JobReport) -> Option<f64> {
    Some(100.0 * report.barrier()?)
}

pub(crate) const FASHION: [Reference; 2] = [
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

pub(crate) const BEFORE_AND_AFTER: [Reference; 2] = [
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

pub(crate) const LENET_5: [Reference; 2] = [
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

pub(crate) const LENET_5_ON_FASHION: [Reference; 2] = [
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

pub(crate) const CONV_2_SMALL: [Reference; 2] = [
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

pub(crate) const DEEPER: [Reference; 2] = [
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

pub(crate) const MADE_BEFORE_TRAINING: [Reference; 6] = [
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

pub(crate) const SUPERMASKS: [Reference; 2] = [
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

pub(crate) const SAME_SIGN: [Reference; 2] = [
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

pub(crate) const TRANSFER: [Reference; 5] = [
    Reference {
        what: "transfer to Fashion-MNIST",
        arm: Arm::OtherTicket,
        first: 0,
        seeds: 6,
        values: &[
            (83.81, 0.70),
            (84.89, 0.25),
            (84.91, 0.45),
            (84.13, 0.53),
            (83.80, 0.35),
            (82.89, 0.35),
            (81.47, 0.41),
        ],
        read: test_end,
    },
    Reference {
        what: "transfer to Fashion-MNIST",
        arm: Arm::OtherReinit,
        first: 1,
        seeds: 6,
        values: &[(83.17, 0.75), (82.49, 0.33), (81.22, 0.42), (80.94, 0.47), (79.63, 0.25), (78.53, 0.54)],
        read: test_end,
    },
    Reference {
        what: "transfer to Fashion-MNIST",
        arm: Arm::Transferred,
        first: 1,
        seeds: 6,
        values: &[(82.36, 1.32), (82.79, 0.78), (81.10, 0.41), (79.50, 0.71), (77.00, 0.25), (73.23, 0.66)],
        read: test_end,
    },
    Reference {
        what: "transfer to Fashion-MNIST",
        arm: Arm::TransferredReinit,
        first: 1,
        seeds: 6,
        values: &[(83.08, 0.72), (81.79, 0.54), (80.79, 0.88), (79.15, 0.53), (76.80, 0.44), (73.09, 0.52)],
        read: test_end,
    },
    Reference {
        what: "transfer to Fashion-MNIST",
        arm: Arm::TransferredRandom,
        first: 1,
        seeds: 6,
        values: &[(82.98, 1.07), (82.21, 0.61), (81.44, 0.48), (79.82, 1.04), (77.52, 0.72), (74.80, 0.53)],
        read: test_end,
    },
];

pub(crate) const TWINS: [Reference; 3] = [
    Reference {
        what: "error barrier",
        arm: Arm::Ticket,
        first: 0,
        seeds: 6,
        values: &[
            (0.22, 0.19),
            (0.07, 0.08),
            (0.09, 0.10),
            (0.12, 0.06),
            (0.09, 0.05),
            (0.06, 0.05),
            (0.04, 0.01),
        ],
        read: barrier,
    },
    Reference {
        what: "error barrier",
        arm: Arm::Late,
        first: 0,
        seeds: 6,
        values: &[
            (0.27, 0.16),
            (0.15, 0.08),
            (0.11, 0.10),
            (0.09, 0.09),
            (0.07, 0.04),
            (0.06, 0.03),
            (0.08, 0.05),
        ],
        read: barrier,
    },
    Reference {
        what: "error barrier",
        arm: Arm::Reinit,
        first: 1,
        seeds: 6,
        values: &[(0.29, 0.16), (0.23, 0.07), (0.17, 0.09), (0.13, 0.12), (0.54, 0.30), (1.05, 0.92)],
        read: barrier,
    },
];

pub(crate) const WRONG_LABELS: [Reference; 4] = [
    Reference {
        what: "wrong labels",
        arm: Arm::Ticket,
        first: 0,
        seeds: 2,
        values: &[
            (91.37, 0.91),
            (91.22, 0.21),
            (91.47, 0.04),
            (94.50, 0.57),
            (95.91, 0.03),
            (95.17, 0.02),
            (93.51, 0.10),
        ],
        read: test_end,
    },
    Reference {
        what: "wrong labels",
        arm: Arm::Reinit,
        first: 1,
        seeds: 2,
        values: &[(93.16, 0.08), (95.16, 0.06), (96.09, 0.06), (95.51, 0.10), (94.16, 0.16), (90.39, 0.86)],
        read: test_end,
    },
    Reference {
        what: "memorised labels",
        arm: Arm::Ticket,
        first: 0,
        seeds: 2,
        values: &[
            (32.39, 0.45),
            (34.48, 2.31),
            (28.41, 1.12),
            (9.72, 0.11),
            (2.48, 0.09),
            (1.20, 0.07),
            (1.11, 0.08),
        ],
        read: memorised,
    },
    Reference {
        what: "restored labels",
        arm: Arm::Ticket,
        first: 0,
        seeds: 2,
        values: &[
            (61.13, 0.68),
            (59.70, 2.22),
            (65.43, 1.31),
            (85.37, 0.18),
            (93.73, 0.21),
            (94.30, 0.24),
            (92.60, 0.15),
        ],
        read: restored,
    },
];
