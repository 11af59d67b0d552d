//! Runs an experiment without a browser, on all cores, and writes the report that the page would export:
//!
//! ```text
//! cargo run --release --example headless -- '#preset=paper&trials=5' --out paper.jsonl
//! ```
//!
//! An interrupted run goes on where it was when it is started again with the same fragment and file.

mod arguments;

use arguments::{Arguments, Mode, USAGE};
use experiment::{
    claims::formatted::{FormattedClaim, score_and_format, summary},
    config::ExperimentConfig,
    experiment_report::{ExperimentReport, FinishedJob},
    job::JobId,
    job_graph::all_jobs,
    settings::Settings,
    url_fragment::first_difference,
};
use indicatif::{ProgressBar, ProgressStyle};
use protocol::MnistFile;
use std::{
    collections::BTreeMap,
    error::Error,
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
};
use ticket_lab::{RunEvent, job_cost_shares};
use training::data::Mnist;

fn main() -> ExitCode {
    let result = Arguments::parse(std::env::args_os().skip(1)).map_err(Into::into).and_then(|arguments| {
        let Arguments { mode: task, out } = &arguments;
        match task {
            Mode::Help => print(USAGE),
            Mode::Run { fragment, workers, data } => run(fragment, *workers, data, out.as_deref()),
            Mode::Merge(files) => merge(files, out.as_deref()),
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
    io::stdout().write_all(text.as_bytes())?;
    Ok(())
}

fn run(fragment: &str, workers: usize, data: &Path, out: Option<&Path>) -> Result<(), Box<dyn Error>> {
    let (settings, rejected) = Settings::from_fragment(fragment);
    if let Some(rejected) = rejected.first() {
        return Err(rejected.to_string().into());
    }
    let mut experiment_report = match out {
        Some(path) => open_or_create_report(path, &settings.config)?,
        None => ExperimentReport::new(&settings.config),
    };
    let (done, all) = (experiment_report.finished_jobs().len(), all_jobs(&settings.config).len());
    eprintln!("{} jobs, {done} of them done already; {workers} workers", all);
    let mnist = Arc::new(load_mnist(data)?);
    let mut file = out.map(|path| File::options().append(true).open(path)).transpose()?;
    let mut bar = JobProgressBar::new(&experiment_report);
    ticket_lab::run(&mut experiment_report, &mnist, workers, &mut |news| {
        match news {
            RunEvent::Step { job, iteration } => bar.step(job, iteration),
            RunEvent::Finished { job, again, experiment_report } => {
                if let (false, Some(file), Some(line)) = (again, &mut file, experiment_report.job_line(job)) {
                    file.write_all(line.as_bytes())?;
                    file.sync_data()?;
                }
                bar.finished(&experiment_report.finished_jobs()[&job]);
            }
        }
        Ok(())
    })?;
    bar.bar.finish_and_clear();
    match out {
        Some(path) => replace_file(path, &experiment_report.to_file_text()),
        None => Ok(()),
    }
}

/// The report so far, or a new one; what is cut short at its end is cut away.
fn open_or_create_report(path: &Path, config: &ExperimentConfig) -> Result<ExperimentReport, Box<dyn Error>> {
    let name = path.display();
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(format!("{name} cannot be read: {error}").into()),
    };
    let whole = text.rfind('\n').map_or("", |end| &text[..=end]);
    let experiment_report = if whole.is_empty() {
        ExperimentReport::new(config)
    } else {
        ExperimentReport::from_file_text(whole).map_err(|error| format!("{name}: {error}"))?
    };
    if let Some((field, there, here)) = first_difference(experiment_report.config(), config, &[]) {
        return Err(format!(
            "{name} holds another experiment: {field} is {there} there and {here} here; \
             go on with “{}”, or give another --out",
            Settings::from_config(experiment_report.config()).to_fragment()
        )
        .into());
    }
    let begun = if whole.is_empty() { experiment_report.header_line() } else { whole.to_string() };
    if begun != text {
        fs::write(path, begun).map_err(|error| format!("{name} cannot be written: {error}"))?;
    }
    Ok(experiment_report)
}

/// Puts a whole file where a growing one was; at no time is there half of it.
fn replace_file(path: &Path, text: &str) -> Result<(), Box<dyn Error>> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".part");
    fs::write(&beside, text)?;
    fs::rename(&beside, path)?;
    Ok(())
}

fn merge(files: &[PathBuf], out: Option<&Path>) -> Result<(), Box<dyn Error>> {
    let text = read_and_merge(files)?.to_file_text();
    match out {
        Some(path) => replace_file(path, &text),
        None => print(&text),
    }
}

/// The reports in these files as one.
fn read_and_merge(files: &[PathBuf]) -> Result<ExperimentReport, Box<dyn Error>> {
    let read = |path: &PathBuf| -> Result<ExperimentReport, Box<dyn Error>> {
        let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(ExperimentReport::from_file_text(&text).map_err(|error| format!("{}: {error}", path.display()))?)
    };
    let experiment_reports: Result<Vec<ExperimentReport>, _> = files.iter().map(read).collect();
    Ok(ExperimentReport::merge(experiment_reports?)?)
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

fn load_mnist(data: &Path) -> Result<Mnist, Box<dyn Error>> {
    let read = |mnist_file: MnistFile| {
        let path = data.join(mnist_file.path());
        fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))
    };
    let mut files = vec![];
    for mnist_file in MnistFile::ALL {
        files.push(read(mnist_file)?);
    }
    Ok(Mnist::from_files(std::array::from_fn(|i| &files[i][..]))?)
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
