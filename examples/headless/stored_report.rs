//! Reads reports from files. A last line that is cut short, as the end of a machine leaves it, is left out.

use crate::out_file_error::advice;
use experiment::experiment_report::{
    ExperimentReport,
    report_file::{BYTE_ORDER_MARK, ReportFileError},
};
use serde::de::IgnoredAny;
use std::{
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
};
use thiserror::Error;

/// The largest report that is read, in bytes.
pub(crate) const LARGEST_REPORT: u64 = 256 << 20;

/// Why a file cannot be used as a report. Every message names the file and says what to do.
#[derive(Debug, Error)]
pub(crate) enum StoredReportError {
    /// The system refused.
    #[error("{} cannot be read: {error}; {}", path.display(), advice(error.kind()))]
    Io {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        error: io::Error,
    },
    /// The file is too large to be read.
    #[error(
        "{} has {bytes} bytes, and a report of more than {} MiB is not read; see that it is a report, and split it by \
         its seeds",
        path.display(),
        LARGEST_REPORT >> 20
    )]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// Its size; of what is no regular file, how much of it was read.
        bytes: u64,
    },
    /// The file is no report, or a damaged one.
    #[error("{}: {error}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the reader of reports says of it.
        error: ReportFileError,
    },
}

/// What a file has of a report.
#[derive(Debug)]
pub(crate) struct StoredReport {
    pub(crate) report: ExperimentReport,
    /// Its bytes without a line that is cut short.
    pub(crate) length: u64,
    /// Whether its last line is whole but for the line's end.
    pub(crate) lacks_newline: bool,
}

impl StoredReport {
    /// Reads a report; its last line may be cut short, or lack its end alone.
    pub(crate) fn parse(bytes: &[u8]) -> Result<StoredReport, ReportFileError> {
        let whole_lines = bytes.iter().rposition(|&byte| byte == b'\n').map_or(0, |end| end + 1);
        // Only what is not even JSON is cut short. A whole line that is wrong must not be left out without a word.
        let last_line = String::from_utf8_lossy(&bytes[whole_lines..]);
        let last_line = last_line.trim_start_matches(BYTE_ORDER_MARK);
        let is_whole = serde_json::from_str::<IgnoredAny>(last_line).is_ok();
        let bytes = if is_whole { bytes } else { &bytes[..whole_lines] };
        let report = ExperimentReport::from_file_bytes(bytes)?;
        Ok(StoredReport { report, length: bytes.len() as u64, lacks_newline: !bytes.ends_with(b"\n") })
    }

    /// Reads the report in a file, and says on the standard error output if its last line is left out.
    pub(crate) fn read(path: &Path) -> Result<StoredReport, StoredReportError> {
        let bytes = read_up_to_limit(path)?;
        let stored = StoredReport::parse(&bytes)
            .map_err(|error| StoredReportError::Unreadable { path: path.to_path_buf(), error })?;
        if stored.length < bytes.len() as u64 {
            eprintln!(
                "{}: the last line is cut short and left out; run its experiment again with it as --out to have that \
                 job too",
                path.display()
            );
        }
        Ok(stored)
    }
}

/// Reads a file that may be a pipe. A regular file that is too large is not even begun.
fn read_up_to_limit(path: &Path) -> Result<Vec<u8>, StoredReportError> {
    let failed = |error| StoredReportError::Io { path: path.to_path_buf(), error };
    let too_large = |bytes| StoredReportError::TooLarge { path: path.to_path_buf(), bytes };
    let file = File::open(path).map_err(failed)?;
    let size = file.metadata().map_err(failed)?.len();
    if size > LARGEST_REPORT {
        return Err(too_large(size));
    }
    let mut bytes = vec![];
    file.take(LARGEST_REPORT + 1).read_to_end(&mut bytes).map_err(failed)?;
    let size = bytes.len() as u64;
    if size > LARGEST_REPORT { Err(too_large(size)) } else { Ok(bytes) }
}
