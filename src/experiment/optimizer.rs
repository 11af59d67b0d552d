//! How a training step is taken: the optimiser, and its step size as warm-up lets it.

use crate::config::Config;
use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantArray};

/// What turns gradients into steps. None of them decays the weights.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, EnumString, IntoStaticStr, VariantArray,
)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
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
    pub const ALL: &[Optimizer] = Optimizer::VARIANTS;

    /// The name used in the URL and the report.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// The optimiser of that name.
    pub fn from_name(name: &str) -> Option<Optimizer> {
        name.parse().ok()
    }
}

/// The step size of the step that follows `iteration` others: it rises on a line over the first `warmup` steps, the
/// last of which has it whole.
pub fn learning_rate(config: &Config, iteration: u32) -> f64 {
    let whole = f64::from(config.learning_rate);
    let next = iteration.saturating_add(1);
    if next < config.warmup { whole * f64::from(next) / f64::from(config.warmup) } else { whole }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Preset;

    #[test]
    fn the_step_size_rises_on_a_line_and_stays() {
        let config = Config { warmup: 4, learning_rate: 0.5, ..Preset::Quick.config() };
        let rates: Vec<f64> = (0..6).map(|i| learning_rate(&config, i)).collect();
        assert_eq!(rates, [0.125, 0.25, 0.375, 0.5, 0.5, 0.5]);
        let none = Config { warmup: 0, ..config };
        assert_eq!(learning_rate(&none, 0), 0.5);
    }
}
