//! A network as plain data: the size of its input and a list of layers. The sizes of weights, masks and costs follow
//! from it.
//!
//! All weights are one flat vector: layer after layer, the `(out, in)` matrix of each layer row by row. All biases are
//! another flat vector, layer after layer.

pub mod data_set;
mod image_size;
pub mod mask;
pub mod packed;

use data_set::DataSet;
pub use image_size::ImageSize;
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// The number of pixels of an MNIST image, which is 28 × 28.
pub const IMAGE_PIXELS: usize = 784;
/// The number of classes, which are the ten digits.
pub const CLASSES: usize = 10;

/// A layer. A ReLU follows every layer except the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Layer {
    /// A fully connected layer: every unit reads all values of the layer before.
    Linear {
        /// The number of units.
        units: u32,
    },
}

/// A network. Its last layer has one output for each class.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Model {
    /// The size of the images that it reads.
    pub input: ImageSize,
    /// The layers from input to output.
    pub layers: Vec<Layer>,
}

/// The sizes of a layer that its kernels and pictures need.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LayerSize {
    /// The size of what it reads: of an image, or of what the layer before it computes.
    pub input: ImageSize,
    /// The size of what it computes. A linear layer computes one channel for each unit.
    pub output: ImageSize,
    /// The number of inputs that one output depends on.
    pub fan_in: usize,
    /// The number of outputs that depend on one input.
    pub fan_out: usize,
    /// The position of its weights in the flat vector of all weights.
    pub weights: Range<usize>,
    /// The position of its biases in the flat vector of all biases.
    pub biases: Range<usize>,
    /// The number of products that each weight takes part in for each image.
    pub uses: usize,
}

impl LayerSize {
    /// The number of values that it reads for each image.
    pub fn inputs(&self) -> usize {
        self.input.values()
    }

    /// The number of values that it computes for each image.
    pub fn outputs(&self) -> usize {
        self.output.values()
    }

    /// The rows and columns of its matrix of weights: there is a row for each unit and a column for each input of a unit.
    pub fn matrix(&self) -> (usize, usize) {
        (self.biases.len(), self.fan_in)
    }
}

impl Model {
    /// A network of linear layers for MNIST, with the given numbers of hidden units.
    pub fn linear(hidden: &[u32]) -> Model {
        Model::for_data(&DataSet::mnist(), hidden)
    }

    /// The network of linear layers for a data set, with the given numbers of hidden units.
    pub fn for_data(data: &DataSet, hidden: &[u32]) -> Model {
        let units = hidden.iter().copied().chain([data.classes.len() as u32]);
        Model { input: data.image, layers: units.map(|units| Layer::Linear { units }).collect() }
    }

    /// LeNet-300-100, the network of the paper (Frankle & Carbin 2019; LeCun et al. 1998).
    pub fn lenet_300_100() -> Model {
        Model::linear(&[300, 100])
    }

    /// The number of units of each hidden layer.
    pub fn hidden_units(&self) -> Vec<u32> {
        let [hidden @ .., _] = &self.layers[..] else { return vec![] };
        hidden.iter().map(|Layer::Linear { units }| *units).collect()
    }

    /// The sizes of the layers, in order.
    pub fn layer_sizes(&self) -> Vec<LayerSize> {
        let (mut input, mut weights, mut biases) = (self.input, 0, 0);
        let size = |layer: &Layer| match *layer {
            Layer::Linear { units } => {
                let output = ImageSize { channels: units, height: 1, width: 1 };
                let (fan_in, fan_out) = (input.values(), output.values());
                let size = LayerSize {
                    input,
                    output,
                    fan_in,
                    fan_out,
                    weights: weights..weights + fan_in * fan_out,
                    biases: biases..biases + fan_out,
                    uses: 1,
                };
                (input, weights, biases) = (output, size.weights.end, size.biases.end);
                size
            }
        };
        self.layers.iter().map(size).collect()
    }

    /// The number of weights. As in the paper, biases are not counted.
    pub fn weight_count(&self) -> usize {
        self.layer_sizes().last().map_or(0, |size| size.weights.end)
    }

    /// The number of biases.
    pub fn bias_count(&self) -> usize {
        self.layer_sizes().last().map_or(0, |size| size.biases.end)
    }

    /// The number of weights and biases.
    pub fn parameter_count(&self) -> usize {
        self.weight_count() + self.bias_count()
    }

    /// The number of weights of each layer.
    pub fn layer_weight_counts(&self) -> Vec<u32> {
        self.layer_sizes().iter().map(|size| size.weights.len() as u32).collect()
    }

    /// Multiply-adds of one forward pass of one image if `alive` weights of each layer survive.
    pub fn forward_multiply_adds(&self, alive: &[u32]) -> u64 {
        let layers = self.layer_sizes().into_iter().zip(alive);
        layers.map(|(size, alive)| size.uses as u64 * u64::from(*alive)).sum()
    }

    /// Multiply-adds of one training step on one image if `alive` weights of each layer survive. Each use of a weight
    /// costs one in the forward pass and one in the weight gradient. In all layers except the first, it costs one more
    /// in the input gradient.
    pub fn training_step_multiply_adds(&self, alive: &[u32]) -> u64 {
        let passes = [2].into_iter().chain(std::iter::repeat(3));
        let layers = self.layer_sizes().into_iter().zip(alive).zip(passes);
        layers.map(|((size, alive), passes)| passes * size.uses as u64 * u64::from(*alive)).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lenet_has_the_papers_weights() {
        let model = Model::lenet_300_100();
        assert_eq!(
            (model.weight_count(), model.bias_count(), model.parameter_count()),
            (266_200, 410, 266_610)
        );
        let sizes = model.layer_sizes();
        assert_eq!((sizes[1].weights.clone(), sizes[2].biases.clone()), (235_200..265_200, 400..410));
        assert_eq!((sizes[1].fan_in, sizes[1].fan_out, sizes[1].matrix()), (300, 100, (100, 300)));
        assert_eq!((sizes[0].inputs(), sizes[2].outputs()), (IMAGE_PIXELS, CLASSES));
        assert_eq!(model.training_step_multiply_adds(&[235_200, 30_000, 1_000]), 563_400);
        assert_eq!(model.hidden_units(), [300, 100]);
    }

    #[test]
    fn a_network_without_a_hidden_layer_is_one_matrix() {
        let model = Model::linear(&[]);
        assert_eq!((model.weight_count(), model.bias_count(), model.hidden_units()), (7_840, 10, vec![]));
        assert_eq!(model.training_step_multiply_adds(&[100]), 200);
    }
}
