//! What differs between the results that a report has of a job and those of training it again. A job is pure, so nothing
//! but its seconds may differ, to the last bit.

use crate::{
    experiment_report::{ExperimentReport, FinishedJob},
    job_report::{Accuracy, JobReport, LabelNoiseReadings, ReadingsBeforeTraining, ValidationPoint},
};
use std::{error::Error, fmt};
use texts::{fill, text};

/// One thing that a report says of a job and that came out otherwise when the job was trained again. Values are written
/// as in a report file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ResultDifference {
    /// A field of the job's line has another value.
    Field {
        /// The field of the report file.
        field: &'static str,
        /// Its value in the report.
        reported: String,
        /// Its value now.
        now: String,
    },
    /// Points of the curve differ.
    Curve {
        /// The first point of the report that differs.
        reported: String,
        /// The point of the same iteration now.
        now: String,
        /// The number of points of the report that differ.
        points: usize,
        /// The number of points in the report.
        all: usize,
    },
    /// The pruning of the job leaves another mask.
    Mask {
        /// The number of weights that survive in one of the two masks alone.
        weights: usize,
        /// The number of all weights.
        all: usize,
    },
}

impl fmt::Display for ResultDifference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&match self {
            ResultDifference::Field { field, reported, now } => {
                fill!("difference.field", field = field, reported = reported, now = now)
            }
            ResultDifference::Curve { reported, now, points, all } => {
                fill!("difference.curve", reported = reported, now = now, points = points, all = all)
            }
            ResultDifference::Mask { weights, all } => {
                fill!("difference.mask", weights = weights, all = all)
            }
        })
    }
}

impl Error for ResultDifference {}

impl ExperimentReport {
    /// What differs from this report after a job was trained again, as far as the report has it: a report may lack the
    /// digest, the readings before training, points of the curve and masks. `next_mask` is the mask that the job's
    /// pruning left now, if it pruned. A job that the report lacks cannot differ, but the mask that it leaves can.
    pub fn differences_from_recorded(
        &self,
        now: &FinishedJob,
        next_mask: Option<&[u8]>,
    ) -> Vec<ResultDifference> {
        let job = now.report.job;
        let recorded = self.finished_jobs().get(&job);
        let mut differences = recorded.map_or(vec![], |recorded| field_differences(recorded, now));
        if let Some((recorded, now)) = self.next_mask(job).zip(next_mask) {
            let weights = recorded.iter().zip(now).filter(|(recorded, now)| recorded != now).count();
            if weights > 0 {
                differences.push(ResultDifference::Mask { weights, all: now.len() });
            }
        }
        differences
    }

    /// Whether a job that was trained again gave other results, or left another mask, than the report has.
    pub fn differs_from_recorded(&self, now: &FinishedJob, next_mask: Option<&[u8]>) -> bool {
        !self.differences_from_recorded(now, next_mask).is_empty()
    }
}

fn field_differences(recorded: &FinishedJob, now: &FinishedJob) -> Vec<ResultDifference> {
    let mut differences = vec![];
    let mut compare = |field, reported: String, now: String| {
        // The texts say every bit, so equal texts are equal values.
        if reported != now {
            differences.push(ResultDifference::Field { field, reported, now });
        }
    };
    // A field that is added to the report must be compared here.
    let JobReport {
        job: _,
        alive,
        curve,
        early_stop,
        before_training,
        test_early,
        test_end,
        train_early,
        train_end,
        interpolated,
        label_noise,
        robustness,
        iterations,
        batch,
    } = &recorded.report;
    let report = &now.report;
    if let Some((recorded, now)) = recorded.digest.clone().zip(now.digest.clone()) {
        compare("digest", recorded, now);
    }
    compare("alive", format!("{alive:?}"), format!("{:?}", report.alive));
    if let Some((recorded, now)) = before_training.zip(report.before_training) {
        let validation = |readings: ReadingsBeforeTraining| {
            format!("[{},{}]", loss_text(readings.validation_loss), readings.validation.correct)
        };
        compare("validation_start", validation(recorded), validation(now));
        compare("test_start", accuracy_text(recorded.test), accuracy_text(now.test));
    }
    compare("early_stop", early_stop.to_string(), report.early_stop.to_string());
    for (field, recorded, now) in [
        ("test_early", test_early, report.test_early),
        ("test_end", test_end, report.test_end),
        ("train_early", train_early, report.train_early),
        ("train_end", train_end, report.train_end),
    ] {
        compare(field, accuracy_text(*recorded), accuracy_text(now));
    }
    let on_line = |accuracies: &[Accuracy]| {
        let correct: Vec<u32> = accuracies.iter().map(|accuracy| accuracy.correct).collect();
        format!("{correct:?}")
    };
    compare("interpolated", on_line(interpolated), on_line(&report.interpolated));
    let of_labels = |readings: &Option<LabelNoiseReadings>| match readings {
        Some(readings) => [readings.clean, readings.flipped, readings.restored].map(accuracy_text),
        None => ["null"; 3].map(str::to_owned),
    };
    let both = of_labels(label_noise).into_iter().zip(of_labels(&report.label_noise));
    for (field, (recorded, now)) in ["train_clean", "train_flipped", "restored"].into_iter().zip(both) {
        compare(field, recorded, now);
    }
    if let Some((recorded, now)) = robustness.zip(report.robustness) {
        compare("robustness", format!("{recorded:?}"), format!("{now:?}"));
    }
    compare("iterations", iterations.to_string(), report.iterations.to_string());
    compare("batch", batch.to_string(), report.batch.to_string());
    differences.extend(curve_difference(curve, &report.curve));
    differences
}

/// Compares the points that the report has. Its curve may be thinned, and that of a training never is.
fn curve_difference(recorded: &[ValidationPoint], now: &[ValidationPoint]) -> Option<ResultDifference> {
    let mut differing = recorded.iter().filter_map(|point| {
        // Iterations ascend.
        let there = now.binary_search_by_key(&point.iteration, |now| now.iteration);
        let now = there.map_or(text("difference.no_such_point").into(), |place| point_text(&now[place]));
        let recorded = point_text(point);
        (recorded != now).then_some((recorded, now))
    });
    let (reported, now) = differing.next()?;
    let points = 1 + differing.count();
    Some(ResultDifference::Curve { reported, now, points, all: recorded.len() })
}

fn accuracy_text(Accuracy { correct, total }: Accuracy) -> String {
    format!("[{correct},{total}]")
}

fn point_text(point: &ValidationPoint) -> String {
    format!("[{},{},{}]", point.iteration, loss_text(point.loss), point.accuracy.correct)
}

/// The shortest decimal number that no other number of the same precision is nearer to, or `null` if training had
/// diverged.
fn loss_text(loss: f32) -> String {
    if loss.is_finite() { loss.to_string() } else { "null".into() }
}
