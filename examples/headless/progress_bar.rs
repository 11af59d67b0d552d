//! A bar that says how far the training is.

use experiment::{
    config::ExperimentConfig,
    experiment_report::{ExperimentReport, FinishedJob},
    job::JobId,
};
use indicatif::{ProgressBar, ProgressStyle};
use std::collections::BTreeMap;
use ticket_lab::job_cost_shares;

/// How far the jobs are, in parts of their work.
pub(crate) struct JobProgressBar {
    bar: ProgressBar,
    iterations: u32,
    /// What each job is of the whole, and how much of it is done.
    jobs: BTreeMap<JobId, (f64, f64)>,
}

/// The bar's length.
const PROGRESS_STEPS: f64 = 10_000.0;

impl JobProgressBar {
    /// The bar of an experiment that begins or goes on.
    pub(crate) fn of_experiment(experiment_report: &ExperimentReport) -> JobProgressBar {
        let done = |job: &JobId| f64::from(u8::from(experiment_report.finished_jobs().contains_key(job)));
        JobProgressBar::new(experiment_report.config(), |job| Some(done(job)))
    }

    /// The bar of these jobs of an experiment, none of which is done.
    pub(crate) fn of_jobs(config: &ExperimentConfig, jobs: &[JobId]) -> JobProgressBar {
        JobProgressBar::new(config, |job| jobs.contains(job).then_some(0.0))
    }

    /// The bar of the jobs for which `done` says how much of them is done.
    fn new(config: &ExperimentConfig, done: impl Fn(&JobId) -> Option<f64>) -> JobProgressBar {
        let jobs =
            job_cost_shares(config).into_iter().filter_map(|(job, share)| Some((job, (share, done(&job)?))));
        let style = "{elapsed_precise} {wide_bar} {percent_precise}% {msg}, about {eta_precise} to go";
        let bar = ProgressBar::new(PROGRESS_STEPS as u64)
            .with_style(ProgressStyle::with_template(style).expect("a template as indicatif has them"));
        let bar = JobProgressBar { bar, iterations: config.iterations, jobs: jobs.collect() };
        bar.show();
        bar.bar.reset_eta();
        bar
    }

    fn show(&self) {
        let done: f64 = self.jobs.values().map(|(share, done)| share * done).sum();
        let all: f64 = self.jobs.values().map(|(share, _)| share).sum();
        self.bar.set_position((done / all * PROGRESS_STEPS) as u64);
    }

    /// A job has done so many training steps.
    pub(crate) fn step(&mut self, job: JobId, iteration: u32) {
        if let Some((_, done)) = self.jobs.get_mut(&job) {
            *done = done.max(f64::from(iteration) / f64::from(self.iterations));
        }
        self.bar.set_message(format!("{job}: {iteration}"));
        self.show();
    }

    /// Takes the bar away.
    pub(crate) fn clear(&self) {
        self.bar.finish_and_clear();
    }

    /// A job is finished, which is told in a line of its own.
    pub(crate) fn finished(&mut self, finished: &FinishedJob) {
        let report = &finished.report;
        self.step(report.job, self.iterations);
        self.bar.suspend(|| {
            eprintln!(
                "{}: {} weights, early stop at {}, test {:.2}% there and {:.2}% at the end; {:.1} s",
                report.job,
                report.surviving_weights(),
                report.early_stop,
                100.0 * report.test_early.fraction(),
                100.0 * report.test_end.fraction(),
                finished.seconds
            );
        });
    }
}
