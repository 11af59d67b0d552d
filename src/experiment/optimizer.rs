//! What turns gradients into steps.

use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantArray};

/// What turns gradients into steps. None of them decays the weights.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, EnumString, IntoStaticStr, VariantArray,
)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum OptimizerKind {
    /// Adam with β 0.9 and 0.999 and ε 1e-8, the paper's.
    Adam,
    /// Stochastic gradient descent.
    Sgd,
    /// Stochastic gradient descent with momentum.
    Momentum,
}

impl OptimizerKind {
    /// Every optimiser, in the order of menus.
    pub const ALL: &[OptimizerKind] = OptimizerKind::VARIANTS;

    /// The name used in the URL and the report.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// The optimiser of that name.
    pub fn from_name(name: &str) -> Option<OptimizerKind> {
        name.parse().ok()
    }
}
