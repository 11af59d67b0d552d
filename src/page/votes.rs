//! What the networks read in an image: one vote each, and how the votes stand.

use crate::{arm_styles, chart_selection::ChartSelection, shown_results::ShownResults};
use chart::arm_style::ArmStyle;
use experiment::{arm::Arm, config::ExperimentConfig, job::JobId, job_graph};

/// What a network reads in an image.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Vote {
    /// The class with the largest logit, the first of equal ones.
    pub label: usize,
    /// The share of this class in the softmax of the logits, from 0 to 1.
    pub certainty: f64,
}

/// The vote of a network with these logits. `None` if they are no numbers, because its training has diverged.
pub fn vote(logits: &[f32]) -> Option<Vote> {
    if logits.is_empty() || !logits.iter().all(|logit| logit.is_finite()) {
        return None;
    }
    let best = |best: usize, at: usize| if logits[at] > logits[best] { at } else { best };
    let label = (0..logits.len()).fold(0, best);
    let sum: f64 = logits.iter().map(|&logit| (f64::from(logit) - f64::from(logits[label])).exp()).sum();
    Some(Vote { label, certainty: 1.0 / sum })
}

/// A row of the votes: a network of the first trial.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct VoteRow {
    /// The job, as the table of rounds names it.
    pub job: JobId,
    /// How its arm looks.
    pub style: &'static ArmStyle,
    /// The column of its arm, from 0. The dense network is the ticket before its first pruning, and stands in the first.
    pub column: usize,
    /// Whether another row shows the same network: the ticket's round 0 is the dense network.
    pub is_repeated: bool,
}

impl VoteRow {
    /// Whether the vote is in sight: the network is known at the moment that is shown, its vote can be had, as `can_vote` says
    /// of its job, its arm is not switched off, and no other row shows it.
    pub fn is_in_sight(
        &self,
        shown: ShownResults<'_>,
        can_vote: &dyn Fn(JobId) -> bool,
        selection: &ChartSelection,
    ) -> bool {
        let job = self.job.training_job();
        let is_known = shown.finished_job(job).is_some() && can_vote(job);
        is_known && !self.is_repeated && selection.shows_job(self.job)
    }
}

/// The rows of the votes, in the order of the table of rounds, the dense network first. What stands on the canvas is an image as
/// in the experiment's own data set, so that networks of another one do not vote. Twins do not either: one vote for each row of
/// masks and first weights is enough to compare them.
pub fn vote_rows(config: &ExperimentConfig) -> Vec<VoteRow> {
    let dense = JobId { trial: config.seeds.first(), arm: Arm::Dense, round: 0, draw: 0, twin: false };
    let table = job_graph::table_rows(config).into_iter();
    let rows = table.filter(|job| {
        job.trial == dense.trial && job.arm != Arm::Dense && !job.arm.is_of_other_data() && !job.twin
    });
    let rows: Vec<JobId> = std::iter::once(dense).chain(rows).collect();
    let mut columns: Vec<(Arm, u32)> = vec![];
    for job in &rows {
        if job.arm != Arm::Dense && !columns.contains(&(job.arm, job.draw)) {
            columns.push((job.arm, job.draw));
        }
    }
    let row = |job: JobId| VoteRow {
        job,
        style: arm_styles::arm_style(job),
        column: columns.iter().position(|column| *column == (job.arm, job.draw)).unwrap_or(0),
        is_repeated: !matches!(job.arm, Arm::Dense | Arm::Own) && job.round == 0,
    };
    rows.into_iter().map(row).collect()
}

/// How the votes stand: which classes were read how often, most often first, then by label.
pub fn standing(votes: impl Iterator<Item = Vote>) -> Vec<(usize, usize)> {
    let mut counts: Vec<usize> = vec![];
    for vote in votes {
        counts.resize(counts.len().max(vote.label + 1), 0);
        counts[vote.label] += 1;
    }
    // There are few classes and few votes, so that sorting is not worth its code.
    let most = counts.iter().copied().max().unwrap_or(0);
    let classes = counts.len();
    let in_order = (1..=most).rev().flat_map(|count| (0..classes).map(move |label| (label, count)));
    in_order.filter(|&(label, count)| counts[label] == count).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use experiment::settings::Settings;

    #[test]
    fn a_vote_is_the_softmax_of_the_logits() {
        let ten_to_one = vote(&[0.0, 10_f32.ln(), f32::MIN]).unwrap();
        assert_eq!(ten_to_one.label, 1);
        assert!((ten_to_one.certainty - 10.0 / 11.0).abs() < 1e-7);
        assert_eq!(vote(&[3.0, 3.0]), Some(Vote { label: 0, certainty: 0.5 }));
        assert_eq!(vote(&[1e30, -1e30]), Some(Vote { label: 0, certainty: 1.0 }));
        assert_eq!([vote(&[]), vote(&[f32::NAN, 0.0]), vote(&[f32::INFINITY, 0.0])], [None; 3]);
    }

    #[test]
    fn every_row_of_the_first_trial_votes_and_the_dense_network_once() {
        for fragment in ["", "arms=dense,ticket,reinit&draws=2&trials=2", "preset=late", "arms=random"] {
            let config = Settings::from_fragment(fragment).0.config;
            let rows = vote_rows(&config);
            let table =
                job_graph::table_rows(&config).into_iter().filter(|job| job.trial == config.seeds.first());
            for job in table {
                assert!(rows.iter().any(|row| row.job == job), "{fragment}: {job}");
            }
            let shown: Vec<JobId> =
                rows.iter().filter(|row| !row.is_repeated).map(|row| row.job.training_job()).collect();
            assert_eq!(
                shown.iter().collect::<std::collections::BTreeSet<_>>().len(),
                shown.len(),
                "{fragment}"
            );
            assert_eq!((rows[0].job.arm, rows[0].column), (Arm::Dense, 0));
            for (row, other) in rows.iter().flat_map(|row| rows.iter().map(move |other| (row, other))) {
                let same_place = (row.column, row.job.round) == (other.column, other.job.round);
                assert!(
                    row == other || !same_place || row.is_repeated || other.is_repeated,
                    "{row:?} {other:?}"
                );
            }
        }
    }

    #[test]
    fn the_most_read_class_comes_first() {
        let votes = [4, 9, 9, 4, 7, 9].map(|label| Vote { label, certainty: 1.0 });
        assert_eq!(standing(votes.into_iter()), [(9, 3), (4, 2), (7, 1)]);
        assert_eq!(standing(votes[..2].iter().copied()), [(4, 1), (9, 1)]);
        assert_eq!(standing(std::iter::empty()), []);
    }
}
