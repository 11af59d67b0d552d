//! Checks what the page says of a run against the report of the run. Nothing here comes from the page: it follows from
//! `sentences.md` and from the format of report files in the README.

mod arms;
mod reader;
mod report;
mod statistics;
#[cfg(test)]
mod tests;
mod titles;

use anyhow::{Context, Result, ensure};
use arms::Arms;
use reader::Reader;
use report::Report;
use serde_json::Value;
use statistics::{Judged, Verdict, judge};

/// The sentences that the page shows.
#[derive(Clone, Debug, Default)]
pub(crate) struct PageSentences {
    /// `#headline`.
    pub(crate) headline: String,
    /// `#headline-source`.
    pub(crate) source: String,
    /// `#title-rounds`.
    pub(crate) rounds: String,
    /// `#title-curves`.
    pub(crate) curves: String,
    /// `#title-stop`.
    pub(crate) stop: String,
    /// `#title-layers`.
    pub(crate) layers: String,
    /// `#title-cost`.
    pub(crate) cost: String,
}

/// A script that returns the text of each element of [`PageSentences`], by its id.
pub(crate) const READ_SENTENCES: &str = "
    const ids = ['headline', 'headline-source', 'title-rounds', 'title-curves', 'title-stop', 'title-layers', 'title-cost'];
    return Object.fromEntries(ids.map((id) => [id, document.getElementById(id).innerText.trim()]))";

impl PageSentences {
    /// Takes what [`READ_SENTENCES`] has returned.
    pub(crate) fn read(texts: &Value) -> Result<PageSentences> {
        let text = |id: &str| {
            texts[id].as_str().map(str::to_owned).with_context(|| format!("the page has no text in #{id}"))
        };
        Ok(PageSentences {
            headline: text("headline")?,
            source: text("headline-source")?,
            rounds: text("title-rounds")?,
            curves: text("title-curves")?,
            stop: text("title-stop")?,
            layers: text("title-layers")?,
            cost: text("title-cost")?,
        })
    }

    /// Each sentence with the name of its element.
    pub(crate) fn all_mut(&mut self) -> [(&'static str, &mut String); 7] {
        [
            ("headline", &mut self.headline),
            ("headline-source", &mut self.source),
            ("title-rounds", &mut self.rounds),
            ("title-curves", &mut self.curves),
            ("title-stop", &mut self.stop),
            ("title-layers", &mut self.layers),
            ("title-cost", &mut self.cost),
        ]
    }
}

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
    fn count(&mut self, judged: &Judged) {
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

/// Checks the sentences while no job is done: all are questions.
pub(crate) fn check_questions(page: &PageSentences) -> Result<()> {
    ensure!(page.source.is_empty(), "#headline-source says {:?} of nothing", page.source);
    for text in [&page.headline, &page.rounds, &page.curves, &page.stop, &page.layers, &page.cost] {
        check_question(text)?;
    }
    Ok(())
}

fn check_question(text: &str) -> Result<()> {
    ensure!(text.ends_with('?'), "this is no question: {text:?}");
    let told = DEFINITE.iter().find(|word| text.contains(**word));
    ensure!(told.is_none(), "this question tells a result: {text:?}");
    Ok(())
}

/// Checks the sentences against the text of a report. Returns what they have spoken of.
pub(crate) fn check(report: &str, page: &PageSentences) -> Result<Tally> {
    let report = Report::read(report)?;
    let mut tally = Tally::default();
    let Some(last) = report.last_round_over() else {
        check_questions(page)?;
        return Ok(tally);
    };
    let arms = Arms::of(&report);
    // The subject may not be there although its rounds are over: the dense network alone has no pruned rounds.
    let pruned = arms.as_ref().filter(|_| last > 0);
    headline(&report, arms.as_ref(), last, &page.headline, &mut tally)
        .with_context(|| format!("#headline says {:?}", page.headline))?;
    let Some(arms) = pruned else {
        ensure!(page.source.is_empty(), "#headline-source says {:?} of nothing", page.source);
        for text in [&page.rounds, &page.curves, &page.stop, &page.layers, &page.cost] {
            check_question(text)?;
        }
        return Ok(tally);
    };
    type Check = fn(&Report, &Arms, u32, &mut Reader<'_>, &mut Tally) -> Result<()>;
    let titles: [(&str, &String, Check); 6] = [
        ("headline-source", &page.source, intervals),
        ("title-rounds", &page.rounds, titles::rounds),
        ("title-curves", &page.curves, titles::curves),
        ("title-stop", &page.stop, titles::stop),
        ("title-layers", &page.layers, titles::layers),
        ("title-cost", &page.cost, titles::cost),
    ];
    for (id, text, check_title) in titles {
        let mut reader = Reader::new(text);
        check_title(&report, arms, last, &mut reader, &mut tally)
            .and_then(|()| reader.end())
            .with_context(|| format!("#{id} says {text:?}"))?;
    }
    Ok(tally)
}

/// `In this run` or `On the mean of N trials`.
fn basis(report: &Report, reader: &mut Reader<'_>) -> Result<()> {
    match report.seeds.len() {
        1 => reader.expect("In this run"),
        trials => {
            reader.expect("On the mean of ")?;
            reader.count(trials as u64)?;
            reader.expect(" trials")
        }
    }
}

fn headline(report: &Report, arms: Option<&Arms>, last: u32, text: &str, tally: &mut Tally) -> Result<()> {
    let reader = &mut Reader::new(text);
    basis(report, reader)?;
    let Some(arms) = arms.filter(|_| last > 0) else {
        reader.expect(" the dense network reads ")?;
        let accuracies = report.dense_accuracies()?;
        reader.percent(accuracies.iter().sum::<f64>() / accuracies.len() as f64)?;
        reader.expect(" of the test images.")?;
        let asks = arms.is_some() && report.rounds > 0;
        return if asks { check_question(reader.rest()) } else { reader.end() };
    };
    reader.expect(" ")?;
    reader.expect(arms.subject_name())?;
    reader.expect(" at ")?;
    reader.percent(report.weights_left(&arms.subject, last)?)?;
    reader.expect(" of the weights ")?;
    let others: Vec<&str> = ["dense"].into_iter().chain(arms.rivals.iter().map(String::as_str)).collect();
    let relations =
        relations(report, &arms.subject, &others, &|other| arms.name_beside(other), last, reader, tally)?;
    reader.expect(".")?;
    remarks(report, arms, last, &others, &relations, reader)?;
    reader.end()
}

/// The differences of the subject to others, called by `name_of`, at the end of a round.
fn relations(
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
fn test_difference(report: &Report, one: &str, other: &str, round: u32) -> Result<Judged> {
    Ok(judge(&report.pairs(one, other, round, &|line| Ok(line.test_end()))?, 10_000.0))
}

/// What the headline says after the relations.
fn remarks(
    report: &Report,
    arms: &Arms,
    last: u32,
    others: &[&str],
    relations: &[Judged],
    reader: &mut Reader<'_>,
) -> Result<()> {
    let verdict =
        |name: &str| others.iter().position(|other| *other == name).map(|at| relations[at].verdict());
    match arms.subject.as_str() {
        "ticket" if verdict("reinit") == Some(Verdict::Above) && verdict("dense") != Some(Verdict::Below) => {
            reader.expect(" That makes it a winning ticket.")
        }
        "sign" if verdict("reinit") == Some(Verdict::Above) && verdict("ticket").is_some() => {
            let lead = test_difference(report, "ticket", "reinit", last)?;
            if lead.verdict() != Verdict::Above {
                return Ok(());
            }
            let signs = test_difference(report, "sign", "reinit", last)?;
            let share = 100.0 * signs.mean / lead.mean;
            reader.expect(" The signs alone keep ")?;
            if share.round() >= 100.0 {
                reader.expect("all")?;
            } else {
                reader.near(share)?;
                reader.expect("%")?;
            }
            reader.expect(" of the ticket's lead.")
        }
        "norewind" => {
            reader.expect(" It has trained ")?;
            reader.count(report.iterations * u64::from(last + 1))?;
            reader.expect(" iterations")?;
            if arms.rivals.iter().any(|rival| rival == "ticket") {
                reader.expect(", the ticket ")?;
                reader.count(report.iterations)?;
            }
            reader.expect(".")
        }
        _ => Ok(()),
    }
}

/// The intervals of the differences that the headline speaks of.
fn intervals(report: &Report, arms: &Arms, last: u32, reader: &mut Reader<'_>, _: &mut Tally) -> Result<()> {
    reader.expect("Test accuracy at the end of round ")?;
    reader.count(last.into())?;
    reader.expect(", differences with their 95% intervals: ")?;
    let others = ["dense"].into_iter().chain(arms.rivals.iter().map(String::as_str));
    for (at, other) in others.enumerate() {
        let judged = test_difference(report, &arms.subject, other, last)?;
        reader.expect(if at > 0 { "; " } else { "" })?;
        reader.near(100.0 * judged.mean)?;
        reader.expect(" points to ")?;
        reader.expect(arms.name_beside(other))?;
        reader.expect(" (")?;
        reader.near(100.0 * (judged.mean - judged.margin))?;
        reader.expect(" to ")?;
        reader.near(100.0 * (judged.mean + judged.margin))?;
        reader.expect(")")?;
    }
    reader.expect(".")
}
