//! Judges which of the paper's claims about LeNet-300-100 on MNIST an experiment reproduces.
//!
//! The claims and figures come from the paper (Frankle & Carbin 2019) and from a public replication with five seeds;
//! the tolerances are this project's. A verdict needs at least [`TRIALS_NEEDED`] complete trials under the paper's own
//! settings. Each measurement is judged by its 95% interval, as [`measured`](crate::measured) says, before any rounding:
//! a claim is reproduced if all intervals lie within their tolerances, not reproduced if one lies wholly outside, and
//! inconclusive otherwise.

pub mod claim;
pub mod formatted;
mod measure;
pub(crate) mod parts;
#[cfg(test)]
mod tests;
pub mod texts;

use crate::{
    claims::{
        claim::{Claim, ClaimId, ClaimMeasurement, NotTested, Standing, Tolerance, Verdict},
        measure::{Readings, ReadingsByJob},
        parts::{Part, parts},
    },
    config::ExperimentConfig,
    experiment_report::{ExperimentReport, merge::MergeError},
    job::JobId,
    job_choice::JobChoice,
    job_graph::all_jobs,
    job_report::JobReport,
    preset::Preset,
    url_fragment::first_difference_beside_seeds,
};

/// Complete trials that a verdict needs.
pub const TRIALS_NEEDED: u32 = 5;

/// Judges every claim by the reports of an experiment. The reports may come in any order.
pub fn score_claims<'a>(
    config: &ExperimentConfig,
    reports: impl IntoIterator<Item = &'a JobReport>,
) -> Vec<Claim> {
    let mut readings = ReadingsByJob::new(config);
    config.seeds.iter().for_each(|seed| readings.add_seed(seed));
    for report in reports {
        readings.add(report.job, Readings::of(report));
    }
    judge(config, &readings)
}

/// Scores reports of different seeds one after the other, without keeping them: of each it keeps what claims read, which is
/// a few numbers a job. There may be more seeds than an experiment may have.
pub struct ClaimScores {
    config: ExperimentConfig,
    readings: ReadingsByJob,
}

impl ClaimScores {
    /// Begins with a report.
    pub fn new(first: &ExperimentReport) -> ClaimScores {
        let config = first.config().clone();
        let mut scores = ClaimScores { readings: ReadingsByJob::new(&config), config };
        scores.add(first).expect("a report agrees with itself");
        scores
    }

    /// Adds a report whose settings differ from the first one's in nothing but their seeds. An error says what else differs,
    /// or which job that claims look at has other results in a report before.
    pub fn add(&mut self, report: &ExperimentReport) -> Result<(), MergeError> {
        let difference = first_difference_beside_seeds(&self.config, report.config(), &[]);
        if let Some((field, one, other)) = difference {
            return Err(MergeError::DifferentSettings { field, one, other });
        }
        report.config().seeds.iter().for_each(|seed| self.readings.add_seed(seed));
        for (&job, finished) in report.finished_jobs() {
            if !job.twin && JobChoice::Claims.has(job.arm, job.round) {
                let readings = Readings::of(&finished.report);
                let before = self.readings.add(job, readings);
                if before.is_some_and(|before| before != readings) {
                    return Err(MergeError::DifferentResults(job));
                }
            }
        }
        Ok(())
    }

    /// Judges every claim by the reports so far.
    pub fn claims(&self) -> Vec<Claim> {
        judge(&self.config, &self.readings)
    }
}

fn judge(config: &ExperimentConfig, readings: &ReadingsByJob) -> Vec<Claim> {
    let jobs = all_jobs(config);
    ClaimId::ALL.iter().map(|&id| judge_claim(config, &jobs, readings, id)).collect()
}

fn judge_claim(config: &ExperimentConfig, jobs: &[JobId], results: &ReadingsByJob, id: ClaimId) -> Claim {
    let parts = parts(id);
    if let Some(why) = reason_not_tested(config, jobs, &parts) {
        return Claim { id, measurements: vec![], verdict: Verdict::NotTested(why) };
    }
    let measured: Vec<Option<ClaimMeasurement>> = parts.iter().map(|part| results.measure(part)).collect();
    let judged = parts.iter().zip(&measured).filter(|(part, _)| part.tolerance != Tolerance::NotJudged);
    let trials = judged.map(|(_, measured)| measured.map_or(0, |measured| measured.measured.trials));
    let found = trials.min().unwrap_or(0);
    let measurements: Vec<ClaimMeasurement> = measured.into_iter().flatten().collect();
    let verdict = match found < TRIALS_NEEDED {
        true => Verdict::TooFewTrials { found, needed: TRIALS_NEEDED },
        false => verdict(&measurements),
    };
    Claim { id, measurements, verdict }
}

/// The verdict on measurements that all have enough trials.
fn verdict(measurements: &[ClaimMeasurement]) -> Verdict {
    let mut standings = measurements.iter().filter_map(ClaimMeasurement::standing);
    if standings.clone().any(|standing| standing == Standing::Outside) {
        Verdict::NotReproduced
    } else if standings.all(|standing| standing == Standing::Within) {
        Verdict::Reproduced
    } else {
        Verdict::Inconclusive
    }
}

/// The reason why an experiment does not test a claim, or `None` if it does.
fn reason_not_tested(config: &ExperimentConfig, jobs: &[JobId], parts: &[Part]) -> Option<NotTested> {
    // These settings may differ from the paper's: they change only which additional networks are trained or which seeds
    // are used.
    let free = ["arms", "jobs", "transfer", "draws", "twins", "rewind_to", "rounds", "momentum"];
    let protocol = Preset::Paper.config();
    if let Some((name, here, paper)) = first_difference_beside_seeds(config, &protocol, &free) {
        return Some(NotTested::Setting { name: name.into(), paper, here });
    }
    let job = |(arm, round)| JobId { trial: config.seeds.first(), arm, round, draw: 0, twin: false };
    let missing = parts.iter().flat_map(Part::rows).find(|&row| !jobs.contains(&job(row)));
    missing.map(|(arm, round)| NotTested::Untrained { arm, round })
}
