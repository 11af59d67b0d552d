//! Finds Chromium and its WebDriver, or installs them.

use anyhow::{Context, Result, anyhow, bail};
use std::{
    env,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};
use xtask::cargo;

/// The instructions for users without Chromium if it cannot be installed automatically.
const INSTALL: &str = "\
the browser tests need Chromium and its WebDriver, of the same version:
  Debian:  sudo apt-get install --no-install-recommends chromium chromium-driver
  Fedora:  sudo dnf install chromium chromedriver
  Arch:    sudo pacman -S chromium
  macOS:   brew install --cask chromium chromedriver
  or name them: CHROMIUM=/path/to/chromium CHROMEDRIVER=/path/to/chromedriver cargo xtask test";

/// A browser and the WebDriver that controls it.
#[derive(Clone, Debug)]
pub(crate) struct Tools {
    /// The path of Chromium.
    pub(crate) chromium: PathBuf,
    /// The path of its WebDriver.
    pub(crate) driver: PathBuf,
}

/// Finds both programs. If they are missing, Debian's packages are installed, if this is possible and permitted.
pub(crate) fn ensure() -> Result<Tools> {
    if let Some(tools) = find()? {
        return Ok(tools);
    }
    let Some(root) = root_prefix() else { bail!("{INSTALL}") };
    println!("\n== Chromium or its WebDriver is missing: installing Debian's packages");
    install(root, &["chromium", "chromium-driver"]).map_err(|error| anyhow!("{error:#}\n{INSTALL}"))?;
    find()?.context(INSTALL)
}

/// Finds another program on the search path, or installs Debian's package that has it.
pub(crate) fn find_or_install(program: &str, package: &str) -> Result<PathBuf> {
    let find = || on_path(program, env::split_paths(&env::var_os("PATH").unwrap_or_default()));
    if let Some(found) = find() {
        return Ok(found);
    }
    let root = root_prefix().with_context(|| format!("the browser tests need {program}: install it"))?;
    println!("\n== {program} is missing: installing Debian's package");
    install(root, &[package])?;
    find().with_context(|| format!("the package {package} has not brought {program}"))
}

/// Finds both programs through environment variables or the search path.
fn find() -> Result<Option<Tools>> {
    let chromium =
        find_program("CHROMIUM", &["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"])?;
    let driver = find_program("CHROMEDRIVER", &["chromedriver", "chromium-driver"])?;
    Ok(chromium.zip(driver).map(|(chromium, driver)| Tools { chromium, driver }))
}

/// The program that the environment variable `variable` names, or the first of `names` on the search path.
pub(crate) fn find_program(variable: &str, names: &[&str]) -> Result<Option<PathBuf>> {
    let search = env::var_os("PATH").unwrap_or_default();
    match env::var_os(variable).map(PathBuf::from) {
        Some(file) if file.is_file() => Ok(Some(file)),
        Some(file) => bail!("{variable} names {}, which is not there", file.display()),
        None => Ok(names.iter().find_map(|name| on_path(name, env::split_paths(&search)))),
    }
}

/// The first file with the name `name` in `directories`.
fn on_path(name: &str, directories: impl IntoIterator<Item = PathBuf>) -> Option<PathBuf> {
    directories.into_iter().map(|directory| directory.join(name)).find(|file| file.is_file())
}

/// The words before a command that make it run as root. They are empty if this program already runs as root. `None` if
/// root is out of reach or apt-get is missing.
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
fn install(root: &[&str], packages: &[&str]) -> Result<()> {
    let apt = |args: &[&str]| {
        let words: Vec<_> = [root, &["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"], args].concat();
        cargo::run(Command::new(words[0]).args(&words[1..]).current_dir(Path::new("/")))
    };
    apt(&["update"])?;
    apt(&[&["install", "-y", "--no-install-recommends"], packages].concat())
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
