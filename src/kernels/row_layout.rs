//! The layout of activations while most weights survive: a row for each image, beside it a list of the values that are not
//! zero.

use crate::{
    batch::{Batch, pixel_values, prefetch},
    layer::Layout,
    non_zeros::NonZeros,
    simd::padded,
};

/// Images that are fetched from memory at once. Those of MNIST fit into a processor's first cache together; larger ones of the user
/// fit into its second.
const PREFETCHED_IMAGES: usize = 20;

/// What one layer gives for some images, or the gradient of it.
pub(crate) struct RowActivations {
    /// A row for each image, `stride` numbers long; the pixels of images have none.
    pub(crate) values: Vec<f32>,
    /// Numbers from one row to the next: the features, padded to a whole number of vectors.
    pub(crate) stride: usize,
    /// Images in hand.
    pub(crate) images: usize,
    /// The values above zero, as the next layer reads them: picking them out is the ReLU.
    pub(crate) non_zeros: NonZeros,
    /// Whether a backward pass will read them too.
    training: bool,
}

impl RowActivations {
    /// The rows in hand.
    pub(crate) fn rows(&self) -> impl Iterator<Item = &[f32]> {
        self.values.chunks_exact(self.stride).take(self.images)
    }
}

/// Rows for the images of a whole batch.
pub(crate) struct RowLayout {
    capacity: usize,
    image_pixels: usize,
    pixel_values: [f32; 256],
}

impl RowLayout {
    /// For batches of at most `capacity` images of so many pixels.
    pub(crate) fn new(image_pixels: usize, capacity: usize) -> RowLayout {
        RowLayout { capacity, image_pixels, pixel_values: pixel_values() }
    }
}

impl Layout for RowLayout {
    type Activations = RowActivations;

    fn tile_images(&self) -> usize {
        self.capacity
    }

    fn input(&self) -> RowActivations {
        RowActivations {
            values: vec![],
            stride: padded(self.image_pixels),
            images: 0,
            non_zeros: NonZeros::new(self.image_pixels, self.capacity),
            training: false,
        }
    }

    fn outputs(&self, outputs: usize, is_read: bool) -> RowActivations {
        let listed = if is_read { self.capacity } else { 0 };
        RowActivations {
            values: vec![0.0; padded(outputs) * self.capacity],
            stride: padded(outputs),
            images: 0,
            non_zeros: NonZeros::new(outputs, listed),
            training: false,
        }
    }

    fn gather<'a>(
        &self,
        batch: Batch<'_>,
        training: bool,
        tiles: impl Iterator<Item = &'a mut RowActivations>,
    ) {
        for input in tiles {
            input.images = batch.len();
            input.non_zeros.clear(training);
            let images: Vec<&[u8]> = (0..batch.len()).map(|i| batch.image(i)).collect();
            for images in images.chunks(PREFETCHED_IMAGES) {
                prefetch(images);
                for image in images {
                    input.non_zeros.push_pixels(image, &self.pixel_values);
                }
            }
        }
    }

    fn gather_pixel_values<'a>(&self, images: &[f32], tiles: impl Iterator<Item = &'a mut RowActivations>) {
        for input in tiles {
            input.non_zeros.clear(false);
            for image in images.chunks_exact(self.image_pixels) {
                input.non_zeros.push_pixel_values(image);
            }
        }
    }

    fn pixel_gradient(&self) -> RowActivations {
        self.outputs(self.image_pixels, false)
    }

    fn resize(&self, activations: &mut RowActivations, images: usize, training: bool) {
        (activations.images, activations.training) = (images, training);
    }

    fn scale(&self, activations: &mut RowActivations, factors: &[f32]) {
        let RowActivations { values, stride, non_zeros, .. } = activations;
        for (row, factors) in values.chunks_exact_mut(*stride).zip(factors.chunks_exact(non_zeros.features()))
        {
            row.iter_mut().zip(factors).for_each(|(value, factor)| *value *= factor);
        }
    }

    fn finish(&self, activations: &mut RowActivations) {
        let RowActivations { values, stride, images, non_zeros, training } = activations;
        non_zeros.clear(*training);
        values.chunks_exact(*stride).take(*images).for_each(|row| non_zeros.push_image(row));
    }

    fn write_logits(&self, activations: &RowActivations, stride: usize, logits: &mut [f32]) {
        debug_assert_eq!(activations.stride, stride);
        logits.copy_from_slice(&activations.values[..logits.len()]);
    }

    fn read_logits(&self, logits: &[f32], _stride: usize, gradient: &mut RowActivations) {
        gradient.values[..logits.len()].copy_from_slice(logits);
    }

    fn write_activations(&self, activations: &RowActivations, to: &mut [f32]) {
        for (row, to) in activations.rows().zip(to.chunks_exact_mut(activations.non_zeros.features())) {
            to.iter_mut().zip(row).for_each(|(to, &value)| *to = if value > 0.0 { value } else { 0.0 });
        }
    }

    fn write_pixel_gradient(&self, gradient: &RowActivations, to: &mut [f32]) {
        for (row, to) in gradient.rows().zip(to.chunks_exact_mut(self.image_pixels)) {
            to.copy_from_slice(&row[..self.image_pixels]);
        }
    }
}
