//! First weights.

use serde::{Deserialize, Serialize};

/// What first weights are drawn from. Biases are zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Init {
    /// A truncated normal of variance 2 / (in + out), the paper's (Glorot & Bengio, AISTATS 2010).
    GlorotNormal,
    /// Uniform, of variance 2 / (in + out).
    GlorotUniform,
    /// A truncated normal of variance 2 / in (He et al., ICCV 2015).
    HeNormal,
}

impl Init {
    /// Every one, in the order of menus.
    pub const ALL: [Init; 3] = [Init::GlorotNormal, Init::GlorotUniform, Init::HeNormal];

    /// The name used in the URL and the report.
    pub fn name(self) -> &'static str {
        match self {
            Init::GlorotNormal => "glorot_normal",
            Init::GlorotUniform => "glorot_uniform",
            Init::HeNormal => "he_normal",
        }
    }

    /// The one of that name.
    pub fn from_name(name: &str) -> Option<Init> {
        Init::ALL.into_iter().find(|init| init.name() == name)
    }
}
