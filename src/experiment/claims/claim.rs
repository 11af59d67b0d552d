//! A judged claim as data: its verdict and the numbers behind it, without a word of text. What the words are is said by
//! [`texts`](crate::claims::texts).

use crate::arm::Arm;
use crate::measured::{Interval, Measured, Sides};
use serde::{Deserialize, Serialize};
use strum::{EnumDiscriminants, IntoStaticStr, VariantArray};

/// The name of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, IntoStaticStr, VariantArray)]
#[allow(missing_docs, reason = "what each claim says is in the table of texts")]
pub enum ClaimId {
    C1,
    C2,
    C3,
    C4,
    C5,
    C6,
    C7,
    C8,
    C9,
    C10,
    C11,
    C12,
}

impl ClaimId {
    /// Every claim, in order.
    pub const ALL: &[ClaimId] = ClaimId::VARIANTS;

    /// The name, from `C1` to `C12`, as in the page's `data-claim` attribute.
    pub fn name(self) -> &'static str {
        self.into()
    }
}

/// A claim with the experiment's measurements and verdict.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Claim {
    /// Which claim it is.
    pub id: ClaimId,
    /// The measurements of which there is at least one complete trial. A claim that is not tested has none, because none
    /// could be compared with the paper's.
    pub measurements: Vec<ClaimMeasurement>,
    /// What the experiment says about the claim.
    pub verdict: Verdict,
}

/// What an experiment says about a claim.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, EnumDiscriminants)]
#[strum_discriminants(name(VerdictKind), derive(IntoStaticStr, VariantArray))]
#[strum_discriminants(strum(serialize_all = "kebab-case"))]
#[strum_discriminants(doc = "A verdict without its details.")]
pub enum Verdict {
    /// The interval of every measurement lies within its tolerance.
    Reproduced,
    /// The interval of at least one measurement lies wholly outside its tolerance.
    NotReproduced,
    /// Neither: the trials do not settle it.
    Inconclusive,
    /// There are too few complete trials for a verdict.
    TooFewTrials {
        /// Complete trials in the experiment.
        found: u32,
        /// Complete trials that a verdict needs.
        needed: u32,
    },
    /// The experiment's settings do not test the claim.
    NotTested(NotTested),
}

impl Verdict {
    /// The verdict without its details.
    pub fn kind(&self) -> VerdictKind {
        self.into()
    }
}

impl VerdictKind {
    /// Every kind, in the order in which they are counted.
    pub const ALL: &[VerdictKind] = VerdictKind::VARIANTS;

    /// The name in the page's `data-verdict` attribute.
    pub fn name(self) -> &'static str {
        self.into()
    }
}

/// Why an experiment does not test a claim.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum NotTested {
    /// A setting differs from the paper's protocol.
    Setting {
        /// The setting's name.
        name: String,
        /// Its value in the paper's protocol.
        paper: String,
        /// Its value in this experiment.
        here: String,
    },
    /// A network that the claim is about is not trained.
    Untrained {
        /// The network's arm.
        arm: Arm,
        /// Its round.
        round: u32,
    },
}

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Quantity {
    /// Test accuracy with the weights of the early stop: a share, or a difference of two.
    TestAtEarlyStop,
    /// Test accuracy with the last weights: a share, or a difference of two.
    TestAtEnd,
    /// Training accuracy with the last weights: a share, or a difference of two.
    TrainingAtEnd,
    /// How many times as many iterations one network takes to its early stop as another.
    TimesIterations,
    /// By what share of another's iterations a network takes fewer to its early stop: one less their ratio.
    FewerIterations,
    /// The least validation loss, nats.
    ValidationLoss,
    /// Test accuracy of the first weights under the mask, before the first training step: a share, or a difference of two.
    TestBeforeTraining,
    /// The error barrier between a network and its twin, from 0 to 1.
    ErrorBarrier,
    /// The number of layers that have lost all their weights.
    LostLayers,
}

impl Quantity {
    /// Whether it is an accuracy.
    pub fn is_accuracy(self) -> bool {
        use Quantity::{TestAtEarlyStop, TestAtEnd, TestBeforeTraining, TrainingAtEnd};
        matches!(self, TestAtEarlyStop | TestAtEnd | TestBeforeTraining | TrainingAtEnd)
    }
}

/// The trained networks of one arm and round in all trials.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct RoundNetworks {
    /// The arm. Round 0 of the ticket is the dense network.
    pub arm: Arm,
    /// The round.
    pub round: u32,
    /// The share of the weights that is left, above 0 and up to 1.
    pub weights_left: f64,
}

/// How a round was chosen among several. The earliest of several that are equally good is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ChosenRound {
    /// It has the greatest mean. The interval does not know that it was chosen.
    Best,
    /// It has the least mean.
    Worst,
}

/// One measured number of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClaimMeasurement {
    /// What is measured.
    pub quantity: Quantity,
    /// Of which networks.
    pub of: RoundNetworks,
    /// The networks that they are compared with.
    pub against: Option<RoundNetworks>,
    /// How the round was chosen, if the claim does not name it.
    pub chosen: Option<ChosenRound>,
    /// The result over all complete trials. The interval has as many sides as the tolerance.
    pub measured: Measured,
    /// What the claim takes.
    pub tolerance: Tolerance,
}

impl ClaimMeasurement {
    /// How the result stands to its tolerance, or `None` if it is not judged.
    pub fn standing(&self) -> Option<Standing> {
        self.tolerance.standing(self.measured.interval)
    }
}

/// How an interval stands to a tolerance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It lies within the tolerance.
    Within,
    /// It lies wholly outside.
    Outside,
    /// It does neither, or there is no interval.
    Unclear,
}

/// The range of values that agree with a claim.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Tolerance {
    /// Between two numbers, both included.
    Within(f64, f64),
    /// Greater than a number.
    Above(f64),
    /// Greater than or equal to a number.
    AtLeast(f64),
    /// Less than or equal to a number.
    AtMost(f64),
    /// Any value: the measurement is shown but does not affect the verdict.
    NotJudged,
}

impl Tolerance {
    /// The sides of the interval that is held against it.
    pub fn sides(self) -> Sides {
        match self {
            Tolerance::Within(..) | Tolerance::NotJudged => Sides::Two,
            Tolerance::Above(_) | Tolerance::AtLeast(_) | Tolerance::AtMost(_) => Sides::One,
        }
    }

    /// How an interval stands to it, or `None` if nothing is judged.
    pub fn standing(self, interval: Option<Interval>) -> Option<Standing> {
        let Some(Interval { low, high }) = interval else {
            return (self != Tolerance::NotJudged).then_some(Standing::Unclear);
        };
        let (within, outside) = match self {
            Tolerance::Within(least, most) => (low >= least && high <= most, high < least || low > most),
            Tolerance::Above(least) => (low > least, high <= least),
            Tolerance::AtLeast(least) => (low >= least, high < least),
            Tolerance::AtMost(most) => (high <= most, low > most),
            Tolerance::NotJudged => return None,
        };
        Some(match (within, outside) {
            (true, _) => Standing::Within,
            (_, true) => Standing::Outside,
            _ => Standing::Unclear,
        })
    }
}
