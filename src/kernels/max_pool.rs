//! Max pooling on lines of activations, behind the ReLU of a convolution.

use crate::{
    layer::{InputOrigin, Layer},
    lines::LineActivations,
    simd::{VECTOR_LANES, load8},
    sparse_loops::{LINE_IMAGES, Line},
};
use model::{ImageSize, LayerSize};
use wide::f32x8;

/// Of each square of units the largest is passed on. The gradient goes to that one, of equal ones to the first, row by row,
/// as in PyTorch; units that are left over at the right and at the bottom have none.
pub(crate) struct MaxPool {
    from: ImageSize,
    to: ImageSize,
    /// The height and the width of a square.
    size: usize,
}

impl MaxPool {
    /// The pooling of a layer, with squares of `size` × `size` units.
    pub(crate) fn new(layer: &LayerSize, size: u32) -> MaxPool {
        MaxPool { from: layer.computed, to: layer.output, size: size as usize }
    }

    /// The line of each square's first unit, in the order of the squares.
    fn corners(&self) -> impl Iterator<Item = usize> {
        let (from_height, from_width) = (self.from.height as usize, self.from.width as usize);
        let (channels, height, width) =
            (self.to.channels as usize, self.to.height as usize, self.to.width as usize);
        let size = self.size;
        (0..channels * height * width).map(move |at| {
            let (channel, y, x) = (at / (height * width), at / width % height, at % width);
            (channel * from_height + y * size) * from_width + x * size
        })
    }

    /// How far each unit of a square lies behind its first, row by row.
    fn offsets(&self) -> Vec<usize> {
        let (size, width) = (self.size, self.from.width as usize);
        (0..size * size).map(|at| at / size * width + at % size).collect()
    }
}

impl Layer<LineActivations> for MaxPool {
    fn parameter_count(&self) -> usize {
        0
    }

    fn forward(&self, _parameters: &[f32], input: &LineActivations, output: &mut LineActivations) {
        let offsets = self.offsets();
        for (corner, to) in self.corners().zip(&mut output.lines) {
            for lanes in vectors() {
                let mut largest = at(&input.lines[corner], lanes);
                for offset in &offsets[1..] {
                    let value = at(&input.lines[corner + offset], lanes);
                    largest = value.simd_gt(largest).select(value, largest);
                }
                put(to, lanes, largest);
            }
        }
    }

    fn input_gradient(
        &self,
        _parameters: &[f32],
        input: &LineActivations,
        origin: InputOrigin,
        output_gradient: &LineActivations,
        input_gradient: &mut LineActivations,
    ) {
        assert_eq!(origin, InputOrigin::Relu, "a convolution lies below");
        let offsets = self.offsets();
        for (corner, from) in self.corners().zip(&output_gradient.lines) {
            for lanes in vectors() {
                let values = || offsets.iter().map(|offset| at(&input.lines[corner + offset], lanes));
                let largest = values()
                    .fold(f32x8::splat(0.0), |largest, value| value.simd_gt(largest).select(value, largest));
                // Where nothing is above zero the ReLU lets nothing through.
                let mut rest = at(from, lanes) & largest.simd_gt(f32x8::splat(0.0));
                for (offset, value) in offsets.iter().zip(values()) {
                    let first = value.simd_eq(largest);
                    put(&mut input_gradient.lines[corner + offset], lanes, rest & first);
                    rest = first.select(f32x8::splat(0.0), rest);
                }
            }
        }
    }
}

/// Where each vector of a line begins.
fn vectors() -> impl Iterator<Item = usize> {
    (0..LINE_IMAGES).step_by(VECTOR_LANES)
}

#[inline(always)]
fn at(line: &Line, lane: usize) -> f32x8 {
    load8(&line.0[lane..])
}

#[inline(always)]
fn put(line: &mut Line, lane: usize, vector: f32x8) {
    line.0[lane..lane + VECTOR_LANES].copy_from_slice(&vector.to_array());
}
