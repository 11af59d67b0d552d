//! Accuracy while training: validation accuracy against iterations, one line for each arm and round.

use super::{ArmLook, Drawn, Style};
use plotters::coord::Shift;
use plotters::prelude::{DrawingArea, DrawingBackend};

/// One arm's validation accuracy in one round.
#[derive(Clone, Debug)]
pub struct Curve {
    /// Whose.
    pub arm: &'static ArmLook,
    /// Prunings behind it.
    pub round: u32,
    /// Iteration in the round and accuracy, from 0 to 1, in order of iterations.
    pub points: Vec<(u32, f64)>,
    /// Lowest and highest of several trials at each of `points`; empty if there is but one.
    pub band: Vec<(f64, f64)>,
    /// The iteration of the least validation loss, once it is known.
    pub early_stop: Option<u32>,
}

/// What the x axis spans.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Span {
    /// One round: the rounds lie upon each other, the earlier the fainter.
    #[default]
    Round,
    /// All rounds, one after the other.
    All,
}

/// What the chart shows.
#[derive(Clone, Debug, Default)]
pub struct Curves {
    /// In any order.
    pub curves: Vec<Curve>,
    /// The round that is emphasised.
    pub round: u32,
    /// Rounds planned in all, the dense one included.
    pub rounds: u32,
    /// Iterations of a round.
    pub iterations: u32,
    /// What the x axis spans.
    pub span: Span,
}

impl Curves {
    /// Whether there is nothing to draw yet.
    pub fn is_empty(&self) -> bool {
        self.curves.iter().all(|curve| curve.points.is_empty())
    }
}

/// What to say while there is nothing to draw.
pub const EMPTY: &str = "Accuracy appears here with the first validation.";

/// The chart in words.
pub fn describe(_data: &Curves) -> String {
    String::new()
}

/// Draws the chart; nothing but the empty axes if there are no data.
pub fn draw<DB: DrawingBackend>(_area: &DrawingArea<DB, Shift>, _data: &Curves, _style: &Style) -> Drawn<DB> {
    Ok(())
}
