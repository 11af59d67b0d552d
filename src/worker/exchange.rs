//! Journals into report files and back, and scored: here, so that the page need not link what does it.

use experiment::{
    claims::words::{summary, tell},
    journal::{ExperimentReport, ExperimentReportParts},
};
use protocol::Event;
use protocol::{Said, Sent};

/// A journal's report file.
pub(super) fn export(ask: u32, journal: ExperimentReportParts, deaths: Vec<Vec<u8>>) -> Said {
    match ExperimentReport::from_parts(journal, deaths) {
        Some(journal) => (Event::Exported { ask }, Sent::Text(journal.to_file_text())),
        None => refused(ask, "The report did not arrive whole.".into()),
    }
}

/// One journal of one report file or several.
pub(super) fn import(ask: u32, names: &[String], texts: &[String]) -> Said {
    let read = |(at, text): (usize, &String)| {
        ExperimentReport::from_file_text(text).map_err(|error| {
            let name = names.get(at).map_or(String::new(), |name| format!("{name}: "));
            format!("{name}{error}.")
        })
    };
    let journals: Result<Vec<ExperimentReport>, String> = texts.iter().enumerate().map(read).collect();
    let merged = journals.and_then(|all| ExperimentReport::merge(all).map_err(|error| format!("{error}.")));
    match merged {
        Ok(journal) => {
            let (parts, deaths) = journal.to_parts();
            let journal = Box::new(parts);
            (Event::Imported { ask, journal }, Sent::Deaths(deaths))
        }
        Err(message) => refused(ask, message),
    }
}

/// The paper's claims, scored by a journal's readings.
pub(super) fn score(ask: u32, journal: &ExperimentReportParts) -> Said {
    let claims = tell(&journal.config, journal.finished.iter().map(|done| &done.report));
    (Event::Scored { ask, summary: summary(&claims), claims }, Sent::None)
}

/// Says why not.
pub(super) fn refused(ask: u32, message: String) -> Said {
    (Event::Refused { ask, message }, Sent::None)
}
