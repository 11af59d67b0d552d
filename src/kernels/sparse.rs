//! The network when few weights survive. Activations are (features, batch): the batch is the SIMD dimension and each
//! surviving weight scales one row of its inputs. The flat variable holds survivors only. Nothing is computed for a
//! pixel that is dark in the whole batch or has no weight left, nor for a unit with no way to the output.

use super::{
    batch::{Batch, pixel_values},
    loss::LOGITS,
    network::Dropout,
    simd::{HALF, Product, Rows, Then, dot4, each_block, padded, sum_of},
};
use crate::lab::shape::{CLASSES, INPUTS, LAYERS, Shape};
use std::ops::Range;

/// A layer's surviving weights, row by row (one row a unit), and again column by column.
struct Layer {
    /// Where each unit's weights begin; one entry more than units.
    row_start: Vec<u32>,
    /// The input of each weight: a row of the activations below.
    input: Vec<u32>,
    /// Where each input's weights begin in `column_*`, weights to used units only.
    column_start: Vec<u32>,
    column_unit: Vec<u32>,
    column_weight: Vec<u32>,
    /// Units that have a way to the output.
    used: Vec<bool>,
    weights: Range<usize>,
    biases: Range<usize>,
}

impl Layer {
    fn row(&self, unit: usize) -> Range<usize> {
        self.row_start[unit] as usize..self.row_start[unit + 1] as usize
    }

    fn units(&self) -> usize {
        self.used.len()
    }
}

/// A list of scaled rows: which, by how much, and for which weight.
#[derive(Default)]
struct Terms {
    start: Vec<u32>,
    index: Vec<u32>,
    value: Vec<f32>,
    weight: Vec<u32>,
}

/// A sparse network and room for a pass over `capacity` images.
pub struct Sparse {
    shape: Shape,
    layers: [Layer; LAYERS],
    /// Flat indices of the survivors, in the order of the variable, layer by layer.
    survivors: Vec<u32>,
    /// Pixels with at least one weight to a used unit.
    pixels: Vec<u16>,
    values: [f32; 256],
    dropout: Option<Dropout>,
    stride: usize,
    pixel_rows: Vec<f32>,
    lit: Vec<u8>,
    /// The first layer's weights from pixels that are lit in this batch.
    lit_terms: Terms,
    active: [Vec<f32>; LAYERS],
    delta: [Vec<f32>; LAYERS],
    logits: Vec<f32>,
    scratch: Vec<f32>,
}

impl Sparse {
    /// For the given mask (flat, 0 is pruned).
    pub fn new(shape: Shape, mask: &[u8], capacity: usize) -> Sparse {
        let stride = padded(capacity);
        let used = used_units(shape, mask);
        let mut pixels = vec![];
        let mut pixel_row = [0u32; INPUTS];
        let first = &mask[shape.weight_range(0)];
        for pixel in 0..INPUTS {
            if (0..shape.outputs(0)).any(|o| used[0][o] && first[o * INPUTS + pixel] != 0) {
                pixel_row[pixel] = pixels.len() as u32;
                pixels.push(pixel as u16);
            }
        }
        let mut survivors = vec![];
        let mut at = 0;
        let layers: [Layer; LAYERS] = std::array::from_fn(|l| {
            let range = shape.weight_range(l);
            let layer = build_layer(shape, l, &mask[range.clone()], &used[l], at, |input| {
                if l == 0 { pixel_row[input] } else { input as u32 }
            });
            at = layer.biases.end;
            let alive = range.filter(|&i| mask[i] != 0);
            survivors.extend(alive.map(|i| i as u32));
            layer
        });
        let room = |l: usize| vec![0.0; shape.outputs(l) * stride];
        let scratch = layers.iter().map(|l| l.column_weight.len()).max().unwrap_or(0);
        let (rows, weights) = (layers[0].units(), layers[0].input.len());
        Sparse {
            shape,
            lit: vec![0; pixels.len()],
            pixel_rows: vec![0.0; pixels.len() * stride],
            lit_terms: Terms {
                start: vec![0; rows + 1],
                index: vec![0; weights + 1],
                value: vec![0.0; weights + 1],
                weight: vec![0; weights + 1],
            },
            pixels,
            layers,
            survivors,
            values: pixel_values(),
            dropout: None,
            stride,
            active: std::array::from_fn(room),
            delta: std::array::from_fn(room),
            logits: vec![0.0; capacity * LOGITS],
            scratch: vec![0.0; scratch],
        }
    }

    /// Length of the flat variable.
    pub fn parameters(&self) -> usize {
        self.layers[LAYERS - 1].biases.end
    }

    /// The flat variable for these weights and biases; pruned weights are left out.
    pub fn pack(&self, weights: &[f32], biases: &[f32]) -> Vec<f32> {
        let mut theta = vec![0.0; self.parameters()];
        let mut survivors = self.survivors.iter();
        for (l, layer) in self.layers.iter().enumerate() {
            for value in &mut theta[layer.weights.clone()] {
                *value = weights[*survivors.next().expect("a survivor for each weight") as usize];
            }
            theta[layer.biases.clone()].copy_from_slice(&biases[self.shape.bias_range(l)]);
        }
        theta
    }

    /// Weights (flat, `(out, in)` by layer, pruned ones zero) and biases out of the flat variable.
    pub fn unpack(&self, theta: &[f32]) -> (Vec<f32>, Vec<f32>) {
        let mut weights = vec![0.0; self.shape.weights()];
        let mut biases = Vec::with_capacity(self.shape.biases());
        let mut survivors = self.survivors.iter();
        for layer in &self.layers {
            for &value in &theta[layer.weights.clone()] {
                weights[*survivors.next().expect("a survivor for each weight") as usize] = value;
            }
            biases.extend_from_slice(&theta[layer.biases.clone()]);
        }
        (weights, biases)
    }

    /// Takes a batch, transposed to (pixels, batch), and notes which pixels are lit in it.
    pub fn gather(&mut self, batch: Batch<'_>, _training: bool) {
        const DARK: [u8; INPUTS] = [0; INPUTS];
        self.lit.fill(0);
        for first in (0..batch.len()).step_by(HALF) {
            let [a, b, c, d]: [&[u8; INPUTS]; HALF] = std::array::from_fn(|k| {
                if first + k < batch.len() {
                    batch.image(first + k).try_into().expect("a whole image")
                } else {
                    &DARK
                }
            });
            let rows = self.pixel_rows.chunks_exact_mut(self.stride);
            for ((&pixel, lit), row) in self.pixels.iter().zip(&mut self.lit).zip(rows) {
                let bytes = [a, b, c, d].map(|image| image[pixel as usize]);
                *lit |= bytes[0] | bytes[1] | bytes[2] | bytes[3];
                let four: &mut [f32; HALF] = (&mut row[first..first + HALF]).try_into().expect("four lanes");
                *four = bytes.map(|byte| self.values[byte as usize]);
            }
        }
    }

    /// Scales the hidden activations of the batch gathered, or no longer.
    pub fn drop_out(&mut self, dropout: Option<Dropout>) {
        self.dropout = dropout;
    }

    /// Logits of the first `images` images gathered, (images, [`LOGITS`]), to be turned into their gradient in place.
    pub fn forward(&mut self, theta: &[f32], images: usize) -> &mut [f32] {
        let (stride, lanes) = (self.stride, padded(images));
        self.keep_lit(theta);
        for (l, layer) in self.layers.iter().enumerate() {
            let (below, active) = self.active.split_at_mut(l);
            let data = if l == 0 { &self.pixel_rows } else { &below[l - 1] };
            let rows = Rows { data, stride };
            let terms = &self.lit_terms;
            let (start, index, value) = if l == 0 {
                (&terms.start[..], &terms.index[..], &terms.value[..])
            } else {
                (&layer.row_start[..], &layer.input[..], &theta[layer.weights.clone()])
            };
            let hidden = l + 1 < LAYERS;
            let mut product = Product {
                rows,
                start,
                index,
                value,
                first: Some(&theta[layer.biases.clone()]),
                used: &layer.used,
                then: if hidden { Then::Relu } else { Then::Keep },
                out: &mut active[0],
            };
            each_block(lanes, &mut product);
            if let Some(dropout) = self.dropout.as_ref().filter(|_| hidden) {
                scale(&mut active[0], stride, &dropout[l], layer.units());
            }
        }
        for (image, row) in self.logits.chunks_exact_mut(LOGITS).take(images).enumerate() {
            for (class, logit) in row[..CLASSES].iter_mut().enumerate() {
                *logit = self.active[LAYERS - 1][class * stride + image];
            }
        }
        &mut self.logits[..images * LOGITS]
    }

    /// Lists the first layer's weights from lit pixels: a pass over the survivors that saves two products over the
    /// batch for each weight left out.
    fn keep_lit(&mut self, theta: &[f32]) {
        let layer = &self.layers[0];
        let Terms { start, index, value, weight } = &mut self.lit_terms;
        let theta = &theta[layer.weights.clone()];
        let mut end = 0;
        for (unit, start) in start[..layer.units()].iter_mut().enumerate() {
            *start = end as u32;
            if layer.used[unit] {
                let range = layer.row(unit);
                for ((k, &input), &w) in range.clone().zip(&layer.input[range.clone()]).zip(&theta[range]) {
                    // Written first and kept by counting: a branch here would be guessed wrong a third of the time.
                    index[end] = input;
                    value[end] = w;
                    weight[end] = k as u32;
                    end += usize::from(self.lit[input as usize] != 0);
                }
            }
        }
        start[layer.units()] = end as u32;
    }

    /// The gradient of the flat variable, once the logits hold the gradient of the loss.
    pub fn backward(&mut self, theta: &[f32], images: usize, gradient: &mut [f32]) {
        let (stride, lanes) = (self.stride, padded(images));
        for class in 0..CLASSES {
            let row = &mut self.delta[LAYERS - 1][class * stride..][..lanes];
            row.fill(0.0);
            for (image, d) in row[..images].iter_mut().enumerate() {
                *d = self.logits[image * LOGITS + class];
            }
        }
        gradient.fill(0.0);
        for l in (0..LAYERS).rev() {
            self.weight_gradient(l, lanes, gradient);
            if l > 0 {
                self.input_gradient(l, theta, lanes);
            }
        }
    }

    fn weight_gradient(&self, l: usize, lanes: usize, gradient: &mut [f32]) {
        let (layer, stride) = (&self.layers[l], self.stride);
        let data = if l == 0 { &self.pixel_rows } else { &self.active[l - 1] };
        let rows = Rows { data, stride };
        for unit in (0..layer.units()).filter(|&unit| layer.used[unit]) {
            let delta = &self.delta[l][unit * stride..][..lanes];
            gradient[layer.biases.start + unit] = sum_of(delta);
            let out = &mut gradient[layer.weights.clone()];
            if l == 0 {
                let terms = &self.lit_terms;
                let range = terms.start[unit] as usize..terms.start[unit + 1] as usize;
                each_dot(delta, rows, &terms.index[range.clone()], |k, dots| {
                    for (&weight, dot) in terms.weight[range.clone()][k..].iter().zip(dots) {
                        out[weight as usize] = *dot;
                    }
                });
            } else {
                let range = layer.row(unit);
                let out = &mut out[range.clone()];
                each_dot(delta, rows, &layer.input[range], |k, dots| {
                    out[k..k + dots.len()].copy_from_slice(dots);
                });
            }
        }
    }

    /// The gradient of the layer's inputs, through the ReLU below.
    fn input_gradient(&mut self, l: usize, theta: &[f32], lanes: usize) {
        let (layer, stride) = (&self.layers[l], self.stride);
        let weights = &theta[layer.weights.clone()];
        let scratch = &mut self.scratch[..layer.column_weight.len()];
        for (value, &weight) in scratch.iter_mut().zip(&layer.column_weight) {
            *value = weights[weight as usize];
        }
        let (below, above) = self.delta.split_at_mut(l);
        let units = &self.layers[l - 1];
        let mut product = Product {
            rows: Rows { data: &above[0], stride },
            start: &layer.column_start,
            index: &layer.column_unit,
            value: scratch,
            first: None,
            used: &units.used,
            then: Then::Gate(&self.active[l - 1]),
            out: &mut below[l - 1],
        };
        each_block(lanes, &mut product);
        if let Some(dropout) = &self.dropout {
            scale(&mut below[l - 1], stride, &dropout[l - 1], units.units());
        }
    }
}

/// Units from which the output can be reached through surviving weights.
fn used_units(shape: Shape, mask: &[u8]) -> [Vec<bool>; LAYERS] {
    let mut used: [Vec<bool>; LAYERS] = std::array::from_fn(|l| vec![l + 1 == LAYERS; shape.outputs(l)]);
    for l in (0..LAYERS - 1).rev() {
        let above = &mask[shape.weight_range(l + 1)];
        let inputs = shape.inputs(l + 1);
        for unit in 0..inputs {
            used[l][unit] =
                (0..shape.outputs(l + 1)).any(|o| used[l + 1][o] && above[o * inputs + unit] != 0);
        }
    }
    used
}

fn build_layer(
    shape: Shape,
    l: usize,
    mask: &[u8],
    used: &[bool],
    start: usize,
    row_of: impl Fn(usize) -> u32,
) -> Layer {
    let (inputs, outputs) = (shape.inputs(l), shape.outputs(l));
    let mut row_start = vec![0];
    let mut input = vec![];
    let mut columns = vec![vec![]; inputs];
    for unit in 0..outputs {
        for i in (0..inputs).filter(|i| mask[unit * inputs + i] != 0) {
            if used[unit] {
                columns[i].push((unit as u32, input.len() as u32));
            }
            input.push(row_of(i));
        }
        row_start.push(input.len() as u32);
    }
    let mut column_start = vec![0];
    for column in &columns {
        column_start.push(column_start[column_start.len() - 1] + column.len() as u32);
    }
    let weights = start..start + input.len();
    Layer {
        row_start,
        input,
        column_start,
        column_unit: columns.iter().flatten().map(|c| c.0).collect(),
        column_weight: columns.iter().flatten().map(|c| c.1).collect(),
        used: used.to_vec(),
        biases: weights.end..weights.end + outputs,
        weights,
    }
}

/// Dot products of `a` with each of the rows, handed on with where they begin, four at a time.
#[inline(always)]
fn each_dot(a: &[f32], rows: Rows<'_>, index: &[u32], mut take: impl FnMut(usize, &[f32])) {
    let (fours, rest) = index.as_chunks::<HALF>();
    for (k, four) in fours.iter().enumerate() {
        take(k * HALF, &dot4(a, rows, *four).to_array());
    }
    if let Some(&first) = rest.first() {
        let mut four = [first; HALF];
        four[..rest.len()].copy_from_slice(rest);
        take(fours.len() * HALF, &dot4(a, rows, four).to_array()[..rest.len()]);
    }
}

/// Multiplies rows of lanes, one a unit and `stride` apart, by the columns of `by`, (images, units).
fn scale(rows: &mut [f32], stride: usize, by: &[f32], units: usize) {
    for (unit, row) in rows.chunks_exact_mut(stride).enumerate() {
        for (x, s) in row.iter_mut().zip(by.iter().skip(unit).step_by(units)) {
            *x *= s;
        }
    }
}
