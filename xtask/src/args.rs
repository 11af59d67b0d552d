//! The command line, as a value.

use anyhow::{Context, Result, bail};
use std::path::PathBuf;

/// What `cargo xtask help` prints.
pub(crate) const USAGE: &str = "\
The project's own commands.

cargo xtask build [--out DIR]     the static site, for any host and any sub-path, into dist/ or DIR
cargo xtask serve [--port N]      the same, then served at http://127.0.0.1:8080 or port N
cargo xtask test [--only STAGE] [NAME]
                                  formatting, clippy, native tests, tests in a headless Chromium;
                                  STAGE is lint, native or e2e; NAME keeps the browser tests whose name contains it
cargo xtask bench                 a training step's cost, the product's path beside plain candle's, in Chromium
cargo xtask help                  this text
";

/// One stage of `cargo xtask test`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// Formatting and clippy.
    Lint,
    /// `cargo test`.
    Native,
    /// Tests in a real browser.
    E2e,
}

/// What is asked for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Command {
    /// Say what there is.
    Help,
    /// Build the static site.
    Build {
        /// Where to; dist/ in the project where nothing is said.
        out: Option<PathBuf>,
    },
    /// Build and serve it.
    Serve {
        /// The port on 127.0.0.1.
        port: u16,
    },
    /// Measure a training step in the browser.
    Bench,
    /// Run the checks.
    Test {
        /// One stage only.
        only: Option<Stage>,
        /// Browser tests whose name contains this only.
        filter: Option<String>,
    },
}

/// Reads the arguments that follow the program's name.
pub(crate) fn parse(args: impl IntoIterator<Item = String>) -> Result<Command> {
    let mut args = args.into_iter();
    let Some(name) = args.next() else { return Ok(Command::Help) };
    let mut rest = Rest(args.collect());
    let command = match name.as_str() {
        "help" | "--help" | "-h" => Command::Help,
        "build" => Command::Build { out: rest.option("--out")?.map(PathBuf::from) },
        "serve" => Command::Serve { port: port(rest.option("--port")?.as_deref())? },
        "bench" => Command::Bench,
        "test" => {
            let only = rest.option("--only")?.as_deref().map(stage).transpose()?;
            Command::Test { only, filter: rest.word() }
        }
        other => bail!("there is no command `{other}`\n\n{USAGE}"),
    };
    rest.end()?;
    Ok(command)
}

/// What is left of the arguments.
struct Rest(Vec<String>);

impl Rest {
    /// Takes `name VALUE` or `name=VALUE` out.
    fn option(&mut self, name: &str) -> Result<Option<String>> {
        let prefix = format!("{name}=");
        let Some(at) = self.0.iter().position(|arg| arg == name || arg.starts_with(&prefix)) else {
            return Ok(None);
        };
        let arg = self.0.remove(at);
        if let Some(value) = arg.strip_prefix(&prefix) {
            return Ok(Some(value.into()));
        }
        if at < self.0.len() { Ok(Some(self.0.remove(at))) } else { bail!("`{name}` needs a value after it") }
    }

    /// Takes the first argument that is no option out.
    fn word(&mut self) -> Option<String> {
        let at = self.0.iter().position(|arg| !arg.starts_with('-'))?;
        Some(self.0.remove(at))
    }

    /// Refuses what nobody took.
    fn end(self) -> Result<()> {
        match self.0.first() {
            None => Ok(()),
            Some(arg) => bail!("I do not know what to do with `{arg}`\n\n{USAGE}"),
        }
    }
}

/// Reads a port; 8080 where none is given.
fn port(text: Option<&str>) -> Result<u16> {
    let Some(text) = text else { return Ok(8080) };
    let port =
        text.parse().with_context(|| format!("`{text}` is not a port: give a number from 1 to 65535"))?;
    if port == 0 { bail!("0 is not a port: give a number from 1 to 65535") } else { Ok(port) }
}

/// Reads the name of a stage.
fn stage(text: &str) -> Result<Stage> {
    match text {
        "lint" => Ok(Stage::Lint),
        "native" => Ok(Stage::Native),
        "e2e" => Ok(Stage::E2e),
        other => bail!("there is no stage `{other}`: give lint, native or e2e"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Command> {
        parse(line.split_whitespace().map(String::from))
    }

    #[test]
    fn reads_every_command() {
        assert_eq!(parsed("").unwrap(), Command::Help);
        assert_eq!(parsed("build").unwrap(), Command::Build { out: None });
        assert_eq!(parsed("build --out=here").unwrap(), Command::Build { out: Some("here".into()) });
        assert_eq!(parsed("serve").unwrap(), Command::Serve { port: 8080 });
        assert_eq!(parsed("serve --port 9000").unwrap(), Command::Serve { port: 9000 });
        assert_eq!(parsed("bench").unwrap(), Command::Bench);
        assert_eq!(parsed("test").unwrap(), Command::Test { only: None, filter: None });
        let some = Command::Test { only: Some(Stage::E2e), filter: Some("fault".into()) };
        assert_eq!(parsed("test --only e2e fault").unwrap(), some);
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
        ] {
            let message = parsed(line).unwrap_err().to_string();
            assert!(message.contains(named), "{line}: {message}");
        }
    }
}
