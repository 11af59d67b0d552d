//! Finished jobs of one experiment that are jobs of another too, because the settings in which the two differ do not touch
//! them.

use crate::{
    config::ExperimentConfig, experiment_report::ExperimentReport, job::JobId, job_graph::all_jobs,
    job_key::job_key, sorted_map::SortedMap,
};

/// The largest number of jobs of either experiment whose keys are compared. Each key takes some microseconds.
const MOST_COMPARED: usize = 2_000;

impl ExperimentReport {
    /// The report of an experiment with those finished jobs of another that have the same keys, and with the masks that they
    /// left.
    pub fn reusing(config: &ExperimentConfig, other: &ExperimentReport) -> ExperimentReport {
        let mut report = ExperimentReport::new(config);
        let jobs = all_jobs(config);
        if jobs.len().max(other.finished.len()) > MOST_COMPARED {
            return report;
        }
        let key = |job: &JobId| (job_key(&other.config, *job), *job);
        let mut known: SortedMap<String, JobId> = SortedMap::new();
        known.extend(other.finished.keys().map(key));
        for job in jobs {
            let found = known.get(&job_key(config, job)).and_then(|job| other.finished.get(job));
            if let Some(finished) = found {
                let mask = other.next_mask(finished.report.job);
                report.add_finished_job(finished.clone(), mask.as_deref());
            }
        }
        report
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        arm::Arm,
        made_report::{config, made_report},
    };

    #[test]
    fn jobs_with_the_same_key_are_taken_over_and_no_others() {
        let report = made_report(&config("preset=quick&rounds=2"));
        let reused = |fragment: &str| {
            let report = ExperimentReport::reusing(&config(fragment), &report);
            report.finished_jobs().keys().map(|job| (job.arm, job.round)).collect::<Vec<_>>()
        };
        let (ticket, reinit) = (Arm::Ticket, Arm::Reinit);
        let all = [(ticket, 0), (ticket, 1), (ticket, 2), (reinit, 1), (reinit, 2)];
        assert_eq!(reused("preset=quick&rounds=2"), all);
        // Another arm beside them, or fewer rounds: the last round of an experiment leaves no mask, so that its key differs.
        assert_eq!(reused("preset=quick&rounds=2&arms=ticket,reinit,sign"), all);
        // Another criterion touches everything, as the dense network's mask is another.
        assert_eq!(reused("preset=quick&rounds=2&criterion=random"), []);
        assert_eq!(reused("preset=quick&rounds=2&learning_rate=0.01"), []);
        assert_eq!(reused("preset=quick&rounds=2&seed=2"), []);
    }
}
