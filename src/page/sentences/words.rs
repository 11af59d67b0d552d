//! The sentences in the words of the language in use. Which sentence is said, and how its parts follow each other, is decided
//! here; the words are texts. A network has a name for each part that it plays in a sentence, because languages with cases
//! have one for each: `subject` does something, `rival` is what it is compared with, `owner` has something, and `it` was
//! just spoken of.

use super::{
    EarlyStop, Question, Relation, STABLE_BELOW, Sentence, Sizes, Standing, standing_of_barrier,
    standing_of_ratio,
};
use crate::metric::corruption_in_words;
use experiment::{arm::Arm, names::list};
use numbers::{fixed, percent, percent_sign, signed, with_commas};
use std::fmt::Display;
use texts::{count, fill, filled, text_of};

/// Several sentences, one after the other.
pub fn texts(sentences: &[Sentence]) -> String {
    sentences.iter().map(text).collect::<Vec<_>>().join(" ")
}

/// A sentence. Those that are titles have no full stop.
pub fn text(sentence: &Sentence) -> String {
    text_on(sentence, None)
}

/// A sentence that names a data set, or none.
fn text_on(sentence: &Sentence, data: Option<&str>) -> String {
    let basis = |trials| basis_on(trials, data);
    match sentence {
        Sentence::OnData { data, sentence } => text_on(sentence, Some(data)),
        Sentence::There { subject, relation } => fill!(
            ALSO_THERE[relation.standing() as usize],
            subject = name(*subject),
            points = points(relation.difference.mean),
            rival = short_rival(relation.to)
        ),
        Sentence::Question(about) => question(*about),
        Sentence::DenseReads { trials, accuracy } => {
            fill!("sentence.dense_reads", basis = basis(*trials), accuracy = percent(*accuracy))
        }
        Sentence::Stands { trials, subject, left, relations } => {
            let rival = |arm| rival_name(*subject, arm);
            let given: Given =
                &[("basis", &basis(*trials)), ("subject", &name(*subject)), ("left", &percent(*left))];
            related(&STANDS, given, relations, rival)
        }
        Sentence::AfterPrunings { prunings, subject, left, relations } => {
            let given: Given = &[("prunings", prunings), ("it", &it(*subject)), ("left", &percent(*left))];
            related(&AFTER_PRUNINGS, given, relations, short_rival)
        }
        Sentence::Intervals { subject, round, relations } => intervals(*subject, *round, relations, data),
        Sentence::WinningTicket => texts::text("sentence.winning_ticket").into(),
        Sentence::SignsKeep { share } => match (100.0 * share).round() {
            whole if whole >= 100.0 => texts::text("sentence.signs_keep_all").into(),
            whole => fill!("sentence.signs_keep", share = fixed(whole, 0) + percent_sign()),
        },
        Sentence::Memorised { subject, left, own, rival, others, standing } => fill!(
            MEMORISED[*standing as usize],
            subject = name(*subject),
            left = percent(*left),
            own = percent(own.memorised),
            own_true = percent(own.restored),
            rival = short_name(*rival),
            others = percent(others.memorised),
            others_true = percent(others.restored)
        ),
        Sentence::LosesAt { subject, rival, sizes, lost, worst } => {
            loses_at((*subject, *rival), *sizes, lost, *worst)
        }
        Sentence::IterationsTrained { subject, ticket } => {
            let subject = with_commas(*subject as f64);
            match ticket {
                Some(ticket) => fill!(
                    "sentence.iterations_trained_beside_ticket",
                    subject = subject,
                    ticket = with_commas(*ticket as f64)
                ),
                None => fill!("sentence.iterations_trained", subject = subject),
            }
        }
        Sentence::Sizes { trials, subject, sizes, relations } => {
            let there = related(&THERE, &[("it", &it(*subject))], relations, short_rival);
            size_range(sizes, &basis(*trials), short_name(*subject), &there)
        }
        Sentence::AtIteration { trials, subject, round, iteration, relation } => fill!(
            AT_ITERATION[relation.standing() as usize],
            basis = basis(*trials),
            iteration = with_commas(f64::from(*iteration)),
            round = round,
            subject = short_name(*subject),
            points = points(relation.difference.mean),
            rival = short_rival(relation.to)
        ),
        Sentence::LeastLoss { subject, left, stop, rival, rival_stop } => fill!(
            "sentence.least_loss",
            basis = basis(1),
            subject = owner(*subject),
            left = percent(*left),
            stop = stop_text(stop),
            rival = owner(*rival),
            rival_stop = stop_text(rival_stop)
        ),
        Sentence::Stops { trials, subject, left, rival, ratio } => fill!(
            STOPS[standing_of_ratio(ratio) as usize],
            basis = basis(*trials),
            subject = owner(*subject),
            left = percent(*left),
            rival = owner(*rival),
            ratio = fixed(ratio.mean, 2)
        ),
        Sentence::StopsAtTheEnd { subject, left, last, rival, counts: [own, others] } => fill!(
            "sentence.stops_at_the_end",
            left = percent(*left),
            last = with_commas(f64::from(*last)),
            own = own.0,
            own_all = own.1,
            subject = owner(*subject),
            others = others.0,
            others_all = others.1,
            rival = owner(*rival)
        ),
        Sentence::TwinsApart { barrier } => fill!(
            TWINS_APART[standing_of_barrier(barrier) as usize],
            points = points(barrier.mean),
            most = fill!("standing.points", points = fixed(100.0 * STABLE_BELOW, 0))
        ),
        Sentence::Barriers { trials, subject, left, barrier, rival } => {
            let rest = rival.map_or(String::new(), |(rival, barrier)| {
                fill!("sentence.barrier_of_rival", rival = owner(rival), points = points(barrier))
            });
            fill!(
                "sentence.barriers",
                basis = basis(*trials),
                subject = owner(*subject),
                left = percent(*left),
                points = points(*barrier),
                rest = rest
            )
        }
        Sentence::LayersLeft { prunings, shares } => layers_left(*prunings, shares),
        Sentence::Cost { arm, rounds, share } => {
            count!("sentence.cost", *rounds, rounds = rounds, subject = owner(*arm), share = percent(*share))
        }
        Sentence::Reading(metric) => fill!("sentence.reading", metric = metric.in_words()),
        Sentence::Corrupted { trials, subject, left, corruption: (corruption, strength), relations } => {
            let under = corruption_in_words(*corruption, *strength);
            let given: Given = &[
                ("basis", &basis(*trials)),
                ("corruption", &under),
                ("subject", &name(*subject)),
                ("left", &percent(*left)),
            ];
            related(&CORRUPTED, given, relations, short_rival)
        }
    }
}

/// How a network stands, as part of a sentence that begins with other words: a text for each [`Standing`], in their order.
type Stand = [&'static str; 3];

const STANDS: Stand = ["sentence.stands_above", "sentence.stands_below", "sentence.stands_unclear"];
const AFTER_PRUNINGS: Stand =
    ["sentence.after_prunings_above", "sentence.after_prunings_below", "sentence.after_prunings_unclear"];
const THERE: Stand = ["sentence.there_above", "sentence.there_below", "sentence.there_unclear"];
const ALSO_THERE: Stand =
    ["sentence.also_there_above", "sentence.also_there_below", "sentence.also_there_unclear"];
const AT_ITERATION: Stand =
    ["sentence.at_iteration_above", "sentence.at_iteration_below", "sentence.at_iteration_unclear"];
const CORRUPTED: Stand =
    ["sentence.corrupted_above", "sentence.corrupted_below", "sentence.corrupted_unclear"];
/// Of shares of labels: above is more.
const MEMORISED: Stand =
    ["sentence.memorised_above", "sentence.memorised_below", "sentence.memorised_unclear"];
/// Of numbers of iterations: above is later.
const STOPS: Stand = ["sentence.stops_later", "sentence.stops_sooner", "sentence.stops_unclear"];
/// After another relation.
const NEXT: Stand = ["standing.next_above", "standing.next_below", "standing.next_unclear"];
/// How two trainings of a network end: by a barrier above what counts as stable, below it, or not clearly either.
const TWINS_APART: Stand = ["sentence.twins_above", "sentence.twins_below", "sentence.twins_unclear"];
/// After a clear relation that has the verb already.
const NEXT_CLEAR: Stand = ["standing.also_above", "standing.also_below", "standing.next_unclear"];
/// After an unclear relation.
const NEXT_UNCLEAR: Stand = ["standing.next_above", "standing.next_below", "standing.also_unclear"];

/// The places of a text and their values.
type Given<'a> = &'a [(&'a str, &'a dyn Display)];

/// A sentence of how a network stands to several others, which are called by `name_of`. `given` is what else its beginning
/// has places for. Empty if there are no others.
fn related(
    begins: &Stand,
    given: Given<'_>,
    relations: &[Relation],
    name_of: impl Fn(Arm) -> &'static str,
) -> String {
    let Some((first, rest)) = relations.split_first() else { return String::new() };
    let rest = following(first.standing(), rest, &name_of);
    let (points, rival) = (points(first.difference.mean), name_of(first.to));
    let values = [given, &[("points", &points), ("rival", &rival), ("rest", &rest)]].concat();
    filled(begins[first.standing() as usize], &values)
}

/// The relations after the first one, which had the standing `before`.
fn following(mut before: Standing, rest: &[Relation], name_of: &dyn Fn(Arm) -> &'static str) -> String {
    let mut text = String::new();
    for (at, relation) in rest.iter().enumerate() {
        let standing = relation.standing();
        let opposite = matches!(
            (before, standing),
            (Standing::Above, Standing::Below) | (Standing::Below, Standing::Above)
        );
        let next = match before {
            Standing::Unclear => NEXT_UNCLEAR,
            Standing::Above | Standing::Below if standing == Standing::Unclear => NEXT,
            Standing::Above | Standing::Below => NEXT_CLEAR,
        };
        let next = fill!(
            next[standing as usize],
            points = points(relation.difference.mean),
            rival = name_of(relation.to)
        );
        let joined = match (at + 1 == rest.len(), at == 0, opposite) {
            (false, ..) => "standing.comma",
            (true, true, true) => "standing.but",
            (true, true, false) => "standing.and",
            (true, false, true) => "standing.last_but",
            (true, false, false) => "standing.last_and",
        };
        text += &fill!(joined, next = next);
        before = standing;
    }
    text
}

fn question(about: Question) -> String {
    let id = match about {
        Question::Dense => "question.dense",
        Question::SmallNetwork => "question.small_network",
        Question::FirstWeights => "question.first_weights",
        Question::Dropout => "question.dropout",
        Question::Warmup => "question.warmup",
        Question::Memorising => "question.memorising",
        Question::WhichWeights => "question.which_weights",
        Question::OneShot => "question.one_shot",
        Question::Signs => "question.signs",
        Question::Late => "question.late",
        Question::NoRewind => "question.no_rewind",
        Question::BeforeTraining => "question.before_training",
        Question::Supermask => "question.supermask",
        Question::Transfer => "question.transfer",
        Question::Twins => "question.twins",
        Question::Masks => "question.masks",
        Question::LearnsFaster { subject, rival } => {
            return fill!("question.learns_faster", subject = short_name(subject), rival = short_name(rival));
        }
        Question::HowFewWeights { subject } => {
            return fill!("question.how_few_weights", subject = short_name(subject));
        }
        Question::Barriers => "question.barriers",
        Question::WhenBest => "question.when_best",
        Question::Layers => "question.layers",
        Question::Cost => "question.cost",
    };
    texts::text(id).into()
}

/// What a sentence is based on.
pub(crate) fn basis(trials: u32) -> String {
    basis_on(trials, None)
}

/// What a sentence is based on that names a data set, or none.
fn basis_on(trials: u32, data: Option<&str>) -> String {
    let basis = match trials {
        1 => texts::text("sentence.in_this_run").into(),
        trials => fill!("sentence.mean_of_trials", trials = trials),
    };
    match data {
        Some(data) => fill!("sentence.basis_on_data", basis = basis, data = data),
        None => basis,
    }
}

/// The name of a network that does something.
pub(crate) fn name(arm: Arm) -> &'static str {
    text_of("subject", arm.name())
}

/// The name of a network in a title, where there is little room: that of its line in the chart, if it has a long name.
fn short_name(arm: Arm) -> &'static str {
    if arm == Arm::Reinit { texts::text("subject.reinit_short") } else { name(arm) }
}

/// The name of a network that the subject is compared with.
fn rival_name(subject: Arm, rival: Arm) -> &'static str {
    match (subject, rival) {
        (Arm::OneShot | Arm::Late | Arm::NoRewind | Arm::Supermask, Arm::Reinit) => {
            texts::text("rival.reinit_of_ticket")
        }
        (_, rival) => text_of("rival", rival.name()),
    }
}

/// The name of a network that another one is compared with, where there is little room.
fn short_rival(arm: Arm) -> &'static str {
    if arm == Arm::Reinit { texts::text("rival.reinit_short") } else { text_of("rival", arm.name()) }
}

/// The name of a network that has something, where there is little room.
pub(crate) fn owner(arm: Arm) -> &'static str {
    text_of("owner", arm.name())
}

/// The word for a network that was just spoken of, where it does something.
fn it(arm: Arm) -> &'static str {
    text_of("it", arm.name())
}

/// A difference of accuracies in percentage points, without its sign.
pub(crate) fn points(difference: f64) -> String {
    match fixed(100.0 * difference.abs(), 1) {
        zero if zero == fixed(0.0, 1) => fill!("standing.few_points", points = fixed(0.1, 1)),
        points => fill!("standing.points", points = points),
    }
}

fn intervals(subject: Arm, round: u32, relations: &[Relation], data: Option<&str>) -> String {
    let one = |relation: &Relation| {
        let difference = relation.difference;
        let [mean, low, high] = [0.0, -difference.margin, difference.margin]
            .map(|from_mean| signed(100.0 * (difference.mean + from_mean), 1));
        let rival = rival_name(subject, relation.to);
        fill!("standing.interval", points = mean, rival = rival, low = low, high = high)
    };
    let all: Vec<String> = relations.iter().map(one).collect();
    let intervals = all.join("; ");
    match data {
        Some(data) => fill!("sentence.intervals_on_data", data = data, round = round, intervals = intervals),
        None => fill!("sentence.intervals", round = round, intervals = intervals),
    }
}

fn size_range(sizes: &Sizes, basis: &str, subject: &str, there: &str) -> String {
    match *sizes {
        Sizes::None { last } => {
            fill!(
                "sentence.sizes_none",
                basis = basis,
                subject = subject,
                last = percent(last),
                there = there
            )
        }
        Sizes::After { kept, last, below } => fill!(
            "sentence.sizes_after",
            basis = basis,
            subject = subject,
            kept = percent(kept),
            points = points(below),
            last = percent(last),
            there = there
        ),
        Sizes::All { sizes, last, below } => fill!(
            if sizes == 1 { "sentence.sizes_only" } else { "sentence.sizes_all" },
            basis = basis,
            subject = subject,
            points = points(below),
            last = percent(last),
            there = there
        ),
        Sizes::Some { below, sizes, last, by } => fill!(
            if by.is_some() { "sentence.sizes_some" } else { "sentence.sizes_some_not_last" },
            basis = basis,
            subject = subject,
            below = below,
            sizes = sizes,
            points = points(by.unwrap_or(0.0)),
            last = percent(last),
            there = there
        ),
    }
}

fn loses_at((subject, rival): (Arm, Arm), sizes: usize, lost: &[f64], worst: Option<(f64, f64)>) -> String {
    let (subject, it, rival) = (name(subject), it(subject), short_rival(rival));
    let Some((below, at)) = worst else {
        return count!(
            "sentence.loses_nowhere",
            sizes as u32,
            sizes = sizes,
            subject = subject,
            rival = rival
        );
    };
    let lost: Vec<String> = lost.iter().map(|left| percent(*left)).collect();
    fill!(
        if lost.len() == 1 { "sentence.loses_once" } else { "sentence.loses_at" },
        sizes = list(&lost.iter().map(String::as_str).collect::<Vec<_>>(), "list.and"),
        subject = subject,
        rival = rival,
        points = points(below),
        most = percent(at),
        it = it
    )
}

fn stop_text(stop: &EarlyStop) -> String {
    let id = if stop.at_the_end { "sentence.stop_not_before" } else { "sentence.stop_at" };
    fill!(id, iteration = with_commas(stop.iteration))
}

fn layers_left(prunings: u32, shares: &[f64]) -> String {
    let Some((output, hidden)) = shares.split_last() else { return String::new() };
    let output = percent(*output);
    if hidden.is_empty() {
        return count!("sentence.only_layer_left", prunings, prunings = prunings, output = output);
    }
    let one = |(layer, share): (usize, &f64)| {
        fill!("sentence.layer_left", share = percent(*share), layer = layer + 1)
    };
    let hidden: Vec<String> = hidden.iter().enumerate().map(one).collect();
    count!("sentence.layers_left", prunings, prunings = prunings, hidden = hidden.join(", "), output = output)
}

#[cfg(test)]
mod tests;
