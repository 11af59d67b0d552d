//! A reading against the weights left: the paper's own figure. x runs logarithmically from 100% down.

use super::{ArmLook, Drawn, Style};
use plotters::coord::Shift;
use plotters::prelude::{DrawingArea, DrawingBackend};

/// What is read off a round.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Unit {
    /// Accuracy, from 0 to 1, shown in percent.
    #[default]
    Accuracy,
    /// Iterations.
    Iterations,
    /// A loss, in nats.
    Loss,
}

/// One round of one arm.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RoundPoint {
    /// Share of the weights left, above 0 and at most 1.
    pub left: f64,
    /// The reading; the mean if there are several trials.
    pub value: f64,
    /// Lowest and highest of several trials.
    pub band: Option<(f64, f64)>,
}

/// One arm through the rounds.
#[derive(Clone, Debug)]
pub struct RoundLine {
    /// Whose.
    pub arm: &'static ArmLook,
    /// In order of rounds.
    pub points: Vec<RoundPoint>,
    /// Single trials, drawn faintly: weights left and value.
    pub trials: Vec<Vec<(f64, f64)>>,
}

/// A horizontal line across the chart, such as the dense network's reading.
#[derive(Clone, Debug)]
pub struct Reference {
    /// How it looks and what it is called.
    pub arm: &'static ArmLook,
    /// Where.
    pub value: f64,
    /// Lowest and highest of several trials.
    pub band: Option<(f64, f64)>,
}

/// What the chart shows.
#[derive(Clone, Debug, Default)]
pub struct Rounds {
    /// What is read off, such as “test accuracy at the end”.
    pub reading: String,
    /// Its unit.
    pub unit: Unit,
    /// In order of legends.
    pub lines: Vec<RoundLine>,
    /// A line across.
    pub reference: Option<Reference>,
    /// Share of the weights left in the last planned round: the x axis ends there from the start.
    pub lowest: f64,
}

impl Rounds {
    /// Whether there is nothing to draw yet.
    pub fn is_empty(&self) -> bool {
        self.lines.iter().all(|line| line.points.is_empty())
    }
}

/// What to say while there is nothing to draw.
pub const EMPTY: &str = "A point appears here at the end of each round.";

/// The chart in words.
pub fn describe(_data: &Rounds) -> String {
    String::new()
}

/// Draws the chart; nothing but the empty axes if there are no data.
pub fn draw<DB: DrawingBackend>(_area: &DrawingArea<DB, Shift>, _data: &Rounds, _style: &Style) -> Drawn<DB> {
    Ok(())
}
