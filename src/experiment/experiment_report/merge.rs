//! Merges reports of different seeds into one experiment with more trials.

use super::ExperimentReport;
use crate::{
    arm::Arm, job::JobId, prune_rounds::PruneRounds, report_check::ReportFault,
    url_fragment::first_difference_beside_seeds,
};

/// Why reports cannot be merged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MergeError {
    /// There are no reports.
    NoReports,
    /// The reports are of different experiments.
    DifferentSettings {
        /// The name of the setting that differs.
        field: &'static str,
        /// Its value in one report.
        one: String,
        /// Its value in the other report.
        other: String,
    },
    /// Two reports have different results for the same job.
    DifferentResults(JobId),
    /// There are more seeds than an experiment may have.
    TooManySeeds,
    /// The masks of two reports, or the results and the masks, contradict each other.
    Contradiction(ReportFault),
}

impl ExperimentReport {
    /// Merges reports whose settings differ only in their seeds into one experiment. A trial may be in several reports
    /// if its results, apart from `seconds`, are equal in all of them. Of the seconds the first ones stay.
    ///
    /// An error says that there are no reports, that settings, results or masks differ, or that there are too many
    /// seeds.
    pub fn merge(experiment_reports: Vec<ExperimentReport>) -> Result<ExperimentReport, MergeError> {
        let mut experiment_reports = experiment_reports.into_iter();
        let Some(mut merged) = experiment_reports.next() else { return Err(MergeError::NoReports) };
        for other in experiment_reports {
            if let Some((field, one, other)) =
                first_difference_beside_seeds(&merged.config, &other.config, &[])
            {
                return Err(MergeError::DifferentSettings { field, one, other });
            }
            merged.config.seeds =
                merged.config.seeds.union(&other.config.seeds).ok_or(MergeError::TooManySeeds)?;
            for (job, finished) in other.finished {
                match merged.finished.get_mut(&job) {
                    Some(there) if !there.agrees_with(&finished) => {
                        return Err(MergeError::DifferentResults(job));
                    }
                    Some(there) => there.complete_from(finished),
                    None => {
                        merged.finished.insert(job, finished);
                    }
                }
            }
            for (chain, prune_rounds) in other.prune_rounds.into_entries() {
                merged.merge_prune_rounds(chain, prune_rounds).map_err(MergeError::Contradiction)?;
            }
        }
        merged.check().map_err(MergeError::Contradiction)?;
        Ok(merged)
    }

    /// Adds a chain of masks. The masks that both know must be the same; the longer chain stays.
    pub(super) fn merge_prune_rounds(
        &mut self,
        chain: (u32, Arm),
        other: PruneRounds,
    ) -> Result<(), ReportFault> {
        let Some(there) = self.prune_rounds.get(&chain) else {
            self.prune_rounds.insert(chain, other);
            return Ok(());
        };
        let shared = there.last_known_round().min(other.last_known_round());
        if there.up_to(shared) != other.up_to(shared) {
            return Err(ReportFault::DifferentMasks { trial: chain.0, arm: chain.1 });
        }
        if other.last_known_round() > shared {
            self.prune_rounds.insert(chain, other);
        }
        Ok(())
    }
}
