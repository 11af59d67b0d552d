//! Where the surviving weights of a layer are: row by row, and again column by column.

use super::lines::Terms;
use crate::lab::shape::{INPUTS, LAYERS, Shape};
use std::ops::Range;

/// While at least this share of the first layer's weights survives, they come by pixel. A constant, never a timing,
/// though the bits are the same either way. Measured: both take the same time at 4%.
const BY_PIXEL_FROM: f64 = 0.04;

/// Which end of the weights makes the rows of a layer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum By {
    /// A row for each used unit with its inputs: its sum stays in registers.
    Unit,
    /// A row for each input with its units: an input that is dark is left out at no cost. First layer only.
    Pixel,
}

/// A layer's surviving weights.
pub struct Layer {
    /// Those of used units in the order of the variable.
    pub terms: Terms,
    /// What makes their rows.
    pub by: By,
    /// The same by input: for each used unit below a row with the units above it; empty for the first layer.
    pub columns: Terms,
    /// The weight of each of the columns' terms.
    pub column_weight: Vec<u32>,
    /// Where its weights are in the flat variable: first those in `terms`, then those into unused units.
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
        let lines = numbered(&pixels);
        let (mut index, mut at) = (vec![], 0);
        let layers: [Layer; LAYERS] = std::array::from_fn(|l| {
            let range = shape.weight_range(l);
            let (inputs, mask) = (shape.inputs(l), &mask[range.clone()]);
            let of = |unit: usize| (0..inputs).filter(move |i| mask[unit * inputs + i] != 0);
            let (on, off): (Vec<usize>, Vec<usize>) = (0..shape.outputs(l)).partition(|&unit| used[l][unit]);
            let on = by_length(on, |unit| of(unit).count());
            let rows =
                Terms::new(&on, |unit| of(unit).map(|i| if l == 0 { lines[i] } else { i as u32 }).collect());
            let flat = |units: &[usize]| -> Vec<u32> {
                let weights = units.iter().flat_map(|&unit| of(unit).map(move |i| unit * inputs + i));
                weights.map(|i| (range.start + i) as u32).collect()
            };
            let (on, off) = (flat(&on), flat(&off));
            let weights = at..at + on.len() + off.len();
            let biases = weights.end..weights.end + shape.outputs(l);
            at = biases.end;
            let share = weights.len() as f64 / mask.len() as f64;
            let (by, terms, order) = if l == 0 && share >= BY_PIXEL_FROM {
                let columns = by_input(&rows);
                // In their own order, for that is the order in which a unit's sum is made by unit, too.
                let (terms, order) = listed(&(0..columns.len()).collect::<Vec<_>>(), &columns);
                (By::Pixel, terms, order)
            } else {
                (By::Unit, rows, (0..on.len() as u32).collect())
            };
            index.extend(order.iter().map(|&k| on[k as usize]));
            index.extend(off);
            let (columns, column_weight) =
                if l > 0 { used_columns(&terms, &used[l - 1]) } else { Default::default() };
            Layer { terms, by, columns, column_weight, weights, biases }
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

/// Numbers those that count, from 0 in their order.
fn numbered(counts: &[bool]) -> Vec<u32> {
    let mut next = 0;
    let number = |&counts: &bool| {
        next += u32::from(counts);
        next - u32::from(counts)
    };
    counts.iter().map(number).collect()
}

/// For each input the units of its weights, each with the weight's place in `rows`.
type Columns = Vec<Vec<(u32, u32)>>;

fn by_input(rows: &Terms) -> Columns {
    let inputs = rows.index.iter().max().map_or(0, |&last| last as usize + 1);
    let mut columns = vec![vec![]; inputs];
    for (unit, range) in rows.iter() {
        for k in range {
            columns[rows.index[k] as usize].push((unit as u32, k as u32));
        }
    }
    columns
}

/// Columns in the given order, and the weight of each of their terms.
fn listed(order: &[usize], columns: &Columns) -> (Terms, Vec<u32>) {
    let weight = order.iter().flat_map(|&input| &columns[input]).map(|term| term.1).collect();
    (Terms::new(order, |input| columns[input].iter().map(|term| term.0).collect()), weight)
}

/// The columns of used units, and the weight of each of their terms.
fn used_columns(rows: &Terms, used: &[bool]) -> (Terms, Vec<u32>) {
    let mut columns = by_input(rows);
    columns.resize(used.len(), vec![]);
    let on = (0..used.len()).filter(|&unit| used[unit]).collect();
    listed(&by_length(on, |unit| columns[unit].len()), &columns)
}
