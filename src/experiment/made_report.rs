//! Reports for tests, made without training: consistent in themselves, with numbers that tell which job they are of.

use crate::{
    config::ExperimentConfig,
    experiment_report::{ExperimentReport, FinishedJob},
    job::JobId,
    job_graph::{all_jobs, output_spec},
    job_report::{
        Accuracy, JobReport, LINE_POINTS, LabelNoiseReadings, ReadingsBeforeTraining, ValidationPoint,
    },
    prune_counts::survivors_per_round,
    recipe::recipe,
    settings::Settings,
};

/// The settings of a fragment, which must have no mistake.
pub(crate) fn config(fragment: &str) -> ExperimentConfig {
    let (settings, rejected) = Settings::from_fragment(fragment);
    assert_eq!(rejected, []);
    settings.config
}

/// A whole report in which each pruning takes the first survivors of each layer. The loss falls up to the last
/// validation but one, and training has diverged at the last one.
pub(crate) fn made_report(config: &ExperimentConfig) -> ExperimentReport {
    let mut experiment_report = ExperimentReport::new(config);
    let survivors = survivors_per_round(config);
    let mask = |round: u32| -> Vec<u8> {
        let layers = config.model.layer_weight_counts().into_iter().zip(&survivors[round as usize]);
        layers.flat_map(|(all, left)| (0..all).map(move |weight| u8::from(weight >= all - left))).collect()
    };
    let mut order = all_jobs(config);
    order.sort_by_key(|job| (job.round, *job));
    for job in order {
        let next = output_spec(config, job).next_mask.then(|| mask(job.round + 1));
        experiment_report.add_finished_job(made_job(config, job, &survivors), next.as_deref());
    }
    experiment_report
}

fn made_job(config: &ExperimentConfig, job: JobId, survivors: &[Vec<u32>]) -> FinishedJob {
    let n = (job.trial % 100) * 10 + job.round;
    let accuracy = |correct, total| Accuracy { correct, total };
    let first = recipe(job).first_iteration(config);
    let flipped = config.flipped_labels(job.arm);
    let point = |iteration| {
        let diverged = iteration == config.iterations;
        let loss = if diverged { f32::INFINITY } else { 0.1 + 0.2 / (n + iteration) as f32 };
        ValidationPoint { iteration, loss, accuracy: accuracy(4_000 + n, 5_000) }
    };
    let curve: Vec<ValidationPoint> = config.evaluation_iterations(first).map(point).collect();
    // Lower in the middle, as between networks that a barrier parts.
    let line = |ends: u32| {
        let point = |point: usize| accuracy(ends - 10 * point.min(LINE_POINTS - 1 - point) as u32, 10_000);
        (0..LINE_POINTS).map(point).collect()
    };
    let report = JobReport {
        job,
        alive: survivors[job.round as usize].clone(),
        early_stop: curve[curve.len().saturating_sub(2)].iteration,
        curve,
        before_training: Some(ReadingsBeforeTraining {
            validation_loss: 2.5,
            validation: accuracy(500 + n, 5_000),
            test: accuracy(1_000 + n, 10_000),
        }),
        test_early: accuracy(9_000 + n, 10_000),
        test_end: accuracy(8_100 + n, 10_000),
        train_early: accuracy(50_000 + n, 55_000),
        train_end: accuracy(54_000 + n, 55_000),
        interpolated: if job.twin { line(8_100 + n) } else { vec![] },
        label_noise: (flipped > 0).then(|| LabelNoiseReadings {
            clean: accuracy(54_500 + n - flipped, 55_000 - flipped),
            flipped: accuracy(flipped - 500, flipped),
            restored: accuracy(n, flipped),
        }),
        robustness: None,
        iterations: config.iterations - first,
        batch: config.batch,
    };
    let digest = Some(format!(
        "{:08x}{:04x}{:02x}{:02x}",
        job.trial,
        job.round,
        job.arm as u8,
        job.draw + 16 * u32::from(job.twin)
    ));
    FinishedJob { report, seconds: f64::from(n) + 0.125, digest }
}
