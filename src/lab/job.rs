//! What a job is: one arm trained for one round. Its identity, what it takes and what it puts out.

use serde::{Deserialize, Serialize};
use std::fmt;

/// What a round's network starts from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Arm {
    /// The winning ticket: the surviving weights rewound to their first values.
    Ticket,
    /// The ticket's mask with fresh random weights.
    Reinit,
}

impl Arm {
    /// Every arm, in the order of tables and legends.
    pub const ALL: [Arm; 2] = [Arm::Ticket, Arm::Reinit];

    /// The name used in the URL, the table and the report.
    pub fn name(self) -> &'static str {
        match self {
            Arm::Ticket => "ticket",
            Arm::Reinit => "reinit",
        }
    }
}

impl fmt::Display for Arm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The identity of a job within an experiment. Ordered as the table of rounds is: by trial, arm, round and draw.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct JobId {
    /// The trial's seed.
    pub trial: u32,
    /// What it starts from.
    pub arm: Arm,
    /// Prunings behind it; 0 is the dense network.
    pub round: u32,
    /// Which draw of fresh weights, from 0.
    pub draw: u32,
}

impl fmt::Display for JobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} round {} (seed {}, draw {})", self.arm, self.round, self.trial, self.draw)
    }
}

/// What a job is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Phase {
    /// Setting the weights: first values, or rewound ones.
    Rewind,
    /// Training, with its validation passes.
    Train,
    /// Test and training accuracy at the end of the round.
    Test,
    /// Choosing what to prune.
    Prune,
}
