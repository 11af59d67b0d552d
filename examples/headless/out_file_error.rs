//! What can be wrong with the file of `--out`.

use experiment::experiment_report::report_file::ReportFileError;
use std::{
    io::{self, ErrorKind},
    path::PathBuf,
};
use thiserror::Error;

/// Why the file of `--out` is not written. Every message names the file and says what to do.
#[derive(Debug, Error)]
pub(crate) enum OutFileError {
    /// The system refused.
    #[error("{} cannot be {action}: {error}; {}", path.display(), advice(error.kind()))]
    Io {
        /// The file.
        path: PathBuf,
        /// What was to be done with it, as a participle.
        action: &'static str,
        /// The system's reason.
        error: io::Error,
    },
    /// Another process has the file.
    #[error(
        "{} is being written by another process; wait until it has ended, or give another --out",
        .0.display()
    )]
    InUse(PathBuf),
    /// A folder, a device or a pipe.
    #[error("{} is not a regular file; give another --out", .0.display())]
    NotAFile(PathBuf),
    /// A symbolic link that leads nowhere.
    #[error("{} is a link to a file that is not there; make that file or give another --out", .0.display())]
    BrokenLink(PathBuf),
    /// Some other file than a report.
    #[error(
        "{}: {error}. The file is left as it is: give another --out, or replace it with --force",
        path.display()
    )]
    Foreign {
        /// The file.
        path: PathBuf,
        /// What the reader of reports says of it.
        error: ReportFileError,
    },
    /// A report of this experiment with a line that cannot be read. `--force` does not replace it: it has finished
    /// jobs, and the command that was given with `--force` may be given again to go on.
    #[error("{}: {error}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with which line.
        error: ReportFileError,
    },
    /// A report of another experiment.
    #[error(
        "{} holds another experiment: {field} is {there} there and {here} here; go on with “{fragment}”, give another \
         --out, or replace the file with --force",
        path.display()
    )]
    OtherExperiment {
        /// The file.
        path: PathBuf,
        /// The setting that differs, by its name in the fragment.
        field: &'static str,
        /// Its value in the file.
        there: String,
        /// Its value in the command.
        here: String,
        /// The fragment of the experiment in the file.
        fragment: String,
    },
    /// A merge that would lose finished jobs.
    #[error(
        "{} has finished jobs that the merged report lacks, {job} for one; name it among the files to merge, give \
         another --out, or replace it with --force",
        path.display()
    )]
    LosesJobs {
        /// The file.
        path: PathBuf,
        /// The first of the jobs.
        job: experiment::job::JobId,
    },
}

impl From<OutFileError> for io::Error {
    fn from(error: OutFileError) -> io::Error {
        io::Error::other(error)
    }
}

/// What to do when the system refuses.
pub(crate) fn advice(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::StorageFull | ErrorKind::FileTooLarge | ErrorKind::QuotaExceeded => {
            "make room and start again with the same command: what was finished and written is kept"
        }
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
            "see that you have the right to read and write it and its folder, or give another one"
        }
        ErrorKind::NotFound | ErrorKind::NotADirectory => {
            "see that the path is right and its folder is there"
        }
        ErrorKind::Unsupported => "its file system cannot do that: give a file on another disk",
        _ => "put that right and start again with the same command: what was finished and written is kept",
    }
}
