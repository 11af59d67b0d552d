//! What a job is: one arm trained for one round. Its identity, what it takes and what it leaves.

pub use crate::arm::Arm;
use crate::config::Config;
use model::mask::Mask;
use serde::{Deserialize, Serialize};
use std::fmt;
use thiserror::Error;

/// The identity of a job within an experiment. Ordered as the table of rounds is: by trial, arm, round and draw.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct JobId {
    /// The trial's seed.
    pub trial: u32,
    /// What it starts from.
    pub arm: Arm,
    /// Prunings behind it; 0 is the dense network.
    pub round: u32,
    /// Which draw of fresh weights, from 0.
    pub draw: u32,
}

impl JobId {
    /// The job that is trained for this row of the table: the dense network is the ticket's round 0.
    pub fn trained(self) -> JobId {
        if self.arm == Arm::Dense { JobId { arm: Arm::Ticket, ..self } } else { self }
    }
}

impl fmt::Display for JobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} round {} (seed {}, draw {})", self.arm, self.round, self.trial, self.draw)
    }
}

/// What a job is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Phase {
    /// Setting the weights: first values, or rewound ones.
    Rewind,
    /// Training, with its validation passes.
    Train,
    /// Test and training accuracy at the end of the round.
    Test,
    /// Choosing what to prune.
    Prune,
}

/// A network's weights and then its biases, both flat, pruned weights zero.
pub type Parameters = Vec<f32>;

/// When in a job its parameters are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Moment {
    /// After as many training steps as [`Config::rewind_iteration`] says.
    Rewind,
    /// After the last step.
    End,
}

/// What a job takes from others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    /// The job whose pruning made its mask.
    pub mask: Option<JobId>,
    /// The job whose parameters it goes on from, or is cut from, and when.
    pub parameters: Option<(JobId, Moment)>,
}

impl Needs {
    /// The jobs it waits for, each once.
    pub fn parents(self) -> impl Iterator<Item = JobId> {
        let parameters = self.parameters.map(|(job, _)| job).filter(|job| Some(*job) != self.mask);
        self.mask.into_iter().chain(parameters)
    }
}

/// What a job begins with beside its configuration: what its [`Needs`] name, and nothing else.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Inputs {
    /// The mask that its parent's pruning made.
    pub mask: Option<Mask>,
    /// Its parent's parameters.
    pub parameters: Option<Parameters>,
}

/// What a job is to leave for others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Leaves {
    /// The next round's mask.
    pub mask: bool,
    /// Parameters after [`Config::rewind_iteration`] steps.
    pub rewind: bool,
    /// Parameters after the last step.
    pub end: bool,
}

/// What a job has left for others, as [`Leaves`] says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Left {
    /// The next round's mask.
    pub mask: Option<Mask>,
    /// Parameters after [`Config::rewind_iteration`] steps.
    pub rewind: Option<Parameters>,
    /// Parameters after the last step.
    pub end: Option<Parameters>,
}

/// What should have come with a job is not there, not whole, or not asked for: a program error.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{job}: {expected} {what} should have come, {found} came")]
pub struct BulkError {
    /// Whose.
    pub job: JobId,
    /// Which array.
    pub what: &'static str,
    /// Its length; 0 if it was not asked for.
    pub expected: usize,
    /// The length that came.
    pub found: usize,
}

fn check<T>(
    job: JobId,
    what: &'static str,
    found: &Option<Vec<T>>,
    wanted: bool,
    length: usize,
) -> Result<(), BulkError> {
    let expected = if wanted { length } else { 0 };
    match found.as_ref().map_or(0, Vec::len) {
        found if found == expected => Ok(()),
        found => Err(BulkError { job, what, expected, found }),
    }
}

impl Inputs {
    /// Whether they are what the job needs, as long as it needs them.
    pub fn check(&self, config: &Config, job: JobId) -> Result<(), BulkError> {
        let needs = crate::recipe::needs(job);
        let model = &config.model;
        check(job, "mask bytes", &self.mask, needs.mask.is_some(), model.weights())?;
        check(job, "parameters", &self.parameters, needs.parameters.is_some(), model.parameters())
    }
}

impl Left {
    /// Whether it is all that the job is to leave.
    pub fn check(&self, config: &Config, job: JobId, leaves: Leaves) -> Result<(), BulkError> {
        let model = &config.model;
        check(job, "mask bytes", &self.mask, leaves.mask, model.weights())?;
        check(job, "rewinding parameters", &self.rewind, leaves.rewind, model.parameters())?;
        check(job, "final parameters", &self.end, leaves.end, model.parameters())
    }
}
