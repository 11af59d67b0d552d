//! Which networks of finished jobs the page keeps, so that they can be asked. The arrays themselves are on the JavaScript
//! side; here are their numbers and sizes. Which networks are kept never changes a result.

use experiment::{
    config::ExperimentConfig, job::JobId, job_report::JobReport, recipe::recipe, sorted_map::SortedMap,
};
use protocol::{network_question::NetworkMoment, payload::ArrayId};
use std::collections::BTreeSet;

/// The largest number of bytes of all kept networks together: 64 MB.
pub const MOST_BYTES: usize = 64_000_000;

/// The arrays that are kept of one job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeptArrays {
    /// The bits of its mask.
    pub mask: ArrayId,
    /// The parameters before the first training step.
    pub first: ArrayId,
    /// The parameters after the last training step.
    pub last: ArrayId,
    /// The parameters at the early stop, or `None` if they are the last.
    pub early_stop: Option<ArrayId>,
    /// The answer to each test image.
    pub test_predictions: ArrayId,
}

impl KeptArrays {
    /// The parameters at a moment.
    pub fn parameters(&self, moment: NetworkMoment) -> ArrayId {
        match moment {
            NetworkMoment::First => self.first,
            NetworkMoment::EarlyStop => self.early_stop.unwrap_or(self.last),
            NetworkMoment::Last => self.last,
        }
    }

    /// All of them.
    fn ids(&self) -> impl Iterator<Item = ArrayId> {
        [self.mask, self.first, self.last, self.test_predictions].into_iter().chain(self.early_stop)
    }
}

#[derive(Clone, Debug)]
struct KeptNetwork {
    arrays: KeptArrays,
    bytes: usize,
    /// Counts upwards, so that the newest can be told from the others.
    order: u64,
}

/// The networks that are kept.
#[derive(Clone, Debug)]
pub struct KeptNetworks {
    first_seed: u32,
    most_bytes: usize,
    by_job: SortedMap<JobId, KeptNetwork>,
    /// The jobs that were asked for although they were not kept. They are the last to go.
    asked_for: BTreeSet<JobId>,
    next_order: u64,
}

impl KeptNetworks {
    /// None so far, of a run whose first trial has this seed.
    pub fn new(first_seed: u32, most_bytes: usize) -> KeptNetworks {
        let (by_job, asked_for) = (SortedMap::new(), BTreeSet::new());
        KeptNetworks { first_seed, most_bytes, by_job, asked_for, next_order: 0 }
    }

    /// Keeps the arrays of a job. Returns the arrays that have to go for them: those of the oldest jobs of other trials
    /// than the first, then those of the oldest jobs at all, and of jobs that were asked for only after all others. If a
    /// job was kept already, its earlier arrays go.
    pub fn keep(&mut self, job: JobId, arrays: KeptArrays, bytes: usize) -> Vec<ArrayId> {
        let earlier = self.by_job.remove(&job);
        let mut gone: Vec<ArrayId> = earlier.iter().flat_map(|network| network.arrays.ids()).collect();
        self.by_job.insert(job, KeptNetwork { arrays, bytes, order: self.next_order });
        self.next_order += 1;
        while self.bytes() > self.most_bytes {
            let worth = |(job, network): &(&JobId, &KeptNetwork)| {
                (self.asked_for.contains(job), job.trial == self.first_seed, network.order)
            };
            let Some((&job, _)) = self.by_job.iter().min_by_key(worth) else { break };
            gone.extend(self.by_job.remove(&job).iter().flat_map(|network| network.arrays.ids()));
        }
        gone
    }

    /// Keeps only the networks of the jobs in `same`, for a run whose first trial has this seed. Returns the others.
    pub fn start_run(&mut self, first_seed: u32, same: &BTreeSet<JobId>) -> KeptNetworks {
        let mut others = self.clone();
        others.by_job.clear();
        others.by_job.extend(self.by_job.remove_unless(|job, _| same.contains(job)));
        self.first_seed = first_seed;
        self.asked_for.clear();
        others
    }

    /// Notes that these jobs were asked for, so that they stay once they are here.
    pub fn ask_for(&mut self, jobs: &[JobId]) {
        self.asked_for.extend(jobs);
    }

    /// All arrays, in order to drop them.
    pub fn arrays(&self) -> Vec<ArrayId> {
        self.by_job.values().flat_map(|network| network.arrays.ids()).collect()
    }

    /// The arrays of a job, if it is kept.
    pub fn get(&self, job: JobId) -> Option<&KeptArrays> {
        self.by_job.get(&job).map(|network| &network.arrays)
    }

    /// The jobs that are kept, in the order of the table.
    pub fn jobs(&self) -> impl ExactSizeIterator<Item = JobId> + '_ {
        self.by_job.keys().copied()
    }

    /// The bytes of a job's arrays; 0 if it is not kept.
    pub fn bytes_of(&self, job: JobId) -> usize {
        self.by_job.get(&job).map_or(0, |network| network.bytes)
    }

    /// The bytes of all of them.
    pub fn bytes(&self) -> usize {
        self.by_job.values().map(|network| network.bytes).sum()
    }
}

/// The bytes of everything that is kept of a job.
pub fn kept_bytes(config: &ExperimentConfig, report: &JobReport, has_early_stop: bool) -> usize {
    let values = report.surviving_weights() as usize + config.model.bias_count();
    let early_stop = match (has_early_stop, recipe(report.job).learns_mask()) {
        (false, _) => 0,
        (true, false) => values,
        // It had another mask there, so that all parameters are kept.
        (true, true) => config.model.parameter_count(),
    };
    let values = 4 * (2 * values + early_stop);
    config.model.weight_count().div_ceil(8) + values + config.data.test_images as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use experiment::arm::Arm;

    fn job(trial: u32, round: u32) -> JobId {
        JobId { trial, arm: Arm::Ticket, round, draw: 0, twin: false }
    }

    /// Arrays whose numbers tell the job.
    fn arrays(job: JobId) -> KeptArrays {
        let id = |number| ArrayId(job.trial * 1_000 + job.round * 10 + number);
        let (mask, first, last, test_predictions) = (id(0), id(1), id(2), id(3));
        KeptArrays { mask, first, last, early_stop: (job.round > 2).then(|| id(4)), test_predictions }
    }

    /// Keeps jobs of 10 bytes each and returns which of them are left.
    fn left(most_bytes: usize, asked_for: &[JobId], jobs: &[JobId]) -> Vec<JobId> {
        let mut kept = KeptNetworks::new(1, most_bytes);
        kept.ask_for(asked_for);
        let mut present: BTreeSet<ArrayId> = BTreeSet::new();
        for &job in jobs {
            present.extend(arrays(job).ids());
            for gone in kept.keep(job, arrays(job), 10) {
                assert!(present.remove(&gone), "{gone:?} was not there");
            }
            assert!(kept.bytes() <= most_bytes);
            assert_eq!(kept.arrays().into_iter().collect::<BTreeSet<_>>(), present);
        }
        kept.jobs().collect()
    }

    #[test]
    fn the_first_trial_stays_then_the_newest() {
        let order = [job(2, 0), job(1, 0), job(3, 0), job(2, 1), job(1, 1)];
        assert_eq!(left(100, &[], &order), [job(1, 0), job(1, 1), job(2, 0), job(2, 1), job(3, 0)]);
        assert_eq!(left(40, &[], &order), [job(1, 0), job(1, 1), job(2, 1), job(3, 0)]);
        assert_eq!(left(20, &[], &order), [job(1, 0), job(1, 1)]);
        // The first trial alone is too large: the newest of it stay.
        assert_eq!(left(20, &[], &[job(1, 0), job(1, 1), job(1, 2)]), [job(1, 1), job(1, 2)]);
        assert_eq!(left(9, &[], &[job(1, 0)]), []);
    }

    #[test]
    fn what_was_asked_for_is_the_last_to_go() {
        assert_eq!(
            left(20, &[job(7, 3)], &[job(1, 0), job(7, 3), job(1, 1), job(1, 2)]),
            [job(1, 2), job(7, 3)]
        );
    }

    #[test]
    fn a_job_that_is_trained_again_takes_its_own_place() {
        let mut kept = KeptNetworks::new(1, 100);
        assert_eq!(kept.keep(job(1, 3), arrays(job(1, 3)), 10), []);
        let gone = kept.keep(job(1, 3), arrays(job(9, 3)), 20);
        assert_eq!((gone.len(), kept.bytes(), kept.get(job(1, 3))), (5, 20, Some(&arrays(job(9, 3)))));
    }
}
