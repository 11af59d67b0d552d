//! Everything an experiment has produced so far: the reports of its jobs, and the round in which each weight was
//! pruned. A report file holds the same. Reports of different seeds merge into one experiment with more trials.

use crate::{
    arm::Arm, config::ExperimentConfig, job::JobId, job_data::JobOutputs, job_graph::all_jobs,
    job_report::JobReport, prune_rounds::PruneRounds, schedule::Schedule, sorted_map::SortedMap,
    store::JobOutputStore,
};
use model::mask::Mask;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

pub mod csv_tables;
pub mod merge;
mod network_note;
pub mod report_file;
mod report_file_error;
mod report_head;
mod reuse;

/// A finished job.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FinishedJob {
    /// The job's results.
    pub report: JobReport,
    /// Seconds of work without pauses. This is the only number that differs from run to run.
    pub seconds: f64,
    /// The digest of everything the job produced, as 16 hexadecimal digits. `None` in reports of version 1.
    pub digest: Option<String>,
}

impl FinishedJob {
    /// Whether both are the same job with the same results, as far as both have them.
    pub fn agrees_with(&self, other: &FinishedJob) -> bool {
        let digests = self.digest.as_ref().zip(other.digest.as_ref());
        digests.is_none_or(|(one, other)| one == other) && self.report.has_same_results(&other.report)
    }

    /// Adds what only `other` has, which must agree with it: a digest, readings, points of the curve.
    fn complete_from(&mut self, other: FinishedJob) {
        self.digest = self.digest.take().or(other.digest);
        self.report.before_training = self.report.before_training.or(other.report.before_training);
        self.report.robustness = self.report.robustness.or(other.report.robustness);
        if other.report.curve.len() > self.report.curve.len() {
            self.report.curve = other.report.curve;
        }
    }
}

/// Everything an experiment has produced so far.
#[derive(Clone, Debug, PartialEq)]
pub struct ExperimentReport {
    config: ExperimentConfig,
    finished: BTreeMap<JobId, FinishedJob>,
    /// The masks by trial and arm. Each arm that prunes has its own chain of masks.
    prune_rounds: SortedMap<(u32, Arm), PruneRounds>,
}

/// An experiment's report in the form that page and worker send each other. The prune rounds are sent beside it, as one
/// byte array for each chain.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExperimentReportParts {
    /// The experiment's settings.
    pub config: ExperimentConfig,
    /// The finished jobs. Their curves are thinned as in a report file.
    pub finished: Vec<FinishedJob>,
    /// Trial, arm and last known round of each chain of masks.
    pub chains: Vec<(u32, Arm, u32)>,
}

impl ExperimentReport {
    /// The report of an experiment without finished jobs.
    pub fn new(config: &ExperimentConfig) -> ExperimentReport {
        ExperimentReport { config: config.clone(), finished: BTreeMap::new(), prune_rounds: SortedMap::new() }
    }

    /// The experiment's settings.
    pub fn config(&self) -> &ExperimentConfig {
        &self.config
    }

    /// The finished jobs in the order of the table of rounds.
    pub fn finished_jobs(&self) -> &BTreeMap<JobId, FinishedJob> {
        &self.finished
    }

    /// The rounds in which weights were pruned, by trial and by arm that prunes.
    pub fn prune_rounds(&self) -> &SortedMap<(u32, Arm), PruneRounds> {
        &self.prune_rounds
    }

    /// Adds a finished job and, if it pruned, the mask of the next round. Jobs of one arm must be added in the order of
    /// rounds. If the report has the job already, its results stay as they are.
    pub fn add_finished_job(&mut self, finished: FinishedJob, next_mask: Option<&[u8]>) {
        let job = finished.report.job;
        if let Some(mask) = next_mask {
            let mut prune_rounds = self.take_prune_rounds(job);
            if prune_rounds.last_known_round() == job.round {
                prune_rounds.record_mask(job.round + 1, mask);
            }
            self.prune_rounds.insert((job.trial, job.arm), prune_rounds);
        }
        // A job that is trained again may bring readings that were not asked for before; all else stays.
        let robustness = finished.report.robustness;
        let there = self.finished.entry(job).or_insert(finished);
        there.report.robustness = there.report.robustness.or(robustness);
    }

    /// Removes and returns the masks of a job's arm. A chain that is not known yet begins with the dense network's
    /// pruning, which belongs to the ticket.
    fn take_prune_rounds(&mut self, job: JobId) -> PruneRounds {
        let none = || PruneRounds::all_surviving(self.config.model.weight_count());
        if let Some(prune_rounds) = self.prune_rounds.remove(&(job.trial, job.arm)) {
            return prune_rounds;
        }
        let mut prune_rounds = none();
        if job.round > 0
            && !job.arm.is_of_other_data()
            && let Some(ticket) = self.prune_rounds.get(&(job.trial, Arm::Ticket))
        {
            prune_rounds.record_mask(1, &ticket.mask(1));
        }
        prune_rounds
    }

    /// The mask that the job's pruning made, or `None` if it is not known.
    pub fn next_mask(&self, job: JobId) -> Option<Mask> {
        self.chain_with_next_mask(job).map(|prune_rounds| prune_rounds.mask(job.round + 1))
    }

    /// Whether the mask that the job's pruning made is known.
    pub fn has_next_mask(&self, job: JobId) -> bool {
        self.chain_with_next_mask(job).is_some()
    }

    fn chain_with_next_mask(&self, job: JobId) -> Option<&PruneRounds> {
        let prune_rounds = self.prune_rounds.get(&(job.trial, job.arm))?;
        (prune_rounds.last_known_round() > job.round).then_some(prune_rounds)
    }

    /// The stored outputs and the schedule with which the experiment can continue. A report has masks but no
    /// parameters, so a finished job runs again if an unfinished one needs its parameters.
    pub fn resume(&self) -> (JobOutputStore, Schedule) {
        self.resume_where(|job| self.finished.contains_key(&job))
    }

    /// Like [`ExperimentReport::resume`], with outputs of finished jobs that were kept beside the report.
    pub fn resume_with(&self, kept: SortedMap<JobId, JobOutputs>) -> (JobOutputStore, Schedule) {
        let done = |job| self.finished.contains_key(&job);
        let store = JobOutputStore::resume_with(&self.config, kept, done, |job| self.next_mask(job));
        let schedule = Schedule::resume(&self.config, |job| store.is_unfinished(job));
        (store, schedule)
    }

    /// The stored outputs and the schedule with which these jobs, and no others than they need, are trained again. They
    /// start from the masks of the report, or from that of a job that is trained again.
    pub fn train_again(&self, jobs: &BTreeSet<JobId>) -> (JobOutputStore, Schedule) {
        self.resume_where(|job| !jobs.contains(&job))
    }

    fn resume_where(&self, done: impl Fn(JobId) -> bool) -> (JobOutputStore, Schedule) {
        let store = JobOutputStore::resume(&self.config, done, |job| self.next_mask(job));
        let schedule = Schedule::resume(&self.config, |job| store.is_unfinished(job));
        (store, schedule)
    }

    /// Whether every job of the experiment is finished.
    pub fn is_complete(&self) -> bool {
        all_jobs(&self.config).iter().all(|job| self.finished.contains_key(job))
    }

    /// The report in the form that page and worker send each other, and the bytes of each chain of masks in the same
    /// order.
    pub fn to_parts(&self) -> (ExperimentReportParts, Vec<Vec<u8>>) {
        let thinned = |done: &FinishedJob| FinishedJob { report: done.report.thinned(), ..done.clone() };
        let parts = ExperimentReportParts {
            config: self.config.clone(),
            finished: self.finished.values().map(thinned).collect(),
            chains: self
                .prune_rounds
                .iter()
                .map(|((trial, arm), d)| (*trial, *arm, d.last_known_round()))
                .collect(),
        };
        (parts, self.prune_rounds.values().map(|prune_rounds| prune_rounds.bytes().to_vec()).collect())
    }

    /// The parts that judging claims needs, to keep the message small: no masks, and of each curve only the early stop,
    /// which has the smallest loss.
    pub fn scoring_parts(&self) -> ExperimentReportParts {
        let alone = |done: &FinishedJob| {
            let mut done = done.clone();
            let stop = done.report.early_stop;
            done.report.curve.retain(|point| point.iteration == stop);
            done
        };
        let finished = self.finished.values().map(alone).collect();
        ExperimentReportParts { config: self.config.clone(), finished, chains: vec![] }
    }

    /// Rebuilds a report from its parts, or returns `None` if a chain of masks is missing or has the wrong length.
    pub fn from_parts(parts: ExperimentReportParts, prune_rounds: Vec<Vec<u8>>) -> Option<ExperimentReport> {
        let ExperimentReportParts { config, finished, chains } = parts;
        let weights = config.model.weight_count();
        if chains.len() != prune_rounds.len() || prune_rounds.iter().any(|bytes| bytes.len() != weights) {
            return None;
        }
        let chain = |((trial, arm, last), bytes)| ((trial, arm), PruneRounds::from_bytes(bytes, last));
        let mut report = ExperimentReport::new(&config);
        report.prune_rounds.extend(chains.into_iter().zip(prune_rounds).map(chain));
        report.finished.extend(finished.into_iter().map(|done| (done.report.job, done)));
        Some(report)
    }
}

#[cfg(test)]
mod tests;
