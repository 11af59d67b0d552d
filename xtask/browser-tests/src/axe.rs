//! Fetches axe-core, which finds faults of accessibility, from the package registry that npm is set up for.

use anyhow::{Context, Result, ensure};
use std::{fs, path::PathBuf, process::Command};
use xtask::{cargo, packages};

/// The version of axe-core.
const VERSION: &str = "4.11.1";

/// The source of axe-core, as a script that defines `axe`.
pub(crate) fn source() -> Result<String> {
    let directory = cargo::root().join("target/axe-core");
    let script: PathBuf = directory.join("node_modules/axe-core/axe.min.js");
    let known = script.with_file_name("package.json");
    let has_version =
        || fs::read_to_string(&known).is_ok_and(|text| text.contains(&format!("\"{VERSION}\"")));
    if !has_version() {
        let npm = packages::find_or_install("npm", "npm")?;
        fs::create_dir_all(&directory)?;
        let package = format!("axe-core@{VERSION}");
        let arguments = ["install", "--no-save", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix"];
        cargo::run(Command::new(npm).args(arguments).arg(&directory).arg(package))?;
        ensure!(has_version(), "npm has not brought axe-core {VERSION}");
    }
    fs::read_to_string(&script).with_context(|| format!("{} cannot be read", script.display()))
}
