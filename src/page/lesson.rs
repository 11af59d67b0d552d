//! The lesson: short steps beside the live page. Each is tied to a run, asks the reader to guess before the run answers,
//! and holds sentences against the results. [`steps`] says which runs, questions and claims there are, [`words`] puts
//! them into words; [`prediction`] finds the answers in what is shown, [`chip`] judges the claims, and
//! [`notes`] keeps what the reader has guessed.

pub mod chip;
pub mod notes;
pub mod offer;
pub mod prediction;
pub mod reading;
pub mod steps;
pub mod words;

#[cfg(test)]
mod tests;
