//! Puts what the page could not use or do into words, by the section `page_refused` of the texts.
//! [`experiment::refusals::texts`] does so for what workers and settings refuse.

use crate::{
    network_files::missing_note,
    open_requests::RequestKind,
    own_data_files,
    recorded_runs::RUN_NAMES,
    refusals::{FetchFault, MOST_IMPORTED_BYTES, PageRefusal, SilentPart},
};
use experiment::{names::list, network_file::MOST_FILE_BYTES, refusals::texts::quoted};
use model::own_data::MOST_BYTES;
use std::fmt::{Display, Formatter, Result};
use texts::{fill, text};

/// One sentence or several.
impl Display for PageRefusal {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let said = match self {
            PageRefusal::Worker(message) => message.to_string(),
            PageRefusal::Setting(rejected) => rejected.to_string(),
            PageRefusal::NoSuchRecordedRun(fragment) => fill!(
                "page_refused.no_such_recorded_run",
                fragment = quoted(fragment),
                runs = list(&RUN_NAMES, "list.or"),
            ),
            PageRefusal::RecordedRunNotFetched { path, fault } => {
                fill!("page_refused.recorded_run_not_fetched", path = path, fault = fault)
            }
            PageRefusal::TooLarge { names, bytes } => fill!(
                "page_refused.too_large",
                names = names,
                found = (bytes / 1e6).round_ties_even(),
                most = MOST_IMPORTED_BYTES / 1e6,
            ),
            PageRefusal::NetworkFileTooLarge { name, bytes } => fill!(
                "page_refused.network_file_too_large",
                name = name,
                found = (bytes / 1e6).round_ties_even(),
                most = MOST_FILE_BYTES / 1_000_000,
            ),
            PageRefusal::DataTooLarge { names, bytes } => fill!(
                "page_refused.data_too_large",
                names = names,
                found = (bytes / 1e6).round_ties_even(),
                most = MOST_BYTES / 1_000_000,
            ),
            PageRefusal::DataMissing(hash) => own_data_files::missing_note(*hash),
            PageRefusal::FilesMissing(missing) => missing_note(missing),
            PageRefusal::FileUnreadable { name, why } => {
                fill!("page_refused.file_unreadable", name = name, why = why)
            }
            PageRefusal::NotSaved(why) => fill!("page_refused.not_saved", why = why),
            PageRefusal::NotDrawn(why) => fill!("page_refused.not_drawn", why = why),
            PageRefusal::ReaderDiedTwice { request, cause } => {
                let (failed, again) = request_texts(*request);
                let id = match request {
                    RequestKind::Import | RequestKind::NetworkFile | RequestKind::OwnData => {
                        "page_refused.import_killed"
                    }
                    RequestKind::Export
                    | RequestKind::Files
                    | RequestKind::Score
                    | RequestKind::ReadNetworks => "page_refused.killed",
                };
                fill!(id, failed = failed, cause = phrase(cause), again = again)
            }
            PageRefusal::NoReader { request, cause } => {
                let (failed, again) = request_texts(*request);
                fill!("page_refused.no_reader", failed = failed, cause = phrase(cause), again = again)
            }
            PageRefusal::AnswerNotWhole(request) => {
                let (failed, again) = request_texts(*request);
                fill!("page_refused.answer_not_whole", failed = failed, again = again)
            }
            PageRefusal::NewRun => text("page_refused.new_run").into(),
            PageRefusal::NoSuchMoment(moment) => fill!("page_refused.no_such_moment", moment = moment),
            PageRefusal::NoSuchArm(arm) => fill!("page_refused.no_such_arm", arm = arm),
            PageRefusal::Silence { of, seconds } => {
                let id = match of {
                    SilentPart::Worker => "worker.silent",
                    SilentPart::StartingWorker => "worker.not_started",
                    SilentPart::Pause => "worker.no_pause",
                    SilentPart::Job => "worker.no_progress",
                    SilentPart::StartingWorkers => "page_refused.silent_starting_workers",
                    SilentPart::Download => "page_refused.silent_download",
                };
                fill!(id, seconds = seconds.round_ties_even())
            }
            PageRefusal::JobGivenUp { job, cause, others_go_on } => {
                let id = if *others_go_on { "worker.given_up" } else { "worker.failed_thrice" };
                fill!(id, job = job, cause = phrase(cause))
            }
            PageRefusal::ResultsChanged(job) => fill!("page_refused.results_changed", job = job),
            PageRefusal::OutputsNotWhole(error) => fill!("page_refused.outputs_not_whole", error = error),
            PageRefusal::DataNotFetched { path, fault } => {
                fill!("page_refused.data_not_fetched", path = path, fault = fault)
            }
            PageRefusal::EventUnreadable(fault) => fill!("page_refused.event_unreadable", fault = fault),
            PageRefusal::CommandUnwritable(fault) => fill!("page_refused.command_unwritable", fault = fault),
            PageRefusal::WorkerNotReached(why) => fill!("page_refused.worker_not_reached", why = why),
            PageRefusal::Foreign(why) => why.clone(),
            PageRefusal::WorkerStopped(why) => fill!("page_refused.worker_stopped", why = why),
            PageRefusal::WorkerNotLoaded => text("page_refused.worker_not_loaded").into(),
        };
        f.write_str(&said)
    }
}

/// A phrase.
impl Display for FetchFault {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            FetchFault::Lost(why) => f.write_str(why),
            FetchFault::Status(status) => f.write_str(&fill!("page_refused.status", status = status)),
        }
    }
}

/// A cause within a sentence.
fn phrase(cause: &PageRefusal) -> String {
    cause.to_string().trim_end_matches('.').into()
}

/// What could not be done of a request, and how to ask for it again.
fn request_texts(request: RequestKind) -> (&'static str, &'static str) {
    let (failed, again) = match request {
        RequestKind::Export => ("page_refused.export_failed", "page_refused.export_again"),
        RequestKind::Files => ("page_refused.files_failed", "page_refused.files_again"),
        RequestKind::Import => ("page_refused.import_failed", "page_refused.import_again"),
        RequestKind::NetworkFile => ("page_refused.network_file_failed", "page_refused.network_file_again"),
        RequestKind::OwnData => ("page_refused.own_data_failed", "page_refused.own_data_again"),
        RequestKind::Score => ("page_refused.score_failed", "page_refused.score_again"),
        RequestKind::ReadNetworks => ("page_refused.networks_failed", "page_refused.networks_again"),
    };
    (text(failed), text(again))
}

/// Refusals one behind the other.
pub fn joined(refusals: &[PageRefusal]) -> String {
    refusals.iter().map(PageRefusal::to_string).collect::<Vec<_>>().join(" ")
}

/// The most refusals that are listed.
const MOST_LISTED: usize = 5;
/// The most characters of a listed refusal.
const LONGEST: usize = 160;
/// How many characters are kept of the end of a refusal that is too long. It says what to do.
const KEPT_END: usize = 70;

/// The lines to show for these refusals: each as one line that is not too long, at most five of them, and then how many
/// more there are.
pub fn refusal_lines(refusals: &[PageRefusal]) -> Vec<String> {
    let mut lines: Vec<String> =
        refusals.iter().take(MOST_LISTED).map(|refusal| one_line(&refusal.to_string())).collect();
    if refusals.len() > MOST_LISTED {
        lines.push(fill!("page_refused.more", count = refusals.len() - MOST_LISTED));
    }
    lines
}

/// A message as a single line of limited length. What is cut is in the middle: the beginning names what is refused, and
/// the end says what to do.
fn one_line(message: &str) -> String {
    let words: Vec<&str> = message.split_whitespace().collect();
    let line: Vec<char> = words.join(" ").chars().collect();
    if line.len() <= LONGEST {
        return line.into_iter().collect();
    }
    let (start, end) = (&line[..LONGEST - 1 - KEPT_END], &line[line.len() - KEPT_END..]);
    start.iter().chain(['…'].iter()).chain(end).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines_of(messages: &[String]) -> Vec<String> {
        let refusals = messages.iter().cloned().map(PageRefusal::Foreign);
        refusal_lines(&refusals.collect::<Vec<_>>())
    }

    fn messages(count: usize) -> Vec<String> {
        (1..=count).map(|number| format!("{number}.jsonl: it is not a report.")).collect()
    }

    #[test]
    fn at_most_five_are_listed_and_the_rest_counted() {
        for count in 0..=5 {
            assert_eq!(lines_of(&messages(count)), messages(count));
        }
        for (count, last) in [(6, "and 1 more"), (1000, "and 995 more")] {
            let lines = lines_of(&messages(count));
            assert_eq!((&lines[..5], &lines[5..]), (&messages(5)[..], &[last.to_owned()][..]));
        }
    }

    #[test]
    fn none_is_longer_than_a_line_and_its_ends_stay() {
        for length in [1, 153, 154, 155, 156, 10_000] {
            // A character of three bytes, so that a cut between bytes would panic.
            let long = format!("a: {} z.", "語".repeat(length));
            let line = lines_of(std::slice::from_ref(&long)).remove(0);
            let whole = long.chars().count();
            assert_eq!(line.chars().count(), whole.min(160));
            assert_eq!(line.contains('…'), whole > 160, "{line}");
            assert!(line.starts_with("a: ") && line.ends_with(" z."), "{line}");
        }
        assert_eq!(lines_of(&["one\n  other\r\n\tthird ".into()]), ["one other third"]);
    }

    #[test]
    fn another_language_has_its_words() {
        texts::speak(texts::Language::from_json(include_str!("../../www/texts/de.json")).unwrap());
        let cause = Box::new(PageRefusal::Silence { of: SilentPart::Worker, seconds: 30.2 });
        let refusals = [
            PageRefusal::ReaderDiedTwice { request: RequestKind::Export, cause },
            PageRefusal::NoSuchRecordedRun("recorded=own".into()),
        ];
        assert_eq!(
            refusals.map(|refusal| refusal.to_string()),
            [
                "Der Bericht konnte nicht geschrieben werden: ein Worker ist zweimal daran gestorben (Ein Worker \
                 schwieg 30 Sekunden lang). Andere Tabs schließen, um Speicher freizugeben, dann noch einmal \
                 „Bericht exportieren“ drücken.",
                "recorded=own wurde nicht verwendet: recorded kann quick, paper oder trials sein, und keine Einstellung eines \
                 Experiments oder des Rechners passt dazu."
            ]
        );
    }
}
