//! The criterion by which a pruning chooses weights. It prunes the weights with the smallest score; of equal scores,
//! the one with the lower index goes first.
//!
//! A new criterion needs a variant of [`PruningCriterion`], a description in the section `criterion` of the texts, and a
//! score in `training::weight_scores`. If it draws random numbers, it needs a [`RandomPurpose`](crate::purpose::RandomPurpose)
//! of its own.

use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantArray};
use texts::text_of;

/// The score of a weight. The weights with the smallest scores are pruned.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, EnumString, IntoStaticStr, VariantArray,
)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum PruningCriterion {
    /// The magnitude after training, compared within each layer (Han et al. 2015; Frankle & Carbin 2019).
    Magnitude,
    /// The magnitude after training, compared over all layers and pruned at the rate of the hidden layers (Frankle &
    /// Carbin 2019).
    Global,
    /// The magnitude before training (Zhou et al. 2019).
    Initial,
    /// The distance by which training moved the weight (Zhou et al. 2019).
    Movement,
    /// The amount by which training increased the magnitude (Zhou et al. 2019).
    Increase,
    /// A random number: the pruned weights are a random choice.
    Random,
    /// The weight after training in the direction of its first sign, so that those that changed their sign go first (“large
    /// final, same sign”, Zhou et al. 2019).
    #[serde(rename = "same_sign")]
    #[strum(serialize = "same_sign")]
    SameSign,
}

impl PruningCriterion {
    /// Every criterion, in the order of menus.
    pub const ALL: &[PruningCriterion] = PruningCriterion::VARIANTS;

    /// The name used in the URL and the report.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// The criterion with this name, or `None` if there is none.
    pub fn from_name(name: &str) -> Option<PruningCriterion> {
        name.parse().ok()
    }

    /// A sentence for people about which weights are pruned.
    pub fn description(self) -> &'static str {
        text_of("criterion", self.name())
    }

    /// Whether the weights of all layers are compared with each other.
    pub fn is_global(self) -> bool {
        self == PruningCriterion::Global
    }
}
