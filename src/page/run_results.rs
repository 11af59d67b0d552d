//! What is known of a run so far: the reports of finished jobs, the curves of running jobs, and the round in which each
//! weight was pruned.

use crate::mask_readings::MaskReadings;
use experiment::job::JobPhase;
use experiment::{
    arm::Arm,
    config::ExperimentConfig,
    experiment_report::{ExperimentReport, FinishedJob},
    job::JobId,
    job_graph,
    job_report::{Accuracy, JobReport, ReadingsBeforeTraining, ValidationPoint},
    measured_difference::MeasuredDifference,
    prune_rounds::PruneRounds,
    robustness::Corruption,
    sorted_map::SortedMap,
};

/// The progress of an unfinished job.
#[derive(Clone, Debug, PartialEq)]
pub struct JobInProgress {
    /// The phase of the job.
    pub phase: JobPhase,
    /// The number of training steps done.
    pub iteration: u32,
    /// Seconds of computation so far.
    pub seconds: f64,
    /// The readings before the first training step, as soon as they are known.
    pub before_training: Option<ReadingsBeforeTraining>,
    /// The validation points so far.
    pub curve: Vec<ValidationPoint>,
}

/// Everything that the workers have reported about one run.
#[derive(Clone, Debug)]
pub struct RunResults {
    experiment_report: ExperimentReport,
    in_progress: SortedMap<JobId, JobInProgress>,
    /// The number of weights left in each layer by the ticket's masks, by trial and round.
    alive: SortedMap<(u32, u32), Vec<u32>>,
    /// What the first layer's masks of the first trials say.
    mask_readings: MaskReadings,
    /// The number of rounds, from the first on, of which every job is finished.
    rounds_done: u32,
    /// The jobs of the round after these in the first trial. Every frame asks for them.
    open_jobs: Vec<JobId>,
}

impl RunResults {
    /// The results that a report contains, without any running job.
    pub fn new(experiment_report: ExperimentReport) -> RunResults {
        let mut results = RunResults {
            experiment_report,
            in_progress: SortedMap::new(),
            alive: SortedMap::new(),
            mask_readings: MaskReadings::default(),
            rounds_done: 0,
            open_jobs: Vec::new(),
        };
        results.count_rounds_done();
        Vec::from(results.config().seeds.clone())
            .into_iter()
            .for_each(|trial| results.count_survivors(trial));
        let chains: Vec<(u32, Arm)> =
            results.experiment_report.prune_rounds().iter().map(|(chain, _)| *chain).collect();
        for (trial, arm) in chains {
            results.mask_readings.read(&results.experiment_report, trial, arm);
        }
        results
    }

    /// The settings of the experiment.
    pub fn config(&self) -> &ExperimentConfig {
        self.experiment_report.config()
    }

    /// The report of this run, which holds its finished jobs and prune rounds.
    pub fn experiment_report(&self) -> &ExperimentReport {
        &self.experiment_report
    }

    /// Records that a job has started from its beginning.
    pub fn job_started(&mut self, job: JobId) {
        // What a worker has said before it died stays: a job that runs again says the same.
        let said = self.in_progress.remove(&job).map(|live| (live.before_training, live.curve));
        let (before_training, curve) = said.unwrap_or_default();
        let live =
            JobInProgress { phase: JobPhase::Rewind, iteration: 0, seconds: 0.0, before_training, curve };
        self.in_progress.insert(job, live);
    }

    /// Records the progress of a running job.
    pub fn update_progress(&mut self, job: JobId, phase: JobPhase, iteration: u32, seconds: f64) {
        if let Some(live) = self.in_progress.get_mut(&job) {
            (live.phase, live.iteration, live.seconds) = (phase, iteration, seconds);
        }
    }

    /// Records the readings of a running job's first weights.
    pub fn add_readings_before_training(&mut self, job: JobId, readings: ReadingsBeforeTraining) {
        if let Some(live) = self.in_progress.get_mut(&job) {
            live.before_training = Some(readings);
        }
    }

    /// Adds a validation point to a running job.
    pub fn add_validation(&mut self, job: JobId, point: ValidationPoint) {
        if let Some(live) = self.in_progress.get_mut(&job) {
            live.iteration = live.iteration.max(point.iteration);
            if live.curve.last().is_none_or(|last| last.iteration < point.iteration) {
                live.curve.push(point);
            }
        }
    }

    /// Records a finished job and the next round's mask if it pruned.
    pub fn add_finished(&mut self, finished: FinishedJob, mask: Option<&[u8]>) {
        let job = finished.report.job;
        self.in_progress.remove(&job);
        self.experiment_report.add_finished_job(finished, mask);
        if mask.is_some() {
            self.mask_readings.read(&self.experiment_report, job.trial, job.arm);
            if job.arm == Arm::Ticket {
                self.count_survivors(job.trial);
            }
        }
        self.count_rounds_done();
    }

    /// Reads the mask of a kept network.
    pub fn read_kept_mask(&mut self, job: JobId, mask: &[u8]) {
        self.mask_readings.read_kept(&self.experiment_report, job, mask);
    }

    fn count_rounds_done(&mut self) {
        while self.rounds_done <= self.config().last_round() && self.is_round_done(self.rounds_done) {
            self.rounds_done += 1;
        }
        self.open_jobs = job_graph::jobs_of_first_trial(self.config(), self.rounds_done);
    }

    /// The jobs of the first trial in the first round that is not done.
    pub fn open_jobs(&self) -> &[JobId] {
        &self.open_jobs
    }

    /// The number of rounds, from the first on, of which every job is finished.
    pub fn rounds_done(&self) -> u32 {
        self.rounds_done
    }

    /// Counts the weights that each of the ticket's masks leaves in each layer, in one pass over the weights.
    fn count_survivors(&mut self, trial: u32) {
        let Some(prune_rounds) = self.experiment_report.prune_rounds().get(&(trial, Arm::Ticket)) else {
            return;
        };
        let survivors = prune_rounds.survivors(&self.experiment_report.config().model);
        for (round, left) in survivors.into_iter().enumerate().skip(1) {
            self.alive.insert((trial, round as u32), left);
        }
    }

    /// Forgets the progress of unfinished jobs, because they will run again from their start.
    pub fn clear_in_progress(&mut self) {
        self.in_progress.clear();
    }

    /// The finished jobs in the order of the table of rounds, in whichever order they finished.
    pub fn finished_jobs(&self) -> impl Iterator<Item = &FinishedJob> + Clone {
        self.experiment_report.finished_jobs().values()
    }

    /// The results of a job, or `None` if it is not finished.
    pub fn finished_job(&self, job: JobId) -> Option<&FinishedJob> {
        self.experiment_report.finished_jobs().get(&job)
    }

    /// The digest of everything that a finished job produced. Empty if the job comes from a report of version 1, which
    /// contains no digests.
    pub fn digest(&self, job: JobId) -> &str {
        self.finished_job(job).and_then(|finished| finished.digest.as_deref()).unwrap_or_default()
    }

    /// The unfinished jobs that have started, with their progress.
    pub fn in_progress(&self) -> impl Iterator<Item = (JobId, &JobInProgress)> + Clone {
        self.in_progress.iter().map(|(job, live)| (*job, live))
    }

    /// The readings of a job before its first training step, as soon as they are known.
    pub fn before_training(&self, job: JobId) -> Option<ReadingsBeforeTraining> {
        let live = self.in_progress.get(&job).and_then(|live| live.before_training);
        self.finished_job(job).map_or(live, |finished| finished.report.before_training)
    }

    /// The validation curve of a job, finished or not.
    pub fn curve(&self, job: JobId) -> &[ValidationPoint] {
        let done = self.finished_job(job).map(|f| f.report.curve.as_slice());
        done.or_else(|| self.in_progress.get(&job).map(|l| l.curve.as_slice())).unwrap_or_default()
    }

    /// The round in which each weight of a trial's ticket was pruned, or `None` before its first pruning.
    pub fn prune_rounds(&self, trial: u32) -> Option<&PruneRounds> {
        self.experiment_report.prune_rounds().get(&(trial, Arm::Ticket))
    }

    /// What the first layer's masks of the first trials say.
    pub fn mask_readings(&self) -> &MaskReadings {
        &self.mask_readings
    }

    /// The number of the ticket's weights left in each layer at the start of a round, or `None` if its mask is not
    /// known.
    pub fn ticket_survivors(&self, trial: u32, round: u32) -> Option<Vec<u32>> {
        if round == 0 {
            return Some(self.config().model.layer_weight_counts());
        }
        self.alive.get(&(trial, round)).cloned()
    }

    /// The number of weights left in each layer at the start of a round of the first trial. They are the ticket's, or,
    /// if its mask is not known, those of another arm that has finished the round.
    pub fn weights_left(&self, round: u32) -> Option<Vec<u32>> {
        let trial = self.config().seeds.first();
        // An own mask has a size of its own.
        let in_round = |f: &&FinishedJob| {
            (f.report.job.trial, f.report.job.round) == (trial, round) && f.report.job.arm != Arm::Own
        };
        self.ticket_survivors(trial, round)
            .or_else(|| self.finished_jobs().find(in_round).map(|f| f.report.alive.clone()))
    }

    /// Whether no job has started.
    pub fn nothing_started(&self) -> bool {
        self.in_progress.is_empty() && self.experiment_report.finished_jobs().is_empty()
    }

    /// The highest round in which any job has started.
    pub fn latest_round(&self) -> u32 {
        let rounds =
            self.in_progress.keys().chain(self.experiment_report.finished_jobs().keys()).map(|job| job.round);
        rounds.max().unwrap_or(0)
    }

    /// Whether every job of a round is finished.
    pub fn is_round_done(&self, round: u32) -> bool {
        let jobs = job_graph::jobs_of_first_trial(self.config(), round);
        let done = |trial| jobs.iter().all(|&job| self.finished_job(JobId { trial, ..job }).is_some());
        self.config().seeds.iter().all(done)
    }

    /// The test accuracy of an arm at the end of a round of a trial, from 0 to 1: the mean over its draws, or `None`
    /// until all of them are finished.
    pub fn test_end(&self, trial: u32, arm: Arm, round: u32) -> Option<f64> {
        self.mean_of_draws(trial, (arm, round), |report| Some(report.test_end))
    }

    /// The mean of an accuracy over the draws of an arm in a round of a trial, or `None` until all of them have it.
    fn mean_of_draws(
        &self,
        trial: u32,
        (arm, round): (Arm, u32),
        read: impl Fn(&JobReport) -> Option<Accuracy>,
    ) -> Option<f64> {
        let done = |draw| read(&self.finished_job(JobId { trial, arm, round, draw, twin: false })?.report);
        let draws: Option<Vec<Accuracy>> = (0..self.config().draws_of(arm)).map(done).collect();
        mean(draws?.iter().map(|accuracy| accuracy.fraction()))
    }

    /// Of the images with wrong training labels, the share that one arm reads as these labels at the end of a round less that of
    /// another, in the trials that have both. `None` for arms of different data sets.
    pub fn memorised_difference(&self, one: (Arm, u32), other: (Arm, u32)) -> Option<MeasuredDifference> {
        let config = self.config();
        if config.data_of(one.0) != config.data_of(other.0) {
            return None;
        }
        let share = |trial, of| self.mean_of_draws(trial, of, |report| Some(report.label_noise?.flipped));
        let pair = |trial| Some((share(trial, one)?, share(trial, other)?));
        let pairs: Vec<(f64, f64)> = config.seeds.iter().filter_map(pair).collect();
        MeasuredDifference::of_accuracies(&pairs, f64::from(config.flipped_labels(one.0)))
    }

    /// The test accuracy of one arm at the end of a round less that of another, in the trials that have both. `None` for arms
    /// of different data sets, whose accuracies are of different tasks.
    pub fn test_difference(&self, one: (Arm, u32), other: (Arm, u32)) -> Option<MeasuredDifference> {
        let data = self.config().data_of(one.0);
        if data != self.config().data_of(other.0) {
            return None;
        }
        let accuracy = |trial, (arm, round)| self.test_end(trial, arm, round);
        let pair = |trial| Some((accuracy(trial, one)?, accuracy(trial, other)?));
        let pairs: Vec<(f64, f64)> = self.config().seeds.iter().filter_map(pair).collect();
        MeasuredDifference::of_accuracies(&pairs, f64::from(data.test_images))
    }

    /// The test accuracy of one arm under a corruption, by the number of its strength, at the end of a round less that of another.
    /// `None` until all trials have read it, and for arms of different data sets.
    pub fn corrupted_difference(
        &self,
        (corruption, strength): (Corruption, u8),
        one: (Arm, u32),
        other: (Arm, u32),
    ) -> Option<MeasuredDifference> {
        let config = self.config();
        if config.data_of(one.0) != config.data_of(other.0) {
            return None;
        }
        let read = |report: &JobReport| report.corrupted(corruption, strength);
        let pair =
            |trial| Some((self.mean_of_draws(trial, one, read)?, self.mean_of_draws(trial, other, read)?));
        let pairs: Option<Vec<(f64, f64)>> = config.seeds.iter().map(pair).collect();
        MeasuredDifference::of_accuracies(&pairs?, f64::from(config.data_of(one.0).test_images))
    }

    /// Whether a job has read corrupted images.
    pub fn has_corrupted(&self) -> bool {
        self.finished_jobs().any(|finished| finished.report.robustness.is_some())
    }

    /// The seconds that a dense network takes for the training steps of this report. They are measured in round 0 of
    /// the same trial, in proportion to the steps if this job trains fewer. `None` before that round is finished.
    pub fn dense_seconds(&self, report: &JobReport) -> Option<f64> {
        self.experiment_report().dense_seconds(report)
    }
}

/// The mean of some numbers, or `None` if there are none.
pub fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (mut sum, mut count) = (0.0, 0_u32);
    for value in values {
        sum += value;
        count += 1;
    }
    (count > 0).then(|| sum / f64::from(count))
}
