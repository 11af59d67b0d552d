//! Keeps a second process away from the file of `--out`.

use crate::out_file_error::OutFileError;
use same_file::Handle;
use std::{
    fs::{self, File, TryLockError},
    io::{self, ErrorKind},
    path::{Path, PathBuf},
};

/// A lock that the system lets go of when its process ends, however it ends.
///
/// What is locked is an empty file beside the report, `.NAME.lock`, and not the report: a report that is renamed over
/// takes the lock on the old one away with it, and a second process would lock the new one without any trouble.
pub(crate) struct OutFileLock {
    path: PathBuf,
    /// Open as long as the lock is held.
    _file: File,
}

impl OutFileLock {
    /// Locks `out`, a path without links.
    pub(crate) fn acquire(out: &Path) -> Result<OutFileLock, OutFileError> {
        let mut name = std::ffi::OsString::from(".");
        name.push(out.file_name().unwrap_or_default());
        name.push(".lock");
        let path = out.with_file_name(name);
        let failed = |action| {
            let path = path.clone();
            move |error| OutFileError::Io { path, action, error }
        };
        loop {
            let file = File::options().create(true).append(true).open(&path).map_err(failed("made"))?;
            match file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => return Err(OutFileError::InUse(out.to_path_buf())),
                Err(TryLockError::Error(error)) => return Err(failed("locked")(error)),
            }
            // Its last holder may have removed the file after it was opened here: then whoever comes next makes a new
            // one and could lock that too. Only the file that still has the name counts.
            if has_name(&file, &path).map_err(failed("looked at"))? {
                return Ok(OutFileLock { path, _file: file });
            }
        }
    }
}

/// Whether `file` is what `path` leads to.
fn has_name(file: &File, path: &Path) -> io::Result<bool> {
    let file = Handle::from_file(file.try_clone()?)?;
    match Handle::from_path(path) {
        Ok(named) => Ok(named == file),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

impl Drop for OutFileLock {
    /// Removes the file while it is still locked; it stays where it is not empty, for then somebody else uses it.
    fn drop(&mut self) {
        if fs::metadata(&self.path).is_ok_and(|metadata| metadata.len() == 0) {
            let _ = fs::remove_file(&self.path);
        }
    }
}
