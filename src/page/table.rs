//! The table of rounds: every number the charts show, as text and as attributes for programs.

use super::{
    figures,
    record::{Finished, Record},
    words,
};
use crate::chart::ArmLook;
use crate::lab::{experiment, job::JobId};

/// One finished job.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Whose readings.
    pub job: JobId,
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

/// The rows of the arms asked for whose jobs are done, in the table's order.
pub fn rows(record: &Record) -> Vec<Row> {
    let config = record.config();
    let rows = experiment::rows(config).into_iter();
    rows.filter_map(|job| Some(row(job, record.finished_job(job.trained())?, record))).collect()
}

fn row(job: JobId, finished: &Finished, record: &Record) -> Row {
    let report = &finished.report;
    let look = figures::look(job);
    let weights = record.config().shape.weights();
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
        ("digest", record.digest(job.trained()).to_string()),
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
    Row { job, look, data, cells }
}
