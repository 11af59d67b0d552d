//! The cards from which a preset is chosen: each asks a question, says what is run, and how long that takes here.

use crate::forecast::{self, MeasuredSpeed, RunForecast};
use experiment::{preset::Preset, settings::Settings};

/// What a card opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CardTarget {
    /// The settings of a preset.
    Preset(Preset),
    /// The recorded run with this name.
    Recorded(&'static str),
}

/// A card.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PresetCard {
    /// What it opens.
    pub target: CardTarget,
    /// Its question.
    pub question: &'static str,
    /// The name of what it opens.
    pub title: &'static str,
    /// What is run, in a sentence.
    pub sentence: &'static str,
    /// How long it takes on this device.
    pub time: String,
}

/// All cards in the order in which they are shown. The seeds and workers of `settings` stay, as they do when a preset is
/// chosen. `cores` is the number of threads that the machine runs at the same time.
pub fn preset_cards(settings: &Settings, cores: usize, speed: Option<MeasuredSpeed>) -> Vec<PresetCard> {
    let mut cards = Vec::with_capacity(Preset::ALL.len() + 1);
    for &preset in Preset::ALL {
        cards.push(PresetCard {
            target: CardTarget::Preset(preset),
            question: preset.question(),
            title: preset.title(),
            sentence: sentence(preset),
            time: expected_time(&settings.with_preset(preset), cores, speed),
        });
        if preset == Preset::Paper {
            cards.push(PresetCard {
                target: CardTarget::Recorded("paper"),
                question: "What came out by the paper’s protocol?",
                title: "The paper’s 21 rounds (recorded)",
                sentence: "Every number and mask of a finished run of Paper, opened at once.",
                time: NOTHING_TO_TRAIN.into(),
            });
        }
    }
    cards
}

/// What a card says that opens a finished run.
pub const NOTHING_TO_TRAIN: &str = "nothing to train";

/// How long a run with these settings takes on this device, in a few words.
pub fn expected_time(settings: &Settings, cores: usize, speed: Option<MeasuredSpeed>) -> String {
    let cores = settings.workers.map_or(cores, |workers| workers as usize);
    let RunForecast { seconds, measured } = forecast::run_forecast(&settings.config, cores, speed);
    let time = numbers::expected_duration(seconds);
    // Less than a second is a bound and no estimate.
    let about = if measured || time.starts_with("less") { "" } else { "about " };
    format!("{about}{time} here")
}

/// What the times on the cards rest on.
pub fn time_note(speed: Option<MeasuredSpeed>) -> &'static str {
    match speed {
        Some(_) => "Times are forecast from what this device has trained so far.",
        None => "Nothing has been trained on this device yet: times are cautious estimates.",
    }
}

fn sentence(preset: Preset) -> &'static str {
    match preset {
        Preset::Quick => {
            "Half of the hidden layers’ weights go in each of 6 prunings, after 500 iterations a round."
        }
        Preset::Classroom => {
            "20% of the hidden layers’ weights go in each of 17 prunings, after 1,000 iterations a round, with 3 seeds."
        }
        Preset::Paper => {
            "20% of the hidden layers’ weights go in each of 20 prunings, after 50,000 iterations a round, with 5 seeds."
        }
        Preset::Paper20k => "The same 20 prunings with 20,000 iterations a round.",
        Preset::OneShot => "The ticket beside one that is cut from the dense network in a single step.",
        Preset::Signs => {
            "The ticket beside four networks that keep a part of it: its mask, its mask and signs, or its number of weights."
        }
        Preset::Late => "The ticket beside one that goes back to a tenth of its training.",
        Preset::Warmup => "Five times the step size, which rises over the first 200 iterations.",
        Preset::Dropout => "Half of the hidden units are dropped in every training step.",
        Preset::Rewinding => {
            "The ticket beside a network that is pruned as often and keeps its trained weights."
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use numbers::with_commas;

    #[test]
    fn a_card_for_every_preset_and_one_for_the_recorded_run() {
        let settings = Settings::from_fragment("seed=7").0;
        let cards = preset_cards(&settings, 2, None);
        assert_eq!(cards.len(), Preset::ALL.len() + 1);
        let presets: Vec<Preset> = cards
            .iter()
            .filter_map(|card| if let CardTarget::Preset(preset) = card.target { Some(preset) } else { None })
            .collect();
        assert_eq!(presets, Preset::ALL);
        for card in &cards {
            assert!(card.question.ends_with('?') && card.sentence.ends_with('.'), "{card:?}");
            let cautious = card.time.starts_with("about ") && card.time.ends_with(" here");
            assert_eq!(cautious, matches!(card.target, CardTarget::Preset(_)), "{card:?}");
        }
        assert!(!preset_cards(&settings, 2, Some(MeasuredSpeed::ASSUMED))[0].time.contains("about"));
    }

    /// The numbers in the sentences are those of the presets.
    #[test]
    fn sentences_say_what_is_run() {
        for preset in [Preset::Quick, Preset::Classroom, Preset::Paper, Preset::Paper20k] {
            let config = preset.config();
            assert!(sentence(preset).contains(&with_commas(f64::from(config.iterations))), "{preset:?}");
            assert!(sentence(preset).contains(&format!(" {} prunings", config.rounds)), "{preset:?}");
        }
        for preset in [Preset::Classroom, Preset::Paper] {
            assert!(
                sentence(preset).contains(&format!("{} seeds", preset.config().seeds.count())),
                "{preset:?}"
            );
            assert!(sentence(preset).starts_with("20% ") && preset.config().rate == 0.2);
        }
        assert_eq!((Preset::Quick.config().rate, Preset::Warmup.config().warmup), (0.5, 200));
    }
}
