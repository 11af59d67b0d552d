//! The texts of the picture of the network.

use crate::{
    network_names::{input_name, node_name},
    network_view::{KnownValues, NetworkPanel, PanelMask},
    value_histogram::ShownValues,
};
use chart::network_layout::{NetworkShape, Thing};
use experiment::{arm::Arm, config::ExperimentConfig};
use numbers::{percent, short_count, signed, with_commas};
use texts::{count, fill, text, text_of};

/// What is said while nothing is pointed at.
pub fn nothing_pointed_at(shape: &NetworkShape) -> &'static str {
    match shape.maps_of(0) {
        None => text("network.nothing_pointed_at"),
        Some(_) => text("network.no_channel_pointed_at"),
    }
}

/// What is said in place of it while a recorded run is shown.
pub fn nothing_to_point_at() -> &'static str {
    text("network.nothing_to_point_at")
}

/// How the picture is called for those who do not see it.
pub fn figure_label() -> &'static str {
    text("network.figure")
}

/// The entries of the key: positive, negative, struck out, cut off.
pub fn key() -> [&'static str; 4] {
    ["network.key_positive", "network.key_negative", "network.key_struck_out", "network.key_cut_off"]
        .map(text)
}

/// The title: what is left of the network, and how much of that is drawn. `lines` are the connections that are drawn and
/// those that survive.
pub fn title(config: &ExperimentConfig, panels: &[NetworkPanel], lines: Option<(usize, u32)>) -> String {
    let all = config.model.weight_count() as f64;
    let title = match (lines.map(|lines| lines.1), panels) {
        (Some(left), [first, rest @ ..]) if first.job.round > 0 => {
            let left = percent(f64::from(left) / all);
            let mut rest = rest.iter().filter(|panel| panel.mask != PanelMask::NotTrained).peekable();
            let is_alone = rest.peek().is_none();
            let same = rest.all(|panel| panel.mask == PanelMask::Ticket);
            let id = match (is_alone, same && first.mask == PanelMask::Ticket) {
                (true, _) => "network.title_one",
                (false, true) => "network.title_same_mask",
                (false, false) => "network.title_two",
            };
            fill!(id, left = left)
        }
        _ => fill!("network.title_dense", connections = with_commas(all)),
    };
    match lines {
        Some((drawn, survivors)) if drawn > 0 && f64::from(survivors) >= 1.5 * drawn as f64 => {
            let every = with_commas((f64::from(survivors) / drawn as f64).round());
            fill!("network.title_sample", title = title, every = every)
        }
        _ => title,
    }
}

/// The heading above a network: its name and what it starts from.
pub fn panel_heading(config: &ExperimentConfig, panel: &NetworkPanel) -> (String, String) {
    let note = match panel.arm {
        _ if panel.job.round == 0 && panel.mask != PanelMask::NotYet => text("network.of_dense").into(),
        Arm::Late => {
            fill!("network.of_late", iteration = with_commas(f64::from(config.rewind_iteration())))
        }
        arm => text_of("network", &format!("of_{}", arm.name())).into(),
    };
    (panel.style.chart_label().to_owned(), note)
}

/// What stands in the place of a network that cannot be drawn.
pub fn panel_empty(panel: &NetworkPanel) -> &'static str {
    text(match panel.mask {
        PanelMask::NotYet => "network.not_yet",
        PanelMask::NotTrained => "network.not_trained",
        PanelMask::Own => "network.own_mask",
        PanelMask::Ticket => "network.no_mask",
    })
}

/// What the lines show: how many of how many, and where their values are from.
pub fn caption(drawn: usize, survivors: u32, struck_out: u32, values: &[KnownValues]) -> String {
    let all = with_commas(f64::from(survivors));
    let mut sentences = vec![match drawn as f64 >= f64::from(survivors) {
        true => fill!("network.lines_all", all = all),
        false => fill!("network.lines_some", drawn = with_commas(drawn as f64), all = all),
    }];
    if struck_out > 0 {
        let count = with_commas(f64::from(struck_out));
        sentences.push(count!("network.lines_struck_out", struck_out, count = count));
    }
    let least = values.iter().min_by_key(|known| match known {
        KnownValues::Nothing { .. } => 0,
        KnownValues::NotRecorded => 0,
        KnownValues::First => 1,
        KnownValues::FirstAndLast => 2,
    });
    let values = match least {
        Some(KnownValues::FirstAndLast) if struck_out > 0 => None,
        Some(KnownValues::Nothing { trained: false }) => Some("network.values_come"),
        Some(KnownValues::Nothing { trained: true }) => Some("network.values_not_kept"),
        Some(KnownValues::NotRecorded) => Some("network.values_not_recorded"),
        Some(KnownValues::First) => Some("network.values_stand_still"),
        Some(KnownValues::FirstAndLast) | None => Some("network.values_explained"),
    };
    sentences.extend(values.map(|id| text(id).to_owned()));
    sentences.join(" ")
}

/// The text below a column of nodes: how many there are and what they are. Where there is little room it is `short`: only
/// the first hidden layer says that its nodes are units.
pub fn column_name(config: &ExperimentConfig, shape: &NetworkShape, column: usize, short: bool) -> String {
    let image = config.data.image;
    let nodes = shape.nodes(column);
    let number = with_commas(nodes as f64);
    match column {
        0 => fill!("network.pixels", width = image.width, height = image.height),
        // Of many columns there is no room for more.
        _ if column + 1 == shape.columns() && !(short && column > 4) => {
            fill!("network.classes", number = nodes)
        }
        2.. if short => number,
        _ if shape.maps_of(column - 1).is_some() => count!("network.channels", nodes as f64, number = number),
        _ => count!("network.units", nodes as f64, number = number),
    }
}

/// The text below the lines of a layer: how many connections survive. It is short where there is little room.
pub fn layer_count(survivors: u32, short: bool) -> String {
    if short { short_count(f64::from(survivors)) } else { with_commas(f64::from(survivors)) }
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
            let phrases = all
                .iter()
                .map(|network| fill!("network.by_network", network = network.name, says = say(network)));
            phrases.collect::<Vec<_>>().join("; ")
        }
    };
    match thing {
        Thing::Pixel { input } => {
            let units = with_commas((shape.nodes(1) * shape.channels) as f64);
            let id = if shape.channels > 1 { "network.listen_to_colors" } else { "network.listen" };
            let says = by_network(&|network| fill!(id, listening = network.connections.1, units = units));
            fill!("network.thing", thing = capital(&name(0, input)), says = says)
        }
        Thing::Unit { layer, index } => {
            let inputs = shape.layers.get(layer).map_or(0, |size| size.0);
            let reads = match layer {
                _ if shape.maps_of(layer).is_some() => "network.reads_windows",
                0 if shape.channels > 1 => "network.reads_colors",
                0 => "network.reads_pixels",
                _ => "network.reads_units",
            };
            // Where a node is read by several weights of another, these are counted.
            let weights = shape.weights_from_node(layer + 1).unwrap_or(1);
            let outputs = shape.layers.get(layer + 1).map(|size| size.1 * weights);
            let is_read = if shape.maps_of(layer).is_some() {
                "network.reads_and_has_readers"
            } else {
                "network.reads_and_is_read"
            };
            let says = by_network(&|network| {
                let (incoming, outgoing) = network.connections;
                let reads = fill!(reads, inputs = incoming, all = with_commas(inputs as f64));
                match outputs {
                    Some(all) => {
                        fill!(is_read, reads = reads, outputs = outgoing, all = with_commas(all as f64))
                    }
                    None => reads,
                }
            });
            let strongest = networks.iter().filter(|network| !network.strongest.is_empty()).map(|network| {
                let list = network.strongest.iter().map(|(node, value)| format!("{node} {}", said(*value)));
                let list = list.collect::<Vec<_>>().join(", ");
                fill!("network.strongest", network = network.name, connections = list)
            });
            let thing = capital(&name(layer + 1, index));
            let sentences = [fill!("network.thing", thing = thing, says = says)].into_iter().chain(strongest);
            sentences.collect::<Vec<_>>().join(" ")
        }
        Thing::Connection { layer, output, input } => {
            let from = capital(&input_name(config, shape, layer, input));
            let to = name(layer + 1, output);
            let fate = match fate {
                WeightFate::Alive => text("network.alive"),
                WeightFate::Dying => text("network.dying"),
                WeightFate::PrunedAfter(round) => {
                    let fate = fill!("network.pruned_after", round = round);
                    return fill!("network.pruned_weight", from = from, to = to, fate = fate);
                }
            };
            let says = by_network(&|network| match network.values {
                (Some(first), Some(last)) => {
                    fill!("network.first_and_last", first = said(first), last = said(last))
                }
                (Some(first), None) => fill!("network.first_only", first = said(first)),
                _ => text("network.no_values").to_owned(),
            });
            fill!("network.weight", from = from, to = to, says = says, fate = fate)
        }
    }
}

/// A value of a weight with its sign and three decimals.
fn said(value: f32) -> String {
    signed(f64::from(value), 3)
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
        .map(|(layer, left)| fill!("network.layer_left", layer = layer, left = with_commas(f64::from(*left))))
        .collect();
    fill!(
        "network.described",
        network = capital(name),
        round = round,
        layers = layers.join(", "),
        drawn = with_commas(drawn as f64),
        cut_off = cut_off,
        units = with_commas(units as f64),
    )
}

/// The title of the chart of values.
pub fn histogram_title(values: Option<ShownValues>, layer: usize) -> String {
    let layer = layer + 1;
    let Some(ShownValues { job, is_pruned }) = values else {
        return fill!("network.histogram_empty", layer = layer);
    };
    let id = if is_pruned { "network.histogram_pruned" } else { "network.histogram" };
    fill!(id, round = job.round, layer = layer)
}

/// The captions of the small pictures of what a unit reads. With several `channels`, there is one for each, side by side.
pub fn reading_caption(name: &str, is_last: bool, channels: usize) -> String {
    let id = if is_last { "network.last_values" } else { "network.first_values" };
    let caption = fill!(id, network = name);
    if channels > 1 { fill!("network.by_color", caption = caption) } else { caption }
}

#[cfg(test)]
mod tests;
