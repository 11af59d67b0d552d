//! Which weights a pruning takes: those of the smallest score, ties by index.
//!
//! A new criterion is a variant of [`PruningCriterion`] and its description, both in this file, and its score in
//! `training::weight_scores`. What is random in it takes a random purpose of its own.

use crate::names::list;
use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantArray};

/// What makes a weight worth keeping.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, EnumString, IntoStaticStr, VariantArray,
)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum PruningCriterion {
    /// The magnitude after training, layer by layer (Han et al. 2015; Frankle & Carbin 2019).
    Magnitude,
    /// The magnitude after training, over all layers at once at the hidden layers' rate.
    Global,
    /// The magnitude before training.
    Initial,
    /// How far training has moved it (Zhou et al. 2019).
    Movement,
    /// By how much training has increased its magnitude (Zhou et al. 2019).
    Increase,
    /// Nothing: which weights go is drawn.
    Random,
}

impl PruningCriterion {
    /// Every criterion, in the order of menus.
    pub const ALL: &[PruningCriterion] = PruningCriterion::VARIANTS;

    /// The name used in the URL and the report.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// The criterion of that name.
    pub fn from_name(name: &str) -> Option<PruningCriterion> {
        name.parse().ok()
    }

    /// What the fragment takes, in words.
    pub fn allowed() -> String {
        let all = PruningCriterion::ALL.iter().map(|criterion| {
            let remark = " (over all layers; output_rate is not used then)";
            criterion.name().to_string() + if criterion.is_global() { remark } else { "" }
        });
        list(&all.collect::<Vec<_>>(), "or")
    }

    /// What it prunes, for people.
    pub fn description(self) -> &'static str {
        match self {
            PruningCriterion::Magnitude => "The smallest weights of each layer go.",
            PruningCriterion::Global => {
                "The smallest weights of the whole network go, at one rate: the output layer's own rate is not used."
            }
            PruningCriterion::Initial => "The weights of each layer that were smallest before training go.",
            PruningCriterion::Movement => "The weights of each layer that training has moved least go.",
            PruningCriterion::Increase => "The weights of each layer whose magnitude has grown least go.",
            PruningCriterion::Random => "Of each layer, weights drawn at random go.",
        }
    }

    /// Whether it compares the weights of all layers with each other.
    pub fn is_global(self) -> bool {
        self == PruningCriterion::Global
    }
}
