//! A linear layer while most weights survive, on rows of activations. Its weights are kept as (in, out), so that a value
//! that is not zero — a lit pixel, an active unit — adds one scaled row of weights. Four pixels in five are black and about
//! half of the hidden units are off, so this does a quarter of a matrix product's work. Pruned weights are held at zero
//! by clearing their gradients.

use crate::{
    layer::{InputOrigin, Layer},
    non_zeros::NonZeros,
    row_layout::{RowActivations, RowLayout},
    simd::{Accumulators, BlockKernel, HALF_VECTOR_LANES, StridedRows, dot4, for_each_block, padded},
    stack::{Stack, StackLayer},
};
use model::{LayerSize, Model};
use std::ops::Range;

/// A network of such layers for the given mask (flat, 0 is pruned), with room for `capacity` images. The model has linear
/// layers alone.
pub(crate) fn dense_network(model: &Model, mask: &[u8], capacity: usize) -> Stack<RowLayout> {
    let layer = |size: LayerSize| {
        let mask = &mask[size.weights.clone()];
        StackLayer::whole(&size, Box::new(DenseLinear::new(size.inputs(), size.outputs(), mask)))
    };
    let layers = model.layer_sizes().into_iter().map(layer).collect();
    Stack::new(RowLayout::new(model.input.values(), capacity), layers, capacity)
}

/// Numbers of a cache line.
const NEIGHBOURS: usize = 16;

/// Its part of the flat variable: weights (in, padded out), then biases (padded out).
struct DenseLinear {
    inputs: usize,
    outputs: usize,
    /// The outputs, padded to a whole number of vectors.
    stride: usize,
    /// Above 0 where the weight survives, 0 where it is pruned; none where all survive.
    alive: Option<Vec<f32>>,
}

impl DenseLinear {
    fn new(inputs: usize, outputs: usize, mask: &[u8]) -> DenseLinear {
        let mut layer = DenseLinear { inputs, outputs, stride: padded(outputs), alive: None };
        layer.alive = mask.contains(&0).then(|| {
            let mut alive = vec![0.0; inputs * layer.stride];
            layer.for_each_weight(|flat, at| alive[at] = f32::from(mask[flat]));
            alive
        });
        layer
    }

    /// Calls `each` with each weight's index in the flat weights and in the variable, some neighbouring units at a time:
    /// their numbers share a cache line of the variable, and going unit by unit would fetch it anew for each.
    #[inline(always)]
    fn for_each_weight(&self, mut each: impl FnMut(usize, usize)) {
        for first in (0..self.outputs).step_by(NEIGHBOURS) {
            for input in 0..self.inputs {
                for unit in first..(first + NEIGHBOURS).min(self.outputs) {
                    each(unit * self.inputs + input, input * self.stride + unit);
                }
            }
        }
    }

    fn weights(&self) -> Range<usize> {
        0..self.inputs * self.stride
    }

    fn biases(&self) -> Range<usize> {
        self.weights().end..self.weights().end + self.stride
    }
}

impl Layer<RowActivations> for DenseLinear {
    fn parameter_count(&self) -> usize {
        self.biases().end
    }

    fn pack(&self, weights: &[f32], biases: &[f32], variable: &mut Vec<f32>) {
        let start = variable.len();
        variable.resize(start + self.parameter_count(), 0.0);
        let to = &mut variable[start..];
        self.for_each_weight(|flat, at| to[at] = weights[flat]);
        if let Some(alive) = &self.alive {
            // Without a branch, which a random mask would often mispredict; a product would keep minus zero and NaN.
            to.iter_mut().zip(alive).for_each(|(to, &alive)| *to = [0.0, *to][usize::from(alive != 0.0)]);
        }
        to[self.biases()][..biases.len()].copy_from_slice(biases);
    }

    fn unpack(&self, parameters: &[f32], weights: &mut [f32], biases: &mut [f32]) {
        self.for_each_weight(|flat, at| weights[flat] = parameters[at]);
        biases.copy_from_slice(&parameters[self.biases()][..self.outputs]);
    }

    /// Block by block, so that a block's weights stay in the cache for all images.
    fn forward(&self, parameters: &[f32], input: &RowActivations, output: &mut RowActivations) {
        let mut kernel = Forward {
            weights: StridedRows { data: &parameters[self.weights()], stride: self.stride },
            biases: &parameters[self.biases()],
            input: &input.non_zeros,
            images: output.images,
            output: &mut output.values,
        };
        for_each_block(self.stride, &mut kernel);
    }

    /// The gradient was not zero before: the one tile writes each of its numbers.
    fn parameter_gradient(
        &self,
        input: &RowActivations,
        output_gradient: &RowActivations,
        gradient: &mut [f32],
    ) {
        let (weights, biases) = gradient.split_at_mut(self.biases().start);
        let mut kernel = WeightGradient {
            output_gradient: StridedRows { data: &output_gradient.values, stride: self.stride },
            input: &input.non_zeros,
            inputs: self.inputs,
            keep: self.alive.as_deref(),
            gradient: weights,
        };
        for_each_block(self.stride, &mut kernel);
        biases.fill(0.0);
        for row in output_gradient.rows() {
            biases.iter_mut().zip(row).for_each(|(bias, d)| *bias += d);
        }
    }

    /// Behind a ReLU for active units only: elsewhere it lets nothing through.
    fn input_gradient(
        &self,
        parameters: &[f32],
        input: &RowActivations,
        origin: InputOrigin,
        output_gradient: &RowActivations,
        input_gradient: &mut RowActivations,
    ) {
        let every_input: Vec<u32> = match origin {
            InputOrigin::Relu => vec![],
            InputOrigin::Pixels => (0..self.inputs as u32).collect(),
        };
        let weights = StridedRows { data: &parameters[self.weights()], stride: self.stride };
        let stride = input_gradient.stride;
        input_gradient.values.fill(0.0);
        for (image, gradient) in output_gradient.rows().enumerate() {
            let to = &mut input_gradient.values[image * stride..][..stride];
            let index = match origin {
                InputOrigin::Relu => input.non_zeros.of_image(image).0,
                InputOrigin::Pixels => &every_input,
            };
            let (fours, rest) = index.as_chunks::<HALF_VECTOR_LANES>();
            for four in fours {
                let dots = dot4(gradient, weights, *four).to_array();
                for (&i, dot) in four.iter().zip(dots) {
                    to[i as usize] = dot;
                }
            }
            if let Some(&first) = rest.first() {
                let mut four = [first; HALF_VECTOR_LANES];
                four[..rest.len()].copy_from_slice(rest);
                let dots = dot4(gradient, weights, four).to_array();
                for (&i, dot) in rest.iter().zip(dots) {
                    to[i as usize] = dot;
                }
            }
        }
    }
}

/// A layer's outputs for a block of its units.
struct Forward<'a> {
    weights: StridedRows<'a>,
    biases: &'a [f32],
    input: &'a NonZeros,
    images: usize,
    output: &'a mut [f32],
}

impl BlockKernel for Forward<'_> {
    #[inline(always)]
    fn run_block<const FULL: usize, const HALF: usize>(&mut self, start: usize) {
        for image in 0..self.images {
            let (index, value) = self.input.of_image(image);
            let mut sum = Accumulators::<FULL, HALF>::load(&self.biases[start..]);
            sum.add_scaled_rows(self.weights, start, index, value);
            sum.store(&mut self.output[image * self.weights.stride + start..]);
        }
    }
}

/// The gradient of a layer's weights into a block of its units.
struct WeightGradient<'a> {
    output_gradient: StridedRows<'a>,
    input: &'a NonZeros,
    inputs: usize,
    keep: Option<&'a [f32]>,
    gradient: &'a mut [f32],
}

impl BlockKernel for WeightGradient<'_> {
    #[inline(always)]
    fn run_block<const FULL: usize, const HALF: usize>(&mut self, start: usize) {
        for input in 0..self.inputs {
            let (index, value) = self.input.of_feature(input);
            let mut sum = Accumulators::<FULL, HALF>::splat(0.0);
            sum.add_scaled_rows(self.output_gradient, start, index, value);
            let at = input * self.output_gradient.stride + start;
            if let Some(keep) = self.keep {
                sum = sum.mask_where_positive(Accumulators::load(&keep[at..]));
            }
            sum.store(&mut self.gradient[at..]);
        }
    }
}
