//! The masks as heatmaps: the size of each picture, and the weight that a pixel shows.

use numbers::{percent, with_commas};
use texts::{fill, text};

/// The prune round of a weight that has not been pruned.
pub const NEVER_PRUNED: u8 = 255;

/// The masks of all rounds, with one byte for each weight: the first round whose mask lacks it, or [`NEVER_PRUNED`].
/// For example, the pruning between rounds 2 and 3 writes 3. The mask of every round can be drawn from these bytes.
#[derive(Clone, Copy, Debug)]
pub struct MaskHistory<'a> {
    /// The numbers of inputs and outputs of each layer.
    pub layers: &'a [(usize, usize)],
    /// The prune rounds of the layers' `(out, in)` matrices, row by row and layer after layer.
    pub prune_rounds: &'a [u8],
    /// The round whose mask is drawn.
    pub round: u8,
    /// The progress of the pruning animation, from 0 to 1. At 0, weights just pruned still look alive. Then they flash,
    /// and at 1 only a faint trace remains. It is 1 if there is no animation.
    pub animation_progress: f64,
}

/// The pictures of the masks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MaskPicture {
    /// Layer 1 as a map of the input image, which shows how many weights of each input survive.
    Inputs,
    /// Layer 1 unit by unit, with a small map of the input image for each unit.
    Units {
        /// The number of maps in a row.
        columns: usize,
    },
    /// The weight matrix of a layer, with a row for each unit and a column for each of its inputs.
    Matrix {
        /// The index of the layer, from 0.
        layer: usize,
    },
}

/// What a pixel of a picture shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MaskCell {
    /// An input, which is a pixel of the input image.
    Input {
        /// The index of the input, row by row.
        input: usize,
    },
    /// A weight.
    Weight {
        /// The index of the layer, from 0.
        layer: usize,
        /// The index of the unit that the weight belongs to.
        output: usize,
        /// The index of the input that the weight multiplies.
        input: usize,
    },
}

/// The number of units that fit into a row of `width` pixels, at one pixel for each weight.
pub fn columns_for(layers: &[(usize, usize)], width: usize) -> usize {
    let Some(&(inputs, outputs)) = layers.first() else { return 1 };
    ((width + GAP) / (image_side(inputs) + GAP)).clamp(1, outputs.max(1))
}

/// Transparent pixels between the maps of two units.
pub(crate) const GAP: usize = 1;

/// The number of units in a row: at least one, and at most all of them.
pub(crate) fn columns_of(columns: usize, outputs: usize) -> usize {
    columns.clamp(1, outputs.max(1))
}

/// The side in pixels of the smallest square image with at least `inputs` pixels.
pub(crate) fn image_side(inputs: usize) -> usize {
    (1..).find(|side| side * side >= inputs).unwrap_or(1)
}

/// Width and height of a picture in pixels. A weight or an input is one pixel.
pub fn picture_size(layers: &[(usize, usize)], picture: MaskPicture) -> (usize, usize) {
    let first = layers.first().copied().unwrap_or((0, 0));
    match picture {
        MaskPicture::Inputs => (image_side(first.0), first.0.div_ceil(image_side(first.0))),
        MaskPicture::Units { columns } => {
            let (columns, side) = (columns_of(columns, first.1), image_side(first.0));
            let tiles = |tiles: usize| (tiles * (side + GAP)).saturating_sub(GAP);
            (tiles(columns), tiles(first.1.div_ceil(columns)))
        }
        MaskPicture::Matrix { layer } => layers.get(layer).copied().unwrap_or((0, 0)),
    }
}

/// What a picture shows at a pixel, or `None` in the gaps between units and outside the picture. `x` and `y` are in
/// pixels of the picture, so a position on the page has to be scaled by the width of the picture over its width on the
/// page.
pub fn cell_at_pixel(layers: &[(usize, usize)], picture: MaskPicture, x: f64, y: f64) -> Option<MaskCell> {
    let (width, height) = picture_size(layers, picture);
    if !(x >= 0.0 && y >= 0.0 && x < width as f64 && y < height as f64) {
        return None;
    }
    let (x, y) = (x as usize, y as usize);
    let &(inputs, outputs) = layers.first()?;
    match picture {
        MaskPicture::Inputs => Some(y * image_side(inputs) + x)
            .filter(|&input| input < inputs)
            .map(|input| MaskCell::Input { input }),
        MaskPicture::Units { columns } => {
            let (side, columns) = (image_side(inputs), columns_of(columns, outputs));
            let step = side + GAP;
            let (output, input) = (y / step * columns + x / step, y % step * side + x % step);
            let inside = x % step < side && y % step < side && output < outputs && input < inputs;
            inside.then_some(MaskCell::Weight { layer: 0, output, input })
        }
        MaskPicture::Matrix { layer } => Some(MaskCell::Weight { layer, output: y, input: x }),
    }
}

/// The pixel that shows a cell: the inverse of [`cell_at_pixel`]. `None` if the picture does not show the cell. A
/// picture shows either inputs or weights.
pub fn pixel_of_cell(
    layers: &[(usize, usize)],
    picture: MaskPicture,
    cell: MaskCell,
) -> Option<(usize, usize)> {
    let &(inputs, outputs) = layers.first()?;
    let side = image_side(inputs);
    match (picture, cell) {
        (MaskPicture::Inputs, MaskCell::Input { input }) if input < inputs => {
            Some((input % side, input / side))
        }
        (MaskPicture::Units { columns }, MaskCell::Weight { layer: 0, output, input }) => {
            let columns = columns_of(columns, outputs);
            let corner = (output % columns * (side + GAP), output / columns * (side + GAP));
            (input < inputs && output < outputs).then_some((corner.0 + input % side, corner.1 + input / side))
        }
        (MaskPicture::Matrix { layer: shown }, MaskCell::Weight { layer, output, input })
            if shown == layer =>
        {
            let &(inputs, outputs) = layers.get(layer)?;
            (input < inputs && output < outputs).then_some((input, output))
        }
        _ => None,
    }
}

impl MaskHistory<'_> {
    /// The prune rounds of a layer's weights. If bytes are missing, they are fewer than the layer has weights.
    pub(crate) fn layer(&self, layer: usize) -> &[u8] {
        let weights = |&(inputs, outputs): &(usize, usize)| inputs * outputs;
        let Some(shape) = self.layers.get(layer) else { return &[] };
        let start = self.layers[..layer].iter().map(weights).sum::<usize>().min(self.prune_rounds.len());
        let end = (start + weights(shape)).min(self.prune_rounds.len());
        &self.prune_rounds[start..end]
    }

    /// The state of a weight with this prune round, in the round that is drawn.
    pub(crate) fn weight_state(&self, prune_round: u8) -> WeightState {
        match prune_round {
            prune_round if prune_round > self.round => WeightState::Surviving,
            prune_round if prune_round == self.round && prune_round > 0 => WeightState::JustPruned,
            _ => WeightState::PrunedEarlier,
        }
    }

    /// For each input, the number of its weights in layer 1 that survive, and the number of those just pruned.
    pub(crate) fn by_input(&self) -> Vec<(u32, u32)> {
        let inputs = self.layers.first().map_or(0, |layer| layer.0);
        let mut counts = vec![(0, 0); inputs];
        if inputs == 0 {
            return counts;
        }
        for unit in self.layer(0).chunks(inputs) {
            for (count, &prune_round) in counts.iter_mut().zip(unit) {
                match self.weight_state(prune_round) {
                    WeightState::Surviving => count.0 += 1,
                    WeightState::JustPruned => count.1 += 1,
                    WeightState::PrunedEarlier => {}
                }
            }
        }
        counts
    }
}

/// The state of a weight in the round that is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WeightState {
    /// The weight survives.
    Surviving,
    /// The pruning just before this round has removed the weight.
    JustPruned,
    /// An earlier pruning has removed the weight.
    PrunedEarlier,
}

/// Describes a cell in words, such as “layer 1: pixel in row 14, column 9 → unit 203; pruned before round 3”. Rows,
/// columns and units count from 0, as in exported masks. `classes` has the words for each output of the last layer, and
/// `kernels` the height and width of a convolution's windows for each layer; layers that are not there are linear.
pub fn cell_description(
    masks: &MaskHistory<'_>,
    cell: MaskCell,
    classes: &[String],
    kernels: &[Option<usize>],
) -> String {
    let pixel = |input: usize| {
        let side = image_side(masks.layers.first().map_or(1, |layer| layer.0)).max(1);
        fill!("mask.pixel", row = input / side, column = input % side)
    };
    match cell {
        MaskCell::Input { input } => {
            let (alive, died) = masks.by_input().get(input).copied().unwrap_or_default();
            let units = masks.layers.first().map_or(0, |layer| layer.1);
            let id = if died > 0 { "mask.pixel_left_and_pruned" } else { "mask.pixel_left" };
            fill!(id, pixel = pixel(input), alive = alive, units = units, died = died)
        }
        MaskCell::Weight { layer, output, input } => {
            let kernel = kernels.get(layer).copied().flatten();
            let from = match kernel {
                Some(kernel) => {
                    let (map, place) = (input / (kernel * kernel), input % (kernel * kernel));
                    fill!("mask.in_window", map = map, row = place / kernel, column = place % kernel)
                }
                None if layer == 0 => pixel(input),
                None => fill!("mask.unit", unit = input),
            };
            let class = classes.get(output).filter(|_| layer + 1 == masks.layers.len());
            let other = if kernel.is_some() { "mask.filter" } else { "mask.unit" };
            let to = class.cloned().unwrap_or_else(|| fill!(other, unit = output));
            let inputs = masks.layers.get(layer).map_or(0, |shape| shape.0);
            let prune_round = masks.layer(layer).get(output * inputs + input).copied();
            let id = match prune_round.map(|prune_round| masks.weight_state(prune_round)) {
                Some(WeightState::Surviving) => "mask.weight_alive",
                Some(_) => "mask.weight_pruned",
                None => "mask.weight_unknown",
            };
            let round = prune_round.unwrap_or_default();
            fill!(id, layer = layer + 1, from = from, to = to, round = round)
        }
    }
}

/// Describes a picture in words.
pub fn describe(masks: &MaskHistory<'_>, picture: MaskPicture) -> String {
    let layer = if let MaskPicture::Matrix { layer } = picture { layer } else { 0 };
    let prune_rounds = masks.layer(layer);
    let with = |fate: WeightState| {
        prune_rounds.iter().filter(|prune_round| masks.weight_state(**prune_round) == fate).count()
    };
    let alive = with(WeightState::Surviving);
    let share = percent(alive as f64 / prune_rounds.len().max(1) as f64);
    let what = match picture {
        MaskPicture::Inputs => text("mask.as_image").to_owned(),
        MaskPicture::Units { .. } => text("mask.by_unit").to_owned(),
        MaskPicture::Matrix { layer } => fill!("mask.whole", layer = layer + 1),
    };
    fill!(
        "mask.picture",
        what = what,
        round = masks.round,
        alive = with_commas(alive as f64),
        all = with_commas(prune_rounds.len() as f64),
        share = share,
        pruned = with_commas(with(WeightState::JustPruned) as f64),
    )
}

#[cfg(test)]
mod tests;
