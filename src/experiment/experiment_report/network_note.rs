//! What stands in the file of an exported network beside its weights, so that the file can be understood and checked by
//! itself.

use super::{ExperimentReport, report_head::Head};
use crate::{arm::Arm, job::JobId, job_report::Accuracy};
use serde::Serialize;

/// The format's name and its version.
const FORMAT: &str = "ticket-lab network";
const VERSION: u32 = 1;

/// The fields in the order in which they are written. What a report file has too is as it is there.
#[derive(Serialize)]
struct NetworkNote<'a> {
    format: &'static str,
    version: u32,
    #[serde(flatten)]
    head: Head,
    trial: u32,
    arm: Arm,
    round: u32,
    draw: u32,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    twin: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    digest: Option<&'a str>,
    weights: u32,
    alive: &'a [u32],
    iterations: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    test_start: Option<[u32; 2]>,
    test_end: [u32; 2],
    test_accuracy: f64,
}

impl ExperimentReport {
    /// What is said of a finished job's network beside its weights, as JSON: all settings of the experiment and its data
    /// set, which job it is, its digest, and how it did in the test. `None` if the job is not finished.
    pub fn network_note(&self, job: JobId) -> Option<String> {
        let finished = self.finished.get(&job)?;
        let report = &finished.report;
        let pair = |accuracy: Accuracy| [accuracy.correct, accuracy.total];
        let note = NetworkNote {
            format: FORMAT,
            version: VERSION,
            head: Head::of(&self.config),
            trial: job.trial,
            arm: job.arm,
            round: job.round,
            draw: job.draw,
            twin: job.twin,
            digest: finished.digest.as_deref(),
            weights: report.surviving_weights(),
            alive: &report.alive,
            iterations: report.iterations,
            test_start: report.before_training.map(|readings| pair(readings.test)),
            test_end: pair(report.test_end),
            test_accuracy: report.test_end.fraction(),
        };
        Some(serde_json::to_string(&note).expect("plain data"))
    }
}
