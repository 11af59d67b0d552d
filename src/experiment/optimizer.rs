//! The optimisers.

use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantArray};

/// The rule that turns gradients into steps. None of the optimisers uses weight decay.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, EnumString, IntoStaticStr, VariantArray,
)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum OptimizerKind {
    /// Adam (Kingma & Ba, ICLR 2015) with β₁ = 0.9, β₂ = 0.999 and ε = 1e-8, as in the paper.
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

    /// The optimiser with this name, or `None` if there is none.
    pub fn from_name(name: &str) -> Option<OptimizerKind> {
        name.parse().ok()
    }
}
