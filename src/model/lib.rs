//! What a network is: an input and a list of layers, as plain data. Weights, fans, masks and costs follow from it.
//!
//! Weights are kept as one flat vector of the layers' `(out, in)` matrices, row by row, layer after layer; biases as
//! another, layer after layer.

pub mod mask;

use serde::{Deserialize, Serialize};
use std::ops::Range;

/// Pixels of one image of MNIST: 28 × 28.
pub const IMAGE_PIXELS: usize = 784;
/// Classes to tell apart.
pub const CLASSES: usize = 10;

/// The size of an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImageSize {
    /// Values of a pixel.
    pub channels: u32,
    /// Rows of pixels.
    pub height: u32,
    /// Pixels of a row.
    pub width: u32,
}

impl ImageSize {
    /// Grey, 28 × 28.
    pub const MNIST: ImageSize = ImageSize { channels: 1, height: 28, width: 28 };

    /// Numbers of one image.
    pub fn values(self) -> usize {
        (self.channels * self.height * self.width) as usize
    }
}

/// One layer. A ReLU follows each layer but the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Layer {
    /// Every unit reads every value of the layer before.
    Linear {
        /// Its units.
        units: u32,
    },
}

/// A network. The last layer has one output for each class.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Model {
    /// What it reads.
    pub input: ImageSize,
    /// Its layers, that of the input first.
    pub layers: Vec<Layer>,
}

/// What a layer's arithmetic and pictures need to know of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LayerSize {
    /// The size of what it reads: of an image, or of what the layer before gives.
    pub input: ImageSize,
    /// The size of what it gives. A linear layer gives one channel for each unit.
    pub output: ImageSize,
    /// Values that one output depends on.
    pub fan_in: usize,
    /// Outputs that depend on one value.
    pub fan_out: usize,
    /// Where its weights lie in a flat vector of all weights.
    pub weights: Range<usize>,
    /// Where its biases lie in a flat vector of all biases.
    pub biases: Range<usize>,
    /// Products that one weight takes part in for an image.
    pub uses: usize,
}

impl LayerSize {
    /// Values that it reads of an image.
    pub fn inputs(&self) -> usize {
        self.input.values()
    }

    /// Values that it gives for an image.
    pub fn outputs(&self) -> usize {
        self.output.values()
    }

    /// Rows and columns of its matrix of weights: a row for each unit, a column for each value that a unit reads.
    pub fn matrix(&self) -> (usize, usize) {
        (self.biases.len(), self.fan_in)
    }
}

impl Model {
    /// A network of linear layers on images of MNIST, the hidden ones of so many units.
    pub fn linear(hidden: &[u32]) -> Model {
        let units = hidden.iter().copied().chain([CLASSES as u32]);
        Model { input: ImageSize::MNIST, layers: units.map(|units| Layer::Linear { units }).collect() }
    }

    /// LeNet-300-100, the network of the paper (Frankle & Carbin 2019).
    pub fn lenet_300_100() -> Model {
        Model::linear(&[300, 100])
    }

    /// Units of the hidden layers.
    pub fn hidden_units(&self) -> Vec<u32> {
        let [hidden @ .., _] = &self.layers[..] else { return vec![] };
        hidden.iter().map(|Layer::Linear { units }| *units).collect()
    }

    /// The sizes of its layers, in their order.
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

    /// All weights; biases are not counted, as in the paper.
    pub fn weight_count(&self) -> usize {
        self.layer_sizes().last().map_or(0, |size| size.weights.end)
    }

    /// All biases.
    pub fn bias_count(&self) -> usize {
        self.layer_sizes().last().map_or(0, |size| size.biases.end)
    }

    /// All weights and biases.
    pub fn parameter_count(&self) -> usize {
        self.weight_count() + self.bias_count()
    }

    /// Weights of each layer.
    pub fn layer_weight_counts(&self) -> Vec<u32> {
        self.layer_sizes().iter().map(|size| size.weights.len() as u32).collect()
    }

    /// Multiply-adds of one forward pass of one image when `alive` weights of each layer survive.
    pub fn forward_multiply_adds(&self, alive: &[u32]) -> u64 {
        let layers = self.layer_sizes().into_iter().zip(alive);
        layers.map(|(size, alive)| size.uses as u64 * u64::from(*alive)).sum()
    }

    /// Multiply-adds of one training step on one image when `alive` weights of each layer survive: one for each use of a
    /// weight in the forward pass and in the weight gradient, and one more in all layers but the first for the input
    /// gradient.
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
