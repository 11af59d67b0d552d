//! What each round cost: multiply-adds as paid and as dense training would have cost, and seconds.

use super::{ArmLook, Drawn, Style};
use plotters::coord::Shift;
use plotters::prelude::{DrawingArea, DrawingBackend};

/// One arm's bill for one round.
#[derive(Clone, Debug)]
pub struct Bill {
    /// Whose.
    pub arm: &'static ArmLook,
    /// Prunings behind it.
    pub round: u32,
    /// Multiply-adds done.
    pub paid: f64,
    /// Multiply-adds the dense network would have cost.
    pub dense: f64,
    /// Seconds it took; not finite if nobody has measured.
    pub seconds: f64,
}

/// What the chart shows.
#[derive(Clone, Debug, Default)]
pub struct Cost {
    /// In any order; several of the same arm and round (trials, draws) are summed.
    pub bills: Vec<Bill>,
    /// Rounds planned in all, the dense one included.
    pub planned: u32,
}

impl Cost {
    /// Whether there is nothing to draw yet.
    pub fn is_empty(&self) -> bool {
        self.bills.is_empty()
    }
}

/// What to say while there is nothing to draw.
pub const EMPTY: &str = "The cost of each round appears here when it ends.";

/// The chart in words.
pub fn describe(_data: &Cost) -> String {
    String::new()
}

/// Draws the chart; nothing but the empty axes if there are no data.
pub fn draw<DB: DrawingBackend>(_area: &DrawingArea<DB, Shift>, _data: &Cost, _style: &Style) -> Drawn<DB> {
    Ok(())
}
