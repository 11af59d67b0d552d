//! Reads first weights or a mask from a safetensors file of the user. The names of its tensors are those of our exports
//! (`first.N.weight` and `first.N.bias`, `mask.N.weight`) or plain ones, as PyTorch's `Sequential` writes them (`N.weight`,
//! `N.bias`). Of either, the layers follow each other in the order of N, which may have gaps where a network has its ReLUs.

use experiment::{
    job_data::Parameters,
    network_file::{FileHash, MOST_FILE_BYTES},
    network_file_error::NetworkFileError,
};
use half::{bf16, f16};
use model::{
    Model,
    mask::{Mask, survivors_per_layer},
};
use safetensors::{Dtype, SafeTensors, tensor::TensorView};
use sha2::{Digest, Sha256};

/// A safetensors file.
pub struct NetworkFile<'a> {
    hash: FileHash,
    tensors: SafeTensors<'a>,
}

/// The weights of a layer in a file, and the name of its biases.
struct LayerTensors<'a> {
    name: String,
    weights: TensorView<'a>,
    bias_name: String,
}

impl<'a> NetworkFile<'a> {
    /// Opens a file. `expected` is the SHA-256 that it must have, or `None` if any file will do.
    pub fn open(bytes: &'a [u8], expected: Option<FileHash>) -> Result<NetworkFile<'a>, NetworkFileError> {
        if bytes.len() > MOST_FILE_BYTES {
            return Err(NetworkFileError::TooLarge { bytes: bytes.len(), most: MOST_FILE_BYTES });
        }
        let found = FileHash(Sha256::digest(bytes).into());
        if let Some(expected) = expected.filter(|expected| *expected != found) {
            return Err(NetworkFileError::OtherFile { expected, found });
        }
        let tensors = SafeTensors::deserialize(bytes);
        let tensors = tensors.map_err(|error| NetworkFileError::NotSafetensors(error.to_string()))?;
        Ok(NetworkFile { hash: found, tensors })
    }

    /// The SHA-256 of the file.
    pub fn hash(&self) -> FileHash {
        self.hash
    }

    /// First weights and biases for a network, flat. A layer whose biases are not there has zeros. Every number must be
    /// finite as a 32-bit float.
    pub fn first_parameters(&self, model: &Model) -> Result<Parameters, NetworkFileError> {
        let (mut weights, mut biases) = (vec![], vec![]);
        let layers = self.layers(model, "first.")?;
        for (layer, (found, size)) in layers.into_iter().zip(model.layer_sizes()).enumerate() {
            check_shape(&found.name, layer, &size.shape(), &found.weights)?;
            weights.extend(finite_numbers(&found.name, &found.weights)?);
            match self.tensors.tensor(&found.bias_name) {
                Ok(tensor) => {
                    check_shape(&found.bias_name, layer, &[size.biases.len()], &tensor)?;
                    biases.extend(finite_numbers(&found.bias_name, &tensor)?);
                }
                Err(_) => biases.resize(size.biases.end, 0.0),
            }
        }
        weights.extend(biases);
        Ok(weights)
    }

    /// A mask for a network. Its numbers, of whatever kind, must be 0 or 1. `expected` is the number of weights that it must
    /// leave, or `None` for any but none.
    pub fn mask(&self, model: &Model, expected: Option<u32>) -> Result<Mask, NetworkFileError> {
        let mut mask = vec![];
        for (layer, (found, size)) in
            self.layers(model, "mask.")?.into_iter().zip(model.layer_sizes()).enumerate()
        {
            check_shape(&found.name, layer, &size.shape(), &found.weights)?;
            for (index, number) in numbers(&found.name, &found.weights)?.into_iter().enumerate() {
                mask.push(match number {
                    0.0 => 0,
                    1.0 => 1,
                    _ => return Err(NetworkFileError::NotAMask { tensor: found.name, index }),
                });
            }
        }
        let found = survivors_per_layer(model, &mask).iter().sum();
        match expected {
            _ if found == 0 => Err(NetworkFileError::EmptyMask),
            Some(expected) if expected != found => Err(NetworkFileError::OtherWeights { expected, found }),
            _ => Ok(mask),
        }
    }

    /// The weights of each layer of a network, in order, under the names of an export or, where there are none, under plain
    /// ones.
    fn layers(&self, model: &Model, prefix: &str) -> Result<Vec<LayerTensors<'a>>, NetworkFileError> {
        let exported = self.layers_named(prefix);
        let found = if exported.is_empty() { self.layers_named("") } else { exported };
        let expected = model.layers.len();
        match found.len() {
            0 => Err(NetworkFileError::NoLayers {
                exported: format!("{prefix}0.weight"),
                plain: "0.weight".into(),
            }),
            found if found != expected => Err(NetworkFileError::LayerCount { expected, found }),
            _ => Ok(found),
        }
    }

    /// The tensors whose names are the prefix, a whole number and `.weight`, in the order of the numbers.
    fn layers_named(&self, prefix: &str) -> Vec<LayerTensors<'a>> {
        let mut layers: Vec<(u32, LayerTensors<'a>)> = vec![];
        for (name, weights) in self.tensors.tensors() {
            let number = name.strip_prefix(prefix).and_then(|rest| rest.strip_suffix(".weight"));
            // The standard library would also accept a plus sign.
            let plain = number.filter(|number| number.bytes().all(|byte| byte.is_ascii_digit()));
            if let Some(number) = plain.and_then(|number| number.parse().ok()) {
                let bias_name = name.replace(".weight", ".bias");
                layers.push((number, LayerTensors { name, weights, bias_name }));
            }
        }
        // Two names may have the same number, as 1 and 01 have.
        layers.sort_by(|one, other| (one.0, &one.1.name).cmp(&(other.0, &other.1.name)));
        layers.into_iter().map(|(_, layer)| layer).collect()
    }
}

fn check_shape(
    name: &str,
    layer: usize,
    expected: &[usize],
    tensor: &TensorView<'_>,
) -> Result<(), NetworkFileError> {
    if tensor.shape() == expected {
        return Ok(());
    }
    let plain = |shape: &[usize]| shape.iter().map(|&size| u32::try_from(size).unwrap_or(u32::MAX)).collect();
    let (expected, found) = (plain(expected), plain(tensor.shape()));
    Err(NetworkFileError::Shape { tensor: name.into(), layer, expected, found })
}

/// The numbers of a tensor as 32-bit floats.
fn finite_numbers(name: &str, tensor: &TensorView<'_>) -> Result<Vec<f32>, NetworkFileError> {
    let numbers: Vec<f32> = numbers(name, tensor)?.into_iter().map(|number| number as f32).collect();
    match numbers.iter().position(|number| !number.is_finite()) {
        Some(index) => Err(NetworkFileError::NotFinite { tensor: name.into(), index }),
        None => Ok(numbers),
    }
}

/// The numbers of a tensor. Those of 64-bit integers are rounded.
fn numbers(name: &str, tensor: &TensorView<'_>) -> Result<Vec<f64>, NetworkFileError> {
    let data = tensor.data();
    Ok(match tensor.dtype() {
        Dtype::BOOL | Dtype::U8 => each(data, u8::from_le_bytes, f64::from),
        Dtype::I8 => each(data, i8::from_le_bytes, f64::from),
        Dtype::U16 => each(data, u16::from_le_bytes, f64::from),
        Dtype::I16 => each(data, i16::from_le_bytes, f64::from),
        Dtype::U32 => each(data, u32::from_le_bytes, f64::from),
        Dtype::I32 => each(data, i32::from_le_bytes, f64::from),
        Dtype::U64 => each(data, u64::from_le_bytes, |number| number as f64),
        Dtype::I64 => each(data, i64::from_le_bytes, |number| number as f64),
        Dtype::F16 => each(data, f16::from_le_bytes, f64::from),
        Dtype::BF16 => each(data, bf16::from_le_bytes, f64::from),
        Dtype::F32 => each(data, f32::from_le_bytes, f64::from),
        Dtype::F64 => each(data, f64::from_le_bytes, |number| number),
        kind => return Err(NetworkFileError::Kind { tensor: name.into(), kind: kind.to_string() }),
    })
}

fn each<T, const BYTES: usize>(
    data: &[u8],
    read: fn([u8; BYTES]) -> T,
    number: impl Fn(T) -> f64,
) -> Vec<f64> {
    data.as_chunks().0.iter().map(|bytes| number(read(*bytes))).collect()
}

#[cfg(test)]
mod tests;
