//! Named experiments, each with a sentence of what to look for.

use crate::{arm::Arm, config::Config, criterion::Criterion, init::Init, optimizer::Optimizer};
use model::shape::Shape;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A named configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Preset {
    /// A few seconds: 500 iterations a round, half of the weights a round.
    Quick,
    /// For a lesson: the paper's rates with a fiftieth of its iterations, three trials.
    Classroom,
    /// The paper's protocol (Frankle & Carbin 2019): 50,000 iterations, 20% a round, 20 prunings, five trials.
    Paper,
    /// The same, capped at 20,000 iterations.
    Paper20k,
    /// Cut once, or again and again.
    OneShot,
    /// What of a ticket counts: its mask, its signs or its values (Zhou et al. 2019).
    Signs,
    /// Rewinding to an iteration after the first (Frankle et al. 2020).
    Late,
    /// A step size five times the paper's, with warm-up.
    Warmup,
    /// Half of the hidden units dropped.
    Dropout,
    /// Rewinding or going on with the trained weights.
    Rewinding,
}

impl Preset {
    /// Every preset, in the order of the menu.
    pub const ALL: [Preset; 10] = [
        Preset::Quick,
        Preset::Classroom,
        Preset::Paper,
        Preset::Paper20k,
        Preset::OneShot,
        Preset::Signs,
        Preset::Late,
        Preset::Warmup,
        Preset::Dropout,
        Preset::Rewinding,
    ];

    /// What the fragment takes, in words.
    pub const ALLOWED: &str =
        "quick, classroom, paper, paper20k, oneshot, signs, late, warmup, dropout or rewinding";

    /// The name used in the URL.
    pub fn name(self) -> &'static str {
        match self {
            Preset::Quick => "quick",
            Preset::Classroom => "classroom",
            Preset::Paper => "paper",
            Preset::Paper20k => "paper20k",
            Preset::OneShot => "oneshot",
            Preset::Signs => "signs",
            Preset::Late => "late",
            Preset::Warmup => "warmup",
            Preset::Dropout => "dropout",
            Preset::Rewinding => "rewinding",
        }
    }

    /// The name shown to people.
    pub fn title(self) -> &'static str {
        match self {
            Preset::Quick => "Quick look",
            Preset::Classroom => "Classroom",
            Preset::Paper => "Paper",
            Preset::Paper20k => "Paper capped at 20,000",
            Preset::OneShot => "One-shot or iterative",
            Preset::Signs => "Mask, sign or value",
            Preset::Late => "Late rewinding",
            Preset::Warmup => "Learning rate and warm-up",
            Preset::Dropout => "Dropout",
            Preset::Rewinding => "Does rewinding matter",
        }
    }

    /// What to look for in it, in a sentence or two.
    pub fn look_for(self) -> &'static str {
        match self {
            Preset::Quick => {
                "The ticket keeps its accuracy while the re-initialised network loses it: the two lines part at the \
                 first pruning."
            }
            Preset::Classroom => {
                "Where do the ticket's and the re-init's bands stop overlapping, and at how few weights does the \
                 ticket itself fall below the dense network?"
            }
            Preset::Paper => {
                "The paper's own protocol, which takes hours: does the ticket at 21% stop earlier and test better \
                 than the dense network?"
            }
            Preset::Paper20k => {
                "The early stops are those of the paper's protocol at 40% of its cost; but every pruning sees \
                 weights trained less, so the tickets are not quite the paper's."
            }
            Preset::OneShot => {
                "At the same number of weights, is the network that was cut once as good as the one that was cut \
                 again and again? Look at the smallest sizes."
            }
            Preset::Signs => {
                "How much of the ticket's lead is left when only its mask, only its signs, or only its values stay? \
                 Compare the five lines at the smallest sizes."
            }
            Preset::Late => {
                "Does going back to a tenth of the training instead of its start make a better ticket, and from how \
                 few weights on?"
            }
            Preset::Warmup => {
                "The step size is five times the paper's and rises over the first 200 iterations: does the ticket \
                 still lead? Then set warmup to 0 and run it again."
            }
            Preset::Dropout => {
                "Half of the hidden units are dropped in every step: is the ticket's lead larger or smaller than \
                 without? Set dropout to 0 and run it again to see."
            }
            Preset::Rewinding => {
                "The third line keeps its trained weights and trains on: does the ticket, which starts over from its \
                 first weights every round, keep up with it?"
            }
        }
    }

    /// The preset of that name in the URL.
    pub fn from_name(name: &str) -> Option<Preset> {
        Preset::ALL.into_iter().find(|p| p.name() == name)
    }

    /// Its settings, with seed 1.
    pub fn config(self) -> Config {
        let quick = Config {
            seed: 1,
            trials: 1,
            arms: BTreeSet::from([Arm::Ticket, Arm::Reinit]),
            draws: 1,
            rewind_to: None,
            iterations: 500,
            rate: 0.5,
            output_rate: 0.25,
            criterion: Criterion::Magnitude,
            rounds: 6,
            eval_every: 50,
            batch: 60,
            optimizer: Optimizer::Adam,
            learning_rate: 1.2e-3,
            momentum: 0.9,
            warmup: 0,
            dropout: 0.0,
            init: Init::GlorotNormal,
            shape: Shape::LENET_300_100,
        };
        let paper = Config {
            trials: 5,
            iterations: 50_000,
            rate: 0.2,
            output_rate: 0.1,
            rounds: 20,
            eval_every: 100,
            ..quick.clone()
        };
        // A question of a few minutes: three trials at the quick look's rates.
        let asked = |iterations, arms: &[Arm]| {
            let arms = arms.iter().copied().collect();
            Config { trials: 3, iterations, arms, ..quick.clone() }
        };
        match self {
            Preset::Quick => quick,
            Preset::Classroom => Config { trials: 3, iterations: 1_000, rounds: 17, eval_every: 50, ..paper },
            Preset::Paper => paper,
            Preset::Paper20k => Config { iterations: 20_000, ..paper },
            Preset::OneShot => asked(1_000, &[Arm::Ticket, Arm::OneShot]),
            Preset::Signs => asked(500, &[Arm::Ticket, Arm::Reinit, Arm::Shuffled, Arm::Random, Arm::Sign]),
            Preset::Late => asked(1_000, &[Arm::Ticket, Arm::Reinit, Arm::Late]),
            Preset::Warmup => {
                let asked = asked(1_000, &[Arm::Ticket, Arm::Reinit]);
                Config { learning_rate: 6e-3, warmup: 200, ..asked }
            }
            Preset::Dropout => Config { dropout: 0.5, ..asked(1_000, &[Arm::Ticket, Arm::Reinit]) },
            Preset::Rewinding => asked(500, &[Arm::Ticket, Arm::Reinit, Arm::NoRewind]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{fragment::Settings, prune::survivors};

    #[test]
    fn every_preset_is_a_fragment_of_its_own() {
        for preset in Preset::ALL {
            let (settings, refused) = Settings::from_fragment(&format!("preset={}", preset.name()));
            assert_eq!((settings, refused), (Settings::preset(preset), vec![]));
            assert_eq!(Settings::of(&preset.config()).preset, preset);
        }
        assert_eq!(Preset::ALLOWED.replace(" or ", ", "), Preset::ALL.map(Preset::name).join(", "));
    }

    #[test]
    fn no_two_presets_are_called_alike_or_ask_the_same() {
        for texts in [Preset::name, Preset::title, Preset::look_for] {
            assert_eq!(BTreeSet::from(Preset::ALL.map(texts)).len(), Preset::ALL.len());
        }
        for (index, preset) in Preset::ALL.into_iter().enumerate() {
            for other in &Preset::ALL[..index] {
                assert_ne!(preset.config(), other.config(), "{preset:?} and {other:?}");
            }
        }
    }

    /// What a preset's question says of its settings, word by word, and whether its settings are so.
    fn said(preset: Preset) -> Vec<(&'static str, bool)> {
        let (config, paper) = (preset.config(), Preset::Paper.config());
        let arms = |arms: &[Arm]| config.arms == arms.iter().copied().collect();
        let usual = arms(&[Arm::Ticket, Arm::Reinit]);
        match preset {
            Preset::Quick => vec![("re-initialised", usual), ("two lines", config.arms.len() == 2)],
            Preset::Classroom => vec![("re-init", usual), ("bands", config.trials > 1)],
            Preset::Paper => {
                let left: Vec<u32> = survivors(&config).iter().map(|round| round.iter().sum()).collect();
                let is_21 = |&alive: &u32| (f64::from(alive) / f64::from(left[0]) * 100.0).round() == 21.0;
                vec![("the ticket at 21%", left.iter().any(is_21)), ("dense network", usual)]
            }
            Preset::Paper20k => {
                let share = f64::from(config.iterations) / f64::from(paper.iterations);
                let else_equal = config == Config { iterations: config.iterations, ..paper };
                vec![("at 40% of its cost", share == 0.4), ("the paper's protocol", else_equal)]
            }
            Preset::OneShot => vec![("cut once", arms(&[Arm::Ticket, Arm::OneShot]))],
            Preset::Signs => {
                let lines = [Arm::Ticket, Arm::Reinit, Arm::Shuffled, Arm::Random, Arm::Sign];
                vec![
                    ("only its mask, only its signs, or only its values", arms(&lines)),
                    ("five lines", config.arms.len() == 5),
                ]
            }
            Preset::Late => {
                let tenth = config.rewind_iteration() * 10 == config.iterations;
                vec![("a tenth of the training", tenth && config.arms.contains(&Arm::Late))]
            }
            Preset::Warmup => vec![
                ("five times the paper's", (config.learning_rate / paper.learning_rate - 5.0).abs() < 1e-6),
                ("the first 200 iterations", config.warmup == 200),
                ("set warmup to 0", Settings::from_fragment("warmup=0").1.is_empty()),
            ],
            Preset::Dropout => vec![
                ("Half of the hidden units", config.dropout == 0.5),
                ("Set dropout to 0", Settings::from_fragment("dropout=0").1.is_empty()),
            ],
            Preset::Rewinding => vec![("The third line", arms(&[Arm::Ticket, Arm::Reinit, Arm::NoRewind]))],
        }
    }

    #[test]
    fn every_preset_asks_about_its_own_settings() {
        for preset in Preset::ALL {
            for (words, so) in said(preset) {
                assert!(preset.look_for().contains(words), "{preset:?} does not speak of {words:?}");
                assert!(so, "{preset:?} speaks of {words:?}, but its settings are not so");
            }
        }
    }
}
