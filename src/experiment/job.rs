//! The identity of a job. A job trains one arm for one round.

use crate::arm::Arm;
use serde::{Deserialize, Serialize};
use std::fmt;
use texts::fill;

/// The identity of a job within an experiment. Jobs are ordered as in the table of rounds: by trial, arm, round and
/// draw, each with its twin behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct JobId {
    /// The trial's seed.
    pub trial: u32,
    /// The rule for its mask and first weights.
    pub arm: Arm,
    /// The number of prunings before it; round 0 is the dense network.
    pub round: u32,
    /// The index of its draw of fresh weights, counted from 0.
    pub draw: u32,
    /// Whether it is the twin of the job with the same other fields: the same training with another order of batches
    /// ([`JobId::sibling`]). Left out where it is not, so that jobs are written as they were before there were twins.
    #[serde(default, skip_serializing_if = "is_false")]
    pub twin: bool,
}

fn is_false(value: &bool) -> bool {
    !value
}

impl JobId {
    /// Whether it trains the dense network of the experiment's data set, which all its arms begin with.
    pub fn is_dense(self) -> bool {
        let begins_later = self.twin && self.arm == Arm::Late;
        self.round == 0 && !begins_later && !matches!(self.arm, Arm::Own | Arm::OtherTicket)
    }

    /// The job that it is the twin of: both begin with the same mask and the same parameters. `None` if it is no twin. A twin
    /// of late rewinding in round 0 begins with the parameters of the dense network at the rewind iteration, so that its
    /// sibling is the dense network itself.
    pub fn sibling(self) -> Option<JobId> {
        let arm = if self.arm == Arm::Late && self.round == 0 { Arm::Ticket } else { self.arm };
        self.twin.then_some(JobId { arm, twin: false, ..self })
    }

    /// The job whose results this row of the table shows. The row of the dense arm shows the ticket's round 0.
    pub fn training_job(self) -> JobId {
        if self.arm == Arm::Dense { JobId { arm: Arm::Ticket, ..self } } else { self }
    }
}

impl fmt::Display for JobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let JobId { trial, arm, round, draw, twin } = self;
        let name = fill!("job.name", arm = arm, round = round, trial = trial, draw = draw);
        f.write_str(&if *twin { fill!("job.twin", job = name) } else { name })
    }
}

/// What a job is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum JobPhase {
    /// Setting the parameters to their first or rewound values, and reading them before the first training step.
    Rewind,
    /// Training, including validation passes.
    Train,
    /// Measuring test and training accuracy at the end of the round.
    Test,
    /// Choosing the weights to prune.
    Prune,
}

/// The point of a job at which its parameters are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Checkpoint {
    /// After as many training steps as [`rewind_iteration`](crate::config::ExperimentConfig::rewind_iteration) says.
    RewindIteration,
    /// After the last training step.
    End,
}
