//! The numbers of a report as tables of comma-separated values, for spreadsheets and scripts: the table of rounds, the curves,
//! and the readings of corrupted images. Each begins with a line of names. Nothing in them needs quotes. A number has the fewest digits that read
//! back as the same number; a field is empty where a report of version 1 lacks the number.

use super::{ExperimentReport, FinishedJob};
use crate::{arm::Arm, job::JobId, job_graph, job_report::Accuracy, recipe::recipe, robustness::Corruption};

/// The names of the columns of [`ExperimentReport::rounds_csv`].
pub const ROUNDS_COLUMNS: [&str; 26] = [
    "trial",
    "arm",
    "round",
    "draw",
    "weights",
    "weights_left",
    "early_stop",
    "validation_loss",
    "test_start",
    "test_early",
    "test_end",
    "train_early",
    "train_end",
    "iterations",
    "batch",
    "multiply_adds",
    "dense_multiply_adds",
    "seconds",
    "dense_seconds",
    "digest",
    "data",
    "twin",
    "barrier",
    "train_clean",
    "train_flipped",
    "restored",
];

/// The names of the columns of [`ExperimentReport::curves_csv`].
pub const CURVES_COLUMNS: [&str; 9] = [
    "trial",
    "arm",
    "round",
    "draw",
    "iteration",
    "validation_loss",
    "validation_accuracy",
    "correct",
    "twin",
];

/// The names of the columns of [`ExperimentReport::robustness_csv`].
pub const ROBUSTNESS_COLUMNS: [&str; 10] = [
    "trial",
    "arm",
    "round",
    "draw",
    "weights",
    "corruption",
    "strength",
    "test_accuracy",
    "correct",
    "twin",
];

impl ExperimentReport {
    /// A line for each row of the table of rounds that is finished, in the order of the table.
    pub fn rounds_csv(&self) -> String {
        let weights = self.config.model.weight_count() as f64;
        let line = |row: JobId, finished: &FinishedJob| {
            let report = &finished.report;
            let mut fields = job_fields(row).to_vec();
            fields.extend([
                report.surviving_weights().to_string(),
                (f64::from(report.surviving_weights()) / weights).to_string(),
                report.early_stop.to_string(),
                loss(report.min_validation_loss()),
                report.before_training.map_or(String::new(), |readings| fraction(readings.test)),
                fraction(report.test_early),
                fraction(report.test_end),
                fraction(report.train_early),
                fraction(report.train_end),
                report.iterations.to_string(),
                report.batch.to_string(),
                report.multiply_adds(&self.config.model).to_string(),
                report.dense_multiply_adds(&self.config.model).to_string(),
                seconds(finished.seconds),
                self.dense_seconds(report).map_or(String::new(), seconds),
                finished.digest.clone().unwrap_or_default(),
                self.config.data_of(row.arm).name.clone(),
                u32::from(row.twin).to_string(),
                report.barrier().map_or(String::new(), |barrier| barrier.to_string()),
            ]);
            let noise =
                report.label_noise.map(|readings| [readings.clean, readings.flipped, readings.restored]);
            fields.extend(noise.map_or_else(Default::default, |readings| readings.map(fraction)));
            fields.join(",") + "\n"
        };
        ROUNDS_COLUMNS.join(",") + "\n" + &self.rows().map(|(row, done)| line(row, done)).collect::<String>()
    }

    /// A line for each point of the curves of those rows, with the reading before the first training step as the first
    /// one where the report has it.
    pub fn curves_csv(&self) -> String {
        let mut text = CURVES_COLUMNS.join(",") + "\n";
        for (row, finished) in self.rows() {
            let report = &finished.report;
            let start = report.before_training.map(|readings| {
                let first = recipe(report.job).first_iteration(&self.config);
                (first, readings.validation_loss, readings.validation)
            });
            let curve = report.curve.iter().map(|point| (point.iteration, point.loss, point.accuracy));
            for (iteration, value, accuracy) in start.into_iter().chain(curve) {
                let mut fields = job_fields(row).to_vec();
                fields.extend([
                    iteration.to_string(),
                    loss(value),
                    fraction(accuracy),
                    accuracy.correct.to_string(),
                    u32::from(row.twin).to_string(),
                ]);
                text += &fields.join(",");
                text.push('\n');
            }
        }
        text
    }

    /// A line for each corruption and strength that a row was read under, in the order of the table. Only its first line if none
    /// was asked for.
    pub fn robustness_csv(&self) -> String {
        let mut text = ROBUSTNESS_COLUMNS.join(",") + "\n";
        for (row, finished) in self.rows() {
            let Some(readings) = finished.report.robustness else { continue };
            let total = finished.report.test_end.total;
            for &corruption in Corruption::ALL {
                for (strength, &correct) in corruption.strengths().iter().zip(readings.of(corruption)) {
                    let mut fields = job_fields(row).to_vec();
                    fields.extend([
                        finished.report.surviving_weights().to_string(),
                        corruption.name().to_owned(),
                        strength.to_string(),
                        fraction(Accuracy { correct, total }),
                        correct.to_string(),
                        u32::from(row.twin).to_string(),
                    ]);
                    text += &fields.join(",");
                    text.push('\n');
                }
            }
        }
        text
    }

    /// The seconds that a dense network takes for the training steps of this report. They are measured in round 0 of
    /// the same trial, in proportion to the steps if this job trains fewer. `None` before that round is finished.
    pub fn dense_seconds(&self, report: &crate::job_report::JobReport) -> Option<f64> {
        let of_data = |arm| self.finished.get(&JobId { arm, round: 0, draw: 0, twin: false, ..report.job });
        // Without the other data set's ticket, that of the experiment's own trains as many steps of the same network.
        let dense = of_data(report.job.arm.ticket_of_its_data()).or_else(|| of_data(Arm::Ticket))?;
        Some(dense.seconds * f64::from(report.iterations) / f64::from(dense.report.iterations.max(1)))
    }

    /// The finished rows of the table, with the results of their jobs.
    fn rows(&self) -> impl Iterator<Item = (JobId, &FinishedJob)> {
        let rows = job_graph::table_rows(&self.config).into_iter();
        rows.filter_map(|row| Some((row, self.finished.get(&row.training_job())?)))
    }
}

fn job_fields(row: JobId) -> [String; 4] {
    [row.trial.to_string(), row.arm.name().to_owned(), row.round.to_string(), row.draw.to_string()]
}

fn fraction(accuracy: Accuracy) -> String {
    accuracy.fraction().to_string()
}

/// A loss. That of a network which has diverged is `Infinity`, as in the table's attributes.
fn loss(loss: f32) -> String {
    if loss.is_finite() { loss.to_string() } else { "Infinity".to_owned() }
}

/// Seconds to the millisecond, as in a report file.
fn seconds(seconds: f64) -> String {
    ((seconds * 1e3).round() / 1e3).to_string()
}
