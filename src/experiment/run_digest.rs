//! The digest of a run: one number that says whether two runs gave the same results, to the last bit.
//!
//! It is the SHA-256 of UTF-8 lines, each ended by a line feed. First come the settings of the experiment that differ
//! from the preset `quick`, except the seeds, as `name=value`, sorted. Then come the finished jobs that the digest
//! covers, in canonical order, as `seed arm round draw digest`, with `twin` before the digest of a twin. The dense network is there once, as the ticket's round
//! 0. The digest covers the longest prefix of all jobs, in canonical order, whose jobs are finished and have a digest.

use crate::{
    config::ExperimentConfig,
    expected_digest::{DigestCheck, ExpectedDigest},
    experiment_report::ExperimentReport,
    hexadecimal::hexadecimal,
    job::JobId,
    job_graph::all_jobs,
    preset::Preset,
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

/// A job as digests say it: `seed arm round draw`, and `twin` behind them if it is one.
pub(crate) fn job_words(JobId { trial, arm, round, draw, twin }: JobId) -> String {
    format!("{trial} {arm} {round} {draw}{}", if twin { " twin" } else { "" })
}

/// The SHA-256 of lines, each ended by a line feed.
pub(crate) fn sha256_of_lines(lines: impl IntoIterator<Item = String>) -> [u8; 32] {
    let mut hash = Sha256::new();
    for line in lines {
        hash.update(line.as_bytes());
        hash.update(b"\n");
    }
    hash.finalize().into()
}

impl ExperimentReport {
    /// The digest of what is finished.
    pub fn run_digest(&self) -> RunDigest {
        let (sha256, done, total) = self.digest_of_first(usize::MAX);
        RunDigest { hex: hexadecimal(&sha256), done, total }
    }

    /// The digest of what is finished, as a link says it. `None` before there is any.
    pub fn expected_digest(&self) -> Option<ExpectedDigest> {
        let (sha256, done, _) = self.digest_of_first(usize::MAX);
        let jobs = u32::try_from(done).ok().filter(|jobs| *jobs > 0)?;
        Some(ExpectedDigest { sha256, jobs })
    }

    /// Compares what is finished with the digest that a link expects.
    pub fn check_digest(&self, expected: &ExpectedDigest) -> DigestCheck {
        let jobs = expected.jobs as usize;
        let (sha256, done, total) = self.digest_of_first(jobs);
        match done {
            _ if jobs > total => DigestCheck::FewerJobs(total),
            done if done < jobs => DigestCheck::NotYet(done),
            _ if sha256 == expected.sha256 => DigestCheck::Reproduced,
            _ => DigestCheck::Different(sha256),
        }
    }

    /// The digest over at most so many jobs, the number of jobs that it covers, and that of all jobs.
    fn digest_of_first(&self, most: usize) -> ([u8; 32], usize, usize) {
        let jobs = all_jobs(self.config());
        let line = |job: &JobId| {
            let digest = self.finished_jobs().get(job)?.digest.as_ref()?;
            Some(format!("{} {digest}", job_words(*job)))
        };
        let mut lines = settings_beside_quick(self.config());
        let settings = lines.len();
        lines.extend(jobs.iter().take(most).map_while(line));
        let done = lines.len() - settings;
        (sha256_of_lines(lines), done, jobs.len())
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
    fn a_link_expects_the_digest_of_the_first_jobs() {
        let two = "0a294d2ccc1218a257c15978409623622766435bd2a1b0d25400639a7274fa99.2";
        let expected: ExpectedDigest = two.parse().expect("a digest");
        assert_eq!((expected.to_string().as_str(), expected.jobs), (two, 2));
        // More may be done than the link covers.
        assert_eq!(report().check_digest(&expected), DigestCheck::Reproduced);
        assert_eq!(report_of(|report| report.job.round == 0).check_digest(&expected), DigestCheck::NotYet(1));
        let mut other = expected;
        other.sha256[31] ^= 1;
        assert_eq!(report().check_digest(&other), DigestCheck::Different(expected.sha256));
        other.jobs = 7;
        assert_eq!(report().check_digest(&other), DigestCheck::FewerJobs(6));
        for wrong in [
            "",
            "0a.2",
            &two[2..],
            &two[..64],
            &two.replace(".2", ".0"),
            &two.replace(".2", ".+2"),
            &format!("{two}0x"),
        ] {
            assert!(wrong.parse::<ExpectedDigest>().is_err(), "{wrong}");
        }
        let accented = format!("{}é.2", &two[..62]);
        assert!(accented.parse::<ExpectedDigest>().is_err());
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
