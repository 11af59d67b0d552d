//! The workers as the page knows them: who listens, who has the data, who runs what.

use experiment::{job::JobId, job_data::JobInputs};
use protocol::{Command, Until};

/// A worker; never used again once it is gone, so that what a dead worker still says is known to be late.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct WorkerId(pub u32);

/// What travels beside a command.
#[derive(Clone, Debug, PartialEq)]
pub enum Bulk {
    /// Nothing.
    None,
    /// A copy of the four data files.
    Data,
    /// What a job begins with.
    Inputs(JobInputs),
    /// When each weight died, chain by chain.
    Deaths(Vec<Vec<u8>>),
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
        command: Command,
        /// What travels beside it.
        bulk: Bulk,
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

/// A job in a worker's hands. Each `Start` and `Continue` is answered by one `Held` or `Finished`; between the two
/// the job is `running` and nothing but `Pause` and `Cancel` is sent, so no answer can be taken for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Task {
    /// Which job.
    pub job: JobId,
    /// Whether it moves; otherwise it holds.
    pub running: bool,
    /// Whether it was asked to hold.
    pub pausing: bool,
    /// Training steps done, as far as is known.
    pub iteration: u32,
}

/// How far a worker is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Its module is being fetched and started.
    Starting,
    /// It listens and waits for data.
    Listening,
    /// It unpacks the data.
    Unpacking {
        /// Bytes so far.
        done: u32,
        /// Bytes in all.
        total: u32,
    },
    /// It has the data and can be given jobs.
    Loaded,
}

/// One worker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slot {
    /// Who.
    pub id: WorkerId,
    /// How far.
    pub stage: Stage,
    /// The jobs in its hands; at most one of them moves, for more would share one processor.
    pub tasks: Vec<Task>,
}

impl Slot {
    /// A worker that is being started.
    pub fn new(id: WorkerId) -> Slot {
        Slot { id, stage: Stage::Starting, tasks: Vec::new() }
    }

    /// Whether one of its jobs moves.
    pub fn runs(&self) -> bool {
        self.tasks.iter().any(|task| task.running)
    }

    /// Whether it hears what it is told.
    pub fn listens(&self) -> bool {
        self.stage != Stage::Starting
    }

    /// Its job of that identity.
    pub fn task_mut(&mut self, job: JobId) -> Option<&mut Task> {
        self.tasks.iter_mut().find(|task| task.job == job)
    }

    /// The held job that is to go on next under a goal, and how far: of those that are not there yet, that of the
    /// lowest round.
    pub fn next(&mut self, goal: Option<(u32, Until)>) -> Option<(&mut Task, Until)> {
        let short = |task: &mut Task| Some(until(goal, task.job, task.iteration)?).filter(|_| !task.running);
        let short = self.tasks.iter_mut().filter_map(|task| short(task).map(|until| (task, until)));
        short.min_by_key(|(task, _)| task.job.round)
    }
}

/// Where a job is to go under a goal; `None` if it is there.
pub fn until(goal: Option<(u32, Until)>, job: JobId, iteration: u32) -> Option<Until> {
    match goal {
        None => Some(Until::End),
        Some((round, _)) if job.round < round => Some(Until::End),
        Some((round, Until::End)) => (job.round == round).then_some(Until::End),
        Some((round, Until::Iteration(to))) => {
            (job.round == round && iteration < to).then_some(Until::Iteration(to))
        }
    }
}
