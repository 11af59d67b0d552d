//! Texts of the page that depend on the experiment.

use crate::{
    chart_data::{input_shape, mask_layers},
    chart_selection::ChartSelection,
};
use chart::{
    arm_style::ArmStyle,
    masks::{MaskShape, drawn_units},
};
use experiment::{
    arm::Arm, config::ExperimentConfig, criterion::PruningCriterion, data_words::title, names::list,
    prune_counts::layer_prune_rate, settings::Settings,
};
use model::{ImageSize, Layer, data_set::DataSet};
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
pub fn by_element_id(config: &ExperimentConfig, selection: &ChartSelection) -> [(&'static str, String); 16] {
    let is_colored = config.data.image.channels > 1;
    let of_color = |id: &str| text(&if is_colored { format!("{id}_of_color") } else { id.to_owned() });
    let mean_of = f64::from(config.data.test_images.min(MEAN_IMAGES));
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
                of_data(&config.data, ["page.task", "page.task_fashion", "page.task_own"]),
                outputs = config.data.classes.len()
            ),
        ),
        ("test-count", with_commas(f64::from(config.data.test_images))),
        ("validation-count", with_commas(f64::from(config.data.validation_images))),
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
        ("mask-units-size", weights_of_a_unit(config)),
        ("mask-filters-size", of_color("masks.of_a_window").into()),
        ("mask-pixels-size", of_color("masks.left_by_pixel").into()),
        ("mean-image-label", fill!("masks.mean_image", images = with_commas(mean_of))),
        (
            "view-digits",
            text(of_data(&config.data, ["page.view_digits", "page.view_digits", "page.view_images"])).into(),
        ),
    ]
}

/// The largest number of test images whose mean is shown over the masks.
pub const MEAN_IMAGES: u32 = 1_000;

/// The weights that each unit has in the picture of the first layer unit by unit, and how many units are in it.
fn weights_of_a_unit(config: &ExperimentConfig) -> String {
    let ImageSize { channels, height, width } = config.data.image;
    let id = if channels > 1 { "masks.weights_each_of_color" } else { "masks.weights_each" };
    let weights = fill!(id, width = width, height = height);
    let layers = mask_layers(&config.model);
    let drawn = drawn_units(MaskShape { layers: &layers, input: input_shape(&config.model) });
    match layers.first() {
        Some(&(_, units)) if drawn < units => {
            fill!("masks.first_units", weights = weights, drawn = drawn, units = units)
        }
        _ => weights,
    }
}

/// Who made the data sets of an experiment, and their licences.
fn credits(config: &ExperimentConfig) -> String {
    let credit = |data: &DataSet| {
        let ImageSize { channels, height, width } = data.image;
        let own = match channels {
            _ if data.is_unread() => "page.credit_own_unread",
            1 => "page.credit_own",
            _ => "page.credit_own_of_color",
        };
        let id = of_data(data, ["page.credit", "page.credit_fashion", own]);
        fill!(id, width = width, height = height, classes = data.classes.len())
    };
    config.data_sets().iter().map(credit).collect::<Vec<_>>().join("; ")
}

/// Which arms are of which data set, where there are two.
fn other_data_note(config: &ExperimentConfig) -> String {
    let Some(other) = config.other_data() else { return String::new() };
    let label = |arm: &Arm| ArmStyle::by_name(arm.name()).chart_label();
    let labels: Vec<&str> = config.arms.iter().filter(|arm| arm.is_of_other_data()).map(label).collect();
    fill!(
        "page.other_data",
        arms = list(&labels, "list.and"),
        other = title(other),
        data = title(&config.data)
    )
}

/// The text of MNIST, that of Fashion-MNIST, whose classes have other names, or that of a data set of the user.
fn of_data(data: &DataSet, [mnist, fashion, own]: [&'static str; 3]) -> &'static str {
    match data.name.as_str() {
        _ if data.is_own() => own,
        "fashion" => fashion,
        _ => mnist,
    }
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
        let ids = ["masks.output_size", "masks.output_size_fashion", "masks.output_size_own"];
        let size = of_data(&config.data, ids);
        (text("masks.output_layer").into(), count!(size, inputs as u32, units = units, inputs = inputs))
    } else {
        let name = fill!("masks.layer", layer = layer + 1);
        (name, count!("masks.layer_size", inputs as u32, units = units, inputs = inputs))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::made_results::{own_data, with_each_page};

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

    #[test]
    fn data_of_the_user_are_told_by_their_shape() {
        let with =
            |shape: &str, rest: &str| settings(&format!("data={}&{rest}", own_data(shape).name)).config;
        let text = |config: &ExperimentConfig, id: &str| {
            let texts = by_element_id(config, &ChartSelection::new(config));
            texts.into_iter().find(|text| text.0 == id).expect("a text").1
        };
        let colours = with("32x24x3.100.1000.100", "hidden=400");
        assert_eq!(text(&colours, "net-inputs"), "2,304");
        assert_eq!(text(&colours, "net-task"), "100 outputs learns to read your own images");
        assert_eq!(
            text(&colours, "data-credit"),
            "your own images, 32 × 24 colour pixels in 100 classes, which stay on this computer"
        );
        assert_eq!(
            text(&colours, "mask-units-size"),
            "32 × 24 weights each for red, green and blue; the first 102 of 400 units"
        );
        assert_eq!(text(&colours, "mask-pixels-size"), "how many are left of its three colours");
        assert_eq!(text(&colours, "mean-image-label"), "the mean of 100 test images over it");
        assert_eq!(text(&colours, "view-digits"), "Images");
        assert_eq!(layer_caption(&colours, 1).1, "100 classes × 400 inputs");
        let grey = with("8x9x1.2.1000.100", "hidden=20");
        assert_eq!(text(&grey, "mask-units-size"), "8 × 9 weights each");
        assert!(text(&grey, "data-credit").starts_with("your own images, 8 × 9 pixels in 2 classes"));
        let unread = settings(&format!("data={}", own_data("8x9x1.2.1000.100").sha256)).config;
        assert_eq!(text(&unread, "data-credit"), "your own images, whose files are not read yet");
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
