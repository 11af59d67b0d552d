//! The headline: the question of the experiment, and its answer at the fewest weights with which the subject keeps up
//! with the dense network.

use crate::{
    barriers,
    compared_arms::ComparedArms,
    corrupted, memorised,
    metric::Metric,
    relations::{relation, weights_left},
    sentences::{Question, Relation, Sentence, Standing},
    shown_results::ShownResults,
};
use experiment::{arm::Arm, config::ExperimentConfig, data_words};

/// The headline. It changes at the ends of rounds only.
pub fn headline(results: ShownResults<'_>) -> Vec<Sentence> {
    let config = results.config();
    let arms = ComparedArms::of(config);
    let asked = Sentence::Question(question(config, arms.as_ref()));
    if results.last_round_over().is_none() {
        return vec![asked];
    }
    // Of two data sets the one is named that the subject is trained on.
    let of_subject = arms.as_ref().map_or(Arm::Ticket, |arms| arms.subject);
    let pruned = arms.as_ref().and_then(|arms| Some((arms, rounds_spoken_of(results, arms)?.0)));
    let Some((arms, round)) = pruned else {
        let prunes = arms.is_some() && config.rounds > 0;
        let reads = dense_reads(results, of_subject.ticket_of_its_data());
        return reads.into_iter().chain(prunes.then_some(asked)).collect();
    };
    let relations = relations(results, arms, round);
    let mut sentences = remarks(results, arms, round, &relations);
    sentences.extend(memorised::remarks(results, arms, round));
    let corrupted = last_pruned_round(results, arms)
        .and_then(|last| corrupted::sentence(results, arms, last, Metric::FIRST_CORRUPTION));
    sentences.extend(corrupted.map(|corrupted| on_its_data(config, arms.subject, corrupted)));
    let barrier = barriers::barrier(results, arms.subject, round);
    sentences.extend(barrier.map(|barrier| Sentence::TwinsApart { barrier }));
    let stands = Sentence::Stands {
        trials: config.seeds.count(),
        subject: arms.subject,
        left: weights_left(results, arms.subject, round),
        relations,
    };
    sentences.insert(0, on_its_data(config, arms.subject, stands));
    sentences
}

/// A sentence about an arm that names the data set which the arm is trained on, if that is the other one.
pub(crate) fn on_its_data(config: &ExperimentConfig, subject: Arm, sentence: Sentence) -> Sentence {
    match config.other_data().filter(|_| subject.is_of_other_data()) {
        Some(data) => Sentence::OnData { data: data_words::title(data), sentence: Box::new(sentence) },
        None => sentence,
    }
}

/// How the subject stands after the last pruned round that is over, if the headline speaks of an earlier one.
pub fn at_the_last_round(results: ShownResults<'_>) -> Option<Sentence> {
    let arms = ComparedArms::of(results.config())?;
    let (_, later) = rounds_spoken_of(results, &arms)?;
    later.map(|round| Sentence::AfterPrunings {
        prunings: round,
        subject: arms.subject,
        left: weights_left(results, arms.subject, round),
        relations: relations(results, &arms, round),
    })
}

/// The differences that the headline and what stands below it speak of, with their intervals. Empty while there are none.
pub fn intervals(results: ShownResults<'_>) -> Vec<Sentence> {
    let arms = ComparedArms::of(results.config());
    let rounds = arms.as_ref().and_then(|arms| Some((arms, rounds_spoken_of(results, arms)?)));
    let Some((arms, (round, later))) = rounds else { return vec![] };
    let in_round = |round| {
        let relations = relations(results, arms, round);
        let intervals = Sentence::Intervals { subject: arms.subject, round, relations };
        on_its_data(results.config(), arms.subject, intervals)
    };
    [round].into_iter().chain(later).map(in_round).collect()
}

/// The round that the headline speaks of: the last one that is over up to which the subject has never been clearly below
/// the dense network. Where it is below in the first pruned round already, it is the last one that is over. If a later one
/// is over, it comes second.
fn rounds_spoken_of(results: ShownResults<'_>, arms: &ComparedArms) -> Option<(u32, Option<u32>)> {
    let last = last_pruned_round(results, arms)?;
    let keeps_up = |round: &u32| {
        let relation = relation(results, arms.subject, Arm::Dense, *round);
        relation.is_some_and(|relation| relation.standing() != Standing::Below)
    };
    Some(match subject_rounds(results, arms.subject, last).into_iter().take_while(keeps_up).last() {
        Some(kept) if kept < last => (kept, Some(last)),
        _ => (last, None),
    })
}

/// The last round that is over and in which the subject is pruned.
pub(crate) fn last_pruned_round(results: ShownResults<'_>, arms: &ComparedArms) -> Option<u32> {
    subject_rounds(results, arms.subject, results.last_round_over()?).pop()
}

/// The rounds in which the subject is pruned and trained, up to a round. An experiment need not have all of them.
pub(crate) fn subject_rounds(results: ShownResults<'_>, subject: Arm, last: u32) -> Vec<u32> {
    // Each difference to itself is there as soon as a trial is.
    let trained = |round: &u32| {
        let subject = (subject, *round);
        results.test_difference(subject, subject).is_some()
    };
    (1..=last).filter(trained).collect()
}

/// How the subject stands to the dense network and to its rivals.
fn relations(results: ShownResults<'_>, arms: &ComparedArms, round: u32) -> Vec<Relation> {
    let others = [Arm::Dense].into_iter().chain(arms.rivals.iter().copied());
    others.filter_map(|other| relation(results, arms.subject, other, round)).collect()
}

/// What the dense network reads, which is the ticket's in round 0.
fn dense_reads(results: ShownResults<'_>, ticket: Arm) -> Option<Sentence> {
    let accuracy = results.mean_test_end(ticket, 0)?;
    let reads = Sentence::DenseReads { trials: results.config().seeds.count(), accuracy };
    Some(on_its_data(results.config(), ticket, reads))
}

/// What follows from how the subject stands.
fn remarks(
    results: ShownResults<'_>,
    arms: &ComparedArms,
    round: u32,
    relations: &[Relation],
) -> Vec<Sentence> {
    let to = |arm: Arm| relations.iter().find(|relation| relation.to == arm);
    let stands = |arm, standing| to(arm).is_some_and(|relation| relation.standing() == standing);
    match arms.subject {
        Arm::Ticket if stands(Arm::Reinit, Standing::Above) && !stands(Arm::Dense, Standing::Below) => {
            vec![Sentence::WinningTicket]
        }
        Arm::Sign if to(Arm::Ticket).is_some() && stands(Arm::Reinit, Standing::Above) => {
            let lead = to(Arm::Reinit).map_or(0.0, |relation| relation.difference.mean);
            signs_keep(results, round, lead).into_iter().collect()
        }
        // Whether there is anything to be carried over: what the other data set's own ticket is worth there.
        Arm::Transferred => relation(results, Arm::OtherTicket, Arm::OtherReinit, round)
            .map(|relation| Sentence::There { subject: Arm::OtherTicket, relation })
            .into_iter()
            .collect(),
        Arm::NoRewind => {
            let iterations = u64::from(results.config().iterations);
            let ticket = arms.rivals.contains(&Arm::Ticket).then_some(iterations);
            vec![Sentence::IterationsTrained { subject: iterations * u64::from(round + 1), ticket }]
        }
        _ => vec![],
    }
}

/// The share of the ticket's lead over new random weights that the signs alone have, if there is a clear lead. `lead` is
/// that of the signs.
fn signs_keep(results: ShownResults<'_>, round: u32, lead: f64) -> Option<Sentence> {
    let ticket = relation(results, Arm::Ticket, Arm::Reinit, round)?;
    let clear = ticket.standing() == Standing::Above;
    clear.then_some(Sentence::SignsKeep { share: lead / ticket.difference.mean })
}

/// The question that an experiment asks.
fn question(config: &ExperimentConfig, arms: Option<&ComparedArms>) -> Question {
    let Some(ComparedArms { subject, rivals }) = arms else { return Question::Dense };
    if config.twins {
        return Question::Twins;
    }
    match (subject, rivals.first()) {
        (Arm::Transferred, _) => Question::Transfer,
        (Arm::OneShot, Some(Arm::Ticket)) => Question::OneShot,
        (Arm::Sign, _) => Question::Signs,
        (Arm::Late, _) => Question::Late,
        (Arm::NoRewind, _) => Question::NoRewind,
        (Arm::Supermask, _) => Question::Supermask,
        (
            Arm::Ticket,
            Some(Arm::Snip | Arm::Grasp | Arm::SynFlow | Arm::MagnitudeInit | Arm::RandomGlobal),
        ) => Question::BeforeTraining,
        (Arm::Ticket, Some(Arm::Shuffled | Arm::Random)) => Question::WhichWeights,
        (Arm::Ticket, _) if config.label_noise > 0.0 => Question::Memorising,
        (Arm::Ticket, _) if config.dropout > 0.0 => Question::Dropout,
        (Arm::Ticket, _) if config.warmup > 0 => Question::Warmup,
        (Arm::Ticket, Some(_)) => Question::FirstWeights,
        (Arm::Ticket, None) => Question::SmallNetwork,
        _ => Question::Masks,
    }
}

#[cfg(test)]
mod tests;
