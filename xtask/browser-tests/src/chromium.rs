//! Finds Chromium and its WebDriver, or gets them.

use anyhow::{Context, Result, anyhow, bail};
use std::{
    env,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};
use xtask::cargo;

/// What to do where neither is there and we may not install them.
const INSTALL: &str = "\
the browser tests need Chromium and its WebDriver, of the same version:
  Debian:  sudo apt-get install --no-install-recommends chromium chromium-driver
  Fedora:  sudo dnf install chromium chromedriver
  Arch:    sudo pacman -S chromium
  macOS:   brew install --cask chromium chromedriver
  or name them: CHROMIUM=/path/to/chromium CHROMEDRIVER=/path/to/chromedriver cargo xtask test";

/// A browser and the program that drives it.
#[derive(Clone, Debug)]
pub(crate) struct Tools {
    /// Chromium.
    pub(crate) chromium: PathBuf,
    /// Its WebDriver.
    pub(crate) driver: PathBuf,
}

/// Finds both, after installing Debian's packages where they are missing and we may.
pub(crate) fn ensure() -> Result<Tools> {
    if let Some(tools) = find()? {
        return Ok(tools);
    }
    let Some(root) = root_prefix() else { bail!("{INSTALL}") };
    println!("\n== Chromium or its WebDriver is missing: installing Debian's packages");
    install(root).map_err(|error| anyhow!("{error:#}\n{INSTALL}"))?;
    find()?.context(INSTALL)
}

/// Finds both by the environment or the search path.
fn find() -> Result<Option<Tools>> {
    let chromium =
        find_program("CHROMIUM", &["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"])?;
    let driver = find_program("CHROMEDRIVER", &["chromedriver", "chromium-driver"])?;
    Ok(chromium.zip(driver).map(|(chromium, driver)| Tools { chromium, driver }))
}

/// The program that `variable` names, or the first of `names` on the search path.
fn find_program(variable: &str, names: &[&str]) -> Result<Option<PathBuf>> {
    let search = env::var_os("PATH").unwrap_or_default();
    match env::var_os(variable).map(PathBuf::from) {
        Some(file) if file.is_file() => Ok(Some(file)),
        Some(file) => bail!("{variable} names {}, which is not there", file.display()),
        None => Ok(names.iter().find_map(|name| on_path(name, env::split_paths(&search)))),
    }
}

/// The first file called `name` in `directories`.
fn on_path(name: &str, directories: impl IntoIterator<Item = PathBuf>) -> Option<PathBuf> {
    directories.into_iter().map(|directory| directory.join(name)).find(|file| file.is_file())
}

/// The words before a command that make it run as root; nothing where that, or apt-get, cannot be had.
fn root_prefix() -> Option<&'static [&'static str]> {
    let quiet = |words: &[&str]| {
        let mut command = Command::new(words[0]);
        command.args(&words[1..]).stdin(Stdio::null()).stderr(Stdio::null()).output().ok()
    };
    quiet(&["apt-get", "--version"])?;
    if quiet(&["id", "-u"])?.stdout == b"0\n" {
        return Some(&[]);
    }
    quiet(&["sudo", "-n", "true"])?.status.success().then_some(&["sudo", "-n"])
}

/// Installs Debian's packages.
fn install(root: &[&str]) -> Result<()> {
    let apt = |args: &[&str]| {
        let words: Vec<_> = [root, &["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"], args].concat();
        cargo::run(Command::new(words[0]).args(&words[1..]).current_dir(Path::new("/")))
    };
    apt(&["update"])?;
    apt(&["install", "-y", "--no-install-recommends", "chromium", "chromium-driver"])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_along_the_search_path() {
        let source = cargo::root().join("xtask/browser-tests/src");
        let directories = || [PathBuf::from("/not/there"), source.clone()];
        assert_eq!(on_path("chromium.rs", directories()), Some(source.join("chromium.rs")));
        assert_eq!(on_path("none.rs", directories()), None);
    }
}
