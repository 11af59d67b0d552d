//! The question for what a file of the user holds: first weights or a mask.

use experiment::network_file::{FileHash, FilePurpose};
use model::Model;
use serde::{Deserialize, Serialize};

/// A question for what a file holds. Payload: its bytes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NetworkFileQuestion {
    /// The name of the file, for messages about it.
    pub name: String,
    /// What is to be taken from it.
    pub purpose: FilePurpose,
    /// The network that it is to be taken for.
    pub model: Model,
    /// The SHA-256 that the file must have, or `None` if any file will do.
    pub expected: Option<FileHash>,
    /// The number of weights that a mask must have, where the settings say it.
    pub weights: Option<u32>,
}

/// What is known of a file that has been read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NetworkFileFacts {
    /// Its SHA-256.
    pub hash: FileHash,
    /// The weights that are not zero, or that the mask leaves.
    pub weights: u32,
}
