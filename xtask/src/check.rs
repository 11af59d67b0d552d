//! `cargo xtask test`: formatting, clippy, native tests, browser tests, in this order.

use crate::{
    args::Stage,
    build,
    cargo::{self, BENCH, PAGE, WORKER},
    chromium, e2e,
};
use anyhow::Result;
use std::{
    path::{Path, PathBuf},
    process::Command,
    time::Instant,
};

/// Runs one stage or all; stops at the first that fails.
pub(crate) async fn run(only: Option<Stage>, filter: Option<&str>) -> Result<()> {
    let asked = |stage| match only {
        Some(only) => only == stage,
        None => filter.is_none() || stage == Stage::E2e,
    };
    if asked(Stage::Lint) {
        lint()?;
    }
    if asked(Stage::Native) {
        stage(&mut with_args(cargo::cargo(), &["test", "--workspace"]))?;
    }
    if asked(Stage::E2e) {
        let tools = chromium::ensure()?;
        let site = e2e_site();
        let dir = site.clone();
        tokio::task::spawn_blocking(move || build::site(&dir)).await??;
        e2e::run(&tools, &site, filter).await?;
    }
    Ok(())
}

/// Where the site that the browser tests use is built: not dist/, which may be being served.
fn e2e_site() -> PathBuf {
    cargo::root().join(Path::new("target").join("e2e-dist"))
}

/// Formatting, and clippy with warnings as errors, natively and for every wasm module.
fn lint() -> Result<()> {
    const DENY: [&str; 3] = ["--", "-D", "warnings"];
    cargo::ensure_components()?;
    cargo::ensure_wasm_target()?;
    stage(&mut with_args(cargo::cargo(), &["fmt", "--all", "--check"]))?;
    stage(with_args(cargo::cargo(), &["clippy", "--workspace", "--all-targets"]).args(DENY))?;
    for module in [&PAGE, &WORKER, &BENCH] {
        stage(module.cargo("clippy").args(DENY))?;
    }
    Ok(())
}

/// The command with some more arguments.
fn with_args(mut command: Command, args: &[&str]) -> Command {
    command.args(args);
    command
}

/// Runs a command, saying what it is and how long it took.
fn stage(command: &mut Command) -> Result<()> {
    let start = Instant::now();
    println!("\n== {}", cargo::shown(command));
    cargo::run(command)?;
    println!("   {:.1} s", start.elapsed().as_secs_f64());
    Ok(())
}
