//! Writes, reads and judges reports. This runs in the worker, so that the page's wasm module does not need the code for
//! JSON and compression.

use experiment::{
    claims::formatted::{score_and_format, summary},
    experiment_report::{ExperimentReport, ExperimentReportParts},
};
use protocol::WorkerEvent;
use protocol::{EventPayload, Reply};

/// Writes a report as the text of a report file.
pub(super) fn write_report(
    request_id: u32,
    experiment_report: ExperimentReportParts,
    prune_rounds: Vec<Vec<u8>>,
) -> Reply {
    match ExperimentReport::from_parts(experiment_report, prune_rounds) {
        Some(experiment_report) => {
            (WorkerEvent::Exported { request_id }, EventPayload::Text(experiment_report.to_file_text()))
        }
        None => request_failed(request_id, "The report did not arrive whole.".into()),
    }
}

/// Reads one or more report files and merges them into one experiment.
pub(super) fn read_reports(request_id: u32, names: &[String], texts: &[String]) -> Reply {
    let read = |(index, text): (usize, &String)| {
        ExperimentReport::from_file_text(text).map_err(|error| {
            let name = names.get(index).map_or(String::new(), |name| format!("{name}: "));
            format!("{name}{error}.")
        })
    };
    let experiment_reports: Result<Vec<ExperimentReport>, String> =
        texts.iter().enumerate().map(read).collect();
    let merged =
        experiment_reports.and_then(|all| ExperimentReport::merge(all).map_err(|error| format!("{error}.")));
    match merged {
        Ok(experiment_report) => {
            let (parts, prune_rounds) = experiment_report.to_parts();
            let experiment_report = Box::new(parts);
            (WorkerEvent::Imported { request_id, experiment_report }, EventPayload::PruneRounds(prune_rounds))
        }
        Err(message) => request_failed(request_id, message),
    }
}

/// Judges the paper's claims by the results of an experiment.
pub(super) fn score_report(request_id: u32, experiment_report: &ExperimentReportParts) -> Reply {
    let claims = score_and_format(
        &experiment_report.config,
        experiment_report.finished.iter().map(|done| &done.report),
    );
    (WorkerEvent::Scored { request_id, summary: summary(&claims), claims }, EventPayload::None)
}

/// The reply that a request failed. `message` is a sentence.
pub(super) fn request_failed(request_id: u32, message: String) -> Reply {
    (WorkerEvent::RequestFailed { request_id, message }, EventPayload::None)
}
