//! Runs the Python snippets of the README.

use std::{io::Write, path::Path, process::Command};

const README: &str = include_str!("../../README.md");

/// The interpreters that may have the modules: the first on the search path, and that of the system.
const INTERPRETERS: [&str; 2] = ["python3", "/usr/bin/python3"];

/// The snippet of the README that has this text.
pub(crate) fn snippet(with: &str) -> String {
    let mut snippets = README.split("```python\n").skip(1).filter_map(|rest| rest.split_once("```"));
    let found = snippets.find(|(snippet, _)| snippet.contains(with));
    found.unwrap_or_else(|| panic!("no snippet of the README has {with}")).0.to_owned()
}

/// Runs a snippet in a folder and returns what it prints, or says loudly that no Python here has the modules that it
/// needs.
pub(crate) fn run_snippet(with: &str, modules: &[&str], folder: &Path) -> Option<String> {
    let import = format!("import {}", modules.join(", "));
    let has_modules = |python: &&&str| {
        Command::new(python).args(["-c", &import]).output().is_ok_and(|output| output.status.success())
    };
    let Some(python) = INTERPRETERS.iter().find(has_modules) else {
        let _ = writeln!(
            std::io::stderr(),
            "\n!!! SKIPPED: no python3 here has {}; the snippet with {with} was not run\n",
            modules.join(" and ")
        );
        return None;
    };
    let output = Command::new(python).args(["-c", &snippet(with)]).current_dir(folder).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    Some(said)
}
