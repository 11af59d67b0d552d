//! What is known of a run so far: the reports of finished jobs, the curves of running ones, and in which round each
//! weight was pruned.

use experiment::job::JobPhase;
use experiment::{
    arm::Arm,
    config::ExperimentConfig,
    experiment_report::{ExperimentReport, FinishedJob},
    job::JobId,
    job_graph,
    job_report::{JobReport, ValidationPoint},
    prune_rounds::PruneRounds,
};
use std::collections::BTreeMap;

/// A job on its way.
#[derive(Clone, Debug, PartialEq)]
pub struct JobInProgress {
    /// What it is doing.
    pub phase: JobPhase,
    /// Training steps done.
    pub iteration: u32,
    /// Seconds of work so far.
    pub seconds: f64,
    /// Validation so far.
    pub curve: Vec<ValidationPoint>,
}

/// Everything the workers have said about one run.
#[derive(Clone, Debug)]
pub struct RunResults {
    experiment_report: ExperimentReport,
    digests: BTreeMap<JobId, String>,
    in_progress: BTreeMap<JobId, JobInProgress>,
    /// Of the ticket's masks, by trial and round.
    alive: BTreeMap<(u32, u32), Vec<u32>>,
}

impl RunResults {
    /// What an experiment's report holds, and nothing else yet.
    pub fn new(experiment_report: ExperimentReport) -> RunResults {
        let mut results = RunResults {
            experiment_report,
            digests: BTreeMap::new(),
            in_progress: BTreeMap::new(),
            alive: BTreeMap::new(),
        };
        results.config().seeds().for_each(|trial| results.count_survivors(trial));
        results
    }

    /// The settings it is a record of.
    pub fn config(&self) -> &ExperimentConfig {
        self.experiment_report.config()
    }

    /// All that a report of it holds.
    pub fn experiment_report(&self) -> &ExperimentReport {
        &self.experiment_report
    }

    /// A job begins, from nothing.
    pub fn job_started(&mut self, job: JobId) {
        let live = JobInProgress { phase: JobPhase::Rewind, iteration: 0, seconds: 0.0, curve: Vec::new() };
        self.in_progress.insert(job, live);
    }

    /// How far a running job has come.
    pub fn update_progress(&mut self, job: JobId, phase: JobPhase, iteration: u32, seconds: f64) {
        if let Some(live) = self.in_progress.get_mut(&job) {
            (live.phase, live.iteration, live.seconds) = (phase, iteration, seconds);
        }
    }

    /// A validation pass of a running job.
    pub fn add_validation(&mut self, job: JobId, point: ValidationPoint) {
        if let Some(live) = self.in_progress.get_mut(&job) {
            live.iteration = live.iteration.max(point.iteration);
            if live.curve.last().is_none_or(|last| last.iteration < point.iteration) {
                live.curve.push(point);
            }
        }
    }

    /// A job is done: its results, the digest of everything it produced, and the next round's mask if it pruned.
    pub fn add_finished(&mut self, finished: FinishedJob, digest: String, mask: Option<&[u8]>) {
        let job = finished.report.job;
        self.in_progress.remove(&job);
        self.digests.insert(job, digest);
        self.experiment_report.add_finished_job(finished, mask);
        if mask.is_some() && job.arm == Arm::Ticket {
            self.count_survivors(job.trial);
        }
    }

    /// Counts what each of the ticket's masks leaves alive, in one pass over the weights.
    fn count_survivors(&mut self, trial: u32) {
        let Some(prune_rounds) = self.experiment_report.prune_rounds().get(&(trial, Arm::Ticket)) else {
            return;
        };
        let by_round = |prune_rounds: &[u8]| {
            let mut died = [0_u32; 256];
            prune_rounds.iter().for_each(|&round| died[usize::from(round)] += 1);
            died
        };
        let sizes = self.experiment_report.config().model.layer_sizes();
        let layers: Vec<_> =
            sizes.into_iter().map(|size| by_round(&prune_rounds.bytes()[size.weights])).collect();
        for round in 1..=prune_rounds.last_known_round() {
            let left = |died: &[u32; 256]| died.iter().skip(round as usize + 1).sum();
            self.alive.insert((trial, round), layers.iter().map(left).collect());
        }
    }

    /// Forgets what unfinished jobs said, because they will run again from their start.
    pub fn clear_in_progress(&mut self) {
        self.in_progress.clear();
    }

    /// Done jobs, in the order of the table of rounds whatever order they came in.
    pub fn finished_jobs(&self) -> impl Iterator<Item = &FinishedJob> + Clone {
        self.experiment_report.finished_jobs().values()
    }

    /// One done job.
    pub fn finished_job(&self, job: JobId) -> Option<&FinishedJob> {
        self.experiment_report.finished_jobs().get(&job)
    }

    /// The digest of all that a done job put out; empty where it is only known from a report, which has none.
    pub fn digest(&self, job: JobId) -> &str {
        self.digests.get(&job).map_or("", String::as_str)
    }

    /// Jobs on their way.
    pub fn in_progress(&self) -> impl Iterator<Item = (JobId, &JobInProgress)> + Clone {
        self.in_progress.iter().map(|(job, live)| (*job, live))
    }

    /// The curve of a job, done or not.
    pub fn curve(&self, job: JobId) -> &[ValidationPoint] {
        let done = self.finished_job(job).map(|f| f.report.curve.as_slice());
        done.or_else(|| self.in_progress.get(&job).map(|l| l.curve.as_slice())).unwrap_or_default()
    }

    /// In which round each weight of a trial's ticket was pruned; `None` before its first pruning.
    pub fn prune_rounds(&self, trial: u32) -> Option<&PruneRounds> {
        self.experiment_report.prune_rounds().get(&(trial, Arm::Ticket))
    }

    /// Surviving weights at the start of a round, by layer, once its mask is known.
    pub fn ticket_survivors(&self, trial: u32, round: u32) -> Option<Vec<u32>> {
        if round == 0 {
            return Some(self.config().model.layer_weight_counts());
        }
        self.alive.get(&(trial, round)).cloned()
    }

    /// Weights left by layer at the start of a round of the first trial: the ticket's, or, where it is not trained so
    /// far, those of another arm that is done.
    pub fn weights_left(&self, round: u32) -> Option<Vec<u32>> {
        let trial = self.config().seed;
        let here = |f: &&FinishedJob| (f.report.job.trial, f.report.job.round) == (trial, round);
        self.ticket_survivors(trial, round)
            .or_else(|| self.finished_jobs().find(here).map(|f| f.report.alive.clone()))
    }

    /// Whether no job has begun.
    pub fn nothing_started(&self) -> bool {
        self.in_progress.is_empty() && self.experiment_report.finished_jobs().is_empty()
    }

    /// The furthest round that any job has begun.
    pub fn latest_round(&self) -> u32 {
        let rounds =
            self.in_progress.keys().chain(self.experiment_report.finished_jobs().keys()).map(|job| job.round);
        rounds.max().unwrap_or(0)
    }

    /// Whether every job of a round is done.
    pub fn is_round_done(&self, round: u32) -> bool {
        let mut jobs = job_graph::all_jobs(self.config()).into_iter().filter(|job| job.round == round);
        jobs.all(|job| self.finished_job(job).is_some())
    }

    /// The test accuracy of an arm in a trial at the end of a round: the mean of its draws, once all are done.
    pub fn test_end(&self, trial: u32, arm: Arm, round: u32) -> Option<f64> {
        let done = |draw| self.finished_job(JobId { trial, arm, round, draw });
        let draws: Option<Vec<&FinishedJob>> = (0..self.config().draws_of(arm)).map(done).collect();
        mean(draws?.iter().map(|f| f.report.test_end.fraction()))
    }

    /// Seconds that the same training steps take a dense network: those of the trial's own round 0, or their share
    /// where the arm trains fewer. None before that round is done.
    pub fn dense_seconds(&self, report: &JobReport) -> Option<f64> {
        let dense = self.finished_job(JobId { arm: Arm::Ticket, round: 0, draw: 0, ..report.job })?;
        Some(dense.seconds * f64::from(report.iterations) / f64::from(dense.report.iterations.max(1)))
    }

    /// The mean test accuracy of an arm at the end of a round, over its finished trials and draws.
    pub fn mean_test_end(&self, arm: Arm, round: u32) -> Option<f64> {
        let of_arm = |f: &&FinishedJob| f.report.job.arm == arm && f.report.job.round == round;
        mean(self.finished_jobs().filter(of_arm).map(|f| f.report.test_end.fraction()))
    }
}

/// The mean of some numbers, if there are any.
pub fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (mut sum, mut count) = (0.0, 0_u32);
    for value in values {
        sum += value;
        count += 1;
    }
    (count > 0).then(|| sum / f64::from(count))
}
