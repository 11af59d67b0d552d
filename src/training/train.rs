//! Runs one job in small steps, so that whoever runs it can stop between any two.

use crate::{
    criterion,
    data::{Mnist, Split},
    dropout,
    rng::Stream,
    start::{Start, start},
    stepper::Stepper,
};
use candle_core::{Result, Tensor};
use experiment::purpose::Purpose;
use experiment::{
    config::Config,
    job::{JobId, Phase},
    job_data::{Inputs, Leaves, Left, Parameters},
    jobs::leaves,
    recipe::recipe,
    report::{Accuracy, Point, Report},
};
use kernels::{batch::Batch, network::Network};
use model::mask::{Mask, alive};
use std::sync::Arc;

/// Images scored at a time: a whole number of vectors, small enough that a slice of work stays short.
const SCORED_AT_ONCE: usize = 64;

/// What a step did.
#[derive(Clone, Debug, PartialEq)]
pub enum Progress {
    /// A training step, or part of a pass over images.
    Working,
    /// A validation pass was finished.
    Evaluated(Point),
    /// The job is done.
    Finished(Box<Output>),
}

/// What a job puts out.
#[derive(Clone, Debug, PartialEq)]
pub struct Output {
    /// Its readings.
    pub report: Report,
    /// What other jobs need of it.
    pub left: Left,
    /// The last weights, flat, pruned ones zero.
    pub weights: Vec<f32>,
    /// The last biases, flat.
    pub biases: Vec<f32>,
}

/// A job under way.
pub struct Training {
    config: Config,
    job: JobId,
    leaves: Leaves,
    batch_order: Purpose,
    mnist: Arc<Mnist>,
    split: Split,
    test_rows: Vec<u32>,
    mask: Mask,
    network: Network,
    optimizer: Stepper,
    /// This epoch's order of the training images, and which epoch it is.
    order: Vec<u32>,
    epoch: Option<u32>,
    /// Training steps done, those before a late rewinding's own among them.
    iteration: u32,
    /// Where it began.
    first: u32,
    /// What late rewinding goes back to, once it is there.
    rewind: Option<Parameters>,
    curve: Vec<Point>,
    /// The early stop so far, and the flat variable there.
    best: Option<(Point, Tensor)>,
    /// The flat variable after the last step.
    last: Option<Tensor>,
    results: Vec<(Pass, Accuracy)>,
    doing: Doing,
}

/// Where in the job we are.
enum Doing {
    Training,
    Scoring(Scoring),
    Pruning,
}

/// A pass over images, as far as it has come.
struct Scoring {
    pass: Pass,
    at: usize,
    loss: f64,
    correct: u32,
}

impl Scoring {
    fn begin(pass: Pass) -> Doing {
        Doing::Scoring(Scoring { pass, at: 0, loss: 0.0, correct: 0 })
    }
}

/// Which images are scored with which weights.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Pass {
    Validation,
    TestEnd,
    TrainEnd,
    TestEarly,
    TrainEarly,
}

/// The passes at the end of a job, in order.
const END_PASSES: [Pass; 4] = [Pass::TestEnd, Pass::TrainEnd, Pass::TestEarly, Pass::TrainEarly];

impl Training {
    /// Sets up a job: its mask, its first weights, a fresh optimiser. An error if `inputs` are not what it needs.
    pub fn new(config: &Config, job: JobId, inputs: Inputs, mnist: Arc<Mnist>) -> Result<Training> {
        inputs.check(config, job).map_err(candle_core::Error::wrap)?;
        let Start { mask, weights, biases, iteration } = start(config, job, inputs);
        let capacity = SCORED_AT_ONCE.max(config.batch as usize);
        let network = Network::new(&config.model, &mask, &weights, &biases, capacity)?;
        Ok(Training {
            optimizer: Stepper::new(config, network.variable().clone())?,
            config: config.clone(),
            job,
            leaves: leaves(config, job),
            batch_order: recipe(job).batch_order,
            split: Split::new(job.trial),
            test_rows: (0..mnist.test.labels.len() as u32).collect(),
            mnist,
            mask,
            network,
            order: vec![],
            epoch: None,
            iteration,
            first: iteration,
            rewind: None,
            curve: vec![],
            best: None,
            last: None,
            results: vec![],
            doing: Doing::Training,
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
    pub fn phase(&self) -> Phase {
        match &self.doing {
            Doing::Training => Phase::Train,
            Doing::Scoring(scoring) if scoring.pass == Pass::Validation => Phase::Train,
            Doing::Scoring(_) => Phase::Test,
            Doing::Pruning => Phase::Prune,
        }
    }

    /// Whether all evaluations due so far are done and training goes on: here a job can be told to hold.
    pub fn is_between_steps(&self) -> bool {
        matches!(self.doing, Doing::Training)
    }

    /// Does the next small piece of work, a few milliseconds at most. Not to be called once it has finished.
    pub fn step(&mut self) -> Result<Progress> {
        match std::mem::replace(&mut self.doing, Doing::Training) {
            Doing::Training => {
                self.train()?;
                if self.config.evaluates_at(self.iteration) {
                    self.doing = Scoring::begin(Pass::Validation);
                }
                Ok(Progress::Working)
            }
            Doing::Scoring(scoring) => self.score(scoring),
            Doing::Pruning => Ok(Progress::Finished(Box::new(self.finish()?))),
        }
    }

    /// One training step on the next batch of the round's order.
    fn train(&mut self) -> Result<()> {
        if self.leaves.rewind && self.iteration == self.config.rewind_iteration() {
            self.rewind = Some(self.parameters()?);
        }
        let batch = self.config.batch as usize;
        // The last incomplete batch of an epoch is dropped.
        let per_epoch = (self.split.train.len() / batch) as u32;
        let (epoch, at) = (self.iteration / per_epoch, (self.iteration % per_epoch) as usize);
        if self.epoch != Some(epoch) {
            self.order.clone_from(&self.split.train);
            // Named without the arm: all arms of a round see the same batches.
            Stream::new(self.job.trial, self.batch_order, self.job.round, epoch).shuffle(&mut self.order);
            self.epoch = Some(epoch);
        }
        let rows = &self.order[at * batch..][..batch];
        let train = &self.mnist.train;
        let batch = Batch { images: &train.images, labels: &train.labels, rows };
        let dropout = (self.config.dropout > 0.0)
            .then(|| dropout::draw(&self.config, self.job.trial, self.job.round, self.iteration));
        let gradients = self.network.gradients(batch, dropout)?;
        self.optimizer.step(&self.config, self.iteration, gradients)?;
        self.iteration += 1;
        Ok(())
    }

    /// Scores the next images of a pass.
    fn score(&mut self, mut scoring: Scoring) -> Result<Progress> {
        let Mnist { train, test } = &*self.mnist;
        let (set, rows) = match scoring.pass {
            Pass::Validation => (train, &self.split.validation),
            Pass::TrainEnd | Pass::TrainEarly => (train, &self.split.train),
            Pass::TestEnd | Pass::TestEarly => (test, &self.test_rows),
        };
        let end = (scoring.at + SCORED_AT_ONCE).min(rows.len());
        let rows_now = &rows[scoring.at..end];
        let score = self.network.score(Batch { images: &set.images, labels: &set.labels, rows: rows_now })?;
        scoring.at = end;
        scoring.loss += score.loss;
        scoring.correct += score.correct;
        if end < rows.len() {
            self.doing = Doing::Scoring(scoring);
            return Ok(Progress::Working);
        }
        let accuracy = Accuracy { correct: scoring.correct, total: end as u32 };
        if scoring.pass == Pass::Validation {
            let loss = (scoring.loss / end as f64) as f32;
            // A network whose weights have left the numbers has no loss that could be compared.
            let loss = if loss.is_nan() { f32::INFINITY } else { loss };
            let point = Point { iteration: self.iteration, loss, accuracy };
            self.note(point)?;
            return Ok(Progress::Evaluated(point));
        }
        self.results.push((scoring.pass, accuracy));
        self.begin_end_pass(self.results.len())?;
        Ok(Progress::Working)
    }

    /// Keeps a validation point, and the weights if its loss is the lowest so far.
    fn note(&mut self, point: Point) -> Result<()> {
        self.curve.push(point);
        if self.best.as_ref().is_none_or(|(best, _)| point.loss < best.loss) {
            self.best = Some((point, self.network.variable().copy()?));
        }
        if self.iteration == self.config.iterations {
            self.last = Some(self.network.variable().copy()?);
            self.begin_end_pass(0)?;
        }
        Ok(())
    }

    /// Begins a pass at the end with the weights it asks for, or pruning after the last.
    fn begin_end_pass(&mut self, number: usize) -> Result<()> {
        self.doing = match END_PASSES.get(number) {
            None => Doing::Pruning,
            Some(Pass::TestEarly) if self.early_stop() == self.iteration => {
                // The early stop is the end: its readings are there already.
                self.results.extend([(Pass::TestEarly, self.result(Pass::TestEnd))]);
                self.results.extend([(Pass::TrainEarly, self.result(Pass::TrainEnd))]);
                Doing::Pruning
            }
            Some(pass) => {
                if let (Pass::TestEarly, Some((_, theta))) = (pass, &self.best) {
                    self.network.variable().set(theta)?;
                }
                Scoring::begin(*pass)
            }
        };
        Ok(())
    }

    fn early_stop(&self) -> u32 {
        self.best.as_ref().map_or(self.iteration, |(point, _)| point.iteration)
    }

    fn result(&self, pass: Pass) -> Accuracy {
        let found = self.results.iter().find(|(p, _)| *p == pass);
        found.map(|(_, accuracy)| *accuracy).unwrap_or_default()
    }

    fn finish(&mut self) -> Result<Output> {
        if let Some(last) = &self.last {
            self.network.variable().set(last)?;
        }
        let (weights, biases) = self.network.parameters()?;
        let report = Report {
            job: self.job,
            alive: alive(&self.config.model, &self.mask),
            curve: std::mem::take(&mut self.curve),
            early_stop: self.early_stop(),
            test_early: self.result(Pass::TestEarly),
            test_end: self.result(Pass::TestEnd),
            train_early: self.result(Pass::TrainEarly),
            train_end: self.result(Pass::TrainEnd),
            iterations: self.iteration - self.first,
            batch: self.config.batch,
        };
        let (job, Leaves { mask, end, .. }) = (self.job, self.leaves);
        let left = Left {
            mask: mask
                .then(|| criterion::next_mask(&self.config, job.trial, job.round, &self.mask, &weights)),
            rewind: self.rewind.take(),
            end: end.then(|| [&weights[..], &biases[..]].concat()),
        };
        Ok(Output { report, left, weights, biases })
    }

    fn parameters(&self) -> Result<Parameters> {
        let (mut weights, biases) = self.network.parameters()?;
        weights.extend(biases);
        Ok(weights)
    }
}
