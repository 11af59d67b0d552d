//! Why a report file cannot be read.

use crate::report_check::ReportFault;
use thiserror::Error;

/// The version that is written.
pub(super) const VERSION: u32 = 2;

/// Why a file cannot be read as a report.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ReportFileError {
    /// The file is not a report.
    #[error(
        "this is not a report of Ticket Lab: its first line does not say so; choose a .jsonl file that this program wrote"
    )]
    NotAReport,
    /// The report has a version that this program does not know.
    #[error(
        "this is a report of version {0}, and versions 1 to {VERSION} can be read: open it with a newer version of Ticket Lab"
    )]
    UnknownVersion(u64),
    /// The first line has a setting, seed or data set that is unknown or not allowed.
    #[error("line 1: {0}")]
    InvalidHead(String),
    /// The lines contradict each other or the settings.
    #[error("{0}; restore the file, or delete the line of that job so that it is run again")]
    Contradiction(ReportFault),
    /// The line of a job cannot be used.
    #[error("line {line}: {what}; restore the file, or delete the line so that the job is run again")]
    InvalidLine {
        /// The line's number, counted from 1.
        line: usize,
        /// What is wrong with the line.
        what: String,
    },
}
