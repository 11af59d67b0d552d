//! The first linear layer while few weights survive: it reads pixels, of which most are dark. When the forward pass
//! goes input by input, pixels that are zero in all images of a tile are skipped.

use crate::{
    layer::{InputOrigin, Layer},
    lines::LineActivations,
    sparse_loops::{
        Epilogue, add_bias_gradients, add_weight_gradients, add_weight_gradients_in_ranges, for_images, relu,
        scatter_add, sparse_dense_product,
    },
    survivors::{Order, Survivors},
};
use model::mask::is_sparser_than;

/// Pixels stay whole numbers up to 255; the factor that scales them to [0, 1] goes into the weights that read them.
pub(crate) const PIXEL_SCALE: f32 = 1.0 / 255.0;

/// Below this fraction of surviving weights the forward pass goes unit by unit instead of input by input, and the
/// gradient reads whole lines instead of ranges of quads, because both are then faster. It is a constant and not a
/// timing, so that results never depend on the machine's speed; while all numbers are finite it changes no bit anyway.
const VERY_SPARSE_BELOW: f64 = 0.05;

/// The layer. Its part of the flat variable: surviving weights by input, then biases.
pub(crate) struct SparseFirstLinear {
    survivors: Survivors,
    /// Whether a ReLU follows.
    relu: bool,
    /// Whether so few weights survive that the rows are short.
    very_sparse: bool,
    /// The weights for pixels up to 255, in the order of the forward pass.
    scaled_weights: Vec<f32>,
}

impl SparseFirstLinear {
    /// For a mask (flat, `(out, in)`), the units that are used and the inputs that these read.
    pub(crate) fn new(
        mask: &[u8],
        used: &[bool],
        read: &[bool],
        relu: bool,
        very_sparse: bool,
    ) -> SparseFirstLinear {
        let survivors = Survivors::new(mask, read.len(), used, &compact_indices(read), Order::ByInput);
        SparseFirstLinear {
            relu,
            very_sparse,
            scaled_weights: vec![0.0; survivors.stored_index.len()],
            survivors,
        }
    }
}

/// Whether a first layer's mask (flat, 0 is pruned) leaves short rows.
pub(crate) fn is_very_sparse(mask: &[u8]) -> bool {
    is_sparser_than(VERY_SPARSE_BELOW, mask)
}

/// For each input its index among those for which `used` is true, from 0 in their order.
fn compact_indices(used: &[bool]) -> Vec<u32> {
    let (mut numbers, mut next) = (vec![], 0);
    for &used in used {
        numbers.push(next);
        next += u32::from(used);
    }
    numbers
}

impl Layer<LineActivations> for SparseFirstLinear {
    fn parameter_count(&self) -> usize {
        self.survivors.parameter_count()
    }

    fn pack(&self, weights: &[f32], biases: &[f32], variable: &mut Vec<f32>) {
        self.survivors.pack(weights, biases, variable);
    }

    fn unpack(&self, parameters: &[f32], weights: &mut [f32], biases: &mut [f32]) {
        self.survivors.unpack(parameters, weights, biases);
    }

    fn begin_forward(&mut self, parameters: &[f32]) {
        if self.very_sparse {
            self.survivors.permute(parameters, &mut self.scaled_weights);
        } else {
            let weights = self.scaled_weights.len();
            self.scaled_weights.copy_from_slice(&parameters[..weights]);
        }
        self.scaled_weights.iter_mut().for_each(|weight| *weight *= PIXEL_SCALE);
    }

    fn forward(&self, parameters: &[f32], input: &LineActivations, output: &mut LineActivations) {
        let biases = &parameters[self.survivors.len()..];
        let (lines, outputs) = (&input.lines, &mut output.lines);
        if self.very_sparse {
            let epilogue = if self.relu { Epilogue::Relu } else { Epilogue::None };
            let rows = &self.survivors.by_unit;
            for_images!(
                output.images,
                sparse_dense_product(rows, &self.scaled_weights, lines, Some(biases), epilogue, outputs)
            );
        } else {
            outputs.iter_mut().zip(biases).for_each(|(line, &bias)| line.0.fill(bias));
            let rows = &self.survivors.by_input;
            scatter_add(rows, |line| input.nonzero_quads(line), &self.scaled_weights, lines, outputs);
            if self.relu {
                for_images!(output.images, relu(outputs));
            }
        }
    }

    fn begin_parameter_gradient(&mut self, gradient: &mut [f32]) {
        gradient.fill(0.0);
    }

    /// What it adds is for pixels up to 255.
    fn parameter_gradient(
        &self,
        input: &LineActivations,
        output_gradient: &LineActivations,
        gradient: &mut [f32],
    ) {
        let (weights, biases) = gradient.split_at_mut(self.survivors.len());
        let (rows, lines, units) = (&self.survivors.by_input, &input.lines, &output_gradient.lines);
        let quad_range = |line: usize| input.nonzero_quads(line);
        if self.very_sparse {
            let lit = |line: usize| quad_range(line).quad_count > 0;
            for_images!(output_gradient.images, add_weight_gradients(rows, lit, lines, units, weights));
        } else {
            add_weight_gradients_in_ranges(rows, quad_range, lines, units, weights);
        }
        for_images!(output_gradient.images, add_bias_gradients(units, biases));
    }

    fn end_parameter_gradient(&self, gradient: &mut [f32]) {
        gradient[..self.survivors.len()].iter_mut().for_each(|g| *g *= PIXEL_SCALE);
    }

    /// For pixel values up to 1: the weights are not scaled. They lie by input already.
    fn input_gradient(
        &self,
        parameters: &[f32],
        _input: &LineActivations,
        origin: InputOrigin,
        output_gradient: &LineActivations,
        input_gradient: &mut LineActivations,
    ) {
        assert_eq!(origin, InputOrigin::Pixels, "no layer lies below the first");
        let (rows, units, to) = (&self.survivors.by_input, &output_gradient.lines, &mut input_gradient.lines);
        for_images!(
            output_gradient.images,
            sparse_dense_product(rows, parameters, units, None, Epilogue::None, to)
        );
    }
}
