//! Wrong training labels: a share of them is replaced by another class, the same ones in every job of a trial.

use crate::{data::TrainValidationSplit, rng::RandomStream};
use experiment::{
    config::ExperimentConfig,
    job::JobId,
    job_report::{Accuracy, LabelNoiseReadings},
    purpose::RandomPurpose,
};

/// The labels that a job is trained on, where some are wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LabelNoise {
    labels: Vec<u8>,
}

impl LabelNoise {
    /// The labels of a job's trial on the job's data set. `truth` are the true labels of all images for training and validation,
    /// and `split` says which of them are trained on: only these may be replaced. `None` if the settings ask for no wrong labels.
    pub fn new(
        config: &ExperimentConfig,
        job: JobId,
        split: &TrainValidationSplit,
        truth: &[u8],
    ) -> Option<LabelNoise> {
        (config.label_noise > 0.0).then(|| {
            let classes = config.data_of(job.arm).classes.len() as u32;
            let flipped = config.flipped_labels(job.arm) as usize;
            // The stream depends on the trial alone, so that all its networks learn from the same labels.
            let mut stream = RandomStream::new(job.trial, RandomPurpose::LabelNoise, 0, 0);
            let mut images = split.train.clone();
            stream.shuffle(&mut images);
            let mut labels = truth.to_vec();
            for &image in &images[..flipped] {
                let label = &mut labels[image as usize];
                *label = ((u32::from(*label) + 1 + stream.below(classes - 1)) % classes) as u8;
            }
            LabelNoise { labels }
        })
    }

    /// The label of each image for training and validation.
    pub fn labels(&self) -> &[u8] {
        &self.labels
    }

    /// How the images that are trained on are read, given their indices, their true labels and the class that a network gives
    /// each. `truth` has the labels of all images, `predictions` a class for each of `images`.
    pub fn readings(&self, truth: &[u8], images: &[u32], predictions: &[u8]) -> LabelNoiseReadings {
        let mut readings = LabelNoiseReadings::default();
        let count = |accuracy: &mut Accuracy, is_correct: bool| {
            accuracy.total += 1;
            accuracy.correct += u32::from(is_correct);
        };
        for (&image, &prediction) in images.iter().zip(predictions) {
            let (truth, label) = (truth[image as usize], self.labels[image as usize]);
            if truth == label {
                count(&mut readings.clean, prediction == truth);
            } else {
                count(&mut readings.flipped, prediction == label);
                count(&mut readings.restored, prediction == truth);
            }
        }
        readings
    }
}
