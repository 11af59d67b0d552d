//! Ctrl-C and SIGTERM end a run between two writes.

use crate::out_file::OutFile;
use std::{
    io,
    sync::{Arc, Mutex},
};

/// The file of a run, if it has one; whoever has it in hand writes.
pub(crate) type SharedOutFile = Arc<Mutex<Option<OutFile>>>;

/// The program's exit code after a signal, as shells have it for Ctrl-C.
#[cfg(unix)]
const STOPPED: i32 = 130;

/// Has SIGINT and SIGTERM end the process from now on, as soon as nobody writes.
///
/// SIGHUP and Windows' signals end it at once, as ever: a line that they cut short is cut away when the run goes on.
#[cfg(unix)]
pub(crate) fn end_between_writes(out: SharedOutFile) -> io::Result<()> {
    use signal_hook::{
        consts::{SIGINT, SIGTERM},
        iterator::Signals,
    };
    use std::{io::Write, sync::PoisonError};
    let mut signals = Signals::new([SIGINT, SIGTERM])?;
    std::thread::spawn(move || {
        if signals.forever().next().is_none() {
            return;
        }
        // Never given back: nothing is written any more. Taken out, so that its lock goes.
        let mut out = out.lock().unwrap_or_else(PoisonError::into_inner);
        let message = match out.take() {
            Some(out) => {
                let path = out.path().display();
                format!("every finished job is in {path}: start again with the same command to go on")
            }
            None => "no file of --out is being written".to_owned(),
        };
        // The terminal may be gone already.
        let _ = writeln!(io::stderr(), "\nstopped; {message}");
        std::process::exit(STOPPED);
    });
    Ok(())
}

/// As above, where there are no such signals.
#[cfg(not(unix))]
pub(crate) fn end_between_writes(_: SharedOutFile) -> io::Result<()> {
    Ok(())
}
