//! A network as plain data: the size of its input and a list of layers. The sizes of weights, masks and costs follow
//! from it.
//!
//! All weights are one flat vector: layer after layer, the `(out, in)` matrix of each layer row by row. All biases are
//! another flat vector, layer after layer.

pub mod data_set;
mod image_size;
pub mod mask;
pub mod own_data;
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
    /// A convolution of stride 1: every unit of a channel reads a window of all channels before it, by the same weights.
    Convolution {
        /// The number of channels that it computes.
        channels: u32,
        /// The height and the width of a window.
        kernel: u32,
        /// Rows and columns of zeros around what it reads.
        padding: u32,
        /// The height and the width of the squares of units, behind the ReLU, of which the largest alone is passed on: max
        /// pooling. 1 passes all of them on. What is left over at the right and at the bottom is dropped.
        pool: u32,
    },
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
    /// The size of what it computes before any pooling. A linear layer computes one channel for each unit.
    pub computed: ImageSize,
    /// The size of what it passes on. Without pooling this is what it computes.
    pub output: ImageSize,
    /// The number of inputs that one unit depends on.
    pub fan_in: usize,
    /// The number of units that depend on one input. For a convolution this ignores the borders, as Glorot & Bengio's
    /// initialisation does.
    pub fan_out: usize,
    /// The position of its weights in the flat vector of all weights.
    pub weights: Range<usize>,
    /// The position of its biases in the flat vector of all biases.
    pub biases: Range<usize>,
    /// The number of products that each weight takes part in for each image.
    pub uses: usize,
    /// The height and the width of a window of a convolution. `None` for a linear layer.
    pub kernel: Option<usize>,
}

impl LayerSize {
    /// The number of values that it reads for each image.
    pub fn inputs(&self) -> usize {
        self.input.values()
    }

    /// The number of values that it passes on for each image.
    pub fn outputs(&self) -> usize {
        self.output.values()
    }

    /// The shape of its weights, as PyTorch has it: (units, inputs), or (channels, channels read, rows, columns).
    pub fn shape(&self) -> Vec<usize> {
        match self.kernel {
            None => vec![self.biases.len(), self.fan_in],
            Some(kernel) => vec![self.biases.len(), self.input.channels as usize, kernel, kernel],
        }
    }

    /// The rows and columns of its matrix of weights: there is a row for each unit of a linear layer or channel of a
    /// convolution, and a column for each input of a unit. Those of a convolution are in the order (channel, row, column).
    pub fn matrix(&self) -> (usize, usize) {
        (self.biases.len(), self.fan_in)
    }
}

impl Layer {
    /// For what it reads: the sizes of what it computes and of what it passes on, its fan-in and its fan-out.
    fn sizes(self, input: ImageSize) -> (ImageSize, ImageSize, usize, usize) {
        match self {
            Layer::Linear { units } => {
                let output = ImageSize { channels: units, height: 1, width: 1 };
                (output, output, input.values(), output.values())
            }
            Layer::Convolution { channels, kernel, padding, pool } => {
                let along = |size: u32| (size + 2 * padding + 1).saturating_sub(kernel);
                let computed = ImageSize { channels, height: along(input.height), width: along(input.width) };
                let output =
                    ImageSize { channels, height: computed.height / pool, width: computed.width / pool };
                let window = (kernel * kernel) as usize;
                (computed, output, input.channels as usize * window, channels as usize * window)
            }
        }
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

    /// This network for a data set: it reads its images and has an output for each of its classes.
    pub fn on(mut self, data: &DataSet) -> Model {
        self.input = data.image;
        if let Some(Layer::Linear { units }) = self.layers.last_mut() {
            *units = data.classes.len() as u32;
        }
        self
    }

    /// LeNet-300-100, the network of the paper (Frankle & Carbin 2019; LeCun et al. 1998).
    pub fn lenet_300_100() -> Model {
        Model::linear(&[300, 100])
    }

    /// LeNet-5 as it is trained today (after LeCun et al. 1998): two convolutions with max pooling, then three linear layers.
    /// 61,470 weights.
    pub fn lenet_5() -> Model {
        let mut model = Model::linear(&[120, 84]);
        let convolution = |channels, padding| Layer::Convolution { channels, kernel: 5, padding, pool: 2 };
        model.layers.splice(0..0, [convolution(6, 2), convolution(16, 0)]);
        model
    }

    /// A small network of two convolutions of 3 × 3 and two linear layers, after Conv-2 of the paper. 101,640 weights.
    pub fn conv_2_small() -> Model {
        let mut model = Model::linear(&[64]);
        let convolution = |pool| Layer::Convolution { channels: 8, kernel: 3, padding: 1, pool };
        model.layers.splice(0..0, [convolution(1), convolution(2)]);
        model
    }

    /// The number of values that each hidden layer passes on: its units, if it is linear.
    pub fn hidden_units(&self) -> Vec<u32> {
        let sizes = self.layer_sizes();
        let [hidden @ .., _] = &sizes[..] else { return vec![] };
        hidden.iter().map(|size| size.outputs() as u32).collect()
    }

    /// Whether there is a convolution.
    pub fn is_convolutional(&self) -> bool {
        self.layers.iter().any(|layer| matches!(layer, Layer::Convolution { .. }))
    }

    /// The sizes of the layers, in order.
    pub fn layer_sizes(&self) -> Vec<LayerSize> {
        let (mut input, mut weights, mut biases) = (self.input, 0, 0);
        let size = |layer: &Layer| {
            let (computed, output, fan_in, fan_out) = layer.sizes(input);
            let size = LayerSize {
                input,
                computed,
                output,
                fan_in,
                fan_out,
                weights: weights..weights + fan_in * computed.channels as usize,
                biases: biases..biases + computed.channels as usize,
                uses: (computed.height * computed.width) as usize,
                kernel: match layer {
                    Layer::Linear { .. } => None,
                    Layer::Convolution { kernel, .. } => Some(*kernel as usize),
                },
            };
            (input, weights, biases) = (output, size.weights.end, size.biases.end);
            size
        };
        self.layers.iter().map(size).collect()
    }

    /// The number of outputs: one for each class.
    pub fn output_count(&self) -> usize {
        self.layer_sizes().last().map_or(0, LayerSize::outputs)
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

    /// The counts are those of the reference runs.
    #[test]
    fn convolutional_networks_have_their_weights() {
        let model = Model::lenet_5();
        assert_eq!((model.weight_count(), model.bias_count()), (61_470, 6 + 16 + 120 + 84 + 10));
        assert_eq!(model.layer_weight_counts(), [150, 2_400, 48_000, 10_080, 840]);
        assert_eq!(model.hidden_units(), [6 * 14 * 14, 16 * 5 * 5, 120, 84]);
        let sizes = model.layer_sizes();
        assert_eq!((sizes[0].uses, sizes[1].uses, sizes[2].uses), (28 * 28, 10 * 10, 1));
        assert_eq!((sizes[1].fan_in, sizes[1].fan_out, sizes[1].matrix()), (150, 400, (16, 150)));
        assert_eq!((sizes[1].inputs(), sizes[1].computed.values(), sizes[1].outputs()), (1_176, 1_600, 400));
        assert_eq!(model.forward_multiply_adds(&[1, 1, 1, 1, 1]), 784 + 100 + 3);
        assert_eq!((sizes[1].shape(), sizes[2].shape()), (vec![16, 6, 5, 5], vec![120, 400]));
        assert_eq!(Model::conv_2_small().layer_weight_counts(), [72, 576, 1_568 * 64, 640]);
        assert!(model.is_convolutional() && !Model::lenet_300_100().is_convolutional());
    }

    #[test]
    fn a_network_without_a_hidden_layer_is_one_matrix() {
        let model = Model::linear(&[]);
        assert_eq!((model.weight_count(), model.bias_count(), model.hidden_units()), (7_840, 10, vec![]));
        assert_eq!(model.training_step_multiply_adds(&[100]), 200);
    }
}
