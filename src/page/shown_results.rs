//! The results of a run as they are known at a moment. Everything on the screen is a function of them: curves, numbers,
//! masks and sentences cannot speak of different moments, nor of what has not happened yet.

use crate::{
    mask_readings::MaskReadings,
    moment::{Moment, Stage},
    run_results::{RunResults, mean},
};
use experiment::{
    arm::Arm,
    config::ExperimentConfig,
    experiment_report::FinishedJob,
    job::JobId,
    job_graph,
    job_report::{Accuracy, LabelNoiseReadings, ReadingsBeforeTraining, ValidationPoint},
    measured_difference::MeasuredDifference,
    prune_rounds::PruneRounds,
    robustness::Corruption,
};

/// The results of a run at a moment. They are part of everything that the workers have reported, which may be more.
#[derive(Clone, Copy, Debug)]
pub struct ShownResults<'a> {
    results: &'a RunResults,
    /// `None` shows everything there is, whatever is missing in between: an opened report may have gaps.
    moment: Option<Moment>,
}

impl RunResults {
    /// The results as they are known at a moment.
    pub fn at(&self, moment: Moment) -> ShownResults<'_> {
        ShownResults { results: self, moment: Some(moment) }
    }

    /// All results there are.
    pub fn everything(&self) -> ShownResults<'_> {
        ShownResults { results: self, moment: None }
    }
}

impl<'a> ShownResults<'a> {
    /// The settings of the experiment.
    pub fn config(&self) -> &'a ExperimentConfig {
        self.results.config()
    }

    /// Whether nothing is to be seen because nothing has begun.
    pub fn nothing_started(&self) -> bool {
        self.results.nothing_started()
    }

    /// The moment. Where everything is shown, it is the latest one that any job has reached.
    pub fn moment(&self) -> Moment {
        self.moment.unwrap_or_else(|| {
            let round = self.results.latest_round();
            let live = self.results.in_progress().filter(|(job, _)| job.round == round);
            match live.map(|(_, live)| live.iteration).max() {
                Some(iteration) => Moment::training(round, iteration),
                None => Moment::end_of_training(self.config(), round),
            }
        })
    }

    /// Whether the results of a round's finished jobs are known.
    fn shows_end_of(&self, round: u32) -> bool {
        // A round ends for the eye when it has ended in every trial.
        let over = |moment: Moment| moment.is_round_over(self.config(), round);
        self.moment.is_none_or(|moment| over(moment) && round < self.results.rounds_done())
    }

    /// What the masks of the first trials say, of every round. Those after [`mask_round`](ShownResults::mask_round) are not shown.
    pub fn mask_readings(&self) -> &'a MaskReadings {
        self.results.mask_readings()
    }

    /// The round of the moment.
    pub fn round(&self) -> u32 {
        self.moment().round
    }

    /// The jobs whose results are known, in the order of the table of rounds.
    pub fn finished_jobs(&self) -> impl Iterator<Item = &'a FinishedJob> + Clone {
        let shown = *self;
        self.results.finished_jobs().filter(move |finished| shown.shows_end_of(finished.report.job.round))
    }

    /// The results of a job, or `None` if they are not known.
    pub fn finished_job(&self, job: JobId) -> Option<&'a FinishedJob> {
        self.results.finished_job(job).filter(|_| self.shows_end_of(job.round))
    }

    /// The readings of a job before its first training step.
    pub fn before_training(&self, job: JobId) -> Option<ReadingsBeforeTraining> {
        let begun = self.moment.is_none_or(|moment| job.round <= moment.round);
        self.results.before_training(job).filter(|_| begun)
    }

    /// The validations of a job up to the moment.
    pub fn curve(&self, job: JobId) -> &'a [ValidationPoint] {
        let curve = self.results.curve(job);
        &curve[..curve.partition_point(|point| point.iteration <= self.iteration_of(job.round))]
    }

    /// The validation of a job that follows those of [`curve`](ShownResults::curve), where the workers have come that far
    /// already. A curve that is drawn up to the moment goes towards it.
    pub fn next_validation(&self, job: JobId) -> Option<ValidationPoint> {
        self.results.curve(job).get(self.curve(job).len()).copied().filter(|_| {
            self.moment.is_some_and(|moment| moment.round == job.round && moment.stage == Stage::Train)
        })
    }

    /// Whether the moment has come to an iteration of a round.
    pub fn has_reached(&self, round: u32, iteration: u32) -> bool {
        iteration <= self.iteration_of(round)
    }

    /// The training steps of a round that are known.
    fn iteration_of(&self, round: u32) -> u32 {
        match self.moment {
            None => u32::MAX,
            Some(moment) if round < moment.round => u32::MAX,
            Some(moment) if round == moment.round => moment.iteration,
            Some(_) => 0,
        }
    }

    /// The round whose mask is shown.
    pub fn mask_round(&self) -> u32 {
        let known = self.prune_rounds(self.config().seeds.first()).map_or(0, PruneRounds::last_known_round);
        self.moment.map_or(known, |moment| moment.mask_round().min(known))
    }

    /// The round in which each weight of a trial's ticket was pruned, or `None` before its first pruning. It may have
    /// rounds that are not shown yet: whoever draws it asks for [`mask_round`](ShownResults::mask_round).
    pub fn prune_rounds(&self, trial: u32) -> Option<&'a PruneRounds> {
        self.results.prune_rounds(trial)
    }

    /// The number of the ticket's weights left in each layer at the start of a round, or `None` if its mask is not known.
    pub fn ticket_survivors(&self, trial: u32, round: u32) -> Option<Vec<u32>> {
        let known = self.moment.is_none_or(|moment| round <= moment.mask_round());
        self.results.ticket_survivors(trial, round).filter(|_| known)
    }

    /// The number of weights left in each layer at the start of a round of the first trial. They are the ticket's, or,
    /// if its mask is not known, those of another arm that has finished the round.
    pub fn weights_left(&self, round: u32) -> Option<Vec<u32>> {
        let known = self.moment.is_none_or(|moment| round <= moment.mask_round());
        self.results.weights_left(round).filter(|_| known)
    }

    /// The last round of which every job's results are known, or `None` if there is none.
    pub fn last_round_over(&self) -> Option<u32> {
        let over = self.moment.map_or(u32::MAX, |moment| moment.rounds_over(self.config()));
        over.min(self.results.rounds_done()).checked_sub(1)
    }

    /// The test accuracy of an arm at the end of a round of a trial, from 0 to 1: the mean over its draws, or `None`
    /// until all of them are known.
    pub fn test_end(&self, trial: u32, arm: Arm, round: u32) -> Option<f64> {
        self.results.test_end(trial, arm, round).filter(|_| self.shows_end_of(round))
    }

    /// The test accuracy of one arm at the end of a round less that of another, in the trials that have both.
    pub fn test_difference(&self, one: (Arm, u32), other: (Arm, u32)) -> Option<MeasuredDifference> {
        let known = self.shows_end_of(one.1) && self.shows_end_of(other.1);
        self.results.test_difference(one, other).filter(|_| known)
    }

    /// Of the images with wrong training labels, the share that one arm reads as these labels at the end of a round less that of
    /// another, in the trials that have both.
    pub fn memorised_difference(&self, one: (Arm, u32), other: (Arm, u32)) -> Option<MeasuredDifference> {
        let known = self.shows_end_of(one.1) && self.shows_end_of(other.1);
        self.results.memorised_difference(one, other).filter(|_| known)
    }

    /// The test accuracy of one arm under a corruption at the end of a round less that of another. `None` until all trials have
    /// read it.
    pub fn corrupted_difference(
        &self,
        corruption: (Corruption, u8),
        one: (Arm, u32),
        other: (Arm, u32),
    ) -> Option<MeasuredDifference> {
        let known = self.shows_end_of(one.1) && self.shows_end_of(other.1);
        self.results.corrupted_difference(corruption, one, other).filter(|_| known)
    }

    /// The mean of a reading of wrong labels at the end of an arm's round, from 0 to 1, over its finished trials and draws.
    pub fn mean_label_noise(
        &self,
        (arm, round): (Arm, u32),
        read: impl Fn(LabelNoiseReadings) -> Accuracy,
    ) -> Option<f64> {
        let of_arm = |f: &&FinishedJob| {
            let job = f.report.job;
            job.arm == arm && job.round == round && !job.twin
        };
        let readings = self.finished_jobs().filter(of_arm).filter_map(|f| f.report.label_noise);
        mean(readings.map(|readings| read(readings).fraction()))
    }

    /// The seconds that a dense network takes for the training steps of this report, or `None` if that is not known.
    pub fn dense_seconds(&self, report: &experiment::job_report::JobReport) -> Option<f64> {
        self.results.dense_seconds(report)
    }

    /// The mean test accuracy of an arm at the end of a round, from 0 to 1, over its finished trials and draws.
    pub fn mean_test_end(&self, arm: Arm, round: u32) -> Option<f64> {
        let of_arm = |f: &&FinishedJob| {
            let job = f.report.job;
            job.arm == arm && job.round == round && !job.twin
        };
        mean(self.finished_jobs().filter(of_arm).map(|f| f.report.test_end.fraction()))
    }

    /// Whether a job is shown. While not every trial has trained a round, only the first trial's jobs are, so that no curve
    /// waits for trials that have not begun.
    pub fn shows_job(&self, job: JobId) -> bool {
        let Some(moment) = self.moment else { return true };
        let whole = job.round < self.results.rounds_done();
        job.round <= moment.round && (whole || job.trial == self.config().seeds.first())
    }

    /// The jobs of a round that are shown, in the order of the table.
    pub fn jobs_of_round(&self, round: u32) -> Vec<JobId> {
        let jobs = job_graph::table_rows(self.config()).into_iter().map(JobId::training_job);
        jobs.filter(|job| job.round == round && !job.twin && self.shows_job(*job)).collect()
    }
}
