//! Checks what the page says of a run against the report of the run. Nothing here comes from the page: it follows from
//! `sentences.md` and from the format of report files in the README.

mod arms;
mod common;
mod headline;
mod reader;
mod report;
mod statistics;
#[cfg(test)]
mod tests;
mod titles;

use anyhow::{Context, Result, ensure};
use arms::Arms;
pub(crate) use common::Tally;
use common::check_question;
use headline::{at_the_last, headline, intervals};
use reader::Reader;
use report::Report;
use serde_json::Value;

/// The sentences that the page shows.
#[derive(Clone, Debug, Default)]
pub(crate) struct PageSentences {
    /// `#headline`.
    pub(crate) headline: String,
    /// `#headline-down`.
    pub(crate) down: String,
    /// `#headline-source`.
    pub(crate) source: String,
    /// `#title-rounds`.
    pub(crate) rounds: String,
    /// `#title-curves`.
    pub(crate) curves: String,
    /// `#title-stop`.
    pub(crate) stop: String,
    /// `#title-barriers`.
    pub(crate) barriers: String,
    /// `#title-layers`.
    pub(crate) layers: String,
    /// `#title-cost`.
    pub(crate) cost: String,
}

/// A script that returns the text of each element of [`PageSentences`], by its id.
pub(crate) const READ_SENTENCES: &str = "
    const ids = ['headline', 'headline-down', 'headline-source', 'title-rounds', 'title-curves', 'title-stop', 'title-barriers', 'title-layers', 'title-cost'];
    return Object.fromEntries(ids.map((id) => [id, document.getElementById(id).textContent.trim()]))";

impl PageSentences {
    /// Takes what [`READ_SENTENCES`] has returned.
    pub(crate) fn read(texts: &Value) -> Result<PageSentences> {
        let text = |id: &str| {
            texts[id].as_str().map(str::to_owned).with_context(|| format!("the page has no text in #{id}"))
        };
        Ok(PageSentences {
            headline: text("headline")?,
            down: text("headline-down")?,
            source: text("headline-source")?,
            rounds: text("title-rounds")?,
            curves: text("title-curves")?,
            stop: text("title-stop")?,
            barriers: text("title-barriers")?,
            layers: text("title-layers")?,
            cost: text("title-cost")?,
        })
    }

    /// Each sentence with the name of its element.
    pub(crate) fn all_mut(&mut self) -> [(&'static str, &mut String); 9] {
        [
            ("headline", &mut self.headline),
            ("headline-down", &mut self.down),
            ("headline-source", &mut self.source),
            ("title-rounds", &mut self.rounds),
            ("title-curves", &mut self.curves),
            ("title-stop", &mut self.stop),
            ("title-layers", &mut self.layers),
            ("title-cost", &mut self.cost),
            ("title-barriers", &mut self.barriers),
        ]
    }
}

/// Checks the sentences while no job is done: all are questions.
pub(crate) fn check_questions(page: &PageSentences) -> Result<()> {
    check_nothing_more(page)?;
    for text in
        [&page.headline, &page.rounds, &page.curves, &page.stop, &page.barriers, &page.layers, &page.cost]
    {
        check_question(text)?;
    }
    Ok(())
}

/// Checks that nothing is said below the headline.
fn check_nothing_more(page: &PageSentences) -> Result<()> {
    for (id, text) in [("headline-down", &page.down), ("headline-source", &page.source)] {
        ensure!(text.is_empty(), "#{id} says {text:?} of nothing");
    }
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
    let subject_rounds = |arms: &Arms| report.pruned_rounds(&arms.subject, last);
    let pruned = arms.as_ref().filter(|arms| !subject_rounds(arms).is_empty());
    headline(&report, arms.as_ref(), last, &page.headline, &mut tally)
        .with_context(|| format!("#headline says {:?}", page.headline))?;
    let mut reader = Reader::new(&page.barriers);
    titles::barriers(&report, arms.as_ref(), last, &mut reader)
        .with_context(|| format!("#title-barriers says {:?}", page.barriers))?;
    let Some(arms) = pruned else {
        check_nothing_more(page)?;
        for text in [&page.rounds, &page.curves, &page.stop, &page.cost] {
            check_question(text)?;
        }
        return match arms.filter(|_| last > 0) {
            // The subject is not trained in any of the rounds.
            Some(arms) => {
                let reader = &mut Reader::new(&page.layers);
                titles::layers(&report, &arms, last, reader, &mut tally)?;
                reader.end().map(|()| tally)
            }
            None => check_question(&page.layers).map(|()| tally),
        };
    };
    let last_of_subject = subject_rounds(arms).pop().unwrap_or(last);
    type Check = fn(&Report, &Arms, u32, &mut Reader<'_>, &mut Tally) -> Result<()>;
    let titles: [(&str, &String, Check); 7] = [
        ("headline-down", &page.down, at_the_last),
        ("headline-source", &page.source, intervals),
        ("title-rounds", &page.rounds, titles::rounds),
        ("title-curves", &page.curves, titles::curves),
        ("title-stop", &page.stop, titles::stop),
        ("title-layers", &page.layers, titles::layers),
        ("title-cost", &page.cost, titles::cost),
    ];
    for (id, text, check_title) in titles {
        let mut reader = Reader::new(text);
        // What is left, and what the ticket has cost, is told of every round.
        let last = if matches!(id, "title-layers" | "title-cost") { last } else { last_of_subject };
        check_title(&report, arms, last, &mut reader, &mut tally)
            .and_then(|()| reader.end())
            .with_context(|| format!("#{id} says {text:?}"))?;
    }
    Ok(tally)
}
