//! Tests of scores that take in one report after the other.

use super::*;
use crate::experiment_report::FinishedJob;

/// The whole report of some seeds, of which no two have the same numbers.
fn report_of(seeds: Seeds, change: impl Fn(JobId, &mut Numbers)) -> ExperimentReport {
    let config = ExperimentConfig { seeds, ..paper() };
    let mut report = ExperimentReport::new(&config);
    let spread = |job: JobId, numbers: &mut Numbers| {
        numbers.early += job.trial % 7;
        numbers.end -= job.trial % 5;
        numbers.stop += 100 * (job.trial % 11);
        change(job, numbers);
    };
    for job in reports(&config, spread) {
        report.add_finished_job(FinishedJob { report: job, seconds: 1.0, digest: None }, None);
    }
    report
}

fn seeds(list: &str) -> Seeds {
    Seeds::parse(list).unwrap()
}

#[test]
fn reports_one_after_the_other_are_scored_like_all_together() {
    let parts = ["4-6", "1", "9,12", "6,7"].map(|list| report_of(seeds(list), |_, _| {}));
    let mut scores = ClaimScores::new(&parts[0]);
    parts.iter().for_each(|part| scores.add(part).unwrap());
    let all = report_of(seeds("1,4-7,9,12"), |_, _| {});
    let together = score_claims(all.config(), all.finished_jobs().values().map(|done| &done.report));
    assert_eq!(scores.claims(), together);
    assert_eq!(together[0].measurements[0].measured.trials, 7);
}

#[test]
fn there_may_be_more_seeds_than_an_experiment_may_have() {
    let mut scores = ClaimScores::new(&report_of(seeds("1-1000"), |_, _| {}));
    scores.add(&report_of(seeds("2001-2100"), |_, _| {})).unwrap();
    let claims = scores.claims();
    let counts = claims.iter().flat_map(|claim| &claim.measurements).map(|one| one.measured.trials);
    assert!(counts.clone().count() > 20 && counts.clone().all(|trials| trials == 1_100));
}

#[test]
fn what_does_not_go_together_is_not_scored() {
    let mut scores = ClaimScores::new(&report_of(seeds("1,2"), |_, _| {}));
    let other = report_of(seeds("2"), |job, numbers| {
        if (job.arm, job.round) == (Arm::Reinit, 7) {
            numbers.stop += 100;
        }
    });
    let job = JobId { trial: 2, arm: Arm::Reinit, round: 7, draw: 0, twin: false };
    assert_eq!(scores.add(&other), Err(MergeError::DifferentResults(job)));
    let config = ExperimentConfig { jobs: JobChoice::Claims, ..paper() };
    assert_eq!(
        scores.add(&ExperimentReport::new(&config)),
        Err(MergeError::DifferentSettings { field: "jobs", one: "all".into(), other: "claims".into() })
    );
}
