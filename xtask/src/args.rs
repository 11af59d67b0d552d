//! Parses the command line.

use anyhow::{Context, Result, bail};
use lexopt::{Arg, Parser, ValueExt};
use std::{ffi::OsString, path::PathBuf};

/// The text that `cargo xtask help` prints.
pub(crate) const USAGE: &str = "\
The project's own commands.

cargo xtask build [--out DIR]     the static site, for any host and any sub-path, into dist/ or DIR
cargo xtask serve [--port N] [--offline]
                                  the same, then served at http://127.0.0.1:8080 or port N; browsers keep it for times
                                  without a network only with --offline
cargo xtask test [--only STAGE] [--long] [NAME]
                                  formatting, clippy, native tests, tests in a headless Chromium and some in
                                  Firefox; with --long also the tests that take too long for every change;
                                  STAGE is lint, native, e2e or long; NAME keeps the browser tests whose name
                                  contains it
cargo xtask bench                 a training step's cost, the product's path beside plain candle's, in Chromium
cargo xtask help                  this text
";

/// One suite of `cargo xtask test`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TestSuite {
    /// Formatting and clippy.
    Lint,
    /// The native tests, `cargo test`.
    Native,
    /// The tests in a real browser.
    E2e,
    /// The tests that take too long to run after every change.
    Long,
}

/// The checks that `cargo xtask test` runs.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Test {
    /// Runs only this suite.
    pub(crate) only: Option<TestSuite>,
    /// Runs the long tests too, after the others.
    pub(crate) long: bool,
    /// Runs only the browser tests whose name contains this text.
    pub(crate) filter: Option<String>,
}

/// A command of `cargo xtask`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Command {
    /// Prints the usage.
    Help,
    /// Builds the static site.
    Build {
        /// The output directory. The default is dist/ in the project.
        out: Option<PathBuf>,
    },
    /// Builds the site and serves it.
    Serve {
        /// The port on 127.0.0.1.
        port: u16,
        /// Whether browsers may keep the site for times without a network.
        offline: bool,
    },
    /// Measures a training step in the browser.
    Bench,
    /// Runs the checks.
    Test(Test),
}

/// Parses the arguments after the program's name.
pub(crate) fn parse<S: Into<OsString>>(args: impl IntoIterator<Item = S>) -> Result<Command> {
    let mut args = Parser::from_args(args);
    let mut command = match args.next()? {
        None | Some(Arg::Long("help") | Arg::Short('h')) => return Ok(Command::Help),
        Some(Arg::Value(name)) => named(&name.string()?)?,
        Some(other) => bail!("{}\n\n{USAGE}", other.unexpected()),
    };
    while let Some(arg) = args.next()? {
        match (&mut command, arg) {
            (_, Arg::Long("help") | Arg::Short('h')) => return Ok(Command::Help),
            (Command::Build { out }, Arg::Long("out")) => *out = Some(args.value()?.into()),
            (Command::Serve { port, .. }, Arg::Long("port")) => *port = port_in(&args.value()?.string()?)?,
            (Command::Serve { offline, .. }, Arg::Long("offline")) => *offline = true,
            (Command::Test(test), Arg::Long("only")) => {
                test.only = Some(test_suite(&args.value()?.string()?)?)
            }
            (Command::Test(test), Arg::Long("long")) => test.long = true,
            (Command::Test(test), Arg::Value(name)) if test.filter.is_none() => {
                test.filter = Some(name.string()?);
            }
            (_, other) => bail!("{}\n\n{USAGE}", other.unexpected()),
        }
    }
    Ok(command)
}

/// The command with this name, with the default of each option.
fn named(name: &str) -> Result<Command> {
    match name {
        "help" => Ok(Command::Help),
        "build" => Ok(Command::Build { out: None }),
        "serve" => Ok(Command::Serve { port: 8080, offline: false }),
        "bench" => Ok(Command::Bench),
        "test" => Ok(Command::Test(Test::default())),
        other => bail!("there is no command `{other}`\n\n{USAGE}"),
    }
}

/// Parses a port.
fn port_in(text: &str) -> Result<u16> {
    let port =
        text.parse().with_context(|| format!("`{text}` is not a port: give a number from 1 to 65535"))?;
    if port == 0 { bail!("0 is not a port: give a number from 1 to 65535") } else { Ok(port) }
}

/// Parses the name of a suite.
fn test_suite(text: &str) -> Result<TestSuite> {
    match text {
        "lint" => Ok(TestSuite::Lint),
        "native" => Ok(TestSuite::Native),
        "e2e" => Ok(TestSuite::E2e),
        "long" => Ok(TestSuite::Long),
        other => bail!("there is no stage `{other}`: give lint, native, e2e or long"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Command> {
        parse(line.split_whitespace())
    }

    #[test]
    fn reads_every_command() {
        assert_eq!(parsed("").unwrap(), Command::Help);
        assert_eq!(parsed("build").unwrap(), Command::Build { out: None });
        assert_eq!(parsed("build --out=here").unwrap(), Command::Build { out: Some("here".into()) });
        assert_eq!(parsed("serve").unwrap(), Command::Serve { port: 8080, offline: false });
        assert_eq!(parsed("serve --port 9000").unwrap(), Command::Serve { port: 9000, offline: false });
        assert_eq!(parsed("serve --offline").unwrap(), Command::Serve { port: 8080, offline: true });
        assert_eq!(parsed("bench").unwrap(), Command::Bench);
        assert_eq!(parsed("serve --help").unwrap(), Command::Help);
        assert_eq!(parsed("test").unwrap(), Command::Test(Test::default()));
        let some = Test { only: Some(TestSuite::E2e), filter: Some("fault".into()), long: false };
        assert_eq!(parsed("test --only e2e fault").unwrap(), Command::Test(some));
        let all = Test { long: true, ..Test::default() };
        assert_eq!(parsed("test --long").unwrap(), Command::Test(all));
        let alone = Test { only: Some(TestSuite::Long), ..Test::default() };
        assert_eq!(parsed("test --only=long").unwrap(), Command::Test(alone));
    }

    #[test]
    fn refuses_by_name_what_it_does_not_know() {
        for (line, named) in [
            ("frobnicate", "frobnicate"),
            ("build --fast", "--fast"),
            ("serve --port", "--port"),
            ("serve --port many", "many"),
            ("serve --port 0", "0"),
            ("serve --port 70000", "70000"),
            ("test --only some", "some"),
            ("test one other", "other"),
            ("--fast", "--fast"),
        ] {
            let message = parsed(line).unwrap_err().to_string();
            assert!(message.contains(named), "{line}: {message}");
        }
    }
}
