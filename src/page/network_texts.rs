//! The texts of the picture of the network.

use crate::{
    network_view::{KnownValues, NetworkPanel, PanelMask},
    value_histogram::ShownValues,
};
use chart::network_layout::{NetworkShape, Thing};
use experiment::{arm::Arm, config::ExperimentConfig};
use numbers::{fixed, percent, short_count, with_commas};

/// What is said while nothing is pointed at.
pub const NOTHING_POINTED_AT: &str = "Point at a pixel, a unit or a line, or tap it. By keyboard: up and down go along a column, left and right to the \
     next one, Enter to the strongest connections, Escape back.";
/// What is said in place of it while a recorded run is shown.
pub const NOTHING_TO_POINT_AT: &str = "Which weights each pixel and each unit keeps is not recorded. When you press Play, you can point at them.";
/// How the picture is called for those who do not see it.
pub const FIGURE_LABEL: &str =
    "The network: pixels on the left, units, classes on the right. Arrow keys go from node to node.";
/// The entries of the key: positive, negative, struck out, cut off.
pub const KEY: [&str; 4] = ["above zero", "below zero", "being struck out", "unit cut off"];

/// The title: what is left of the network, and how much of that is drawn. `lines` are the connections that are drawn and
/// those that survive.
pub fn title(config: &ExperimentConfig, panels: &[NetworkPanel], lines: Option<(usize, u32)>) -> String {
    let all = config.model.weight_count() as f64;
    let drawn = match lines {
        Some((drawn, survivors)) if drawn > 0 && f64::from(survivors) >= 1.5 * drawn as f64 => {
            format!(" (1 in {} drawn)", with_commas((f64::from(survivors) / drawn as f64).round()))
        }
        _ => String::new(),
    };
    let what = match (lines.map(|lines| lines.1), panels) {
        (Some(left), [first, rest @ ..]) if first.job.round > 0 => {
            let left = percent(f64::from(left) / all);
            let same = rest.iter().all(|panel| panel.mask == PanelMask::Ticket);
            match (rest.is_empty(), same && first.mask == PanelMask::Ticket) {
                (true, _) => format!("The network with {left} of its connections"),
                (false, true) => format!("The same {left} of the connections, with two sets of values"),
                (false, false) => format!("Two networks, each with {left} of its connections"),
            }
        }
        _ => format!("A dense network: {} connections", with_commas(all)),
    };
    what + &drawn
}

/// The heading above a network: its name and what it starts from.
pub fn panel_heading(config: &ExperimentConfig, panel: &NetworkPanel) -> (String, String) {
    let note = match panel.arm {
        _ if panel.job.round == 0 && panel.mask != PanelMask::NotYet => "every weight".into(),
        Arm::Dense => "every weight".into(),
        Arm::Ticket => "starts from its first values".into(),
        Arm::Reinit => "same mask, new random values".into(),
        Arm::Shuffled => "its mask shuffled".into(),
        Arm::Random => "random mask, random values".into(),
        Arm::Sign => "same mask, new sizes, first signs".into(),
        Arm::NoRewind => "goes on with its trained values".into(),
        Arm::Late => format!("back to iteration {}", with_commas(f64::from(config.rewind_iteration()))),
        Arm::OneShot => "pruned in one shot".into(),
        Arm::Own => "a mask from a file".into(),
    };
    (panel.style.chart_label.to_owned(), note)
}

/// What stands in the place of a network that cannot be drawn.
pub fn panel_empty(panel: &NetworkPanel) -> &'static str {
    match panel.mask {
        PanelMask::NotYet => "begins in round 1",
        PanelMask::Own => {
            "Its mask is its own, and is known when its training is done and its network is kept."
        }
        PanelMask::Ticket => "The mask of this round is not known.",
    }
}

/// What the lines show: how many of how many, and where their values are from.
pub fn caption(drawn: usize, survivors: u32, struck_out: u32, values: &[KnownValues]) -> String {
    let all = with_commas(f64::from(survivors));
    let lines = match drawn as f64 >= f64::from(survivors) {
        true => format!("All {all} surviving connections are drawn."),
        false => format!(
            "{} of {all} surviving connections are drawn: a fixed random sample, fair within each layer; the fewer survive, \
             the larger the share that is drawn.",
            with_commas(drawn as f64)
        ),
    };
    let struck_out_now = struck_out > 0;
    let struck_out = match struck_out {
        0 => String::new(),
        count => format!(" {} are being struck out.", with_commas(f64::from(count))),
    };
    let least = values.iter().min_by_key(|known| match known {
        KnownValues::Nothing { .. } => 0,
        KnownValues::NotRecorded => 0,
        KnownValues::First => 1,
        KnownValues::FirstAndLast => 2,
    });
    let values = match least {
        Some(KnownValues::FirstAndLast) if struck_out_now => "",
        Some(KnownValues::Nothing { trained: false }) => {
            " Where lines are plain grey, values are not known yet: they come when the round is trained."
        }
        Some(KnownValues::Nothing { trained: true }) => {
            " Where lines are plain grey, values are not kept: “Train again”, below the table, brings them."
        }
        Some(KnownValues::NotRecorded) => {
            " The lines are plain grey, because values are not recorded: they come when you press Play."
        }
        Some(KnownValues::First) => {
            " Values stand still until the round is trained: then the last ones are known."
        }
        Some(KnownValues::FirstAndLast) | None => {
            " Each doubling of a value, on its layer’s own scale, is a stronger line. Values are read before and after \
             training; in between, lines go evenly from one to the other."
        }
    };
    format!("{lines}{struck_out}{values}")
}

/// The text below a column of nodes: how many there are and what they are. Where there is little room it is `short`: only
/// the first hidden layer says that its nodes are units.
pub fn column_name(config: &ExperimentConfig, shape: &NetworkShape, column: usize, short: bool) -> String {
    let image = config.data.image;
    match column {
        0 => format!("{} × {} pixels", image.width, image.height * image.channels),
        _ if column + 1 == shape.columns() => format!("{} classes", shape.nodes(column)),
        2.. if short => with_commas(shape.nodes(column) as f64),
        _ => format!("{} units", with_commas(shape.nodes(column) as f64)),
    }
}

/// The text below the lines of a layer: how many connections survive. It is short where there is little room.
pub fn layer_count(survivors: u32, short: bool) -> String {
    if short { short_count(f64::from(survivors)) } else { with_commas(f64::from(survivors)) }
}

/// A node or a weight in words, such as “unit 203 of layer 1”.
pub fn node_name(config: &ExperimentConfig, shape: &NetworkShape, column: usize, index: usize) -> String {
    match column {
        0 => {
            let width = shape.image_width.max(1);
            format!("pixel in row {}, column {}", index / width, index % width)
        }
        _ if column + 1 == shape.columns() => config.data.class_in_words(index),
        _ => format!("unit {index} of layer {column}"),
    }
}

/// What a network knows of the thing that is pointed at.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PointedNetwork {
    /// The network's name.
    pub name: String,
    /// How many connections into the node survive, and how many out of it.
    pub connections: (u32, u32),
    /// First and last value of the weight, as far as they are known at the moment.
    pub values: (Option<f32>, Option<f32>),
    /// The largest values of the node's connections: the node at the other end and the value.
    pub strongest: Vec<(String, f32)>,
}

/// What has become of a weight at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WeightFate {
    /// It survives.
    Alive,
    /// It is being struck out.
    Dying,
    /// It was pruned after this round.
    PrunedAfter(u32),
}

/// Describes what is pointed at. `networks` are those that differ: one if all have the same mask.
pub fn thing_in_words(
    config: &ExperimentConfig,
    shape: &NetworkShape,
    thing: Thing,
    fate: WeightFate,
    networks: &[PointedNetwork],
) -> String {
    let name = |column, index| node_name(config, shape, column, index);
    let by_network = |say: &dyn Fn(&PointedNetwork) -> String| match networks {
        [] => String::new(),
        [one, rest @ ..] if rest.iter().all(|other| say(other) == say(one)) => say(one),
        all => {
            let sentences: Vec<String> =
                all.iter().map(|network| format!("{}: {}", network.name, say(network))).collect();
            sentences.join("; ")
        }
    };
    match thing {
        Thing::Pixel { input } => {
            let units = shape.nodes(1);
            let say = |network: &PointedNetwork| {
                format!("{} of {} units still listen to it", network.connections.1, with_commas(units as f64))
            };
            format!("{}: {}.", capital(&name(0, input)), by_network(&say))
        }
        Thing::Unit { layer, index } => {
            let (inputs, outputs) = (shape.nodes(layer), shape.layers.get(layer + 1).map(|size| size.1));
            let say = |network: &PointedNetwork| {
                let (incoming, outgoing) = network.connections;
                let what = if layer == 0 { "pixels" } else { "units" };
                let reads = format!("reads {incoming} of {} {what}", with_commas(inputs as f64));
                match outputs {
                    Some(outputs) => format!("{reads}, is read by {outgoing} of {outputs} units or classes"),
                    None => reads,
                }
            };
            let strongest = |network: &PointedNetwork| {
                let list: Vec<String> = network
                    .strongest
                    .iter()
                    .map(|(node, value)| format!("{node} {}", said(*value)))
                    .collect();
                match list.is_empty() {
                    true => String::new(),
                    false => format!(" Strongest in {}: {}.", network.name, list.join(", ")),
                }
            };
            let strongest: String = networks.iter().map(strongest).collect();
            format!("{}: {}.{strongest}", capital(&name(layer + 1, index)), by_network(&say))
        }
        Thing::Connection { layer, output, input } => {
            let fate = match fate {
                WeightFate::Alive => "It survives so far.".to_owned(),
                WeightFate::Dying => "It is being struck out.".to_owned(),
                WeightFate::PrunedAfter(round) => format!("It was struck out after round {round}."),
            };
            let say = |network: &PointedNetwork| match network.values {
                (Some(first), Some(last)) => format!("first value {}, last {}", said(first), said(last)),
                (Some(first), None) => format!("first value {}, last not known yet", said(first)),
                _ => "values not known".to_owned(),
            };
            let ends = format!("{} → {}", name(layer, input), name(layer + 1, output));
            match fate.starts_with("It was") {
                true => format!("{}. {fate}", capital(&ends)),
                false => format!("{}: {}. {fate}", capital(&ends), by_network(&say)),
            }
        }
    }
}

/// A value of a weight with its sign and three decimals.
fn said(value: f32) -> String {
    let text = fixed(f64::from(value), 3);
    if text.starts_with('−') { text } else { format!("+{text}") }
}

fn capital(text: &str) -> String {
    let mut text = text.to_owned();
    text.get_mut(..1).into_iter().for_each(str::make_ascii_uppercase);
    text
}

/// Describes a network in words, for those who do not see it.
pub fn describe(
    name: &str,
    round: u32,
    drawn: usize,
    by_layer: &[u32],
    cut_off: usize,
    units: usize,
) -> String {
    let layers: Vec<String> = (1..)
        .zip(by_layer)
        .map(|(layer, left)| format!("layer {layer} {}", with_commas(f64::from(*left))))
        .collect();
    format!(
        "{} in round {round}: surviving connections: {}; {} of them drawn; {cut_off} of {} units cut off.",
        capital(name),
        layers.join(", "),
        with_commas(drawn as f64),
        with_commas(units as f64)
    )
}

/// The title of the chart of values.
pub fn histogram_title(values: Option<ShownValues>, layer: usize) -> String {
    let layer = layer + 1;
    match values {
        None => {
            format!("The values of layer {layer} appear here when a round is done and its network is kept.")
        }
        Some(ShownValues { job, is_pruned: true }) => format!(
            "Ticket, round {}, layer {layer}: the weights that stay and those that are struck out after it, before \
             training (first values) and after it (last values).",
            job.round
        ),
        Some(ShownValues { job, is_pruned: false }) => {
            format!("Ticket, round {}, layer {layer}: its weights before training and after it.", job.round)
        }
    }
}

/// The captions of the small pictures of what a unit reads.
pub fn reading_caption(name: &str, is_last: bool) -> String {
    format!("{name}, {} values", if is_last { "last" } else { "first" })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network_view::network_shape;
    use experiment::settings::Settings;

    #[test]
    fn captions_say_how_many_lines_are_drawn() {
        let whole = caption(40, 40, 0, &[KnownValues::FirstAndLast]);
        assert!(whole.starts_with("All 40 surviving connections are drawn."), "{whole}");
        let some = caption(
            600,
            133_350,
            26_620,
            &[KnownValues::FirstAndLast, KnownValues::Nothing { trained: false }],
        );
        assert!(some.starts_with("600 of 133,350 surviving connections"), "{some}");
        assert!(some.contains("26,620 are being struck out") && some.contains("not known yet"), "{some}");
    }

    #[test]
    fn things_are_named_with_what_is_known_of_them() {
        let config = Settings::from_fragment("hidden=300,100").0.config;
        let shape = network_shape(&config);
        let network = |name: &str, values, connections| PointedNetwork {
            name: name.into(),
            values,
            connections,
            strongest: vec![],
        };
        let say =
            |thing, fate, networks: &[PointedNetwork]| thing_in_words(&config, &shape, thing, fate, networks);
        let thing = Thing::Connection { layer: 0, output: 203, input: 401 };
        let networks = [
            network("ticket", (Some(0.0312), Some(-0.112)), (0, 0)),
            network("re-init", (Some(0.5), None), (0, 0)),
        ];
        assert_eq!(
            say(thing, WeightFate::Alive, &networks),
            "Pixel in row 14, column 9 → unit 203 of layer 1: ticket: first value +0.031, last −0.112; re-init: first \
             value +0.500, last not known yet. It survives so far."
        );
        assert!(
            say(thing, WeightFate::PrunedAfter(3), &networks).ends_with("It was struck out after round 3.")
        );
        let same = [network("ticket", (None, None), (392, 48)), network("re-init", (None, None), (392, 48))];
        assert_eq!(
            say(Thing::Unit { layer: 0, index: 203 }, WeightFate::Alive, &same),
            "Unit 203 of layer 1: reads 392 of 784 pixels, is read by 48 of 100 units or classes."
        );
        assert_eq!(
            say(Thing::Unit { layer: 2, index: 7 }, WeightFate::Alive, &same[..1]),
            "Digit 7: reads 392 of 100 units."
        );
        assert_eq!(
            say(Thing::Pixel { input: 0 }, WeightFate::Alive, &same),
            "Pixel in row 0, column 0: 48 of 300 units still listen to it."
        );
    }
}
