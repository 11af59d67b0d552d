//! The file of `--out`. What is finished and in it is never lost: not to a full disk, not to the end of the process or
//! of the machine in the middle of a write, not to a second process, and not to a slip in the command.
//!
//! There are two kinds of write. A finished job is a line that is appended; one that is cut short is cut away, here or
//! when the run goes on. A whole report is written beside the file, brought to the disk, and renamed to its name.

use crate::{out_file_error::OutFileError, out_file_lock::OutFileLock, stored_report::StoredReport};
use experiment::{
    config::ExperimentConfig,
    experiment_report::ExperimentReport,
    job::JobId,
    settings::Settings,
    url_fragment::{first_difference, first_difference_beside_seeds},
};
use std::{
    fs::{self, File},
    io::{self, ErrorKind, Write},
    path::{Path, PathBuf},
};

/// The file of `--out`, locked.
pub(crate) struct OutFile {
    /// With all links followed, so that the file is replaced and not the link to it, and locked under one name.
    path: PathBuf,
    _lock: OutFileLock,
}

impl OutFile {
    /// Locks the file, which need not be there. It is not changed.
    pub(crate) fn lock(path: &Path) -> Result<OutFile, OutFileError> {
        let path = follow_links(path)?;
        if fs::metadata(&path).is_ok_and(|metadata| !metadata.is_file()) {
            return Err(OutFileError::NotAFile(path));
        }
        let lock = OutFileLock::acquire(&path)?;
        Ok(OutFile { path, _lock: lock })
    }

    /// The report so far of an experiment that is to be gone on with, or a new one; afterwards the file is there and
    /// ends in a whole line. `force` replaces a file that is not a report of this experiment.
    pub(crate) fn resume_or_create(
        &self,
        config: &ExperimentConfig,
        force: bool,
    ) -> Result<ExperimentReport, OutFileError> {
        match self.read_report_of(config) {
            Ok(Some(stored)) => {
                self.end_with_whole_line(&stored).map_err(self.failed("brought to a whole line"))?;
                return Ok(stored.report);
            }
            Ok(None) => {}
            Err(OutFileError::Foreign { .. } | OutFileError::OtherExperiment { .. }) if force => {}
            Err(error) => return Err(error),
        }
        let report = ExperimentReport::new(config);
        self.write_whole(&report.header_line())?;
        Ok(report)
    }

    /// Says why `merged` must not replace what the file holds, if so. A report may be replaced by one that has all its
    /// finished jobs; `force` allows anything.
    pub(crate) fn check_replaceable_by(
        &self,
        merged: &ExperimentReport,
        force: bool,
    ) -> Result<(), OutFileError> {
        let Some(bytes) = self.read()?.filter(|_| !force) else { return Ok(()) };
        let stored = self.parse(&bytes)?.report;
        let difference = first_difference_beside_seeds(stored.config(), merged.config(), &[]);
        self.check_same_experiment(stored.config(), difference)?;
        match stored.finished_jobs().iter().find(|(job, finished)| {
            merged.finished_jobs().get(job).is_none_or(|there| !there.agrees_with(finished))
        }) {
            Some((&job, _)) => Err(OutFileError::LosesJobs { path: self.path.clone(), job }),
            None => Ok(()),
        }
    }

    /// Adds the line of a job that has just finished and brings it to the disk. If that fails, what was written of it
    /// is cut away.
    pub(crate) fn append_job(&self, report: &ExperimentReport, job: JobId) -> Result<(), OutFileError> {
        let line = report.job_line(job).expect("a finished job");
        match self.append_line(&line) {
            // Somebody has removed the file while the jobs were running; all of them are still at hand.
            Err(error) if error.kind() == ErrorKind::NotFound => self.write_whole(&report.to_file_text()),
            appended => appended.map_err(self.failed("added to")),
        }
    }

    fn append_line(&self, line: &str) -> io::Result<()> {
        let mut file = File::options().append(true).open(&self.path)?;
        let length = file.metadata()?.len();
        file.write_all(line.as_bytes()).and_then(|()| file.sync_data()).inspect_err(|_| {
            // If this fails too, the line is cut away when the run goes on.
            let _ = file.set_len(length).and_then(|()| file.sync_data());
        })
    }

    /// Ends a run: puts the whole report in canonical order in the place of the file, unless it is so already.
    pub(crate) fn finish(&self, report: &ExperimentReport) -> Result<(), OutFileError> {
        let text = report.to_file_text();
        if self.read()?.as_deref() == Some(text.as_bytes()) { Ok(()) } else { self.write_whole(&text) }
    }

    /// The file, with all links followed.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Puts a whole report in the place of the file, or leaves the file as it is.
    pub(crate) fn write_whole(&self, text: &str) -> Result<(), OutFileError> {
        self.replace(text).map_err(self.failed("written"))
    }

    fn replace(&self, text: &str) -> io::Result<()> {
        let folder = self.path.parent().expect("a path to a file");
        let mut prefix = std::ffi::OsString::from(".");
        prefix.push(self.path.file_name().unwrap_or_default());
        prefix.push(".");
        let mut builder = tempfile::Builder::new();
        builder.prefix(&prefix).suffix(".part");
        let before = match fs::metadata(&self.path) {
            // That it may be written is asked here, for a rename asks only for the folder's permission.
            Ok(metadata) => Some((metadata.permissions(), File::options().append(true).open(&self.path)?)),
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            Err(error) => return Err(error),
        };
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        let mut beside = builder.tempfile_in(folder)?;
        beside.write_all(text.as_bytes())?;
        let is_new = before.is_none();
        if let Some((permissions, _)) = before {
            beside.as_file().set_permissions(permissions)?;
        }
        beside.as_file().sync_all()?;
        if is_new {
            // A file that somebody else has made in the meantime stays.
            beside.persist_noclobber(&self.path)?;
        } else {
            beside.persist(&self.path)?;
        }
        sync_folder(folder)
    }

    /// What the file holds; `None` where nothing or zero bytes are.
    fn read(&self) -> Result<Option<Vec<u8>>, OutFileError> {
        match fs::read(&self.path) {
            Ok(bytes) => Ok(Some(bytes).filter(|bytes| !bytes.is_empty())),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(self.failed("read")(error)),
        }
    }

    fn read_report_of(&self, config: &ExperimentConfig) -> Result<Option<StoredReport>, OutFileError> {
        let Some(bytes) = self.read()? else { return Ok(None) };
        let stored = self.parse(&bytes).map_err(|error| self.damaged_if_of(config, &bytes, error))?;
        self.check_same_experiment(stored.report.config(), first_difference(stored.report.config(), config))?;
        Ok(Some(stored))
    }

    /// Reads a report; its last line may be cut short, or lack its end alone.
    fn parse(&self, bytes: &[u8]) -> Result<StoredReport, OutFileError> {
        StoredReport::parse(bytes).map_err(|error| OutFileError::Foreign { path: self.path.clone(), error })
    }

    /// Tells a report of this experiment that has an unreadable line from a file that is something else.
    fn damaged_if_of(&self, config: &ExperimentConfig, bytes: &[u8], error: OutFileError) -> OutFileError {
        let first_line = bytes.split_inclusive(|&byte| byte == b'\n').next().unwrap_or_default();
        let is_of = self
            .parse(first_line)
            .is_ok_and(|stored| first_difference(stored.report.config(), config).is_none());
        match error {
            OutFileError::Foreign { path, error } if is_of => OutFileError::Damaged { path, error },
            other => other,
        }
    }

    fn check_same_experiment(
        &self,
        stored: &ExperimentConfig,
        difference: Option<(&'static str, String, String)>,
    ) -> Result<(), OutFileError> {
        match difference {
            None => Ok(()),
            Some((field, there, here)) => {
                let (path, fragment) = (self.path.clone(), Settings::from_config(stored).to_fragment());
                Err(OutFileError::OtherExperiment { path, field, there, here, fragment })
            }
        }
    }

    /// Cuts away a line that is cut short, which takes no room on the disk, and ends the last line if its end is
    /// missing.
    fn end_with_whole_line(&self, stored: &StoredReport) -> io::Result<()> {
        let mut file = File::options().append(true).open(&self.path)?;
        if file.metadata()?.len() != stored.length {
            file.set_len(stored.length)?;
        }
        if stored.lacks_newline {
            file.write_all(b"\n")?;
        }
        file.sync_all()
    }

    fn failed(&self, action: &'static str) -> impl Fn(io::Error) -> OutFileError + use<> {
        let path = self.path.clone();
        move |error| OutFileError::Io { path: path.clone(), action, error }
    }
}

/// The file that a path leads to in the end; its folder must be there, the file need not.
fn follow_links(path: &Path) -> Result<PathBuf, OutFileError> {
    let failed = |error| OutFileError::Io { path: path.to_path_buf(), action: "found", error };
    match fs::canonicalize(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        found => return found.map_err(failed),
    }
    if fs::symlink_metadata(path).is_ok() {
        return Err(OutFileError::BrokenLink(path.to_path_buf()));
    }
    let Some(name) = path.file_name() else { return Err(OutFileError::NotAFile(path.to_path_buf())) };
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    Ok(fs::canonicalize(folder).map_err(failed)?.join(name))
}

/// Brings the names in a folder to the disk, where the system can do that.
fn sync_folder(folder: &Path) -> io::Result<()> {
    if !cfg!(unix) {
        return Ok(());
    }
    match File::open(folder)?.sync_all() {
        Err(error) if matches!(error.kind(), ErrorKind::InvalidInput | ErrorKind::Unsupported) => Ok(()),
        result => result,
    }
}
