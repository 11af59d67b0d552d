//! How the settings `net` and `hidden` name a network. `net` is a name or a list from input to output: `c6k5p2` is a
//! convolution of 6 channels with a kernel of 5 × 5 and a padding of 2, `m2` max pooling in squares of 2 × 2 behind it, and
//! a number a linear layer of as many units. The output layer is not named. `hidden` is a list of numbers alone.

use model::{Layer, Model};
use numbers::parse_integer;

/// The networks that have a name, with their lists.
const NAMED: [(&str, &str); 3] =
    [("lenet300", "300,100"), ("lenet5", "c6k5p2,m2,c16k5,m2,120,84"), ("conv2s", "c8k3p1,c8k3p1,m2,64")];

/// The largest number of hidden linear layers, and of convolutions.
const MOST_OF_A_KIND: usize = 4;

/// The units of hidden linear layers, or `none`.
pub(crate) fn parse_hidden_units(text: &str) -> Option<Model> {
    let units: Option<Vec<u32>> = match text {
        "none" => Some(vec![]),
        _ => text.split(',').map(parse_units).collect(),
    };
    units.filter(|units| units.len() <= MOST_OF_A_KIND).map(|units| Model::linear(&units))
}

fn parse_units(text: &str) -> Option<u32> {
    parse_integer(text, 1..=1000)
}

/// The units of a network's hidden layers, which are all linear, as `hidden` says them.
pub(crate) fn hidden_text(model: &Model) -> String {
    let units: Vec<String> = model.hidden_units().iter().map(u32::to_string).collect();
    if units.is_empty() { "none".into() } else { units.join(",") }
}

/// A network by its name or its list. Every convolution must leave something to read.
pub(crate) fn parse_net(text: &str) -> Option<Model> {
    let list = NAMED.iter().find(|named| named.0 == text).map_or(text, |named| named.1);
    let (mut layers, mut is_linear): (Vec<Layer>, bool) = (vec![], false);
    for part in list.split(',') {
        if let Some(size) = part.strip_prefix('m') {
            let size = parse_integer(size, 2..=4)?;
            // Pooling belongs to the convolution before it, once.
            match layers.last_mut() {
                Some(Layer::Convolution { pool, .. }) if *pool == 1 => *pool = size,
                _ => return None,
            }
        } else if let Some(convolution) = part.strip_prefix('c') {
            layers.push(parse_convolution(convolution).filter(|_| !is_linear)?);
        } else {
            is_linear = true;
            layers.push(Layer::Linear { units: parse_units(part)? });
        }
    }
    let linear = layers.iter().filter(|layer| matches!(layer, Layer::Linear { .. })).count();
    let few = linear <= MOST_OF_A_KIND && layers.len() - linear <= MOST_OF_A_KIND;
    let mut model = Model::linear(&[]);
    model.layers.splice(0..0, layers);
    let is_whole = |size: &model::LayerSize| size.outputs() > 0;
    (few && model.layer_sizes().iter().all(is_whole)).then_some(model)
}

/// What stands behind the `c` of a convolution: channels, kernel and padding, if there is any.
fn parse_convolution(text: &str) -> Option<Layer> {
    let (channels, rest) = text.split_once('k')?;
    let (kernel, padding) = rest.split_once('p').unwrap_or((rest, "0"));
    let kernel = parse_integer(kernel, 1..=7)?;
    let padding = parse_integer(padding, 0..=3).filter(|padding| *padding < kernel)?;
    Some(Layer::Convolution { channels: parse_integer(channels, 1..=64)?, kernel, padding, pool: 1 })
}

/// A network as `net` says it: its name, if it has one.
pub(crate) fn net_text(model: &Model) -> String {
    let [hidden @ .., _] = &model.layers[..] else { return String::new() };
    let part = |layer: &Layer| match *layer {
        Layer::Linear { units } => units.to_string(),
        Layer::Convolution { channels, kernel, padding, pool } => {
            let padding = if padding > 0 { format!("p{padding}") } else { String::new() };
            let pool = if pool > 1 { format!(",m{pool}") } else { String::new() };
            format!("c{channels}k{kernel}{padding}{pool}")
        }
    };
    let list = hidden.iter().map(part).collect::<Vec<_>>().join(",");
    NAMED.iter().find(|named| named.1 == list).map_or(list, |named| named.0.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_are_read_and_written() {
        assert_eq!(parse_net("lenet5"), Some(Model::lenet_5()));
        assert_eq!(parse_net("conv2s"), Some(Model::conv_2_small()));
        assert_eq!(parse_net("lenet300"), Some(Model::lenet_300_100()));
        assert_eq!(parse_net("c6k5p2,m2,c16k5,m2,120,84"), Some(Model::lenet_5()));
        for text in ["lenet5", "conv2s", "lenet300", "c1k1", "c3k3p1,m3,c4k5,20,10", "7"] {
            assert_eq!(net_text(&parse_net(text).unwrap()), text);
        }
    }

    #[test]
    fn what_is_no_network_is_refused() {
        for text in [
            "",
            "lenet",
            "m2",
            "m2,10",
            "10,m2",
            "c6k5,m2,m2",
            "10,c6k5",
            "c6",
            "c0k5",
            "c6k0",
            "c6k5p5",
            "c6k8",
            "c65k3",
            "c6k5,m5",
            "c6k5,m1",
            "0",
            "1,2,3,4,5",
            "c1k3,c1k3,c1k3,c1k3,c1k3",
            "c6k7,m4,c6k7,m4",
            "C6k5",
        ] {
            assert_eq!(parse_net(text), None, "{text}");
        }
    }
}
