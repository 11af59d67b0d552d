//! Results for tests, made without training.

use crate::run_results::RunResults;
use experiment::{
    config::ExperimentConfig,
    experiment_report::{ExperimentReport, FinishedJob},
    job::JobId,
    job_graph::all_jobs,
    job_report::{Accuracy, JobReport, LINE_POINTS, ValidationPoint},
    prune_counts::survivors_per_round,
    recipe::recipe,
    settings::Settings,
};
use model::data_set::DataSet;

/// The numbers of a made job.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct MadeJob {
    /// Right answers of 10,000 to the test images at the end.
    pub(crate) test: u32,
    /// Right answers of 5,000 at each validation.
    pub(crate) validation: u32,
    /// The early stop.
    pub(crate) stop: u32,
    /// Of a twin, the right answers in the middle between it and its sibling. `None` for as many as it has itself.
    pub(crate) least_on_line: Option<u32>,
}

/// The results of an experiment up to a round, with the numbers that `made` gives to each job.
pub(crate) fn made_results(fragment: &str, last_round: u32, made: impl Fn(JobId) -> MadeJob) -> RunResults {
    let (Settings { config, .. }, rejected) = Settings::from_fragment(fragment);
    assert_eq!(rejected, []);
    let mut report = ExperimentReport::new(&config);
    for job in all_jobs(&config).into_iter().filter(|job| job.round <= last_round) {
        report.add_finished_job(made_job(&config, job, made(job)), None);
    }
    RunResults::new(report)
}

/// A finished job with these numbers, in an experiment in which every pruning takes what is planned.
pub(crate) fn made_job(config: &ExperimentConfig, job: JobId, made: MadeJob) -> FinishedJob {
    let MadeJob { test, validation, stop, least_on_line } = made;
    let accuracy = |correct, total| Accuracy { correct, total };
    let first = recipe(job).first_iteration(config);
    let point = |iteration| ValidationPoint {
        iteration,
        loss: if iteration == stop { 0.1 } else { 0.2 },
        accuracy: accuracy(validation, 5_000),
    };
    let mut interpolated = vec![];
    if job.twin {
        interpolated = vec![accuracy(test, 10_000); LINE_POINTS];
        interpolated[LINE_POINTS / 2] = accuracy(least_on_line.unwrap_or(test), 10_000);
    }
    let report = JobReport {
        job,
        alive: survivors_per_round(config)[job.round as usize].clone(),
        curve: config.evaluation_iterations(first).map(point).collect(),
        early_stop: stop,
        before_training: None,
        test_early: accuracy(test, 10_000),
        test_end: accuracy(test, 10_000),
        train_early: accuracy(50_000, 55_000),
        train_end: accuracy(50_000, 55_000),
        interpolated,
        label_noise: None,
        robustness: None,
        iterations: config.iterations - first,
        batch: config.batch,
    };
    FinishedJob { report, seconds: 1.0, digest: None }
}

/// A data set of the user with this shape, as names have it.
pub(crate) fn own_data(shape: &str) -> DataSet {
    let hex = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1eff";
    DataSet::from_name(&format!("{hex}.{shape}")).expect("a shape")
}

/// What is said in German, with numbers as they are written in Germany. It is said in a thread of its own, because a language
/// is that of a thread.
pub(crate) fn in_german<T: Send>(said: impl FnOnce() -> T + Send) -> T {
    let words = include_str!("../../www/texts/de.json");
    std::thread::scope(|scope| {
        let thread = scope.spawn(|| {
            texts::speak(texts::Language::from_json(words).expect("the German texts"));
            numbers::write_numbers_as(numbers::NumberStyle { decimal: ",", group: ".", percent: "\u{a0}%" });
            said()
        });
        thread.join().expect("what is said")
    })
}

/// Calls a test with the page as it begins in English and in German: elements by their ids, each with its content.
pub(crate) fn with_each_page(test: impl Fn(&str) + Sync) {
    test(include_str!("../../index.html"));
    let german =
        texts::Language::from_json(include_str!("../../www/texts/de.json")).expect("the German texts");
    let words = german.texts().filter_map(|(id, text)| Some((id.strip_prefix("html.")?, text)));
    let elements: String = words.map(|(id, text)| format!("<p id=\"{id}\">{text}</p>")).collect();
    in_german(|| test(&elements));
}
