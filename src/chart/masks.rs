//! The masks as heatmaps: pixels for a canvas's ImageData, and which weight a pixel shows.

use super::style::Theme;

/// The death byte of a weight that no pruning has taken yet.
pub const ALIVE: u8 = 255;

/// All masks so far, told by one byte a weight: the first round in whose mask it is missing, or [`ALIVE`]. (The
/// pruning between rounds 2 and 3 writes 3.) So every round's mask can be drawn from the same bytes.
#[derive(Clone, Copy, Debug)]
pub struct Masks<'a> {
    /// Inputs and outputs of each layer.
    pub layers: &'a [(usize, usize)],
    /// The layers' `(out, in)` matrices, row by row, layer after layer.
    pub deaths: &'a [u8],
    /// The round whose mask is drawn.
    pub round: u8,
    /// How far the moment of pruning has come: 0 shows those that died this round as still alive, then they light
    /// up, and at 1 they are gone but for a trace. Without motion, 1.
    pub phase: f64,
}

/// What to draw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Picture {
    /// Layer 1 as a map of the input image: how many weights of each pixel survive.
    Inputs,
    /// Layer 1 unit by unit: one small map of the input image for each, so many side by side.
    Units {
        /// Units side by side.
        columns: usize,
    },
    /// A layer's matrix (0 is the first): a row for each unit, a column for each of its inputs.
    Matrix {
        /// Which layer.
        layer: usize,
    },
}

/// What a pixel of a picture shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cell {
    /// A pixel of the input image.
    Input {
        /// Its index, row by row.
        input: usize,
    },
    /// A weight.
    Weight {
        /// Layer, from 0.
        layer: usize,
        /// The unit it feeds.
        output: usize,
        /// The input it comes from.
        input: usize,
    },
}

/// Width and height of a picture in pixels; a weight, or an input, is one pixel.
pub fn size(_layers: &[(usize, usize)], _picture: Picture) -> (usize, usize) {
    (0, 0)
}

/// Paints a picture as rows of RGBA, opaque or clear, into `rgba`, which is made to fit.
pub fn paint(_masks: &Masks<'_>, _picture: Picture, _theme: Theme, _rgba: &mut Vec<u8>) {}

/// What lies at a pixel of a picture; nothing in the gaps between units.
pub fn hit(_layers: &[(usize, usize)], _picture: Picture, _x: f64, _y: f64) -> Option<Cell> {
    None
}

/// The pixel that shows a cell: the inverse of [`hit`].
pub fn locate(_layers: &[(usize, usize)], _picture: Picture, _cell: Cell) -> Option<(usize, usize)> {
    None
}

/// A cell in words, such as “layer 1: input (14, 9) → unit 203; pruned for round 3”.
pub fn name(_masks: &Masks<'_>, _cell: Cell) -> String {
    String::new()
}

/// A picture in words.
pub fn describe(_masks: &Masks<'_>, _picture: Picture) -> String {
    String::new()
}

/// The colours of a legend: alive, just died, long dead, as CSS writes them.
pub fn legend(_theme: Theme) -> [(&'static str, String); 3] {
    Default::default()
}

/// How many units fit side by side in so many pixels.
pub fn columns_for(_layers: &[(usize, usize)], _width: usize) -> usize {
    1
}

/// What to say while there is nothing to draw.
pub const EMPTY: &str = "The masks appear here; the first pruning comes at the end of round 0.";
