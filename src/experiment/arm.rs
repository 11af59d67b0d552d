//! The names of an experiment's arms. `job_graph` says which jobs each arm has, and `recipe` says what each job starts
//! from.

use serde::{Deserialize, Serialize};
use std::fmt;
use strum::{EnumString, IntoStaticStr, VariantArray};

/// An arm: a rule for the mask and the first weights of each round's network. The variants are in the order of tables
/// and legends.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    EnumString,
    IntoStaticStr,
    VariantArray,
)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum Arm {
    /// The dense network. It is another name for round 0 of [`Arm::Ticket`], so it is never trained twice.
    Dense,
    /// The winning ticket: the surviving weights are rewound to their first values (Frankle & Carbin 2019).
    Ticket,
    /// The ticket's mask with fresh random weights, drawn once or several times (Frankle & Carbin 2019).
    Reinit,
    /// The ticket's mask permuted within each layer. Every surviving position keeps its own first weight.
    Shuffled,
    /// A random mask with as many survivors in each layer as the ticket has, and fresh random weights.
    Random,
    /// The ticket's mask with fresh magnitudes and the signs of the first weights (Zhou et al. 2019).
    Sign,
    /// Iterative pruning without rewinding: surviving weights and all biases keep their trained values (Han et al.
    /// 2015).
    NoRewind,
    /// Iterative pruning with late rewinding: parameters return to their values at an iteration after the first, and
    /// training continues from that iteration (Frankle et al. 2020).
    Late,
    /// One-shot pruning: the dense network is pruned to the round's sparsity in a single step and rewound to the first
    /// values (Frankle & Carbin 2019).
    OneShot,
    /// A mask of the user's own, from a file, with the first weights. It is trained for one round, beside the ticket that
    /// has most nearly as many weights.
    Own,
    /// Pruned before any training by the effect of each weight on the loss, with the first weights (SNIP, Lee et al. 2019).
    Snip,
    /// Pruned before any training by the effect of each weight on the flow of gradients, with the first weights (GraSP, Wang
    /// et al. 2020).
    Grasp,
    /// Pruned before any training by the flow through each weight, without data, with the first weights (SynFlow, Tanaka et
    /// al. 2020).
    SynFlow,
    /// Pruned before any training by the magnitudes of all first weights together, with these weights.
    #[serde(rename = "magnitude_init")]
    #[strum(serialize = "magnitude_init")]
    MagnitudeInit,
    /// A random choice among all weights together, with the first weights.
    #[serde(rename = "random_global")]
    #[strum(serialize = "random_global")]
    RandomGlobal,
    /// The first weights, never trained: training chooses which of them survive (edge-popup, Ramanujan et al. 2020).
    Supermask,
    /// The winning ticket of the other data set ([`ExperimentConfig::transfer`]): pruned round by round there, from the same
    /// first weights. Its round 0 is the dense network of that set.
    ///
    /// [`ExperimentConfig::transfer`]: crate::config::ExperimentConfig::transfer
    #[serde(rename = "other_ticket")]
    #[strum(serialize = "other_ticket")]
    OtherTicket,
    /// The other ticket's mask with fresh random weights, on the other data set.
    #[serde(rename = "other_reinit")]
    #[strum(serialize = "other_reinit")]
    OtherReinit,
    /// The ticket's mask and first weights, trained on the other data set (Morcos et al. 2019).
    #[serde(rename = "transferred")]
    #[strum(serialize = "transferred")]
    Transferred,
    /// The ticket's mask with fresh random weights, trained on the other data set.
    #[serde(rename = "transferred_reinit")]
    #[strum(serialize = "transferred_reinit")]
    TransferredReinit,
    /// The ticket's mask permuted within each layer, with the first weights, trained on the other data set.
    #[serde(rename = "transferred_random")]
    #[strum(serialize = "transferred_random")]
    TransferredRandom,
}

impl Arm {
    /// Every arm, in the order of tables and legends.
    pub const ALL: &[Arm] = Arm::VARIANTS;

    /// The name used in the URL, the table and the report.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// Whether it is trained, validated and tested on the other data set of the experiment. Its accuracies are of another task
    /// than those of the other arms.
    pub fn is_of_other_data(self) -> bool {
        use Arm::{OtherReinit, OtherTicket, Transferred, TransferredRandom, TransferredReinit};
        matches!(self, OtherTicket | OtherReinit | Transferred | TransferredReinit | TransferredRandom)
    }

    /// The ticket of the arm's data set. Its round 0 is the dense network that the arm can be compared with.
    pub fn ticket_of_its_data(self) -> Arm {
        if self.is_of_other_data() { Arm::OtherTicket } else { Arm::Ticket }
    }

    /// The arm with this name, or `None` if there is none.
    pub fn from_name(name: &str) -> Option<Arm> {
        name.parse().ok()
    }
}

impl fmt::Display for Arm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
