//! The table of rounds: every number that the charts show, as text for people and as attributes for programs.

use crate::{arm_styles, layer_collapse, run_results::RunResults};
use chart::arm_style::ArmStyle;
use experiment::experiment_report::FinishedJob;
use experiment::{
    arm::Arm,
    config::ExperimentConfig,
    data_words,
    job::JobId,
    job_graph,
    job_report::{Accuracy, JobReport},
    robustness::{Corruption, RobustnessReadings},
};
use numbers::{fixed, percent_without_sign, three_significant_digits, with_commas};
use texts::{fill, text};

/// A row of the table: one finished job.
#[derive(Clone, Debug, PartialEq)]
pub struct TableRow {
    /// The job whose results the row shows.
    pub job: JobId,
    /// The style of its arm.
    pub style: &'static ArmStyle,
    /// The `data-*` attributes, with names without the prefix. Accuracies are fractions from 0 to 1, written with the
    /// fewest digits that parse to the same number.
    pub data_attributes: Vec<(&'static str, String)>,
    /// The texts of the cells, in the order of [`columns`].
    pub cells: Vec<String>,
}

/// The columns of an experiment's table, each with its name and its unit or a short explanation. Barriers have one only where there are
/// twins, and wrong labels where some labels are wrong.
pub fn columns(config: &ExperimentConfig) -> Vec<(&'static str, &'static str)> {
    let barrier = config.twins.then_some(("table.barrier", "table.points"));
    let always = [
        ("table.arm", ""),
        ("table.seed", ""),
        ("table.round", ""),
        ("table.weights_left", ""),
        ("", "table.percent"),
        ("table.test_start", "table.percent"),
        ("table.early_stop", "table.iteration"),
        ("table.validation_loss", "table.least_nats"),
        ("table.test_early", "table.percent"),
        ("table.test_end", "table.percent"),
        ("table.train_early", "table.percent"),
        ("table.train_end", "table.percent"),
        ("table.multiply_adds", "table.billion"),
        ("table.multiply_adds_dense", "table.billion"),
        ("table.time", "table.seconds"),
        ("table.time_dense", "table.seconds"),
    ];
    let of_noise = [
        ("table.train_clean", "table.percent"),
        ("table.train_flipped", "table.percent"),
        ("table.restored", "table.percent"),
    ];
    let of_noise = of_noise.into_iter().filter(|_| config.label_noise > 0.0);
    always.into_iter().chain(barrier).chain(of_noise).map(|(name, unit)| (words(name), words(unit))).collect()
}

/// The text with this id, or nothing for no id.
fn words(id: &'static str) -> &'static str {
    if id.is_empty() { "" } else { text(id) }
}

/// As many rows are there at first, and as many more whenever more are asked for.
pub const ROWS_AT_ONCE: usize = 400;

/// The first `most` rows of finished jobs, in the order of the table, and how many there are in all.
pub fn table_rows(results: &RunResults, most: usize) -> (Vec<TableRow>, usize) {
    let (mut rows, mut all) = (vec![], 0);
    for job in job_graph::table_rows(results.config()) {
        if let Some(finished) = results.finished_job(job.training_job()) {
            all += 1;
            if all <= most {
                rows.push(table_row(job, finished, results));
            }
        }
    }
    (rows, all)
}

/// What is said beside the button that brings more rows, and on it.
pub fn more_rows(shown: usize, all: usize) -> [String; 2] {
    let next = (all - shown).min(ROWS_AT_ONCE);
    let [shown, all, next] = [shown, all, next].map(|count| with_commas(count as f64));
    [fill!("table.some_rows", shown = shown, all = all), fill!("table.more_rows", next = next)]
}

fn table_row(job: JobId, finished: &FinishedJob, results: &RunResults) -> TableRow {
    let config = results.config();
    let report = &finished.report;
    // If the dense network has a row of its own, round 0 of the ticket is labelled as the ticket.
    let has_dense_row = job.arm == Arm::Ticket && config.arms.contains(&Arm::Dense);
    let style = if has_dense_row { ArmStyle::by_name(job.arm.name()) } else { arm_styles::arm_style(job) };
    let weights = config.model.weight_count();
    let empty = layer_collapse::empty_layers(report);
    let empty = empty.iter().map(|layer| (layer + 1).to_string()).collect::<Vec<_>>().join(",");
    let left = with_commas(f64::from(report.surviving_weights()));
    let left = if empty.is_empty() { left } else { fill!("table.layer_empty", left = left, layers = empty) };
    let noise = report.label_noise.map(|readings| [readings.clean, readings.flipped, readings.restored]);
    let of_noise = |at: usize| noise.map_or(String::new(), |readings| readings[at].fraction().to_string());
    let mut data = vec![
        ("trial", job.trial.to_string()),
        ("draw", job.draw.to_string()),
        ("arm", job.arm.name().to_string()),
        ("round", job.round.to_string()),
        ("weights", report.surviving_weights().to_string()),
        ("early-stop", report.early_stop.to_string()),
        (
            "test-start",
            report.before_training.map_or(String::new(), |readings| readings.test.fraction().to_string()),
        ),
        ("test-early", report.test_early.fraction().to_string()),
        ("test-end", report.test_end.fraction().to_string()),
        ("train-early", report.train_early.fraction().to_string()),
        ("train-end", report.train_end.fraction().to_string()),
        ("validation-loss", loss(report.min_validation_loss(), |loss| loss.to_string(), "Infinity")),
        ("seconds", format!("{:.3}", finished.seconds)),
        ("digest", results.digest(job.training_job()).to_string()),
        ("empty-layers", empty),
        ("train-clean", of_noise(0)),
        ("train-flipped", of_noise(1)),
        ("restored", of_noise(2)),
        ("data", config.data_of(job.arm).name.clone()),
    ];
    if job.twin {
        data.push(("twin", "1".into()));
        data.push(("barrier", report.barrier().map_or(String::new(), |barrier| barrier.to_string())));
    }
    data.extend(corrupted_attributes(report));
    let mut arm = match job.draw {
        0 => style.chart_label().to_string(),
        draw => format!("{} {}", style.chart_label(), draw + 1),
    };
    if job.twin {
        arm = fill!("table.twin", arm = arm);
    }
    // Where there are accuracies of two tasks, each row says of which its are.
    if config.other_data().is_some() {
        arm = fill!("table.arm_on_data", arm = arm, data = data_words::title(config.data_of(job.arm)));
    }
    let mut cells = vec![
        arm,
        job.trial.to_string(),
        job.round.to_string(),
        left,
        percent_without_sign(f64::from(report.surviving_weights()) / weights as f64),
        report.before_training.map_or(String::new(), |readings| percent(readings.test)),
        with_commas(f64::from(report.early_stop)),
        loss(report.min_validation_loss(), |loss| fixed(f64::from(loss), 4), "∞"),
        percent(report.test_early),
        percent(report.test_end),
        percent(report.train_early),
        percent(report.train_end),
        three_significant_digits(report.multiply_adds(&config.model) as f64 / 1e9),
        three_significant_digits(report.dense_multiply_adds(&config.model) as f64 / 1e9),
        fixed(finished.seconds, 2),
        results.dense_seconds(report).map_or(String::new(), |seconds| fixed(seconds, 2)),
    ];
    if config.twins {
        cells.push(report.barrier().map_or(String::new(), |barrier| fixed(100.0 * barrier, 2)));
    }
    if config.label_noise > 0.0 {
        cells.extend(noise.map_or_else(Default::default, |readings| readings.map(percent)));
    }
    TableRow { job, style, data_attributes: data, cells }
}

/// The test accuracies under noise and FGSM, by a hundred times their strength. Empty where corrupted images were not read.
fn corrupted_attributes(report: &JobReport) -> Vec<(&'static str, String)> {
    const NOISE: [&str; 5] = ["noise-10", "noise-20", "noise-30", "noise-40", "noise-50"];
    const FGSM: [&str; 3] = ["fgsm-5", "fgsm-10", "fgsm-20"];
    let share = |corruption, strength: usize| {
        let share = |readings: RobustnessReadings| {
            let correct = readings.of(corruption)[strength];
            Accuracy { correct, total: report.test_end.total }.fraction().to_string()
        };
        report.robustness.map_or(String::new(), share)
    };
    let noise = NOISE.into_iter().enumerate().map(|(at, name)| (name, share(Corruption::Noise, at)));
    let fgsm = FGSM.into_iter().enumerate().map(|(at, name)| (name, share(Corruption::Fgsm, at)));
    noise.chain(fgsm).collect()
}

fn percent(accuracy: Accuracy) -> String {
    fixed(accuracy.fraction() * 100.0, 2)
}

/// Formats a finite loss with `finite`. Returns `diverged` for an infinite or NaN loss.
fn loss(loss: f32, finite: fn(f32) -> String, diverged: &str) -> String {
    if loss.is_finite() { finite(loss) } else { diverged.to_string() }
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_loss_that_has_left_the_numbers_is_said() {
        let text = |loss| super::loss(loss, |loss| loss.to_string(), "Infinity");
        assert_eq!([text(0.25), text(f32::INFINITY), text(f32::NAN)], ["0.25", "Infinity", "Infinity"]);
        assert_eq!(text(f32::INFINITY).parse::<f64>(), Ok(f64::INFINITY));
    }
}
