//! What the checks of several sentences have in common.

use super::{
    arms::Arms,
    reader::Reader,
    report::Report,
    statistics::{Judged, Verdict, judge},
};
use anyhow::{Result, ensure};

/// How many differences the sentences have spoken of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    /// Those that are clear, and were told with definite words.
    pub(crate) definite: usize,
    /// Those that are not clear, and were called so.
    pub(crate) unclear: usize,
}

impl Tally {
    /// Counts a difference.
    pub(super) fn count(&mut self, judged: &Judged) {
        match judged.verdict() {
            Verdict::Unclear => self.unclear += 1,
            Verdict::Above | Verdict::Below => self.definite += 1,
        }
    }

    /// Adds the counts of other sentences.
    pub(crate) fn add(&mut self, other: Tally) {
        self.definite += other.definite;
        self.unclear += other.unclear;
    }
}

/// The words that only a result may have.
const DEFINITE: [&str; 7] =
    [" above ", " below ", " sooner ", " later than ", " winning ", " no clear difference", " none from "];

/// Checks that a text asks, and tells no result.
pub(super) fn check_question(text: &str) -> Result<()> {
    ensure!(text.ends_with('?'), "this is no question: {text:?}");
    let told = DEFINITE.iter().find(|word| text.contains(**word));
    ensure!(told.is_none(), "this question tells a result: {text:?}");
    Ok(())
}

/// `In this run` or `On the mean of N trials`, and `on DATA` where the subject is trained on the other data set.
pub(super) fn basis(report: &Report, arms: Option<&Arms>, reader: &mut Reader<'_>) -> Result<()> {
    match report.seeds.len() {
        1 => reader.expect("In this run")?,
        trials => {
            reader.expect("On the mean of ")?;
            reader.count(trials as u64)?;
            reader.expect(" trials")?;
        }
    }
    on_data(report, arms, reader)
}

/// `on DATA` where the subject is trained on the other data set.
pub(super) fn on_data(report: &Report, arms: Option<&Arms>, reader: &mut Reader<'_>) -> Result<()> {
    match arms.and_then(|arms| arms.other_data(report)) {
        Some(data) => {
            reader.expect(" on ")?;
            reader.expect(data)
        }
        None => Ok(()),
    }
}

/// The differences of the subject to others, called by `name_of`, at the end of a round.
pub(super) fn relations(
    report: &Report,
    subject: &str,
    others: &[&str],
    name_of: &dyn Fn(&str) -> &'static str,
    round: u32,
    reader: &mut Reader<'_>,
    tally: &mut Tally,
) -> Result<Vec<Judged>> {
    let judged: Vec<Judged> =
        others.iter().map(|other| test_difference(report, subject, other, round)).collect::<Result<_>>()?;
    let named: Vec<(Judged, &str)> =
        judged.iter().copied().zip(others.iter().map(|other| name_of(other))).collect();
    reader.relations(&named)?;
    judged.iter().for_each(|judged| tally.count(judged));
    Ok(judged)
}

/// The difference of the test accuracies of two arms at the end of a round.
pub(super) fn test_difference(report: &Report, one: &str, other: &str, round: u32) -> Result<Judged> {
    Ok(judge(&report.pairs(one, other, round, &|line| Ok(line.test_end()))?, 10_000.0))
}
