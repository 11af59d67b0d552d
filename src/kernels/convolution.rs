//! Convolutions on lines of activations, dense and pruned alike: each surviving weight scales one line for each unit that
//! uses it. The order of every sum is that of the loops below, so that native and WebAssembly code give the same bits;
//! there is no matrix product of rearranged windows. The flat variable holds the survivors in flat order, then the biases.

use crate::{
    layer::{InputOrigin, Layer},
    lines::LineActivations,
    simd::Accumulators,
    sparse_first::PIXEL_SCALE,
    sparse_loops::{Epilogue, Line, for_images, sum4},
};
use model::{ImageSize, LayerSize};
use std::ops::Range;

/// What a convolution reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// Pixels as bytes up to 255: the factor that scales them to [0, 1] goes into the weights.
    Bytes,
    /// What the layer below gives.
    Layer,
}

/// The layer.
pub(crate) struct Convolution {
    source: Source,
    forward: Taps,
    backward: Taps,
    /// For each survivor in the order of `backward`, its index in the variable.
    stored_index: Vec<u32>,
    /// The flat index of each survivor.
    index: Vec<u32>,
    /// The weights of a forward pass.
    scaled_weights: Vec<f32>,
    /// The weights in the order of `backward`.
    by_input: Vec<f32>,
}

impl Convolution {
    /// For the layer's mask (flat, 0 is pruned).
    pub(crate) fn new(
        size: &LayerSize,
        kernel: u32,
        padding: u32,
        mask: &[u8],
        source: Source,
    ) -> Convolution {
        let (kernel, window) = (kernel as usize, (kernel * kernel) as usize);
        let index: Vec<u32> = (0..mask.len() as u32).filter(|&i| mask[i as usize] != 0).collect();
        let shift = |at: usize| at as i32 - padding as i32;
        let tap = |&flat: &u32| {
            let (output, rest) = (flat as usize / size.fan_in, flat as usize % size.fan_in);
            let (input, row, column) = (rest / window, rest % window / kernel, rest % kernel);
            (output, Tap { channel: input, down: shift(row), right: shift(column) })
        };
        let terms: Vec<_> = index.iter().map(tap).collect();
        let forward = Taps::new(size.input, size.computed, &terms);
        // A unit that reads an input from where a weight lies adds to that input from the opposite side.
        let opposite = |&(output, tap): &(usize, Tap)| {
            (tap.channel, Tap { channel: output, down: -tap.down, right: -tap.right })
        };
        let mut terms: Vec<_> = terms.iter().map(opposite).zip(0..).collect();
        terms.sort_by_key(|((input, _), _)| *input);
        let (terms, stored_index): (Vec<_>, Vec<u32>) = terms.into_iter().unzip();
        let backward = Taps::new(size.computed, size.input, &terms);
        let (scaled_weights, by_input) = (vec![0.0; index.len()], vec![0.0; index.len()]);
        Convolution { source, forward, backward, stored_index, index, scaled_weights, by_input }
    }

    fn scale(&self) -> f32 {
        if self.source == Source::Bytes { PIXEL_SCALE } else { 1.0 }
    }
}

impl Layer<LineActivations> for Convolution {
    fn parameter_count(&self) -> usize {
        self.index.len() + self.forward.rows.len()
    }

    fn pack(&self, weights: &[f32], biases: &[f32], variable: &mut Vec<f32>) {
        variable.extend(self.index.iter().map(|&i| weights[i as usize]));
        variable.extend_from_slice(biases);
    }

    fn unpack(&self, parameters: &[f32], weights: &mut [f32], biases: &mut [f32]) {
        let (survivors, of_channels) = parameters.split_at(self.index.len());
        self.index.iter().zip(survivors).for_each(|(&i, &weight)| weights[i as usize] = weight);
        biases.copy_from_slice(of_channels);
    }

    fn begin_forward(&mut self, parameters: &[f32]) {
        let scale = self.scale();
        self.scaled_weights.iter_mut().zip(parameters).for_each(|(to, weight)| *to = weight * scale);
    }

    fn forward(&self, parameters: &[f32], input: &LineActivations, output: &mut LineActivations) {
        let biases = &parameters[self.index.len()..];
        let (weights, lines) = (&self.scaled_weights, &input.lines);
        for_images!(
            output.images,
            convolve(&self.forward, weights, lines, Some(biases), Epilogue::Relu, &mut output.lines)
        );
    }

    fn begin_parameter_gradient(&mut self, gradient: &mut [f32]) {
        gradient.fill(0.0);
    }

    /// What it adds for bytes is for pixels up to 255.
    fn parameter_gradient(
        &self,
        input: &LineActivations,
        output_gradient: &LineActivations,
        gradient: &mut [f32],
    ) {
        let (weights, biases) = gradient.split_at_mut(self.index.len());
        let (images, units) = (output_gradient.images, &output_gradient.lines);
        for_images!(images, add_tap_gradients(&self.forward, units, &input.lines, weights));
        for_images!(images, add_channel_gradients(&self.forward, units, biases));
    }

    fn end_parameter_gradient(&self, gradient: &mut [f32]) {
        let scale = self.scale();
        gradient[..self.index.len()].iter_mut().for_each(|g| *g *= scale);
    }

    fn begin_input_gradient(&mut self, parameters: &[f32]) {
        let weights = self.by_input.iter_mut().zip(&self.stored_index);
        weights.for_each(|(to, &at)| *to = parameters[at as usize]);
    }

    fn input_gradient(
        &self,
        _parameters: &[f32],
        input: &LineActivations,
        origin: InputOrigin,
        output_gradient: &LineActivations,
        input_gradient: &mut LineActivations,
    ) {
        let epilogue = Epilogue::of_input_gradient(origin, &input.lines);
        let (weights, units, to) = (&self.by_input, &output_gradient.lines, &mut input_gradient.lines);
        for_images!(output_gradient.images, convolve(&self.backward, weights, units, None, epilogue, to));
    }
}

/// Where a weight of a channel reads, seen from the unit that uses it.
#[derive(Clone, Copy, Debug)]
struct Tap {
    channel: usize,
    down: i32,
    right: i32,
}

/// What the units of each channel read. It holds only where, not the weights.
struct Taps {
    from: ImageSize,
    to: ImageSize,
    /// For each channel of `to`, where its taps are.
    rows: Vec<Range<usize>>,
    taps: Vec<Tap>,
    /// The taps of each channel from those that read at the left to those that read at the right.
    by_column: Vec<u32>,
    /// For each tap, how many lines lie between that of the unit's own row and column in channel 0 and the one it reads.
    offsets: Vec<i32>,
}

impl Taps {
    /// For terms in the order of their channels in `to`.
    fn new(from: ImageSize, to: ImageSize, terms: &[(usize, Tap)]) -> Taps {
        let taps: Vec<Tap> = terms.iter().map(|term| term.1).collect();
        let (height, width) = (from.height as i32, from.width as i32);
        let offset = |tap: &Tap| (tap.channel as i32 * height + tap.down) * width + tap.right;
        let mut start = 0;
        let row = |channel: usize| {
            let count = terms[start..].iter().take_while(|term| term.0 == channel).count();
            start += count;
            start - count..start
        };
        let rows: Vec<Range<usize>> = (0..to.channels as usize).map(row).collect();
        let mut by_column: Vec<u32> = (0..taps.len() as u32).collect();
        for row in &rows {
            by_column[row.clone()].sort_by_key(|&k| taps[k as usize].right);
        }
        Taps { from, to, rows, offsets: taps.iter().map(offset).collect(), by_column, taps }
    }
}

/// Those of `places` places that a shift leaves within 0 to `size`.
fn valid(shift: i32, size: u32, places: u32) -> Range<usize> {
    let end = (size as i32 - shift).clamp(0, places as i32);
    (-shift).clamp(0, end) as usize..end as usize
}

/// Each unit's `first[channel] + Σ value[k] × line` over the taps `k` of its channel, those at the left first. This is the
/// forward pass and, with the opposite taps, the input gradient.
#[inline]
fn convolve<const FULL: usize, const HALF: usize>(
    taps: &Taps,
    value: &[f32],
    input: &[Line],
    first: Option<&[f32]>,
    epilogue: Epilogue<'_>,
    out: &mut [Line],
) {
    let (height, width) = (taps.to.height as usize, taps.to.width as usize);
    let (from_height, from_width) = (taps.from.height as i32, taps.from.width as i32);
    // Of the taps that stay within the image in the row in hand: where they read, seen from the row's first unit, and values.
    let (mut columns, mut terms): (Vec<i32>, Vec<(i32, f32)>) = (vec![], vec![]);
    for (channel, row) in taps.rows.iter().enumerate() {
        let first = first.map_or(0.0, |first| first[channel]);
        for y in 0..height {
            columns.clear();
            terms.clear();
            for &k in &taps.by_column[row.clone()] {
                let (k, tap) = (k as usize, taps.taps[k as usize]);
                if (0..from_height).contains(&(y as i32 + tap.down)) {
                    columns.push(tap.right);
                    terms.push((taps.offsets[k] + y as i32 * from_width, value[k]));
                }
            }
            // From unit to unit to the right, taps at the left come in and taps at the right go out.
            let (mut begin, mut end) = (terms.len(), terms.len());
            for x in 0..width {
                while begin > 0 && columns[begin - 1] >= -(x as i32) {
                    begin -= 1;
                }
                while end > 0 && columns[end - 1] >= from_width - x as i32 {
                    end -= 1;
                }
                let at = (channel * height + y) * width + x;
                let mut sum = Accumulators::<FULL, HALF>::splat(first);
                for &(offset, weight) in &terms[begin.min(end)..end] {
                    sum.add_scaled(weight, Accumulators::load(&input[(offset + x as i32) as usize].0));
                }
                let sum = match epilogue {
                    Epilogue::None => sum,
                    Epilogue::Relu => sum.mask_where_positive(sum),
                    Epilogue::ReluBackward(gate) => sum.mask_where_positive(Accumulators::load(&gate[at].0)),
                };
                sum.store(&mut out[at].0);
            }
        }
    }
}

/// Adds a tile's part of the weight gradient: to `out[k]` the sum, over the units of its channel, of the products of
/// their gradients with what tap `k` reads for them.
#[inline]
fn add_tap_gradients<const FULL: usize, const HALF: usize>(
    taps: &Taps,
    units: &[Line],
    input: &[Line],
    out: &mut [f32],
) {
    let (height, width) = (taps.to.height as usize, taps.to.width as usize);
    let mut sums = vec![];
    for (channel, row) in taps.rows.iter().enumerate() {
        sums.clear();
        sums.resize(row.len(), Line::ZERO);
        // Row by row, so that the lines of a row stay in the cache for all taps.
        for y in 0..height {
            let units = &units[(channel * height + y) * width..][..width];
            for (k, sum) in row.clone().zip(&mut sums) {
                let tap = taps.taps[k];
                if !(0..taps.from.height as i32).contains(&(y as i32 + tap.down)) {
                    continue;
                }
                let columns = valid(tap.right, taps.from.width, taps.to.width);
                let start = y as i32 * taps.from.width as i32 + columns.start as i32 + taps.offsets[k];
                let input = &input[start as usize..][..columns.len()];
                let mut total = Accumulators::<FULL, HALF>::load(&sum.0);
                for (unit, input) in units[columns].iter().zip(input) {
                    total.add_product(Accumulators::load(&unit.0), Accumulators::load(&input.0));
                }
                total.store(&mut sum.0);
            }
        }
        for (sum, out) in sums.iter().zip(&mut out[row.clone()]) {
            *out += sum4(Accumulators::<FULL, HALF>::load(&sum.0).reduce_to_four());
        }
    }
}

/// Adds to each channel's number the sum of its units' lines: a tile's part of the bias gradient.
#[inline]
fn add_channel_gradients<const FULL: usize, const HALF: usize>(taps: &Taps, units: &[Line], out: &mut [f32]) {
    let window = (taps.to.height * taps.to.width) as usize;
    for (lines, out) in units.chunks_exact(window).zip(out) {
        let mut sum = Accumulators::<FULL, HALF>::splat(0.0);
        lines.iter().for_each(|line| sum.add_scaled(1.0, Accumulators::load(&line.0)));
        *out += sum4(sum.reduce_to_four());
    }
}
