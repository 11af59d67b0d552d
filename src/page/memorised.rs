//! What the headline adds where some training labels are wrong: who has learnt them by heart, and where the subject loses to
//! its rival.

use crate::{
    compared_arms::ComparedArms,
    relations::{relation, weights_left},
    sentences::{MemorisedShare, Sentence, Standing, standing_of},
    shown_results::ShownResults,
};
use experiment::{arm::Arm, job_report::LabelNoiseReadings};

/// What is said beside how the subject stands in `round`: the wrong labels that it and the dense network have memorised, the
/// sizes up to now at which it is clearly below its first rival, and at the worst of them the labels that both have memorised.
pub(crate) fn remarks(results: ShownResults<'_>, arms: &ComparedArms, round: u32) -> Vec<Sentence> {
    let config = results.config();
    let is_pair = |rival: Arm| config.data_of(rival) == config.data_of(arms.subject);
    let Some(last) = results.last_round_over().filter(|_| config.flipped_labels(arms.subject) > 0) else {
        return vec![];
    };
    let dense = (arms.subject.ticket_of_its_data(), 0);
    let mut said: Vec<Sentence> =
        memorised(results, (arms.subject, round), (Arm::Dense, dense)).into_iter().collect();
    let Some(rival) = arms.rivals.first().copied().filter(|rival| is_pair(*rival)) else { return said };
    let standings: Vec<(u32, Standing, f64)> = (1..=last)
        .filter_map(|round| {
            let relation = relation(results, arms.subject, rival, round)?;
            Some((round, relation.standing(), relation.difference.mean))
        })
        .collect();
    let below = || standings.iter().filter(|(_, standing, _)| *standing == Standing::Below);
    let worst = below().min_by(|one, other| one.2.total_cmp(&other.2));
    said.push(Sentence::LosesAt {
        subject: arms.subject,
        rival,
        sizes: standings.len(),
        lost: below().map(|(round, ..)| weights_left(results, arms.subject, *round)).collect(),
        worst: worst.map(|(round, _, mean)| (*mean, weights_left(results, arms.subject, *round))),
    });
    said.extend(
        worst.and_then(|(round, ..)| memorised(results, (arms.subject, *round), (rival, (rival, *round)))),
    );
    said
}

/// The wrong labels that two networks have memorised and seen through. `jobs` are those that the rival's readings come from.
fn memorised(
    results: ShownResults<'_>,
    (subject, round): (Arm, u32),
    (rival, jobs): (Arm, (Arm, u32)),
) -> Option<Sentence> {
    let own = (subject, round);
    let standing = standing_of(&results.memorised_difference(own, jobs)?);
    let share = |of| {
        Some(MemorisedShare {
            memorised: results.mean_label_noise(of, |readings| readings.flipped)?,
            restored: results.mean_label_noise(of, |readings: LabelNoiseReadings| readings.restored)?,
        })
    };
    Some(Sentence::Memorised {
        subject,
        left: weights_left(results, subject, round),
        own: share(own)?,
        rival,
        others: share(jobs)?,
        standing,
    })
}

#[cfg(test)]
mod tests;
