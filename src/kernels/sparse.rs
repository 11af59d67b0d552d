//! The network when few weights survive. Activations are (features, batch), a tile of images at a time: the batch is
//! the SIMD dimension and each surviving weight scales one line of its inputs. The flat variable holds survivors only.
//! Nothing is computed for a pixel that has no weight left, for a unit with no way to the output, nor for a pixel that is
//! dark in all of a tile's images, but for a forward pass by unit.

use crate::{
    batch::Batch,
    lines::{
        IMAGES, Line, Then, add_dots, add_dots_in_spans, add_spread, add_sums, for_images, product, relu,
    },
    loss::LOGITS,
    network::Dropout,
    pixels::{Input, Pixels},
    survivors::Survivors,
};
use model::shape::{CLASSES, LAYERS, Shape};

/// Pixels stay whole numbers up to 255; what scales them to [0, 1] goes into the weights that read them.
const PIXEL: f32 = 1.0 / 255.0;

/// A sparse network and room for a pass over `capacity` images.
pub struct Sparse {
    survivors: Survivors,
    pixels: Pixels,
    dropout: Option<Dropout>,
    tiles: Vec<Tile>,
    /// Images gathered.
    images: usize,
    logits: Vec<f32>,
    /// The weights of the first layer's forward pass, for pixels up to 255, and of the other layers' by input.
    values: [Vec<f32>; LAYERS],
}

/// A line's images on their way through the network.
struct Tile {
    input: Input,
    active: [Vec<Line>; LAYERS],
    delta: [Vec<Line>; LAYERS],
}

impl Sparse {
    /// For the given mask (flat, 0 is pruned).
    pub fn new(shape: Shape, mask: &[u8], capacity: usize) -> Sparse {
        let survivors = Survivors::new(shape, mask);
        let pixels = Pixels::new(&survivors.pixels);
        let room = |l: usize| vec![Line::ZERO; shape.outputs(l)];
        let tile = |_| Tile {
            input: pixels.input(),
            active: std::array::from_fn(room),
            delta: std::array::from_fn(room),
        };
        Sparse {
            tiles: (0..capacity.div_ceil(IMAGES)).map(tile).collect(),
            values: survivors.layers.each_ref().map(|layer| vec![0.0; layer.places.len()]),
            survivors,
            pixels,
            images: 0,
            dropout: None,
            logits: vec![0.0; capacity * LOGITS],
        }
    }

    /// Length of the flat variable.
    pub fn parameters(&self) -> usize {
        self.survivors.parameters()
    }

    /// The flat variable for these weights and biases; pruned weights are left out.
    pub fn pack(&self, weights: &[f32], biases: &[f32]) -> Vec<f32> {
        self.survivors.pack(weights, biases)
    }

    /// Weights (flat, `(out, in)` by layer, pruned ones zero) and biases out of the flat variable.
    pub fn unpack(&self, theta: &[f32]) -> (Vec<f32>, Vec<f32>) {
        self.survivors.unpack(theta)
    }

    /// Takes a batch.
    pub fn gather(&mut self, batch: Batch<'_>, _training: bool) {
        self.images = batch.len();
        self.pixels.gather(batch, self.tiles.iter_mut().map(|tile| &mut tile.input));
    }

    /// Scales the hidden activations of the batch gathered, or no longer.
    pub fn drop_out(&mut self, dropout: Option<Dropout>) {
        self.dropout = dropout;
    }

    /// Logits of the `images` images gathered, (images, [`LOGITS`]), to be turned into their gradient in place.
    pub fn forward(&mut self, theta: &[f32], images: usize) -> &mut [f32] {
        // Spans are those of all images gathered.
        assert_eq!(images, self.images, "all images gathered");
        self.take_first(theta);
        for number in 0..images.div_ceil(IMAGES) {
            for l in 0..LAYERS {
                self.activate(l, theta, number, images);
            }
            let logits = self.logits.chunks_exact_mut(LOGITS).take(images);
            for (lane, row) in logits.skip(number * IMAGES).take(IMAGES).enumerate() {
                for (logit, line) in row.iter_mut().zip(&self.tiles[number].active[LAYERS - 1]) {
                    *logit = line.0[lane];
                }
            }
        }
        &mut self.logits[..images * LOGITS]
    }

    /// The first layer's weights in the order of its forward pass.
    fn take_first(&mut self, theta: &[f32]) {
        let layer = &self.survivors.layers[0];
        let weights = &theta[layer.weights.clone()];
        if self.survivors.few {
            layer.turn(weights, &mut self.values[0]);
        } else {
            self.values[0].copy_from_slice(&weights[..layer.places.len()]);
        }
        self.values[0].iter_mut().for_each(|value| *value *= PIXEL);
    }

    /// A layer's forward pass for a tile.
    fn activate(&mut self, l: usize, theta: &[f32], number: usize, images: usize) {
        let (layer, tile) = (&self.survivors.layers[l], &mut self.tiles[number]);
        let (below, active) = tile.active.split_at_mut(l);
        let (active, input, biases) = (&mut active[0], &tile.input, &theta[layer.biases.clone()]);
        let (value, lines) = match below.last() {
            None => (&self.values[0][..], &input.lines),
            Some(below) => (&theta[layer.weights.clone()], below),
        };
        let hidden = l + 1 < LAYERS;
        let images = in_tile(number, images);
        if l == 0 && !self.survivors.few {
            active.iter_mut().zip(biases).for_each(|(line, &bias)| line.0.fill(bias));
            add_spread(&layer.by_input, |line| input.span(line), value, lines, active);
            for_images!(images, relu(active));
        } else {
            let then = if hidden { Then::Relu } else { Then::Keep };
            for_images!(images, product(&layer.by_unit, value, lines, Some(biases), then, active));
        }
        if let Some(dropout) = self.dropout.as_ref().filter(|_| hidden) {
            scale(active, number, &dropout[l]);
        }
    }

    /// The gradient of the flat variable, once the logits hold the gradient of the loss.
    pub fn backward(&mut self, theta: &[f32], images: usize, gradient: &mut [f32]) {
        gradient.fill(0.0);
        for (layer, values) in self.survivors.layers.iter().zip(&mut self.values).skip(1) {
            layer.turn(&theta[layer.weights.clone()], values);
        }
        for number in 0..images.div_ceil(IMAGES) {
            self.take_logits(number, images);
            for l in (0..LAYERS).rev() {
                self.weight_gradient(l, number, images, gradient);
                if l > 0 {
                    self.input_gradient(l, number, images);
                }
            }
        }
        gradient[self.survivors.layers[0].weights.clone()].iter_mut().for_each(|g| *g *= PIXEL);
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

    /// Adds a tile's part of a layer's gradient; the first layer's weights' is for pixels up to 255.
    fn weight_gradient(&self, l: usize, number: usize, images: usize, gradient: &mut [f32]) {
        let (layer, tile) = (&self.survivors.layers[l], &self.tiles[number]);
        let (weights, biases) =
            gradient[layer.weights.start..layer.biases.end].split_at_mut(layer.weights.len());
        let (delta, input) = (&tile.delta[l], &tile.input);
        let images = in_tile(number, images);
        let span = |line: usize| input.span(line);
        if l > 0 {
            for_images!(images, add_dots(&layer.by_unit, |_| true, delta, &tile.active[l - 1], weights));
        } else if self.survivors.few {
            let lit = |line: usize| span(line).quads > 0;
            for_images!(images, add_dots(&layer.by_input, lit, &input.lines, delta, weights));
        } else {
            add_dots_in_spans(&layer.by_input, span, &input.lines, delta, weights);
        }
        for_images!(images, add_sums(delta, biases));
    }

    /// The gradient of the layer's inputs, through the ReLU below.
    fn input_gradient(&mut self, l: usize, number: usize, images: usize) {
        let tile = &mut self.tiles[number];
        let (below, above) = tile.delta.split_at_mut(l);
        let (below, gate) = (&mut below[l - 1], Then::Gate(&tile.active[l - 1]));
        let (terms, value) = (&self.survivors.layers[l].by_input, &self.values[l]);
        for_images!(in_tile(number, images), product(terms, value, &above[0], None, gate, below));
        if let Some(dropout) = &self.dropout {
            scale(below, number, &dropout[l - 1]);
        }
    }
}

/// How many of `images` images are in a tile.
fn in_tile(number: usize, images: usize) -> usize {
    images.saturating_sub(number * IMAGES).min(IMAGES)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::loss;
    use model::shape::INPUTS;

    /// Every fifth weight lives, whatever the layer; every third pixel or so is lit.
    fn network() -> (Sparse, Vec<f32>, Vec<u8>) {
        let shape = Shape::LENET_300_100;
        let mask: Vec<u8> = (0..shape.weights()).map(|i| u8::from(i * 7 % 11 % 5 == 0)).collect();
        // A small multiplicative generator: weights of both signs about as large as first weights are.
        let mut x = 7_u32;
        let mut weight = || {
            x = x.wrapping_mul(48_271) % 0x7fff_ffff;
            (x % 2_001) as f32 / 10_000.0 - 0.1
        };
        let weights: Vec<f32> = mask.iter().map(|m| weight() * f32::from(*m)).collect();
        let biases: Vec<f32> = (0..shape.biases()).map(|i| (i % 7) as f32 / 50.0 - 0.05).collect();
        let sparse = Sparse::new(shape, &mask, 64);
        let theta = sparse.pack(&weights, &biases);
        let images = (0..64 * INPUTS).map(|i| (i * i % 257 * usize::from(i / 3 * 5 % 13 < 4)) as u8);
        (sparse, theta, images.collect())
    }

    fn bits(numbers: &[f32]) -> Vec<u32> {
        numbers.iter().map(|x| x.to_bits()).collect()
    }

    #[test]
    fn by_unit_and_by_pixel_have_the_same_bits() {
        let ((mut many, theta, images), (mut few, ..)) = (network(), network());
        assert!(!many.survivors.few);
        few.survivors.few = true;
        let labels: Vec<u8> = (0..64).map(|i| i % 10).collect();
        let rows: Vec<u32> = (0..64).rev().collect();
        // In turns, so that what a larger batch has left behind must not matter.
        for n in [64, 1, 60, 28, 33, 60] {
            let batch = Batch { images: &images, labels: &labels, rows: &rows[..n] };
            let run = |sparse: &mut Sparse| {
                sparse.gather(batch, true);
                let logits = sparse.forward(&theta, n);
                let scored = bits(logits);
                loss::into_gradient(logits, batch.labels(), n);
                let mut gradient = vec![9.0; theta.len()];
                sparse.backward(&theta, n, &mut gradient);
                let (weights, biases) = sparse.unpack(&gradient);
                assert!(weights.iter().any(|g| *g != 0.0));
                // Minus zero is zero.
                (scored, bits(&weights.iter().map(|g| g + 0.0).collect::<Vec<_>>()), bits(&biases))
            };
            let (mut fresh, ..) = network();
            let expected = run(&mut fresh);
            assert_eq!(run(&mut many), expected, "{n} images, after another batch");
            assert_eq!(run(&mut few), expected, "{n} images, by unit");
        }
    }
}
