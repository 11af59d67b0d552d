//! The distributions that first weights are drawn from.

use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantArray};

/// The distribution that first weights are drawn from. First biases are always zero.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, EnumString, IntoStaticStr, VariantArray,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Initializer {
    /// A normal distribution truncated at two standard deviations, with variance 2 / (fan-in + fan-out), as in the
    /// paper (Glorot & Bengio, AISTATS 2010).
    GlorotNormal,
    /// A uniform distribution with variance 2 / (fan-in + fan-out) (Glorot & Bengio, AISTATS 2010).
    GlorotUniform,
    /// A normal distribution truncated at two standard deviations, with variance 2 / fan-in (He et al., ICCV 2015).
    HeNormal,
}

impl Initializer {
    /// Every distribution, in the order of menus.
    pub const ALL: &[Initializer] = Initializer::VARIANTS;

    /// The name used in the URL and the report.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// The distribution with this name, or `None` if there is none.
    pub fn from_name(name: &str) -> Option<Initializer> {
        name.parse().ok()
    }
}
