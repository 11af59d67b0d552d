//! Weights left in each layer, round by round, on a logarithmic axis.

use super::{Drawn, Style};
use plotters::coord::Shift;
use plotters::prelude::{DrawingArea, DrawingBackend};

/// What the chart shows.
#[derive(Clone, Debug, Default)]
pub struct Layers {
    /// Weights of each layer's dense matrix.
    pub sizes: Vec<u32>,
    /// For each round from 0 on, the weights left in each layer.
    pub rounds: Vec<Vec<u32>>,
    /// Rounds planned in all, the dense one included.
    pub planned: u32,
}

impl Layers {
    /// Whether there is nothing to draw yet.
    pub fn is_empty(&self) -> bool {
        self.rounds.is_empty() || self.sizes.is_empty()
    }
}

/// What to say while there is nothing to draw.
pub const EMPTY: &str = "The weights left in each layer appear here, round by round.";

/// The chart in words.
pub fn describe(_data: &Layers) -> String {
    String::new()
}

/// Draws the chart; nothing but the empty axes if there are no data.
pub fn draw<DB: DrawingBackend>(_area: &DrawingArea<DB, Shift>, _data: &Layers, _style: &Style) -> Drawn<DB> {
    Ok(())
}
