//! Runs the tests and the benchmark of the page in a headless Chromium, and some tests in Firefox. `cargo xtask test` and `cargo xtask bench` call
//! this program. It is a separate package, so that `cargo xtask serve` need not build the dependencies that control a
//! browser.

mod arm_names;
mod axe;
mod bench;
mod browser;
mod chromium;
mod e2e;
mod fault;
mod firefox;
mod memory;
mod netlog;
mod sentence_check;

use anyhow::{Result, bail};
use e2e::Suite;
use std::{env, process::ExitCode};
use xtask::{build, cargo};

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Runs what `cargo xtask` asks for.
async fn run() -> Result<()> {
    let words: Vec<String> = env::args().skip(1).collect();
    match words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["test"] => test(Suite::Everyday, None).await,
        ["test", name] => test(Suite::Everyday, Some(name)).await,
        ["long"] => test(Suite::Long, None).await,
        ["long", name] => test(Suite::Long, Some(name)).await,
        ["bench"] => bench::run().await,
        _ => bail!("call this through `cargo xtask test [--long] [NAME]` or `cargo xtask bench`"),
    }
}

/// Builds the site and runs the tests of a suite whose name contains `filter` on it.
async fn test(suite: Suite, filter: Option<&str>) -> Result<()> {
    let tools = chromium::ensure()?;
    // The site must not be dist/, because this may be served at the moment.
    let site = cargo::root().join("target/e2e-dist");
    build::build_site(&site)?;
    e2e::run(&tools, &site, suite, filter).await
}
