//! What travels between jobs: masks and parameters, checked whole.

use crate::{config::Config, job::JobId, recipe::needs};
use model::mask::Mask;
use thiserror::Error;

/// A network's weights and then its biases, both flat, pruned weights zero.
pub type Parameters = Vec<f32>;

/// What a job begins with beside its configuration: what its [`Needs`](crate::recipe::Needs) name, and nothing else.
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
        let needs = needs(job);
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
