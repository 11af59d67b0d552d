//! The question for the data set that files of the user make.

use model::data_set::DataSet;
use serde::{Deserialize, Serialize};

/// A question for the data set that files make. Payload: the bytes of each file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OwnDataQuestion {
    /// The name of each file. They say which are test files, and stand in messages about them.
    pub names: Vec<String>,
    /// The data set that they must be, or `None` if any will do.
    pub expected: Option<DataSet>,
}
