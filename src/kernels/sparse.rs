//! The network when few weights survive. Activations are (features, batch), sixteen images at a time: the batch is the
//! SIMD dimension and each surviving weight scales one line of its inputs. The flat variable holds survivors only. Nothing is computed for a
//! pixel that is dark in the whole batch or has no weight left, nor for a unit with no way to the output.

use super::{
    batch::{Batch, pixel_values},
    lines::{IMAGES, Line, Terms, Then, add_gradient, product},
    loss::LOGITS,
    network::Dropout,
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
    units: usize,
    /// Units that have a way to the output.
    used: Vec<u32>,
    weights: Range<usize>,
    biases: Range<usize>,
}

impl Layer {
    fn row(&self, unit: usize) -> Range<usize> {
        self.row_start[unit] as usize..self.row_start[unit + 1] as usize
    }

    fn rows(&self) -> Terms<'_> {
        Terms { start: &self.row_start, index: &self.input }
    }

    fn columns(&self) -> Terms<'_> {
        Terms { start: &self.column_start, index: &self.column_unit }
    }
}

/// The first layer's weights from pixels that are lit in the batch, unit by unit.
#[derive(Default)]
struct LitTerms {
    start: Vec<u32>,
    index: Vec<u32>,
    value: Vec<f32>,
    /// Which of the layer's weights each is.
    weight: Vec<u32>,
    gradient: Vec<f32>,
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
    lit: Vec<u8>,
    lit_terms: LitTerms,
    /// Room for sixteen images at a time.
    tiles: Vec<Tile>,
    logits: Vec<f32>,
    /// Each upper layer's weights in the order of its columns.
    by_column: [Vec<f32>; LAYERS],
}

/// Sixteen images on their way through the network.
struct Tile {
    pixels: Vec<Line>,
    active: [Vec<Line>; LAYERS],
    delta: [Vec<Line>; LAYERS],
}

impl Sparse {
    /// For the given mask (flat, 0 is pruned).
    pub fn new(shape: Shape, mask: &[u8], capacity: usize) -> Sparse {
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
        let room = |l: usize| vec![Line::ZERO; shape.outputs(l)];
        let tile = |_| Tile {
            pixels: vec![Line::ZERO; pixels.len()],
            active: std::array::from_fn(room),
            delta: std::array::from_fn(room),
        };
        // One place more than can be filled, for the branchless list is written before it is known what stays.
        let terms = layers[0].input.len() + 1;
        Sparse {
            shape,
            lit: vec![0; pixels.len()],
            lit_terms: LitTerms {
                start: vec![0; layers[0].units + 1],
                index: vec![0; terms],
                value: vec![0.0; terms],
                weight: vec![0; terms],
                gradient: vec![0.0; terms],
            },
            tiles: (0..capacity.div_ceil(IMAGES)).map(tile).collect(),
            pixels,
            by_column: layers.each_ref().map(|layer| vec![0.0; layer.column_weight.len()]),
            layers,
            survivors,
            values: pixel_values(),
            dropout: None,
            logits: vec![0.0; capacity * LOGITS],
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
        for first in (0..batch.len().next_multiple_of(IMAGES)).step_by(4) {
            let [a, b, c, d]: [&[u8; INPUTS]; 4] = std::array::from_fn(|k| {
                if first + k < batch.len() {
                    batch.image(first + k).try_into().expect("a whole image")
                } else {
                    &DARK
                }
            });
            let lines = &mut self.tiles[first / IMAGES].pixels;
            for ((&pixel, lit), line) in self.pixels.iter().zip(&mut self.lit).zip(lines) {
                let bytes = [a, b, c, d].map(|image| image[pixel as usize]);
                *lit |= bytes[0] | bytes[1] | bytes[2] | bytes[3];
                let (fours, _) = line.0.as_chunks_mut::<4>();
                fours[first % IMAGES / 4] = bytes.map(|byte| self.values[byte as usize]);
            }
        }
    }

    /// Scales the hidden activations of the batch gathered, or no longer.
    pub fn drop_out(&mut self, dropout: Option<Dropout>) {
        self.dropout = dropout;
    }

    /// Logits of the first `images` images gathered, (images, [`LOGITS`]), to be turned into their gradient in place.
    pub fn forward(&mut self, theta: &[f32], images: usize) -> &mut [f32] {
        self.keep_lit(theta);
        for (number, tile) in self.tiles[..images.div_ceil(IMAGES)].iter_mut().enumerate() {
            for (l, layer) in self.layers.iter().enumerate() {
                let (below, active) = tile.active.split_at_mut(l);
                let biases = Some(&theta[layer.biases.clone()]);
                let lit = &self.lit_terms;
                let (terms, value, lines) = if l == 0 {
                    (Terms { start: &lit.start, index: &lit.index }, &lit.value[..], &tile.pixels)
                } else {
                    (layer.rows(), &theta[layer.weights.clone()], &below[l - 1])
                };
                let hidden = l + 1 < LAYERS;
                let then = if hidden { Then::Relu } else { Then::Keep };
                product(&layer.used, terms, value, lines, biases, then, &mut active[0]);
                if let Some(dropout) = self.dropout.as_ref().filter(|_| hidden) {
                    scale(&mut active[0], number, &dropout[l]);
                }
            }
            let logits = self.logits.chunks_exact_mut(LOGITS).take(images);
            for (lane, row) in logits.skip(number * IMAGES).take(IMAGES).enumerate() {
                for (logit, line) in row.iter_mut().zip(&tile.active[LAYERS - 1]) {
                    *logit = line.0[lane];
                }
            }
        }
        &mut self.logits[..images * LOGITS]
    }

    /// Lists the first layer's weights from lit pixels: a pass over the survivors that saves two products over the
    /// batch for each weight left out.
    fn keep_lit(&mut self, theta: &[f32]) {
        let layer = &self.layers[0];
        let LitTerms { start, index, value, weight, .. } = &mut self.lit_terms;
        let theta = &theta[layer.weights.clone()];
        let mut end = 0;
        for &unit in &layer.used {
            start[unit as usize] = end as u32;
            let range = layer.row(unit as usize);
            for ((k, &input), &w) in range.clone().zip(&layer.input[range.clone()]).zip(&theta[range]) {
                // Written first and kept by counting: a branch here would be guessed wrong a third of the time.
                index[end] = input;
                value[end] = w;
                weight[end] = k as u32;
                end += usize::from(self.lit[input as usize] != 0);
            }
            // The next used unit begins here too; what lies between has no terms and is never asked for.
            start[unit as usize + 1] = end as u32;
        }
        start[layer.units] = end as u32;
    }

    /// The gradient of the flat variable, once the logits hold the gradient of the loss.
    pub fn backward(&mut self, theta: &[f32], images: usize, gradient: &mut [f32]) {
        gradient.fill(0.0);
        for (layer, by_column) in self.layers.iter().zip(&mut self.by_column) {
            let weights = &theta[layer.weights.clone()];
            for (value, &weight) in by_column.iter_mut().zip(&layer.column_weight) {
                *value = weights[weight as usize];
            }
        }
        let terms = self.lit_terms.start[self.layers[0].units] as usize;
        self.lit_terms.gradient[..terms].fill(0.0);
        for number in 0..images.div_ceil(IMAGES) {
            self.take_logits(number, images);
            for l in (0..LAYERS).rev() {
                self.weight_gradient(l, number, gradient);
                if l > 0 {
                    self.input_gradient(l, number);
                }
            }
        }
        let first = &mut gradient[self.layers[0].weights.clone()];
        for (&weight, &g) in self.lit_terms.weight[..terms].iter().zip(&self.lit_terms.gradient) {
            first[weight as usize] = g;
        }
    }

    /// The gradient of a tile's logits, image by image, becomes lines; lanes without an image are zero.
    fn take_logits(&mut self, number: usize, images: usize) {
        let logits = self.logits.chunks_exact(LOGITS).take(images).skip(number * IMAGES).take(IMAGES);
        let lines = &mut self.tiles[number].delta[LAYERS - 1];
        lines.fill(Line::ZERO);
        for (lane, row) in logits.enumerate() {
            for (line, d) in lines.iter_mut().zip(&row[..CLASSES]) {
                line.0[lane] = *d;
            }
        }
    }

    /// Adds a tile's part of a layer's gradient.
    fn weight_gradient(&mut self, l: usize, number: usize, gradient: &mut [f32]) {
        let (layer, tile, lit) = (&self.layers[l], &self.tiles[number], &mut self.lit_terms);
        // A layer's biases follow its weights.
        let (weights, biases) =
            gradient[layer.weights.start..layer.biases.end].split_at_mut(layer.input.len());
        if l == 0 {
            let terms = Terms { start: &lit.start, index: &lit.index };
            add_gradient(&layer.used, terms, &tile.delta[0], &tile.pixels, &mut lit.gradient, biases);
        } else {
            let below = &tile.active[l - 1];
            add_gradient(&layer.used, layer.rows(), &tile.delta[l], below, weights, biases);
        }
    }

    /// The gradient of the layer's inputs, through the ReLU below.
    fn input_gradient(&mut self, l: usize, number: usize) {
        let (layer, tile) = (&self.layers[l], &mut self.tiles[number]);
        let (below, above) = tile.delta.split_at_mut(l);
        let (used, gate) = (&self.layers[l - 1].used, Then::Gate(&tile.active[l - 1]));
        let below = &mut below[l - 1];
        product(used, layer.columns(), &self.by_column[l], &above[0], None, gate, below);
        if let Some(dropout) = &self.dropout {
            scale(below, number, &dropout[l - 1]);
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
        units: outputs,
        used: (0..outputs as u32).filter(|&unit| used[unit as usize]).collect(),
        biases: weights.end..weights.end + outputs,
        weights,
    }
}

/// Multiplies a tile's lines, one a unit, by the columns of `by`, (images, units).
fn scale(lines: &mut [Line], tile: usize, by: &[f32]) {
    let units = lines.len();
    for (row, lane) in by.chunks_exact(units).skip(tile * IMAGES).zip(0..IMAGES) {
        for (line, s) in lines.iter_mut().zip(row) {
            line.0[lane] *= s;
        }
    }
}
