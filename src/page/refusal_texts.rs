//! The words of what the page could not use or do, in one table: another language is another one. Those of what workers
//! and settings refuse are in [`experiment::refusals::texts`].

use crate::{
    open_requests::RequestKind,
    recorded_runs::RUN_NAMES,
    refusals::{FetchFault, MOST_IMPORTED_BYTES, PageRefusal, SilentPart},
};
use experiment::refusals::texts::quoted;
use std::fmt::{Display, Formatter, Result};
use texts::fill;

/// One sentence or several.
impl Display for PageRefusal {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            PageRefusal::Worker(message) => message.fmt(f),
            PageRefusal::Setting(rejected) => rejected.fmt(f),
            PageRefusal::NoSuchRecordedRun(fragment) => write!(
                f,
                "{} was not used: recorded must be {}, and no setting of an experiment or of the machine goes with it.",
                quoted(fragment),
                RUN_NAMES.join(" or ")
            ),
            PageRefusal::RecordedRunNotFetched { path, fault } => write!(
                f,
                "{path} could not be fetched: {fault}. Recorded runs lie in the folder assets of the site; check that it \
                 was copied whole."
            ),
            PageRefusal::TooLarge { names, bytes } => {
                let (found, most) = (bytes / 1e6, MOST_IMPORTED_BYTES / 1e6);
                write!(
                    f,
                    "{names}: these are {found:.0} MB, and reports of at most {most:.0} MB are opened at once; choose \
                     fewer."
                )
            }
            PageRefusal::FileUnreadable { name, why } => {
                write!(f, "{name} could not be read: {why}. Choose it again.")
            }
            PageRefusal::NotSaved(why) => write!(f, "The file could not be saved: {why}."),
            PageRefusal::NotDrawn(why) => write!(f, "A picture could not be drawn: {why}. Reload the page."),
            PageRefusal::ReaderDiedTwice { request, cause } => {
                let (failed, again) = request_texts(*request);
                write!(f, "{failed}: a worker died of it twice ({}). ", phrase(cause))?;
                match request {
                    RequestKind::Import => {
                        f.write_str("The file is probably damaged: open another copy of it.")
                    }
                    RequestKind::Export
                    | RequestKind::Files
                    | RequestKind::Score
                    | RequestKind::ReadNetworks => {
                        write!(f, "Close other tabs to free memory, then {again}.")
                    }
                }
            }
            PageRefusal::NoReader { request, cause } => {
                let (failed, again) = request_texts(*request);
                let cause = phrase(cause);
                write!(
                    f,
                    "{failed}: no worker could be started for it ({cause}). Check the connection, then {again}."
                )
            }
            PageRefusal::AnswerNotWhole(request) => {
                let (failed, again) = request_texts(*request);
                write!(f, "{failed}: the answer did not arrive whole; {again}.")
            }
            PageRefusal::NewRun => {
                f.write_str("A new run has begun, and its networks are others: ask again.")
            }
            PageRefusal::NoSuchMoment(moment) => {
                write!(f, "There is no moment “{moment}”; there are first, early_stop and last.")
            }
            PageRefusal::NoSuchArm(arm) => write!(f, "There is no arm “{arm}”."),
            PageRefusal::Silence { of, seconds } => {
                let what = match of {
                    SilentPart::Worker => {
                        return f.write_str(&fill!("worker.silent", seconds = seconds.round()));
                    }
                    SilentPart::StartingWorker => {
                        return f.write_str(&fill!("worker.not_started", seconds = seconds.round()));
                    }
                    SilentPart::Pause => {
                        return f.write_str(&fill!("worker.no_pause", seconds = seconds.round()));
                    }
                    SilentPart::Job => {
                        return f.write_str(&fill!("worker.no_progress", seconds = seconds.round()));
                    }
                    SilentPart::StartingWorkers => "The workers, which were starting,",
                    SilentPart::Download => "The download of the data",
                };
                write!(f, "{what} made no progress for {seconds:.0} seconds.")
            }
            PageRefusal::JobGivenUp { job, cause, others_go_on } => {
                let said = if *others_go_on { "worker.given_up" } else { "worker.failed_thrice" };
                f.write_str(&fill!(said, job = job, cause = phrase(cause)))
            }
            PageRefusal::ResultsChanged(job) => {
                write!(f, "{job} ran again and gave other numbers than the report has.")
            }
            PageRefusal::OutputsNotWhole(error) => {
                write!(f, "A worker finished a job without all that others need of it: {error}.")
            }
            PageRefusal::DataNotFetched { path, fault } => {
                write!(f, "{path} could not be fetched: {fault}.")
            }
            PageRefusal::EventUnreadable(fault) => {
                write!(f, "A worker said something that cannot be read: {fault}.")
            }
            PageRefusal::CommandUnwritable(fault) => {
                write!(f, "A worker could not be told what to do: {fault}.")
            }
            PageRefusal::WorkerNotReached(why) => write!(f, "A worker could not be reached: {why}"),
            PageRefusal::Foreign(why) => f.write_str(why),
            PageRefusal::WorkerStopped(why) => write!(f, "A worker stopped: {why}"),
            PageRefusal::WorkerNotLoaded => {
                f.write_str("A worker could not be started: its files could not be loaded.")
            }
        }
    }
}

/// A phrase.
impl Display for FetchFault {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            FetchFault::Lost(why) => f.write_str(why),
            FetchFault::Status(status) => write!(f, "the server answered {status}"),
        }
    }
}

/// A cause within a sentence.
fn phrase(cause: &PageRefusal) -> String {
    cause.to_string().trim_end_matches('.').into()
}

/// What could not be done of a request, and how to ask for it again.
fn request_texts(request: RequestKind) -> (&'static str, &'static str) {
    match request {
        RequestKind::Export => ("The report could not be written", "press Export again"),
        RequestKind::Files => ("The files could not be written", "press the button again"),
        RequestKind::Import => ("The report could not be opened", "open it again"),
        RequestKind::Score => ("The claims could not be judged", "the next round asks again"),
        RequestKind::ReadNetworks => ("The networks could not be asked", "ask again"),
    }
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
        lines.push(format!("and {} more", refusals.len() - MOST_LISTED));
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
}
