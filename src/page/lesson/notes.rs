//! What the reader has guessed and which thresholds were moved. It is kept while the page is open.

use crate::lesson::{
    chip::ChipClaim,
    prediction::{Outcome, Truth},
    steps::{STEPS, Step},
};

/// A guess.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guess {
    /// The option with this index.
    Option(usize),
    /// So many of 100 images.
    Images(u32),
    /// The reader wants to see without guessing.
    Skipped,
}

/// How a guess stands to the answer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Verdict {
    /// It is the answer.
    Right,
    /// It is not the answer.
    Wrong,
    /// So many images of 100 too many; fewer than none are too few.
    OffBy(f64),
}

/// How a guess stands to the answer, or `None` if there is no guess that could.
pub fn hold_against(guess: Guess, truth: &Truth) -> Option<Verdict> {
    match (guess, truth.outcome) {
        (Guess::Option(one), Outcome::Option(other)) => {
            Some(if one == other { Verdict::Right } else { Verdict::Wrong })
        }
        (Guess::Images(guessed), Outcome::Images(found)) => {
            let off = f64::from(guessed) - found.round();
            Some(if off == 0.0 { Verdict::Right } else { Verdict::OffBy(off) })
        }
        _ => None,
    }
}

/// The reader's notes: of each step the guess and the thresholds of its claims, in percentage points.
#[derive(Clone, Debug, PartialEq)]
pub struct Notes {
    guesses: Vec<Option<Guess>>,
    thresholds: Vec<Vec<f64>>,
}

impl Default for Notes {
    fn default() -> Notes {
        let of_claim = |claim: &ChipClaim| match claim {
            ChipClaim::Compared(comparison) => comparison.threshold,
            ChipClaim::Paper(_) => 0.0,
        };
        let thresholds = STEPS.iter().map(|step: &Step| step.claims.iter().map(of_claim).collect());
        Notes { guesses: vec![None; STEPS.len()], thresholds: thresholds.collect() }
    }
}

impl Notes {
    /// The guess at a step, counted from 0.
    pub fn guess(&self, step: usize) -> Option<Guess> {
        self.guesses.get(step).copied().flatten()
    }

    /// Notes a guess at a step, or takes it back.
    pub fn set_guess(&mut self, step: usize, guess: Option<Guess>) {
        if let Some(place) = self.guesses.get_mut(step) {
            *place = guess;
        }
    }

    /// The threshold of a claim of a step, in percentage points.
    pub fn threshold(&self, step: usize, claim: usize) -> f64 {
        self.thresholds.get(step).and_then(|claims| claims.get(claim)).copied().unwrap_or(0.0)
    }

    /// Moves a threshold. What is not a number from 0 to 100 changes nothing.
    pub fn set_threshold(&mut self, step: usize, claim: usize, points: f64) {
        let place = self.thresholds.get_mut(step).and_then(|claims| claims.get_mut(claim));
        if let Some(place) = place.filter(|_| (0.0..=100.0).contains(&points)) {
            *place = points;
        }
    }
}
