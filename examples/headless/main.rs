//! Runs an experiment without a browser, on all cores, and writes the report that the page would export:
//!
//! ```text
//! cargo run --release --example headless -- '#preset=paper&trials=5' --out paper.jsonl
//! ```
//!
//! An interrupted run goes on where it was when it is started again with the same fragment and file.

mod arguments;
mod out_file;
mod out_file_error;
mod out_file_lock;
mod stop_signals;

use arguments::{Arguments, Mode, USAGE};
use experiment::{
    claims::formatted::{FormattedClaim, score_and_format, summary},
    experiment_report::{ExperimentReport, FinishedJob},
    job::JobId,
    job_graph::all_jobs,
    settings::Settings,
};
use indicatif::{ProgressBar, ProgressStyle};
use model::data_set::{DataFile, DataSet};
use out_file::OutFile;
use out_file_error::advice;
use std::{
    collections::BTreeMap,
    error::Error,
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
    process::ExitCode,
    sync::{Arc, Mutex, PoisonError},
};
use stop_signals::SharedOutFile;
use ticket_lab::{RunEvent, job_cost_shares};
use training::data::LoadedData;

fn main() -> ExitCode {
    let result = Arguments::parse(std::env::args_os().skip(1)).map_err(Into::into).and_then(|arguments| {
        let Arguments { mode: task, out, force } = &arguments;
        match task {
            Mode::Help => print(USAGE),
            Mode::Run { fragment, workers, data } => run(fragment, *workers, data, out.as_deref(), *force),
            Mode::Merge(files) => merge(files, out.as_deref(), *force),
            Mode::Score(files) => print(&claims_markdown(&read_and_merge(files)?)),
        }
    });
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn print(text: &str) -> Result<(), Box<dyn Error>> {
    io::stdout().write_all(text.as_bytes()).map_err(|error| {
        format!("the standard output cannot be written: {error}; give it another way to go").into()
    })
}

fn run(
    fragment: &str,
    workers: usize,
    data: &Path,
    out: Option<&Path>,
    force: bool,
) -> Result<(), Box<dyn Error>> {
    let (settings, rejected) = Settings::from_fragment(fragment);
    if let Some(rejected) = rejected.first() {
        return Err(rejected.to_string().into());
    }
    let out = out.map(OutFile::lock).transpose()?;
    let experiment_report = match &out {
        Some(out) => out.resume_or_create(&settings.config, force)?,
        None => ExperimentReport::new(&settings.config),
    };
    let out: SharedOutFile = Arc::new(Mutex::new(out));
    stop_signals::end_between_writes(out.clone())
        .map_err(|error| format!("SIGINT and SIGTERM cannot be listened to: {error}; start again"))?;
    let result = run_and_write(experiment_report, workers, data, &out);
    // Drops the lock, which the thread that waits for signals would keep.
    out.lock().unwrap_or_else(PoisonError::into_inner).take();
    result
}

/// Runs what the report lacks and writes each job that is done.
fn run_and_write(
    mut experiment_report: ExperimentReport,
    workers: usize,
    data: &Path,
    out: &SharedOutFile,
) -> Result<(), Box<dyn Error>> {
    let all = all_jobs(experiment_report.config()).len();
    let done = experiment_report.finished_jobs().len();
    eprintln!("{all} jobs, {done} of them done already; {workers} workers");
    let images = Arc::new(load_data(&experiment_report.config().data, data)?);
    let out = || out.lock().unwrap_or_else(PoisonError::into_inner);
    let mut bar = JobProgressBar::new(&experiment_report);
    ticket_lab::run(&mut experiment_report, &images, workers, &mut |news| {
        match news {
            RunEvent::Step { job, iteration } => bar.step(job, iteration),
            RunEvent::Finished { job, again, experiment_report } => {
                if let (false, Some(out)) = (again, &*out()) {
                    out.append_job(experiment_report, job)?;
                }
                bar.finished(&experiment_report.finished_jobs()[&job]);
            }
        }
        Ok(())
    })?;
    bar.bar.finish_and_clear();
    if let Some(out) = &*out() {
        out.finish(&experiment_report)?;
    }
    print(&format!("run digest {}\n", experiment_report.run_digest()))
}

fn merge(files: &[PathBuf], out: Option<&Path>, force: bool) -> Result<(), Box<dyn Error>> {
    // Locked first: it may be one of the files.
    let out = out.map(OutFile::lock).transpose()?;
    let merged = read_and_merge(files)?;
    match out {
        Some(out) => {
            out.check_replaceable_by(&merged, force)?;
            Ok(out.write_whole(&merged.to_file_text())?)
        }
        None => print(&merged.to_file_text()),
    }
}

/// The reports in these files as one.
fn read_and_merge(files: &[PathBuf]) -> Result<ExperimentReport, Box<dyn Error>> {
    let read = |path: &PathBuf| -> Result<ExperimentReport, Box<dyn Error>> {
        let text = fs::read_to_string(path).map_err(|error| cannot_be_read(path, &error))?;
        Ok(ExperimentReport::from_file_text(&text).map_err(|error| format!("{}: {error}", path.display()))?)
    };
    let experiment_reports: Result<Vec<ExperimentReport>, _> = files.iter().map(read).collect();
    Ok(ExperimentReport::merge(experiment_reports?)?)
}

fn cannot_be_read(path: &Path, error: &io::Error) -> String {
    format!("{} cannot be read: {error}; {}", path.display(), advice(error.kind()))
}

/// What of the paper an experiment reproduces.
fn claims_markdown(experiment_report: &ExperimentReport) -> String {
    let claims = score_and_format(
        experiment_report.config(),
        experiment_report.finished_jobs().values().map(|done| &done.report),
    );
    let head =
        "| | claim | paper | replication | this run | tolerance | verdict |\n|---|---|---|---|---|---|---|\n";
    let rows = claims.iter().map(|claim| {
        let FormattedClaim {
            name,
            text,
            paper,
            replication,
            ours,
            tolerance_text: tolerance,
            verdict_text: verdict,
            why,
            ..
        } = claim;
        let verdict = if why.is_empty() { verdict.clone() } else { format!("{verdict}: {why}") };
        format!(
            "| {name} | {text} | {paper} | {replication} | {} | {tolerance} | {verdict} |\n",
            ours.join("; ")
        )
    });
    let table: String = rows.collect();
    format!("{}\n\n{head}{table}", summary(&claims))
}

/// Reads the files of a data set, which are in a folder of `top`.
fn load_data(data: &DataSet, top: &Path) -> Result<LoadedData, Box<dyn Error>> {
    let mut files = vec![];
    for file in DataFile::ALL {
        let path = top.join(data.path(file));
        files.push(fs::read(&path).map_err(|error| {
            format!("{}; --data says where {} is", cannot_be_read(&path, &error), data.folder)
        })?);
    }
    LoadedData::from_files(data, std::array::from_fn(|i| &files[i][..]))
        .map_err(|error| format!("{} in {}: {error}", data.title, top.join(&data.folder).display()).into())
}

/// How far the experiment is, in parts of its work.
struct JobProgressBar {
    bar: ProgressBar,
    iterations: u32,
    /// What each job is of the whole, and how much of it is done.
    jobs: BTreeMap<JobId, (f64, f64)>,
}

/// The bar's length.
const PROGRESS_STEPS: f64 = 10_000.0;

impl JobProgressBar {
    fn new(experiment_report: &ExperimentReport) -> JobProgressBar {
        let done = |job: &JobId| f64::from(u8::from(experiment_report.finished_jobs().contains_key(job)));
        let jobs = job_cost_shares(experiment_report.config())
            .into_iter()
            .map(|(job, share)| (job, (share, done(&job))))
            .collect();
        let style = "{elapsed_precise} {wide_bar} {percent_precise}% {msg}, about {eta_precise} to go";
        let bar = ProgressBar::new(PROGRESS_STEPS as u64)
            .with_style(ProgressStyle::with_template(style).expect("a template as indicatif has them"));
        let bar = JobProgressBar { bar, iterations: experiment_report.config().iterations, jobs };
        bar.show();
        bar.bar.reset_eta();
        bar
    }

    fn show(&self) {
        let done: f64 = self.jobs.values().map(|(share, done)| share * done).sum();
        self.bar.set_position((done * PROGRESS_STEPS) as u64);
    }

    fn step(&mut self, job: JobId, iteration: u32) {
        if let Some((_, done)) = self.jobs.get_mut(&job) {
            *done = done.max(f64::from(iteration) / f64::from(self.iterations));
        }
        self.bar.set_message(format!("{job}: {iteration}"));
        self.show();
    }

    fn finished(&mut self, finished: &FinishedJob) {
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
