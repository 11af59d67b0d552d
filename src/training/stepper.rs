//! Takes training steps with the optimiser that the settings ask for.

use candle_core::{Result, Var, backprop::GradStore};
use candle_nn::Optimizer as _;
use experiment::{config::Config, optimizer::Optimizer};
use kernels::{
    adam::{Adam, AdamConfig},
    sgd::{Sgd, SgdConfig},
};

/// Takes training steps; a fresh one has no memory.
pub struct Stepper(Rule);

enum Rule {
    Adam(Adam),
    Sgd(Sgd),
}

impl Stepper {
    /// For one variable.
    pub fn new(config: &Config, var: Var) -> Result<Stepper> {
        let learning_rate = f64::from(config.learning_rate);
        let sgd = |momentum| SgdConfig { learning_rate, momentum };
        let rule = match config.optimizer {
            Optimizer::Adam => Rule::Adam(Adam::new(vec![var], AdamConfig::new(learning_rate))?),
            Optimizer::Sgd => Rule::Sgd(Sgd::new(vec![var], sgd(0.0))?),
            Optimizer::Momentum => Rule::Sgd(Sgd::new(vec![var], sgd(f64::from(config.momentum)))?),
        };
        Ok(Stepper(rule))
    }

    /// The step that follows `iteration` others, down these gradients.
    pub fn step(&mut self, config: &Config, iteration: u32, gradients: &GradStore) -> Result<()> {
        let rate = config.learning_rate_at(iteration);
        match &mut self.0 {
            Rule::Adam(adam) => {
                adam.set_learning_rate(rate);
                adam.step(gradients)
            }
            Rule::Sgd(sgd) => {
                sgd.set_learning_rate(rate);
                sgd.step(gradients)
            }
        }
    }
}
