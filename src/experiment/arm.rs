//! The arms of an experiment: their names. Which jobs each one has is in `job_graph`, what such a job begins with in
//! `recipe`.

use serde::{Deserialize, Serialize};
use std::fmt;
use strum::{EnumString, IntoStaticStr, VariantArray};

/// An arm: a rule for the mask and the first weights of each round's network. The order is that of tables and legends.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    EnumString,
    IntoStaticStr,
    VariantArray,
)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum Arm {
    /// The dense network: the ticket's round 0 under a name of its own. It is never trained twice.
    Dense,
    /// The winning ticket: the surviving weights rewound to their first values.
    Ticket,
    /// The ticket's mask with fresh random weights, in one or several draws.
    Reinit,
    /// The ticket's mask permuted within each layer, the weights there at their first values.
    Shuffled,
    /// A random mask with the ticket's count in each layer, and fresh random weights.
    Random,
    /// The ticket's mask with fresh magnitudes under the first weights' signs (Zhou et al. 2019).
    Sign,
    /// Pruned again and again without rewinding: the survivors keep their trained values, biases theirs.
    NoRewind,
    /// Pruned again and again, rewound to an iteration after the first (Frankle et al. 2020); trains the rest.
    Late,
    /// Cut once, from the dense network straight to a round's sparsity, and rewound to the first values.
    OneShot,
}

impl Arm {
    /// Every arm, in the order of tables and legends.
    pub const ALL: &[Arm] = Arm::VARIANTS;

    /// The name used in the URL, the table and the report.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// The arm of that name.
    pub fn from_name(name: &str) -> Option<Arm> {
        name.parse().ok()
    }
}

impl fmt::Display for Arm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
