//! Named experiments, each with a hint of what to look for.

use crate::{
    arm::Arm, config::ExperimentConfig, criterion::PruningCriterion, initializer::Initializer,
    job_choice::JobChoice, optimizer::OptimizerKind, seeds::Seeds,
};
use model::{Model, data_set::DataSet};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use strum::{EnumString, IntoStaticStr, VariantArray};
use texts::text_of;

/// A named experiment.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, EnumString, IntoStaticStr, VariantArray,
)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum Preset {
    /// A first look that takes seconds: 500 iterations a round, and half of the weights pruned after each.
    Quick,
    /// An experiment for a lesson: the paper's pruning rates, a fiftieth of its iterations and three trials.
    Classroom,
    /// The paper's protocol (Frankle & Carbin 2019): 50,000 iterations a round, 20% of the weights pruned after each,
    /// 20 prunings and five trials.
    Paper,
    /// The paper's protocol with 20,000 iterations a round.
    Paper20k,
    /// One-shot against iterative pruning (Frankle & Carbin 2019).
    OneShot,
    /// Which part of a ticket matters: its mask, its signs or its values (Zhou et al. 2019).
    Signs,
    /// Rewinding to an iteration after the first (Frankle et al. 2020).
    Late,
    /// Five times the paper's learning rate, with warm-up.
    Warmup,
    /// Dropout of half of the hidden units.
    Dropout,
    /// Rewinding against training on from the trained weights.
    Rewinding,
    /// A ticket in a network with convolutions: LeNet-5.
    Convolutional,
    /// Masks that are made before any training (Lee et al. 2019; Wang et al. 2020; Tanaka et al. 2020).
    Saliency,
    /// Untrained weights under a mask that is learnt (Ramanujan et al. 2020).
    Supermask,
    /// Two trainings from the same beginning, and the error between them (Frankle et al. 2020).
    Twins,
    /// A mask found on MNIST, trained on Fashion-MNIST (Morcos et al. 2019).
    Transfer,
    /// A fifth of the training labels is wrong: which networks learn them by heart.
    Memorising,
    /// Corrupted test images: who still reads them.
    Robustness,
}

impl Preset {
    /// Every preset, in the order of the menu.
    pub const ALL: &[Preset] = Preset::VARIANTS;

    /// The name used in the URL.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// The preset with this name, or `None` if there is none.
    pub fn from_name(name: &str) -> Option<Preset> {
        name.parse().ok()
    }

    /// The name shown to people.
    pub fn title(self) -> &'static str {
        self.text("")
    }

    /// The question that the experiment asks, as a visitor would ask it.
    pub fn question(self) -> &'static str {
        self.text("_question")
    }

    /// What to look for in the experiment, in a sentence or two.
    pub fn what_to_look_for(self) -> &'static str {
        self.text("_look")
    }

    fn text(self, what: &str) -> &'static str {
        text_of("preset", &format!("{}{what}", self.name()))
    }

    /// The preset's settings, with seeds from 1 on.
    pub fn config(self) -> ExperimentConfig {
        let set = |arms: &[Arm]| {
            let mut set = BTreeSet::new();
            set.extend(arms);
            set
        };
        let from_one = |trials| Seeds::consecutive(1, trials).expect("a few small seeds");
        let quick = ExperimentConfig {
            seeds: from_one(1),
            data: DataSet::mnist(),
            transfer: None,
            arms: set(&[Arm::Ticket, Arm::Reinit]),
            jobs: JobChoice::All,
            draws: 1,
            twins: false,
            rewind_to: None,
            iterations: 500,
            rate: 0.5,
            output_rate: 0.25,
            conv_rate: None,
            criterion: PruningCriterion::Magnitude,
            rounds: 6,
            eval_every: 50,
            batch: 60,
            optimizer: OptimizerKind::Adam,
            learning_rate: 1.2e-3,
            momentum: 0.9,
            warmup: 0,
            dropout: 0.0,
            label_noise: 0.0,
            init: Initializer::GlorotNormal,
            first_weights: None,
            own: None,
            model: Model::lenet_300_100(),
        };
        let paper = ExperimentConfig {
            seeds: from_one(5),
            iterations: 50_000,
            rate: 0.2,
            output_rate: 0.1,
            conv_rate: None,
            rounds: 20,
            eval_every: 100,
            ..quick.clone()
        };
        // A question that takes a few minutes: three trials at the rates of the quick look.
        let asked = |iterations, arms: &[Arm]| ExperimentConfig {
            seeds: from_one(3),
            iterations,
            arms: set(arms),
            ..quick.clone()
        };
        match self {
            Preset::Quick => quick,
            Preset::Classroom => ExperimentConfig {
                seeds: from_one(3),
                iterations: 1_000,
                rounds: 17,
                eval_every: 50,
                ..paper
            },
            Preset::Paper => paper,
            Preset::Paper20k => ExperimentConfig { iterations: 20_000, ..paper },
            Preset::OneShot => asked(1_000, &[Arm::Ticket, Arm::OneShot]),
            Preset::Signs => asked(500, &[Arm::Ticket, Arm::Reinit, Arm::Shuffled, Arm::Random, Arm::Sign]),
            Preset::Late => asked(1_000, &[Arm::Ticket, Arm::Reinit, Arm::Late]),
            Preset::Warmup => {
                let asked = asked(1_000, &[Arm::Ticket, Arm::Reinit]);
                ExperimentConfig { learning_rate: 6e-3, warmup: 200, ..asked }
            }
            Preset::Dropout => ExperimentConfig { dropout: 0.5, ..asked(1_000, &[Arm::Ticket, Arm::Reinit]) },
            Preset::Rewinding => asked(500, &[Arm::Ticket, Arm::Reinit, Arm::NoRewind]),
            Preset::Convolutional => ExperimentConfig { model: Model::lenet_5(), ..quick },
            Preset::Saliency => {
                use Arm::{Grasp, MagnitudeInit, RandomGlobal, Snip, SynFlow, Ticket};
                asked(500, &[Ticket, Snip, Grasp, SynFlow, MagnitudeInit, RandomGlobal])
            }
            Preset::Supermask => asked(500, &[Arm::Ticket, Arm::Supermask]),
            Preset::Twins => {
                ExperimentConfig { twins: true, ..asked(500, &[Arm::Ticket, Arm::Reinit, Arm::Late]) }
            }
            Preset::Transfer => {
                let arms = [
                    Arm::Ticket,
                    Arm::OtherTicket,
                    Arm::OtherReinit,
                    Arm::Transferred,
                    Arm::TransferredReinit,
                    Arm::TransferredRandom,
                ];
                ExperimentConfig { transfer: Some(DataSet::fashion()), ..asked(500, &arms) }
            }
            // That corrupted images are read is no part of the experiment.
            Preset::Robustness => asked(500, &[Arm::Ticket, Arm::Reinit]),
            Preset::Memorising => ExperimentConfig {
                seeds: from_one(1),
                label_noise: 0.2,
                eval_every: 500,
                ..asked(15_000, &[Arm::Ticket, Arm::Reinit])
            },
        }
    }
}

#[cfg(test)]
mod tests;
