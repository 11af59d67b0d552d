//! Runs one job in small steps, so that whoever runs it can stop between any two.

use crate::{
    data::{Mnist, TrainValidationSplit},
    dropout,
    initial_state::{InitialState, initial_state},
    rng::RandomStream,
    scheduled_optimizer::ScheduledOptimizer,
    weight_scores,
};
use candle_core::{Result, Tensor};
use experiment::purpose::RandomPurpose;
use experiment::{
    config::ExperimentConfig,
    job::{JobId, JobPhase},
    job_data::{JobInputs, JobOutputs, OutputSpec, Parameters},
    job_graph::output_spec,
    job_report::{Accuracy, JobReport, ValidationPoint},
    recipe::recipe,
};
use kernels::{batch::Batch, network::Network};
use model::mask::{Mask, survivors_per_layer};
use std::sync::Arc;

/// Images evaluated at a time: a whole number of vectors, small enough that a slice of work stays short.
const EVALUATION_BATCH: usize = 64;

/// What a call of [`JobTraining::advance`] did.
#[derive(Clone, Debug, PartialEq)]
pub enum AdvanceOutcome {
    /// A training step, or part of a pass over images.
    Working,
    /// A validation pass was finished.
    Validated(ValidationPoint),
    /// The job is done.
    Finished(Box<TrainedJob>),
}

/// The results of a finished job: its report, the outputs that other jobs need, and its final weights and biases.
#[derive(Clone, Debug, PartialEq)]
pub struct TrainedJob {
    /// Its report.
    pub report: JobReport,
    /// What other jobs need of it.
    pub outputs: JobOutputs,
    /// The last weights, flat, pruned ones zero.
    pub weights: Vec<f32>,
    /// The last biases, flat.
    pub biases: Vec<f32>,
}

/// A job under way.
pub struct JobTraining {
    config: ExperimentConfig,
    job: JobId,
    output_spec: OutputSpec,
    batch_order: RandomPurpose,
    mnist: Arc<Mnist>,
    split: TrainValidationSplit,
    test_indices: Vec<u32>,
    mask: Mask,
    network: Network,
    optimizer: ScheduledOptimizer,
    /// This epoch's order of the training images, and which epoch it is.
    image_order: Vec<u32>,
    epoch: Option<u32>,
    /// Training steps done so far. For late rewinding this includes the steps before the rewind iteration, which this
    /// job did not run itself.
    iteration: u32,
    /// The iteration at which this job started: 0, or the rewind iteration for late rewinding.
    first_iteration: u32,
    /// What late rewinding goes back to, once it is there.
    rewind_parameters: Option<Parameters>,
    curve: Vec<ValidationPoint>,
    /// The early stop so far, and the flat variable there.
    best_validation: Option<(ValidationPoint, Tensor)>,
    /// The flat variable after the last step.
    final_variable: Option<Tensor>,
    accuracies: Vec<(EvaluationPass, Accuracy)>,
    state: TrainingState,
}

/// What the job does next.
enum TrainingState {
    Training,
    Evaluating(EvaluationProgress),
    Pruning,
}

/// An evaluation pass, as far as it has come.
struct EvaluationProgress {
    pass: EvaluationPass,
    at: usize,
    loss: f64,
    correct: u32,
}

impl EvaluationProgress {
    fn begin(pass: EvaluationPass) -> TrainingState {
        TrainingState::Evaluating(EvaluationProgress { pass, at: 0, loss: 0.0, correct: 0 })
    }
}

/// Which images are evaluated with which weights.
#[derive(Clone, Copy, Debug, PartialEq)]
enum EvaluationPass {
    Validation,
    TestEnd,
    TrainEnd,
    TestEarly,
    TrainEarly,
}

/// The passes at the end of a job, in order.
const END_PASSES: [EvaluationPass; 4] = [
    EvaluationPass::TestEnd,
    EvaluationPass::TrainEnd,
    EvaluationPass::TestEarly,
    EvaluationPass::TrainEarly,
];

impl JobTraining {
    /// Sets up a job: its mask, its first weights, a fresh optimiser. An error if `inputs` are not what it needs.
    pub fn new(
        config: &ExperimentConfig,
        job: JobId,
        inputs: JobInputs,
        mnist: Arc<Mnist>,
    ) -> Result<JobTraining> {
        inputs.check(config, job).map_err(candle_core::Error::wrap)?;
        let InitialState { mask, weights, biases, iteration } = initial_state(config, job, inputs);
        let capacity = EVALUATION_BATCH.max(config.batch as usize);
        let network = Network::new(&config.model, &mask, &weights, &biases, capacity)?;
        Ok(JobTraining {
            optimizer: ScheduledOptimizer::new(config, network.variable().clone())?,
            config: config.clone(),
            job,
            output_spec: output_spec(config, job),
            batch_order: recipe(job).batch_order,
            split: TrainValidationSplit::new(job.trial),
            test_indices: (0..mnist.test.labels.len() as u32).collect(),
            mnist,
            mask,
            network,
            image_order: vec![],
            epoch: None,
            iteration,
            first_iteration: iteration,
            rewind_parameters: None,
            curve: vec![],
            best_validation: None,
            final_variable: None,
            accuracies: vec![],
            state: TrainingState::Training,
        })
    }

    /// Which job this is.
    pub fn job(&self) -> JobId {
        self.job
    }

    /// Training steps done.
    pub fn iteration(&self) -> u32 {
        self.iteration
    }

    /// What the next step belongs to.
    pub fn phase(&self) -> JobPhase {
        match &self.state {
            TrainingState::Training => JobPhase::Train,
            TrainingState::Evaluating(scoring) if scoring.pass == EvaluationPass::Validation => {
                JobPhase::Train
            }
            TrainingState::Evaluating(_) => JobPhase::Test,
            TrainingState::Pruning => JobPhase::Prune,
        }
    }

    /// Whether all evaluations due so far are done and training goes on: here a job can be paused.
    pub fn is_between_steps(&self) -> bool {
        matches!(self.state, TrainingState::Training)
    }

    /// Does the next small piece of work, a few milliseconds at most. Not to be called once it has finished.
    pub fn advance(&mut self) -> Result<AdvanceOutcome> {
        match std::mem::replace(&mut self.state, TrainingState::Training) {
            TrainingState::Training => {
                self.training_step()?;
                if self.config.evaluates_at(self.iteration) {
                    self.state = EvaluationProgress::begin(EvaluationPass::Validation);
                }
                Ok(AdvanceOutcome::Working)
            }
            TrainingState::Evaluating(scoring) => self.evaluate_next_images(scoring),
            TrainingState::Pruning => Ok(AdvanceOutcome::Finished(Box::new(self.finish()?))),
        }
    }

    /// One training step on the next batch of the round's order.
    fn training_step(&mut self) -> Result<()> {
        if self.output_spec.rewind_parameters && self.iteration == self.config.rewind_iteration() {
            self.rewind_parameters = Some(self.parameters()?);
        }
        let batch = self.config.batch as usize;
        // The last incomplete batch of an epoch is dropped.
        let per_epoch = (self.split.train.len() / batch) as u32;
        let (epoch, at) = (self.iteration / per_epoch, (self.iteration % per_epoch) as usize);
        if self.epoch != Some(epoch) {
            self.image_order.clone_from(&self.split.train);
            // Named without the arm: all arms of a round see the same batches.
            RandomStream::new(self.job.trial, self.batch_order, self.job.round, epoch)
                .shuffle(&mut self.image_order);
            self.epoch = Some(epoch);
        }
        let indices = &self.image_order[at * batch..][..batch];
        let train = &self.mnist.train;
        let batch = Batch { images: &train.images, labels: &train.labels, image_indices: indices };
        let dropout = (self.config.dropout > 0.0)
            .then(|| dropout::draw_scales(&self.config, self.job.trial, self.job.round, self.iteration));
        let gradients = self.network.gradients(batch, dropout)?;
        self.optimizer.step(&self.config, self.iteration, gradients)?;
        self.iteration += 1;
        Ok(())
    }

    /// Evaluates the next images of a pass.
    fn evaluate_next_images(&mut self, mut scoring: EvaluationProgress) -> Result<AdvanceOutcome> {
        let Mnist { train, test } = &*self.mnist;
        let (set, indices) = match scoring.pass {
            EvaluationPass::Validation => (train, &self.split.validation),
            EvaluationPass::TrainEnd | EvaluationPass::TrainEarly => (train, &self.split.train),
            EvaluationPass::TestEnd | EvaluationPass::TestEarly => (test, &self.test_indices),
        };
        let end = (scoring.at + EVALUATION_BATCH).min(indices.len());
        let indices_now = &indices[scoring.at..end];
        let score = self.network.evaluate(Batch {
            images: &set.images,
            labels: &set.labels,
            image_indices: indices_now,
        })?;
        scoring.at = end;
        scoring.loss += score.loss;
        scoring.correct += score.correct;
        if end < indices.len() {
            self.state = TrainingState::Evaluating(scoring);
            return Ok(AdvanceOutcome::Working);
        }
        let accuracy = Accuracy { correct: scoring.correct, total: end as u32 };
        if scoring.pass == EvaluationPass::Validation {
            let loss = (scoring.loss / end as f64) as f32;
            // If training has diverged to NaN, record an infinite loss, so that losses can still be compared.
            let loss = if loss.is_nan() { f32::INFINITY } else { loss };
            let point = ValidationPoint { iteration: self.iteration, loss, accuracy };
            self.record_validation(point)?;
            return Ok(AdvanceOutcome::Validated(point));
        }
        self.accuracies.push((scoring.pass, accuracy));
        self.start_end_pass(self.accuracies.len())?;
        Ok(AdvanceOutcome::Working)
    }

    /// Keeps a validation point, and the weights if its loss is the lowest so far.
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

    /// Begins a pass at the end with the weights it asks for, or pruning after the last.
    fn start_end_pass(&mut self, number: usize) -> Result<()> {
        self.state = match END_PASSES.get(number) {
            None => TrainingState::Pruning,
            Some(EvaluationPass::TestEarly) if self.early_stop() == self.iteration => {
                // The early stop is the end: its accuracies are there already.
                self.accuracies
                    .extend([(EvaluationPass::TestEarly, self.accuracy_of(EvaluationPass::TestEnd))]);
                self.accuracies
                    .extend([(EvaluationPass::TrainEarly, self.accuracy_of(EvaluationPass::TrainEnd))]);
                TrainingState::Pruning
            }
            Some(pass) => {
                if let (EvaluationPass::TestEarly, Some((_, theta))) = (pass, &self.best_validation) {
                    self.network.variable().set(theta)?;
                }
                EvaluationProgress::begin(*pass)
            }
        };
        Ok(())
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
        let report = JobReport {
            job: self.job,
            alive: survivors_per_layer(&self.config.model, &self.mask),
            curve: std::mem::take(&mut self.curve),
            early_stop: self.early_stop(),
            test_early: self.accuracy_of(EvaluationPass::TestEarly),
            test_end: self.accuracy_of(EvaluationPass::TestEnd),
            train_early: self.accuracy_of(EvaluationPass::TrainEarly),
            train_end: self.accuracy_of(EvaluationPass::TrainEnd),
            iterations: self.iteration - self.first_iteration,
            batch: self.config.batch,
        };
        let (job, OutputSpec { next_mask: mask, final_parameters: end, .. }) = (self.job, self.output_spec);
        let outputs = JobOutputs {
            next_mask: mask
                .then(|| weight_scores::next_mask(&self.config, job.trial, job.round, &self.mask, &weights)),
            rewind_parameters: self.rewind_parameters.take(),
            final_parameters: end.then(|| [&weights[..], &biases[..]].concat()),
        };
        Ok(TrainedJob { report, outputs, weights, biases })
    }

    fn parameters(&self) -> Result<Parameters> {
        let (mut weights, biases) = self.network.weights_and_biases()?;
        weights.extend(biases);
        Ok(weights)
    }
}
