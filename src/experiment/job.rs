//! What a job is: one arm trained for one round.

use crate::arm::Arm;
use serde::{Deserialize, Serialize};
use std::fmt;

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

impl JobId {
    /// The job that is trained for this row of the table: the dense network is the ticket's round 0.
    pub fn training_job(self) -> JobId {
        if self.arm == Arm::Dense { JobId { arm: Arm::Ticket, ..self } } else { self }
    }
}

impl fmt::Display for JobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} round {} (seed {}, draw {})", self.arm, self.round, self.trial, self.draw)
    }
}

/// What a job is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum JobPhase {
    /// Setting the weights: first values, or rewound ones.
    Rewind,
    /// Training, with its validation passes.
    Train,
    /// Test and training accuracy at the end of the round.
    Test,
    /// Choosing what to prune.
    Prune,
}

/// At which point of a job its parameters are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Checkpoint {
    /// After as many training steps as [`ExperimentConfig::rewind_iteration`](crate::config::ExperimentConfig::rewind_iteration) says.
    RewindIteration,
    /// After the last step.
    End,
}
