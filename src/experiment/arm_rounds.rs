//! In which rounds the arms of an experiment are trained.

use crate::{arm::Arm, config::ExperimentConfig, prune_counts::nearest_round};
use std::ops::RangeInclusive;

impl ExperimentConfig {
    /// The rounds of an arm that the table of rounds shows.
    pub fn rounds_of(&self, arm: Arm) -> RangeInclusive<u32> {
        match arm {
            Arm::Dense => 0..=0,
            Arm::Ticket | Arm::OtherTicket => 0..=self.rounds,
            Arm::Own => {
                let round = self.own_round();
                round..=round
            }
            _ => 1..=self.rounds,
        }
    }

    /// The round in which the own mask is trained: that of the ticket which has most nearly as many weights. While its file
    /// has not been read it is 0, and nothing can be trained.
    pub fn own_round(&self) -> u32 {
        self.own.and_then(|own| own.weights).map_or(0, |weights| nearest_round(self, weights))
    }

    /// Whether the own mask is trained in a round.
    pub fn has_own_in(&self, round: u32) -> bool {
        self.arms.contains(&Arm::Own) && self.own_round() == round
    }

    /// The last round in which any arm is trained.
    pub fn last_round(&self) -> u32 {
        self.arms.iter().map(|&arm| *self.rounds_of(arm).end()).max().unwrap_or(0)
    }
}
