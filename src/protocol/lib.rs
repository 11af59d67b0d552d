//! The messages between the page and its workers. Control is these enums; the payload (masks, parameters, file bytes)
//! travels beside them as typed arrays, in the order each variant names. Every message carries the run it belongs to,
//! so that either side can drop what is late.

use experiment::{
    claims::formatted::FormattedClaim,
    config::ExperimentConfig,
    experiment_report::ExperimentReportParts,
    job::{JobId, JobPhase},
    job_data::JobOutputs,
    job_report::{JobReport, ValidationPoint},
};
use serde::{Deserialize, Serialize};

#[cfg(target_arch = "wasm32")]
pub mod codec;

/// Which start of an experiment a message belongs to; grows by one at every reset.
pub type RunId = u32;

/// What the page asks of a worker.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum WorkerCommand {
    /// Take the data. Payload: the four files as fetched, in the order of [`MnistFile`].
    Load,
    /// Run a job, beside those that are paused. Payload: its [`JobInputs`](experiment::job_data::JobInputs): the mask
    /// as bytes, the parameters as floats, null for what it does not need.
    Start {
        /// The run.
        run: RunId,
        /// Which job.
        job: JobId,
        /// The whole experiment's settings.
        config: ExperimentConfig,
        /// How far to go.
        until: RunUntil,
    },
    /// Go on with a job that is paused, as far as this.
    Continue {
        /// The run.
        run: RunId,
        /// Which job.
        job: JobId,
        /// How far to go.
        until: RunUntil,
    },
    /// Pause after the current slice. Every running job answers with its position; jobs already paused do not answer.
    Pause {
        /// The run.
        run: RunId,
    },
    /// Drop all jobs in hand.
    Cancel,
    /// Write a report file. Payload: for each chain of masks its prune rounds, as bytes.
    Export {
        /// Comes back with the answer.
        request_id: u32,
        /// What to write.
        experiment_report: Box<ExperimentReportParts>,
    },
    /// Read report files and make one experiment of them. Payload: their texts, as strings.
    Import {
        /// Comes back with the answer.
        request_id: u32,
        /// The files' names, for what is said of them.
        names: Vec<String>,
    },
    /// Score the paper's claims.
    Score {
        /// Comes back with the answer.
        request_id: u32,
        /// The results, their curves perhaps no more than the early stop.
        experiment_report: Box<ExperimentReportParts>,
    },
}

/// How far a job is to go before it pauses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RunUntil {
    /// To the evaluation at this iteration.
    Iteration(u32),
    /// To the end of the round.
    End,
}

/// One of MNIST's four files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum MnistFile {
    /// 60,000 training images.
    TrainImages,
    /// Their labels.
    TrainLabels,
    /// 10,000 test images.
    TestImages,
    /// Their labels.
    TestLabels,
}

impl MnistFile {
    /// All four, in the order they travel.
    pub const ALL: [MnistFile; 4] =
        [MnistFile::TrainImages, MnistFile::TrainLabels, MnistFile::TestImages, MnistFile::TestLabels];

    /// Path of its gzip, relative to the page.
    pub fn path(self) -> &'static str {
        match self {
            MnistFile::TrainImages => "assets/mnist/train-images-idx3-ubyte.gz",
            MnistFile::TrainLabels => "assets/mnist/train-labels-idx1-ubyte.gz",
            MnistFile::TestImages => "assets/mnist/t10k-images-idx3-ubyte.gz",
            MnistFile::TestLabels => "assets/mnist/t10k-labels-idx1-ubyte.gz",
        }
    }
}

/// What a worker says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum WorkerEvent {
    /// The module runs and listens.
    Ready,
    /// Unpacking the data.
    Unpacking {
        /// Bytes read so far, of all four files as sent.
        done: u32,
        /// Bytes of all four files as sent.
        total: u32,
    },
    /// The data is in place.
    Loaded,
    /// The job goes on; said several times a second.
    Progress {
        /// The run.
        run: RunId,
        /// Which job.
        job: JobId,
        /// What it is doing.
        phase: JobPhase,
        /// Training steps done.
        iteration: u32,
        /// Seconds of work so far, pauses not counted.
        seconds: f64,
    },
    /// A validation pass is done.
    Evaluated {
        /// The run.
        run: RunId,
        /// Which job.
        job: JobId,
        /// Its result.
        point: ValidationPoint,
    },
    /// The job is paused, where it was told to or at a pause.
    Paused {
        /// The run.
        run: RunId,
        /// Which job.
        job: JobId,
        /// Training steps done.
        iteration: u32,
    },
    /// The job is done. Payload: its [`JobOutputs`](experiment::job_data::JobOutputs): the next round's mask as bytes,
    /// the parameters to rewind to and the last ones as floats, null for what no job needs.
    Finished {
        /// The run.
        run: RunId,
        /// Its report.
        report: JobReport,
        /// Seconds of work, pauses not counted.
        seconds: f64,
        /// The worker's memory, bytes; it never shrinks, so this is the most it ever had.
        memory: u32,
        /// The digest of everything it put out; equal on every machine and in every browser.
        digest: String,
    },
    /// The report file is written. Payload: its text, as a string.
    Exported {
        /// As it was asked.
        request_id: u32,
    },
    /// The report files are read. Payload: for each chain of masks its prune rounds, as bytes.
    Imported {
        /// As it was asked.
        request_id: u32,
        /// What is in them.
        experiment_report: Box<ExperimentReportParts>,
    },
    /// The claims are scored.
    Scored {
        /// As it was asked.
        request_id: u32,
        /// Every claim, in order.
        claims: Vec<FormattedClaim>,
        /// How many came out how, in a sentence.
        summary: String,
    },
    /// A report could not be written or read.
    RequestFailed {
        /// As it was asked.
        request_id: u32,
        /// Why, in a sentence that says what to do.
        message: String,
    },
    /// Something went wrong; the worker can do no more with what it was doing.
    Failed {
        /// What, and what to do about it.
        failure: Failure,
    },
}

/// What travels beside an event.
#[derive(Clone, Debug, PartialEq)]
pub enum EventPayload {
    /// Nothing.
    None,
    /// The outputs of a finished job.
    JobOutputs(JobOutputs),
    /// The prune rounds of each chain of masks.
    PruneRounds(Vec<Vec<u8>>),
    /// A report file.
    Text(String),
}

/// An event and what travels beside it.
pub type Reply = (WorkerEvent, EventPayload);

/// An error on its way to the person who can do something about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// Where it happened.
    pub kind: FailureKind,
    /// What happened, in a sentence.
    pub message: String,
}

/// What a failure is about; decides the advice shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FailureKind {
    /// A data file is missing, cut short or corrupt.
    Data,
    /// This browser lacks something.
    Browser,
    /// A program error: a worker panicked or could not start.
    Worker,
    /// The report that the run goes on from says something else than the run.
    Report,
}
