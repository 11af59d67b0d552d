//! Questions about trained networks: what they make of images.

use experiment::job::JobId;
use model::Model;
use serde::{Deserialize, Serialize};

/// The moment of a job at which its network is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum NetworkMoment {
    /// Before the first training step.
    First,
    /// At the early stop.
    EarlyStop,
    /// After the last training step.
    Last,
}

/// A network: a job's at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct NetworkName {
    /// The job.
    pub job: JobId,
    /// The moment.
    pub moment: NetworkMoment,
}

/// What is asked of each network, and what it answers for some images.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum NetworkReading {
    /// One array: the logits, (images, classes).
    Logits,
    /// One array for each hidden layer, lowest first: what its units give after the ReLU, (images, units); then the
    /// logits, (images, classes).
    Activations,
    /// One array: the derivative of each image's cross-entropy, in nats, by its pixel values, (images, values of an
    /// image); then the logits, (images, classes).
    PixelGradient {
        /// For each image the label whose cross-entropy is meant. It need not be the true one.
        labels: Vec<u8>,
    },
}

impl NetworkReading {
    /// The number of arrays with which a network of `model` answers.
    pub fn arrays(&self, model: &Model) -> usize {
        match self {
            NetworkReading::Logits => 1,
            NetworkReading::Activations => model.layers.len(),
            NetworkReading::PixelGradient { .. } => 2,
        }
    }
}

/// A question about networks. The worker keeps each network that comes with a question, so that a network is sent once.
///
/// Payload: the images' pixel values in [0, 1], image after image; then, for each network of `sent`, the bits of its
/// mask ([`mask_to_bits`](model::packed::mask_to_bits)) and the values of its survivors and biases
/// ([`pack_parameters_of_any_mask`](model::packed::pack_parameters_of_any_mask)).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NetworkQuestion {
    /// What is asked.
    pub reading: NetworkReading,
    /// The networks that are asked, in the order of the answers.
    pub networks: Vec<NetworkName>,
    /// What all of them are.
    pub model: Model,
    /// Those of them that the worker does not have yet.
    pub sent: Vec<NetworkName>,
    /// Those that the worker has and that are no longer wanted. It forgets them first.
    pub forget: Vec<NetworkName>,
}
