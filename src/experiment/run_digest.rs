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
    let mut lines: Vec<String> = Vec::new();
    for ((name, value), _) in differing {
        let line = format!("{name}={value}");
        lines.insert(lines.partition_point(|before| *before <= line), line);
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        job_report::JobReport,
        made_report::{config, made_report},
    };

    /// The report of an experiment in which every job's digest tells which job it is of.
    fn report() -> ExperimentReport {
        made_report(&config("arms=dense,ticket,reinit&rounds=1&rate=0.25&hidden=6,5&seeds=1,3"))
    }

    #[test]
    fn the_digest_is_that_of_these_lines() {
        // Computed without this program, with the sha256sum of GNU coreutils:
        //
        // printf '%s\n' arms=dense,ticket,reinit hidden=6,5 rate=0.25 rounds=1 \
        //     '1 ticket 0 0 0000000100000100' '1 ticket 1 0 0000000100010100' '1 reinit 1 0 0000000100010200' \
        //     '3 ticket 0 0 0000000300000100' '3 ticket 1 0 0000000300010100' '3 reinit 1 0 0000000300010200' \
        //     | sha256sum
        let hex = "54cbf1f1e88c7bf030fadc174f78584b67a03a5b1ef8ae260c4aa05921faa9f2";
        assert_eq!(report().run_digest(), RunDigest { hex: hex.into(), done: 6, total: 6 });
        assert_eq!(report().run_digest().to_string(), format!("{hex} over 6 of 6 jobs"));
    }

    /// The report without some of its jobs.
    fn report_of(keep: impl Fn(&JobReport) -> bool) -> ExperimentReport {
        let mut part = ExperimentReport::new(report().config());
        for finished in report().finished_jobs().values().filter(|done| keep(&done.report)) {
            part.add_finished_job(finished.clone(), None);
        }
        part
    }

    #[test]
    fn the_digest_of_a_part_covers_the_jobs_before_the_first_that_is_missing() {
        // printf as above, with the settings and the first two jobs alone.
        let hex = "0a294d2ccc1218a257c15978409623622766435bd2a1b0d25400639a7274fa99";
        let without_reinit = report_of(|report| (report.job.trial, report.job.arm.name()) != (1, "reinit"));
        assert_eq!(without_reinit.finished_jobs().len(), 5);
        assert_eq!(without_reinit.run_digest(), RunDigest { hex: hex.into(), done: 2, total: 6 });
        let first_two = report_of(|report| report.job.trial == 1 && report.job.arm.name() == "ticket");
        assert_eq!(first_two.run_digest(), without_reinit.run_digest());
        // printf with the settings alone.
        let nothing = report_of(|_| false).run_digest();
        assert_eq!(
            (nothing.hex.as_str(), nothing.done),
            ("bd69bf6de9e24db8da9faf9d70affcf7b71351839f0123a875fe33bb8782a6b0", 0)
        );
    }
}
