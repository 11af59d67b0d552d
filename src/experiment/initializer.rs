//! First weights.

use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantArray};

/// What first weights are drawn from. Biases are zero.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, EnumString, IntoStaticStr, VariantArray,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Initializer {
    /// A truncated normal of variance 2 / (in + out), the paper's (Glorot & Bengio, AISTATS 2010).
    GlorotNormal,
    /// Uniform, of variance 2 / (in + out).
    GlorotUniform,
    /// A truncated normal of variance 2 / in (He et al., ICCV 2015).
    HeNormal,
}

impl Initializer {
    /// Every distribution, in the order of menus.
    pub const ALL: &[Initializer] = Initializer::VARIANTS;

    /// The name used in the URL and the report.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// The distribution of that name.
    pub fn from_name(name: &str) -> Option<Initializer> {
        name.parse().ok()
    }
}
