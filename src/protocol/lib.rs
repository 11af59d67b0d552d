//! The messages between the page and its workers. The enums are the control part of a message. Its payload (masks,
//! parameters, the bytes of files) is sent beside it as typed arrays, in the order that the variant describes. A
//! message about a job names the run that it belongs to, and a message about a report names its request, so that the
//! receiver can drop it if it comes too late.

use experiment::{
    claims::formatted::FormattedClaim,
    config::ExperimentConfig,
    experiment_report::ExperimentReportParts,
    job::{JobId, JobPhase},
    job_data::JobOutputs,
    job_report::{JobReport, ReadingsBeforeTraining, ValidationPoint},
};
use model::data_set::DataSet;
use serde::{Deserialize, Serialize};

#[cfg(target_arch = "wasm32")]
pub mod codec;

/// Identifies a start of an experiment. Every reset increases it by one.
pub type RunId = u32;

/// A command from the page to a worker.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum WorkerCommand {
    /// Unpack a data set, in the place of the one that the worker has. Payload: the four files as downloaded, in the
    /// order of [`DataFile::ALL`](model::data_set::DataFile::ALL).
    Load {
        /// The data set.
        data: DataSet,
    },
    /// Start a job. Paused jobs stay. Payload: the job's [`JobInputs`](experiment::job_data::JobInputs), that is, the
    /// mask as bytes and the parameters as floats, with null for an input that the job does not need.
    Start {
        /// The run that the job belongs to.
        run: RunId,
        /// The job.
        job: JobId,
        /// The settings of the whole experiment.
        config: ExperimentConfig,
        /// Where the job pauses.
        until: RunUntil,
    },
    /// Continue a paused job.
    Continue {
        /// The run that the job belongs to.
        run: RunId,
        /// The job.
        job: JobId,
        /// Where the job pauses next.
        until: RunUntil,
    },
    /// Pause all running jobs after the current slice. Each of them answers with its position, one that is still queued
    /// as soon as it is set up. Jobs that are paused already do not answer.
    Pause {
        /// The run whose jobs are paused.
        run: RunId,
    },
    /// Drop all jobs, whether they are running or paused.
    Cancel,
    /// Write a report file. Payload: for each chain of masks the prune rounds of all weights, as bytes.
    Export {
        /// The answer has the same number.
        request_id: u32,
        /// The report to write.
        experiment_report: Box<ExperimentReportParts>,
    },
    /// Read report files and merge them into one experiment. Payload: the text of each file, as a string.
    Import {
        /// The answer has the same number.
        request_id: u32,
        /// The names of the files, for messages about them.
        names: Vec<String>,
    },
    /// Judge the paper's claims.
    Score {
        /// The answer has the same number.
        request_id: u32,
        /// The results. Of each curve, only the early stop is needed.
        experiment_report: Box<ExperimentReportParts>,
    },
}

/// Where a job pauses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RunUntil {
    /// After this iteration and the validation pass that follows it.
    Iteration(u32),
    /// Nowhere: the job runs to its end.
    End,
}

/// A message from a worker to the page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum WorkerEvent {
    /// The worker can receive commands.
    Ready,
    /// The worker is unpacking the data.
    Unpacking {
        /// Compressed bytes of all four files that have been read so far.
        done: u32,
        /// Compressed bytes of all four files.
        total: u32,
    },
    /// The data is unpacked and valid.
    Loaded {
        /// The name of the data set.
        data: String,
    },
    /// The job is running. The worker sends this several times a second.
    Progress {
        /// The run that the job belongs to.
        run: RunId,
        /// The job.
        job: JobId,
        /// What the job is doing.
        phase: JobPhase,
        /// Training steps done.
        iteration: u32,
        /// Seconds of work so far, without pauses.
        seconds: f64,
    },
    /// The job has read its first weights, before the first training step.
    ReadBeforeTraining {
        /// The run that the job belongs to.
        run: RunId,
        /// The job.
        job: JobId,
        /// The readings.
        readings: ReadingsBeforeTraining,
    },
    /// The job has finished a validation pass.
    Evaluated {
        /// The run that the job belongs to.
        run: RunId,
        /// The job.
        job: JobId,
        /// The result of the pass.
        point: ValidationPoint,
    },
    /// The job is paused, either at its [`RunUntil`] or because of [`WorkerCommand::Pause`].
    Paused {
        /// The run that the job belongs to.
        run: RunId,
        /// The job.
        job: JobId,
        /// Training steps done.
        iteration: u32,
    },
    /// The job is finished. Payload: its [`JobOutputs`], that is, the next round's
    /// mask as bytes, and the parameters to rewind to and the final parameters as floats, with null for an output that
    /// no job needs.
    Finished {
        /// The run that the job belongs to.
        run: RunId,
        /// The results of the job.
        report: JobReport,
        /// Seconds of work, without pauses.
        seconds: f64,
        /// Bytes of the worker's wasm memory. They never shrink, so this is also the largest amount so far.
        memory: u32,
        /// The digest of the final parameters, the next mask and the report. It is equal on every machine and in every
        /// browser.
        digest: String,
    },
    /// The report file is written. Payload: its text, as a string.
    Exported {
        /// The number of the request.
        request_id: u32,
    },
    /// The report files are read and merged. Payload: for each chain of masks the prune rounds of all weights, as
    /// bytes.
    Imported {
        /// The number of the request.
        request_id: u32,
        /// The merged report.
        experiment_report: Box<ExperimentReportParts>,
    },
    /// The claims are judged.
    Scored {
        /// The number of the request.
        request_id: u32,
        /// All claims, in order.
        claims: Vec<FormattedClaim>,
        /// How many claims got which verdict, in a sentence or two.
        summary: String,
    },
    /// A report could not be written, read or merged.
    RequestFailed {
        /// The number of the request.
        request_id: u32,
        /// The reason and what to do about it, as a sentence.
        message: String,
    },
    /// The worker cannot continue what it was doing.
    Failed {
        /// What happened.
        failure: Failure,
    },
}

/// The payload of an event.
#[derive(Clone, Debug, PartialEq)]
pub enum EventPayload {
    /// No payload.
    None,
    /// The outputs of a finished job.
    JobOutputs(JobOutputs),
    /// For each chain of masks the prune rounds of all weights.
    PruneRounds(Vec<Vec<u8>>),
    /// The text of a report file.
    Text(String),
}

/// An event with its payload.
pub type Reply = (WorkerEvent, EventPayload);

/// An error to be shown to the user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// The cause, which decides the advice that is shown.
    pub kind: FailureKind,
    /// What happened, as a sentence.
    pub message: String,
}

/// The cause of a failure. It decides the advice that is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FailureKind {
    /// A data file is missing, cut short or corrupt.
    Data,
    /// The browser lacks a feature that the page needs.
    Browser,
    /// A program error: a worker panicked or could not start.
    Worker,
    /// The results that a job recomputed differ from the report that the run continues.
    Report,
}
