//! The program that runs without a browser, as a process of a test.
#![allow(dead_code)]

use std::{
    fs, io,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    sync::LazyLock,
};
use tempfile::TempDir;

/// The program. Cargo builds it before the tests if it builds them all, but not before this test alone.
static HEADLESS: LazyLock<PathBuf> = LazyLock::new(|| {
    let test = std::env::current_exe().unwrap();
    let folder = test.parent().and_then(Path::parent).unwrap();
    let program = folder.join("examples/headless");
    if !is_up_to_date(&program).unwrap_or(false) {
        let profile = match folder.file_name().and_then(|name| name.to_str()).unwrap() {
            "debug" => "dev",
            name => name,
        };
        let mut build = Command::new(env!("CARGO"));
        build.current_dir(env!("CARGO_MANIFEST_DIR")).args(["build", "--quiet", "--example", "headless"]);
        build.args(["--profile", profile, "--target-dir"]).arg(folder.parent().unwrap());
        assert!(build.status().unwrap().success());
    }
    program
});

/// Whether a program is newer than all files that it was built from, which Cargo lists beside it.
fn is_up_to_date(program: &Path) -> io::Result<bool> {
    let built = fs::metadata(program)?.modified()?;
    for file in fs::read_to_string(program.with_extension("d"))?.split_whitespace().skip(1) {
        if fs::metadata(file)?.modified()? > built {
            return Ok(false);
        }
    }
    Ok(true)
}

pub(crate) fn command(words: &[&str], folder: &TempDir) -> Command {
    let mut command = Command::new(&*HEADLESS);
    command
        .args(words)
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

pub(crate) fn headless_in(folder: &TempDir, words: &[&str]) -> Output {
    command(words, folder).output().unwrap()
}

/// What a write beyond the limit on the size of files does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum AtTheLimit {
    Fails,
    Kills,
}

/// Runs the program with files limited to so many blocks.
pub(crate) fn limited(folder: &TempDir, blocks: usize, at_the_limit: AtTheLimit, words: &[&str]) -> Output {
    let ignore = if at_the_limit == AtTheLimit::Fails { "trap '' XFSZ; " } else { "" };
    let script = format!("ulimit -c 0; ulimit -f {blocks}; {ignore}exec \"$0\" \"$@\"");
    let mut command = Command::new("sh");
    command.args(["-c", &script]).arg(&*HEADLESS).args(words).current_dir(folder);
    let output = command.output().unwrap();
    let killed = output.status.code().is_none();
    assert_eq!(killed, at_the_limit == AtTheLimit::Kills, "{at_the_limit:?}: {}", stderr(&output));
    output
}

pub(crate) fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

pub(crate) fn succeeds(output: &Output) {
    assert!(output.status.success(), "{}", stderr(output));
}

/// The program has failed with a message that has each of these.
pub(crate) fn fails_with(output: &Output, parts: &[&str]) {
    let said = stderr(output);
    assert_eq!(output.status.code(), Some(1), "{said}");
    for part in parts {
        assert!(said.contains(part), "no “{part}” in: {said}");
    }
}

pub(crate) fn read(folder: &TempDir, name: &str) -> String {
    fs::read_to_string(folder.path().join(name)).unwrap_or_default()
}

pub(crate) fn write(folder: &TempDir, name: &str, text: &str) {
    fs::write(folder.path().join(name), text).unwrap();
}

pub(crate) fn names(folder: &TempDir) -> Vec<String> {
    let entry = |entry: std::io::Result<fs::DirEntry>| entry.unwrap().file_name().into_string().unwrap();
    let mut names: Vec<String> = fs::read_dir(folder).unwrap().map(entry).collect();
    names.sort();
    names
}

pub(crate) fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

/// A process that does not outlive its test.
pub(crate) struct Running(pub(crate) Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

pub(crate) fn send(signal: &str, child: &Child) {
    // The shell has a kill of its own where the system has no program of that name.
    let mut kill = Command::new("sh");
    kill.args(["-c", "kill \"$0\" \"$1\"", signal, &child.id().to_string()]);
    assert!(kill.status().unwrap().success());
}
