//! Invented results for tests.

use experiment::{
    config::ExperimentConfig,
    experiment_report::FinishedJob,
    job::JobId,
    job_report::{Accuracy, JobReport},
};

/// A finished job with an invented report.
pub(crate) fn finished(config: &ExperimentConfig, job: JobId) -> FinishedJob {
    const ACCURACY: Accuracy = Accuracy { correct: 9, total: 10 };
    let report = JobReport {
        job,
        alive: config.model.layer_weight_counts(),
        before_training: None,
        curve: vec![],
        early_stop: config.iterations,
        test_early: ACCURACY,
        test_end: ACCURACY,
        train_early: ACCURACY,
        train_end: ACCURACY,
        iterations: config.iterations,
        batch: config.batch,
    };
    FinishedJob { report, seconds: 1.0, digest: None }
}
