//! Runs an experiment without a browser, on all cores, and writes the report that the page would export:
//!
//! ```text
//! cargo run --release --example headless -- '#preset=paper&trials=5' --out paper.jsonl
//! ```
//!
//! An interrupted run goes on where it was when it is started again with the same fragment and file.

mod arguments;
mod claims_table;
mod data_files;
mod literature_table;
mod network_files;
mod out_file;
mod out_file_error;
mod out_file_lock;
mod progress_bar;
mod standard_output;
mod stop_signals;
mod stored_report;
mod verify;

use arguments::{Arguments, Mode, TrainingPlace, USAGE};
use claims_table::claims_markdown;
use data_files::{load_inputs, settings_with_data};
use experiment::{
    claims::{ClaimScores, claim::Claim},
    experiment_report::{ExperimentReport, merge::MergeError},
    job_data::FileInputs,
    job_graph::all_jobs,
    literature::{LiteratureScores, claim::LiteratureClaim},
};
use literature_table::literature_markdown;
use network_files::read_network_files;
use out_file::OutFile;
use progress_bar::JobProgressBar;
use standard_output::print;
use std::{
    error::Error,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::{Arc, Mutex, PoisonError},
};
use stop_signals::SharedOutFile;
use stored_report::StoredReport;
use ticket_lab::{RunEvent, TrainingInputs};
use verify::verify;

fn main() -> ExitCode {
    let result = Arguments::parse(std::env::args_os().skip(1)).map_err(Into::into).and_then(|arguments| {
        let Arguments { mode: task, out, force } = &arguments;
        match task {
            Mode::Help => print(USAGE),
            Mode::Run { fragment, training } => run(fragment, training, out.as_deref(), *force),
            Mode::Merge(files) => merge(files, out.as_deref(), *force),
            Mode::Score(files) => print(&claims_markdown(&score(files)?)),
            Mode::Literature(files) => print(&literature_markdown(&score_literature(files)?)),
            Mode::Verify(task) => return verify(task),
        }?;
        Ok(ExitCode::SUCCESS)
    });
    match result {
        Ok(code) => code,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(
    fragment: &str,
    training: &TrainingPlace,
    out: Option<&Path>,
    force: bool,
) -> Result<(), Box<dyn Error>> {
    let settings = settings_with_data(fragment, &training.data)?;
    let (config, files) = read_network_files(&settings.config, &training.files)?;
    let out = out.map(OutFile::lock).transpose()?;
    let experiment_report = match &out {
        Some(out) => out.resume_or_create(&config, force)?,
        None => ExperimentReport::new(&config),
    };
    let out: SharedOutFile = Arc::new(Mutex::new(out));
    stop_signals::end_between_writes(out.clone())
        .map_err(|error| format!("SIGINT and SIGTERM cannot be listened to: {error}; start again"))?;
    let result = run_and_write(experiment_report, files, settings.robust, training, &out);
    // Drops the lock, which the thread that waits for signals would keep.
    out.lock().unwrap_or_else(PoisonError::into_inner).take();
    result
}

/// Runs what the report lacks and writes each job that is done.
fn run_and_write(
    mut experiment_report: ExperimentReport,
    files: FileInputs,
    robust: bool,
    TrainingPlace { workers, data, .. }: &TrainingPlace,
    out: &SharedOutFile,
) -> Result<(), Box<dyn Error>> {
    let all = all_jobs(experiment_report.config()).len();
    let done = experiment_report.finished_jobs().len();
    eprintln!("{all} jobs, {done} of them done already; {workers} workers");
    let inputs = load_inputs(experiment_report.config(), data, files)?;
    let inputs = TrainingInputs { robust, ..inputs };
    let out = || out.lock().unwrap_or_else(PoisonError::into_inner);
    let mut bar = JobProgressBar::of_experiment(&experiment_report);
    ticket_lab::run(&mut experiment_report, inputs, *workers, &mut |news| {
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
    bar.clear();
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

/// The claims by the reports in these files together. They are read one after the other, so that thousands fit in.
fn score(files: &[PathBuf]) -> Result<Vec<Claim>, Box<dyn Error>> {
    let [first, rest @ ..] = files else { return Err(MergeError::NoReports.into()) };
    let mut scores = ClaimScores::new(&StoredReport::read(first)?.report);
    for file in rest {
        let report = StoredReport::read(file)?.report;
        scores.add(&report).map_err(|error| format!("{}: {error}", file.display()))?;
    }
    Ok(scores.claims())
}

/// The claims of the literature by the reports in these files, each of which is of one of their protocols.
fn score_literature(files: &[PathBuf]) -> Result<Vec<LiteratureClaim>, Box<dyn Error>> {
    let mut scores = LiteratureScores::default();
    for file in files {
        let report = StoredReport::read(file)?.report;
        scores.add(&report).map_err(|error| format!("{}: {error}", file.display()))?;
    }
    Ok(scores.claims())
}

/// The reports in these files as one.
fn read_and_merge(files: &[PathBuf]) -> Result<ExperimentReport, Box<dyn Error>> {
    let read = |path: &PathBuf| StoredReport::read(path).map(|stored| stored.report);
    let experiment_reports: Result<Vec<ExperimentReport>, _> = files.iter().map(read).collect();
    Ok(ExperimentReport::merge(experiment_reports?)?)
}
