//! What a network makes of single images: its logits, what its hidden units give, and how each pixel changes its loss.

use crate::{
    loss::{self, logits_stride},
    network::passes,
    sparse::ComputedUnits,
    stack::Passes,
};
use model::Model;

/// The logits of one image, a number for each class.
pub type Logits = Vec<f32>;

/// A network that reads images and is not trained. It runs the kernels that [`Network`](crate::network::Network) runs for the
/// same mask, so that it gives an image of the data set the very logits that an evaluation gives it.
///
/// Images are pixel values, as many numbers each as the model reads, image after image, 0 for black and 1 for white.
/// Bytes are turned into them by [`pixel_values`](crate::batch::pixel_values), which loses nothing: that is a test. Values
/// outside of [0, 1] are taken as they are. All methods panic if numbers are missing to a whole image, or if there are more
/// images than there is room for.
pub struct NetworkReader {
    passes: Box<dyn Passes>,
    variable: Vec<f32>,
    classes: usize,
}

/// What the units of a network give for some images.
#[derive(Clone, Debug, PartialEq)]
pub struct Activations {
    /// For each hidden layer, lowest first, what its units give behind the ReLU, (images, units). A unit has its value even
    /// if no surviving weight reads it.
    pub hidden: Vec<Vec<f32>>,
    /// The logits of each image.
    pub logits: Vec<Logits>,
}

/// How the loss of some images changes with their pixels.
#[derive(Clone, Debug, PartialEq)]
pub struct PixelGradient {
    /// The derivative of each image's cross-entropy, in nats, by each of its pixel values, (images,
    /// pixels). It is zero where no surviving weights lead from a pixel to the output.
    pub gradient: Vec<f32>,
    /// The logits of each image.
    pub logits: Vec<Logits>,
}

impl NetworkReader {
    /// A network of `model` with `weights` and `biases` (flat) where `mask` (flat, 0 is pruned) lets them live, and room for
    /// `capacity` images at a time, at least one.
    pub fn new(
        model: &Model,
        mask: &[u8],
        weights: &[f32],
        biases: &[f32],
        capacity: usize,
    ) -> NetworkReader {
        let passes = passes(model, mask, capacity, ComputedUnits::All);
        NetworkReader { variable: passes.pack(weights, biases), passes, classes: model.output_count() }
    }

    /// The logits of each image.
    pub fn logits(&mut self, images: &[f32]) -> Vec<Logits> {
        self.passes.gather_pixel_values(images);
        without_padding(self.passes.forward(&self.variable), self.classes)
    }

    /// What all units give for each image.
    pub fn activations(&mut self, images: &[f32]) -> Activations {
        let logits = self.logits(images);
        Activations { hidden: self.passes.activations(), logits }
    }

    /// The gradient of each image's cross-entropy for its label in `labels`, which need not be the true one, by its pixels.
    pub fn pixel_gradient(&mut self, images: &[f32], labels: &[u8]) -> PixelGradient {
        self.passes.gather_pixel_values(images);
        let rows = self.passes.forward(&self.variable);
        let logits = without_padding(rows, self.classes);
        assert_eq!(logits.len(), labels.len(), "a label for each image");
        // The gradient of the sum over the images, in which each has its own.
        loss::into_gradient(rows, self.classes, labels.iter().copied(), 1);
        PixelGradient { gradient: self.passes.pixel_gradient(&self.variable), logits }
    }
}

/// Logits of so many classes without their padding.
fn without_padding(rows: &[f32], classes: usize) -> Vec<Logits> {
    rows.chunks_exact(logits_stride(classes)).map(|row| row[..classes].to_vec()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch::{Batch, pixel_values};
    use model::IMAGE_PIXELS;

    /// Of all logits, at densities of all kinds of kernels, and although an evaluation leaves units out that reach nothing.
    #[test]
    fn pixel_values_give_the_bits_that_bytes_give() {
        let model = Model::linear(&[40, 20]);
        let weights: Vec<f32> =
            (0..model.weight_count()).map(|i| (i * i % 211) as f32 / 500.0 - 0.2).collect();
        let biases: Vec<f32> = (0..model.bias_count()).map(|i| (i % 7) as f32 / 50.0 - 0.05).collect();
        let images: Vec<u8> =
            (0..60 * IMAGE_PIXELS).map(|i| (i * i % 257 * usize::from(i / 3 * 5 % 13 < 4)) as u8).collect();
        let values = pixel_values();
        let values: Vec<f32> = images.iter().map(|&byte| values[usize::from(byte)]).collect();
        let bits = |logits: Vec<Logits>| logits.concat().into_iter().map(f32::to_bits).collect::<Vec<_>>();
        for share in [2053, 1300, 700, 200, 90, 20] {
            let mask: Vec<u8> =
                (0..model.weight_count()).map(|i| u8::from(i * 7919 % 2053 < share)).collect();
            let rows: Vec<u32> = (0..60).collect();
            let mut trained = passes(&model, &mask, 60, ComputedUnits::ReachingOutput);
            trained.gather(Batch {
                images: &images,
                image_bytes: IMAGE_PIXELS,
                labels: &[0; 60],
                image_indices: &rows,
            });
            let variable = trained.pack(&weights, &biases);
            let expected = bits(without_padding(trained.forward(&variable), 10));
            assert!(expected.iter().any(|logit| *logit != 0));
            for capacity in [60, 1] {
                let mut reader = NetworkReader::new(&model, &mask, &weights, &biases, capacity);
                let read = values.chunks(capacity * IMAGE_PIXELS).flat_map(|images| reader.logits(images));
                assert_eq!(bits(read.collect()), expected, "{share} of 2053 weights, {capacity} at a time");
            }
        }
    }
}
