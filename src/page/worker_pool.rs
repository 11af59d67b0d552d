//! The workers as the page knows them: which have started, which have the data, and which runs what.

use experiment::{job::JobId, job_data::JobInputs};
use protocol::{RunUntil, WorkerCommand};

/// A worker; never used again once it is gone, so that what a dead worker still says is known to be late.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct WorkerId(pub u32);

/// What travels beside a command.
#[derive(Clone, Debug, PartialEq)]
pub enum CommandPayload {
    /// Nothing.
    None,
    /// A copy of the four data files.
    Data,
    /// The inputs of a job.
    JobInputs(JobInputs),
    /// The prune rounds of each chain of masks.
    PruneRounds(Vec<Vec<u8>>),
    /// Report files.
    Texts(Vec<String>),
}

/// What the web glue is to do.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Start a worker.
    Spawn(WorkerId),
    /// Stop a worker for good.
    Terminate(WorkerId),
    /// Fetch the data files, all four.
    Fetch,
    /// Say something to a worker.
    Send {
        /// To whom.
        to: WorkerId,
        /// What.
        command: WorkerCommand,
        /// What travels beside it.
        payload: CommandPayload,
    },
    /// Show the settings of the run, which are no longer those in the fields.
    ShowSettings,
    /// Offer a file to keep.
    Save {
        /// Its name.
        name: String,
        /// What is in it.
        text: String,
    },
}

/// A job given to a worker. The worker answers every `Start` or `Continue` with exactly one `Paused` or `Finished`.
/// Until then the page sends it only `Pause` or `Cancel`, so answers cannot be confused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AssignedJob {
    /// Which job.
    pub job: JobId,
    /// Whether it runs; otherwise it is paused.
    pub running: bool,
    /// Whether it was asked to pause.
    pub pausing: bool,
    /// Training steps done, as far as is known.
    pub iteration: u32,
}

/// How far a worker is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WorkerStatus {
    /// Its module is being fetched and started.
    Starting,
    /// It has started and waits for the data.
    AwaitingData,
    /// It unpacks the data.
    Unpacking {
        /// Bytes so far.
        done: u32,
        /// Bytes in all.
        total: u32,
    },
    /// It has the data and can be given jobs.
    Ready,
}

/// One worker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkerSlot {
    /// Which.
    pub id: WorkerId,
    /// How far it is.
    pub status: WorkerStatus,
    /// The jobs given to it; at most one of them runs, for more would share one processor.
    pub jobs: Vec<AssignedJob>,
}

impl WorkerSlot {
    /// A worker that is being started.
    pub fn new(id: WorkerId) -> WorkerSlot {
        WorkerSlot { id, status: WorkerStatus::Starting, jobs: Vec::new() }
    }

    /// Whether one of its jobs runs.
    pub fn has_running_job(&self) -> bool {
        self.jobs.iter().any(|assigned| assigned.running)
    }

    /// Whether it has started and takes commands.
    pub fn accepts_commands(&self) -> bool {
        self.status != WorkerStatus::Starting
    }

    /// Its job of that identity.
    pub fn job_mut(&mut self, job: JobId) -> Option<&mut AssignedJob> {
        self.jobs.iter_mut().find(|assigned| assigned.job == job)
    }

    /// The paused job that is to go on next under a goal, and how far: of those that are not there yet, that of the
    /// lowest round.
    pub fn next_paused_job(&mut self, goal: Option<(u32, RunUntil)>) -> Option<(&mut AssignedJob, RunUntil)> {
        let short = |assigned: &mut AssignedJob| {
            Some(target_for(goal, assigned.job, assigned.iteration)?).filter(|_| !assigned.running)
        };
        let short =
            self.jobs.iter_mut().filter_map(|assigned| short(assigned).map(|until| (assigned, until)));
        short.min_by_key(|(assigned, _)| assigned.job.round)
    }
}

/// Where a job is to go under a goal; `None` if it is there.
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
