//! Verifies a report by training some of its jobs again. A job is pure, so each number must come out as it was, to the
//! last bit.

use crate::{RunError, TrainingEvent, TrainingInputs, train_open_jobs};
use experiment::{
    experiment_report::{ExperimentReport, FinishedJob},
    job::JobId,
    job_graph::all_jobs,
    purpose::RandomPurpose,
    result_difference::ResultDifference,
};
use std::{collections::BTreeSet, io};
use training::rng::RandomStream;

/// `count` finished jobs of a report, drawn without replacement, or all of them if there are no more. The same report,
/// count and seed give the same jobs on every machine, and a larger count adds jobs to those of a smaller one.
pub fn draw_jobs(experiment_report: &ExperimentReport, count: usize, seed: u32) -> BTreeSet<JobId> {
    let mut jobs: Vec<JobId> = experiment_report.finished_jobs().keys().copied().collect();
    RandomStream::new(seed, RandomPurpose::VerifiedJobs, 0, 0).shuffle(&mut jobs);
    jobs.into_iter().take(count).collect()
}

/// A job that was trained again, and what the report has of it.
#[derive(Clone, Debug, PartialEq)]
pub struct VerifiedJob {
    /// The job.
    pub job: JobId,
    /// What the report says of the job, or `None` if it lacks the job, which was then trained because a drawn job needs
    /// its outputs.
    pub reported: Option<FinishedJob>,
    /// Whether its pruning left a mask, and whether the report has that mask, so that the two were compared.
    pub mask: MaskComparison,
    /// Everything that came out otherwise than the report says.
    pub differences: Vec<ResultDifference>,
}

/// Whether the mask that a job's pruning left was compared with the report's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MaskComparison {
    /// The job leaves no mask.
    NoMask,
    /// The report does not have the mask.
    NotReported,
    /// The report has the mask, and it was compared.
    Compared,
}

/// An event while jobs are trained again.
pub enum VerifyEvent<'a> {
    /// A job has finished a validation pass.
    Step {
        /// The job.
        job: JobId,
        /// Training steps done.
        iteration: u32,
    },
    /// A job is trained and compared with the report.
    Verified(&'a VerifiedJob),
}

/// The jobs that are trained to verify these: they themselves, and those whose trained parameters they start from or
/// whose masks the report lacks. They are in canonical order.
pub fn jobs_to_train(experiment_report: &ExperimentReport, jobs: &BTreeSet<JobId>) -> Vec<JobId> {
    let (store, _) = experiment_report.train_again(jobs);
    all_jobs(experiment_report.config()).into_iter().filter(|&job| store.is_unfinished(job)).collect()
}

/// Trains these jobs again on `workers` threads (at least one), and all jobs that they need, and compares each with the
/// report. A job starts from the mask that the report has, unless the job that left it is trained again too. The result
/// is in canonical order. A job that differs does not end the others.
pub fn train_again(
    experiment_report: &ExperimentReport,
    jobs: &BTreeSet<JobId>,
    inputs: impl Into<TrainingInputs>,
    workers: usize,
    on_event: &mut dyn FnMut(VerifyEvent<'_>) -> io::Result<()>,
) -> Result<Vec<VerifiedJob>, RunError> {
    let open = experiment_report.train_again(jobs);
    let mut verified = vec![];
    train_open_jobs(experiment_report.config(), open, &inputs.into(), workers, &mut |event| match event {
        TrainingEvent::Validated(job, iteration) => Ok(on_event(VerifyEvent::Step { job, iteration })?),
        TrainingEvent::Trained(finished, next_mask) => {
            let job = finished.report.job;
            let mask = match next_mask {
                None => MaskComparison::NoMask,
                Some(_) if experiment_report.has_next_mask(job) => MaskComparison::Compared,
                Some(_) => MaskComparison::NotReported,
            };
            let reported = experiment_report.finished_jobs().get(&job).cloned();
            let differences = experiment_report.differences_from_recorded(&finished, next_mask);
            let one = VerifiedJob { job, reported, mask, differences };
            on_event(VerifyEvent::Verified(&one))?;
            verified.push(one);
            Ok(())
        }
    })?;
    verified.sort_by_key(|one| one.job);
    Ok(verified)
}
