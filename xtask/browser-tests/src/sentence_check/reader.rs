//! Reads a sentence from left to right, and compares it with what it has to say.

use super::statistics::{Judged, Verdict};
use anyhow::{Context, Result, bail, ensure};

/// A sentence, and how much of it is read.
pub(super) struct Reader<'a> {
    rest: &'a str,
}

impl<'a> Reader<'a> {
    /// Begins to read a text.
    pub(super) fn new(text: &'a str) -> Reader<'a> {
        Reader { rest: text }
    }

    /// What is not read yet, without the space before it.
    pub(super) fn rest(&self) -> &'a str {
        self.rest.trim_start()
    }

    /// Reads these words, which must come next.
    pub(super) fn expect(&mut self, words: &str) -> Result<()> {
        self.rest = self
            .rest
            .strip_prefix(words)
            .with_context(|| format!("{words:?} should stand before {:?}", self.rest))?;
        Ok(())
    }

    /// Nothing may be left.
    pub(super) fn end(&self) -> Result<()> {
        ensure!(self.rest.is_empty(), "this is too much: {:?}", self.rest);
        Ok(())
    }

    /// Reads a number. Returns it with its number of decimals.
    fn number(&mut self) -> Result<(f64, usize)> {
        let digits = |c: char| c.is_ascii_digit() || matches!(c, '−' | '+' | '.' | ',');
        let end = self.rest.find(|c| !digits(c)).unwrap_or(self.rest.len());
        // A comma or a full stop after a number belongs to the sentence.
        let text = self.rest[..end].trim_end_matches(['.', ',']);
        let plain = text.replace(',', "").replace('−', "-");
        let value = plain.parse().with_context(|| format!("a number should stand before {:?}", self.rest))?;
        self.rest = &self.rest[text.len()..];
        Ok((value, plain.split_once('.').map_or(0, |(_, decimals)| decimals.len())))
    }

    /// Reads a whole number that must be this one.
    pub(super) fn count(&mut self, expected: u64) -> Result<()> {
        let (found, decimals) = self.number()?;
        ensure!(found == expected as f64 && decimals == 0, "{found} should be {expected}");
        Ok(())
    }

    /// Reads a number that must be this one, rounded to its last digit.
    pub(super) fn near(&mut self, expected: f64) -> Result<()> {
        let (found, decimals) = self.number()?;
        let half_a_digit = 0.5 * 10_f64.powi(-(decimals as i32));
        ensure!((found - expected).abs() <= half_a_digit + 1e-9, "{found} should be {expected}");
        Ok(())
    }

    /// Reads a share in percent, with at least one decimal unless it is the whole.
    pub(super) fn percent(&mut self, share: f64) -> Result<()> {
        let before = self.rest;
        let (_, decimals) = self.number()?;
        ensure!(decimals > 0 || share > 0.9994, "{:.1}% has too few digits", 100.0 * share);
        self.rest = before;
        self.near(100.0 * share)?;
        self.expect("%")
    }

    /// Reads the size of a difference, in points with one decimal.
    pub(super) fn points(&mut self, difference: f64) -> Result<()> {
        let size = 100.0 * difference.abs();
        if self.rest.starts_with("less than 0.1 points") {
            ensure!(size < 0.05 + 1e-9, "{size} points are not less than 0.1");
            return self.expect("less than 0.1 points");
        }
        ensure!(size > 0.05 - 1e-9, "{size} points are less than 0.1");
        self.near(size)?;
        self.expect(" points")
    }

    /// Reads how a network stands to others, each with its name.
    pub(super) fn relations(&mut self, others: &[(Judged, &str)]) -> Result<()> {
        let mut before: Option<Verdict> = None;
        for (at, (judged, name)) in others.iter().enumerate() {
            let verdict = judged.verdict();
            let turns = matches!(
                (before, verdict),
                (Some(Verdict::Above), Verdict::Below) | (Some(Verdict::Below), Verdict::Above)
            );
            if at > 0 {
                let is_last = at + 1 == others.len();
                self.expect(if others.len() > 2 { ", " } else { " " })?;
                if is_last {
                    self.expect(if turns { "but " } else { "and " })?;
                }
            }
            match verdict {
                Verdict::Unclear if before == Some(Verdict::Unclear) => self.expect("none from ")?,
                Verdict::Unclear => self.expect("shows no clear difference from ")?,
                Verdict::Above | Verdict::Below => {
                    if matches!(before, None | Some(Verdict::Unclear)) {
                        self.expect("is ")?;
                    }
                    self.points(judged.mean)?;
                    self.expect(if verdict == Verdict::Above { " above " } else { " below " })?;
                }
            }
            self.expect(name)?;
            before = Some(verdict);
        }
        if others.is_empty() {
            bail!("there is nothing to compare");
        }
        Ok(())
    }
}
