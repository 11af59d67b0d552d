//! The project's own commands: `cargo xtask serve | build | test | bench`.

mod args;
#[cfg(unix)]
mod slurm_cluster;
#[cfg(unix)]
mod slurm_test;
mod test_command;

use anyhow::Result;
use args::Command;
use std::{env, path, process::ExitCode};
use xtask::{build, cargo, server};

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

/// Runs the command from the command line.
async fn run() -> Result<()> {
    match args::parse(env::args_os().skip(1))? {
        Command::Help => {
            print!("{}", args::USAGE);
            Ok(())
        }
        Command::Build { out } => {
            build::build_site(&out.map_or_else(|| Ok(cargo::root().join("dist")), path::absolute)?)
        }
        Command::Serve { port, offline } => server::build_and_serve(port, offline).await,
        Command::Bench => test_command::browser_tests(&["bench"]),
        Command::Test(test) => test_command::run(&test),
    }
}
