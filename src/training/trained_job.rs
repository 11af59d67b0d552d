//! What a job puts out when it is done.

use experiment::{
    job_data::{JobOutputs, Parameters},
    job_report::JobReport,
};
use model::mask::Mask;

/// The results of a finished job.
#[derive(Clone, Debug, PartialEq)]
pub struct TrainedJob {
    /// The job's report.
    pub report: JobReport,
    /// The outputs that other jobs need.
    pub outputs: JobOutputs,
    /// The final weights, flat. Pruned weights are zero.
    pub weights: Vec<f32>,
    /// The final biases, flat.
    pub biases: Vec<f32>,
    /// The mask under which the job trained.
    pub mask: Mask,
    /// The class that the network with the final parameters gives each test image, in the order of the test set.
    pub test_predictions: Vec<u8>,
    /// The parameters that the job started from: for late rewinding, those at the rewind iteration.
    pub initial_parameters: Parameters,
    /// The parameters at the early stop. There are none if that is the last iteration: then they are the final ones.
    pub early_stop_parameters: Option<Parameters>,
}
