//! A finished experiment for the tests of parsers.

use experiment::{
    config::ExperimentConfig,
    experiment_report::{ExperimentReport, FinishedJob},
    job::JobId,
    job_graph::{all_jobs, output_spec},
    job_report::{Accuracy, JobReport, LINE_POINTS, ReadingsBeforeTraining, ValidationPoint},
    prune_counts::survivors_per_round,
    recipe::recipe,
    settings::Settings,
};
use std::sync::OnceLock;

/// A finished experiment that nobody has trained, of few weights.
pub(crate) fn made_report() -> &'static ExperimentReport {
    static REPORT: OnceLock<ExperimentReport> = OnceLock::new();
    REPORT.get_or_init(|| {
        let fragment =
            "rounds=2&hidden=3,2&iterations=6&eval_every=4&batch=10&arms=dense,ticket,reinit&seeds=1,3";
        let config = Settings::from_fragment(fragment).0.config;
        let mut report = ExperimentReport::new(&config);
        let mut order = all_jobs(&config);
        order.sort_by_key(|job| (job.round, *job));
        for job in order {
            let mask = output_spec(&config, job).next_mask.then(|| mask_after(&config, job.round + 1));
            report.add_finished_job(made_job(&config, job), mask.as_deref());
        }
        assert!(report.is_complete());
        report
    })
}

/// A mask that leaves the planned number of each layer's weights, the last ones.
fn mask_after(config: &ExperimentConfig, round: u32) -> Vec<u8> {
    let left = &survivors_per_round(config)[round as usize];
    let layers = config.model.layer_sizes().into_iter().zip(left);
    layers
        .flat_map(|(size, left)| {
            let pruned = size.weights.len() - *left as usize;
            (0..size.weights.len()).map(move |weight| u8::from(weight >= pruned))
        })
        .collect()
}

fn made_job(config: &ExperimentConfig, job: JobId) -> FinishedJob {
    let first = recipe(job).first_iteration(config);
    let accuracy = |total: u32| Accuracy { correct: total / 2 + job.round, total };
    let point = |iteration| ValidationPoint {
        iteration,
        loss: if iteration == config.iterations { 0.25 } else { 0.5 },
        accuracy: accuracy(config.data.validation_images),
    };
    let (test, train) = (accuracy(config.data.test_images), accuracy(config.data.training_images));
    let before = ReadingsBeforeTraining {
        validation_loss: 2.5,
        validation: accuracy(config.data.validation_images),
        test,
    };
    FinishedJob {
        report: JobReport {
            job,
            alive: survivors_per_round(config)[job.round as usize].clone(),
            curve: config.evaluation_iterations(first).map(point).collect(),
            early_stop: config.iterations,
            before_training: Some(before),
            test_early: test,
            test_end: test,
            train_early: train,
            train_end: train,
            interpolated: if job.twin { vec![test; LINE_POINTS] } else { vec![] },
            label_noise: None,
            robustness: None,
            iterations: config.iterations - first,
            batch: config.batch,
        },
        seconds: 0.5,
        digest: Some(format!("{:016x}", job.round)),
    }
}
