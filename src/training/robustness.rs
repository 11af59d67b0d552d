//! Reads corrupted test images with a trained network, in small steps.

use crate::{corruptions, data::LabelledImages};
use experiment::robustness::{Corruption, RobustnessReadings};
use kernels::{batch::pixel_values, loss::predicted_class, reader::NetworkReader};
use model::{ImageSize, Model};

/// Images that are corrupted at a time, so that a step takes a few milliseconds.
const IMAGES_A_STEP: usize = 32;

/// A reading of corrupted test images that is under way.
pub struct RobustnessPass {
    trial: u32,
    size: ImageSize,
    reader: NetworkReader,
    pixel_values: [f32; 256],
    /// The images from this one on are still to be read.
    next_image: usize,
    /// Under which corruptions the next images are still to be read.
    next_corruptions: &'static [Corruption],
    readings: RobustnessReadings,
}

impl RobustnessPass {
    /// Begins to read with a network of `model` that has these weights and biases (flat) under this mask. The noise is that of the
    /// trial.
    pub fn new(
        model: &Model,
        trial: u32,
        mask: &[u8],
        (weights, biases): (&[f32], &[f32]),
    ) -> RobustnessPass {
        RobustnessPass {
            trial,
            size: model.input,
            reader: NetworkReader::new(model, mask, weights, biases, IMAGES_A_STEP),
            pixel_values: pixel_values(),
            next_image: 0,
            next_corruptions: Corruption::ALL,
            readings: RobustnessReadings::default(),
        }
    }

    /// Reads the next images of the test set under one corruption, in all its strengths. Returns all readings after the last ones.
    pub fn advance(&mut self, test: &LabelledImages) -> Option<RobustnessReadings> {
        let Some((&corruption, rest)) = self.next_corruptions.split_first() else {
            return Some(self.readings);
        };
        let pixels = self.size.values();
        let end = (self.next_image + IMAGES_A_STEP).min(test.labels.len());
        let labels = &test.labels[self.next_image..end];
        let bytes = &test.images[self.next_image * pixels..end * pixels];
        let images: Vec<f32> = bytes.iter().map(|&byte| self.pixel_values[usize::from(byte)]).collect();
        let normals: Vec<f64> = match corruption {
            Corruption::Noise => (self.next_image..end)
                .flat_map(|image| corruptions::noise(self.trial, image as u32, pixels))
                .collect(),
            _ => vec![],
        };
        let gradient = match corruption {
            Corruption::Fgsm => self.reader.pixel_gradient(&images, labels).gradient,
            _ => vec![],
        };
        let strengths = corruption.strengths().iter();
        for (&strength, read) in strengths.zip(self.readings.of_mut(corruption)) {
            let changed: Vec<f32> = match corruption {
                Corruption::Noise => corruptions::noisy(&images, &normals, strength),
                Corruption::Fgsm => corruptions::moved_along_gradient(&images, &gradient, strength),
                _ => images
                    .chunks_exact(pixels)
                    .flat_map(|image| corruptions::corrupted(image, self.size, corruption, strength))
                    .collect(),
            };
            let logits = self.reader.logits(&changed);
            let right =
                logits.iter().zip(labels).filter(|(logits, label)| predicted_class(logits) == **label);
            *read += right.count() as u32;
        }
        self.next_corruptions = rest;
        if rest.is_empty() && end < test.labels.len() {
            (self.next_image, self.next_corruptions) = (end, Corruption::ALL);
        }
        self.next_corruptions.is_empty().then_some(self.readings)
    }
}
