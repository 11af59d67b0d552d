//! `cargo xtask test` runs formatting, clippy, native tests and browser tests, in this order, and long tests if
//! requested.

use crate::args::{Test, TestSuite};
use anyhow::Result;
use std::{process::Command, time::Instant};
use xtask::{
    cargo::{self, BENCH_MODULE, CODEC_MODULE, PAGE_MODULE, WORKER_MODULE},
    packages,
};

/// Runs one suite or all of them. Stops at the first failure.
pub(crate) fn run(test: &Test) -> Result<()> {
    let asked = |stage| match test.only {
        Some(only) => only == stage,
        None => test.filter.is_none() || stage == TestSuite::E2e,
    };
    if asked(TestSuite::Lint) {
        lint()?;
    }
    if asked(TestSuite::Native) {
        run_timed(cargo::cargo().args(["test", "--workspace"]))?;
    }
    if asked(TestSuite::E2e) {
        let words: Vec<&str> = ["test"].into_iter().chain(test.filter.as_deref()).collect();
        browser_tests(&words)?;
    }
    if test.long || test.only == Some(TestSuite::Long) {
        long(test.filter.as_deref().filter(|_| test.only == Some(TestSuite::Long)))?;
    }
    Ok(())
}

/// Runs the tests that take too long to run after every change: the native tests that are marked as ignored, in an
/// optimised build, the scripts for Slurm, and the long browser tests. With a filter it runs those of the browser tests that
/// it names, or, if it is `slurm`, the scripts.
fn long(filter: Option<&str>) -> Result<()> {
    match filter {
        Some("slurm") => return slurm(),
        Some(name) => return browser_tests(&["long", name]),
        None => {}
    }
    println!("\nRunning the tests that are ignored elsewhere because they take minutes");
    run_timed(cargo::cargo().args(["test", "--release", "--workspace", "--", "--ignored"]))?;
    slurm()?;
    browser_tests(&["long"])
}

/// Tests the scripts of `deploy/slurm`, where there can be a Slurm.
fn slurm() -> Result<()> {
    #[cfg(unix)]
    crate::slurm_test::run()?;
    Ok(())
}

/// Builds and runs the program that controls the browser.
pub(crate) fn browser_tests(words: &[&str]) -> Result<()> {
    println!(
        "\nBuilding the program that drives the browser: about half a minute on two cores the first time"
    );
    cargo::run(cargo::cargo().args(["run", "--package", "browser-tests", "--"]).args(words))
}

/// Checks the formatting, runs clippy with warnings as errors, natively and for every wasm module, and checks the crates.
fn lint() -> Result<()> {
    const DENY: [&str; 3] = ["--", "-D", "warnings"];
    cargo::ensure_components()?;
    cargo::ensure_wasm_target()?;
    run_timed(cargo::cargo().args(["fmt", "--all", "--check"]))?;
    run_timed(cargo::cargo().args(["clippy", "--workspace", "--all-targets"]).args(DENY))?;
    for module in [&PAGE_MODULE, &WORKER_MODULE, &BENCH_MODULE, &CODEC_MODULE] {
        run_timed(module.cargo("clippy").args(DENY))?;
    }
    shell_scripts()?;
    supply_chain()
}

/// Checks the shell scripts, where shellcheck is installed.
fn shell_scripts() -> Result<()> {
    const SCRIPTS: [&str; 3] =
        ["deploy/slurm/submit.sh", "deploy/slurm/seeds.sbatch", "deploy/slurm/merge.sbatch"];
    match packages::find("shellcheck") {
        Some(shellcheck) => run_timed(Command::new(shellcheck).args(SCRIPTS).current_dir(cargo::root())),
        None => {
            println!(
                "\n== SKIPPED: shellcheck, which is Debian's package of that name; deploy/slurm was not checked"
            );
            Ok(())
        }
    }
}

/// Checks licences, sources and duplicates of all crates, where cargo-deny is installed. To build it takes minutes, and
/// nothing that the other tests find depends on it.
fn supply_chain() -> Result<()> {
    let is_installed = cargo::cargo().args(["deny", "--version"]).output();
    if is_installed.is_ok_and(|answer| answer.status.success()) {
        return run_timed(cargo::cargo().args(["deny", "check", "bans", "licenses", "sources"]));
    }
    println!(
        "\n== SKIPPED: cargo deny, which `cargo install cargo-deny` installs; deny.toml was not checked"
    );
    Ok(())
}

/// Runs a command, and prints the command and how long it took.
fn run_timed(command: &mut Command) -> Result<()> {
    let start = Instant::now();
    println!("\n== {}", cargo::command_line(command));
    cargo::run(command)?;
    println!("   {:.1} s", start.elapsed().as_secs_f64());
    Ok(())
}
