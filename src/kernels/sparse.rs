//! The network when few weights survive. Activations are (features, batch), a tile of images at a time: the batch is
//! the SIMD dimension and each surviving weight scales one line of its inputs. The flat variable holds survivors only.
//! Nothing is computed for a pixel that is dark in the whole batch or has no weight left, nor for a unit with no way to
//! the output.

use super::{
    batch::Batch,
    lines::{IMAGES, Line, Row, Terms, Then, add_gradient, for_images, product},
    loss::LOGITS,
    network::Dropout,
    pixels::Pixels,
    survivors::Survivors,
};
use crate::lab::shape::{CLASSES, LAYERS, Shape};

/// Pixels stay whole numbers up to 255; what scales them to [0, 1] goes into the weights that read them.
const PIXEL: f32 = 1.0 / 255.0;

/// A sparse network and room for a pass over `capacity` images.
pub struct Sparse {
    survivors: Survivors,
    pixels: Pixels,
    dropout: Option<Dropout>,
    lit: LitTerms,
    tiles: Vec<Tile>,
    logits: Vec<f32>,
    /// Each upper layer's weights in the order of its columns.
    by_column: [Vec<f32>; LAYERS],
}

/// A line's images on their way through the network.
struct Tile {
    pixels: Vec<Line>,
    active: [Vec<Line>; LAYERS],
    delta: [Vec<Line>; LAYERS],
}

/// The first layer's weights from pixels that are lit in the batch, unit by unit.
struct LitTerms {
    terms: Terms,
    /// Each weight, for pixels up to 255.
    value: Vec<f32>,
    /// Which of the layer's weights each is.
    weight: Vec<u32>,
    gradient: Vec<f32>,
    /// How many there are.
    len: usize,
    /// The rows unit by unit, before they are put in order.
    rows: Vec<Row>,
}

impl Sparse {
    /// For the given mask (flat, 0 is pruned).
    pub fn new(shape: Shape, mask: &[u8], capacity: usize) -> Sparse {
        let survivors = Survivors::new(shape, mask);
        let pixels = Pixels::new(&survivors.pixels);
        let room = |l: usize| vec![Line::ZERO; shape.outputs(l)];
        let tile = |_| Tile {
            pixels: vec![Line::ZERO; pixels.lines()],
            active: std::array::from_fn(room),
            delta: std::array::from_fn(room),
        };
        Sparse {
            lit: LitTerms::new(&survivors.layers[0].rows),
            tiles: (0..capacity.div_ceil(IMAGES)).map(tile).collect(),
            by_column: survivors.layers.each_ref().map(|layer| vec![0.0; layer.column_weight.len()]),
            survivors,
            pixels,
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
        self.pixels.gather(batch, self.tiles.iter_mut().map(|tile| &mut tile.pixels[..]));
    }

    /// Scales the hidden activations of the batch gathered, or no longer.
    pub fn drop_out(&mut self, dropout: Option<Dropout>) {
        self.dropout = dropout;
    }

    /// Logits of the first `images` images gathered, (images, [`LOGITS`]), to be turned into their gradient in place.
    pub fn forward(&mut self, theta: &[f32], images: usize) -> &mut [f32] {
        let layers = &self.survivors.layers;
        self.lit.choose(&layers[0].rows, &theta[layers[0].weights.clone()], &self.pixels);
        for (number, tile) in self.tiles[..images.div_ceil(IMAGES)].iter_mut().enumerate() {
            for (l, layer) in layers.iter().enumerate() {
                let (below, active) = tile.active.split_at_mut(l);
                let biases = Some(&theta[layer.biases.clone()]);
                let (terms, value, lines) = match below.last() {
                    None => (&self.lit.terms, &self.lit.value[..], &tile.pixels),
                    Some(below) => (&layer.rows, &theta[layer.weights.clone()], below),
                };
                let hidden = l + 1 < LAYERS;
                let then = if hidden { Then::Relu } else { Then::Keep };
                let out = &mut active[0];
                for_images!(in_tile(number, images), product(terms, value, lines, biases, then, out));
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

    /// The gradient of the flat variable, once the logits hold the gradient of the loss.
    pub fn backward(&mut self, theta: &[f32], images: usize, gradient: &mut [f32]) {
        gradient.fill(0.0);
        for (layer, by_column) in self.survivors.layers.iter().zip(&mut self.by_column) {
            let weights = &theta[layer.weights.clone()];
            for (value, &weight) in by_column.iter_mut().zip(&layer.column_weight) {
                *value = weights[weight as usize];
            }
        }
        self.lit.clear_gradient();
        for number in 0..images.div_ceil(IMAGES) {
            self.take_logits(number, images);
            for l in (0..LAYERS).rev() {
                self.weight_gradient(l, number, images, gradient);
                if l > 0 {
                    self.input_gradient(l, number, images);
                }
            }
        }
        self.lit.store_gradient(&mut gradient[self.survivors.layers[0].weights.clone()]);
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
    fn weight_gradient(&mut self, l: usize, number: usize, images: usize, gradient: &mut [f32]) {
        let (layer, tile) = (&self.survivors.layers[l], &self.tiles[number]);
        let (weights, biases) =
            gradient[layer.weights.start..layer.biases.end].split_at_mut(layer.weights.len());
        let (terms, below, weights) = match l {
            0 => (&self.lit.terms, &tile.pixels, &mut self.lit.gradient[..]),
            _ => (&layer.rows, &tile.active[l - 1], weights),
        };
        let images = in_tile(number, images);
        for_images!(images, add_gradient(terms, &tile.delta[l], below, weights, biases));
    }

    /// The gradient of the layer's inputs, through the ReLU below.
    fn input_gradient(&mut self, l: usize, number: usize, images: usize) {
        let tile = &mut self.tiles[number];
        let (below, above) = tile.delta.split_at_mut(l);
        let (below, gate) = (&mut below[l - 1], Then::Gate(&tile.active[l - 1]));
        let (terms, value) = (&self.survivors.layers[l].columns, &self.by_column[l]);
        for_images!(in_tile(number, images), product(terms, value, &above[0], None, gate, below));
        if let Some(dropout) = &self.dropout {
            scale(below, number, &dropout[l - 1]);
        }
    }
}

impl LitTerms {
    /// Room for all of the first layer's terms.
    fn new(rows: &Terms) -> LitTerms {
        // One place more than can be filled, for the branchless list is written before it is known what stays.
        let room = rows.index.len() + 1;
        LitTerms {
            terms: Terms { rows: rows.rows.clone(), index: vec![0; room] },
            value: vec![0.0; room],
            weight: vec![0; room],
            gradient: vec![0.0; room],
            len: 0,
            rows: rows.rows.clone(),
        }
    }

    /// Lists the terms of lit pixels: a pass over the survivors that saves two products over the batch for each
    /// weight left out.
    fn choose(&mut self, all: &Terms, weights: &[f32], pixels: &Pixels) {
        let LitTerms { terms, value, weight, rows, .. } = self;
        let room = all.index.len() + 1;
        let (index, value, weight) = (&mut terms.index[..room], &mut value[..room], &mut weight[..room]);
        let mut end = 0;
        for ((line, range), row) in all.iter().zip(&mut *rows) {
            let start = end as u32;
            for ((k, &input), &w) in range.clone().zip(&all.index[range.clone()]).zip(&weights[range]) {
                // Written first and kept by counting: a branch here would be guessed wrong a third of the time.
                index[end] = input;
                value[end] = w * PIXEL;
                weight[end] = k as u32;
                end += usize::from(pixels.is_lit(input));
            }
            *row = Row { line: line as u32, start, end: end as u32 };
        }
        self.len = end;
        by_length(&self.rows, &mut self.terms.rows);
    }

    fn clear_gradient(&mut self) {
        self.gradient[..self.len].fill(0.0);
    }

    /// Puts the gradient in its place among the layer's weights.
    fn store_gradient(&self, gradient: &mut [f32]) {
        for (&weight, &g) in self.weight[..self.len].iter().zip(&self.gradient) {
            gradient[weight as usize] = g * PIXEL;
        }
    }
}

/// Rows longer than this stay in any order after the others.
const LONG: usize = 63;

/// Puts rows into the order of their length: a counting sort, in a time that the ends of short loops, guessed right when
/// the row before was as long, give back.
fn by_length(rows: &[Row], sorted: &mut [Row]) {
    let length = |row: &Row| ((row.end - row.start) as usize).min(LONG);
    let mut places = [0; LONG + 2];
    rows.iter().for_each(|row| places[length(row) + 1] += 1);
    for length in 1..places.len() {
        places[length] += places[length - 1];
    }
    for row in rows {
        let place = &mut places[length(row)];
        sorted[*place] = *row;
        *place += 1;
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
