//! Where the surviving weights of a layer are: row by row, and again column by column.

use super::lines::Terms;
use crate::lab::shape::{INPUTS, LAYERS, Shape};
use std::ops::Range;

/// A layer's surviving weights.
pub struct Layer {
    /// For each used unit a row with its inputs' lines; the row's terms are the layer's weights in order.
    pub rows: Terms,
    /// For each used input that is a unit a row with the units above it; empty for the first layer.
    pub columns: Terms,
    /// The weight of each of the columns' terms.
    pub column_weight: Vec<u32>,
    /// Where its weights are in the flat variable: first those in `rows`, then those into unused units.
    pub weights: Range<usize>,
    /// Where its biases are in the flat variable: right after its weights.
    pub biases: Range<usize>,
}

/// All layers' surviving weights, and what they make of the flat variable.
pub struct Survivors {
    shape: Shape,
    /// The layers, lowest first.
    pub layers: [Layer; LAYERS],
    /// Which pixels have a weight to a used unit. Their lines are numbered in their order.
    pub pixels: [bool; INPUTS],
    /// Flat indices of the survivors in the order of the variable.
    index: Vec<u32>,
}

impl Survivors {
    /// Those of a mask (flat, 0 is pruned).
    pub fn new(shape: Shape, mask: &[u8]) -> Survivors {
        let used = used_units(shape, mask);
        let first = &mask[shape.weight_range(0)];
        let pixels: [bool; INPUTS] = std::array::from_fn(|pixel| {
            (0..shape.outputs(0)).any(|o| used[0][o] && first[o * INPUTS + pixel] != 0)
        });
        let mut lines = [0; INPUTS];
        let mut line = 0;
        for (number, counts) in lines.iter_mut().zip(pixels) {
            *number = line;
            line += u32::from(counts);
        }
        let (mut index, mut at) = (vec![], 0);
        let layers: [Layer; LAYERS] = std::array::from_fn(|l| {
            let range = shape.weight_range(l);
            let (inputs, mask) = (shape.inputs(l), &mask[range.clone()]);
            let of = |unit: usize| (0..inputs).filter(move |i| mask[unit * inputs + i] != 0);
            let (on, off): (Vec<usize>, Vec<usize>) = (0..shape.outputs(l)).partition(|&unit| used[l][unit]);
            let on = by_length(on, |unit| of(unit).count());
            let rows =
                Terms::new(&on, |unit| of(unit).map(|i| if l == 0 { lines[i] } else { i as u32 }).collect());
            let below: &[bool] = if l > 0 { &used[l - 1] } else { &[] };
            let (columns, column_weight) = columns(&rows, below);
            let weights = on.iter().chain(&off).flat_map(|&unit| of(unit).map(move |i| unit * inputs + i));
            index.extend(weights.map(|i| (range.start + i) as u32));
            let weights = at..at + mask.iter().filter(|m| **m != 0).count();
            let biases = weights.end..weights.end + shape.outputs(l);
            at = biases.end;
            Layer { rows, columns, column_weight, weights, biases }
        });
        Survivors { shape, layers, pixels, index }
    }

    /// Length of the flat variable.
    pub fn parameters(&self) -> usize {
        self.layers[LAYERS - 1].biases.end
    }

    /// The flat variable for these weights and biases; pruned weights are left out.
    pub fn pack(&self, weights: &[f32], biases: &[f32]) -> Vec<f32> {
        let mut theta = Vec::with_capacity(self.parameters());
        let mut index = self.index.iter();
        for (l, layer) in self.layers.iter().enumerate() {
            theta.extend(index.by_ref().take(layer.weights.len()).map(|&i| weights[i as usize]));
            theta.extend_from_slice(&biases[self.shape.bias_range(l)]);
        }
        theta
    }

    /// Weights (flat, `(out, in)` by layer, pruned ones zero) and biases out of the flat variable.
    pub fn unpack(&self, theta: &[f32]) -> (Vec<f32>, Vec<f32>) {
        let mut weights = vec![0.0; self.shape.weights()];
        let mut biases = Vec::with_capacity(self.shape.biases());
        let mut index = self.index.iter();
        for layer in &self.layers {
            for (&value, &i) in theta[layer.weights.clone()].iter().zip(index.by_ref()) {
                weights[i as usize] = value;
            }
            biases.extend_from_slice(&theta[layer.biases.clone()]);
        }
        (weights, biases)
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

/// Shortest first: rows of one length after each other, so that the processor guesses the ends of short loops right.
fn by_length(mut rows: Vec<usize>, length: impl Fn(usize) -> usize) -> Vec<usize> {
    rows.sort_by_key(|&row| length(row));
    rows
}

/// The columns of `rows` for the inputs that are `used`, and the weight of each of their terms.
fn columns(rows: &Terms, used: &[bool]) -> (Terms, Vec<u32>) {
    let mut terms = vec![vec![]; used.len()];
    for (unit, range) in rows.iter() {
        for k in range {
            if let Some(column) = terms.get_mut(rows.index[k] as usize) {
                column.push((unit as u32, k as u32));
            }
        }
    }
    let on = (0..used.len()).filter(|&input| used[input]).collect();
    let on = by_length(on, |input| terms[input].len());
    let weight = on.iter().flat_map(|&input| &terms[input]).map(|term| term.1).collect();
    (Terms::new(&on, |input| terms[input].iter().map(|term| term.0).collect()), weight)
}
