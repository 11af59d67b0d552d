//! Why a file cannot be used as first weights or as a mask.

use crate::network_file::FileHash;

/// What is wrong with a file that is to give first weights or a mask.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NetworkFileError {
    /// The file has too many bytes.
    TooLarge {
        /// The bytes that it has.
        bytes: usize,
        /// The bytes that it may have.
        most: usize,
    },
    /// The file is not a safetensors file: the words of its reader.
    NotSafetensors(String),
    /// It is another file than the settings name.
    OtherFile {
        /// The SHA-256 that the settings name.
        expected: FileHash,
        /// The SHA-256 of the file.
        found: FileHash,
    },
    /// It has no weights of any layer.
    NoLayers {
        /// The first name that was looked for in an export.
        exported: String,
        /// The first name that was looked for in other files.
        plain: String,
    },
    /// It has weights of more or fewer layers than the network.
    LayerCount {
        /// The layers of the network.
        expected: usize,
        /// The layers of the file.
        found: usize,
    },
    /// A tensor has another shape than the layer.
    Shape {
        /// The name of the tensor.
        tensor: String,
        /// The number of the layer, counted from 0.
        layer: usize,
        /// The shape that the layer has: outputs and inputs, or outputs for biases.
        expected: Vec<u32>,
        /// The shape of the tensor.
        found: Vec<u32>,
    },
    /// A tensor has numbers of a kind that is not read.
    Kind {
        /// The name of the tensor.
        tensor: String,
        /// The kind, as the file names it.
        kind: String,
    },
    /// A tensor has a value that is infinite or no number.
    NotFinite {
        /// The name of the tensor.
        tensor: String,
        /// The value, counted from 0 in the order of the file.
        index: usize,
    },
    /// A mask has a value that is neither 0 nor 1.
    NotAMask {
        /// The name of the tensor.
        tensor: String,
        /// The value, counted from 0 in the order of the file.
        index: usize,
    },
    /// A mask leaves no weight.
    EmptyMask,
    /// A mask has another number of weights than the settings say.
    OtherWeights {
        /// The number that the settings say.
        expected: u32,
        /// The number of the mask.
        found: u32,
    },
}
