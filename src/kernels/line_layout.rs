//! The layout of activations while few weights survive: the values of one feature for 32 images lie beside each other,
//! as a line: the lanes of a vector hold different images, and a surviving weight scales a line.

use crate::{
    batch::Batch,
    gather::PixelGatherer,
    layer::Layout,
    lines::LineActivations,
    sparse_loops::{LINE_IMAGES, Line},
};

/// Lines for the images of a tile, of which the input has one for each pixel that a surviving weight reads.
pub(crate) struct LineLayout {
    pixels: PixelGatherer,
}

impl LineLayout {
    /// For a first layer that reads these pixels.
    pub(crate) fn new(pixels: PixelGatherer) -> LineLayout {
        LineLayout { pixels }
    }
}

impl Layout for LineLayout {
    type Activations = LineActivations;

    fn tile_images(&self) -> usize {
        LINE_IMAGES
    }

    fn input(&self) -> LineActivations {
        LineActivations::new(self.pixels.pixel_count(), true)
    }

    fn outputs(&self, outputs: usize, _is_read: bool) -> LineActivations {
        LineActivations::new(outputs, false)
    }

    fn gather<'a>(
        &self,
        batch: Batch<'_>,
        _training: bool,
        tiles: impl Iterator<Item = &'a mut LineActivations>,
    ) {
        self.pixels.gather(batch, tiles);
    }

    fn gather_pixel_values<'a>(&self, images: &[f32], tiles: impl Iterator<Item = &'a mut LineActivations>) {
        self.pixels.gather_pixel_values(images, tiles);
    }

    fn pixel_gradient(&self) -> LineActivations {
        LineActivations::new(self.pixels.pixel_count(), false)
    }

    fn resize(&self, activations: &mut LineActivations, images: usize, _training: bool) {
        activations.images = images;
    }

    fn scale(&self, activations: &mut LineActivations, factors: &[f32]) {
        let units = activations.lines.len();
        for (lane, factors) in factors.chunks_exact(units).take(LINE_IMAGES).enumerate() {
            for (line, factor) in activations.lines.iter_mut().zip(factors) {
                line.0[lane] *= factor;
            }
        }
    }

    /// Nothing is left to do: a layer's loops apply the ReLU before they store a line.
    fn finish(&self, _activations: &mut LineActivations) {}

    fn write_logits(&self, activations: &LineActivations, stride: usize, logits: &mut [f32]) {
        for (lane, row) in logits.chunks_exact_mut(stride).enumerate() {
            for (logit, line) in row.iter_mut().zip(&activations.lines) {
                *logit = line.0[lane];
            }
        }
    }

    fn read_logits(&self, logits: &[f32], stride: usize, gradient: &mut LineActivations) {
        gradient.lines.fill(Line::ZERO);
        for (lane, row) in logits.chunks_exact(stride).enumerate() {
            for (line, d) in gradient.lines.iter_mut().zip(row) {
                line.0[lane] = *d;
            }
        }
    }

    fn write_activations(&self, activations: &LineActivations, to: &mut [f32]) {
        let rows = to.chunks_exact_mut(activations.lines.len());
        for (lane, row) in rows.enumerate().take(activations.images) {
            row.iter_mut().zip(&activations.lines).for_each(|(to, line)| *to = line.0[lane]);
        }
    }

    /// A pixel that no surviving weight reads has no line: its gradient is zero.
    fn write_pixel_gradient(&self, gradient: &LineActivations, to: &mut [f32]) {
        for (lane, image) in to.chunks_exact_mut(self.pixels.image_pixels()).enumerate().take(gradient.images)
        {
            for (pixel, line) in self.pixels.pixels().zip(&gradient.lines) {
                image[pixel] = line.0[lane];
            }
        }
    }
}
