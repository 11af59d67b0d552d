//! An experiment as a graph of pure jobs: which there are, what each waits for, and which goes next.

use crate::{
    config::ExperimentConfig,
    job::{Checkpoint, JobId},
    job_data::OutputSpec,
    recipe::dependencies,
};
use std::collections::{BTreeMap, BTreeSet};

/// A place in an experiment that every arm can be brought to: `iteration` training steps into `round`.
/// A round's last iteration stands for its end, test and pruning included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RunPosition {
    /// Prunings behind it.
    pub round: u32,
    /// Training steps done in it.
    pub iteration: u32,
}

/// Every row of `config`'s table of rounds, in its order: the arms asked for. [`JobId::trained`] says which job gives
/// a row its numbers.
pub fn table_rows(config: &ExperimentConfig) -> Vec<JobId> {
    for_every_trial(config, &trial_table_rows(config, config.seed))
}

/// The rows of one trial.
fn trial_table_rows(config: &ExperimentConfig, trial: u32) -> Vec<JobId> {
    let mut rows = vec![];
    for &arm in &config.arms {
        for round in config.rounds_of(arm) {
            rows.extend((0..config.draws_of(arm)).map(|draw| JobId { trial, arm, round, draw }));
        }
    }
    rows
}

/// The same jobs in each trial, in the order of the table: seeds may run over the end of their range.
fn for_every_trial(config: &ExperimentConfig, jobs: &[JobId]) -> Vec<JobId> {
    let seeds: BTreeSet<u32> = config.seeds().collect();
    seeds.into_iter().flat_map(|trial| jobs.iter().map(move |&job| JobId { trial, ..job })).collect()
}

/// Every job that has to be trained for `config`'s rows, in the order of the table.
pub fn all_jobs(config: &ExperimentConfig) -> Vec<JobId> {
    for_every_trial(config, &trial_jobs(config, config.seed))
}

/// The jobs of one trial: what its rows need, and what that needs.
fn trial_jobs(config: &ExperimentConfig, trial: u32) -> Vec<JobId> {
    let mut jobs = BTreeSet::new();
    let mut wanted: Vec<JobId> =
        trial_table_rows(config, trial).into_iter().map(JobId::training_job).collect();
    while let Some(job) = wanted.pop() {
        if jobs.insert(job) {
            wanted.extend(dependencies(job).jobs());
        }
    }
    jobs.into_iter().collect()
}

/// The most jobs of `config` that are equally many parents away from a start: more workers than this are of little
/// use.
pub fn max_parallel_jobs(config: &ExperimentConfig) -> usize {
    let mut jobs = all_jobs(&ExperimentConfig { trials: 1, ..config.clone() });
    jobs.sort_by_key(|job| job.round);
    let (mut depths, mut widths): (Vec<usize>, Vec<usize>) = (vec![], vec![0; jobs.len()]);
    for (at, &job) in jobs.iter().enumerate() {
        // Parents are of earlier rounds, so they come before their children here.
        let of_parent = |parent| jobs[..at].iter().position(|other| *other == parent).map(|at| depths[at]);
        let depth = dependencies(job).jobs().filter_map(of_parent).max().map_or(0, |depth| depth + 1);
        depths.push(depth);
        widths[depth] += 1;
    }
    widths.into_iter().max().unwrap_or(0) * config.trials as usize
}

/// What a job has to leave for the others of its experiment.
pub fn output_spec(config: &ExperimentConfig, job: JobId) -> OutputSpec {
    let mut spec = OutputSpec::default();
    for child in trial_jobs(config, job.trial) {
        let dependencies = dependencies(child);
        spec.next_mask |= dependencies.mask == Some(job);
        spec.final_parameters |= dependencies.parameters == Some((job, Checkpoint::End));
        spec.rewind_parameters |= dependencies.parameters == Some((job, Checkpoint::RewindIteration));
    }
    spec
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum JobStatus {
    Waiting,
    Running { iteration: u32 },
    Done,
}

/// Who is done, who runs, who may start. The order it hands out jobs depends on nothing but what has finished.
#[derive(Clone, Debug)]
pub struct Schedule {
    config: ExperimentConfig,
    status: BTreeMap<JobId, JobStatus>,
    order: Vec<JobId>,
}

impl Schedule {
    /// Nothing done yet.
    pub fn new(config: &ExperimentConfig) -> Schedule {
        Schedule::resume(config, |_| true)
    }

    /// Only the jobs that are `open` are still to be done.
    pub fn resume(config: &ExperimentConfig, open: impl Fn(JobId) -> bool) -> Schedule {
        let jobs = all_jobs(config);
        let status = |job| if open(job) { JobStatus::Waiting } else { JobStatus::Done };
        let status = jobs.iter().map(|&job| (job, status(job))).collect();
        let of_round = |round| jobs.iter().copied().filter(move |job| job.round == round);
        let order = (0..=config.rounds).flat_map(of_round).collect();
        Schedule { config: config.clone(), status, order }
    }

    /// Takes the next job that can start: what it needs is there and its round is not beyond `goal`.
    pub fn start_next_job(&mut self, goal: Option<RunPosition>) -> Option<JobId> {
        let job = self.order.iter().copied().find(|&job| {
            self.status[&job] == JobStatus::Waiting
                && goal.is_none_or(|goal| job.round <= goal.round)
                && dependencies(job).jobs().all(|parent| self.is_done(parent))
        })?;
        self.status.insert(job, JobStatus::Running { iteration: 0 });
        Some(job)
    }

    /// Notes how far a running job has come.
    pub fn set_iteration(&mut self, job: JobId, iteration: u32) {
        if let Some(JobStatus::Running { iteration: at }) = self.status.get_mut(&job) {
            *at = iteration;
        }
    }

    /// Notes that a job is done.
    pub fn mark_done(&mut self, job: JobId) {
        self.status.insert(job, JobStatus::Done);
    }

    /// Puts every running job back, because its worker is gone.
    pub fn requeue_running_jobs(&mut self) {
        for status in self.status.values_mut() {
            if matches!(status, JobStatus::Running { .. }) {
                *status = JobStatus::Waiting;
            }
        }
    }

    /// Whether that job is done.
    pub fn is_done(&self, job: JobId) -> bool {
        self.status.get(&job) == Some(&JobStatus::Done)
    }

    /// Whether all jobs are done.
    pub fn all_done(&self) -> bool {
        self.status.values().all(|s| *s == JobStatus::Done)
    }

    /// Whether everything up to and with `goal` is done or holds there.
    pub fn reached(&self, goal: RunPosition) -> bool {
        self.status.iter().all(|(job, status)| match status {
            JobStatus::Done => true,
            JobStatus::Running { iteration } => job.round == goal.round && *iteration >= goal.iteration,
            JobStatus::Waiting => job.round > goal.round,
        })
    }

    /// The place of the arm that has come furthest; the start if none has started.
    pub fn furthest_position(&self) -> RunPosition {
        let places = self.status.iter().filter_map(|(job, status)| {
            let iteration = match status {
                JobStatus::Done => self.config.iterations,
                JobStatus::Running { iteration } => *iteration,
                JobStatus::Waiting => return None,
            };
            Some(RunPosition { round: job.round, iteration })
        });
        places.max().unwrap_or(RunPosition { round: 0, iteration: 0 })
    }

    /// Where “step” goes: the next evaluation beyond the arm that has come furthest, or, if some arm is still
    /// behind it, no further than that.
    pub fn step_target(&self) -> RunPosition {
        self.target_after_furthest(|place| self.config.next_evaluation(place.iteration))
    }

    /// Where “round” goes: the end of the round of the arm that has come furthest.
    pub fn round_target(&self) -> RunPosition {
        self.target_after_furthest(|_| self.config.iterations)
    }

    fn target_after_furthest(&self, next: impl Fn(RunPosition) -> u32) -> RunPosition {
        let place = self.furthest_position();
        let at_end = place.iteration == self.config.iterations;
        if at_end && !self.reached(place) {
            return place;
        }
        let from = if at_end && place.round < self.config.rounds {
            RunPosition { round: place.round + 1, iteration: 0 }
        } else {
            place
        };
        RunPosition { iteration: next(from), ..from }
    }

    /// Jobs that run now.
    pub fn running(&self) -> impl Iterator<Item = JobId> {
        self.status.iter().filter(|(_, s)| matches!(s, JobStatus::Running { .. })).map(|(job, _)| *job)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{arm::Arm, preset::Preset};

    fn ticket(round: u32) -> JobId {
        JobId { trial: 1, arm: Arm::Ticket, round, draw: 0 }
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
        // The end of a round is a place of its own: from there the next step is in the next round.
        assert_eq!(schedule.step_target(), RunPosition { round: 1, iteration: 50 });
        schedule.start_next_job(None);
        schedule.start_next_job(None);
        schedule.mark_done(ticket(1));
        // The re-init is still on its way to the end of round 1: it is brought there first.
        assert_eq!(schedule.step_target(), RunPosition { round: 1, iteration: 500 });
        assert!(!schedule.reached(RunPosition { round: 1, iteration: 500 }));
    }

    #[test]
    fn every_job_is_handed_out_once() {
        let config = ExperimentConfig {
            arms: Arm::ALL.iter().copied().collect(),
            trials: 2,
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

    fn of(arms: &[Arm]) -> ExperimentConfig {
        ExperimentConfig { arms: arms.iter().copied().collect(), ..Preset::Quick.config() }
    }

    #[test]
    fn rows_are_the_arms_asked_for_and_jobs_what_they_need() {
        let config = of(&[Arm::Reinit, Arm::Dense]);
        let reinits = (1..=6).map(|round| JobId { arm: Arm::Reinit, ..ticket(round) });
        let dense = JobId { arm: Arm::Dense, ..ticket(0) };
        assert_eq!(table_rows(&config), [dense].into_iter().chain(reinits.clone()).collect::<Vec<_>>());
        // The last mask comes from the ticket's fifth round: its sixth is not asked for.
        assert_eq!(all_jobs(&config), (0..=5).map(ticket).chain(reinits).collect::<Vec<_>>());
        assert_eq!(all_jobs(&of(&[Arm::Dense])), [ticket(0)]);
        assert_eq!(all_jobs(&of(&[Arm::Late])).len(), 7);
        assert_eq!(
            table_rows(&ExperimentConfig { trials: 3, draws: 2, ..of(Arm::ALL) }).len(),
            3 * (1 + 7 + 12 + 6 * 6)
        );
        assert_eq!(table_rows(&Preset::Quick.config()), all_jobs(&Preset::Quick.config()));
    }

    #[test]
    fn an_experiment_is_as_wide_as_its_widest_round_and_one_shots_are_side_by_side() {
        assert_eq!(max_parallel_jobs(&of(&[Arm::Dense])), 1);
        assert_eq!(max_parallel_jobs(&Preset::Quick.config()), 2);
        assert_eq!(
            max_parallel_jobs(&ExperimentConfig { trials: 3, draws: 4, ..Preset::Quick.config() }),
            15
        );
        // After the dense network all six cuts can be trained at once, beside the ticket's next round.
        assert_eq!(max_parallel_jobs(&of(&[Arm::Ticket, Arm::OneShot])), 7);
    }

    #[test]
    fn a_job_leaves_what_others_need_and_no_more() {
        let (none, mask) = (OutputSpec::default(), OutputSpec { next_mask: true, ..OutputSpec::default() });
        assert_eq!(output_spec(&of(&[Arm::Ticket]), ticket(5)), mask);
        assert_eq!(output_spec(&of(&[Arm::Ticket]), ticket(6)), none);
        assert_eq!(output_spec(&of(&[Arm::Dense]), ticket(0)), none);
        assert_eq!(
            output_spec(&of(&[Arm::OneShot]), ticket(0)),
            OutputSpec { final_parameters: true, ..none }
        );
        assert_eq!(output_spec(&of(&[Arm::Late]), ticket(0)), OutputSpec { rewind_parameters: true, ..mask });
        let all = of(Arm::ALL);
        assert_eq!(
            output_spec(&all, ticket(0)),
            OutputSpec { next_mask: true, rewind_parameters: true, final_parameters: true }
        );
        let of_arm = |arm, round| output_spec(&all, JobId { arm, ..ticket(round) });
        assert_eq!(of_arm(Arm::Late, 2), mask);
        assert_eq!(of_arm(Arm::NoRewind, 2), OutputSpec { final_parameters: true, ..mask });
        assert_eq!(of_arm(Arm::NoRewind, 6), none);
    }
}
