//! Keeps what finished jobs leave until no job waits for it any more.

use crate::{
    config::Config,
    job::{JobId, Moment},
    job_data::{BulkError, Inputs, Left},
    jobs::{jobs, leaves},
    recipe::needs,
};
use model::mask::Mask;
use std::collections::BTreeMap;

/// What jobs have left for others. At most a mask or two and a few megabytes of parameters a trial.
#[derive(Clone, Debug)]
pub struct Store {
    config: Config,
    /// Jobs that are still to be done.
    open: Vec<JobId>,
    left: BTreeMap<JobId, Left>,
}

impl Store {
    /// For an experiment of which nothing is done.
    pub fn new(config: &Config) -> Store {
        Store { config: config.clone(), open: jobs(config), left: BTreeMap::new() }
    }

    /// For one that goes on where it was: `done` jobs need not run again unless an open job needs something of them
    /// that is lost. `mask` gives the masks that are not: the next round's, by the job that pruned. Parameters are
    /// never kept, so where an open job needs its parent's, the parent is open again; being pure, it will put out
    /// what it did before.
    pub fn resume(
        config: &Config,
        done: impl Fn(JobId) -> bool,
        mask: impl Fn(JobId) -> Option<Mask>,
    ) -> Store {
        let mut store = Store { open: Vec::new(), ..Store::new(config) };
        let mut open: Vec<JobId> = jobs(config).into_iter().filter(|&job| !done(job)).collect();
        while let Some(job) = open.pop() {
            if store.open.contains(&job) {
                continue;
            }
            store.open.push(job);
            let needs = needs(job);
            open.extend(needs.parameters.map(|(parent, _)| parent));
            if let Some(parent) =
                needs.mask.filter(|&parent| done(parent) && !store.left.contains_key(&parent))
            {
                match mask(parent) {
                    Some(mask) => {
                        store.left.insert(parent, Left { mask: Some(mask), ..Left::default() });
                    }
                    None => open.push(parent),
                }
            }
        }
        store
    }

    /// Whether a job is still to be done.
    pub fn is_open(&self, job: JobId) -> bool {
        self.open.contains(&job)
    }

    /// What a job begins with; an error as long as something it needs is not there.
    pub fn inputs(&self, job: JobId) -> Result<Inputs, BulkError> {
        let needs = needs(job);
        let left = |parent| self.left.get(&parent);
        let inputs = Inputs {
            mask: needs.mask.and_then(left).and_then(|left| left.mask.clone()),
            parameters: needs.parameters.and_then(|(parent, moment)| {
                left(parent).and_then(|left| match moment {
                    Moment::Rewind => left.rewind.clone(),
                    Moment::End => left.end.clone(),
                })
            }),
        };
        inputs.check(&self.config, job)?;
        Ok(inputs)
    }

    /// Takes what a job has left, and lets go of what only that job was waiting for. An error if it is not all that
    /// the job was to leave; nothing is changed then.
    pub fn put(&mut self, job: JobId, left: Left) -> Result<(), BulkError> {
        left.check(&self.config, job, leaves(&self.config, job))?;
        self.open.retain(|&open| open != job);
        if self.is_waited_for(job) {
            self.left.insert(job, left);
        }
        for parent in needs(job).parents() {
            if !self.is_waited_for(parent) {
                self.left.remove(&parent);
            }
        }
        Ok(())
    }

    fn is_waited_for(&self, parent: JobId) -> bool {
        self.open.iter().any(|&job| needs(job).parents().any(|p| p == parent))
    }

    /// Bytes kept.
    pub fn bytes(&self) -> usize {
        let floats = |parameters: &Option<Vec<f32>>| 4 * parameters.as_ref().map_or(0, Vec::len);
        let of =
            |left: &Left| left.mask.as_ref().map_or(0, Vec::len) + floats(&left.rewind) + floats(&left.end);
        self.left.values().map(of).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{arm::Arm, preset::Preset};
    use model::Model;

    fn config(arms: &[Arm]) -> Config {
        let model = Model::linear(&[2, 2]);
        Config { arms: arms.iter().copied().collect(), rounds: 3, trials: 2, model, ..Preset::Quick.config() }
    }

    fn ticket(round: u32) -> JobId {
        JobId { trial: 1, arm: Arm::Ticket, round, draw: 0 }
    }

    /// What the job is to leave, recognisable.
    fn left(config: &Config, job: JobId) -> Left {
        let leaves = leaves(config, job);
        let parameters = |wanted: bool, value| wanted.then(|| vec![value; config.model.parameters()]);
        Left {
            mask: leaves.mask.then(|| vec![job.round as u8; config.model.weights()]),
            rewind: parameters(leaves.rewind, -1.0),
            end: parameters(leaves.end, job.round as f32),
        }
    }

    #[test]
    fn every_job_gets_what_it_needs_and_nothing_stays() {
        for arms in [&[Arm::Ticket, Arm::Reinit][..], &[Arm::OneShot], Arm::ALL] {
            let config = config(arms);
            let mut store = Store::new(&config);
            let mut most = 0;
            let mut jobs = jobs(&config);
            jobs.sort_by_key(|job| (job.round, *job));
            for job in jobs {
                let inputs = store.inputs(job).unwrap();
                assert!(inputs.mask.is_none_or(|mask| u32::from(mask[0]) + 1 == job.round));
                if let Some(parameters) = inputs.parameters {
                    let expected = match job.arm {
                        Arm::Late => -1.0,
                        Arm::OneShot => 0.0,
                        _ => job.round as f32 - 1.0,
                    };
                    assert_eq!(parameters[0], expected, "{job}");
                }
                store.put(job, left(&config, job)).unwrap();
                most = most.max(store.bytes());
            }
            assert!(most > 0 && store.bytes() == 0, "{arms:?} leaves {} of {most} bytes", store.bytes());
        }
    }

    #[test]
    fn what_is_missing_or_cut_short_is_refused() {
        let config = config(&[Arm::Ticket]);
        let mut store = Store::new(&config);
        assert_eq!(store.inputs(ticket(1)).unwrap_err().found, 0);
        let short = Left { mask: Some(vec![1; 3]), ..Left::default() };
        assert_eq!(store.put(ticket(0), short).unwrap_err().found, 3);
        assert!(store.put(ticket(0), Left::default()).is_err() && store.is_open(ticket(0)));
    }

    #[test]
    fn a_resumed_experiment_trains_again_only_what_is_lost() {
        let config = Config { trials: 1, ..config(&[Arm::Ticket, Arm::OneShot]) };
        let oneshot = |round| JobId { arm: Arm::OneShot, ..ticket(round) };
        let open = |done: &[JobId], masks: bool| {
            let mask = |job: JobId| masks.then(|| vec![job.round as u8; config.model.weights()]);
            let store = Store::resume(&config, |job| done.contains(&job), mask);
            let open: Vec<JobId> = jobs(&config).into_iter().filter(|&job| store.is_open(job)).collect();
            (open, store.inputs(ticket(3)).is_ok())
        };
        let tickets = [ticket(0), ticket(1), ticket(2)];
        let shots = [oneshot(1), oneshot(2), oneshot(3)];
        // With all one-shots done, the masks are enough.
        assert_eq!(open(&[&tickets[..], &shots].concat(), true), (vec![ticket(3)], true));
        // One that is not is cut from the dense network, which has to be trained again.
        let (done, rest) = ([&tickets[..], &shots[..2]].concat(), vec![ticket(0), ticket(3), oneshot(3)]);
        assert_eq!(open(&done, true), (rest, true));
        // Without masks the whole chain runs again.
        let (rest, all) = open(&[&tickets[..], &shots].concat(), false);
        assert_eq!((rest.len(), all), (4, false));
    }
}
