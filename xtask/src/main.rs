//! The project's own commands: `cargo xtask serve | build | test | bench`.

mod args;
mod bench;
mod browser;
mod build;
mod cargo;
mod check;
mod chromium;
mod e2e;
mod fault;
mod server;
mod sizes;

use anyhow::Result;
use args::Command;
use std::{env, path, process::ExitCode};

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

/// Does what the command line asks.
async fn run() -> Result<()> {
    match args::parse(env::args().skip(1))? {
        Command::Help => {
            print!("{}", args::USAGE);
            Ok(())
        }
        Command::Build { out } => {
            build::site(&out.map_or_else(|| Ok(cargo::root().join("dist")), path::absolute)?)
        }
        Command::Serve { port } => server::build_and_serve(port).await,
        Command::Bench => bench::run().await,
        Command::Test { only, filter } => check::run(only, filter.as_deref()).await,
    }
}
