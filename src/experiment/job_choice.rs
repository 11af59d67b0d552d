//! Which of the jobs of its arms an experiment trains.

use crate::{
    arm::Arm,
    claims::{claim::ClaimId, parts::parts},
    job::JobId,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use strum::{EnumString, IntoStaticStr, VariantArray};

/// Which of the rows of its arms an experiment has. What they need is trained beside them.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    Serialize,
    Deserialize,
    EnumString,
    IntoStaticStr,
    VariantArray,
)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum JobChoice {
    /// All of them.
    #[default]
    All,
    /// Those that the paper's claims look at, which are no twins. The arms are then those of the claims, and perhaps `dense`.
    Claims,
}

impl JobChoice {
    /// Every choice, in the order of menus.
    pub const ALL: &[JobChoice] = JobChoice::VARIANTS;

    /// The name used in the URL and the report.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// The choice with this name, or `None` if there is none.
    pub fn from_name(name: &str) -> Option<JobChoice> {
        name.parse().ok()
    }

    /// Whether all rows of the arms are there.
    pub fn is_all(&self) -> bool {
        *self == JobChoice::All
    }

    /// Leaves of the rows of a trial those that are chosen.
    pub(crate) fn retain(self, rows: &mut Vec<JobId>) {
        if self == JobChoice::Claims {
            let claimed = ClaimedRows::new();
            rows.retain(|&row| claimed.has(row));
        }
    }

    /// Whether the row of an arm in a round is among those that are chosen.
    pub fn has(self, arm: Arm, round: u32) -> bool {
        self.is_all() || ClaimedRows::new().has(JobId { trial: 0, arm, round, draw: 0, twin: false })
    }
}

/// The rows that claims look at.
pub(crate) struct ClaimedRows {
    /// By arm and round. The dense network is the ticket's round 0.
    rows: BTreeSet<(Arm, u32)>,
}

impl ClaimedRows {
    /// The rows that the parts of all claims are about.
    pub(crate) fn new() -> ClaimedRows {
        let mut rows = BTreeSet::new();
        for part in ClaimId::ALL.iter().flat_map(|&id| parts(id)) {
            rows.extend(part.rows());
        }
        ClaimedRows { rows }
    }

    fn has(&self, row: JobId) -> bool {
        let JobId { arm, round, twin, .. } = row.training_job();
        !twin && self.rows.contains(&(arm, round))
    }

    /// Their arms.
    pub(crate) fn arms(&self) -> BTreeSet<Arm> {
        let mut arms = BTreeSet::new();
        arms.extend(self.rows.iter().map(|(arm, _)| *arm));
        arms
    }

    /// The last of their rounds.
    pub(crate) fn last_round(&self) -> u32 {
        self.rows.iter().map(|(_, round)| *round).max().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests;
