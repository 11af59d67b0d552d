//! The masks as heatmaps: the size of each picture, and the weight that a pixel shows.

use numbers::{percent, with_commas};
use texts::{fill, text, text_of};

/// The prune round of a weight that has not been pruned.
pub const NEVER_PRUNED: u8 = 255;

/// The shape of what a unit of the first layer reads: of an image, or of a window of a convolution. Its values stand channel
/// after channel, and within a channel row by row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InputShape {
    /// The number of values of each pixel.
    pub channels: usize,
    /// The number of rows.
    pub height: usize,
    /// The number of pixels in a row.
    pub width: usize,
}

impl InputShape {
    /// The smallest grey square with at least `pixels` pixels.
    pub fn square(pixels: usize) -> InputShape {
        let width = (1..).find(|side| side * side >= pixels).unwrap_or(1);
        InputShape { channels: 1, height: pixels.div_ceil(width), width }
    }

    /// The number of pixels, each of which has a value for every channel.
    pub fn pixels(self) -> usize {
        self.height * self.width
    }

    /// The pixel that an input belongs to.
    pub fn pixel_of(self, input: usize) -> usize {
        input % self.pixels().max(1)
    }

    /// The channel of an input.
    pub fn channel_of(self, input: usize) -> usize {
        input / self.pixels().max(1)
    }

    /// The width of its channels side by side, with gaps between them.
    pub(crate) fn width_of_planes(self) -> usize {
        (self.channels * (self.width + GAP)).saturating_sub(GAP)
    }

    /// The place of an input among its channels, side by side.
    pub(crate) fn place_of(self, input: usize) -> (usize, usize) {
        let (pixel, width) = (self.pixel_of(input), self.width.max(1));
        (self.channel_of(input) * (self.width + GAP) + pixel % width, pixel / width)
    }

    /// The input at a place among its channels, side by side. `None` in the gaps between them and outside.
    pub(crate) fn input_at(self, x: usize, y: usize) -> Option<usize> {
        let (channel, column) = (x / (self.width + GAP), x % (self.width + GAP));
        let inside = column < self.width && channel < self.channels && y < self.height;
        inside.then_some(channel * self.pixels() + y * self.width + column)
    }
}

/// The name of a channel of coloured images. `None` where there is only one, which needs no name.
pub fn channel_name(channels: usize, channel: usize) -> Option<&'static str> {
    let names = ["red", "green", "blue"];
    let name = names.get(channel).filter(|_| channels > 1)?;
    Some(text_of("color", name))
}

/// The layers whose masks are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MaskShape<'a> {
    /// The numbers of inputs and outputs of each layer.
    pub layers: &'a [(usize, usize)],
    /// What a unit of the first layer reads.
    pub input: InputShape,
}

impl MaskShape<'_> {
    /// The numbers of inputs and outputs of the first layer.
    pub(crate) fn first(&self) -> (usize, usize) {
        self.layers.first().copied().unwrap_or((0, 0))
    }
}

/// The masks of all rounds, with one byte for each weight: the first round whose mask lacks it, or [`NEVER_PRUNED`].
/// For example, the pruning between rounds 2 and 3 writes 3. The mask of every round can be drawn from these bytes.
#[derive(Clone, Copy, Debug)]
pub struct MaskHistory<'a> {
    /// The layers.
    pub shape: MaskShape<'a>,
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
    /// Layer 1 as a map of the input image, which shows how many weights of each pixel survive, in all channels together.
    Pixels,
    /// Layer 1 unit by unit, with a small map of the input image for each unit: its channels side by side. If there is no
    /// room for all units, it has the first ones: [`drawn_units`].
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
    /// A pixel of the input image.
    Pixel {
        /// Its index, row by row.
        pixel: usize,
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

/// The number of inputs up to which all units are drawn unit by unit: that of 28 × 28 pixels.
const FEW_INPUTS: usize = 784;
/// The most weights of units with more inputs that are drawn unit by unit: as many as 300 units with 784 inputs have.
const MOST_WEIGHTS: usize = 300 * FEW_INPUTS;

/// The number of units of the first layer that are drawn unit by unit. It is all of them, unless that would make a picture
/// that is too large to look at.
pub fn drawn_units(shape: MaskShape<'_>) -> usize {
    let (inputs, outputs) = shape.first();
    if inputs <= FEW_INPUTS { outputs } else { outputs.min((MOST_WEIGHTS / inputs).max(1)) }
}

/// The number of units that fit into a row of `width` pixels, at one pixel for each weight.
pub fn columns_for(shape: MaskShape<'_>, width: usize) -> usize {
    let tiles = Tiles::of(shape, usize::MAX);
    ((width + tiles.gap) / (tiles.width + tiles.gap)).clamp(1, tiles.columns)
}

/// Transparent pixels between the maps of two units that have one channel, and between the channels of a unit.
const GAP: usize = 1;
/// Transparent pixels between the maps of two units that have several channels.
const WIDE_GAP: usize = 4;

/// Where the maps of the units stand.
pub(crate) struct Tiles {
    /// The number of units.
    units: usize,
    /// The number of units in a row: at least one, and at most all of them.
    columns: usize,
    /// The size of a unit's map in pixels.
    width: usize,
    height: usize,
    /// Pixels between two maps.
    gap: usize,
}

impl Tiles {
    pub(crate) fn of(shape: MaskShape<'_>, columns: usize) -> Tiles {
        let (units, input) = (drawn_units(shape), shape.input);
        let gap = if input.channels > 1 { WIDE_GAP } else { GAP };
        let columns = columns.clamp(1, units.max(1));
        Tiles { units, columns, width: input.width_of_planes(), height: input.height, gap }
    }

    /// The upper left corner of a unit's map. `None` if it is not drawn.
    pub(crate) fn corner(&self, unit: usize) -> Option<(usize, usize)> {
        let (row, column) = (unit / self.columns, unit % self.columns);
        let corner = (column * (self.width + self.gap), row * (self.height + self.gap));
        (unit < self.units).then_some(corner)
    }

    /// The unit at a pixel, and where in its map the pixel lies. `None` below or beside all units.
    fn unit_at(&self, x: usize, y: usize) -> Option<(usize, (usize, usize))> {
        let (width, height) = (self.width + self.gap, self.height + self.gap);
        let unit = y / height * self.columns + x / width;
        let inside = x % width < self.width && unit < self.units;
        inside.then_some((unit, (x % width, y % height)))
    }

    fn size(&self) -> (usize, usize) {
        let size = |tiles: usize, side: usize| (tiles * (side + self.gap)).saturating_sub(self.gap);
        (size(self.columns, self.width), size(self.units.div_ceil(self.columns), self.height))
    }
}

/// Width and height of a picture in pixels. A weight or a pixel of the image is one pixel.
pub fn picture_size(shape: MaskShape<'_>, picture: MaskPicture) -> (usize, usize) {
    match picture {
        MaskPicture::Pixels => (shape.input.width, shape.input.height),
        MaskPicture::Units { columns } => Tiles::of(shape, columns).size(),
        MaskPicture::Matrix { layer } => shape.layers.get(layer).copied().unwrap_or((0, 0)),
    }
}

/// What a picture shows at a pixel, or `None` in the gaps between units and outside the picture. `x` and `y` are in
/// pixels of the picture, so a position on the page has to be scaled by the width of the picture over its width on the
/// page.
pub fn cell_at_pixel(shape: MaskShape<'_>, picture: MaskPicture, x: f64, y: f64) -> Option<MaskCell> {
    let (width, height) = picture_size(shape, picture);
    if !(x >= 0.0 && y >= 0.0 && x < width as f64 && y < height as f64) {
        return None;
    }
    let (x, y) = (x as usize, y as usize);
    let (inputs, _) = shape.first();
    match picture {
        MaskPicture::Pixels => {
            Some(y * width + x).filter(|&pixel| pixel < inputs).map(|pixel| MaskCell::Pixel { pixel })
        }
        MaskPicture::Units { columns } => {
            let (output, (x, y)) = Tiles::of(shape, columns).unit_at(x, y)?;
            let input = shape.input.input_at(x, y).filter(|&input| input < inputs)?;
            Some(MaskCell::Weight { layer: 0, output, input })
        }
        MaskPicture::Matrix { layer } => Some(MaskCell::Weight { layer, output: y, input: x }),
    }
}

/// The pixel that shows a cell: the inverse of [`cell_at_pixel`]. `None` if the picture does not show the cell. A
/// picture shows either pixels of the image or weights.
pub fn pixel_of_cell(shape: MaskShape<'_>, picture: MaskPicture, cell: MaskCell) -> Option<(usize, usize)> {
    let (inputs, _) = shape.first();
    match (picture, cell) {
        (MaskPicture::Pixels, MaskCell::Pixel { pixel }) if pixel < inputs.min(shape.input.pixels()) => {
            Some((pixel % shape.input.width, pixel / shape.input.width))
        }
        (MaskPicture::Units { columns }, MaskCell::Weight { layer: 0, output, input }) => {
            let inputs = inputs.min(shape.input.channels * shape.input.pixels());
            let corner = Tiles::of(shape, columns).corner(output).filter(|_| input < inputs)?;
            let (x, y) = shape.input.place_of(input);
            Some((corner.0 + x, corner.1 + y))
        }
        (MaskPicture::Matrix { layer: shown }, MaskCell::Weight { layer, output, input })
            if shown == layer =>
        {
            let &(inputs, outputs) = shape.layers.get(layer)?;
            (input < inputs && output < outputs).then_some((input, output))
        }
        _ => None,
    }
}

impl MaskHistory<'_> {
    /// The prune rounds of a layer's weights. If bytes are missing, they are fewer than the layer has weights.
    pub(crate) fn layer(&self, layer: usize) -> &[u8] {
        let weights = |&(inputs, outputs): &(usize, usize)| inputs * outputs;
        let Some(shape) = self.shape.layers.get(layer) else { return &[] };
        let start =
            self.shape.layers[..layer].iter().map(weights).sum::<usize>().min(self.prune_rounds.len());
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

    /// For each pixel, the number of its weights in layer 1 that survive, in all channels together, and the number of those
    /// just pruned.
    pub(crate) fn by_pixel(&self) -> Vec<(u32, u32)> {
        let (inputs, _) = self.shape.first();
        let pixels = self.shape.input.pixels().min(inputs);
        let mut counts = vec![(0, 0); pixels];
        if pixels == 0 {
            return counts;
        }
        for channel in self.layer(0).chunks(inputs).flat_map(|unit| unit.chunks(pixels)) {
            for (count, &prune_round) in counts.iter_mut().zip(channel) {
                match self.weight_state(prune_round) {
                    WeightState::Surviving => count.0 += 1,
                    WeightState::JustPruned => count.1 += 1,
                    WeightState::PrunedEarlier => {}
                }
            }
        }
        counts
    }

    /// The number of weights that each pixel of the image has in layer 1.
    pub(crate) fn weights_of_pixel(&self) -> usize {
        self.shape.first().1 * self.shape.input.channels
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
    let (layers, read) = (masks.shape.layers, masks.shape.input);
    let place = |pixel: usize| (pixel / read.width.max(1), pixel % read.width.max(1));
    let pixel = |(row, column): (usize, usize)| fill!("mask.pixel", row = row, column = column);
    match cell {
        MaskCell::Pixel { pixel: at } => {
            let (alive, died) = masks.by_pixel().get(at).copied().unwrap_or_default();
            let weights = masks.weights_of_pixel();
            let id = if died > 0 { "mask.pixel_left_and_pruned" } else { "mask.pixel_left" };
            fill!(id, pixel = pixel(place(at)), alive = alive, units = weights, died = died)
        }
        MaskCell::Weight { layer, output, input } => {
            let kernel = kernels.get(layer).copied().flatten();
            let from = match kernel {
                Some(kernel) => {
                    let (map, place) = (input / (kernel * kernel), input % (kernel * kernel));
                    let (row, column) = (place / kernel, place % kernel);
                    match channel_name(read.channels, map).filter(|_| layer == 0) {
                        Some(color) => {
                            fill!("mask.in_window_of_color", color = color, row = row, column = column)
                        }
                        None => fill!("mask.in_window", map = map, row = row, column = column),
                    }
                }
                None if layer == 0 => {
                    let (row, column) = place(read.pixel_of(input));
                    match channel_name(read.channels, read.channel_of(input)) {
                        Some(color) => {
                            fill!("mask.color_of_pixel", color = color, row = row, column = column)
                        }
                        None => pixel((row, column)),
                    }
                }
                None => fill!("mask.unit", unit = input),
            };
            let class = classes.get(output).filter(|_| layer + 1 == layers.len());
            let other = if kernel.is_some() { "mask.filter" } else { "mask.unit" };
            let to = class.cloned().unwrap_or_else(|| fill!(other, unit = output));
            let inputs = layers.get(layer).map_or(0, |shape| shape.0);
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
        MaskPicture::Pixels => text("mask.as_image").to_owned(),
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
