//! What is said of networks that have read corrupted images.

use crate::{
    compared_arms::ComparedArms,
    relations::{trained_as, weights_left},
    sentences::{Relation, Sentence},
    shown_results::ShownResults,
};
use experiment::{arm::Arm, robustness::Corruption};

/// How the subject stands to the dense network and its rivals after a round under a corruption, given with the number of its
/// strength. `None` unless all of them have read it.
pub(crate) fn sentence(
    results: ShownResults<'_>,
    arms: &ComparedArms,
    round: u32,
    corruption: (Corruption, u8),
) -> Option<Sentence> {
    let to = |other: Arm| {
        let jobs = (trained_as(other, arms.subject), if other == Arm::Dense { 0 } else { round });
        let difference = results.corrupted_difference(corruption, (arms.subject, round), jobs)?;
        Some(Relation { to: other, difference })
    };
    let others = [Arm::Dense].into_iter().chain(arms.rivals.iter().copied());
    let relations: Option<Vec<Relation>> = others.map(to).collect();
    Some(Sentence::Corrupted {
        trials: results.config().seeds.count(),
        subject: arms.subject,
        left: weights_left(results, arms.subject, round),
        corruption,
        relations: relations?,
    })
}

#[cfg(test)]
mod tests;
