//! Texts of the page that depend on the experiment.

use crate::{choice::Choice, figures::Reading};
use experiment::{config::Config, criterion::Criterion, fragment::Settings, job::Arm, prune};
use model::shape::LAYERS;

/// What belongs beside the settings: what to look for in the preset, and what is unusual.
pub fn remarks(settings: &Settings) -> Vec<&'static str> {
    let criterion = settings.config.criterion;
    // A criterion over all layers has a note of its own.
    let told = criterion == settings.preset.config().criterion || criterion.is_over_all_layers();
    let unusual = (!told).then(|| criterion.sentence());
    [settings.preset.look_for()].into_iter().chain(unusual).chain(settings.notes()).collect()
}

/// What the page's texts say of an experiment, by the ids of their elements.
pub fn texts(config: &Config, choice: &Choice) -> [(&'static str, String); 11] {
    let shape = config.shape;
    let [first, second] = shape.hidden;
    let papers = config.arms.contains(&Arm::Ticket) && config.arms.contains(&Arm::Reinit);
    let slow_output = prune::layer_rate(config, LAYERS - 1) < config.rate;
    let global = config.criterion.is_over_all_layers();
    [
        (
            "title-curves",
            match papers {
                true => "The ticket learns fast; the re-init lags behind".into(),
                false => "How fast each arm learns".into(),
            },
        ),
        (
            "note-curves",
            match choice.has_trials() {
                true => "Bold is this round, faint are earlier ones; shaded, all trials.".into(),
                false => "Bold is this round, faint are earlier ones.".into(),
            },
        ),
        (
            "title-rounds",
            match choice.reading {
                Reading::TestEnd if papers => "The ticket keeps its accuracy; the re-init loses it".into(),
                Reading::TestEnd => "How much accuracy is left with how many weights".into(),
                reading => format!("What pruning does to the {}", reading.name()),
            },
        ),
        (
            "title-masks",
            match config.criterion {
                Criterion::Magnitude | Criterion::Global => {
                    "Pruning finds the digits: weights at the rim of the image die first".into()
                }
                _ => "Which weights die, and when".into(),
            },
        ),
        (
            "title-layers",
            match slow_output {
                true => "Every layer thins out, the output layer slowest".into(),
                false => "Every layer thins out".into(),
            },
        ),
        (
            "note-layers",
            match global {
                true => "Each pruning takes the same share of all weights that are left.".into(),
                false => "Each pruning takes the same share of what is left.".into(),
            },
        ),
        ("size-second", format!("{second} units × {first} inputs")),
        ("size-third", format!("10 digits × {second} inputs")),
        ("net-hidden", format!("{first} and {second}")),
        ("net-weights", numbers::count(shape.weights() as f64)),
        (
            "net-prune",
            match config.criterion {
                Criterion::Magnitude => {
                    "In every layer the weights of least magnitude are struck out for good.".into()
                }
                criterion => criterion.sentence().into(),
            },
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(fragment: &str) -> Settings {
        Settings::from_fragment(fragment).0
    }

    #[test]
    fn what_is_unusual_is_said_once() {
        let look_for = settings("preset=late").preset.look_for();
        assert_eq!(remarks(&settings("preset=late")), [look_for]);
        for criterion in Criterion::ALL.iter().skip(1) {
            let said = remarks(&settings(&format!("preset=late&criterion={}", criterion.name())));
            assert_eq!((said.len(), said[0]), (2, look_for), "{criterion:?}");
        }
        assert_eq!(remarks(&settings("criterion=global&momentum=0.5")).len(), 3);
    }

    #[test]
    fn texts_are_those_of_the_network() {
        let config = settings("hidden=50,20&criterion=random&arms=ticket,late").config;
        let texts = texts(&config, &Choice::new(&config));
        let of = |id: &str| &*texts.iter().find(|text| text.0 == id).expect("a text").1;
        assert_eq!((of("size-second"), of("net-weights")), ("20 units × 50 inputs", "40,400"));
        assert_eq!((of("size-third"), of("net-hidden")), ("10 digits × 20 inputs", "50 and 20"));
        assert!(!of("title-curves").contains("re-init") && !of("title-masks").contains("rim"));
        assert_eq!(of("net-prune"), Criterion::Random.sentence());
    }

    /// The page as it is written is that of the first visit.
    #[test]
    fn the_page_begins_with_the_texts_of_the_quick_look() {
        let page = include_str!("../../index.html");
        let config = settings("").config;
        for (id, text) in texts(&config, &Choice::new(&config)) {
            assert!(page.contains(&format!("id=\"{id}\">{text}</")), "{id}: {text}");
        }
    }
}
