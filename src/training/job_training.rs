//! Trains one job in small steps, so that the caller can pause after any of them.

pub use crate::trained_job::TrainedJob;
use crate::{
    data::{LabelledImages, LoadedData, TrainValidationSplit},
    dropout,
    evaluation_pass::{END_PASSES, EVALUATION_BATCH, EvaluationPass, EvaluationProgress},
    initial_state::{InitialState, initial_state},
    interpolation::Interpolation,
    label_noise::LabelNoise,
    mask_at_init::{LabelledPixels, MaskAtInit},
    rng::RandomStream,
    robustness::RobustnessPass,
    scheduled_optimizer::ScheduledOptimizer,
    supermask::Supermask,
    weight_scores,
};
use candle_core::{Result, Tensor};
use experiment::purpose::RandomPurpose;
use experiment::{
    config::ExperimentConfig,
    job::{JobId, JobPhase},
    job_data::{JobInputs, JobOutputs, OutputSpec, Parameters},
    job_graph::output_spec,
    job_report::{Accuracy, JobReport, ReadingsBeforeTraining, ValidationPoint},
    recipe::{MaskSource, recipe},
    robustness::RobustnessReadings,
};
use kernels::{batch::Batch, network::Network};
use model::{
    Model,
    mask::{Mask, dense_mask, survivors_per_layer},
};
use std::sync::Arc;

/// The images of the largest pass.
fn capacity(config: &ExperimentConfig) -> usize {
    EVALUATION_BATCH.max(config.batch as usize)
}

/// The labels of the images for training and validation that a job is trained on.
fn training_labels<'a>(noise: &'a Option<LabelNoise>, train: &'a LabelledImages) -> &'a [u8] {
    noise.as_ref().map_or(&train.labels, LabelNoise::labels)
}

/// Some images as a model reads them.
fn batch_of<'a>(model: &Model, images: &'a [u8], labels: &'a [u8], image_indices: &'a [u32]) -> Batch<'a> {
    Batch { images, image_bytes: model.input.values(), labels, image_indices }
}

/// What a call of [`JobTraining::advance`] did.
#[derive(Clone, Debug, PartialEq)]
pub enum AdvanceOutcome {
    /// It did a training step or part of an evaluation pass.
    Working,
    /// It has read the first weights, before the first training step.
    ReadBeforeTraining(ReadingsBeforeTraining),
    /// It finished a validation pass.
    Validated(ValidationPoint),
    /// It finished the job.
    Finished(Box<TrainedJob>),
}

/// A job in training.
pub struct JobTraining {
    config: ExperimentConfig,
    job: JobId,
    output_spec: OutputSpec,
    batch_order: RandomPurpose,
    data: Arc<LoadedData>,
    split: TrainValidationSplit,
    test_indices: Vec<u32>,
    /// The labels that are trained on, where some of them are wrong.
    label_noise: Option<LabelNoise>,
    mask: Mask,
    network: Network,
    optimizer: ScheduledOptimizer,
    /// What is trained in place of the weights, where the job learns its mask.
    supermask: Option<Supermask>,
    /// The order of the training images in `epoch`.
    image_order: Vec<u32>,
    epoch: Option<u32>,
    /// Training steps done so far. For late rewinding this includes the steps before the rewind iteration, which this
    /// job did not run itself.
    iteration: u32,
    /// The iteration at which this job started: 0, or the rewind iteration for late rewinding.
    first_iteration: u32,
    /// The parameters that the job started from.
    initial_variable: Tensor,
    /// The first parameters of every trial, if they come from a file. Pruning may ask for them.
    of_file: Option<Parameters>,
    /// The parameters at the rewind iteration, if other jobs need them and the job has reached it.
    rewind_parameters: Option<Parameters>,
    /// The loss and the accuracy on the validation images before the first training step, while the test is not done.
    first_validation: Option<(f32, Accuracy)>,
    before_training: Option<ReadingsBeforeTraining>,
    curve: Vec<ValidationPoint>,
    /// The validation point with the smallest loss so far, and the parameters at that iteration.
    best_validation: Option<(ValidationPoint, Tensor)>,
    /// The parameters after the last training step.
    final_variable: Option<Tensor>,
    accuracies: Vec<(EvaluationPass, Accuracy)>,
    /// The final parameters of the sibling, until the line to them is read.
    sibling: Option<Parameters>,
    /// The accuracies on that line.
    interpolated: Vec<Accuracy>,
    /// What the network with the final parameters has answered to the test images so far.
    test_predictions: Vec<u8>,
    /// What it has answered to the training images so far, where some of their labels are wrong.
    train_predictions: Vec<u8>,
    /// Whether the last weights read corrupted images.
    reads_corrupted: bool,
    robustness: Option<RobustnessReadings>,
    state: TrainingState,
}

/// What the next call of [`JobTraining::advance`] does.
enum TrainingState {
    /// It goes on choosing the mask before any training.
    Choosing(Box<MaskAtInit>),
    Training,
    Evaluating(EvaluationProgress),
    /// It reads the networks between a twin and its sibling.
    Interpolating(Box<Interpolation>),
    /// It goes on reading corrupted test images.
    Corrupting(Box<RobustnessPass>),
    Pruning,
}

impl TrainingState {
    fn evaluating(pass: EvaluationPass) -> TrainingState {
        TrainingState::Evaluating(EvaluationProgress::new(pass))
    }
}

impl JobTraining {
    /// Sets up a job with its mask, its first parameters and a new optimiser. It is an error if `inputs` are not what
    /// the job needs. `data` is the data set of the job's arm ([`ExperimentConfig::data_of`]).
    pub fn new(
        config: &ExperimentConfig,
        job: JobId,
        inputs: JobInputs,
        data: Arc<LoadedData>,
    ) -> Result<JobTraining> {
        // A worker has no words: what it may say of this, it has found out before.
        inputs.check(config, job).map_err(|fault| candle_core::Error::msg(format!("{fault:?}")))?;
        let of_file = inputs.first.clone();
        let sibling = inputs.sibling.clone();
        let InitialState { mask, weights, biases, iteration } = initial_state(config, job, inputs);
        let (model, split) = (&config.model, TrainValidationSplit::new(config.data_of(job.arm), job.trial));
        let (mut state, mut supermask) = (TrainingState::evaluating(EvaluationPass::ValidationStart), None);
        let network = match recipe(job).mask {
            MaskSource::AtInit(method) => {
                let choice = MaskAtInit::new(config, job, method, (&weights, &biases), &split.train);
                state = TrainingState::Choosing(Box::new(choice));
                Network::new(model, &mask, &weights, &biases, capacity(config))?
            }
            MaskSource::LearnedWithCountsOf(_) => {
                let learned = Supermask::new(config, &weights, &biases, &survivors_per_layer(model, &mask))?;
                let all = dense_mask(model);
                let network = Network::new(model, &all, &learned.weights(), &biases, capacity(config))?;
                supermask = Some(learned);
                network
            }
            _ => Network::new(model, &mask, &weights, &biases, capacity(config))?,
        };
        Ok(JobTraining {
            supermask,
            optimizer: ScheduledOptimizer::new(config, network.variable().clone())?,
            // As the network holds them: of a sparse network these are only the survivors.
            initial_variable: network.variable().copy()?,
            of_file,
            config: config.clone(),
            job,
            output_spec: output_spec(config, job),
            batch_order: recipe(job).batch_order,
            test_indices: (0..data.test.labels.len() as u32).collect(),
            label_noise: LabelNoise::new(config, job, &split, &data.train.labels),
            split,
            data,
            mask,
            network,
            image_order: vec![],
            epoch: None,
            iteration,
            first_iteration: iteration,
            rewind_parameters: None,
            first_validation: None,
            before_training: None,
            curve: vec![],
            best_validation: None,
            final_variable: None,
            accuracies: vec![],
            sibling,
            interpolated: vec![],
            test_predictions: vec![],
            train_predictions: vec![],
            reads_corrupted: false,
            robustness: None,
            state,
        })
    }

    /// Whether the job reads corrupted test images at its end ([`JobReport::robustness`]), which changes nothing else. It does not
    /// unless this is called before.
    pub fn read_corrupted_images(&mut self, whether: bool) {
        self.reads_corrupted = whether;
    }

    /// The identity of the job.
    pub fn job(&self) -> JobId {
        self.job
    }

    /// Whether the next step reads corrupted images, whose time is no part of the job's seconds.
    pub fn reads_corrupted_next(&self) -> bool {
        matches!(self.state, TrainingState::Corrupting(_))
    }

    /// Training steps done. Late rewinding counts the steps before the rewind iteration too.
    pub fn iteration(&self) -> u32 {
        self.iteration
    }

    /// What the job is doing.
    pub fn phase(&self) -> JobPhase {
        match &self.state {
            TrainingState::Choosing(_) => JobPhase::Rewind,
            TrainingState::Training => JobPhase::Train,
            TrainingState::Evaluating(progress) => match progress.pass {
                EvaluationPass::ValidationStart | EvaluationPass::TestStart => JobPhase::Rewind,
                EvaluationPass::Validation => JobPhase::Train,
                _ => JobPhase::Test,
            },
            TrainingState::Interpolating(_) => JobPhase::Test,
            TrainingState::Corrupting(_) => JobPhase::Test,
            TrainingState::Pruning => JobPhase::Prune,
        }
    }

    /// Whether training continues and no evaluation pass is unfinished, or nothing has been done yet. Only then can the
    /// job pause.
    pub fn is_between_steps(&self) -> bool {
        match &self.state {
            TrainingState::Choosing(choice) => !choice.has_begun(),
            TrainingState::Training => true,
            TrainingState::Evaluating(progress) => {
                progress.pass == EvaluationPass::ValidationStart && progress.next_image == 0
            }
            TrainingState::Interpolating(_) | TrainingState::Corrupting(_) | TrainingState::Pruning => false,
        }
    }

    /// Does the next small piece of work, which takes a few milliseconds at most. It must not be called after
    /// [`AdvanceOutcome::Finished`].
    pub fn advance(&mut self) -> Result<AdvanceOutcome> {
        match std::mem::replace(&mut self.state, TrainingState::Training) {
            TrainingState::Choosing(choice) => {
                self.choose_mask(choice)?;
                Ok(AdvanceOutcome::Working)
            }
            TrainingState::Training => {
                self.training_step()?;
                if self.config.evaluates_at(self.iteration) {
                    self.state = TrainingState::evaluating(EvaluationPass::Validation);
                }
                Ok(AdvanceOutcome::Working)
            }
            TrainingState::Evaluating(progress) => self.evaluate_next_images(progress),
            TrainingState::Interpolating(line) => self.interpolate(line),
            TrainingState::Corrupting(mut pass) => {
                self.robustness = pass.advance(&self.data.test);
                self.state = match self.robustness {
                    Some(_) => TrainingState::Pruning,
                    None => TrainingState::Corrupting(pass),
                };
                Ok(AdvanceOutcome::Working)
            }
            TrainingState::Pruning => Ok(AdvanceOutcome::Finished(Box::new(self.finish()?))),
        }
    }

    /// Goes on choosing the mask. Once it is there, the network has the surviving weights alone.
    fn choose_mask(&mut self, mut choice: Box<MaskAtInit>) -> Result<()> {
        let train = &self.data.train;
        let labels = training_labels(&self.label_noise, train);
        let Some(mask) = choice.advance(LabelledPixels { images: &train.images, labels }) else {
            self.state = TrainingState::Choosing(choice);
            return Ok(());
        };
        let (weights, biases) = self.network.weights_and_biases()?;
        self.network = Network::new(&self.config.model, &mask, &weights, &biases, capacity(&self.config))?;
        self.optimizer = ScheduledOptimizer::new(&self.config, self.network.variable().clone())?;
        self.initial_variable = self.network.variable().copy()?;
        self.mask = mask;
        self.state = TrainingState::evaluating(EvaluationPass::ValidationStart);
        Ok(())
    }

    /// Does one training step on the next batch of the epoch.
    fn training_step(&mut self) -> Result<()> {
        if self.output_spec.rewind_parameters && self.iteration == self.config.rewind_iteration() {
            self.rewind_parameters = Some(self.parameters(self.network.variable())?);
        }
        let batch = self.config.batch as usize;
        // The last incomplete batch of an epoch is dropped.
        let per_epoch = (self.split.train.len() / batch) as u32;
        let (epoch, batch_in_epoch) = (self.iteration / per_epoch, (self.iteration % per_epoch) as usize);
        if self.epoch != Some(epoch) {
            self.image_order.clone_from(&self.split.train);
            // The stream does not depend on the arm, so all arms of a round see the same batches.
            RandomStream::new(self.job.trial, self.batch_order, self.job.round, epoch)
                .shuffle(&mut self.image_order);
            self.epoch = Some(epoch);
        }
        let indices = &self.image_order[batch_in_epoch * batch..][..batch];
        let train = &self.data.train;
        let labels = training_labels(&self.label_noise, train);
        let batch = batch_of(&self.config.model, &train.images, labels, indices);
        let dropout = (self.config.dropout > 0.0)
            .then(|| dropout::draw_scales(&self.config, self.job.trial, self.job.round, self.iteration));
        if let Some(supermask) = &mut self.supermask {
            supermask.step(&self.config, self.iteration, &mut self.network, (batch, dropout))?;
        } else {
            let gradients = self.network.gradients(batch, dropout)?;
            self.optimizer.step(&self.config, self.iteration, gradients)?;
        }
        self.iteration += 1;
        Ok(())
    }

    /// Evaluates the next images of a pass.
    fn evaluate_next_images(&mut self, mut progress: EvaluationProgress) -> Result<AdvanceOutcome> {
        let LoadedData { train, test } = &*self.data;
        let training = training_labels(&self.label_noise, train);
        let (set, labels, indices) = match progress.pass {
            // Of these images the labels that are trained on are the true ones.
            EvaluationPass::ValidationStart | EvaluationPass::Validation => {
                (train, training, &self.split.validation)
            }
            EvaluationPass::TrainEnd | EvaluationPass::TrainEarly => (train, training, &self.split.train),
            EvaluationPass::TestStart | EvaluationPass::TestEnd | EvaluationPass::TestEarly => {
                (test, &test.labels[..], &self.test_indices)
            }
        };
        let end = (progress.next_image + EVALUATION_BATCH).min(indices.len());
        let indices_now = &indices[progress.next_image..end];
        let batch = batch_of(&self.config.model, &set.images, labels, indices_now);
        let score = match progress.pass {
            EvaluationPass::TestEnd => {
                self.network.evaluate_and_predict(batch, &mut self.test_predictions)?
            }
            EvaluationPass::TrainEnd if self.label_noise.is_some() => {
                self.network.evaluate_and_predict(batch, &mut self.train_predictions)?
            }
            _ => self.network.evaluate(batch)?,
        };
        progress.next_image = end;
        progress.loss += score.loss;
        progress.correct += score.correct;
        if end < indices.len() {
            self.state = TrainingState::Evaluating(progress);
            return Ok(AdvanceOutcome::Working);
        }
        let accuracy = Accuracy { correct: progress.correct, total: end as u32 };
        let loss = (progress.loss / end as f64) as f32;
        // A loss of NaN means that training has diverged. An infinite loss can still be compared with others.
        let loss = if loss.is_nan() { f32::INFINITY } else { loss };
        match progress.pass {
            EvaluationPass::ValidationStart => {
                self.first_validation = Some((loss, accuracy));
                self.state = TrainingState::evaluating(EvaluationPass::TestStart);
                return Ok(AdvanceOutcome::Working);
            }
            EvaluationPass::TestStart => {
                let (validation_loss, validation) = self.first_validation.take().unwrap_or_default();
                let readings = ReadingsBeforeTraining { validation_loss, validation, test: accuracy };
                self.before_training = Some(readings);
                return Ok(AdvanceOutcome::ReadBeforeTraining(readings));
            }
            EvaluationPass::Validation => {
                let point = ValidationPoint { iteration: self.iteration, loss, accuracy };
                self.record_validation(point)?;
                return Ok(AdvanceOutcome::Validated(point));
            }
            _ => {}
        }
        self.accuracies.push((progress.pass, accuracy));
        self.start_end_pass(self.accuracies.len())?;
        Ok(AdvanceOutcome::Working)
    }

    /// Records a validation point, and keeps the parameters if its loss is the smallest so far.
    fn record_validation(&mut self, point: ValidationPoint) -> Result<()> {
        self.curve.push(point);
        if self.best_validation.as_ref().is_none_or(|(best, _)| point.loss < best.loss) {
            self.best_validation = Some((point, self.network.variable().copy()?));
        }
        if self.iteration == self.config.iterations {
            self.final_variable = Some(self.network.variable().copy()?);
            self.start_end_pass(0)?;
        }
        Ok(())
    }

    /// Begins the end pass with this index, with the parameters that it needs. After the last pass, pruning begins.
    fn start_end_pass(&mut self, number: usize) -> Result<()> {
        self.state = match END_PASSES.get(number) {
            None => self.after_passes()?,
            Some(EvaluationPass::TestEarly) if self.early_stop() == self.iteration => {
                // The early stop is the last iteration, so its accuracies are already known.
                self.accuracies
                    .extend([(EvaluationPass::TestEarly, self.accuracy_of(EvaluationPass::TestEnd))]);
                self.accuracies
                    .extend([(EvaluationPass::TrainEarly, self.accuracy_of(EvaluationPass::TrainEnd))]);
                self.after_passes()?
            }
            Some(pass) => {
                if let (EvaluationPass::TestEarly, Some((_, theta))) = (pass, &self.best_validation) {
                    self.network.variable().set(theta)?;
                }
                TrainingState::evaluating(*pass)
            }
        };
        Ok(())
    }

    /// What follows the end passes: a twin reads the line to its sibling.
    fn after_passes(&mut self) -> Result<TrainingState> {
        let Some((sibling, last)) = self.sibling.take().zip(self.final_variable.as_ref()) else {
            return self.after_line();
        };
        let mask = self.supermask.as_ref().map_or(&self.mask, Supermask::mask);
        let line = Interpolation::new(&self.config.model, sibling, self.parameters(last)?, mask);
        Ok(TrainingState::Interpolating(Box::new(line)))
    }

    /// Reads the next test images at the next point between the twin and its sibling.
    fn interpolate(&mut self, mut line: Box<Interpolation>) -> Result<AdvanceOutcome> {
        let test = &self.data.test;
        let images = batch_of(&self.config.model, &test.images, &test.labels, &self.test_indices);
        self.state = match line.advance(images)? {
            Some(read) => {
                self.interpolated = read;
                self.after_line()?
            }
            None => TrainingState::Interpolating(line),
        };
        Ok(AdvanceOutcome::Working)
    }

    /// What follows the line to a sibling: the last weights read corrupted images if that was asked for, and are pruned.
    fn after_line(&mut self) -> Result<TrainingState> {
        if !self.reads_corrupted {
            return Ok(TrainingState::Pruning);
        }
        let (weights, biases) = match &self.final_variable {
            Some(last) => self.network.unpack(last)?,
            None => self.network.weights_and_biases()?,
        };
        let mask = self.supermask.as_ref().map_or(&self.mask, Supermask::mask);
        let pass = RobustnessPass::new(&self.config.model, self.job.trial, mask, (&weights, &biases));
        Ok(TrainingState::Corrupting(Box::new(pass)))
    }

    fn early_stop(&self) -> u32 {
        self.best_validation.as_ref().map_or(self.iteration, |(point, _)| point.iteration)
    }

    fn accuracy_of(&self, pass: EvaluationPass) -> Accuracy {
        let found = self.accuracies.iter().find(|(p, _)| *p == pass);
        found.map(|(_, accuracy)| *accuracy).unwrap_or_default()
    }

    fn finish(&mut self) -> Result<TrainedJob> {
        if let Some(last) = &self.final_variable {
            self.network.variable().set(last)?;
        }
        let (weights, biases) = self.network.weights_and_biases()?;
        let initial_parameters = match &self.supermask {
            Some(supermask) => {
                self.mask.clone_from(supermask.mask());
                supermask.first_parameters()
            }
            None => self.parameters(&self.initial_variable)?,
        };
        let report = JobReport {
            job: self.job,
            alive: survivors_per_layer(&self.config.model, &self.mask),
            curve: std::mem::take(&mut self.curve),
            early_stop: self.early_stop(),
            before_training: self.before_training,
            test_early: self.accuracy_of(EvaluationPass::TestEarly),
            test_end: self.accuracy_of(EvaluationPass::TestEnd),
            train_early: self.accuracy_of(EvaluationPass::TrainEarly),
            train_end: self.accuracy_of(EvaluationPass::TrainEnd),
            interpolated: std::mem::take(&mut self.interpolated),
            label_noise: self.label_noise.as_ref().map(|noise| {
                noise.readings(&self.data.train.labels, &self.split.train, &self.train_predictions)
            }),
            robustness: self.robustness,
            iterations: self.iteration - self.first_iteration,
            batch: self.config.batch,
        };
        let (job, OutputSpec { next_mask: mask, final_parameters: end, .. }) = (self.job, self.output_spec);
        let outputs = JobOutputs {
            next_mask: mask.then(|| {
                let of_file = self.of_file.as_deref();
                weight_scores::next_mask(&self.config, (job.trial, job.round), of_file, &self.mask, &weights)
            }),
            rewind_parameters: self.rewind_parameters.take(),
            final_parameters: end.then(|| [&weights[..], &biases[..]].concat()),
        };
        let early_stop_parameters = match &self.best_validation {
            Some((point, variable)) if point.iteration < self.iteration => Some(self.parameters(variable)?),
            _ => None,
        };
        Ok(TrainedJob {
            report,
            outputs,
            weights,
            biases,
            mask: self.mask.clone(),
            test_predictions: std::mem::take(&mut self.test_predictions),
            initial_parameters,
            early_stop_parameters,
        })
    }

    /// The parameters in `variable`, which is laid out as the network's own is.
    fn parameters(&self, variable: &Tensor) -> Result<Parameters> {
        let (mut weights, biases) = self.network.unpack(variable)?;
        weights.extend(biases);
        Ok(weights)
    }
}
