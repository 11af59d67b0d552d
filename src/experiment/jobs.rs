//! An experiment as a graph of pure jobs: which there are, what each waits for, and which goes next.

use crate::{
    config::Config,
    job::{JobId, Moment},
    job_data::Leaves,
    recipe::needs,
};
use std::collections::{BTreeMap, BTreeSet};

/// A place in an experiment that every arm can be brought to: `iteration` training steps into `round`.
/// A round's last iteration stands for its end, test and pruning included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Prunings behind it.
    pub round: u32,
    /// Training steps done in it.
    pub iteration: u32,
}

/// Every row of `config`'s table of rounds, in its order: the arms asked for. [`JobId::trained`] says which job gives
/// a row its numbers.
pub fn rows(config: &Config) -> Vec<JobId> {
    in_every_trial(config, &rows_of(config, config.seed))
}

/// The rows of one trial.
fn rows_of(config: &Config, trial: u32) -> Vec<JobId> {
    let mut rows = vec![];
    for &arm in &config.arms {
        for round in config.rounds_of(arm) {
            rows.extend((0..config.draws_of(arm)).map(|draw| JobId { trial, arm, round, draw }));
        }
    }
    rows
}

/// The same jobs in each trial, in the order of the table: seeds may run over the end of their range.
fn in_every_trial(config: &Config, jobs: &[JobId]) -> Vec<JobId> {
    let seeds: BTreeSet<u32> = config.seeds().collect();
    seeds.into_iter().flat_map(|trial| jobs.iter().map(move |&job| JobId { trial, ..job })).collect()
}

/// Every job that has to be trained for `config`'s rows, in the order of the table.
pub fn jobs(config: &Config) -> Vec<JobId> {
    in_every_trial(config, &jobs_of(config, config.seed))
}

/// The jobs of one trial: what its rows need, and what that needs.
fn jobs_of(config: &Config, trial: u32) -> Vec<JobId> {
    let mut jobs = BTreeSet::new();
    let mut wanted: Vec<JobId> = rows_of(config, trial).into_iter().map(JobId::trained).collect();
    while let Some(job) = wanted.pop() {
        if jobs.insert(job) {
            wanted.extend(needs(job).parents());
        }
    }
    jobs.into_iter().collect()
}

/// The most jobs of `config` that are equally many parents away from a start: more workers than this are of little
/// use.
pub fn width(config: &Config) -> usize {
    let mut jobs = jobs(&Config { trials: 1, ..config.clone() });
    jobs.sort_by_key(|job| job.round);
    let (mut depths, mut widths): (Vec<usize>, Vec<usize>) = (vec![], vec![0; jobs.len()]);
    for (at, &job) in jobs.iter().enumerate() {
        // Parents are of earlier rounds, so they come before their children here.
        let of_parent = |parent| jobs[..at].iter().position(|other| *other == parent).map(|at| depths[at]);
        let depth = needs(job).parents().filter_map(of_parent).max().map_or(0, |depth| depth + 1);
        depths.push(depth);
        widths[depth] += 1;
    }
    widths.into_iter().max().unwrap_or(0) * config.trials as usize
}

/// What a job has to leave for the others of its experiment.
pub fn leaves(config: &Config, job: JobId) -> Leaves {
    let mut leaves = Leaves::default();
    for child in jobs_of(config, job.trial) {
        let needs = needs(child);
        leaves.mask |= needs.mask == Some(job);
        leaves.end |= needs.parameters == Some((job, Moment::End));
        leaves.rewind |= needs.parameters == Some((job, Moment::Rewind));
    }
    leaves
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Status {
    Waiting,
    Running { iteration: u32 },
    Done,
}

/// Who is done, who runs, who may start. The order it hands out jobs depends on nothing but what has finished.
#[derive(Clone, Debug)]
pub struct Schedule {
    config: Config,
    status: BTreeMap<JobId, Status>,
    order: Vec<JobId>,
}

impl Schedule {
    /// Nothing done yet.
    pub fn new(config: &Config) -> Schedule {
        Schedule::resume(config, |_| true)
    }

    /// Only the jobs that are `open` are still to be done.
    pub fn resume(config: &Config, open: impl Fn(JobId) -> bool) -> Schedule {
        let jobs = jobs(config);
        let status = |job| if open(job) { Status::Waiting } else { Status::Done };
        let status = jobs.iter().map(|&job| (job, status(job))).collect();
        let of_round = |round| jobs.iter().copied().filter(move |job| job.round == round);
        let order = (0..=config.rounds).flat_map(of_round).collect();
        Schedule { config: config.clone(), status, order }
    }

    /// Takes the next job that can start: what it needs is there and its round is not beyond `goal`.
    pub fn start(&mut self, goal: Option<Place>) -> Option<JobId> {
        let job = self.order.iter().copied().find(|&job| {
            self.status[&job] == Status::Waiting
                && goal.is_none_or(|goal| job.round <= goal.round)
                && needs(job).parents().all(|parent| self.is_done(parent))
        })?;
        self.status.insert(job, Status::Running { iteration: 0 });
        Some(job)
    }

    /// Notes how far a running job has come.
    pub fn advance(&mut self, job: JobId, iteration: u32) {
        if let Some(Status::Running { iteration: at }) = self.status.get_mut(&job) {
            *at = iteration;
        }
    }

    /// Notes that a job is done.
    pub fn finish(&mut self, job: JobId) {
        self.status.insert(job, Status::Done);
    }

    /// Puts every running job back, because its worker is gone.
    pub fn release_running(&mut self) {
        for status in self.status.values_mut() {
            if matches!(status, Status::Running { .. }) {
                *status = Status::Waiting;
            }
        }
    }

    /// Whether that job is done.
    pub fn is_done(&self, job: JobId) -> bool {
        self.status.get(&job) == Some(&Status::Done)
    }

    /// Whether all jobs are done.
    pub fn all_done(&self) -> bool {
        self.status.values().all(|s| *s == Status::Done)
    }

    /// Whether everything up to and with `goal` is done or holds there.
    pub fn reached(&self, goal: Place) -> bool {
        self.status.iter().all(|(job, status)| match status {
            Status::Done => true,
            Status::Running { iteration } => job.round == goal.round && *iteration >= goal.iteration,
            Status::Waiting => job.round > goal.round,
        })
    }

    /// The place of the arm that has come furthest; the start if none has started.
    pub fn furthest(&self) -> Place {
        let places = self.status.iter().filter_map(|(job, status)| {
            let iteration = match status {
                Status::Done => self.config.iterations,
                Status::Running { iteration } => *iteration,
                Status::Waiting => return None,
            };
            Some(Place { round: job.round, iteration })
        });
        places.max().unwrap_or(Place { round: 0, iteration: 0 })
    }

    /// Where “step” goes: the next evaluation beyond the arm that has come furthest, or, if some arm is still
    /// behind it, no further than that.
    pub fn next_step(&self) -> Place {
        self.beyond(|place| self.config.next_evaluation(place.iteration))
    }

    /// Where “round” goes: the end of the round of the arm that has come furthest.
    pub fn next_round(&self) -> Place {
        self.beyond(|_| self.config.iterations)
    }

    fn beyond(&self, next: impl Fn(Place) -> u32) -> Place {
        let place = self.furthest();
        let at_end = place.iteration == self.config.iterations;
        if at_end && !self.reached(place) {
            return place;
        }
        let from = if at_end && place.round < self.config.rounds {
            Place { round: place.round + 1, iteration: 0 }
        } else {
            place
        };
        Place { iteration: next(from), ..from }
    }

    /// Jobs that run now.
    pub fn running(&self) -> impl Iterator<Item = JobId> {
        self.status.iter().filter(|(_, s)| matches!(s, Status::Running { .. })).map(|(job, _)| *job)
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
        assert_eq!(schedule.start(None), Some(ticket(0)));
        assert_eq!(schedule.start(None), None);
        schedule.finish(ticket(0));
        assert_eq!(schedule.start(None), Some(ticket(1)));
        assert_eq!(schedule.start(None), Some(JobId { arm: Arm::Reinit, ..ticket(1) }));
        assert_eq!(schedule.start(None), None);
        schedule.release_running();
        assert_eq!(schedule.start(None), Some(ticket(1)));
    }

    #[test]
    fn a_step_brings_both_arms_to_the_same_place() {
        let mut schedule = Schedule::new(&Preset::Quick.config());
        assert_eq!(schedule.next_step(), Place { round: 0, iteration: 50 });
        schedule.start(None);
        schedule.advance(ticket(0), 120);
        assert_eq!(schedule.next_step(), Place { round: 0, iteration: 150 });
        assert_eq!(schedule.next_round(), Place { round: 0, iteration: 500 });
        schedule.finish(ticket(0));
        // The end of a round is a place of its own: from there the next step is in the next round.
        assert_eq!(schedule.next_step(), Place { round: 1, iteration: 50 });
        schedule.start(None);
        schedule.start(None);
        schedule.finish(ticket(1));
        // The re-init is still on its way to the end of round 1: it is brought there first.
        assert_eq!(schedule.next_step(), Place { round: 1, iteration: 500 });
        assert!(!schedule.reached(Place { round: 1, iteration: 500 }));
    }

    #[test]
    fn every_job_is_handed_out_once() {
        let config = Config {
            arms: Arm::ALL.iter().copied().collect(),
            trials: 2,
            draws: 3,
            ..Preset::Quick.config()
        };
        let mut schedule = Schedule::new(&config);
        let mut seen = Vec::new();
        while let Some(job) = schedule.start(None) {
            seen.push(job);
            schedule.finish(job);
        }
        assert!(schedule.all_done());
        seen.sort();
        assert_eq!(seen, jobs(&config));
    }

    fn of(arms: &[Arm]) -> Config {
        Config { arms: arms.iter().copied().collect(), ..Preset::Quick.config() }
    }

    #[test]
    fn rows_are_the_arms_asked_for_and_jobs_what_they_need() {
        let config = of(&[Arm::Reinit, Arm::Dense]);
        let reinits = (1..=6).map(|round| JobId { arm: Arm::Reinit, ..ticket(round) });
        let dense = JobId { arm: Arm::Dense, ..ticket(0) };
        assert_eq!(rows(&config), [dense].into_iter().chain(reinits.clone()).collect::<Vec<_>>());
        // The last mask comes from the ticket's fifth round: its sixth is not asked for.
        assert_eq!(jobs(&config), (0..=5).map(ticket).chain(reinits).collect::<Vec<_>>());
        assert_eq!(jobs(&of(&[Arm::Dense])), [ticket(0)]);
        assert_eq!(jobs(&of(&[Arm::Late])).len(), 7);
        assert_eq!(rows(&Config { trials: 3, draws: 2, ..of(Arm::ALL) }).len(), 3 * (1 + 7 + 12 + 6 * 6));
        assert_eq!(rows(&Preset::Quick.config()), jobs(&Preset::Quick.config()));
    }

    #[test]
    fn an_experiment_is_as_wide_as_its_widest_round_and_one_shots_are_side_by_side() {
        assert_eq!(width(&of(&[Arm::Dense])), 1);
        assert_eq!(width(&Preset::Quick.config()), 2);
        assert_eq!(width(&Config { trials: 3, draws: 4, ..Preset::Quick.config() }), 15);
        // After the dense network all six cuts can be trained at once, beside the ticket's next round.
        assert_eq!(width(&of(&[Arm::Ticket, Arm::OneShot])), 7);
    }

    #[test]
    fn a_job_leaves_what_others_need_and_no_more() {
        let (none, mask) = (Leaves::default(), Leaves { mask: true, ..Leaves::default() });
        assert_eq!(leaves(&of(&[Arm::Ticket]), ticket(5)), mask);
        assert_eq!(leaves(&of(&[Arm::Ticket]), ticket(6)), none);
        assert_eq!(leaves(&of(&[Arm::Dense]), ticket(0)), none);
        assert_eq!(leaves(&of(&[Arm::OneShot]), ticket(0)), Leaves { end: true, ..none });
        assert_eq!(leaves(&of(&[Arm::Late]), ticket(0)), Leaves { rewind: true, ..mask });
        let all = of(Arm::ALL);
        assert_eq!(leaves(&all, ticket(0)), Leaves { mask: true, rewind: true, end: true });
        let of_arm = |arm, round| leaves(&all, JobId { arm, ..ticket(round) });
        assert_eq!(of_arm(Arm::Late, 2), mask);
        assert_eq!(of_arm(Arm::NoRewind, 2), Leaves { end: true, ..mask });
        assert_eq!(of_arm(Arm::NoRewind, 6), none);
    }
}
