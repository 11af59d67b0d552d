//! What the page says of an experiment, as data: which sentence, and with which arguments. [`words`] puts them into the
//! language in use. The rule for what may be said stands in `xtask/browser-tests/sentences.md`.

use crate::metric::Metric;
use experiment::{
    arm::Arm, measured::Measured, measured_difference::MeasuredDifference, robustness::Corruption,
};

pub mod words;

/// A sentence about an experiment.
#[derive(Clone, Debug, PartialEq)]
pub enum Sentence {
    /// A question that the results will answer.
    Question(Question),
    /// The test accuracy of the dense network.
    DenseReads {
        /// The number of trials that it is said of.
        trials: u32,
        /// From 0 to 1.
        accuracy: f64,
    },
    /// How a network stands to others.
    Stands {
        /// The number of trials that it is said of.
        trials: u32,
        /// The arm that it is about.
        subject: Arm,
        /// The share of the subject's weights that are left, from 0 to 1.
        left: f64,
        /// How the subject stands to each.
        relations: Vec<Relation>,
    },
    /// How the network that was just spoken of stands to others after more prunings.
    AfterPrunings {
        /// The number of prunings.
        prunings: u32,
        /// The network: languages with genders have several words for “it”.
        subject: Arm,
        /// The share of its weights that are left, from 0 to 1.
        left: f64,
        /// How it stands to each.
        relations: Vec<Relation>,
    },
    /// The 95% intervals of the differences of test accuracies after a round.
    Intervals {
        /// The arm that it is about.
        subject: Arm,
        /// The round.
        round: u32,
        /// How the subject stands to each.
        relations: Vec<Relation>,
    },
    /// A sentence about networks that are trained on the other data set of the experiment, which it names.
    OnData {
        /// The name of the data set.
        data: String,
        /// The sentence.
        sentence: Box<Sentence>,
    },
    /// How another network stands to a further one at the size that was just spoken of.
    There {
        /// The network.
        subject: Arm,
        /// How it stands.
        relation: Relation,
    },
    /// That the ticket just spoken of is a winning one.
    WinningTicket,
    /// The share of the ticket's lead that is left where only the signs of its first weights are.
    SignsKeep {
        /// The share, from 0 to 1 and beyond.
        share: f64,
    },
    /// The wrong training labels that two networks have learnt by heart.
    Memorised {
        /// The arm that it is about.
        subject: Arm,
        /// The share of the subject's weights that are left, from 0 to 1.
        left: f64,
        /// What the subject has memorised.
        own: MemorisedShare,
        /// The other network.
        rival: Arm,
        /// What that one has memorised.
        others: MemorisedShare,
        /// Whether the subject has memorised more, fewer, or neither clearly.
        standing: Standing,
    },
    /// At which sizes a network reads clearly fewer test images than another of the same size.
    LosesAt {
        /// The arm that it is about.
        subject: Arm,
        /// The other arm.
        rival: Arm,
        /// The number of sizes at which both are compared.
        sizes: usize,
        /// The shares of weights left, from 0 to 1, where the subject is clearly below.
        lost: Vec<f64>,
        /// The largest such difference, which is negative, and the share of weights left there.
        worst: Option<(f64, f64)>,
    },
    /// The training steps that the subject's weights have had, and those of the ticket if it is the rival.
    IterationsTrained {
        /// The training steps of the subject's weights.
        subject: u64,
        /// The training steps of the ticket's weights.
        ticket: Option<u64>,
    },
    /// Down to which size a network keeps up with the dense one, and how it stands to its rivals at the last size.
    Sizes {
        /// The number of trials that it is said of.
        trials: u32,
        /// The arm that it is about.
        subject: Arm,
        /// The sizes at which it is below the dense network.
        sizes: Sizes,
        /// How the subject stands to each.
        relations: Vec<Relation>,
    },
    /// How a network stands to another early in the training of a round.
    AtIteration {
        /// The number of trials that it is said of.
        trials: u32,
        /// The arm that it is about.
        subject: Arm,
        /// The round.
        round: u32,
        /// The iteration.
        iteration: u32,
        /// How it stands.
        relation: Relation,
    },
    /// The early stops of two networks in one trial.
    LeastLoss {
        /// The arm that it is about.
        subject: Arm,
        /// The share of the subject's weights that are left, from 0 to 1.
        left: f64,
        /// The subject's.
        stop: EarlyStop,
        /// The other arm.
        rival: Arm,
        /// The rival's.
        rival_stop: EarlyStop,
    },
    /// How early two networks stop in several trials.
    Stops {
        /// The number of trials that it is said of.
        trials: u32,
        /// The arm that it is about.
        subject: Arm,
        /// The share of the subject's weights that are left, from 0 to 1.
        left: f64,
        /// The other arm.
        rival: Arm,
        /// The subject's iterations divided by the rival's.
        ratio: Measured,
    },
    /// That early stops cannot be compared, because some are at the last iteration: how many, of how many trainings.
    StopsAtTheEnd {
        /// The arm that it is about.
        subject: Arm,
        /// The share of the subject's weights that are left, from 0 to 1.
        left: f64,
        /// The last iteration.
        last: u32,
        /// The other arm.
        rival: Arm,
        /// Of the subject and of the rival: early stops at the last iteration, and all of them.
        counts: [(usize, usize); 2],
    },
    /// The share of each layer's weights that is left after so many prunings.
    LayersLeft {
        /// The number of prunings.
        prunings: u32,
        /// Of each layer, from 0 to 1.
        shares: Vec<f64>,
    },
    /// The multiply-adds of an arm's rounds, as a share of those of the same steps in a dense network.
    Cost {
        /// The arm.
        arm: Arm,
        /// The number of its rounds.
        rounds: u32,
        /// The share, from 0 to 1 and beyond.
        share: f64,
    },
    /// How far the test error rises between two trainings of the subject that differ in the order of batches.
    TwinsApart {
        /// The rise, from 0 to 1.
        barrier: Measured,
    },
    /// The same of two arms at one size, in a title.
    Barriers {
        /// The number of trials that it is said of.
        trials: u32,
        /// The arm that it is about.
        subject: Arm,
        /// The share of the subject's weights that are left, from 0 to 1.
        left: f64,
        /// The subject's rise, from 0 to 1.
        barrier: f64,
        /// The other arm and its rise, if there is one.
        rival: Option<(Arm, f64)>,
    },
    /// How a network that reads corrupted images stands to others that do, after a round.
    Corrupted {
        /// The number of trials that it is said of.
        trials: u32,
        /// The arm that it is about.
        subject: Arm,
        /// The share of the subject's weights that are left, from 0 to 1.
        left: f64,
        /// The corruption, and the number of its strength.
        corruption: (Corruption, u8),
        /// How the subject stands to each.
        relations: Vec<Relation>,
    },
    /// The title of the chart of a reading that is not judged.
    Reading(Metric),
}

/// A difference of accuracies to another network: the subject's less this one's.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Relation {
    /// The other network. [`Arm::Dense`] is the dense network of round 0.
    pub to: Arm,
    /// The difference, from −1 to 1.
    pub difference: MeasuredDifference,
}

/// How one network stands to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It is clearly above.
    Above,
    /// It is clearly below.
    Below,
    /// The difference is not clear.
    Unclear,
}

/// The share of wrong labels that a network gives back, and of those images the share that it reads as their true class. From
/// 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MemorisedShare {
    /// Images read as their wrong label.
    pub memorised: f64,
    /// Images read as their true class.
    pub restored: f64,
}

impl Relation {
    /// How the subject stands to the other network.
    pub fn standing(&self) -> Standing {
        standing_of(&self.difference)
    }
}

/// How one share stands to another, by their difference.
pub fn standing_of(difference: &MeasuredDifference) -> Standing {
    match (difference.is_clear(), difference.mean < 0.0) {
        (false, _) => Standing::Unclear,
        (true, true) => Standing::Below,
        (true, false) => Standing::Above,
    }
}

/// How the test error between two trainings stands to [`STABLE_BELOW`].
pub fn standing_of_barrier(barrier: &Measured) -> Standing {
    match barrier.interval {
        Some(interval) if interval.low > STABLE_BELOW => Standing::Above,
        Some(interval) if interval.high < STABLE_BELOW => Standing::Below,
        _ => Standing::Unclear,
    }
}

/// The barrier, from 0 to 1, below which a network counts as stable (Frankle et al. 2020, Section 3.1).
pub const STABLE_BELOW: f64 = 0.02;

/// How one number of iterations stands to another, by their ratio.
pub fn standing_of_ratio(ratio: &Measured) -> Standing {
    match ratio.interval {
        Some(interval) if interval.low > 1.0 => Standing::Above,
        Some(interval) if interval.high < 1.0 => Standing::Below,
        _ => Standing::Unclear,
    }
}

/// At which sizes a network is clearly below the dense network.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Sizes {
    /// At none down to this share of the weights.
    None {
        /// The share of the weights left at the last size.
        last: f64,
    },
    /// At none down to a share of the weights, at all from there on, and at the last one by so much.
    After {
        /// The share of the weights left at the last size at which it keeps up.
        kept: f64,
        /// The share of the weights left at the last size.
        last: f64,
        /// By how much it is below at the last size, from 0 to 1.
        below: f64,
    },
    /// At every one of several, and at the last one by so much; or at the only one.
    All {
        /// The number of sizes.
        sizes: usize,
        /// The share of the weights left at the last size.
        last: f64,
        /// By how much it is below at the last size, from 0 to 1.
        below: f64,
    },
    /// At some, not in a row; and at the last one by so much, if it is one of them.
    Some {
        /// The number of sizes at which it is below.
        below: usize,
        /// The number of sizes.
        sizes: usize,
        /// The share of the weights left at the last size.
        last: f64,
        /// By how much it is below at the last size, from 0 to 1.
        by: Option<f64>,
    },
}

/// An early stop: the iteration of least validation loss, or a mean over draws of them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EarlyStop {
    /// The iteration.
    pub iteration: f64,
    /// Whether the loss was still least at the last iteration, so that it may have been less later.
    pub at_the_end: bool,
}

/// A question that the page asks before there are results.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Question {
    /// About the dense network, where nothing is pruned.
    Dense,
    /// About the ticket alone.
    SmallNetwork,
    /// About the ticket and the same mask with new random weights.
    FirstWeights,
    /// The same, trained with dropout.
    Dropout,
    /// The same, trained with warm-up.
    Warmup,
    /// About the same networks, where some training labels are wrong.
    Memorising,
    /// About the ticket and other masks.
    WhichWeights,
    /// About pruning in one shot.
    OneShot,
    /// About the signs of the first weights.
    Signs,
    /// About rewinding to a later iteration.
    Late,
    /// About training on without rewinding.
    NoRewind,
    /// About masks that are made before any training.
    BeforeTraining,
    /// About untrained weights under a mask that is learnt.
    Supermask,
    /// About two trainings from the same beginning.
    Twins,
    /// About a ticket that is carried to another data set.
    Transfer,
    /// About other arms.
    Masks,
    /// About the accuracies while training.
    LearnsFaster {
        /// The arm that it is about.
        subject: Arm,
        /// The other arm.
        rival: Arm,
    },
    /// About the accuracies by the number of weights.
    HowFewWeights {
        /// The arm that it is about.
        subject: Arm,
    },
    /// About the early stops.
    WhenBest,
    /// About the error between two trainings.
    Barriers,
    /// About the weights left in each layer.
    Layers,
    /// About the multiply-adds.
    Cost,
}
