//! Texts of the page that depend on the experiment.

use crate::chart_selection::ChartSelection;
use chart::arm_style::ArmStyle;
use experiment::{
    arm::Arm, config::ExperimentConfig, criterion::PruningCriterion, names::list,
    prune_counts::layer_prune_rate, settings::Settings,
};
use model::{Layer, data_set::DataSet};
use numbers::{percent, with_commas};
use texts::{count, fill, text};

/// The remarks beside the settings: what to look for in the preset, and what is unusual about the settings.
pub fn settings_remarks(settings: &Settings) -> Vec<&'static str> {
    let criterion = settings.config.criterion;
    // The preset's own note already covers its criterion, and a criterion over all layers adds a note of its own.
    let has_note = criterion == settings.preset.config().criterion || criterion.is_global();
    let unusual = (!has_note).then(|| criterion.description());
    [settings.preset.what_to_look_for()]
        .into_iter()
        .chain(unusual)
        .chain(settings.unused_setting_notes())
        .collect()
}

/// What happens to the networks of the other arms when the ticket's survivors go back to their first values: the end of
/// a sentence.
pub fn others_at_the_start(config: &ExperimentConfig, round: u32) -> String {
    let has = |arm| config.arms.contains(&arm) && config.jobs.has(arm, round);
    [
        (Arm::Reinit, "caption.others_reinit"),
        (Arm::NoRewind, "caption.others_norewind"),
        (Arm::Late, "caption.others_late"),
    ]
    .into_iter()
    .filter_map(|(arm, id)| has(arm).then_some(text(id)))
    .collect()
}

/// The page's texts that depend on the experiment, each with the id of its element.
pub fn by_element_id(config: &ExperimentConfig, selection: &ChartSelection) -> [(&'static str, String); 9] {
    [
        (
            "note-curves",
            text(if selection.has_trials() { "caption.curves_of_trials" } else { "caption.curves" }).into(),
        ),
        (
            "note-layers",
            match (config.criterion.is_global(), config.rate == config.output_rate) {
                (true, _) => text("caption.layers_together").into(),
                _ if config.model.is_convolutional() => fill!(
                    "caption.layers_and_convolutions",
                    convolutions = percent(layer_prune_rate(config, 0)),
                    hidden = percent(config.rate),
                    output = percent(config.output_rate)
                ),
                (false, true) => text("caption.layers_alike").into(),
                (false, false) => fill!(
                    "caption.layers",
                    hidden = percent(config.rate),
                    output = percent(config.output_rate)
                ),
            },
        ),
        ("net-inputs", with_commas(config.data.image.values() as f64)),
        ("net-hidden", hidden_units(config)),
        (
            "net-task",
            fill!(
                of_data(&config.data, "page.task", "page.task_fashion"),
                outputs = config.data.classes.len()
            ),
        ),
        ("data-credit", credits(config)),
        ("data-note", other_data_note(config)),
        ("net-weights", with_commas(config.model.weight_count() as f64)),
        (
            "net-prune",
            match config.criterion {
                PruningCriterion::Magnitude => text("page.prune").into(),
                criterion => criterion.description().into(),
            },
        ),
    ]
}

/// Who made the data sets of an experiment, and their licences.
fn credits(config: &ExperimentConfig) -> String {
    let credit = |data: &DataSet| text(of_data(data, "page.credit", "page.credit_fashion"));
    config.data_sets().iter().map(credit).collect::<Vec<_>>().join("; ")
}

/// Which arms are of which data set, where there are two.
fn other_data_note(config: &ExperimentConfig) -> String {
    let Some(other) = config.other_data() else { return String::new() };
    let label = |arm: &Arm| ArmStyle::by_name(arm.name()).chart_label();
    let labels: Vec<&str> = config.arms.iter().filter(|arm| arm.is_of_other_data()).map(label).collect();
    fill!("page.other_data", arms = list(&labels, "list.and"), other = other.title, data = config.data.title)
}

/// The text of MNIST or that of Fashion-MNIST, whose classes have other names.
fn of_data(data: &DataSet, mnist: &'static str, fashion: &'static str) -> &'static str {
    if data.name == "fashion" { fashion } else { mnist }
}

/// Describes the hidden layers of a network in words.
fn hidden_units(config: &ExperimentConfig) -> String {
    let is_linear = |layer: &&Layer| matches!(layer, Layer::Linear { .. });
    let linear = config.model.layers.iter().filter(is_linear).count();
    let convolutions = config.model.layers.len() - linear;
    let units = config.model.hidden_units();
    let units = linear_units_in_words(&units[convolutions..]);
    match convolutions {
        0 => units,
        _ => count!("page.convolutions", convolutions as u32, convolutions = convolutions, units = units),
    }
}

fn linear_units_in_words(units: &[u32]) -> String {
    match units {
        [] => text("page.no_hidden_units").into(),
        [units] => count!("page.hidden_units", *units, units = units),
        [first @ .., last] => {
            let first: Vec<String> = first.iter().map(u32::to_string).collect();
            fill!("page.hidden_layers", first = first.join(", "), last = last)
        }
    }
}

/// The caption of the mask picture of a layer above the first: the layer's name, and its size in words.
pub fn layer_caption(config: &ExperimentConfig, layer: usize) -> (String, String) {
    let size = &config.model.layer_sizes()[layer];
    let (units, inputs) = size.matrix();
    if let Some(kernel) = size.kernel {
        let (name, maps) = (fill!("masks.layer", layer = layer + 1), size.input.channels);
        return (name, fill!("masks.filters", filters = units, maps = maps, kernel = kernel));
    }
    if layer + 1 == config.model.layers.len() {
        let size = of_data(&config.data, "masks.output_size", "masks.output_size_fashion");
        (text("masks.output_layer").into(), count!(size, inputs as u32, units = units, inputs = inputs))
    } else {
        let name = fill!("masks.layer", layer = layer + 1);
        (name, count!("masks.layer_size", inputs as u32, units = units, inputs = inputs))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::made_results::with_each_page;

    fn settings(fragment: &str) -> Settings {
        Settings::from_fragment(fragment).0
    }

    #[test]
    fn hidden_layers_are_counted_in_words() {
        for (hidden, words) in [
            ("none", "no hidden units"),
            ("1", "1 hidden unit"),
            ("100", "100 hidden units"),
            ("300,200,100", "300, 200 and 100 hidden units"),
        ] {
            assert_eq!(hidden_units(&settings(&format!("hidden={hidden}")).config), words);
        }
        let lenet = settings("net=lenet5&rate=0.4&output_rate=0.3").config;
        assert_eq!(hidden_units(&lenet), "2 convolutions, 120 and 84 hidden units");
        let texts = by_element_id(&lenet, &ChartSelection::new(&lenet));
        let said = "Each pruning takes 20.0% of what is left in the convolutions, 40.0% in the hidden layers behind them and \
                    30.0% in the output layer.";
        assert_eq!(texts[1], ("note-layers", said.into()));
    }

    #[test]
    fn what_is_unusual_is_said_once() {
        let look_for = settings("preset=late").preset.what_to_look_for();
        assert_eq!(settings_remarks(&settings("preset=late")), [look_for]);
        for criterion in PruningCriterion::ALL.iter().skip(1) {
            let remarks = settings_remarks(&settings(&format!("preset=late&criterion={}", criterion.name())));
            assert_eq!((remarks.len(), remarks[0]), (2, look_for), "{criterion:?}");
        }
        assert_eq!(settings_remarks(&settings("criterion=global&momentum=0.5")).len(), 3);
    }

    #[test]
    fn texts_are_those_of_the_network() {
        let config = settings("hidden=50,20&criterion=random&arms=ticket,late").config;
        let texts = by_element_id(&config, &ChartSelection::new(&config));
        let text = |id: &str| &*texts.iter().find(|text| text.0 == id).expect("a text").1;
        assert_eq!((text("net-hidden"), text("net-weights")), ("50 and 20 hidden units", "40,400"));
        let caption = |layer| layer_caption(&config, layer);
        let one = settings("hidden=1").config;
        assert_eq!(layer_caption(&one, 1).1, "10 digits × 1 input");
        assert_eq!(caption(1), ("Layer 2".into(), "20 units × 50 inputs".into()));
        assert_eq!(caption(2), ("Output layer".into(), "10 digits × 20 inputs".into()));
        assert_eq!(text("net-prune"), PruningCriterion::Random.description());
    }

    /// The texts in `index.html` must be those of the preset that a first visit shows.
    #[test]
    fn the_page_begins_with_the_texts_of_the_quick_look() {
        with_each_page(|page| {
            let config = settings("").config;
            for (id, text) in by_element_id(&config, &ChartSelection::new(&config)) {
                let has = page.contains(&format!("id=\"{id}\">{text}</"));
                // Nothing is the same in every language, so that it stands in none of their files.
                let has_nothing = text.is_empty() && !page.contains(&format!("id=\"{id}\""));
                assert!(has || has_nothing, "{id}: {text}");
            }
        });
    }
}
