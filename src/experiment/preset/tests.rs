//! Tests of presets in links and settings, and of what their texts say.

use super::*;
use crate::{prune_counts::survivors_per_round, settings::Settings};

#[test]
fn every_preset_is_a_fragment_of_its_own() {
    for &preset in Preset::ALL {
        let (settings, rejected) = Settings::from_fragment(&format!("preset={}", preset.name()));
        assert_eq!((settings, rejected), (Settings::preset(preset), vec![]));
        assert_eq!(Settings::from_config(&preset.config()).preset, preset);
    }
}

#[test]
fn no_two_presets_are_called_alike_or_ask_the_same() {
    for texts in [Preset::name, Preset::title, Preset::question, Preset::what_to_look_for] {
        let all: BTreeSet<&str> = Preset::ALL.iter().map(|&preset| texts(preset)).collect();
        assert_eq!(all.len(), Preset::ALL.len());
    }
    for (index, preset) in Preset::ALL.iter().enumerate() {
        for other in &Preset::ALL[..index] {
            assert_ne!(preset.config(), other.config(), "{preset:?} and {other:?}");
        }
    }
}

/// Phrases of a preset's text that speak of its settings, and whether the settings agree with them.
fn said(preset: Preset) -> Vec<(&'static str, bool)> {
    let (config, paper) = (preset.config(), Preset::Paper.config());
    let arms = |arms: &[Arm]| config.arms == arms.iter().copied().collect();
    let usual = arms(&[Arm::Ticket, Arm::Reinit]);
    match preset {
        Preset::Quick => vec![("re-initialised", usual), ("two lines", config.arms.len() == 2)],
        Preset::Classroom => vec![("re-init", usual), ("bands", config.seeds.count() > 1)],
        Preset::Paper => {
            let left: Vec<u32> =
                survivors_per_round(&config).iter().map(|round| round.iter().sum()).collect();
            let is_21 = |&alive: &u32| (f64::from(alive) / f64::from(left[0]) * 100.0).round() == 21.0;
            vec![("the ticket at 21%", left.iter().any(is_21)), ("dense network", usual)]
        }
        Preset::Paper20k => {
            let share = f64::from(config.iterations) / f64::from(paper.iterations);
            let else_equal = config == ExperimentConfig { iterations: config.iterations, ..paper };
            vec![("at 40% of its cost", share == 0.4), ("the paper's protocol", else_equal)]
        }
        Preset::OneShot => vec![("cut once", arms(&[Arm::Ticket, Arm::OneShot]))],
        Preset::Signs => {
            let lines = [Arm::Ticket, Arm::Reinit, Arm::Shuffled, Arm::Random, Arm::Sign];
            vec![
                ("only its mask, its mask and signs, or only its values", arms(&lines)),
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
        Preset::Convolutional => vec![
            ("two layers look for small patterns", config.model == model::Model::lenet_5()),
            ("the gap", config.arms == Preset::Quick.config().arms),
        ],
        Preset::Saliency => {
            let scored = [Arm::Snip, Arm::Grasp, Arm::SynFlow].iter().all(|arm| config.arms.contains(arm));
            let others = [Arm::Ticket, Arm::MagnitudeInit, Arm::RandomGlobal];
            let others = others.iter().all(|arm| config.arms.contains(arm));
            vec![("Five masks", config.arms.len() == 6), ("three by scores", scored && others)]
        }
        Preset::Supermask => vec![("The second line", arms(&[Arm::Ticket, Arm::Supermask]))],
        Preset::Twins => vec![
            ("trained twice, in two orders of batches", config.twins),
            ("between two re-inits", config.arms.contains(&Arm::Reinit)),
        ],
        Preset::Memorising => vec![
            ("A fifth of the training labels is wrong", config.label_noise == 0.2),
            ("the same mask with new random weights", usual),
        ],
        Preset::Robustness => vec![
            ("under noise, blur and worse", Settings::preset(preset).robust),
            ("the same mask with new random weights", usual && config.seeds.count() == 3),
        ],
        Preset::Transfer => {
            let names: Vec<String> = config.data_sets().into_iter().map(|data| data.name).collect();
            let has = |arm| config.arms.contains(&arm);
            vec![
                ("found on digits and trained on clothes", names == ["mnist", "fashion"]),
                ("the clothes’ own ticket", has(Arm::OtherTicket)),
                ("its own mask shuffled", has(Arm::TransferredRandom)),
                ("worth more than new ones", has(Arm::TransferredReinit)),
            ]
        }
    }
}

#[test]
fn every_preset_asks_about_its_own_settings() {
    for &preset in Preset::ALL {
        for (words, so) in said(preset) {
            assert!(preset.what_to_look_for().contains(words), "{preset:?} does not speak of {words:?}");
            assert!(so, "{preset:?} speaks of {words:?}, but its settings are not so");
        }
    }
}
