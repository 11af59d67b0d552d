//! The messages between the page and its workers. The enums are the control part of a message. Its [`Payload`] (masks,
//! parameters, the texts of files) is sent beside it as typed arrays and texts, in the order that the variant describes.
//! A message about a job names the run that it belongs to, and an answer names its question, so that the receiver can
//! drop it if it comes too late.

use crate::{
    payload::Payload,
    question::{Answer, Question, RequestId},
};
use experiment::{
    config::ExperimentConfig,
    job::{JobId, JobPhase},
    job_report::{JobReport, ReadingsBeforeTraining, ValidationPoint},
    refusals::RefusalMessage,
    robustness::RobustnessReadings,
};
use model::data_set::DataSet;
use serde::{Deserialize, Serialize};

#[cfg(target_arch = "wasm32")]
pub mod codec;
pub mod files_question;
pub mod network_file_question;
pub mod network_question;
pub mod own_data_question;
pub mod payload;
pub mod question;
pub mod report_payload;

/// Identifies a start of an experiment. Every reset increases it by one.
pub type RunId = u32;

/// A command from the page to a worker.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum WorkerCommand {
    /// Unpack data sets, in the place of those that the worker has. Payload: the four files of each as downloaded, in the
    /// order of [`DataFile::ALL`](model::data_set::DataFile::ALL).
    Load {
        /// The data sets, at least one.
        data: Vec<DataSet>,
    },
    /// Start a job. Paused jobs stay. Payload: the job's [`JobInputs`](experiment::job_data::JobInputs), that is, the
    /// mask as bytes, the parameters, the first parameters of a file and those of a twin's sibling as floats, with null for
    /// an input that the job does not need.
    Start {
        /// The run that the job belongs to.
        run: RunId,
        /// The job.
        job: JobId,
        /// The settings of the whole experiment.
        config: Box<ExperimentConfig>,
        /// Where the job pauses.
        until: RunUntil,
        /// Whether the job reads corrupted test images at its end.
        robust: bool,
    },
    /// Read corrupted test images with the network of a job that has finished. Payload: the bits of its mask
    /// ([`mask_to_bits`](model::packed::mask_to_bits)) and its last parameters, packed
    /// ([`pack_parameters`](model::packed::pack_parameters)).
    ReadCorrupted {
        /// The run that the job belongs to.
        run: RunId,
        /// The job.
        job: JobId,
        /// The settings of the whole experiment.
        config: Box<ExperimentConfig>,
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
    /// Say [`WorkerEvent::Alive`], at once and whatever else there is to do.
    Ping,
    /// Answer a question. Payload: what the [`Question`] says.
    Ask {
        /// The answer has the same number.
        request_id: RequestId,
        /// The question.
        question: Question,
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
    /// The worker has heard [`WorkerCommand::Ping`].
    Alive,
    /// The worker is unpacking the data.
    Unpacking {
        /// Compressed bytes of all files that have been read so far.
        done: u32,
        /// Compressed bytes of all files.
        total: u32,
    },
    /// The data is unpacked and valid.
    Loaded {
        /// The names of the data sets.
        data: Vec<String>,
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
    /// The job is finished. Payload: its [`JobOutputs`](experiment::job_data::JobOutputs), that is, the next round's mask
    /// as bytes, and the parameters to rewind to and the final parameters as floats, with null for an output that no job
    /// needs. Behind them what is kept of the job so that its network can be asked: the bits of its mask; its first, last
    /// and early-stop parameters, packed ([`pack_parameters`](model::packed::pack_parameters)), the latter null if they
    /// are the last, and of any mask ([`pack_parameters_of_any_mask`](model::packed::pack_parameters_of_any_mask)); its answer to each test image, as bytes.
    Finished {
        /// The run that the job belongs to.
        run: RunId,
        /// The results of the job.
        report: Box<JobReport>,
        /// Seconds of work, without pauses.
        seconds: f64,
        /// Bytes of the worker's wasm memory. They never shrink, so this is also the largest amount so far.
        memory: u32,
        /// The digest of the final parameters, the next mask and the report. It is equal on every machine and in every
        /// browser.
        digest: String,
    },
    /// The network of a finished job has read the corrupted test images.
    CorruptedRead {
        /// The run that the job belongs to.
        run: RunId,
        /// The job.
        job: JobId,
        /// The readings.
        readings: RobustnessReadings,
        /// Seconds of work, without pauses.
        seconds: f64,
    },
    /// A question is answered. Payload: what the [`Answer`] says.
    Answered {
        /// The number of the question.
        request_id: RequestId,
        /// The answer, or why there is none: each thing that is wrong.
        answer: Result<Answer, Vec<RefusalMessage>>,
    },
    /// The worker cannot continue what it was doing.
    Failed {
        /// What happened.
        failure: Failure,
    },
}

/// An event with its payload.
pub type Reply = (WorkerEvent, Payload);

/// An error to be shown to the user.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Failure {
    /// The cause, which decides the advice that is shown.
    pub kind: FailureKind,
    /// What happened.
    pub cause: RefusalMessage,
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
