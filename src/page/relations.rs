//! How the networks of an experiment stand to each other, as sentences about it take it.

use crate::{sentences::Relation, shown_results::ShownResults};
use experiment::{arm::Arm, job::JobId};

/// The share of weights that an arm has in a round, from 0 to 1. It is the same in all trials.
pub(crate) fn weights_left(results: ShownResults<'_>, arm: Arm, round: u32) -> f64 {
    let config = results.config();
    let job = JobId { trial: config.seeds.first(), arm, round, draw: 0, twin: false };
    let left = results.finished_job(job).map_or(0, |finished| finished.report.surviving_weights());
    f64::from(left) / config.model.weight_count() as f64
}

/// How the subject's test accuracy at the end of a round stands to another arm's in the same round, or to that of the dense
/// network of its data set. `None` for an arm of another data set.
pub(crate) fn relation(results: ShownResults<'_>, subject: Arm, to: Arm, round: u32) -> Option<Relation> {
    let other = if to == Arm::Dense { (subject.ticket_of_its_data(), 0) } else { (to, round) };
    let difference = results.test_difference((subject, round), other)?;
    Some(Relation { to, difference })
}

/// The arm whose jobs a rival's results come from: the dense network is round 0 of the ticket of the subject's data set.
pub(crate) fn trained_as(rival: Arm, subject: Arm) -> Arm {
    if rival == Arm::Dense { subject.ticket_of_its_data() } else { rival }
}
