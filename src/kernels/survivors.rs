//! Where the surviving weights of a layer are: unit by unit, and again input by input.

use crate::lines::Terms;
use model::shape::{INPUTS, LAYERS, Shape};
use std::ops::Range;

/// Below this share of surviving weights the first layer's rows are short: its forward pass is faster by unit than by pixel,
/// and its gradient with whole lines than with their spans. A constant, never a timing, though it changes no bit while
/// all numbers are finite.
const FEW: f64 = 0.05;

/// A layer's surviving weights into used units.
pub struct Layer {
    /// A row for each used unit with its inputs' lines.
    pub by_unit: Terms,
    /// A row for each pixel that counts or each used unit below, with its units.
    pub by_input: Terms,
    /// The variable holds the weights in the order of one of them: in the first layer that by input, in upper layers that
    /// by unit. This is the place there of each of the other's terms.
    pub places: Vec<u32>,
    /// Where its weights are in the flat variable, those into unused units last.
    pub weights: Range<usize>,
    /// Where its biases are in the flat variable: right after its weights.
    pub biases: Range<usize>,
}

impl Layer {
    /// The weights, which come in the order of the variable, in the other order.
    pub fn turn(&self, weights: &[f32], to: &mut [f32]) {
        for (to, &place) in to.iter_mut().zip(&self.places) {
            *to = weights[place as usize];
        }
    }
}

/// All layers' surviving weights, and what they make of the flat variable.
pub struct Survivors {
    shape: Shape,
    /// The layers, lowest first.
    pub layers: [Layer; LAYERS],
    /// Which pixels have a weight to a used unit. Their lines are numbered in their order.
    pub pixels: [bool; INPUTS],
    /// Whether so few of the first layer's survive that its rows are short.
    pub few: bool,
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
        let few = (first.iter().filter(|m| **m != 0).count() as f64) < FEW * first.len() as f64;
        let (mut index, mut at) = (vec![], 0);
        let layers: [Layer; LAYERS] = std::array::from_fn(|l| {
            let line = |input: usize| if l == 0 { lines[input] } else { input as u32 };
            let UnitRows { by_unit, on, off } = UnitRows::new(shape, mask, l, &used[l], line);
            let weights = at..at + on.len() + off.len();
            let biases = weights.end..weights.end + shape.outputs(l);
            at = biases.end;
            let inputs = by_input(&by_unit);
            let (by_input, places) = if l == 0 {
                // Pixels stay in the order in which a unit sums them up.
                let (by_input, order) = listed(&(0..inputs.len()).collect::<Vec<_>>(), &inputs);
                index.extend(order.iter().map(|&k| on[k as usize]));
                (by_input, inverse(&order))
            } else {
                index.extend(on);
                let used = (0..inputs.len()).filter(|&input| used[l - 1][input]).collect();
                listed(&by_length(used, |input| inputs[input].len()), &inputs)
            };
            index.extend(off);
            Layer { by_unit, by_input, places, weights, biases }
        });
        Survivors { shape, layers, pixels, few, index }
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

/// A layer's surviving weights unit by unit.
struct UnitRows {
    /// A row for each used unit.
    by_unit: Terms,
    /// The flat indices of the rows' weights, in order.
    on: Vec<u32>,
    /// Those of the weights into unused units.
    off: Vec<u32>,
}

impl UnitRows {
    fn new(shape: Shape, mask: &[u8], l: usize, used: &[bool], line: impl Fn(usize) -> u32) -> UnitRows {
        let (range, inputs) = (shape.weight_range(l), shape.inputs(l));
        let mask = &mask[range.clone()];
        let of = |unit: usize| (0..inputs).filter(move |i| mask[unit * inputs + i] != 0);
        let flat = |units: &[usize]| -> Vec<u32> {
            let weights = units.iter().flat_map(|&unit| of(unit).map(move |i| unit * inputs + i));
            weights.map(|i| (range.start + i) as u32).collect()
        };
        let (on, off): (Vec<usize>, Vec<usize>) = (0..shape.outputs(l)).partition(|&unit| used[unit]);
        let on = by_length(on, |unit| of(unit).count());
        UnitRows {
            by_unit: Terms::new(&on, |unit| of(unit).map(&line).collect()),
            on: flat(&on),
            off: flat(&off),
        }
    }
}

/// Shortest first: rows of one length after each other, so that the processor guesses the ends of short loops right.
fn by_length(mut rows: Vec<usize>, length: impl Fn(usize) -> usize) -> Vec<usize> {
    rows.sort_by_key(|&row| length(row));
    rows
}

/// Numbers those that count, from 0 in their order.
fn numbered(counts: &[bool]) -> Vec<u32> {
    let (mut numbers, mut next) = (vec![], 0);
    for &counts in counts {
        numbers.push(next);
        next += u32::from(counts);
    }
    numbers
}

/// For each input the units of its weights, each with the weight's place in `by_unit`.
fn by_input(by_unit: &Terms) -> Vec<Vec<(u32, u32)>> {
    let inputs = by_unit.index.iter().max().map_or(0, |&last| last as usize + 1);
    let mut rows = vec![vec![]; inputs];
    for (unit, range) in by_unit.iter() {
        for k in range {
            rows[by_unit.index[k] as usize].push((unit as u32, k as u32));
        }
    }
    rows
}

/// Inputs in the given order, and the place of each of their terms.
fn listed(order: &[usize], inputs: &[Vec<(u32, u32)>]) -> (Terms, Vec<u32>) {
    let places = order.iter().flat_map(|&input| &inputs[input]).map(|term| term.1).collect();
    (Terms::new(order, |input| inputs[input].iter().map(|term| term.0).collect()), places)
}

fn inverse(order: &[u32]) -> Vec<u32> {
    let mut inverse = vec![0; order.len()];
    for (place, &k) in order.iter().enumerate() {
        inverse[k as usize] = place as u32;
    }
    inverse
}
