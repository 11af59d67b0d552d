//! A network in plain loops, image by image, on any [`Scalar`]: it scores weights before training. The order of every sum is
//! that of the loops. Training itself uses the package `kernels`, which is many times faster and has no second derivatives.

use crate::scalar::Scalar;
use model::{Layer, LayerSize, Model};
use std::ops::Range;

/// A network without a mask.
pub struct PlainNetwork<T> {
    layers: Vec<PlainLayer<T>>,
}

struct PlainLayer<T> {
    size: LayerSize,
    padding: usize,
    pool: usize,
    /// Flat, (units, fan-in).
    weights: Vec<T>,
    /// Those of a linear layer once more, (inputs, units): an input that is zero is passed over with all its weights.
    by_input: Vec<T>,
    biases: Vec<T>,
}

/// What one layer gave for an image.
struct Given<T> {
    /// What it computed, behind the ReLU unless it is the last layer.
    computed: Vec<T>,
    /// For each value that it passes on, the computed one that it is.
    passed_on: Vec<u32>,
}

/// A sum of gradients of weights.
pub struct GradientSum<T>(Vec<Vec<T>>);

impl<T: Scalar> PlainNetwork<T> {
    /// A network of `model` with these weights and biases, both flat.
    pub fn new(model: &Model, weights: &[T], biases: &[T]) -> PlainNetwork<T> {
        let layer = |(size, layer): (LayerSize, &Layer)| {
            let (padding, pool) = match layer {
                Layer::Convolution { padding, pool, .. } => (*padding as usize, *pool as usize),
                Layer::Linear { .. } => (0, 1),
            };
            let (weights, biases) =
                (weights[size.weights.clone()].to_vec(), biases[size.biases.clone()].to_vec());
            let by_input = if size.kernel.is_none() { transposed(&weights, size.fan_in) } else { vec![] };
            PlainLayer { size, padding, pool, weights, by_input, biases }
        };
        PlainNetwork { layers: model.layer_sizes().into_iter().zip(&model.layers).map(layer).collect() }
    }

    /// A sum without any gradient.
    pub fn no_gradient(&self) -> GradientSum<T> {
        GradientSum(self.layers.iter().map(|layer| vec![T::default(); layer.weights.len()]).collect())
    }

    /// Takes an image through the network and adds to `sum` the gradient of its weights. `gradient_of_logits` says what the
    /// gradient of the logits is.
    pub fn add_gradient(
        &self,
        pixels: &[f32],
        gradient_of_logits: impl FnOnce(&[T]) -> Vec<T>,
        sum: &mut GradientSum<T>,
    ) {
        let mut inputs: Vec<Vec<T>> = vec![pixels.iter().map(|&pixel| T::constant(pixel)).collect()];
        let (last, mut given) = (self.layers.len() - 1, Vec::with_capacity(self.layers.len()));
        for (l, layer) in self.layers.iter().enumerate() {
            let of_layer = layer.forward(&inputs[l], l < last);
            inputs.push(of_layer.passed_on.iter().map(|&at| of_layer.computed[at as usize]).collect());
            given.push(of_layer);
        }
        let mut gradient = gradient_of_logits(&inputs[last + 1]);
        for (l, layer) in self.layers.iter().enumerate().rev() {
            let computed = given[l].gradient_of_computed(&gradient, l < last);
            layer.add_gradient(&inputs[l], &computed, &mut sum.0[l]);
            if l > 0 {
                gradient = layer.gradient_of_inputs(&computed);
            }
        }
    }

    /// A sum of gradients in the order of the flat weights.
    pub fn flat(&self, sum: &GradientSum<T>) -> Vec<T> {
        let of_layer = |(layer, sum): (&PlainLayer<T>, &Vec<T>)| match layer.size.kernel {
            None => transposed(sum, layer.biases.len()),
            Some(_) => sum.clone(),
        };
        self.layers.iter().zip(&sum.0).flat_map(of_layer).collect()
    }
}

/// A matrix of so many columns, column by column.
fn transposed<T: Copy>(matrix: &[T], columns: usize) -> Vec<T> {
    (0..columns).flat_map(|column| matrix.iter().skip(column).step_by(columns).copied()).collect()
}

impl<T: Scalar> Given<T> {
    /// The gradient of what was computed, from that of what was passed on.
    fn gradient_of_computed(&self, passed_on: &[T], is_hidden: bool) -> Vec<T> {
        let mut gradient = vec![T::default(); self.computed.len()];
        for (&at, &value) in self.passed_on.iter().zip(passed_on) {
            // A ReLU lets nothing through where it gave nothing.
            if !is_hidden || self.computed[at as usize].value() > 0.0 {
                gradient[at as usize] += value;
            }
        }
        gradient
    }
}

impl<T: Scalar> PlainLayer<T> {
    fn forward(&self, input: &[T], is_hidden: bool) -> Given<T> {
        let mut computed = match self.size.kernel {
            None => self.linear(input),
            Some(kernel) => self.convolution(kernel, input),
        };
        if is_hidden {
            computed.iter_mut().filter(|value| value.value() <= 0.0).for_each(|value| *value = T::default());
        }
        let passed_on = self.pooled(&computed);
        Given { computed, passed_on }
    }

    fn linear(&self, input: &[T]) -> Vec<T> {
        let mut sums = self.biases.clone();
        for (&value, weights) in input.iter().zip(self.by_input.chunks_exact(self.biases.len())) {
            if !value.is_zero() {
                add_products(&mut sums, weights, value);
            }
        }
        sums
    }

    fn convolution(&self, kernel: usize, input: &[T]) -> Vec<T> {
        let values = self.size.uses;
        let mut sums: Vec<T> = self.biases.iter().flat_map(|&bias| vec![bias; values]).collect();
        self.for_each_row(kernel, |weight, from, to| {
            add_products(&mut sums[to], &input[from], self.weights[weight]);
        });
        sums
    }

    /// Calls `visit` with the index of each weight of a convolution, and with each row of inputs that it reads and the row of
    /// units that it reads them for.
    fn for_each_row(&self, kernel: usize, mut visit: impl FnMut(usize, Range<usize>, Range<usize>)) {
        let (from, to) = (self.size.input, self.size.computed);
        let (from_size, to_size) =
            ((from.height as usize, from.width as usize), (to.height as usize, to.width as usize));
        for weight in 0..self.weights.len() {
            let (column, row) = (weight % kernel, weight / kernel % kernel);
            let (read, unit) =
                (weight / (kernel * kernel) % from.channels as usize, weight / self.size.fan_in);
            let rows = inside(row, self.padding, from_size.0, to_size.0);
            let columns = inside(column, self.padding, from_size.1, to_size.1);
            for y in rows {
                let from =
                    (read * from_size.0 + y + row - self.padding) * from_size.1 + columns.start + column
                        - self.padding;
                let to = (unit * to_size.0 + y) * to_size.1 + columns.start;
                visit(weight, from..from + columns.len(), to..to + columns.len());
            }
        }
    }

    /// The largest of each square of a pooling, of equal ones the first, row by row.
    fn pooled(&self, computed: &[T]) -> Vec<u32> {
        let (from, to, pool) = (self.size.computed, self.size.output, self.pool);
        let (height, width) = (to.height as usize, to.width as usize);
        let largest = |at: usize| {
            let (channel, y, x) = (at / (height * width), at / width % height, at % width);
            let corner = (channel * from.height as usize + y * pool) * from.width as usize + x * pool;
            let square = (0..pool * pool).map(|k| corner + k / pool * from.width as usize + k % pool);
            let larger = |best: usize, next: usize| {
                if computed[next].value() > computed[best].value() { next } else { best }
            };
            square.reduce(larger).unwrap_or(corner) as u32
        };
        (0..self.size.outputs()).map(largest).collect()
    }

    /// Adds the gradient of the weights. That of a linear layer is (inputs, units).
    fn add_gradient(&self, input: &[T], computed: &[T], sum: &mut [T]) {
        match self.size.kernel {
            None => {
                for (&value, sum) in input.iter().zip(sum.chunks_exact_mut(computed.len())) {
                    if !value.is_zero() {
                        add_products(sum, computed, value);
                    }
                }
            }
            Some(kernel) => self.for_each_row(kernel, |weight, from, to| {
                let products = input[from].iter().zip(&computed[to]);
                sum[weight] = products.fold(sum[weight], |sum, (&input, &gradient)| sum + input * gradient);
            }),
        }
    }

    fn gradient_of_inputs(&self, computed: &[T]) -> Vec<T> {
        let mut gradient = vec![T::default(); self.size.inputs()];
        match self.size.kernel {
            None => {
                for (&value, weights) in computed.iter().zip(self.weights.chunks_exact(self.size.fan_in)) {
                    if !value.is_zero() {
                        add_products(&mut gradient, weights, value);
                    }
                }
            }
            Some(kernel) => self.for_each_row(kernel, |weight, from, to| {
                add_products(&mut gradient[from], &computed[to], self.weights[weight]);
            }),
        }
        gradient
    }
}

/// Adds a multiple of some numbers to others.
fn add_products<T: Scalar>(sums: &mut [T], numbers: &[T], factor: T) {
    sums.iter_mut().zip(numbers).for_each(|(sum, &number)| *sum += number * factor);
}

/// The rows of units for which the row `offset` of their windows is inside what they read; and the same of columns.
fn inside(offset: usize, padding: usize, from: usize, to: usize) -> Range<usize> {
    let start = padding.saturating_sub(offset);
    start..to.min((from + padding).saturating_sub(offset)).max(start)
}
