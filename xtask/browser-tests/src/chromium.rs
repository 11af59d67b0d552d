//! Finds Chromium and its WebDriver, or installs them.

use anyhow::{Context, Result, anyhow, bail};
use std::{env, path::PathBuf};
use xtask::packages;

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
    let Some(root) = packages::root_prefix() else { bail!("{INSTALL}") };
    println!("\n== Chromium or its WebDriver is missing: installing Debian's packages");
    packages::install(root, &["chromium", "chromium-driver"])
        .map_err(|error| anyhow!("{error:#}\n{INSTALL}"))?;
    find()?.context(INSTALL)
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
    match env::var_os(variable).map(PathBuf::from) {
        Some(file) if file.is_file() => Ok(Some(file)),
        Some(file) => bail!("{variable} names {}, which is not there", file.display()),
        None => Ok(names.iter().find_map(|name| packages::find(name))),
    }
}
