//! Chooses a mask before any training, in small steps: which weights survive is a matter of scores over all layers together.

use crate::{
    plain_network::{GradientSum, PlainNetwork},
    prune_mask::prune_lowest_scores,
    rng::RandomStream,
    scalar::{Dual, Scalar},
};
use experiment::{
    config::ExperimentConfig,
    job::JobId,
    prune_counts::{PruneCounts, pruned_at_init},
    pruning_at_init::PruningAtInit,
    purpose::RandomPurpose,
};
use model::{
    Model,
    mask::{Mask, dense_mask},
};

/// The training images whose loss is differentiated: the first ones of the trial's split.
pub const SCORED_IMAGES: usize = 600;

/// Images of a step, so that a step takes a few milliseconds.
const IMAGES_A_STEP: usize = 4;

/// What GraSP divides the logits by, as in the authors' code.
const GRASP_TEMPERATURE: f32 = 200.0;

/// The steps of SynFlow.
const SYNFLOW_STEPS: u32 = 100;

/// Images with the labels that they are to be read as.
#[derive(Clone, Copy)]
pub struct LabelledPixels<'a> {
    /// The values of each image, row by row, image after image.
    pub images: &'a [u8],
    /// The label of each image.
    pub labels: &'a [u8],
}

/// A choice of a mask that is under way.
pub struct MaskAtInit {
    model: Model,
    weights: Vec<f32>,
    /// The number of weights of all layers that are pruned.
    pruned: u32,
    /// The images that are scored, as indices into the training images.
    images: Vec<u32>,
    stage: Stage,
    has_begun: bool,
}

/// What the next step does.
enum Stage {
    /// It makes the mask of these scores at once.
    Scored(Vec<f32>),
    /// It draws the mask from this stream.
    Drawn(Box<RandomStream>),
    /// It adds the gradients of the next images, for SNIP or as the first half of GraSP.
    Gradient { method: PruningAtInit, biases: Vec<f32>, pass: Pass<f32> },
    /// It adds, for the next images, the derivative of their gradients along the gradient.
    Curvature(Pass<Dual>),
    /// It prunes for the next time by SynFlow: so many steps are done.
    SynFlow { mask: Mask, steps: u32 },
}

/// A pass over the scored images that is not finished.
struct Pass<T> {
    network: PlainNetwork<T>,
    sum: GradientSum<T>,
    next_image: usize,
}

impl<T: Scalar> Pass<T> {
    fn new(network: PlainNetwork<T>) -> Pass<T> {
        Pass { sum: network.no_gradient(), network, next_image: 0 }
    }

    /// Adds the gradients of the next images' mean cross-entropy, of logits divided by `temperature`. Returns the gradient
    /// over all images after the last ones.
    fn advance(&mut self, set: LabelledPixels<'_>, images: &[u32], temperature: f32) -> Option<Vec<T>> {
        let values = set.images.len() / set.labels.len();
        let end = (self.next_image + IMAGES_A_STEP).min(images.len());
        let inverse = T::constant(1.0 / temperature);
        let share = T::constant(1.0 / (temperature * images.len() as f32));
        for &image in &images[self.next_image..end] {
            let image = image as usize;
            let pixels: Vec<f32> =
                set.images[image * values..][..values].iter().map(|&byte| f32::from(byte) / 255.0).collect();
            let gradient_of_logits = |logits: &[T]| {
                let cooled: Vec<T> = logits.iter().map(|&logit| logit * inverse).collect();
                let mut gradient = T::softmax(&cooled);
                gradient[usize::from(set.labels[image])] += T::constant(-1.0);
                gradient.iter_mut().for_each(|value| *value = *value * share);
                gradient
            };
            self.network.add_gradient(&pixels, gradient_of_logits, &mut self.sum);
        }
        self.next_image = end;
        (end == images.len()).then(|| self.network.flat(&self.sum))
    }
}

impl MaskAtInit {
    /// Begins to choose a job's mask by `method`. `weights` and `biases` are what the job starts from, flat, and `training` are
    /// the training images of its trial.
    pub fn new(
        config: &ExperimentConfig,
        job: JobId,
        method: PruningAtInit,
        (weights, biases): (&[f32], &[f32]),
        training: &[u32],
    ) -> MaskAtInit {
        let model = &config.model;
        let stage = match method {
            PruningAtInit::Snip | PruningAtInit::Grasp => {
                let pass = Pass::new(PlainNetwork::new(model, weights, biases));
                Stage::Gradient { method, biases: biases.to_vec(), pass }
            }
            PruningAtInit::SynFlow => Stage::SynFlow { mask: dense_mask(model), steps: 0 },
            PruningAtInit::Magnitude => Stage::Scored(weights.iter().map(|weight| weight.abs()).collect()),
            PruningAtInit::Random => {
                let (purpose, JobId { trial, round, draw, .. }) = (RandomPurpose::RandomGlobalMask, job);
                Stage::Drawn(Box::new(RandomStream::new(trial, purpose, round, draw)))
            }
        };
        MaskAtInit {
            model: model.clone(),
            weights: weights.to_vec(),
            pruned: pruned_at_init(config, job.round),
            images: training[..training.len().min(SCORED_IMAGES)].to_vec(),
            stage,
            has_begun: false,
        }
    }

    /// Whether a step has been done.
    pub fn has_begun(&self) -> bool {
        self.has_begun
    }

    /// The score of each weight, once all are known that the mask follows from. None for a mask that is drawn or that comes of
    /// many prunings.
    pub fn scores(&self) -> Option<&[f32]> {
        if let Stage::Scored(scores) = &self.stage { Some(scores) } else { None }
    }

    /// Does the next small step with the images for training and validation and the labels that are trained on. Returns the
    /// mask after the last one.
    pub fn advance(&mut self, set: LabelledPixels<'_>) -> Option<Mask> {
        self.has_begun = true;
        let next = match &mut self.stage {
            Stage::Scored(scores) => {
                let all = dense_mask(&self.model);
                return Some(lowest_pruned(&self.model, &all, std::mem::take(scores), self.pruned));
            }
            Stage::Drawn(stream) => {
                let mut mask = dense_mask(&self.model);
                mask[..self.pruned as usize].fill(0);
                stream.shuffle(&mut mask);
                return Some(mask);
            }
            Stage::Gradient { method: PruningAtInit::Grasp, biases, pass } => {
                let gradient = pass.advance(set, &self.images, GRASP_TEMPERATURE)?;
                let along = |(&value, slope): (&f32, f32)| Dual { value, slope };
                let weights: Vec<Dual> = self.weights.iter().zip(gradient).map(along).collect();
                let biases: Vec<Dual> = biases.iter().map(|&bias| Dual::constant(bias)).collect();
                Stage::Curvature(Pass::new(PlainNetwork::new(&self.model, &weights, &biases)))
            }
            Stage::Gradient { pass, .. } => {
                let gradient = pass.advance(set, &self.images, 1.0)?;
                let score = |(weight, gradient): (&f32, f32)| (weight * gradient).abs();
                Stage::Scored(self.weights.iter().zip(gradient).map(score).collect())
            }
            Stage::Curvature(pass) => {
                let derivative = pass.advance(set, &self.images, GRASP_TEMPERATURE)?;
                let score = |(weight, derivative): (&f32, Dual)| weight * derivative.slope;
                Stage::Scored(self.weights.iter().zip(derivative).map(score).collect())
            }
            Stage::SynFlow { mask, steps } => {
                let scores = synflow_scores(&self.model, &self.weights, mask);
                *steps += 1;
                let left = synflow_survivors(mask.len() as u32, self.pruned, *steps);
                let alive = mask.iter().map(|&alive| u32::from(alive)).sum::<u32>();
                *mask = lowest_pruned(&self.model, mask, scores, alive.saturating_sub(left));
                return (*steps == SYNFLOW_STEPS).then(|| std::mem::take(mask));
            }
        };
        self.stage = next;
        None
    }
}

/// The mask without `pruned` more weights, those of the smallest scores over all layers.
fn lowest_pruned(model: &Model, mask: &[u8], mut scores: Vec<f32>, pruned: u32) -> Mask {
    // Weights from a file can be so large that a score is not a number, and zero has two signs.
    scores.iter_mut().for_each(|score| *score = if score.is_nan() { 0.0 } else { *score + 0.0 });
    prune_lowest_scores(model, mask, &scores, PruneCounts::Global(pruned))
}

/// How many of `all` weights survive the first `steps` steps of SynFlow, if all steps together prune `pruned` weights.
fn synflow_survivors(all: u32, pruned: u32, steps: u32) -> u32 {
    if steps == SYNFLOW_STEPS {
        return all - pruned;
    }
    let share = f64::from(all - pruned) / f64::from(all);
    (f64::from(all) * libm::pow(share, f64::from(steps) / f64::from(SYNFLOW_STEPS))).round() as u32
}

/// The magnitude of each weight times the derivative of the sum of the outputs for an image of ones, in a network of the
/// magnitudes of the surviving weights, without biases.
pub fn synflow_scores(model: &Model, weights: &[f32], mask: &[u8]) -> Vec<f32> {
    let magnitude = |(weight, &alive): (&f32, &u8)| if alive != 0 { weight.abs() } else { 0.0 };
    let magnitudes: Vec<f32> = weights.iter().zip(mask).map(magnitude).collect();
    let network = PlainNetwork::new(model, &magnitudes, &vec![0.0; model.bias_count()]);
    let mut sum = network.no_gradient();
    let ones = vec![1.0; model.input.values()];
    network.add_gradient(&ones, |logits| vec![1.0; logits.len()], &mut sum);
    magnitudes.iter().zip(network.flat(&sum)).map(|(magnitude, gradient)| magnitude * gradient).collect()
}
