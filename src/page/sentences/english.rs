//! The sentences in English.

use super::{EarlyStop, Question, Relation, Sentence, Sizes, Standing, standing_of_ratio};
use experiment::arm::Arm;
use numbers::{fixed, percent, signed, with_commas};

/// Several sentences, one after the other.
pub fn texts(sentences: &[Sentence]) -> String {
    sentences.iter().map(text).collect::<Vec<_>>().join(" ")
}

/// A sentence. Those that are titles have no full stop.
pub fn text(sentence: &Sentence) -> String {
    match sentence {
        Sentence::Question(about) => question(*about),
        Sentence::DenseReads { trials, accuracy } => {
            format!("{} the dense network reads {} of the test images.", basis(*trials), percent(*accuracy))
        }
        Sentence::Stands { trials, subject, left, relations } => format!(
            "{} {} at {} of the weights {}.",
            basis(*trials),
            name(*subject),
            percent(*left),
            joined(relations, |rival| rival_name(*subject, rival))
        ),
        Sentence::AfterPrunings { prunings, left, relations } => format!(
            "After {prunings} prunings, at {} of the weights, it {}.",
            percent(*left),
            joined(relations, short_name)
        ),
        Sentence::Intervals { subject, round, relations } => intervals(*subject, *round, relations),
        Sentence::WinningTicket => "That makes it a winning ticket.".into(),
        Sentence::SignsKeep { share } => match (100.0 * share).round() {
            whole if whole >= 100.0 => "The signs alone keep all of the ticket's lead.".into(),
            whole => format!("The signs alone keep {whole}% of the ticket's lead."),
        },
        Sentence::IterationsTrained { subject, ticket } => {
            let ticket = ticket.map(|ticket| format!(", the ticket {}", with_commas(ticket as f64)));
            let iterations = with_commas(*subject as f64);
            format!("It has trained {iterations} iterations{}.", ticket.unwrap_or_default())
        }
        Sentence::Sizes { trials, subject, sizes, relations } => {
            let there = match relations.is_empty() {
                true => String::new(),
                false => format!("; there it {}", joined(relations, short_name)),
            };
            format!("{} {} {}{there}", basis(*trials), short_name(*subject), size_range(sizes))
        }
        Sentence::AtIteration { trials, subject, round, iteration, relation } => format!(
            "{}, at iteration {} of finished round {round}, {} {}",
            basis(*trials),
            with_commas(f64::from(*iteration)),
            short_name(*subject),
            joined(&[*relation], short_name)
        ),
        Sentence::LeastLoss { subject, left, stop, rival, rival_stop } => format!(
            "{} the validation loss of {} at {} of the weights is least {}, that of {} {}",
            basis(1),
            short_name(*subject),
            percent(*left),
            stop_text(stop),
            short_name(*rival),
            stop_text(rival_stop)
        ),
        Sentence::Stops { trials, subject, left, rival, ratio } => {
            let (subject_name, rival) = (short_name(*subject), short_name(*rival));
            let start = format!("{} {subject_name} at {} of the weights", basis(*trials), percent(*left));
            let when = match standing_of_ratio(ratio) {
                Standing::Unclear => {
                    return format!("{start} shows no clear difference from {rival} in when it stops");
                }
                Standing::Below => "sooner",
                Standing::Above => "later",
            };
            let ratio = fixed(ratio.mean, 2);
            format!("{start} stops {when} than {rival}, after {ratio} times as many iterations")
        }
        Sentence::StopsAtTheEnd { subject, left, last, rival, counts: [own, others] } => format!(
            "At {} of the weights the validation loss is least not before iteration {}, the last, in {} of {} trainings \
             of {} and in {} of {} of {}",
            percent(*left),
            with_commas(f64::from(*last)),
            own.0,
            own.1,
            short_name(*subject),
            others.0,
            others.1,
            short_name(*rival)
        ),
        Sentence::LayersLeft { prunings, shares } => layers_left(*prunings, shares),
        Sentence::Cost { arm, rounds, share } => format!(
            "{rounds} {} of {} {} {} of the multiply-adds of the same steps in a dense network",
            if *rounds == 1 { "round" } else { "rounds" },
            short_name(*arm),
            if *rounds == 1 { "costs" } else { "cost" },
            percent(*share)
        ),
        Sentence::Reading(metric) => format!("What pruning does to the {}", metric.name()),
    }
}

fn question(about: Question) -> String {
    match about {
        Question::Dense => "How many of the test images does the whole network read?".into(),
        Question::SmallNetwork => "Is there a small network hidden in the big one?".into(),
        Question::FirstWeights => {
            "Is there a small network hidden in the big one, and does it need its first weights?".into()
        }
        Question::Dropout => {
            "Is there a small network hidden in the big one if half of the units are dropped while it trains?"
                .into()
        }
        Question::Warmup => {
            "Is there a small network hidden in the big one if it takes larger steps after a warm-up?".into()
        }
        Question::WhichWeights => "Does it matter which weights stay, or only how many?".into(),
        Question::OneShot => {
            "Is a network that is cut once as good as one that is cut again and again?".into()
        }
        Question::Signs => "How much of a ticket is in the signs of its first weights alone?".into(),
        Question::Late => "Should the survivors go back to the very start, or to a little later?".into(),
        Question::NoRewind => "Do the survivors have to go back to their first weights at all?".into(),
        Question::Masks => "What do the surviving weights need to learn well?".into(),
        Question::LearnsFaster { subject, rival } => {
            format!("Does {} learn faster than {}?", short_name(subject), short_name(rival))
        }
        Question::HowFewWeights { subject } => {
            format!("How few weights can {} do with?", short_name(subject))
        }
        Question::WhenBest => "When has each learnt its best?".into(),
        Question::Layers => "Which layers thin out fastest?".into(),
        Question::Cost => "What does a pruned round cost?".into(),
    }
}

/// What a sentence is based on.
pub(crate) fn basis(trials: u32) -> String {
    match trials {
        1 => "In this run".into(),
        trials => format!("On the mean of {trials} trials"),
    }
}

/// The name of a network that a sentence is about.
pub(crate) fn name(arm: Arm) -> &'static str {
    match arm {
        Arm::Dense => "the dense network",
        Arm::Ticket => "the ticket",
        Arm::Reinit => "the mask with new random weights",
        Arm::Shuffled => "the shuffled mask",
        Arm::Random => "the random mask with random weights",
        Arm::Sign => "the signs-only network",
        Arm::NoRewind => "the network that is not rewound",
        Arm::Late => "the late-rewound network",
        Arm::OneShot => "the one-shot network",
        Arm::Own => "the own mask",
    }
}

/// The name of a network that the subject is compared with.
fn rival_name(subject: Arm, rival: Arm) -> &'static str {
    match (subject, rival) {
        (Arm::OneShot | Arm::Late | Arm::NoRewind, Arm::Reinit) => {
            "the ticket's mask with new random weights"
        }
        (_, Arm::Reinit) => "the same mask with new random weights",
        (_, rival) => name(rival),
    }
}

/// The name of a network in a title, where there is little room: that of its line in the chart, if it has a long name.
fn short_name(arm: Arm) -> &'static str {
    if arm == Arm::Reinit { "the re-init" } else { name(arm) }
}

/// A difference of accuracies in percentage points, without its sign.
pub(crate) fn points(difference: f64) -> String {
    match fixed(100.0 * difference.abs(), 1) {
        zero if zero == "0.0" => "less than 0.1 points".into(),
        points => format!("{points} points"),
    }
}

/// How a network stands to several others, which are called by `name_of`.
fn joined(relations: &[Relation], name_of: impl Fn(Arm) -> &'static str) -> String {
    let mut text = String::new();
    let mut before = None;
    for (at, relation) in relations.iter().enumerate() {
        let (standing, other) = (relation.standing(), name_of(relation.to));
        let opposite = matches!(
            (before, standing),
            (Some(Standing::Above), Standing::Below) | (Some(Standing::Below), Standing::Above)
        );
        text += match (at, relations.len()) {
            (0, _) => "",
            (1, 3..) => ", ",
            (_, 3..) if opposite => ", but ",
            (_, 3..) => ", and ",
            _ if opposite => " but ",
            _ => " and ",
        };
        let points = points(relation.difference.mean);
        text += &match (before, standing) {
            (Some(Standing::Unclear), Standing::Unclear) => format!("none from {other}"),
            (_, Standing::Unclear) => format!("shows no clear difference from {other}"),
            (Some(Standing::Above | Standing::Below), Standing::Above) => format!("{points} above {other}"),
            (Some(Standing::Above | Standing::Below), Standing::Below) => format!("{points} below {other}"),
            (_, Standing::Above) => format!("is {points} above {other}"),
            (_, Standing::Below) => format!("is {points} below {other}"),
        };
        before = Some(standing);
    }
    text
}

fn intervals(subject: Arm, round: u32, relations: &[Relation]) -> String {
    let one = |relation: &Relation| {
        let difference = relation.difference;
        let [mean, low, high] = [0.0, -difference.margin, difference.margin]
            .map(|from_mean| signed(100.0 * (difference.mean + from_mean), 1));
        format!("{mean} points to {} ({low} to {high})", rival_name(subject, relation.to))
    };
    let all: Vec<String> = relations.iter().map(one).collect();
    format!(
        "Test accuracy at the end of round {round}, differences with their 95% intervals: {}.",
        all.join("; ")
    )
}

fn size_range(sizes: &Sizes) -> String {
    match *sizes {
        Sizes::None { last } => {
            format!("is not clearly below the dense network down to {} of the weights", percent(last))
        }
        Sizes::After { kept, last, below } => format!(
            "is not clearly below the dense network down to {} of the weights, and {} below it at {}",
            percent(kept),
            points(below),
            percent(last)
        ),
        Sizes::All { sizes: 1, last, below } => {
            format!("is {} below the dense network at {} of the weights", points(below), percent(last))
        }
        Sizes::All { last, below, .. } => {
            format!("is below the dense network at every size, by {} at {}", points(below), percent(last))
        }
        Sizes::Some { below, sizes, last, by } => {
            let by = by.map_or("not clearly".into(), |by| format!("by {}", points(by)));
            format!("is below the dense network at {below} of {sizes} sizes, {by} at {}", percent(last))
        }
    }
}

fn stop_text(stop: &EarlyStop) -> String {
    let iteration = with_commas(stop.iteration);
    match stop.at_the_end {
        true => format!("not before iteration {iteration}"),
        false => format!("at iteration {iteration}"),
    }
}

fn layers_left(prunings: u32, shares: &[f64]) -> String {
    let word = if prunings == 1 { "pruning" } else { "prunings" };
    let (Some((output, hidden)), start) = (shares.split_last(), format!("After {prunings} {word} ")) else {
        return String::new();
    };
    if hidden.is_empty() {
        return format!("{start}{} of the only layer is left", percent(*output));
    }
    let hidden = hidden.iter().enumerate();
    let hidden: Vec<String> =
        hidden.map(|(layer, share)| format!("{} of layer {}", percent(*share), layer + 1)).collect();
    format!("{start}{} and {} of the output layer are left", hidden.join(", "), percent(*output))
}
