//! Linear layers while few weights survive, on lines of activations. The flat variable holds survivors only, and each
//! of them costs one line. Pixels without a surviving weight and units without a path to the output are skipped. Networks
//! with convolutions always have lines: there a weight scales many of them, so that dense kernels would gain nothing.

use crate::{
    convolution::{Convolution, Source},
    gather::PixelGatherer,
    layer::{InputOrigin, Layer},
    line_layout::LineLayout,
    lines::LineActivations,
    max_pool::MaxPool,
    sparse_first::{SparseFirstLinear, is_very_sparse},
    sparse_loops::{Epilogue, add_bias_gradients, add_weight_gradients, for_images, sparse_dense_product},
    stack::{Stack, StackLayer},
    survivors::{Order, Survivors, read_inputs},
};
use model::{LayerSize, Model};

/// Which hidden units a sparse network computes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ComputedUnits {
    /// Those from which surviving weights lead to the output: no other changes a logit or a gradient.
    ReachingOutput,
    /// All, so that what each gives can be read. This changes no bit of logits and gradients.
    All,
}

/// A network of such layers for the given mask (flat, 0 is pruned), with room for `capacity` images.
pub(crate) fn sparse_network(
    model: &Model,
    mask: &[u8],
    capacity: usize,
    units: ComputedUnits,
) -> Stack<LineLayout> {
    let first = model.layer_sizes().first().map_or(0..0, |size| size.weights.clone());
    network(model, mask, capacity, units, is_very_sparse(&mask[first]))
}

fn network(
    model: &Model,
    mask: &[u8],
    capacity: usize,
    units: ComputedUnits,
    very_sparse: bool,
) -> Stack<LineLayout> {
    let sizes = model.layer_sizes();
    let mut used = vec![true; sizes.last().map_or(0, LayerSize::outputs)];
    let mut layers: Vec<StackLayer<LineActivations>> = vec![];
    // From the output down, for a layer must know which of its outputs are read.
    for (l, (layer, size)) in model.layers.iter().zip(&sizes).enumerate().rev() {
        let (mask, relu) = (&mask[size.weights.clone()], l + 1 < sizes.len());
        let read = match layer {
            model::Layer::Linear { .. } => {
                let read = read_inputs(mask, size.fan_in, &used);
                let layer: Box<dyn Layer<LineActivations>> = match l {
                    0 => Box::new(SparseFirstLinear::new(mask, &used, &read, relu, very_sparse)),
                    _ => Box::new(SparseLinear::new(mask, &used, size.fan_in, relu)),
                };
                layers.push(StackLayer::whole(size, layer));
                read
            }
            model::Layer::Convolution { kernel, padding, pool, .. } => {
                let source = if l == 0 { Source::Bytes } else { Source::Layer };
                let convolution = Box::new(Convolution::new(size, *kernel, *padding, mask, source));
                if *pool > 1 {
                    layers.push(StackLayer::pooling(size, Box::new(MaxPool::new(size, *pool))));
                    layers.push(StackLayer::computing(size, convolution));
                } else {
                    layers.push(StackLayer::whole(size, convolution));
                }
                vec![true; size.inputs()]
            }
        };
        used = match units {
            ComputedUnits::All if l > 0 => vec![true; read.len()],
            _ => read,
        };
    }
    layers.reverse();
    Stack::new(LineLayout::new(PixelGatherer::new(&used)), layers, capacity)
}

/// A layer above the first. Its part of the flat variable: surviving weights by unit, then biases.
struct SparseLinear {
    survivors: Survivors,
    /// Whether a ReLU follows.
    relu: bool,
    /// The weights by input, for the backward pass.
    by_input: Vec<f32>,
}

impl SparseLinear {
    fn new(mask: &[u8], used: &[bool], inputs: usize, relu: bool) -> SparseLinear {
        let lines: Vec<u32> = (0..inputs as u32).collect();
        let survivors = Survivors::new(mask, inputs, used, &lines, Order::ByUnit);
        let by_input = vec![0.0; survivors.stored_index.len()];
        SparseLinear { survivors, relu, by_input }
    }
}

impl Layer<LineActivations> for SparseLinear {
    fn parameter_count(&self) -> usize {
        self.survivors.parameter_count()
    }

    fn pack(&self, weights: &[f32], biases: &[f32], variable: &mut Vec<f32>) {
        self.survivors.pack(weights, biases, variable);
    }

    fn unpack(&self, parameters: &[f32], weights: &mut [f32], biases: &mut [f32]) {
        self.survivors.unpack(parameters, weights, biases);
    }

    fn forward(&self, parameters: &[f32], input: &LineActivations, output: &mut LineActivations) {
        let (weights, biases) = parameters.split_at(self.survivors.len());
        let epilogue = if self.relu { Epilogue::Relu } else { Epilogue::None };
        let (rows, lines) = (&self.survivors.by_unit, &input.lines);
        for_images!(
            output.images,
            sparse_dense_product(rows, weights, lines, Some(biases), epilogue, &mut output.lines)
        );
    }

    fn begin_parameter_gradient(&mut self, gradient: &mut [f32]) {
        gradient.fill(0.0);
    }

    fn parameter_gradient(
        &self,
        input: &LineActivations,
        output_gradient: &LineActivations,
        gradient: &mut [f32],
    ) {
        let (weights, biases) = gradient.split_at_mut(self.survivors.len());
        let (images, units) = (output_gradient.images, &output_gradient.lines);
        let rows = &self.survivors.by_unit;
        for_images!(images, add_weight_gradients(rows, |_| true, units, &input.lines, weights));
        for_images!(images, add_bias_gradients(units, biases));
    }

    fn begin_input_gradient(&mut self, parameters: &[f32]) {
        self.survivors.permute(parameters, &mut self.by_input);
    }

    fn input_gradient(
        &self,
        _parameters: &[f32],
        input: &LineActivations,
        origin: InputOrigin,
        output_gradient: &LineActivations,
        input_gradient: &mut LineActivations,
    ) {
        let epilogue = Epilogue::of_input_gradient(origin, &input.lines);
        let (rows, units, to) = (&self.survivors.by_input, &output_gradient.lines, &mut input_gradient.lines);
        for_images!(
            output_gradient.images,
            sparse_dense_product(rows, &self.by_input, units, None, epilogue, to)
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{batch::Batch, loss, stack::Passes};
    use model::IMAGE_PIXELS;

    fn bits(numbers: &[f32]) -> Vec<u32> {
        numbers.iter().map(|x| x.to_bits()).collect()
    }

    /// Every fifth weight lives, whatever the layer; every third pixel or so is lit.
    #[test]
    fn a_first_layer_by_unit_and_by_pixel_has_the_same_bits() {
        let model = Model::lenet_300_100();
        let mask: Vec<u8> = (0..model.weight_count()).map(|i| u8::from(i * 7 % 11 % 5 == 0)).collect();
        // A small multiplicative generator: weights of both signs, about as large as first weights are.
        let mut x = 7_u32;
        let mut weight = || {
            x = x.wrapping_mul(48_271) % 0x7fff_ffff;
            (x % 2_001) as f32 / 10_000.0 - 0.1
        };
        let weights: Vec<f32> = mask.iter().map(|m| weight() * f32::from(*m)).collect();
        let biases: Vec<f32> = (0..model.bias_count()).map(|i| (i % 7) as f32 / 50.0 - 0.05).collect();
        let images: Vec<u8> =
            (0..64 * IMAGE_PIXELS).map(|i| (i * i % 257 * usize::from(i / 3 * 5 % 13 < 4)) as u8).collect();
        let labels: Vec<u8> = (0..64).map(|i| i % 10).collect();
        let rows: Vec<u32> = (0..64).rev().collect();
        let of = |very_sparse| network(&model, &mask, 64, ComputedUnits::ReachingOutput, very_sparse);
        let (mut by_pixel, mut by_unit) = (of(false), of(true));
        let variable = by_pixel.pack(&weights, &biases);
        assert_eq!(by_unit.pack(&weights, &biases), variable);
        // In turns, so that what a larger batch has left behind must not matter.
        for n in [64, 1, 60, 28, 33, 60] {
            let batch = Batch {
                images: &images,
                image_bytes: IMAGE_PIXELS,
                labels: &labels,
                image_indices: &rows[..n],
            };
            let run = |network: &mut Stack<LineLayout>| {
                network.gather_to_train(batch, None);
                let logits = network.forward(&variable);
                let scored = bits(logits);
                loss::into_gradient(logits, 10, batch.labels(), n);
                let mut gradient = vec![9.0; variable.len()];
                network.backward(&variable, &mut gradient);
                let (weights, biases) = network.unpack(&gradient);
                assert!(weights.iter().any(|g| *g != 0.0));
                // Minus zero is zero.
                (scored, bits(&weights.iter().map(|g| g + 0.0).collect::<Vec<_>>()), bits(&biases))
            };
            let expected = run(&mut of(false));
            assert_eq!(run(&mut by_pixel), expected, "{n} images, after another batch");
            assert_eq!(run(&mut by_unit), expected, "{n} images, by unit");
        }
    }
}
