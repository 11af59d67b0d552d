//! What the reader is asked to guess, and the answer, as soon as the page has shown it.

use crate::{
    lesson::reading::{self, Networks},
    mask_texts,
    metric::Metric,
    relations,
    sentences::{Relation, Standing},
    shown_results::ShownResults,
};
use experiment::{arm::Arm, config::ExperimentConfig, job::JobId, measured_difference::MeasuredDifference};

/// The shares of the images, from 0 to 1, that part few, some and many.
pub const FEW_AND_MANY_IMAGES: [f64; 2] = [0.2, 0.8];
/// The shares of the weights, from 0 to 1, that part large, middling and small sizes.
pub const LARGE_AND_SMALL: [f64; 2] = [0.1, 0.02];
/// The numbers of trainings that part few, some and many.
pub const FEW_AND_MANY_TRAININGS: [f64; 2] = [1.5, 3.0];

/// What is guessed. Where there are options, they are picked from in this order.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Prediction {
    /// How many of 100 images networks read: a number.
    Images(Networks, Metric),
    /// The same, as one of: few, some, many.
    FewOrMany(Networks, Metric),
    /// Where weights survive: in the middle of the image, at its rim, no clear difference.
    MiddleOrRim,
    /// How one network stands to another: clearly above, no clear difference, clearly below. The second metric is told
    /// beside the first, and not asked for.
    Standing(Networks, Networks, Metric, Option<Metric>),
    /// At which size the ticket is clearly below the dense network for the first time: a large one, a middling one, a
    /// small one, none.
    FallsBelow,
    /// How many trainings of the dense network all trainings of the ticket cost together: few, some, many.
    Trainings,
}

/// The answer to a question.
#[derive(Clone, Debug, PartialEq)]
pub struct Truth {
    /// What a guess is held against.
    pub outcome: Outcome,
    /// The results that it rests on.
    pub evidence: Evidence,
}

/// What a guess is held against.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Outcome {
    /// The option with this index.
    Option(usize),
    /// So many of 100 images.
    Images(f64),
}

/// Results that a sentence tells.
#[derive(Clone, Debug, PartialEq)]
pub enum Evidence {
    /// How many images networks read.
    Reads {
        /// Whose accuracy it is.
        of: NetworksTold,
        /// Which accuracy.
        metric: Metric,
    },
    /// Where weights survive, as the title of the masks says it.
    Masks(String),
    /// How networks stand to others.
    Stand {
        /// For each of some accuracies.
        compared: Vec<Compared>,
        /// The iterations behind the one and behind the other, if those of the one are not of its last round alone.
        trained: Option<[u64; 2]>,
    },
    /// Where the ticket is clearly below the dense network for the first time, or that it is at no size.
    Falls {
        /// The number of trials.
        trials: u32,
        /// The share of the weights left there and the difference, if it is below at any size.
        first: Option<(f64, MeasuredDifference)>,
        /// The share of the weights left in the last round.
        last: f64,
    },
    /// The multiply-adds of all trainings of the ticket.
    Trainings {
        /// How many trainings there were.
        trainings: u32,
        /// Their multiply-adds divided by those of the dense network's training.
        times: f64,
        /// The same of the last training alone.
        last: f64,
    },
}

/// Networks with an accuracy.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NetworksTold {
    /// The arm.
    pub arm: Arm,
    /// The share of the weights left, from 0 to 1.
    pub left: f64,
    /// The mean accuracy over the trials, from 0 to 1.
    pub accuracy: f64,
    /// The number of trials.
    pub trials: u32,
}

/// Two networks that are compared.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Compared {
    /// Which accuracy.
    pub metric: Metric,
    /// The one.
    pub one: NetworksTold,
    /// The other.
    pub other: NetworksTold,
    /// The first accuracy less the second.
    pub difference: MeasuredDifference,
}

impl Compared {
    /// How the one stands to the other.
    pub fn standing(&self) -> Standing {
        Relation { to: self.other.arm, difference: self.difference }.standing()
    }
}

impl Prediction {
    /// The share of the weights, from 0 to 1, of which the question speaks in an experiment.
    pub fn weights_left(&self, config: &ExperimentConfig) -> f64 {
        match self {
            Prediction::Images(of, _) | Prediction::FewOrMany(of, _) | Prediction::Standing(of, ..) => {
                of.weights_left(config)
            }
            Prediction::MiddleOrRim | Prediction::FallsBelow | Prediction::Trainings => 1.0,
        }
    }

    /// The answer, if it is shown.
    pub fn truth(&self, results: ShownResults<'_>) -> Option<Truth> {
        match *self {
            Prediction::Images(of, metric) => {
                let told = told(results, of, metric)?;
                let outcome = Outcome::Images(100.0 * told.accuracy);
                Some(Truth { outcome, evidence: Evidence::Reads { of: told, metric } })
            }
            Prediction::FewOrMany(of, metric) => {
                let told = told(results, of, metric)?;
                let [few, many] = FEW_AND_MANY_IMAGES;
                let index = usize::from(told.accuracy >= few) + usize::from(told.accuracy > many);
                Some(option(index, Evidence::Reads { of: told, metric }))
            }
            Prediction::MiddleOrRim => {
                let index = match mask_texts::middle_and_rim(results)? {
                    (1, -1) => 0,
                    (-1, 1) => 1,
                    _ => 2,
                };
                Some(option(index, Evidence::Masks(mask_texts::title(results))))
            }
            Prediction::Standing(one, other, metric, beside) => {
                let first = compared(results, one, other, metric)?;
                let index = match first.standing() {
                    Standing::Above => 0,
                    Standing::Unclear => 1,
                    Standing::Below => 2,
                };
                let beside = beside.and_then(|metric| compared(results, one, other, metric));
                let compared = [first].into_iter().chain(beside).collect();
                let trained = trained(results.config(), one);
                Some(option(index, Evidence::Stand { compared, trained }))
            }
            Prediction::FallsBelow => falls_below(results),
            Prediction::Trainings => trainings(results),
        }
    }
}

fn option(index: usize, evidence: Evidence) -> Truth {
    Truth { outcome: Outcome::Option(index), evidence }
}

/// The iterations behind networks that keep their trained weights from round to round, and those of a single round.
fn trained(config: &ExperimentConfig, of: Networks) -> Option<[u64; 2]> {
    let one = u64::from(config.iterations);
    (of.arm == Arm::NoRewind).then(|| [one * u64::from(of.round + 1), one])
}

fn told(results: ShownResults<'_>, of: Networks, metric: Metric) -> Option<NetworksTold> {
    let config = results.config();
    let accuracy = reading::mean_accuracy(results, of, metric)?;
    Some(NetworksTold { arm: of.arm, left: of.weights_left(config), accuracy, trials: config.seeds.count() })
}

fn compared(results: ShownResults<'_>, one: Networks, other: Networks, metric: Metric) -> Option<Compared> {
    Some(Compared {
        metric,
        one: told(results, one, metric)?,
        other: told(results, other, metric)?,
        difference: reading::difference(results, one, other, metric)?,
    })
}

/// The answer is there when the ticket has fallen below, or when the run is over.
fn falls_below(results: ShownResults<'_>) -> Option<Truth> {
    let config = results.config();
    let over = results.last_round_over()?;
    let below = (1..=over).find_map(|round| {
        let relation = relations::relation(results, Arm::Ticket, Arm::Dense, round)?;
        (relation.standing() == Standing::Below).then_some((round, relation.difference))
    });
    let first = below.map(|(round, difference)| (reading::weights_left(config, round), difference));
    let [large, small] = LARGE_AND_SMALL;
    let index = match first {
        Some((left, _)) if left > large => 0,
        Some((left, _)) if left >= small => 1,
        Some(_) => 2,
        None => 3,
    };
    let last = reading::weights_left(config, over);
    let evidence = Evidence::Falls { trials: config.seeds.count(), first, last };
    (first.is_some() || over == config.rounds).then(|| option(index, evidence))
}

/// The answer is there when the run is over.
fn trainings(results: ShownResults<'_>) -> Option<Truth> {
    let config = results.config();
    let trial = config.seeds.first();
    let cost = |round| {
        let job = JobId { trial, arm: Arm::Ticket, round, draw: 0, twin: false };
        Some(results.finished_job(job)?.report.multiply_adds(&config.model) as f64)
    };
    let costs: Option<Vec<f64>> = (0..=config.rounds).map(cost).collect();
    let costs = costs?;
    let dense = *costs.first()?;
    let times = costs.iter().sum::<f64>() / dense;
    let [few, many] = FEW_AND_MANY_TRAININGS;
    let index = usize::from(times >= few) + usize::from(times > many);
    let last = costs.last()? / dense;
    Some(option(index, Evidence::Trainings { trainings: config.rounds + 1, times, last }))
}
