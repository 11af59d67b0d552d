//! How a training step is taken: the optimiser, and its step size as warm-up lets it.

use super::config::Config;
use serde::{Deserialize, Serialize};

/// What turns gradients into steps. None of them decays the weights.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Optimizer {
    /// Adam with β 0.9 and 0.999 and ε 1e-8, the paper's.
    Adam,
    /// Stochastic gradient descent.
    Sgd,
    /// Stochastic gradient descent with momentum.
    Momentum,
}

impl Optimizer {
    /// Every optimiser, in the order of menus.
    pub const ALL: [Optimizer; 3] = [Optimizer::Adam, Optimizer::Sgd, Optimizer::Momentum];

    /// The name used in the URL and the report.
    pub fn name(self) -> &'static str {
        match self {
            Optimizer::Adam => "adam",
            Optimizer::Sgd => "sgd",
            Optimizer::Momentum => "momentum",
        }
    }

    /// The optimiser of that name.
    pub fn from_name(name: &str) -> Option<Optimizer> {
        Optimizer::ALL.into_iter().find(|optimizer| optimizer.name() == name)
    }
}

/// The step size of the step that follows `iteration` others: it rises on a line over the first `warmup` steps, the
/// last of which has it whole.
pub fn learning_rate(config: &Config, iteration: u32) -> f64 {
    let whole = f64::from(config.learning_rate);
    let next = iteration.saturating_add(1);
    if next < config.warmup { whole * f64::from(next) / f64::from(config.warmup) } else { whole }
}

#[cfg(feature = "train")]
mod stepper {
    use super::{Optimizer, learning_rate};
    use crate::{
        kernels::{
            adam::{Adam, AdamConfig},
            sgd::{Sgd, SgdConfig},
        },
        lab::config::Config,
    };
    use candle_core::{Result, Var, backprop::GradStore};
    use candle_nn::Optimizer as _;

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
            let rate = learning_rate(config, iteration);
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
}

#[cfg(feature = "train")]
pub use stepper::Stepper;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::config::Preset;

    #[test]
    fn the_step_size_rises_on_a_line_and_stays() {
        let config = Config { warmup: 4, learning_rate: 0.5, ..Preset::Quick.config() };
        let rates: Vec<f64> = (0..6).map(|i| learning_rate(&config, i)).collect();
        assert_eq!(rates, [0.125, 0.25, 0.375, 0.5, 0.5, 0.5]);
        let none = Config { warmup: 0, ..config };
        assert_eq!(learning_rate(&none, 0), 0.5);
    }
}
