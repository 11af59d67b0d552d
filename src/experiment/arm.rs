//! The arms of an experiment: their names, and which jobs each one has. What a job of an arm begins with is its
//! [`Recipe`](crate::recipe::Recipe).

use crate::config::Config;
use serde::{Deserialize, Serialize};
use std::{fmt, ops::RangeInclusive};
use strum::{EnumString, IntoStaticStr, VariantArray};

/// What a round's network starts from. The order is that of tables and legends.
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

    /// The rounds it has rows for.
    pub fn rounds(self, config: &Config) -> RangeInclusive<u32> {
        match self {
            Arm::Dense => 0..=0,
            Arm::Ticket => 0..=config.rounds,
            _ => 1..=config.rounds,
        }
    }

    /// How often it is drawn in a round of a trial.
    pub fn draws(self, config: &Config) -> u32 {
        if self == Arm::Reinit { config.draws } else { 1 }
    }
}

impl fmt::Display for Arm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
