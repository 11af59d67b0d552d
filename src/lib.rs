//! Trains an experiment on native threads, as the page does with its workers. Jobs are pure, so the number of threads
//! never changes the results.

use experiment::{
    config::ExperimentConfig,
    experiment_report::{ExperimentReport, FinishedJob},
    job::JobId,
    job_data::{FileInputs, JobDataError, JobInputs},
    job_graph::all_jobs,
    schedule::Schedule,
    store::JobOutputStore,
};
use std::{
    io,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, mpsc},
    thread,
    time::{Duration, Instant},
};
use thiserror::Error;
use training::{
    data::LoadedData,
    job_training::{AdvanceOutcome, JobTraining, TrainedJob},
};

pub mod verification;

/// An event while an experiment runs.
pub enum RunEvent<'a> {
    /// A job has finished a validation pass.
    Step {
        /// The job.
        job: JobId,
        /// Training steps done.
        iteration: u32,
    },
    /// A job is finished and in the report.
    Finished {
        /// The job.
        job: JobId,
        /// Whether the report had the job already. It ran again because other jobs need its outputs.
        again: bool,
        /// Everything the experiment has produced so far.
        experiment_report: &'a ExperimentReport,
    },
}

/// Why an experiment ended early.
#[derive(Debug, Error)]
pub enum RunError {
    /// A job could not be trained.
    #[error("{0} failed: {1}")]
    Training(JobId, candle_core::Error),
    /// A job panicked, which is a program error.
    #[error("{0} panicked; this is an error in the program")]
    Panic(JobId),
    /// The caller has not given the data set that a job is trained on.
    #[error("{0} is trained on {1}, which was not given")]
    NoData(JobId, String),
    /// A job's inputs or outputs are not what they should be, which is a program error.
    #[error("{0}; this is an error in the program")]
    JobData(#[from] JobDataError),
    /// A job that ran again gave other results than the report has.
    #[error(
        "{0} gave other numbers than the report has: the report is from another version of the program; start a new one"
    )]
    ResultsChanged(JobId),
    /// The callback failed.
    #[error("{0}")]
    Callback(#[from] io::Error),
}

/// What jobs are trained on, beside what they take from each other.
#[derive(Clone)]
pub struct TrainingInputs {
    /// The data set.
    pub data: Arc<LoadedData>,
    /// The other data set, if an arm is trained on it ([`ExperimentConfig::other_data`]).
    pub other_data: Option<Arc<LoadedData>>,
    /// What the files of the experiment hold.
    pub files: Arc<FileInputs>,
    /// Whether each job reads corrupted test images at its end ([`JobReport::robustness`](experiment::job_report::JobReport)).
    pub robust: bool,
}

/// The inputs of an experiment that takes nothing from files.
impl From<&Arc<LoadedData>> for TrainingInputs {
    fn from(data: &Arc<LoadedData>) -> TrainingInputs {
        TrainingInputs { data: data.clone(), other_data: None, files: Arc::default(), robust: false }
    }
}

impl TrainingInputs {
    /// The data that a job is trained on.
    fn data_of(&self, config: &ExperimentConfig, job: JobId) -> Result<&Arc<LoadedData>, RunError> {
        match config.other_data().filter(|_| job.arm.is_of_other_data()) {
            Some(set) => self.other_data.as_ref().ok_or_else(|| RunError::NoData(job, set.title.clone())),
            None => Ok(&self.data),
        }
    }
}

/// A message from a training thread to the main thread.
enum ThreadMessage {
    Iteration(JobId, u32),
    JobDone(JobId, Result<(Box<TrainedJob>, f64), RunError>),
}

/// What the training threads have to tell.
enum TrainingEvent<'a> {
    /// A job has finished a validation pass, after so many training steps.
    Validated(JobId, u32),
    /// A job is trained. If it pruned, the mask that its pruning left is there too.
    Trained(Box<FinishedJob>, Option<&'a [u8]>),
}

/// Trains the jobs that `experiment_report` lacks on `workers` threads (at least one) and calls `on_event` with each
/// event. `inputs` must have what the experiment takes from files, and its other data set if an arm is trained on it. A finished job runs again if an unfinished one needs its outputs; the report keeps its earlier results. After
/// an error the jobs that are still training stop at their next validation.
pub fn run(
    experiment_report: &mut ExperimentReport,
    inputs: impl Into<TrainingInputs>,
    workers: usize,
    on_event: &mut dyn FnMut(RunEvent<'_>) -> io::Result<()>,
) -> Result<(), RunError> {
    let config = experiment_report.config().clone();
    let open = experiment_report.resume();
    train_open_jobs(&config, open, &inputs.into(), workers, &mut |event| match event {
        TrainingEvent::Validated(job, iteration) => Ok(on_event(RunEvent::Step { job, iteration })?),
        TrainingEvent::Trained(finished, next_mask) => {
            let job = finished.report.job;
            if experiment_report.differs_from_recorded(&finished, next_mask) {
                return Err(RunError::ResultsChanged(job));
            }
            let again = experiment_report.finished_jobs().contains_key(&job);
            experiment_report.add_finished_job(*finished, next_mask);
            Ok(on_event(RunEvent::Finished { job, again, experiment_report })?)
        }
    })
}

/// Trains all jobs of the schedule, with their inputs from the store, until they are done or `on_event` fails.
fn train_open_jobs(
    config: &ExperimentConfig,
    (mut store, mut schedule): (JobOutputStore, Schedule),
    given: &TrainingInputs,
    workers: usize,
    on_event: &mut dyn FnMut(TrainingEvent<'_>) -> Result<(), RunError>,
) -> Result<(), RunError> {
    thread::scope(|scope| {
        let (sender, receiver) = mpsc::channel();
        let mut running = 0;
        loop {
            while running < workers.max(1)
                && let Some(job) = schedule.start_next_job(None)
            {
                let (data, robust) = (given.data_of(config, job)?, given.robust);
                let mut inputs = store.inputs_for(job)?;
                given.files.add_to(config, job, &mut inputs);
                let sender = sender.clone();
                scope.spawn(move || {
                    let done = catch_unwind(AssertUnwindSafe(|| {
                        train((config, job), inputs, data, robust, &sender)
                    }));
                    if let Some(done) = done.unwrap_or(Err(RunError::Panic(job))).transpose() {
                        // The main thread no longer receives if the experiment has ended early.
                        let _ = sender.send(ThreadMessage::JobDone(job, done));
                    }
                });
                running += 1;
            }
            if running == 0 {
                return Ok(());
            }
            match receiver.recv().expect("a sender is at hand") {
                ThreadMessage::Iteration(job, iteration) => {
                    on_event(TrainingEvent::Validated(job, iteration))?
                }
                ThreadMessage::JobDone(job, done) => {
                    running -= 1;
                    let (output, seconds) = done?;
                    let digest = Some(output.digest());
                    let TrainedJob { report, outputs, .. } = *output;
                    let next_mask = outputs.next_mask.clone();
                    store.add_outputs(job, outputs)?;
                    schedule.mark_done(job);
                    let finished = Box::new(FinishedJob { report, seconds, digest });
                    on_event(TrainingEvent::Trained(finished, next_mask.as_deref()))?;
                }
            }
        }
    })
}

/// Trains one job from start to end. Returns its results and the seconds of work, or `None` if the experiment has ended
/// early, so that the main thread no longer receives.
fn train(
    (config, job): (&ExperimentConfig, JobId),
    inputs: JobInputs,
    data: &Arc<LoadedData>,
    robust: bool,
    sender: &mpsc::Sender<ThreadMessage>,
) -> Result<Option<(Box<TrainedJob>, f64)>, RunError> {
    let failed = |error| RunError::Training(job, error);
    let start = Instant::now();
    let mut training = JobTraining::new(config, job, inputs, data.clone()).map_err(failed)?;
    training.read_corrupted_images(robust);
    let mut reading = Duration::ZERO;
    loop {
        let before = training.reads_corrupted_next().then(Instant::now);
        let outcome = training.advance().map_err(failed)?;
        // What is read on request makes a training no slower.
        reading += before.map_or(Duration::ZERO, |before| before.elapsed());
        match outcome {
            AdvanceOutcome::Working | AdvanceOutcome::ReadBeforeTraining(_) => {}
            AdvanceOutcome::Validated(point) => {
                if sender.send(ThreadMessage::Iteration(job, point.iteration)).is_err() {
                    return Ok(None);
                }
            }
            AdvanceOutcome::Finished(output) => {
                let seconds = (start.elapsed() - reading).as_secs_f64();
                return Ok(Some((output, seconds)));
            }
        }
    }
}

/// An estimate of each job's share of the experiment's work. A job costs a fixed amount, plus an amount for each
/// surviving weight. The shares add up to 1.
pub fn job_cost_shares(config: &ExperimentConfig) -> Vec<(JobId, f64)> {
    let survivors = experiment::prune_counts::survivors_per_round(config);
    let cost = |job: &JobId| 1.5e6 + 120.0 * f64::from(survivors[job.round as usize].iter().sum::<u32>());
    let jobs = all_jobs(config);
    let total: f64 = jobs.iter().map(cost).sum();
    jobs.into_iter().map(|job| (job, cost(&job) / total)).collect()
}
