//! What a layer does in a pass over a batch, and what a layout of activations must offer: between them they are all that
//! a network of any layers needs.

use crate::batch::Batch;

/// What a layer's inputs are, on which the meaning of their gradient depends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InputOrigin {
    /// What the layer below gave, behind its ReLU. The gradient is that of what went into the ReLU: zero where an input is
    /// not above zero. A layer need not compute it there, which is why the ReLU is not taken off afterwards.
    Relu,
    /// The pixels of images. Each has a gradient, the dark ones too.
    Pixels,
}

/// How the activations of some images lie in memory. A network's layers all share one layout.
pub trait Layout {
    /// The values of one layer's inputs or outputs for a tile of images.
    type Activations;

    /// The most images that are taken through the network together: a tile. A batch is cut into tiles.
    fn tile_images(&self) -> usize;

    /// Room for the images of a tile.
    fn input(&self) -> Self::Activations;

    /// Room for the outputs of a layer, all zero; `is_read` says whether another layer reads them. A layer need not write
    /// an output that no weight reads: it stays zero.
    fn outputs(&self, outputs: usize, is_read: bool) -> Self::Activations;

    /// Fills the tiles with the images of a batch. A backward pass can follow only if they are for `training`.
    fn gather<'a>(
        &self,
        batch: Batch<'_>,
        training: bool,
        tiles: impl Iterator<Item = &'a mut Self::Activations>,
    ) where
        Self::Activations: 'a;

    /// As [`Layout::gather`], for images given by their pixel values, image after image, 0
    /// for black and 1 for white: values that are a byte's have the same bits behind any layer as that byte has. Only the
    /// gradient of inputs can follow.
    fn gather_pixel_values<'a>(&self, images: &[f32], tiles: impl Iterator<Item = &'a mut Self::Activations>)
    where
        Self::Activations: 'a;

    /// Room for the gradient of a tile's pixels, all zero.
    fn pixel_gradient(&self) -> Self::Activations;

    /// Says that as many images of a tile count from now on, in activations that [`Layout::outputs`] made.
    fn resize(&self, activations: &mut Self::Activations, images: usize, training: bool);

    /// Multiplies what a hidden layer gives, or the gradient of it, by `factors`, (images, units): dropout.
    fn scale(&self, activations: &mut Self::Activations, factors: &[f32]);

    /// Readies what a hidden layer gave for the layer that reads it.
    fn finish(&self, activations: &mut Self::Activations);

    /// Writes the last layer's outputs as rows of `stride` numbers, one for each image, as
    /// [`logits_stride`](crate::loss::logits_stride) gives it.
    fn write_logits(&self, activations: &Self::Activations, stride: usize, logits: &mut [f32]);

    /// Reads the gradient of the last layer's outputs from such rows.
    fn read_logits(&self, logits: &[f32], stride: usize, gradient: &mut Self::Activations);

    /// Writes what a hidden layer gave, behind its ReLU, as (images, units).
    fn write_activations(&self, activations: &Self::Activations, to: &mut [f32]);

    /// Writes the gradient of a tile's pixels as (images, pixels), into zeros.
    fn write_pixel_gradient(&self, gradient: &Self::Activations, to: &mut [f32]);
}

/// One layer's arithmetic on one kind of activations. Its weights and biases are a part of the flat variable that only it
/// knows the order of; `parameters` is always that part alone, and `gradient` the same part of the gradient.
///
/// A pass calls [`Layer::begin_forward`] once and then [`Layer::forward`] for each tile. A pass backward goes on with either
/// or both of two gradients, that of the layer's parameters and that of its inputs: for each it begins once and then asks
/// tile by tile; that of the parameters is ended once too. All tiles have gone forward before the first goes backward, so
/// a layer keeps nothing of a tile.
pub trait Layer<A> {
    /// How many numbers of the flat variable are this layer's.
    fn parameter_count(&self) -> usize;

    /// Appends this layer's part of the flat variable, made of its weights, flat (units, fan-in), and its biases. A layer
    /// without weights leaves this and [`Layer::unpack`] out.
    fn pack(&self, _weights: &[f32], _biases: &[f32], _variable: &mut Vec<f32>) {}

    /// Reads weights, flat (units, fan-in), and biases back; pruned weights stay as they are.
    fn unpack(&self, _parameters: &[f32], _weights: &mut [f32], _biases: &mut [f32]) {}

    /// Takes the weights of a forward pass.
    fn begin_forward(&mut self, _parameters: &[f32]) {}

    /// From a tile's inputs to its outputs.
    fn forward(&self, parameters: &[f32], input: &A, output: &mut A);

    /// Readies the gradient of weights and biases for what the tiles add to it.
    fn begin_parameter_gradient(&mut self, _gradient: &mut [f32]) {}

    /// Adds a tile's part of the gradient of weights and biases. A layer without weights leaves this out.
    fn parameter_gradient(&self, _input: &A, _output_gradient: &A, _gradient: &mut [f32]) {}

    /// Finishes the gradient of weights and biases when all tiles are done.
    fn end_parameter_gradient(&self, _gradient: &mut [f32]) {}

    /// Takes the weights for the gradients of inputs.
    fn begin_input_gradient(&mut self, _parameters: &[f32]) {}

    /// From the gradient of a tile's outputs to that of its inputs; `origin` says whether a ReLU that the inputs come from is
    /// to be differentiated with the layer. It need not write an input that no weight reads: that stays zero, as
    /// [`Layout::outputs`] made it.
    fn input_gradient(
        &self,
        parameters: &[f32],
        input: &A,
        origin: InputOrigin,
        output_gradient: &A,
        input_gradient: &mut A,
    );
}
