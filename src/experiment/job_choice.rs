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
    /// Those that the paper's claims look at. The arms are then those of the claims, and perhaps `dense`.
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
        self.is_all() || ClaimedRows::new().has(JobId { trial: 0, arm, round, draw: 0 })
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
        let JobId { arm, round, .. } = row.training_job();
        self.rows.contains(&(arm, round))
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
mod tests {
    use super::*;
    use crate::{
        config::ExperimentConfig,
        experiment_report::ExperimentReport,
        job_graph::{all_jobs, table_rows},
        preset::Preset,
        settings::Settings,
        url_fragment::RejectionReason,
    };

    fn config(fragment: &str) -> ExperimentConfig {
        let (settings, rejected) = Settings::from_fragment(fragment);
        assert_eq!(rejected, [], "{fragment}");
        settings.config
    }

    #[test]
    fn the_claims_of_the_paper_look_at_these_rows() {
        let jobs = |arm, rounds: &[u32]| -> Vec<JobId> {
            rounds.iter().map(|&round| JobId { trial: 1, arm, round, draw: 0 }).collect()
        };
        let rounds: Vec<u32> = (0..=20).collect();
        // Read off the README's list of claims.
        let expected =
            [jobs(Arm::Ticket, &rounds), jobs(Arm::Reinit, &[7, 15]), jobs(Arm::OneShot, &[2, 4, 7])].concat();
        let paper = config("preset=paper&trials=1&jobs=claims");
        assert_eq!(all_jobs(&paper), expected);
        assert_eq!(table_rows(&paper), expected);
        // The dense network's own row, fewer rounds, more draws.
        let less = config("preset=paper&trials=1&jobs=claims&arms=dense,ticket&rounds=6&draws=2");
        assert_eq!(table_rows(&less).len(), 1 + 7 + 2);
        let draws = config("preset=paper&trials=2&jobs=claims&draws=3");
        assert_eq!(all_jobs(&draws).len(), 2 * (21 + 2 * 3 + 3));
        assert!(JobChoice::All.has(Arm::Random, 3) && !JobChoice::Claims.has(Arm::Random, 3));
        assert!(JobChoice::Claims.has(Arm::Dense, 0) && !JobChoice::Claims.has(Arm::Reinit, 6));
    }

    #[test]
    fn what_no_claim_looks_at_is_said() {
        for (fragment, field, value, reason, rest) in [
            ("arms=ticket,late,random", "arms", "random,late", RejectionReason::ArmWithoutClaims, "&rounds=6"),
            ("rounds=21", "rounds", "21", RejectionReason::RoundsWithoutClaims(20), "&rounds=20"),
        ] {
            let (settings, rejected) = Settings::from_fragment(&format!("{fragment}&jobs=claims"));
            let [rejected] = &rejected[..] else { panic!("{rejected:?}") };
            assert_eq!((&*rejected.field, &*rejected.value), (field, value));
            assert_eq!(rejected.reason, reason);
            assert_eq!(settings.config, config(&format!("arms=ticket,reinit,oneshot&jobs=claims{rest}")));
        }
    }

    #[test]
    fn a_choice_stands_in_fragment_and_report_and_all_of_them_in_neither() {
        let claims = config("preset=paper&jobs=claims");
        let fragment = "preset=paper&seed=1&arms=ticket,reinit,oneshot&jobs=claims";
        assert_eq!(Settings::from_config(&claims).to_fragment(), fragment);
        assert_eq!(config(fragment), claims);
        let head = ExperimentReport::new(&claims).header_line();
        assert!(head.contains("\"jobs\":\"claims\""), "{head}");
        assert_eq!(*ExperimentReport::from_file_text(&head).unwrap().config(), claims);
        let all = ExperimentConfig { jobs: JobChoice::All, ..claims.clone() };
        assert!(!ExperimentReport::new(&all).header_line().contains("jobs"));
        assert!(!serde_json::to_string(&all).unwrap().contains("jobs"));
        assert_eq!(config("preset=paper&jobs=all"), Preset::Paper.config());
        // A job that nothing claims is no job of such a report.
        let line = "{\"trial\":1,\"arm\":\"reinit\"";
        assert!(!head.contains(line));
    }
}
