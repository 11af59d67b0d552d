//! Judges claims of papers beyond the one whose claims [`claims`](crate::claims) judges, by the same rule: 95% intervals over
//! seeds against a tolerance. Each claim has a [`Protocol`], whose settings, like the bounds, were written down before any of
//! them was run. A verdict needs at least [`TRIALS_NEEDED`] complete trials.

pub mod claim;
pub mod formatted;
mod parts;
pub mod protocol;
#[cfg(test)]
mod tests;
pub mod texts;

use crate::{
    claims::{
        judge_parts,
        measure::{Readings, ReadingsByJob},
    },
    experiment_report::ExperimentReport,
    job::JobId,
    job_report::JobReport,
    literature::{
        claim::{LiteratureClaim, LiteratureClaimId},
        protocol::{OtherSetting, Protocol},
    },
};
use std::collections::BTreeMap;

/// Complete trials that a verdict needs.
pub const TRIALS_NEEDED: u32 = 6;

/// Why a report cannot be scored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ScoreError {
    /// Its settings are those of no protocol.
    NoProtocol(OtherSetting),
    /// A job has other results than in a report before.
    DifferentResults(JobId),
}

impl std::error::Error for ScoreError {}

/// Scores reports of any protocols one after the other, of each of which it keeps what claims read.
#[derive(Default)]
pub struct LiteratureScores {
    readings: BTreeMap<Protocol, ReadingsByJob>,
}

impl LiteratureScores {
    /// Adds a report whose settings are those of a protocol but for their seeds, and returns the protocol. An error says in
    /// what they differ, or which job has other results in a report before.
    pub fn add(&mut self, report: &ExperimentReport) -> Result<Protocol, ScoreError> {
        let protocol = Protocol::of(report.config()).map_err(ScoreError::NoProtocol)?;
        let reports = report.finished_jobs().values().map(|finished| &finished.report);
        self.add_jobs(protocol, report.config().seeds.iter(), reports)?;
        Ok(protocol)
    }

    fn add_jobs<'a>(
        &mut self,
        protocol: Protocol,
        seeds: impl IntoIterator<Item = u32>,
        reports: impl IntoIterator<Item = &'a JobReport>,
    ) -> Result<(), ScoreError> {
        let new = || ReadingsByJob::new(&protocol.config());
        let readings = self.readings.entry(protocol).or_insert_with(new);
        seeds.into_iter().for_each(|seed| readings.add_seed(seed));
        for report in reports {
            let reading = Readings::of(report);
            if readings.add(report.job, reading).is_some_and(|before| !before.agrees_with(reading)) {
                return Err(ScoreError::DifferentResults(report.job));
            }
        }
        Ok(())
    }

    /// Judges every claim by the reports so far.
    pub fn claims(&self) -> Vec<LiteratureClaim> {
        LiteratureClaimId::ALL.iter().map(|&id| self.claim(id)).collect()
    }

    fn claim(&self, id: LiteratureClaimId) -> LiteratureClaim {
        let judged = self
            .readings
            .get(&parts::protocol(id))
            .map(|readings| judge_parts(&parts::parts(id), readings, TRIALS_NEEDED));
        let (measurements, verdict) = judged.unzip();
        LiteratureClaim { id, measurements: measurements.unwrap_or_default(), verdict }
    }
}
