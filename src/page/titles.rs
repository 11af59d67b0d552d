//! The titles of the charts: questions while there is no data, and afterwards what the data say.

use crate::{
    barriers,
    compared_arms::ComparedArms,
    corrupted,
    headline::{last_pruned_round, on_its_data, subject_rounds},
    metric::Metric,
    relations::{relation, trained_as, weights_left},
    run_results::mean,
    sentences::{EarlyStop, Question, Relation, Sentence, Sizes, Standing, words},
    shown_results::ShownResults,
};
use experiment::{
    arm::Arm,
    experiment_report::FinishedJob,
    job::JobId,
    measured::{Measured, Sides},
    measured_difference::MeasuredDifference,
    robustness::Corruption,
};

/// The titles of the charts, each with the id of its element. `metric` is what the chart by weights left shows.
pub fn by_element_id(results: ShownResults<'_>, metric: Metric) -> [(&'static str, String); 6] {
    [
        ("title-curves", curves(results)),
        ("title-rounds", rounds(results, metric)),
        ("title-stop", early_stops(results)),
        ("title-layers", layers(results)),
        ("title-cost", cost(results)),
        ("title-barriers", barriers(results)),
    ]
    .map(|(id, sentence)| (id, words::text(&sentence)))
}

/// What the results say, or the question if they say nothing yet.
fn or_question(found: Option<Sentence>, question: Question) -> Sentence {
    found.unwrap_or(Sentence::Question(question))
}

/// The compared arms and the last round that they can be compared in.
fn compared(results: ShownResults<'_>) -> Option<(ComparedArms, u32)> {
    let arms = ComparedArms::of(results.config())?;
    let round = last_pruned_round(results, &arms)?;
    Some((arms, round))
}

/// The title of the accuracies while training: how the subject stands at the first validation of the last round.
pub fn curves(results: ShownResults<'_>) -> Sentence {
    let arms = ComparedArms::of(results.config());
    let question = match arms {
        Some(ComparedArms { subject, rivals }) => {
            Question::LearnsFaster { subject, rival: rivals.first().copied().unwrap_or(Arm::Dense) }
        }
        None => Question::Dense,
    };
    let found = compared(results).and_then(|(arms, round)| {
        let (rival, rival_round) = arms.first_rival(round);
        let (one, other) = ((arms.subject, round), (trained_as(rival, arms.subject), rival_round));
        let (iteration, difference) = first_common_validation(results, one, other)?;
        let sentence = Sentence::AtIteration {
            trials: results.config().seeds.count(),
            subject: arms.subject,
            round,
            iteration,
            relation: Relation { to: rival, difference },
        };
        Some(on_its_data(results.config(), arms.subject, sentence))
    });
    or_question(found, question)
}

/// The first iteration that all curves of two arms have, with the difference of their validation accuracies.
fn first_common_validation(
    results: ShownResults<'_>,
    one: (Arm, u32),
    other: (Arm, u32),
) -> Option<(u32, MeasuredDifference)> {
    let config = results.config();
    let images = f64::from(config.data_of(one.0).validation_images);
    if config.data_of(one.0) != config.data_of(other.0) {
        return None;
    }
    let accuracy = |iteration: u32, trial, (arm, round)| {
        let of_draw = |draw| {
            let curve = results.curve(JobId { trial, arm, round, draw, twin: false });
            let at = curve.binary_search_by_key(&iteration, |point| point.iteration).ok()?;
            Some(curve[at].accuracy.fraction())
        };
        mean_of_all((0..config.draws_of(arm)).map(of_draw))
    };
    let job = JobId { trial: config.seeds.first(), arm: one.0, round: one.1, draw: 0, twin: false };
    results.curve(job).iter().find_map(|point| {
        let pair =
            |trial| Some((accuracy(point.iteration, trial, one)?, accuracy(point.iteration, trial, other)?));
        let pairs: Option<Vec<(f64, f64)>> = config.seeds.iter().map(pair).collect();
        Some((point.iteration, MeasuredDifference::of_accuracies(&pairs?, images)?))
    })
}

/// The mean of some numbers, or `None` if one of them is missing.
fn mean_of_all(values: impl Iterator<Item = Option<f64>>) -> Option<f64> {
    let all: Option<Vec<f64>> = values.collect();
    mean(all?.into_iter())
}

/// The title of the chart of a metric by weights left. Of the test accuracy at the end it says down to which size the subject
/// keeps up with the dense network.
pub fn rounds(results: ShownResults<'_>, metric: Metric) -> Sentence {
    if let Metric::Corrupted(corruption, strength) = metric {
        return corrupted(results, (corruption, strength)).unwrap_or(Sentence::Reading(metric));
    }
    if metric != Metric::TestEnd {
        return Sentence::Reading(metric);
    }
    let question = match ComparedArms::of(results.config()) {
        Some(ComparedArms { subject, .. }) => Question::HowFewWeights { subject },
        None => Question::Dense,
    };
    let found = compared(results).and_then(|(arms, last)| {
        let to_rival = |rival: &Arm| relation(results, arms.subject, *rival, last);
        let sentence = Sentence::Sizes {
            trials: results.config().seeds.count(),
            subject: arms.subject,
            sizes: sizes(results, arms.subject, last)?,
            relations: arms.rivals.iter().filter_map(to_rival).collect(),
        };
        Some(on_its_data(results.config(), arms.subject, sentence))
    });
    or_question(found, question)
}

/// How the subject stands to the dense network and its rivals after the last round, if all of them have read corrupted images.
fn corrupted(results: ShownResults<'_>, corruption: (Corruption, u8)) -> Option<Sentence> {
    let (arms, round) = compared(results)?;
    let sentence = corrupted::sentence(results, &arms, round, corruption)?;
    Some(on_its_data(results.config(), arms.subject, sentence))
}

/// At which sizes an arm is clearly below the dense network, up to a round.
fn sizes(results: ShownResults<'_>, subject: Arm, last_round: u32) -> Option<Sizes> {
    let below_in = |round| {
        let relation = relation(results, subject, Arm::Dense, round)?;
        Some((relation.standing() == Standing::Below).then(|| relation.difference.mean.abs()))
    };
    let rounds = subject_rounds(results, subject, last_round);
    let below: Vec<Option<f64>> = rounds.iter().copied().map(below_in).collect::<Option<_>>()?;
    let (count, sizes) = (below.iter().flatten().count(), below.len());
    let last = weights_left(results, subject, last_round);
    let in_a_row = below.iter().rev().take_while(|below| below.is_some()).count();
    let at_last = *below.last()?;
    Some(match (count, at_last) {
        (0, _) => Sizes::None { last },
        (_, Some(below)) if count == sizes => Sizes::All { sizes, last, below },
        (_, Some(below)) if count == in_a_row => {
            let kept = weights_left(results, subject, rounds[sizes - count - 1]);
            Sizes::After { kept, last, below }
        }
        (_, by) => Sizes::Some { below: count, sizes, last, by },
    })
}

/// The title of the early stops.
pub fn early_stops(results: ShownResults<'_>) -> Sentence {
    let found = compared(results).and_then(|(arms, round)| {
        let (rival, rival_round) = arms.first_rival(round);
        let rival_jobs = (trained_as(rival, arms.subject), rival_round);
        let sentence = compare_stops(results, (arms.subject, round), rival, rival_jobs)?;
        Some(on_its_data(results.config(), arms.subject, sentence))
    });
    or_question(found, Question::WhenBest)
}

/// Compares the early stops of an arm in a round with those of a rival, whose jobs are those of `rival_jobs`.
fn compare_stops(
    results: ShownResults<'_>,
    (subject, round): (Arm, u32),
    rival: Arm,
    rival_jobs: (Arm, u32),
) -> Option<Sentence> {
    let config = results.config();
    let last = config.iterations;
    let stops_of = |(arm, round)| -> Option<Vec<Vec<u32>>> {
        let stop = |job| results.finished_job(job).map(|finished| finished.report.early_stop);
        let draws = |trial| {
            (0..config.draws_of(arm))
                .map(|draw| stop(JobId { trial, arm, round, draw, twin: false }))
                .collect()
        };
        config.seeds.iter().map(draws).collect()
    };
    let (own, others) = (stops_of((subject, round))?, stops_of(rival_jobs)?);
    let left = weights_left(results, subject, round);
    let mean_stop = |draws: &Vec<u32>| mean(draws.iter().map(|stop| f64::from(*stop))).unwrap_or(0.0);
    let at_the_end = |trials: &[Vec<u32>]| trials.iter().flatten().filter(|stop| **stop == last).count();
    if let ([one], [other]) = (&own[..], &others[..]) {
        let stop =
            |draws: &Vec<u32>| EarlyStop { iteration: mean_stop(draws), at_the_end: draws.contains(&last) };
        return Some(Sentence::LeastLoss { subject, left, stop: stop(one), rival, rival_stop: stop(other) });
    }
    let counts =
        [&own, &others].map(|trials| (at_the_end(trials), trials.iter().map(Vec::len).sum::<usize>()));
    if counts.iter().any(|(at_the_end, _)| *at_the_end > 0) {
        return Some(Sentence::StopsAtTheEnd { subject, left, last, rival, counts });
    }
    let pairs: Vec<(f64, f64)> =
        own.iter().zip(&others).map(|(one, other)| (mean_stop(one), mean_stop(other))).collect();
    let ratio = Measured::of_ratios(&pairs, Sides::Two)?;
    Some(Sentence::Stops { trials: config.seeds.count(), subject, left, rival, ratio })
}

/// The title of the chart of barriers: those of the subject and of its first rival in the last round in which every trial has
/// them.
pub fn barriers(results: ShownResults<'_>) -> Sentence {
    let arms = ComparedArms::of(results.config());
    let subject = arms.as_ref().map_or(Arm::Ticket, |arms| arms.subject);
    let rounds = results.last_round_over().map_or(0..0, |last| 0..last + 1);
    let found = rounds.rev().find_map(|round| Some((round, barriers::barrier(results, subject, round)?)));
    let Some((round, of_subject)) = found else { return Sentence::Question(Question::Barriers) };
    let rival = arms.and_then(|arms| arms.rivals.first().copied());
    let of_rival = rival.and_then(|rival| Some((rival, barriers::barrier(results, rival, round)?.mean)));
    let sentence = Sentence::Barriers {
        trials: results.config().seeds.count(),
        subject: if round == 0 { Arm::Dense } else { subject },
        left: weights_left(results, subject, round),
        barrier: of_subject.mean,
        rival: of_rival.filter(|_| round > 0),
    };
    on_its_data(results.config(), subject, sentence)
}

/// The title of the weights left in each layer.
pub fn layers(results: ShownResults<'_>) -> Sentence {
    let found = results.last_round_over().filter(|round| *round > 0).and_then(|round| {
        let all = results.config().model.layer_weight_counts();
        let left = results.weights_left(round)?;
        let shares = left.iter().zip(&all).map(|(left, all)| f64::from(*left) / f64::from(*all));
        Some(Sentence::LayersLeft { prunings: round, shares: shares.collect() })
    });
    or_question(found, Question::Layers)
}

/// The title of the costs.
pub fn cost(results: ShownResults<'_>) -> Sentence {
    let found = compared(results).and_then(|(arms, last)| {
        let config = results.config();
        let (arm, last) = match config.arms.contains(&Arm::Ticket) {
            // It may have rounds in which the subject is not trained.
            true => (Arm::Ticket, results.last_round_over()?),
            false => (arms.subject, last),
        };
        let of_arm = |finished: &&FinishedJob| {
            let job = finished.report.job;
            job.arm == arm && job.round <= last && !job.twin
        };
        let jobs = results.finished_jobs().filter(of_arm).map(|finished| &finished.report);
        let (paid, dense) = jobs.fold((0.0, 0.0), |(paid, dense), report| {
            let of = [report.multiply_adds(&config.model), report.dense_multiply_adds(&config.model)];
            (paid + of[0] as f64, dense + of[1] as f64)
        });
        let first = *config.rounds_of(arm).start();
        (dense > 0.0).then_some(Sentence::Cost { arm, rounds: last + 1 - first, share: paid / dense })
    });
    or_question(found, Question::Cost)
}

#[cfg(test)]
mod tests;
