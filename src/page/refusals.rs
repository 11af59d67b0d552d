//! What the page could not use or do, and why, as data: settings, files, requests that failed, and failures that stop a
//! run. [`refusal_texts`](crate::refusal_texts) has the words.

use crate::open_requests::RequestKind;
use experiment::{
    job::JobId,
    job_data::JobDataError,
    network_file::{FileHash, NeededFile},
    refusals::{MessageFault, RefusalMessage},
    url_fragment::RejectedSetting,
};
use protocol::{Failure, FailureKind};

/// What is refused, or why something failed.
#[derive(Clone, Debug, PartialEq)]
pub enum PageRefusal {
    /// What a worker says.
    Worker(RefusalMessage),
    /// A setting that was not used.
    Setting(RejectedSetting),
    /// The fragment asks for a recorded run that there is none of, or with settings that it cannot have.
    NoSuchRecordedRun(String),
    /// The file of a recorded run could not be fetched.
    RecordedRunNotFetched {
        /// Its path.
        path: String,
        /// What happened.
        fault: FetchFault,
    },
    /// Report files are too large to be opened at once.
    TooLarge {
        /// The names of the files.
        names: String,
        /// The bytes of all of them.
        bytes: f64,
    },
    /// A file is too large to give first weights or a mask.
    NetworkFileTooLarge {
        /// Its name.
        name: String,
        /// Its bytes.
        bytes: f64,
    },
    /// Files are too large to be a data set.
    DataTooLarge {
        /// Their names.
        names: String,
        /// The bytes of all of them.
        bytes: f64,
    },
    /// The run cannot be trained without the data set of the user with this SHA-256.
    DataMissing(FileHash),
    /// The run cannot be trained without these files.
    FilesMissing(Vec<NeededFile>),
    /// A file of the user could not be read.
    FileUnreadable {
        /// Its name.
        name: String,
        /// The browser's words.
        why: String,
    },
    /// A file could not be given to the user: the browser's words.
    NotSaved(String),
    /// A picture could not be drawn: the browser's words.
    NotDrawn(String),
    /// A request is given up, because its question has cost two readers their lives.
    ReaderDiedTwice {
        /// The request.
        request: RequestKind,
        /// What happened to the last one.
        cause: Box<PageRefusal>,
    },
    /// A request is given up, because no reader could be started.
    NoReader {
        /// The request.
        request: RequestKind,
        /// What happened to the last one.
        cause: Box<PageRefusal>,
    },
    /// An answer lacks something.
    AnswerNotWhole(RequestKind),
    /// A question about networks is not answered, because a new run has begun.
    NewRun,
    /// A program asks for a moment that there is none of.
    NoSuchMoment(String),
    /// A program asks for an arm that there is none of.
    NoSuchArm(String),
    /// There was no progress for so many seconds.
    Silence {
        /// Who is silent.
        of: SilentPart,
        /// Seconds.
        seconds: f64,
    },
    /// A job is given up, because it has cost too many workers their lives.
    JobGivenUp {
        /// The job.
        job: JobId,
        /// What happened to the last one.
        cause: Box<PageRefusal>,
        /// Whether the run goes on without it.
        others_go_on: bool,
    },
    /// A job ran again and gave other numbers than the report has.
    ResultsChanged(JobId),
    /// A job is finished without all that others need of it.
    OutputsNotWhole(JobDataError),
    /// A data file could not be fetched.
    DataNotFetched {
        /// Its path.
        path: String,
        /// What happened.
        fault: FetchFault,
    },
    /// An event of a worker cannot be read.
    EventUnreadable(MessageFault),
    /// A command cannot be written.
    CommandUnwritable(MessageFault),
    /// A command could not be sent: the browser's words.
    WorkerNotReached(String),
    /// The browser's words, which say all, such as why a worker could not be started.
    Foreign(String),
    /// A worker stopped: the browser's words.
    WorkerStopped(String),
    /// The files of a worker could not be loaded.
    WorkerNotLoaded,
}

/// Why a file of the site could not be fetched.
#[derive(Clone, Debug, PartialEq)]
pub enum FetchFault {
    /// The connection failed: the browser's words.
    Lost(String),
    /// The server answered with this status.
    Status(u16),
}

/// Who makes no progress.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SilentPart {
    /// A worker.
    Worker,
    /// A worker, before it could be asked anything.
    StartingWorker,
    /// A worker that was to pause.
    Pause,
    /// The job of a worker that answers.
    Job,
    /// All workers, before any of them could be asked anything.
    StartingWorkers,
    /// The download of the data.
    Download,
}

/// What has stopped a run.
#[derive(Clone, Debug, PartialEq)]
pub struct PageFailure {
    /// What kind of failure it is, which decides the advice.
    pub kind: FailureKind,
    /// What happened.
    pub cause: PageRefusal,
}

impl From<RefusalMessage> for PageRefusal {
    fn from(message: RefusalMessage) -> PageRefusal {
        PageRefusal::Worker(message)
    }
}

impl From<Failure> for PageFailure {
    fn from(Failure { kind, cause }: Failure) -> PageFailure {
        PageFailure { kind, cause: cause.into() }
    }
}

/// Rejected settings as refusals.
pub fn of_settings(rejected: &[RejectedSetting]) -> Vec<PageRefusal> {
    rejected.iter().cloned().map(PageRefusal::Setting).collect()
}

/// The largest number of bytes of all report files that are opened at once: some ninety trials of the preset `paper`.
pub const MOST_IMPORTED_BYTES: f64 = 64e6;
