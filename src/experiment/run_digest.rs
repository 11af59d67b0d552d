//! The digest of a run: one number that says whether two runs gave the same results, to the last bit.
//!
//! It is the SHA-256 of UTF-8 lines, each ended by a line feed. First come the settings of the experiment that differ
//! from the preset `quick`, except the seeds, as `name=value`, sorted. Then come the finished jobs that the digest
//! covers, in canonical order, as `seed arm round draw digest`. The dense network is there once, as the ticket's round
//! 0. The digest covers the longest prefix of all jobs, in canonical order, whose jobs are finished and have a digest.

use crate::{
    config::ExperimentConfig, experiment_report::ExperimentReport, job_graph::all_jobs, preset::Preset,
    url_fragment::experiment_setting_values,
};
use sha2::{Digest, Sha256};
use std::fmt;

/// The digest of a run and how much of the run it covers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunDigest {
    /// The SHA-256 in hexadecimal.
    pub hex: String,
    /// The number of jobs that it covers.
    pub done: usize,
    /// The number of jobs of the experiment.
    pub total: usize,
}

impl fmt::Display for RunDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let RunDigest { hex, done, total } = self;
        write!(f, "{hex} over {done} of {total} jobs")
    }
}

/// The settings of an experiment, except the seeds, that differ from the preset `quick`, as `name=value`, sorted.
pub(crate) fn settings_beside_quick(config: &ExperimentConfig) -> Vec<String> {
    let quick = Preset::Quick.config();
    let pairs = experiment_setting_values(config).zip(experiment_setting_values(&quick));
    let differing = pairs.filter(|(ours, quick)| ours != quick);
    let mut lines: Vec<String> = differing.map(|((name, value), _)| format!("{name}={value}")).collect();
    lines.sort();
    lines
}

/// The SHA-256 of lines, each ended by a line feed, in hexadecimal.
pub(crate) fn sha256_of_lines(lines: impl IntoIterator<Item = String>) -> String {
    let mut hash = Sha256::new();
    for line in lines {
        hash.update(line.as_bytes());
        hash.update(b"\n");
    }
    hexadecimal(&hash.finalize())
}

/// Bytes in hexadecimal, in lower case.
pub fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl ExperimentReport {
    /// The digest of what is finished.
    pub fn run_digest(&self) -> RunDigest {
        let jobs = all_jobs(self.config());
        let line = |job| {
            let digest = self.finished_jobs().get(job)?.digest.as_ref()?;
            Some(format!("{} {} {} {} {digest}", job.trial, job.arm, job.round, job.draw))
        };
        let mut lines = settings_beside_quick(self.config());
        let settings = lines.len();
        lines.extend(jobs.iter().map_while(line));
        let done = lines.len() - settings;
        RunDigest { hex: sha256_of_lines(lines), done, total: jobs.len() }
    }
}
