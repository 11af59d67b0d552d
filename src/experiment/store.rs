//! Keeps the outputs of finished jobs as long as unfinished jobs need them.

use crate::{
    config::ExperimentConfig,
    job::{Checkpoint, JobId},
    job_data::{JobDataError, JobInputs, JobOutputs},
    job_graph::{all_jobs, output_spec},
    recipe::dependencies,
    sorted_map::SortedMap,
};
use model::mask::Mask;
use std::collections::BTreeSet;

/// The outputs of finished jobs that unfinished jobs need: a few masks and a few megabytes of parameters for each
/// trial.
#[derive(Clone, Debug)]
pub struct JobOutputStore {
    config: ExperimentConfig,
    /// Jobs that are still to be done.
    unfinished: BTreeSet<JobId>,
    outputs: SortedMap<JobId, JobOutputs>,
}

impl JobOutputStore {
    /// The store of an experiment without finished jobs.
    pub fn new(config: &ExperimentConfig) -> JobOutputStore {
        let mut unfinished = BTreeSet::new();
        unfinished.extend(all_jobs(config));
        JobOutputStore { config: config.clone(), unfinished, outputs: SortedMap::new() }
    }

    /// The store of a resumed experiment. A finished job runs again only if an unfinished job needs an output that was
    /// not saved. `done` says whether a job is finished. `mask` returns the saved mask that a job made for the next
    /// round; parameters are never saved. Jobs are pure, so a job that runs again gives the same results.
    pub fn resume(
        config: &ExperimentConfig,
        done: impl Fn(JobId) -> bool,
        mask: impl Fn(JobId) -> Option<Mask>,
    ) -> JobOutputStore {
        JobOutputStore::resume_with(config, SortedMap::new(), done, mask)
    }

    /// Like [`JobOutputStore::resume`], with outputs of finished jobs that were kept, parameters among them. Those that are
    /// not whole are not used.
    pub fn resume_with(
        config: &ExperimentConfig,
        mut kept: SortedMap<JobId, JobOutputs>,
        done: impl Fn(JobId) -> bool,
        mask: impl Fn(JobId) -> Option<Mask>,
    ) -> JobOutputStore {
        let mut store = JobOutputStore { unfinished: BTreeSet::new(), ..JobOutputStore::new(config) };
        kept.remove_unless(|&job, outputs| outputs.check(config, job, output_spec(config, job)).is_ok());
        store.outputs = kept;
        let open = all_jobs(config).into_iter().filter(|&job| !done(job)).collect();
        store.open(open, done, mask);
        let mut needed = BTreeSet::new();
        needed.extend(store.unfinished.iter().flat_map(|&job| dependencies(job).jobs()));
        store.outputs.remove_unless(|job, _| needed.contains(job));
        store
    }

    /// Makes finished jobs run again, for example because their trained weights are wanted. Returns all jobs that are to
    /// be done for this: these, and those whose outputs they need and that were not saved. `mask` is as for
    /// [`JobOutputStore::resume`].
    pub fn reopen(&mut self, jobs: &[JobId], mask: impl Fn(JobId) -> Option<Mask>) -> Vec<JobId> {
        let before = self.unfinished.clone();
        self.open(jobs.to_vec(), |job| !before.contains(&job), mask);
        self.unfinished.difference(&before).copied().collect()
    }

    /// Adds jobs that are to be done, and those whose outputs they need and that cannot be had otherwise.
    fn open(
        &mut self,
        mut open: Vec<JobId>,
        done: impl Fn(JobId) -> bool,
        mask: impl Fn(JobId) -> Option<Mask>,
    ) {
        while let Some(job) = open.pop() {
            if !self.unfinished.insert(job) {
                continue;
            }
            let dependencies = dependencies(job);
            let final_parameters = dependencies.sibling.map(|sibling| (sibling, Checkpoint::End));
            let parameters = dependencies.parameters.into_iter().chain(final_parameters);
            let lost = parameters.filter(|(parent, checkpoint)| {
                !self.outputs.get(parent).is_some_and(|outputs| outputs.has_parameters(*checkpoint))
            });
            open.extend(lost.map(|(parent, _)| parent));
            let has_mask =
                |parent| self.outputs.get(&parent).is_some_and(|outputs| outputs.next_mask.is_some());
            if let Some(parent) = dependencies.mask.filter(|&parent| done(parent) && !has_mask(parent)) {
                match mask(parent) {
                    Some(mask) => self.outputs.get_or_default(parent).next_mask = Some(mask),
                    None => open.push(parent),
                }
            }
        }
    }

    /// Whether a job is still to be done.
    pub fn is_unfinished(&self, job: JobId) -> bool {
        self.unfinished.contains(&job)
    }

    /// The inputs of a job, without what the files of the experiment hold
    /// ([`FileInputs`](crate::job_data::FileInputs)). It is an error if one of them is not there yet.
    pub fn inputs_for(&self, job: JobId) -> Result<JobInputs, JobDataError> {
        let dependencies = dependencies(job);
        let outputs = |parent| self.outputs.get(&parent);
        let inputs = JobInputs {
            mask: dependencies.mask.and_then(outputs).and_then(|outputs| outputs.next_mask.clone()),
            parameters: dependencies.parameters.and_then(|(parent, checkpoint)| {
                outputs(parent).and_then(|outputs| match checkpoint {
                    Checkpoint::RewindIteration => outputs.rewind_parameters.clone(),
                    Checkpoint::End => outputs.final_parameters.clone(),
                })
            }),
            first: None,
            sibling: dependencies
                .sibling
                .and_then(outputs)
                .and_then(|outputs| outputs.final_parameters.clone()),
        };
        inputs.check_without_files(&self.config, job)?;
        Ok(inputs)
    }

    /// Stores a job's outputs if others need them, and drops the outputs that only this job needed. It is an error if
    /// the outputs are not those that the job has to deliver; the store is then unchanged.
    pub fn add_outputs(&mut self, job: JobId, outputs: JobOutputs) -> Result<(), JobDataError> {
        outputs.check(&self.config, job, output_spec(&self.config, job))?;
        self.unfinished.remove(&job);
        if self.has_unfinished_child(job) {
            self.outputs.insert(job, outputs);
        }
        for parent in dependencies(job).jobs() {
            if !self.has_unfinished_child(parent) {
                self.outputs.remove(&parent);
            }
        }
        Ok(())
    }

    fn has_unfinished_child(&self, parent: JobId) -> bool {
        self.unfinished.iter().any(|&job| dependencies(job).jobs().any(|p| p == parent))
    }

    /// The number of bytes of all stored outputs.
    pub fn kept_bytes(&self) -> usize {
        self.outputs.values().map(JobOutputs::bytes).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{arm::Arm, preset::Preset, seeds::Seeds};
    use model::Model;

    fn config(arms: &[Arm]) -> ExperimentConfig {
        let model = Model::linear(&[2, 2]);
        ExperimentConfig {
            arms: arms.iter().copied().collect(),
            rounds: 3,
            seeds: Seeds::consecutive(1, 2).unwrap(),
            model,
            ..Preset::Quick.config()
        }
    }

    fn ticket(round: u32) -> JobId {
        JobId { trial: 1, arm: Arm::Ticket, round, draw: 0, twin: false }
    }

    /// The outputs that the job has to deliver, with values that tell which job made them.
    fn outputs(config: &ExperimentConfig, job: JobId) -> JobOutputs {
        let spec = output_spec(config, job);
        let parameters = |wanted: bool, value| wanted.then(|| vec![value; config.model.parameter_count()]);
        JobOutputs {
            next_mask: spec.next_mask.then(|| vec![job.round as u8; config.model.weight_count()]),
            rewind_parameters: parameters(spec.rewind_parameters, -1.0),
            final_parameters: parameters(spec.final_parameters, job.round as f32),
        }
    }

    #[test]
    fn every_job_gets_what_it_needs_and_nothing_stays() {
        for arms in [&[Arm::Ticket, Arm::Reinit][..], &[Arm::OneShot], Arm::ALL] {
            let config = config(arms);
            let mut store = JobOutputStore::new(&config);
            let mut most = 0;
            let mut jobs = all_jobs(&config);
            jobs.sort_by_key(|job| (job.round, *job));
            for job in jobs {
                let inputs = store.inputs_for(job).unwrap();
                assert!(inputs.mask.is_none_or(|mask| u32::from(mask[0]) + 1 == job.round));
                if let Some(parameters) = inputs.parameters {
                    let expected = match job.arm {
                        Arm::Late => -1.0,
                        Arm::OneShot => 0.0,
                        _ => job.round as f32 - 1.0,
                    };
                    assert_eq!(parameters[0], expected, "{job}");
                }
                store.add_outputs(job, outputs(&config, job)).unwrap();
                most = most.max(store.kept_bytes());
            }
            assert!(
                most > 0 && store.kept_bytes() == 0,
                "{arms:?} leaves {} of {most} bytes",
                store.kept_bytes()
            );
        }
    }

    #[test]
    fn what_is_missing_or_cut_short_is_refused() {
        let config = config(&[Arm::Ticket]);
        let mut store = JobOutputStore::new(&config);
        assert_eq!(store.inputs_for(ticket(1)).unwrap_err().found, 0);
        let short = JobOutputs { next_mask: Some(vec![1; 3]), ..JobOutputs::default() };
        assert_eq!(store.add_outputs(ticket(0), short).unwrap_err().found, 3);
        assert!(
            store.add_outputs(ticket(0), JobOutputs::default()).is_err() && store.is_unfinished(ticket(0))
        );
    }

    #[test]
    fn kept_parameters_spare_the_jobs_that_made_them() {
        let config = ExperimentConfig {
            seeds: Seeds::consecutive(1, 1).unwrap(),
            ..config(&[Arm::Ticket, Arm::OneShot])
        };
        let done = [ticket(0), ticket(1)];
        let open = |kept: SortedMap<JobId, JobOutputs>| {
            let store = JobOutputStore::resume_with(&config, kept, |job| done.contains(&job), |_| None);
            let mut open = all_jobs(&config);
            open.retain(|&job| store.is_unfinished(job));
            (open.len(), store.is_unfinished(ticket(0)), store.kept_bytes() > 0)
        };
        let all = all_jobs(&config).len();
        let mut kept = SortedMap::new();
        kept.extend(done.map(|job| (job, outputs(&config, job))));
        assert_eq!(open(kept.clone()), (all - 2, false, true));
        assert_eq!(open(SortedMap::new()), (all, true, false));
        // What is not whole is not used.
        kept.insert(
            ticket(0),
            JobOutputs { final_parameters: Some(vec![0.0]), ..outputs(&config, ticket(0)) },
        );
        assert_eq!(open(kept), (all - 1, true, true));
    }

    #[test]
    fn a_resumed_experiment_trains_again_only_what_is_lost() {
        let config = ExperimentConfig {
            seeds: Seeds::consecutive(1, 1).unwrap(),
            ..config(&[Arm::Ticket, Arm::OneShot])
        };
        let oneshot = |round| JobId { arm: Arm::OneShot, ..ticket(round) };
        let open = |done: &[JobId], masks: bool| {
            let mask = |job: JobId| masks.then(|| vec![job.round as u8; config.model.weight_count()]);
            let store = JobOutputStore::resume(&config, |job| done.contains(&job), mask);
            let open: Vec<JobId> =
                all_jobs(&config).into_iter().filter(|&job| store.is_unfinished(job)).collect();
            (open, store.inputs_for(ticket(3)).is_ok())
        };
        let tickets = [ticket(0), ticket(1), ticket(2)];
        let shots = [oneshot(1), oneshot(2), oneshot(3)];
        // All one-shot jobs are done, so the saved masks are enough.
        assert_eq!(open(&[&tickets[..], &shots].concat(), true), (vec![ticket(3)], true));
        // One one-shot job is not done. It prunes the dense network, which has to be trained again for it.
        let (done, rest) = ([&tickets[..], &shots[..2]].concat(), vec![ticket(0), ticket(3), oneshot(3)]);
        assert_eq!(open(&done, true), (rest, true));
        // Without saved masks, the whole chain runs again.
        let (rest, all) = open(&[&tickets[..], &shots].concat(), false);
        assert_eq!((rest.len(), all), (4, false));
    }
}
