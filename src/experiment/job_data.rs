//! What travels between jobs: masks and parameters, checked whole.

use crate::{config::ExperimentConfig, job::JobId, recipe::dependencies};
use model::mask::Mask;
use thiserror::Error;

/// A network's weights and then its biases, both flat, pruned weights zero.
pub type Parameters = Vec<f32>;

/// What a job begins with beside its configuration: what its [`Dependencies`](crate::recipe::Dependencies) name, and nothing else.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct JobInputs {
    /// The mask that its parent's pruning made.
    pub mask: Option<Mask>,
    /// Its parent's parameters.
    pub parameters: Option<Parameters>,
}

/// Which outputs a job has to deliver for others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OutputSpec {
    /// The next round's mask.
    pub next_mask: bool,
    /// Parameters after [`ExperimentConfig::rewind_iteration`] steps.
    pub rewind_parameters: bool,
    /// Parameters after the last step.
    pub final_parameters: bool,
}

/// The outputs of a job that others need, as its [`OutputSpec`] says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct JobOutputs {
    /// The next round's mask.
    pub next_mask: Option<Mask>,
    /// Parameters after [`ExperimentConfig::rewind_iteration`] steps.
    pub rewind_parameters: Option<Parameters>,
    /// Parameters after the last step.
    pub final_parameters: Option<Parameters>,
}

/// An input or output of a job is missing, has the wrong length, or was not asked for: a program error.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{job}: {expected} {what} should have come, {found} came")]
pub struct JobDataError {
    /// Whose.
    pub job: JobId,
    /// Which array.
    pub what: &'static str,
    /// Its length; 0 if it was not asked for.
    pub expected: usize,
    /// The length that came.
    pub found: usize,
}

fn check_length<T>(
    job: JobId,
    what: &'static str,
    found: &Option<Vec<T>>,
    wanted: bool,
    length: usize,
) -> Result<(), JobDataError> {
    let expected = if wanted { length } else { 0 };
    match found.as_ref().map_or(0, Vec::len) {
        found if found == expected => Ok(()),
        found => Err(JobDataError { job, what, expected, found }),
    }
}

impl JobInputs {
    /// Whether they are what the job needs, as long as it needs them.
    pub fn check(&self, config: &ExperimentConfig, job: JobId) -> Result<(), JobDataError> {
        let dependencies = dependencies(job);
        let model = &config.model;
        check_length(job, "mask bytes", &self.mask, dependencies.mask.is_some(), model.weight_count())?;
        check_length(
            job,
            "parameters",
            &self.parameters,
            dependencies.parameters.is_some(),
            model.parameter_count(),
        )
    }
}

impl JobOutputs {
    /// Whether they are those that the job has to deliver.
    pub fn check(&self, config: &ExperimentConfig, job: JobId, spec: OutputSpec) -> Result<(), JobDataError> {
        let model = &config.model;
        check_length(job, "mask bytes", &self.next_mask, spec.next_mask, model.weight_count())?;
        check_length(
            job,
            "rewinding parameters",
            &self.rewind_parameters,
            spec.rewind_parameters,
            model.parameter_count(),
        )?;
        check_length(
            job,
            "final parameters",
            &self.final_parameters,
            spec.final_parameters,
            model.parameter_count(),
        )
    }
}
