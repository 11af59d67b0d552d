//! The table of rounds: every number the charts show, as text and as attributes for programs.

use super::{figures, record::Finished, words};
use crate::chart::ArmLook;

/// One finished job.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// How its arm looks.
    pub look: &'static ArmLook,
    /// `data-*` attributes, names without the prefix. Shares from 0 to 1 in the fewest digits that read back as the
    /// same number.
    pub data: Vec<(&'static str, String)>,
    /// What people read, in the order of [`HEAD`].
    pub cells: Vec<String>,
}

/// A column: its name, and its unit or a word of explanation.
pub const HEAD: &[(&str, &str)] = &[
    ("Arm", ""),
    ("Seed", ""),
    ("Round", ""),
    ("Weights left", ""),
    ("", "%"),
    ("Early stop", "iteration"),
    ("Test, early stop", "%"),
    ("Test, end", "%"),
    ("Training, end", "%"),
    ("Cost", "billion multiply-adds"),
    ("Time", "s"),
];

/// The rows of finished jobs, in the order they are given.
pub fn rows<'a>(finished: impl Iterator<Item = &'a Finished>, weights: usize) -> Vec<Row> {
    finished.map(|f| row(f, weights)).collect()
}

fn row(finished: &Finished, weights: usize) -> Row {
    let report = &finished.report;
    let job = report.job;
    let look = figures::look(job);
    let data = vec![
        ("trial", job.trial.to_string()),
        ("draw", job.draw.to_string()),
        ("arm", job.arm.name().to_string()),
        ("round", job.round.to_string()),
        ("weights", report.weights().to_string()),
        ("early-stop", report.early_stop.to_string()),
        ("test-early", report.test_early.fraction().to_string()),
        ("test-end", report.test_end.fraction().to_string()),
        ("train-end", report.train_end.fraction().to_string()),
        ("seconds", format!("{:.3}", finished.seconds)),
    ];
    let arm = match job.draw {
        0 => look.label.to_string(),
        draw => format!("{} {}", look.label, draw + 1),
    };
    let cells = vec![
        arm,
        job.trial.to_string(),
        job.round.to_string(),
        words::thousands(u64::from(report.weights())),
        words::percent_left(f64::from(report.weights()) / weights as f64),
        words::thousands(u64::from(report.early_stop)),
        format!("{:.2}", report.test_early.fraction() * 100.0),
        format!("{:.2}", report.test_end.fraction() * 100.0),
        format!("{:.2}", report.train_end.fraction() * 100.0),
        words::three_digits(report.multiply_adds() as f64 / 1e9),
        format!("{:.2}", finished.seconds),
    ];
    Row { look, data, cells }
}
