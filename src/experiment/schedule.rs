//! The order in which an experiment's jobs are trained: which jobs are done, which are running and which may start.

use crate::{
    config::ExperimentConfig, job::JobId, job_graph::all_jobs, recipe::dependencies, sorted_map::SortedMap,
};

/// A position that every arm can be brought to: `iteration` training steps into `round`. The last iteration of a round
/// stands for its end, after test and pruning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RunPosition {
    /// The number of prunings before it.
    pub round: u32,
    /// The number of training steps done in the round.
    pub iteration: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum JobStatus {
    Waiting,
    Running {
        iteration: u32,
    },
    Done,
    /// Given up for now, or waiting for one that is.
    LeftOut,
}

/// The status of every job. The order in which it hands out jobs depends only on which jobs are done.
#[derive(Clone, Debug)]
pub struct Schedule {
    config: ExperimentConfig,
    status: SortedMap<JobId, JobStatus>,
    order: Vec<JobId>,
}

impl Schedule {
    /// The schedule of an experiment without finished jobs.
    pub fn new(config: &ExperimentConfig) -> Schedule {
        Schedule::resume(config, |_| true)
    }

    /// The schedule of an experiment in which only the jobs for which `open` is true are still to be done.
    pub fn resume(config: &ExperimentConfig, open: impl Fn(JobId) -> bool) -> Schedule {
        let jobs = all_jobs(config);
        let status = |job| if open(job) { JobStatus::Waiting } else { JobStatus::Done };
        let mut known = SortedMap::new();
        known.extend(jobs.iter().map(|&job| (job, status(job))));
        let jobs_of_round = |round| jobs.iter().copied().filter(move |job| job.round == round);
        let order = (0..=config.rounds).flat_map(jobs_of_round).collect();
        Schedule { config: config.clone(), status: known, order }
    }

    /// Marks the next job that can start as running and returns it. A job can start if its dependencies are done and
    /// its round is not after that of `goal`.
    pub fn start_next_job(&mut self, goal: Option<RunPosition>) -> Option<JobId> {
        let job = self.order.iter().copied().find(|&job| {
            self.status.get(&job) == Some(&JobStatus::Waiting)
                && goal.is_none_or(|goal| job.round <= goal.round)
                && dependencies(job).jobs().all(|parent| self.is_done(parent))
        })?;
        self.status.insert(job, JobStatus::Running { iteration: 0 });
        Some(job)
    }

    /// Records how many training steps a running job has done.
    pub fn set_iteration(&mut self, job: JobId, iteration: u32) {
        if let Some(JobStatus::Running { iteration: reached }) = self.status.get_mut(&job) {
            *reached = iteration;
        }
    }

    /// Records that a job is done.
    pub fn mark_done(&mut self, job: JobId) {
        self.status.insert(job, JobStatus::Done);
    }

    /// Makes a job that is done wait again. Other jobs are left alone.
    pub fn reopen(&mut self, job: JobId) {
        if let Some(status) = self.status.get_mut(&job).filter(|status| **status == JobStatus::Done) {
            *status = JobStatus::Waiting;
        }
    }

    /// Makes a running job wait again, because its worker is gone. Other jobs are left alone.
    pub fn requeue(&mut self, job: JobId) {
        if let Some(status) = self.status.get_mut(&job)
            && matches!(status, JobStatus::Running { .. })
        {
            *status = JobStatus::Waiting;
        }
    }

    /// Leaves out a job, and all that wait for it, until [`Schedule::take_back_left_out`].
    pub fn leave_out(&mut self, job: JobId) {
        self.status.insert(job, JobStatus::LeftOut);
        // A job never waits for one of a later round, and within a round the order of arms is not that of their needs.
        loop {
            let is_stranded = |job: &JobId| {
                self.status.get(job) == Some(&JobStatus::Waiting)
                    && dependencies(*job)
                        .jobs()
                        .any(|parent| self.status.get(&parent) == Some(&JobStatus::LeftOut))
            };
            let stranded: Vec<JobId> = self.order.iter().copied().filter(is_stranded).collect();
            if stranded.is_empty() {
                return;
            }
            stranded.into_iter().for_each(|job| _ = self.status.insert(job, JobStatus::LeftOut));
        }
    }

    /// Makes all jobs wait again that have been left out.
    pub fn take_back_left_out(&mut self) {
        for status in self.status.values_mut().filter(|status| **status == JobStatus::LeftOut) {
            *status = JobStatus::Waiting;
        }
    }

    /// Makes every running job wait again, because its worker is gone.
    pub fn requeue_running_jobs(&mut self) {
        for status in self.status.values_mut() {
            if matches!(status, JobStatus::Running { .. }) {
                *status = JobStatus::Waiting;
            }
        }
    }

    /// Whether a job is done.
    pub fn is_done(&self, job: JobId) -> bool {
        self.status.get(&job) == Some(&JobStatus::Done)
    }

    /// The number of jobs of the experiment.
    pub fn jobs(&self) -> usize {
        self.status.len()
    }

    /// The number of jobs that are not done.
    pub fn open_jobs(&self) -> usize {
        self.open().count()
    }

    /// Whether all jobs are done.
    pub fn all_done(&self) -> bool {
        self.status.values().all(|s| *s == JobStatus::Done)
    }

    /// Whether every job up to `goal` is done or has reached it, but for those that are left out.
    pub fn reached(&self, goal: RunPosition) -> bool {
        self.status.iter().all(|(job, status)| match status {
            JobStatus::Done | JobStatus::LeftOut => true,
            JobStatus::Running { iteration } => job.round == goal.round && *iteration >= goal.iteration,
            JobStatus::Waiting => job.round > goal.round,
        })
    }

    /// The position of the job that has come furthest, or the start if none has started.
    pub fn furthest_position(&self) -> RunPosition {
        let positions = self.status.iter().filter_map(|(job, status)| {
            let iteration = match status {
                JobStatus::Done => self.config.iterations,
                JobStatus::Running { iteration } => *iteration,
                JobStatus::Waiting | JobStatus::LeftOut => return None,
            };
            Some(RunPosition { round: job.round, iteration })
        });
        positions.max().unwrap_or(RunPosition { round: 0, iteration: 0 })
    }

    /// The position that the Step button runs to: the next validation pass of the furthest arm. If that arm is at the
    /// end of a round that others have not finished, it is the end of that round.
    pub fn step_target(&self) -> RunPosition {
        self.target_after_furthest(|position| self.config.next_evaluation(position.iteration))
    }

    /// The position that the Round button runs to: the end of the round of the furthest arm.
    pub fn round_target(&self) -> RunPosition {
        self.target_after_furthest(|_| self.config.iterations)
    }

    fn target_after_furthest(&self, next: impl Fn(RunPosition) -> u32) -> RunPosition {
        let position = self.furthest_position();
        let at_end = position.iteration == self.config.iterations;
        if at_end && !self.reached(position) {
            return position;
        }
        let from = if at_end && position.round < self.config.rounds {
            RunPosition { round: position.round + 1, iteration: 0 }
        } else {
            position
        };
        RunPosition { iteration: next(from), ..from }
    }

    /// The jobs that are not done.
    pub fn open(&self) -> impl Iterator<Item = JobId> {
        self.status.iter().filter(|(_, status)| **status != JobStatus::Done).map(|(job, _)| *job)
    }

    /// The jobs that wait.
    pub fn waiting(&self) -> impl Iterator<Item = JobId> {
        self.status.iter().filter(|(_, status)| **status == JobStatus::Waiting).map(|(job, _)| *job)
    }

    /// The jobs that are running.
    pub fn running(&self) -> impl Iterator<Item = JobId> {
        self.status.iter().filter(|(_, s)| matches!(s, JobStatus::Running { .. })).map(|(job, _)| *job)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{arm::Arm, preset::Preset, seeds::Seeds};

    fn ticket(round: u32) -> JobId {
        JobId { trial: 1, arm: Arm::Ticket, round, draw: 0, twin: false }
    }

    #[test]
    fn a_round_waits_for_the_mask_of_the_last() {
        let mut schedule = Schedule::new(&Preset::Quick.config());
        assert_eq!(schedule.start_next_job(None), Some(ticket(0)));
        assert_eq!(schedule.start_next_job(None), None);
        schedule.mark_done(ticket(0));
        assert_eq!(schedule.start_next_job(None), Some(ticket(1)));
        assert_eq!(schedule.start_next_job(None), Some(JobId { arm: Arm::Reinit, ..ticket(1) }));
        assert_eq!(schedule.start_next_job(None), None);
        schedule.requeue_running_jobs();
        assert_eq!(schedule.start_next_job(None), Some(ticket(1)));
    }

    #[test]
    fn a_step_brings_both_arms_to_the_same_place() {
        let mut schedule = Schedule::new(&Preset::Quick.config());
        assert_eq!(schedule.step_target(), RunPosition { round: 0, iteration: 50 });
        schedule.start_next_job(None);
        schedule.set_iteration(ticket(0), 120);
        assert_eq!(schedule.step_target(), RunPosition { round: 0, iteration: 150 });
        assert_eq!(schedule.round_target(), RunPosition { round: 0, iteration: 500 });
        schedule.mark_done(ticket(0));
        // The ticket is at the end of round 0, so the next step is in round 1.
        assert_eq!(schedule.step_target(), RunPosition { round: 1, iteration: 50 });
        schedule.start_next_job(None);
        schedule.start_next_job(None);
        schedule.mark_done(ticket(1));
        // The re-init has not finished round 1, so it is brought to the end of round 1 first.
        assert_eq!(schedule.step_target(), RunPosition { round: 1, iteration: 500 });
        assert!(!schedule.reached(RunPosition { round: 1, iteration: 500 }));
    }

    #[test]
    fn what_is_left_out_takes_along_all_that_wait_for_it_and_nothing_else() {
        let mut schedule = Schedule::new(&Preset::Quick.config());
        schedule.start_next_job(None);
        schedule.mark_done(ticket(0));
        assert_eq!(schedule.start_next_job(None), Some(ticket(1)));
        schedule.leave_out(ticket(1));
        let reinit = JobId { arm: Arm::Reinit, ..ticket(1) };
        assert_eq!((schedule.start_next_job(None), schedule.start_next_job(None)), (Some(reinit), None));
        schedule.mark_done(reinit);
        // A step does not wait for it, and goes nowhere where nothing else is left.
        let end = RunPosition { round: 1, iteration: 500 };
        assert!(schedule.reached(end) && !schedule.all_done());
        schedule.take_back_left_out();
        assert!(!schedule.reached(end));
        assert_eq!(schedule.start_next_job(None), Some(ticket(1)));
        schedule.requeue(ticket(1));
        schedule.requeue(reinit);
        assert_eq!((schedule.start_next_job(None), schedule.start_next_job(None)), (Some(ticket(1)), None));
    }

    #[test]
    fn every_job_is_handed_out_once() {
        let config = ExperimentConfig {
            arms: Arm::ALL.iter().copied().collect(),
            seeds: Seeds::consecutive(1, 2).unwrap(),
            draws: 3,
            ..Preset::Quick.config()
        };
        let mut schedule = Schedule::new(&config);
        let mut seen = Vec::new();
        while let Some(job) = schedule.start_next_job(None) {
            seen.push(job);
            schedule.mark_done(job);
        }
        assert!(schedule.all_done());
        seen.sort();
        assert_eq!(seen, all_jobs(&config));
    }
}
