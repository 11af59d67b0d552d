//! The optimiser of an experiment with its schedule of learning rates.

use candle_core::{Result, Var, backprop::GradStore};
use candle_nn::Optimizer as _;
use experiment::{config::ExperimentConfig, optimizer::OptimizerKind};
use kernels::{
    adam::{Adam, AdamConfig},
    sgd::{Sgd, SgdConfig},
};

/// An optimiser that takes each step at the scheduled learning rate. A new one has zero moments and zero velocity.
pub struct ScheduledOptimizer(InnerOptimizer);

enum InnerOptimizer {
    Adam(Adam),
    Sgd(Sgd),
}

impl ScheduledOptimizer {
    /// A new optimiser for the variable `var`.
    pub fn new(config: &ExperimentConfig, var: Var) -> Result<ScheduledOptimizer> {
        let learning_rate = f64::from(config.learning_rate);
        let sgd = |momentum| SgdConfig { learning_rate, momentum };
        let rule = match config.optimizer {
            OptimizerKind::Adam => {
                InnerOptimizer::Adam(Adam::new(vec![var], AdamConfig::new(learning_rate))?)
            }
            OptimizerKind::Sgd => InnerOptimizer::Sgd(Sgd::new(vec![var], sgd(0.0))?),
            OptimizerKind::Momentum => {
                InnerOptimizer::Sgd(Sgd::new(vec![var], sgd(f64::from(config.momentum)))?)
            }
        };
        Ok(ScheduledOptimizer(rule))
    }

    /// Does the training step that follows `iteration` others, with these gradients.
    pub fn step(&mut self, config: &ExperimentConfig, iteration: u32, gradients: &GradStore) -> Result<()> {
        let rate = config.learning_rate_at(iteration);
        match &mut self.0 {
            InnerOptimizer::Adam(adam) => {
                adam.set_learning_rate(rate);
                adam.step(gradients)
            }
            InnerOptimizer::Sgd(sgd) => {
                sgd.set_learning_rate(rate);
                sgd.step(gradients)
            }
        }
    }
}
