//! Journals into report files and back, and scored: here, so that the page need not link what does it.

use experiment::{
    claims::formatted::{score_and_format, summary},
    experiment_report::{ExperimentReport, ExperimentReportParts},
};
use protocol::WorkerEvent;
use protocol::{EventPayload, Reply};

/// A journal's report file.
pub(super) fn write_report(ask: u32, journal: ExperimentReportParts, deaths: Vec<Vec<u8>>) -> Reply {
    match ExperimentReport::from_parts(journal, deaths) {
        Some(journal) => (WorkerEvent::Exported { ask }, EventPayload::Text(journal.to_file_text())),
        None => request_failed(ask, "The report did not arrive whole.".into()),
    }
}

/// One journal of one report file or several.
pub(super) fn read_reports(ask: u32, names: &[String], texts: &[String]) -> Reply {
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
            (WorkerEvent::Imported { ask, journal }, EventPayload::PruneRounds(deaths))
        }
        Err(message) => request_failed(ask, message),
    }
}

/// The paper's claims, scored by a journal's readings.
pub(super) fn score_report(ask: u32, journal: &ExperimentReportParts) -> Reply {
    let claims = score_and_format(&journal.config, journal.finished.iter().map(|done| &done.report));
    (WorkerEvent::Scored { ask, summary: summary(&claims), claims }, EventPayload::None)
}

/// Says why not.
pub(super) fn request_failed(ask: u32, message: String) -> Reply {
    (WorkerEvent::RequestFailed { ask, message }, EventPayload::None)
}
