//! The page's view of its workers: which have started, which have the data, and which jobs each one has; and of the
//! reader, which has neither data nor jobs.

use crate::liveness::{Doing, Liveness};
use crate::open_requests::AskerId;
use crate::refusals::PageRefusal;
use crate::saved_runs::SavedEffect;
use experiment::{job::JobId, network_file::NeededFile, sorted_map::SortedMap};
use model::data_set::DataSet;
use protocol::{
    RunUntil, WorkerCommand,
    network_question::NetworkName,
    payload::{ArrayId, Payload},
};

/// The id of a worker. An id is never reused, so that a late message of a dead worker can be recognised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct WorkerId(pub u32);

/// The arrays that each network has answered, as its
/// [`NetworkReading`](protocol::network_question::NetworkReading) describes them.
pub type NetworkAnswers = Vec<(NetworkName, Vec<Vec<f32>>)>;

/// A side effect that the `web` module carries out for the state.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Start a worker that trains.
    Spawn(WorkerId),
    /// Start the worker that answers questions.
    SpawnReader(WorkerId),
    /// Stop a worker for good.
    Terminate(WorkerId),
    /// Fetch all four files of each data set, but for those of the user, which are there.
    Fetch {
        /// The data sets.
        data: Vec<DataSet>,
        /// The files of the first one, if it is of the user.
        own: Option<[ArrayId; 4]>,
        /// How many times bad data was fetched before. The browser may have kept it.
        bad_before: u32,
    },
    /// Give up the download that is under way, if there is one, and forget the files of an earlier one.
    AbandonFetch,
    /// Send a worker [`WorkerCommand::Load`] with a copy of the data files.
    SendData {
        /// The worker that receives the files.
        to: WorkerId,
        /// The data sets that the files are of.
        data: Vec<DataSet>,
    },
    /// Send any other command to a worker.
    Send {
        /// The worker that receives the command.
        to: WorkerId,
        /// The command.
        command: WorkerCommand,
        /// The payload that is sent beside it.
        payload: Payload,
    },
    /// Forget arrays that are kept on the JavaScript side.
    DropArrays(Vec<ArrayId>),
    /// Tell somebody what networks have answered, each with its arrays, or why they have not.
    Deliver {
        /// Who has asked.
        asker: AskerId,
        /// The answer, or why there is none.
        answer: Result<NetworkAnswers, Vec<PageRefusal>>,
    },
    /// Name a file in the fields, as if the user had entered it there.
    EnterFile {
        /// What it is to be, and its SHA-256.
        file: NeededFile,
        /// The weights of a mask.
        weights: u32,
    },
    /// Give the bits of a kept network's mask to [`State::on_mask`](crate::state::State::on_mask).
    ReadMask {
        /// The job of the network.
        job: JobId,
        /// The bits.
        mask: ArrayId,
    },
    /// Name a data set in the fields, as if the user had chosen it there.
    EnterData(String),
    /// Show the settings of the run in the fields, because they differ from those the user entered.
    ShowSettings,
    /// Offer a file to the user for saving.
    Save {
        /// The name of the file.
        name: String,
        /// The contents of the file.
        text: String,
    },
    /// Offer files to the user for saving, one after the other: their names, and their bytes, which are kept on the
    /// JavaScript side.
    SaveArrays(Vec<(String, ArrayId)>),
    /// Do something with the browser's store of runs.
    Saved(SavedEffect),
}

/// A job assigned to a worker. The worker answers every `Start`, `ReadCorrupted` or `Continue` with exactly one `Paused`,
/// `Finished` or `CorruptedRead`.
/// Until then the page sends it only `Pause` or `Cancel`, so that answers cannot be confused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AssignedJob {
    /// The job.
    pub job: JobId,
    /// Whether the job is running. Otherwise it is paused.
    pub running: bool,
    /// Whether the worker was asked to pause the job.
    pub pausing: bool,
    /// The number of training steps done, as last reported.
    pub iteration: u32,
}

/// How far a worker has come in starting up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WorkerStatus {
    /// Its module is being fetched and started.
    Starting,
    /// It has started and waits for the data.
    AwaitingData,
    /// It is unpacking the data.
    Unpacking {
        /// Bytes unpacked so far.
        done: u32,
        /// Bytes to unpack in total.
        total: u32,
    },
    /// It has the data and can be given jobs.
    Ready,
}

/// One worker that trains.
#[derive(Clone, Debug, PartialEq)]
pub struct WorkerSlot {
    /// The id of the worker.
    pub id: WorkerId,
    /// How far it has come in starting up.
    pub status: WorkerStatus,
    /// The jobs assigned to it. At most one of them runs, because several would share one processor.
    pub jobs: Vec<AssignedJob>,
    /// What the page has heard of it.
    pub life: Liveness,
    /// How many workers have died in this place one after the other soon after their start without having trained anything.
    pub idle_deaths: u32,
}

/// The worker that answers questions.
#[derive(Debug, Default)]
pub(crate) struct ReaderSlot {
    /// The id of the reader. `None` if none could be started; the next question starts one.
    pub(crate) id: Option<WorkerId>,
    /// Whether it has started and can be asked.
    pub(crate) is_ready: bool,
    /// How many readers have died since the last answer. A question that is given up counts as an answer, because it was
    /// the question's fault.
    pub(crate) deaths: u32,
    /// The networks that it has been sent, and the array that each one's parameters were.
    pub(crate) networks: SortedMap<NetworkName, ArrayId>,
    /// What the page has heard of it.
    pub(crate) life: Liveness,
    /// Whether it has said that it lives since it was asked its question: it is told of each by a ping before it.
    pub(crate) has_heard: bool,
    /// Seconds that it may take for its question.
    pub(crate) patience: f64,
}

impl WorkerSlot {
    /// A worker that has just been started.
    pub fn new(id: WorkerId) -> WorkerSlot {
        WorkerSlot {
            id,
            status: WorkerStatus::Starting,
            jobs: Vec::new(),
            life: Liveness::default(),
            idle_deaths: 0,
        }
    }

    /// What it is doing. `longest_step` is the longest time in seconds for which its job keeps it from hearing anything.
    pub(crate) fn doing(&self, longest_step: f64) -> Doing {
        Doing {
            has_started: self.status != WorkerStatus::Starting,
            works: self.has_running_job() || matches!(self.status, WorkerStatus::Unpacking { .. }),
            pausing: self.jobs.iter().any(|assigned| assigned.running && assigned.pausing),
            longest_step,
        }
    }

    /// Whether one of its jobs is running.
    pub fn has_running_job(&self) -> bool {
        self.jobs.iter().any(|assigned| assigned.running)
    }

    /// Its assigned job with this id.
    pub fn job_mut(&mut self, job: JobId) -> Option<&mut AssignedJob> {
        self.jobs.iter_mut().find(|assigned| assigned.job == job)
    }

    /// The paused job that should continue next under a goal, and how far it should run. It is the one with the lowest
    /// round among those that have not reached the goal.
    pub fn next_paused_job(&mut self, goal: Option<(u32, RunUntil)>) -> Option<(&mut AssignedJob, RunUntil)> {
        let target = |assigned: &mut AssignedJob| {
            Some(target_for(goal, assigned.job, assigned.iteration)?).filter(|_| !assigned.running)
        };
        let unfinished =
            self.jobs.iter_mut().filter_map(|assigned| target(assigned).map(|until| (assigned, until)));
        unfinished.min_by_key(|(assigned, _)| assigned.job.round)
    }
}

/// How far a job should run under a goal, or `None` if it has already reached it.
pub fn target_for(goal: Option<(u32, RunUntil)>, job: JobId, iteration: u32) -> Option<RunUntil> {
    match goal {
        None => Some(RunUntil::End),
        Some((round, _)) if job.round < round => Some(RunUntil::End),
        Some((round, RunUntil::End)) => (job.round == round).then_some(RunUntil::End),
        Some((round, RunUntil::Iteration(to))) => {
            (job.round == round && iteration < to).then_some(RunUntil::Iteration(to))
        }
    }
}
