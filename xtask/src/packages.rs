//! Finds programs on the search path, and installs Debian's packages where that is possible and permitted.

use crate::cargo;
use anyhow::{Context, Result};
use std::{
    env,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// The path of a program on the search path.
pub fn find(program: &str) -> Option<PathBuf> {
    on_path(program, env::split_paths(&env::var_os("PATH").unwrap_or_default()))
}

/// The first file with the name `name` in `directories`.
fn on_path(name: &str, directories: impl IntoIterator<Item = PathBuf>) -> Option<PathBuf> {
    directories.into_iter().map(|directory| directory.join(name)).find(|file| file.is_file())
}

/// Finds another program on the search path, or installs Debian's package that has it.
pub fn find_or_install(program: &str, package: &str) -> Result<PathBuf> {
    if let Some(found) = find(program) {
        return Ok(found);
    }
    let root = root_prefix().with_context(|| format!("the tests need {program}: install it"))?;
    println!("\n== {program} is missing: installing Debian's package");
    install(root, &[package])?;
    find(program).with_context(|| format!("the package {package} has not brought {program}"))
}

/// The words before a command that make it run as root. They are empty if this program already runs as root. `None` if
/// root is out of reach or apt-get is missing.
pub fn root_prefix() -> Option<&'static [&'static str]> {
    let quiet = |words: &[&str]| {
        let mut command = Command::new(words[0]);
        command.args(&words[1..]).stdin(Stdio::null()).stderr(Stdio::null()).output().ok()
    };
    quiet(&["apt-get", "--version"])?;
    if is_root() {
        return Some(&[]);
    }
    quiet(&["sudo", "-n", "true"])?.status.success().then_some(&["sudo", "-n"])
}

/// Whether this program runs as root.
pub fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|said| said.stdout == b"0\n")
}

/// Installs Debian's packages.
pub fn install(root: &[&str], packages: &[&str]) -> Result<()> {
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
        let source = cargo::root().join("xtask/src");
        let directories = || [PathBuf::from("/not/there"), source.clone()];
        assert_eq!(on_path("packages.rs", directories()), Some(source.join("packages.rs")));
        assert_eq!(on_path("none.rs", directories()), None);
    }
}
