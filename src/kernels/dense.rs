//! The network while most weights survive. Activations are (images, features); a layer's weights are (in, out), so
//! that a value that is not zero — a lit pixel, an active unit — adds one scaled row of weights. Four pixels in five
//! are black and about half of the hidden units are off, so this does a quarter of a matrix product's work. Pruned
//! weights are held at zero by clearing their gradients.

use crate::{
    batch::{Batch, Lit, pixel_values},
    loss::LOGITS,
    network::Dropout,
    simd::{BlockWork, HALF, Rows, Sum, dot4, each_block, padded},
};
use model::shape::{LAYERS, Shape};
use std::ops::Range;

/// Where a layer lies in the flat variable: weights (in, padded out), then biases (padded out).
#[derive(Clone, Debug)]
struct Layer {
    inputs: usize,
    outputs: usize,
    stride: usize,
    weights: Range<usize>,
    biases: Range<usize>,
    /// 1 where the weight survives, 0 where it is pruned; none where all survive.
    keep: Option<Vec<f32>>,
}

/// A dense network and room for a pass over `capacity` images.
pub struct Dense {
    layers: [Layer; LAYERS],
    shape: Shape,
    capacity: usize,
    /// Whether a backward pass will follow.
    training: bool,
    dropout: Option<Dropout>,
    values: [f32; 256],
    /// Each layer's inputs that are not zero.
    lit: [Lit; LAYERS],
    /// Activations, then their gradients, of each layer: (images, stride).
    active: [Vec<f32>; LAYERS],
    delta: [Vec<f32>; LAYERS],
}

impl Dense {
    /// For the given mask (flat, 0 is pruned).
    pub fn new(shape: Shape, mask: &[u8], capacity: usize) -> Dense {
        let mut start = 0;
        let layers = std::array::from_fn(|l| {
            let (inputs, outputs) = (shape.inputs(l), shape.outputs(l));
            let stride = padded(outputs);
            let weights = start..start + inputs * stride;
            let biases = weights.end..weights.end + stride;
            start = biases.end;
            let mask = &mask[shape.weight_range(l)];
            let keep = mask.contains(&0).then(|| {
                let mut keep = vec![0.0; inputs * stride];
                for (i, alive) in mask.iter().enumerate() {
                    keep[i % inputs * stride + i / inputs] = f32::from(*alive != 0);
                }
                keep
            });
            Layer { inputs, outputs, stride, weights, biases, keep }
        });
        let room = |l: usize| vec![0.0; padded(shape.outputs(l)) * capacity];
        Dense {
            layers,
            shape,
            capacity,
            training: false,
            dropout: None,
            values: pixel_values(),
            lit: std::array::from_fn(|l| Lit::new(shape.inputs(l), capacity)),
            active: std::array::from_fn(room),
            delta: std::array::from_fn(room),
        }
    }

    /// Length of the flat variable.
    pub fn parameters(&self) -> usize {
        self.layers[LAYERS - 1].biases.end
    }

    /// The flat variable for these weights and biases; pruned weights become zero.
    pub fn pack(&self, weights: &[f32], biases: &[f32]) -> Vec<f32> {
        let mut theta = vec![0.0; self.parameters()];
        for (l, layer) in self.layers.iter().enumerate() {
            let to = &mut theta[layer.weights.clone()];
            for (i, &w) in weights[self.shape.weight_range(l)].iter().enumerate() {
                let at = i % layer.inputs * layer.stride + i / layer.inputs;
                to[at] = if layer.keep.as_ref().is_none_or(|keep| keep[at] != 0.0) { w } else { 0.0 };
            }
            let from = &biases[self.shape.bias_range(l)];
            theta[layer.biases.clone()][..from.len()].copy_from_slice(from);
        }
        theta
    }

    /// Weights (flat, `(out, in)` by layer) and biases out of the flat variable.
    pub fn unpack(&self, theta: &[f32]) -> (Vec<f32>, Vec<f32>) {
        let mut weights = Vec::with_capacity(self.shape.weights());
        let mut biases = Vec::with_capacity(self.shape.biases());
        for layer in &self.layers {
            let from = &theta[layer.weights.clone()];
            for o in 0..layer.outputs {
                weights.extend((0..layer.inputs).map(|i| from[i * layer.stride + o]));
            }
            biases.extend_from_slice(&theta[layer.biases.clone()][..layer.outputs]);
        }
        (weights, biases)
    }

    /// Takes a batch of at most `capacity` images; a backward pass can follow only if they are for `training`.
    pub fn gather(&mut self, batch: Batch<'_>, training: bool) {
        assert!(batch.len() <= self.capacity, "a batch of at most {} images", self.capacity);
        self.training = training;
        self.lit[0].clear(training);
        for i in 0..batch.len() {
            self.lit[0].push_pixels(batch.image(i), &self.values);
        }
    }

    /// Scales the hidden activations of the batch gathered, or no longer.
    pub fn drop_out(&mut self, dropout: Option<Dropout>) {
        self.dropout = dropout;
    }

    /// Logits of the first `images` images gathered, (images, [`LOGITS`]), to be turned into their gradient in place.
    pub fn forward(&mut self, theta: &[f32], images: usize) -> &mut [f32] {
        for (l, layer) in self.layers.iter().enumerate() {
            let weights = Rows { data: &theta[layer.weights.clone()], stride: layer.stride };
            let biases = &theta[layer.biases.clone()];
            let out = &mut self.active[l];
            let lit = &self.lit[l];
            each_block(layer.stride, &mut Forward { weights, biases, lit, images, out });
            if l + 1 < LAYERS {
                let lit = &mut self.lit[l + 1];
                lit.clear(self.training);
                if let Some(dropout) = &self.dropout {
                    scale(out, layer.stride, &dropout[l], layer.outputs);
                }
                // Keeping what is above zero is the ReLU.
                out.chunks_exact(layer.stride).take(images).for_each(|row| lit.push_row(row));
            }
        }
        let logits = &mut self.active[LAYERS - 1];
        debug_assert_eq!(self.layers[LAYERS - 1].stride, LOGITS);
        &mut logits[..images * LOGITS]
    }

    /// The gradient of the flat variable, once the logits hold the gradient of the loss.
    pub fn backward(&mut self, theta: &[f32], images: usize, gradient: &mut [f32]) {
        let [.., last] = &mut self.delta;
        last.clone_from(&self.active[LAYERS - 1]);
        for l in (0..LAYERS).rev() {
            self.weight_gradient(l, images, gradient);
            if l > 0 {
                self.input_gradient(l, theta, images);
            }
        }
    }

    fn weight_gradient(&self, l: usize, images: usize, gradient: &mut [f32]) {
        let layer = &self.layers[l];
        let delta = Rows { data: &self.delta[l], stride: layer.stride };
        let (lit, out) = (&self.lit[l], &mut gradient[layer.weights.clone()]);
        let keep = layer.keep.as_deref();
        each_block(layer.stride, &mut WeightGradient { delta, lit, inputs: layer.inputs, keep, out });
        let biases = &mut gradient[layer.biases.clone()];
        biases.fill(0.0);
        for row in self.delta[l].chunks_exact(layer.stride).take(images) {
            for (b, d) in biases.iter_mut().zip(row) {
                *b += d;
            }
        }
    }

    /// The gradient of the layer's inputs, for active units only: elsewhere the ReLU lets nothing through.
    fn input_gradient(&mut self, l: usize, theta: &[f32], images: usize) {
        let layer = &self.layers[l];
        let weights = Rows { data: &theta[layer.weights.clone()], stride: layer.stride };
        let (below, above) = self.delta.split_at_mut(l);
        let (below, stride) = (&mut below[l - 1], self.layers[l - 1].stride);
        below.fill(0.0);
        for image in 0..images {
            let delta = &above[0][image * layer.stride..][..layer.stride];
            let out = &mut below[image * stride..][..stride];
            let (index, _) = self.lit[l].row(image);
            let (fours, rest) = index.as_chunks::<HALF>();
            for four in fours {
                let dots = dot4(delta, weights, *four).to_array();
                for (&i, dot) in four.iter().zip(dots) {
                    out[i as usize] = dot;
                }
            }
            if let Some(&first) = rest.first() {
                let mut four = [first; HALF];
                four[..rest.len()].copy_from_slice(rest);
                let dots = dot4(delta, weights, four).to_array();
                for (&i, dot) in rest.iter().zip(dots) {
                    out[i as usize] = dot;
                }
            }
        }
        if let Some(dropout) = &self.dropout {
            scale(below, stride, &dropout[l - 1], layer.inputs);
        }
    }
}

/// A layer's outputs, block by block, so that a block's weights stay in the cache for all images.
struct Forward<'a> {
    weights: Rows<'a>,
    biases: &'a [f32],
    lit: &'a Lit,
    images: usize,
    out: &'a mut [f32],
}

impl BlockWork for Forward<'_> {
    #[inline(always)]
    fn run<const V: usize, const T: usize>(&mut self, start: usize) {
        for image in 0..self.images {
            let (index, value) = self.lit.row(image);
            let mut sum = Sum::<V, T>::load(&self.biases[start..]);
            sum.add_scaled_rows(self.weights, start, index, value);
            sum.store(&mut self.out[image * self.weights.stride + start..]);
        }
    }
}

/// The gradient of a layer's weights, block by block likewise.
struct WeightGradient<'a> {
    delta: Rows<'a>,
    lit: &'a Lit,
    inputs: usize,
    keep: Option<&'a [f32]>,
    out: &'a mut [f32],
}

impl BlockWork for WeightGradient<'_> {
    #[inline(always)]
    fn run<const V: usize, const T: usize>(&mut self, start: usize) {
        for input in 0..self.inputs {
            let (index, value) = self.lit.column(input);
            let mut sum = Sum::<V, T>::splat(0.0);
            sum.add_scaled_rows(self.delta, start, index, value);
            let at = input * self.delta.stride + start;
            if let Some(keep) = self.keep {
                sum = sum.where_positive(Sum::load(&keep[at..]));
            }
            sum.store(&mut self.out[at..]);
        }
    }
}

/// Multiplies rows that are `stride` apart by the rows of `by`, which are `width` wide.
fn scale(rows: &mut [f32], stride: usize, by: &[f32], width: usize) {
    for (row, by) in rows.chunks_exact_mut(stride).zip(by.chunks_exact(width)) {
        row.iter_mut().zip(by).for_each(|(x, s)| *x *= s);
    }
}
