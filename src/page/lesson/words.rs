//! What the lesson says: its steps, what stands around them, and sentences on guesses, answers and claims. The words are in
//! the sections `step` and `lesson…` of the language's file. Terms are marked there as [`terms::parts`](crate::terms::parts)
//! reads them; `{left}` is the share of the weights of which a question or a claim speaks, `{points}` the threshold of a
//! claim. What the texts say of the paper stands in the sections that are linked; what they say of the run is computed.

use crate::{
    lesson::{
        chip::{Bound, ChipVerdict, Comparison, JudgedChip},
        notes::{Guess, Verdict},
        offer::Offer,
        prediction::{
            Compared, Evidence, FEW_AND_MANY_IMAGES, FEW_AND_MANY_TRAININGS, LARGE_AND_SMALL, Outcome,
            Prediction, Truth,
        },
        steps::Step,
    },
    letter_case::{lower_first, upper_first},
    metric::Metric,
    sentences::{
        Standing,
        words::{basis, name, points},
    },
};
use experiment::{
    arm::Arm,
    claims::{claim::ClaimId, texts::claim_texts},
    display_settings::LESSON_STEPS,
};
use numbers::{fixed, percent, percent_sign, signed, with_commas, without_trailing_zeros};
use texts::{fill, fill_places, find, text, text_of};

/// The words of a step.
#[derive(Debug)]
pub struct StepText {
    /// Its title.
    pub title: &'static str,
    /// What it explains.
    pub paragraphs: Vec<String>,
    /// What the reader is asked to guess.
    pub question: &'static str,
    /// What can be picked, in the order of the prediction, as it stands within a sentence. Empty where a number is guessed.
    pub options: Vec<String>,
    /// Where in the literature it stands.
    pub source: &'static str,
}

/// The share of the weights, from 0 to 1, at which the paper's ticket is back at the dense network's accuracy.
const PAPER_LEFT: f64 = 0.036;

impl StepText {
    /// The words of a step. `number` counts from 1.
    pub fn of(step: &Step, number: u32) -> StepText {
        let part = |name: &str| text_of("step", &format!("{number}_{name}"));
        let paragraphs = (1..).map_while(|at| find(&format!("step.{number}_text_{at}")));
        let paper_left = whole_percent(PAPER_LEFT);
        StepText {
            title: part("title"),
            paragraphs: paragraphs.map(|words| fill_places(words, &[("paper_left", &paper_left)])).collect(),
            question: part("question"),
            options: options(&step.prediction),
            source: part("source"),
        }
    }
}

/// What can be picked, within a sentence.
fn options(prediction: &Prediction) -> Vec<String> {
    let ids: &[&str] = match prediction {
        Prediction::Images(..) => &[],
        Prediction::MiddleOrRim => &["lesson_option.middle", "lesson_option.rim", "lesson_option.unclear"],
        Prediction::Standing(..) => &["lesson_option.higher", "lesson_option.unclear", "lesson_option.lower"],
        Prediction::FewOrMany(..) | Prediction::Trainings => {
            &["lesson_option.few", "lesson_option.some", "lesson_option.many"]
        }
        Prediction::FallsBelow => {
            &["lesson_option.early", "lesson_option.between", "lesson_option.late", "lesson_option.never"]
        }
    };
    let [low, high] = match prediction {
        Prediction::Trainings => FEW_AND_MANY_TRAININGS,
        _ => FEW_AND_MANY_IMAGES.map(|share| 100.0 * share),
    }
    .map(|bound| without_trailing_zeros(bound, 1));
    let [large, small] = LARGE_AND_SMALL.map(whole_percent);
    ids.iter().map(|id| fill!(id, low = low, high = high, large = large, small = small)).collect()
}

/// A share from 0 to 1 in percent, without decimals where it has none.
fn whole_percent(share: f64) -> String {
    without_trailing_zeros(100.0 * share, 1) + percent_sign()
}

/// The texts that are the same in every step, by the ids of their elements.
pub fn labels() -> [(&'static str, &'static str); 9] {
    [
        ("lesson-previous", text("lesson.previous")),
        ("lesson-next", text("lesson.next")),
        ("lesson-close", text("lesson.close")),
        ("lesson-guess", text("lesson.guess")),
        ("lesson-skip", text("lesson.skip")),
        ("lesson-again", text("lesson.again")),
        ("lesson-claims-title", text("lesson.claims_title")),
        ("lesson-not-tested", text("lesson.not_tested")),
        ("lesson-end", text("lesson.end")),
    ]
}

/// The label of the button that folds the lesson, or unfolds it if it is `folded`.
pub fn fold(folded: bool) -> &'static str {
    text(if folded { "lesson.unfold" } else { "lesson.fold" })
}

/// The name of the field of a threshold, for those who do not see where it stands.
pub fn threshold() -> &'static str {
    text("lesson.threshold")
}

/// Which step it is.
pub fn place(step: u32) -> String {
    fill!("lesson.place", step = step, steps = LESSON_STEPS)
}

/// What is said when a step has been opened.
pub fn opened(step: u32, text: &StepText) -> String {
    fill!("lesson.opened", place = place(step), title = text.title)
}

/// A text with the share of the weights that it speaks of, from 0 to 1.
pub fn with_left(text: &str, left: f64) -> String {
    fill_places(text, &[("left", &percent(left))])
}

/// A number of images of 100, as the slider says it.
pub fn of_100(images: u32) -> String {
    fill!("lesson.of_100", images = images)
}

/// The label of the button of a step's run.
pub fn run_label(offer: Offer, recorded: bool) -> &'static str {
    text(match offer {
        Offer::Nothing => return "",
        Offer::GoOn => "lesson_run.go_on",
        Offer::WatchAgain => "lesson_run.watch_again",
        Offer::Replace { .. } if recorded => "lesson_run.open_recorded",
        Offer::Replace { unfinished: true } => "lesson_run.instead",
        Offer::Start | Offer::Replace { unfinished: false } => "lesson_run.start",
    })
}

/// What is said beside the button of a step's run. `time` is how long the run takes here.
pub fn run_note(offer: Offer, recorded: bool, time: &str) -> String {
    let id = match (offer, recorded) {
        (Offer::Replace { unfinished: true }, _) => "lesson_run.unfinished",
        (Offer::Replace { .. }, true) => "lesson_run.recorded",
        (Offer::Replace { .. }, false) => "lesson_run.own",
        (Offer::Start, _) => "lesson_run.set_up",
        _ => return String::new(),
    };
    fill!(id, time = time)
}

/// A guess in words.
pub fn guess(guess: Guess, text: &StepText) -> String {
    let guess = match guess {
        Guess::Option(index) => text.options.get(index).cloned().unwrap_or_default(),
        Guess::Images(images) => of_100(images),
        Guess::Skipped => return fill!("lesson_guess.skipped"),
    };
    fill!("lesson_guess.guessed", guess = guess)
}

/// What stands in the place of an answer that is not there yet. `is_run` says whether the run on the page is the step's.
pub fn no_answer_yet(prediction: &Prediction, is_run: bool) -> String {
    let id = match prediction {
        _ if !is_run => "lesson_answer.with_run",
        Prediction::FewOrMany(..) => "lesson_answer.before_training",
        Prediction::Images(_, Metric::TestStart) => "lesson_answer.at_start",
        Prediction::Images(..) | Prediction::Standing(..) => "lesson_answer.at_end",
        Prediction::MiddleOrRim => "lesson_answer.at_pruning",
        Prediction::FallsBelow => "lesson_answer.when_below",
        Prediction::Trainings => "lesson_answer.at_end_of_run",
    };
    let round = match prediction {
        Prediction::Images(of, _) | Prediction::Standing(of, ..) => of.round,
        _ => 0,
    };
    fill!(id, round = round)
}

/// How the guess stands to the answer, and the results behind it.
pub fn answer(truth: &Truth, verdict: Option<Verdict>, text: &StepText) -> String {
    let answer = match truth.outcome {
        Outcome::Option(index) => text.options.get(index).cloned().unwrap_or_default(),
        Outcome::Images(images) => fill!("lesson.of_100", images = fixed(images, 0)),
    };
    let held = verdict.map(|verdict| match verdict {
        Verdict::Right => fill!("lesson_guess.right"),
        Verdict::Wrong => fill!("lesson_guess.wrong"),
        Verdict::OffBy(off) => {
            let id = if off > 0.0 { "lesson_guess.too_many" } else { "lesson_guess.too_few" };
            fill!(id, images = fixed(off.abs(), 0))
        }
    });
    let came_out = fill!("lesson_answer.is", answer = answer);
    let sentences = [Some(came_out), held, Some(evidence(&truth.evidence))];
    sentences.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

fn evidence(evidence: &Evidence) -> String {
    match evidence {
        Evidence::Reads { of, metric } => fill!(
            "lesson_answer.reads",
            basis = basis(of.trials),
            network = at_size(of.arm, of.left),
            read = read(of.accuracy, *metric)
        ),
        Evidence::Masks(title) => fill!("lesson_answer.masks", title = title),
        Evidence::Stand { compared, trained } => {
            let longer = trained.map(|[own, ticket]| {
                let [iterations, ticket] = [own, ticket].map(|count| with_commas(count as f64));
                fill!("lesson_answer.trained_longer", iterations = iterations, ticket = ticket)
            });
            compared.iter().map(stands).chain(longer).collect::<Vec<_>>().join(" ")
        }
        Evidence::Falls { trials, first: Some((left, difference)), .. } => fill!(
            "lesson_answer.falls",
            basis = basis(*trials),
            left = percent(*left),
            points = points(difference.mean)
        ),
        Evidence::Falls { trials, first: None, last } => {
            fill!("lesson_answer.never_falls", basis = basis(*trials), left = percent(*last))
        }
        Evidence::Trainings { trainings, times, last } => fill!(
            "lesson_answer.trainings",
            trainings = trainings,
            times = fixed(*times, 2),
            last = percent(*last)
        ),
    }
}

fn stands(compared: &Compared) -> String {
    let Compared { metric, one, other, difference } = compared;
    let id = match compared.standing() {
        Standing::Unclear => "lesson_answer.unclear",
        Standing::Above => "lesson_answer.more",
        Standing::Below => "lesson_answer.less",
    };
    fill!(
        id,
        basis = basis(one.trials),
        network = at_size(one.arm, one.left),
        read = read(one.accuracy, *metric),
        other = name(other.arm),
        share = share(other.accuracy, *metric),
        points = points(difference.mean)
    )
}

/// An accuracy in percent. On the training images networks differ where few are read wrong.
fn share(accuracy: f64, metric: Metric) -> String {
    match metric {
        Metric::TrainEnd | Metric::TrainEarly => fixed(100.0 * accuracy, 2) + percent_sign(),
        _ => percent(accuracy),
    }
}

fn at_size(arm: Arm, left: f64) -> String {
    match arm {
        Arm::Dense => name(arm).into(),
        arm => fill!("lesson_answer.with_weights", network = name(arm), left = percent(left)),
    }
}

/// Which share of which images a network reads, and when.
fn read(accuracy: f64, metric: Metric) -> String {
    let id = match metric {
        Metric::TestStart => "lesson_read.test_start",
        Metric::TestEarly => "lesson_read.test_early",
        Metric::TrainEarly => "lesson_read.train_early",
        Metric::TrainEnd => "lesson_read.train_end",
        _ => "lesson_read.test_end",
    };
    fill!(id, share = share(accuracy, metric))
}

/// A claim of the paper, with its name.
pub fn paper_claim(id: ClaimId) -> String {
    let claim = claim_texts(id).text;
    // Some languages begin a sentence with a capital letter behind a colon too.
    fill!("lesson_claim.paper", id = id.name(), claim = lower_first(&claim), Claim = claim)
}

/// A claim that compares two networks, with `{points}` where its threshold stands. `left` is the share of the weights that
/// it speaks of, from 0 to 1.
pub fn compared_claim(claim: &Comparison, left: f64) -> String {
    let when = text(match claim.metric {
        Metric::TestStart => "lesson_claim.before_training",
        Metric::TestEarly | Metric::TrainEarly => "lesson_claim.at_early_stop",
        _ => "lesson_claim.after_training",
    });
    let id = match claim.bound {
        Bound::Above => "lesson_claim.above",
        Bound::NotBelow => "lesson_claim.not_below",
    };
    let network = name(claim.subject);
    fill!(
        id,
        network = network,
        Network = upper_first(network),
        left = percent(left),
        rival = name(claim.rival),
        when = when
    )
}

/// The words of a chip.
pub fn chip(verdict: &ChipVerdict) -> String {
    let (id, counts) = match verdict {
        ChipVerdict::Holds => ("lesson_chip.holds", [0; 2]),
        ChipVerdict::Fails => ("lesson_chip.fails", [0; 2]),
        ChipVerdict::Inconclusive => ("lesson_chip.inconclusive", [0; 2]),
        ChipVerdict::TooFewTrials(found, needed) => ("lesson_chip.too_few_trials", [*found, *needed]),
        ChipVerdict::NotInThisRun => ("lesson_chip.not_in_this_run", [0; 2]),
        ChipVerdict::Waiting => ("lesson_chip.waiting", [0; 2]),
    };
    fill!(id, found = counts[0], needed = counts[1])
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
    fill!("lesson_chip.difference", mean = mean, low = low, high = high)
}
