//! The masks and parameters that jobs take from each other, and checks that they are complete.

use crate::{
    config::ExperimentConfig,
    job::{Checkpoint, JobId},
    recipe::{MaskSource, dependencies, recipe},
};
use model::mask::Mask;

/// All weights of a network followed by all biases, both flat. Pruned weights are zero.
pub type Parameters = Vec<f32>;

/// What a job needs beside its configuration: the outputs that its [`Dependencies`](crate::recipe::Dependencies) name,
/// what the files of the experiment hold for it, and nothing else.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct JobInputs {
    /// The mask that another job's pruning made, or that of [`ExperimentConfig::own`] for [`MaskSource::File`].
    pub mask: Option<Mask>,
    /// The parameters that another job reached.
    pub parameters: Option<Parameters>,
    /// The first parameters of every trial, where they come from a file ([`ExperimentConfig::first_weights`]). Every job
    /// has them, because pruning may ask for them too.
    pub first: Option<Parameters>,
    /// The final parameters of the sibling of a twin.
    pub sibling: Option<Parameters>,
}

/// What the files of an experiment hold, as jobs take it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FileInputs {
    /// The parameters in the file of [`ExperimentConfig::first_weights`].
    pub first: Option<Parameters>,
    /// The mask in the file of [`ExperimentConfig::own`].
    pub mask: Option<Mask>,
}

impl FileInputs {
    /// Adds to a job's inputs what it needs of the files. [`JobInputs::check`] finds what is missing.
    pub fn add_to(&self, config: &ExperimentConfig, job: JobId, inputs: &mut JobInputs) {
        if recipe(job).mask == MaskSource::File {
            inputs.mask.clone_from(&self.mask);
        }
        if config.first_weights.is_some() {
            inputs.first.clone_from(&self.first);
        }
    }
}

/// Which outputs a job has to deliver to others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OutputSpec {
    /// Whether the mask of the next round is needed.
    pub next_mask: bool,
    /// Whether the parameters after [`ExperimentConfig::rewind_iteration`] training steps are needed.
    pub rewind_parameters: bool,
    /// Whether the parameters after the last training step are needed.
    pub final_parameters: bool,
}

/// The outputs of a job that other jobs need, as its [`OutputSpec`] says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct JobOutputs {
    /// The mask of the next round.
    pub next_mask: Option<Mask>,
    /// The parameters after [`ExperimentConfig::rewind_iteration`] training steps.
    pub rewind_parameters: Option<Parameters>,
    /// The parameters after the last training step.
    pub final_parameters: Option<Parameters>,
}

/// An input or output of a job is missing, has the wrong length, or is not needed. This is a program error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobDataError {
    /// The job.
    pub job: JobId,
    /// The array.
    pub what: JobArray,
    /// The length it should have; 0 if it is not needed.
    pub expected: usize,
    /// The length it has; 0 if it is missing.
    pub found: usize,
}

/// An array that a job takes or puts out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobArray {
    /// The bytes of a mask.
    Mask,
    /// The parameters that a job starts from.
    Parameters,
    /// The first parameters in a file.
    FirstParameters,
    /// The final parameters of a twin's sibling.
    SiblingParameters,
    /// The parameters that others rewind to.
    RewindParameters,
    /// The parameters after the last training step.
    FinalParameters,
}

fn check_length<T>(
    job: JobId,
    what: JobArray,
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
    /// Checks that the inputs are exactly what the job needs, with the lengths that the network asks for.
    pub fn check(&self, config: &ExperimentConfig, job: JobId) -> Result<(), JobDataError> {
        self.check_parts(config, job, true)
    }

    /// Like [`JobInputs::check`], for inputs without what the files of the experiment hold.
    pub(crate) fn check_without_files(
        &self,
        config: &ExperimentConfig,
        job: JobId,
    ) -> Result<(), JobDataError> {
        self.check_parts(config, job, false)
    }

    fn check_parts(
        &self,
        config: &ExperimentConfig,
        job: JobId,
        with_files: bool,
    ) -> Result<(), JobDataError> {
        let (dependencies, model) = (dependencies(job), &config.model);
        let own_mask = with_files && recipe(job).mask == MaskSource::File;
        let wants_mask = dependencies.mask.is_some() || own_mask;
        check_length(job, JobArray::Mask, &self.mask, wants_mask, model.weight_count())?;
        let wants_parameters = dependencies.parameters.is_some();
        let count = model.parameter_count();
        check_length(job, JobArray::Parameters, &self.parameters, wants_parameters, count)?;
        let wants_sibling = dependencies.sibling.is_some();
        check_length(job, JobArray::SiblingParameters, &self.sibling, wants_sibling, count)?;
        let wants_first = with_files && config.first_weights.is_some();
        check_length(job, JobArray::FirstParameters, &self.first, wants_first, count)
    }
}

impl JobOutputs {
    /// The number of bytes of all of them.
    pub fn bytes(&self) -> usize {
        let floats = |parameters: &Option<Vec<f32>>| 4 * parameters.as_ref().map_or(0, Vec::len);
        self.next_mask.as_ref().map_or(0, Vec::len)
            + floats(&self.rewind_parameters)
            + floats(&self.final_parameters)
    }

    /// Whether the parameters at a checkpoint are there.
    pub fn has_parameters(&self, checkpoint: Checkpoint) -> bool {
        match checkpoint {
            Checkpoint::RewindIteration => self.rewind_parameters.is_some(),
            Checkpoint::End => self.final_parameters.is_some(),
        }
    }

    /// Checks that the outputs are exactly what `spec` asks for, with the lengths that the network asks for.
    pub fn check(&self, config: &ExperimentConfig, job: JobId, spec: OutputSpec) -> Result<(), JobDataError> {
        let model = &config.model;
        check_length(job, JobArray::Mask, &self.next_mask, spec.next_mask, model.weight_count())?;
        check_length(
            job,
            JobArray::RewindParameters,
            &self.rewind_parameters,
            spec.rewind_parameters,
            model.parameter_count(),
        )?;
        check_length(
            job,
            JobArray::FinalParameters,
            &self.final_parameters,
            spec.final_parameters,
            model.parameter_count(),
        )
    }
}
