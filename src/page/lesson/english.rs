//! The lesson in English: every word that it shows. Another language is another file like this one. Terms are marked as
//! [`terms::parts`](crate::terms::parts) reads them; `{left}` is the share of the weights of which a question or a claim
//! speaks, `{points}` the threshold of a claim. What the texts say of the paper stands in the sections that are linked;
//! what they say of the run is computed.

use crate::{
    lesson::{
        chip::{Bound, ChipVerdict, Comparison, JudgedChip},
        notes::{Guess, Verdict},
        offer::Offer,
        prediction::{Compared, Evidence, Outcome, Prediction, Truth},
    },
    metric::Metric,
    sentences::{
        Standing,
        english::{basis, name, points},
    },
};
use experiment::{
    arm::Arm,
    claims::{claim::ClaimId, texts::claim_texts},
    display_settings::LESSON_STEPS,
};
use numbers::{fixed, percent, signed};

/// The words of a step.
#[derive(Debug)]
pub struct StepText {
    /// Its title.
    pub title: &'static str,
    /// What it explains.
    pub paragraphs: &'static [&'static str],
    /// What the reader is asked to guess.
    pub question: &'static str,
    /// What can be picked, in the order of the prediction. Empty where a number is guessed.
    pub options: &'static [&'static str],
    /// Where in the literature it stands.
    pub sources: &'static [Source],
}

/// A place in the literature.
#[derive(Debug)]
pub struct Source {
    /// Its name.
    pub label: &'static str,
    /// The address of the paper.
    pub address: &'static str,
}

const fn paper(label: &'static str) -> Source {
    Source { label, address: "https://arxiv.org/abs/1803.03635" }
}

const HIGHER: &[&str] = &["Clearly higher", "No clear difference", "Clearly lower"];

/// The words of every step, in order.
pub static STEPS: [StepText; LESSON_STEPS as usize] = [
    StepText {
        title: "What is a weight?",
        paragraphs: &[
            "This network reads handwritten digits. An image goes in; ten numbers come out, one for each digit. The \
             largest one is its answer.",
            "In between are connections. Each has a [weight]: a number that says how strongly one unit acts on the \
             next. At first all weights are [random values|init]. In each [training step|iteration] they move a \
             little, so that the answers get better.",
        ],
        question: "How many of 100 test images does it read right before its first training step?",
        options: &["Fewer than 20", "20 to 80", "More than 80"],
        sources: &[paper("The network and its training: the paper, Section 2")],
    },
    StepText {
        title: "What is a mask?",
        paragraphs: &[
            "After training, some weights are large and some are close to zero. [Pruning|pruning] strikes out the smallest in \
             each layer, for good. The pattern of those that stay is the [mask].",
            "Each pixel of the image has weights of its own in the first layer. The picture “by pixel” shows how many \
             of them are left.",
        ],
        question: "Where will a larger share of them stay?",
        options: &["In the middle of the image", "At its rim", "No clear difference"],
        sources: &[paper("Which weights are pruned: the paper, Section 1")],
    },
    StepText {
        title: "Train, prune, rewind",
        paragraphs: &[
            "First the network is trained. Then its smallest weights are [pruned|pruning]. Then it is \
             [rewound|rewinding]: the survivors forget what they have learnt and get back their very first values. \
             The next [round] begins, with fewer weights.",
            "What is left in this way is called a [ticket]. It has to learn everything again, with less.",
        ],
        question: "With {left} of the weights, how many of 100 test images will the ticket read after training?",
        options: &[],
        sources: &[paper("Finding winning tickets: the paper, Section 1")],
    },
    StepText {
        title: "The same mask with new weights",
        paragraphs: &[
            "Do the places of the weights matter, or the values that they start from? To find out, a twin is trained: \
             the same [mask], but [new random weights|reinit].",
            "It has as many weights as the ticket, in the same places. If the places were all that matters, both would \
             learn equally well.",
        ],
        question: "With {left} of the weights, how will the ticket’s test accuracy be, compared with its twin’s?",
        options: HIGHER,
        sources: &[paper("Random reinitialization: the paper, Section 2")],
    },
    StepText {
        title: "Before any training",
        paragraphs: &[
            "A ticket’s first values are random. But its [mask] is not: it keeps what was large after training. So the \
             mask alone may know something about digits.",
            "To see it, the page reads the test images with the [untrained] ticket, before its first step. The paper \
             does not do this. Zhou et al. do, and call a mask that already reads well a supermask.",
        ],
        question: "With {left} of the weights, how many of 100 test images does the ticket read before it is trained?",
        options: &[],
        sources: &[Source {
            label: "Supermasks: Zhou et al. 2019, Deconstructing Lottery Tickets",
            address: "https://arxiv.org/abs/1905.01067",
        }],
    },
    StepText {
        title: "Once, or again and again?",
        paragraphs: &[
            "The ticket is pruned a little, trained again, pruned again, many times. One can also cut once: train the \
             whole network, strike out everything that is too much, rewind. That is [one-shot|oneshot] pruning. It \
             takes two trainings instead of many.",
            "This run does both, from several [seeds|seed], and compares them at the same sizes.",
        ],
        question: "With {left} of the weights, how will the one-shot network’s test accuracy be, compared with the ticket’s?",
        options: HIGHER,
        sources: &[paper("One-shot pruning: the paper, Section 2")],
    },
    StepText {
        title: "Does going back matter?",
        paragraphs: &[
            "[Rewinding|rewinding] throws away what was learnt. Why not keep the trained weights, prune them and train on? In \
             this run one network does so: it is [not rewound|norewind]. In the end its weights have been trained for \
             all rounds together, the ticket’s for the last one only.",
            "The paper trains on too, but only to find masks; in the end it rewinds them all.",
        ],
        question: "With {left} of the weights, how will the test accuracy be without rewinding, compared with the ticket’s?",
        options: HIGHER,
        sources: &[paper("Resetting and continued training: the paper, Appendix B")],
    },
    StepText {
        title: "When the ticket stops winning",
        paragraphs: &[
            "A [ticket] is a winning one here while its test accuracy is not clearly below that of the [dense \
             network|dense], and clearly above that of the same mask with new weights.",
            "That must end somewhere: without any weights nothing can be read. In the paper the ticket is back at the \
             dense network’s accuracy at 3.6% of the weights. This run is much shorter.",
        ],
        question: "At which size will the ticket be clearly below the dense network for the first time?",
        options: &[
            "With more than 10% of the weights",
            "With 10% to 2%",
            "With less than 2%",
            "At no size in this run",
        ],
        sources: &[paper("Iterative pruning: the paper, Section 2")],
    },
    StepText {
        title: "Why training accuracy seems to rise",
        paragraphs: &[
            "Read at the [early stop|early-stop], [accuracy] on the training images rises in the paper as weights go. \
             As if tickets only fit those images better.",
            "But every network stops at a time of its own. At the end of training nearly all of them read every \
             training image, and tickets still read more test images. The paper takes this as a sign that they \
             generalise better.",
        ],
        question: "At its early stop, with {left} of the weights, how will the ticket’s training accuracy be, compared with the dense network’s?",
        options: HIGHER,
        sources: &[paper("Accuracy on training images: the paper, Section 2 and Appendix D")],
    },
    StepText {
        title: "What it costs, and what stays open",
        paragraphs: &[
            "Here pruned weights are left out of the arithmetic, so each round takes fewer multiply-adds than the one \
             before. But finding a small ticket takes many trainings.",
            "The paper names its limits: it looks at small image data sets only; it trains fifteen times or more; sparse \
             networks are not made for common hardware. Why these first weights win, and how to find them without \
             training, it leaves open.",
        ],
        question: "All trainings of the ticket together: how many trainings of the dense network do they cost, in multiply-adds?",
        options: &["Fewer than 1.5", "1.5 to 3", "More than 3"],
        sources: &[paper("Limitations and future work: the paper, Section 6")],
    },
];

/// The texts that are the same in every step, by the ids of their elements.
pub const LABELS: [(&str, &str); 8] = [
    ("lesson-previous", "Previous"),
    ("lesson-next", "Next"),
    ("lesson-close", "Close"),
    ("lesson-guess", "That is my guess"),
    ("lesson-skip", "Skip"),
    ("lesson-again", "Guess again"),
    ("lesson-claims-title", "Does it hold in the run on this page?"),
    (
        "lesson-not-tested",
        "Claims of the paper are judged only in runs by its own protocol, such as the recorded one that step 9 opens.",
    ),
];
/// The label of the button that folds the lesson, and of the one that unfolds it.
pub const FOLD: [&str; 2] = ["Fold", "Unfold"];
/// The name of the field of a threshold, for those who do not see where it stands.
pub const THRESHOLD: &str = "Points that count";

/// Which step it is.
pub fn place(step: u32) -> String {
    format!("Lesson, step {step} of {LESSON_STEPS}")
}

/// What is said when a step has been opened.
pub fn opened(step: u32, text: &StepText) -> String {
    format!("{}: {}", place(step), text.title)
}

/// A text with the share of the weights that it speaks of, from 0 to 1.
pub fn with_left(text: &str, left: f64) -> String {
    text.replace("{left}", &percent(left))
}

/// A number of images of 100, as the slider says it.
pub fn of_100(images: u32) -> String {
    format!("{images} of 100")
}

/// The label of the button of a step's run.
pub fn run_label(offer: Offer, recorded: bool) -> &'static str {
    match offer {
        Offer::Nothing => "",
        Offer::Start => "Run this",
        Offer::GoOn => "Go on",
        Offer::WatchAgain => "Watch it again",
        Offer::Replace { .. } if recorded => "Open the recorded run",
        Offer::Replace { unfinished: true } => "Run this instead",
        Offer::Replace { unfinished: false } => "Run this",
    }
}

/// What is said beside the button of a step's run. `time` is how long the run takes here.
pub fn run_note(offer: Offer, recorded: bool, time: &str) -> String {
    let unfinished = "The run on this page is not finished; it would be lost. Export or pin it first if you want to keep it.";
    match (offer, recorded) {
        (Offer::Replace { unfinished: true }, _) => unfinished.into(),
        (Offer::Replace { .. }, true) => "This step looks at a recorded run by the paper’s protocol.".into(),
        (Offer::Replace { .. }, false) => format!("This step has a run of its own: {time}."),
        (Offer::Start, _) => format!("The run of this step is set up: {time}."),
        _ => String::new(),
    }
}

/// A guess in words.
pub fn guess(guess: Guess, text: &StepText) -> String {
    match guess {
        Guess::Option(index) => {
            format!("Your guess: {}.", lower_first(text.options.get(index).unwrap_or(&"")))
        }
        Guess::Images(images) => format!("Your guess: {}.", of_100(images)),
        Guess::Skipped => "You have not guessed.".into(),
    }
}

/// What stands in the place of an answer that is not there yet. `is_run` says whether the run on the page is the step's.
pub fn no_answer_yet(prediction: &Prediction, is_run: bool) -> String {
    if !is_run {
        return "The answer comes with the run of this step.".into();
    }
    let when = match prediction {
        Prediction::FewOrMany(..) => "before its first training step".into(),
        Prediction::Images(of, Metric::TestStart) => format!("at the start of round {}", of.round),
        Prediction::Images(of, _) | Prediction::Standing(of, ..) => {
            format!("at the end of round {}", of.round)
        }
        Prediction::MiddleOrRim => "with the first pruning".into(),
        Prediction::FallsBelow => "as soon as the ticket is clearly below, or at the end of the run".into(),
        Prediction::Trainings => "at the end of the run".into(),
    };
    format!("The answer comes {when}.")
}

/// How the guess stands to the answer, and the results behind it.
pub fn answer(truth: &Truth, verdict: Option<Verdict>, text: &StepText) -> String {
    let came_out = match truth.outcome {
        Outcome::Option(index) => format!("It is: {}.", lower_first(text.options.get(index).unwrap_or(&""))),
        Outcome::Images(images) => format!("It is: {} of 100.", fixed(images, 0)),
    };
    let held = match verdict {
        Some(Verdict::Right) => " Just as you guessed.".into(),
        Some(Verdict::Wrong) => " Not what you guessed.".into(),
        Some(Verdict::OffBy(off)) => {
            let way = if off > 0.0 { "too many" } else { "too few" };
            format!(" Your guess was {} {way}.", fixed(off.abs(), 0))
        }
        None => String::new(),
    };
    format!("{came_out}{held} {}", evidence(&truth.evidence))
}

fn evidence(evidence: &Evidence) -> String {
    match evidence {
        Evidence::Reads { of, metric } => format!(
            "{} {} reads {} of the {} {}.",
            basis(of.trials),
            at_size(of.arm, of.left),
            share(of.accuracy, *metric),
            images(*metric),
            moment(*metric)
        ),
        Evidence::Masks(title) => format!("{title}."),
        Evidence::Stand(compared) => compared.iter().map(stands).collect::<Vec<_>>().join(" "),
        Evidence::Falls { trials, first: Some((left, difference)), .. } => format!(
            "{} the ticket at {} of the weights is {} below the dense network, and not clearly below it at any larger size.",
            basis(*trials),
            percent(*left),
            points(difference.mean)
        ),
        Evidence::Falls { trials, first: None, last } => format!(
            "{} the ticket is not clearly below the dense network down to {} of the weights.",
            basis(*trials),
            percent(*last)
        ),
        Evidence::Trainings { trainings, times, last } => format!(
            "The {trainings} trainings took {} times the multiply-adds of the dense network’s one. The last of them took \
             {} of it.",
            fixed(*times, 2),
            percent(*last)
        ),
    }
}

fn stands(compared: &Compared) -> String {
    let Compared { metric, one, other, difference } = compared;
    let how = match compared.standing() {
        Standing::Unclear => "no clear difference".into(),
        Standing::Above => format!("{} more", points(difference.mean)),
        Standing::Below => format!("{} less", points(difference.mean)),
    };
    format!(
        "{} {} reads {} of the {} {}, {} {}: {how}.",
        basis(one.trials),
        at_size(one.arm, one.left),
        share(one.accuracy, *metric),
        images(*metric),
        moment(*metric),
        name(other.arm),
        share(other.accuracy, *metric)
    )
}

/// An accuracy in percent. On the training images networks differ where few are read wrong.
fn share(accuracy: f64, metric: Metric) -> String {
    match metric {
        Metric::TrainEnd | Metric::TrainEarly => fixed(100.0 * accuracy, 2) + "%",
        _ => percent(accuracy),
    }
}

fn at_size(arm: Arm, left: f64) -> String {
    match arm {
        Arm::Dense => name(arm).into(),
        arm => format!("{} with {} of the weights", name(arm), percent(left)),
    }
}

fn images(metric: Metric) -> &'static str {
    match metric {
        Metric::TrainEnd | Metric::TrainEarly => "training images",
        _ => "test images",
    }
}

fn moment(metric: Metric) -> &'static str {
    match metric {
        Metric::TestStart => "before its first training step",
        Metric::TestEarly | Metric::TrainEarly => "at the early stop",
        _ => "at the end of training",
    }
}

/// A claim of the paper, with its name.
pub fn paper_claim(id: ClaimId) -> String {
    format!("{} of the paper: {}.", id.name(), lower_first(&claim_texts(id).text))
}

/// A claim that compares two networks, with `{points}` where its threshold stands. `left` is the share of the weights that
/// it speaks of, from 0 to 1.
pub fn compared_claim(claim: &Comparison, left: f64) -> String {
    let when = match claim.metric {
        Metric::TestStart => "before any training",
        Metric::TestEarly | Metric::TrainEarly => "at the early stop",
        _ => "after training",
    };
    let how = match claim.bound {
        Bound::Above => "is more than {points} points above",
        Bound::NotBelow => "is less than {points} points below",
    };
    format!(
        "{} with {} of the weights {how} {}, {when}.",
        capital(name(claim.subject)),
        percent(left),
        name(claim.rival)
    )
}

/// The words of a chip.
pub fn chip(verdict: &ChipVerdict) -> String {
    match verdict {
        ChipVerdict::Holds => "holds here".into(),
        ChipVerdict::Fails => "fails here".into(),
        ChipVerdict::Inconclusive => "inconclusive".into(),
        ChipVerdict::TooFewTrials(found, needed) => format!("too few trials: {found} of {needed}"),
        ChipVerdict::NotInThisRun => "not in this run".into(),
        ChipVerdict::Waiting => "not shown yet".into(),
    }
}

/// A symbol for each verdict, so that they can be told apart without colour.
pub fn chip_symbol(verdict: &ChipVerdict) -> &'static str {
    match verdict {
        ChipVerdict::Holds => "✓",
        ChipVerdict::Fails => "✗",
        ChipVerdict::Inconclusive => "?",
        ChipVerdict::TooFewTrials(..) | ChipVerdict::Waiting => "…",
        ChipVerdict::NotInThisRun => "–",
    }
}

/// The difference behind a chip with its 95% interval, or nothing.
pub fn chip_evidence(judged: &JudgedChip) -> String {
    let Some(found) = judged.difference else { return String::new() };
    let [mean, low, high] =
        [0.0, -found.margin, found.margin].map(|from_mean| signed(100.0 * (found.mean + from_mean), 1));
    format!("{mean} points ({low} to {high})")
}

fn capital(words: &str) -> String {
    let mut words = words.to_owned();
    words.get_mut(..1).into_iter().for_each(str::make_ascii_uppercase);
    words
}

fn lower_first(words: &str) -> String {
    let mut words = words.to_owned();
    words.get_mut(..1).into_iter().for_each(str::make_ascii_lowercase);
    words
}
