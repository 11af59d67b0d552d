//! The cards from which a preset is chosen: each asks a question, says what is run, and how long that takes here.

use crate::forecast::{self, MeasuredSpeed, RunForecast};
use experiment::{preset::Preset, settings::Settings};
use numbers::{percent_sign, with_commas, without_trailing_zeros};
use std::fmt::Display;
use texts::{fill, fill_places, text, text_of};

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
    pub sentence: String,
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
                question: text("card.recorded_question"),
                title: text("card.recorded_title"),
                sentence: fill!("card.recorded"),
                time: nothing_to_train().into(),
            });
        }
    }
    cards
}

/// What a card says that opens a finished run.
pub fn nothing_to_train() -> &'static str {
    text("card.nothing_to_train")
}

/// How long a run with these settings takes on this device, in a few words.
pub fn expected_time(settings: &Settings, cores: usize, speed: Option<MeasuredSpeed>) -> String {
    let cores = settings.workers.map_or(cores, |workers| workers as usize);
    let RunForecast { seconds, measured } =
        forecast::run_forecast(&settings.config, settings.robust, cores, speed);
    let time = numbers::expected_duration(seconds);
    // Less than a second is a bound and no estimate.
    let is_exact = measured || seconds < 1.0;
    fill!(if is_exact { "card.time" } else { "card.time_about" }, time = time)
}

/// What the times on the cards rest on.
pub fn time_note(speed: Option<MeasuredSpeed>) -> &'static str {
    text(if speed.is_some() { "card.times_measured" } else { "card.times_assumed" })
}

/// What is run in a preset, with the numbers of its settings.
fn sentence(preset: Preset) -> String {
    let config = preset.config();
    let values: [(&str, &dyn Display); 5] = [
        ("rate", &(without_trailing_zeros(100.0 * config.rate, 1) + percent_sign())),
        ("prunings", &config.rounds),
        ("iterations", &with_commas(f64::from(config.iterations))),
        ("seeds", &config.seeds.count()),
        ("warmup", &config.warmup),
    ];
    fill_places(text_of("card", preset.name()), &values)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::made_results::in_german;

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

    #[test]
    fn sentences_say_what_is_run() {
        for (preset, said) in [
            (
                Preset::Quick,
                "Half of the hidden layers’ weights go in each of 6 prunings, after 500 iterations a round.",
            ),
            (
                Preset::Paper,
                "20% of the hidden layers’ weights go in each of 20 prunings, after 50,000 iterations a round, with 5 seeds.",
            ),
            (Preset::Warmup, "Five times the step size, which rises over the first 200 iterations."),
        ] {
            assert_eq!(sentence(preset), said);
        }
        assert_eq!(Preset::Quick.config().rate, 0.5);
        for preset in Preset::ALL {
            assert!(!sentence(*preset).contains('{'), "{}", sentence(*preset));
        }
    }

    #[test]
    fn cards_are_told_in_german() {
        in_german(|| {
            assert_eq!(
                sentence(Preset::Paper),
                "Bei jedem von 20 Prunings fallen 20\u{a0}% der Gewichte der verdeckten Schichten weg, nach 50.000 Iterationen je \
             Runde, mit 5 Startwerten."
            );
        });
    }
}
