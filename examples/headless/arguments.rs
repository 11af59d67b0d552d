//! The command line.

use lexopt::{Arg, Error, Parser, ValueExt};
use std::{ffi::OsString, path::PathBuf};

/// What `--help` says.
pub(crate) const USAGE: &str = "\
Runs an experiment of Ticket Lab without a browser.

headless ['#FRAGMENT'] [--out FILE [--force]] [--workers N] [--data DIR]
    Runs the experiment of the fragment, as the page's URL has it, and writes its report to FILE as it goes.
    Goes on where it was if FILE holds this experiment already, after Ctrl-C, SIGTERM or a full disk too. Any other
    file is left alone, unless --force says to replace it. N is the number of threads, by default that of the cores;
    it never changes a digit. DIR is where assets/mnist is, by default the project's own directory.

headless --merge FILE... [--out FILE [--force]]
    Merges reports that differ only in their seeds into one report with more trials. A file that has anything else
    is left alone, unless --force says to replace it.

headless --score FILE...
    What of the paper the reports together reproduce, claim by claim, as a Markdown table.
";

/// What is asked.
#[derive(Debug, PartialEq)]
pub(crate) enum Mode {
    Help,
    Run { fragment: String, workers: usize, data: PathBuf },
    Merge(Vec<PathBuf>),
    Score(Vec<PathBuf>),
}

/// The command line, read.
#[derive(Debug, PartialEq)]
pub(crate) struct Arguments {
    pub(crate) mode: Mode,
    pub(crate) out: Option<PathBuf>,
    /// Whether `out` may replace a file that is not a report of this experiment.
    pub(crate) force: bool,
}

impl Arguments {
    /// Reads the words after the program's name; an error is a sentence that says what to do.
    pub(crate) fn parse(words: impl IntoIterator<Item = OsString>) -> Result<Arguments, String> {
        read(Parser::from_args(words)).map_err(|error| match error {
            Error::Custom(sentence) => sentence.to_string(),
            other => format!("{other}; --help says what there is"),
        })
    }
}

/// Reads word by word; what the parser itself cannot take is told in its own words.
fn read(mut words: Parser) -> Result<Arguments, Error> {
    let (mut fragments_or_files, mut out) = (Vec::new(), None);
    let (mut help, mut merge, mut score, mut force) = (false, false, false, false);
    let mut workers = std::thread::available_parallelism().map_or(1, |n| n.get());
    let mut data = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    while let Some(word) = words.next()? {
        match word {
            Arg::Long("help") | Arg::Short('h') => help = true,
            Arg::Long("merge") => merge = true,
            Arg::Long("score") => score = true,
            Arg::Long("force") => force = true,
            Arg::Long("out") => out = Some(words.value()?.into()),
            Arg::Long("data") => data = words.value()?.into(),
            Arg::Long("workers") => workers = number_of_workers(&words.value()?.string()?)?,
            Arg::Value(word) => fragments_or_files.push(word),
            unknown => return Err(unknown.unexpected()),
        }
    }
    if force && out.is_none() {
        return Err("--force is about the file of --out, and there is none".into());
    }
    let files = || fragments_or_files.iter().map(PathBuf::from).collect();
    let task = match (help, merge, score) {
        (true, ..) => Mode::Help,
        (_, true, true) => return Err("--merge or --score, not both".into()),
        (_, true, _) => Mode::Merge(files()),
        (.., true) => Mode::Score(files()),
        _ => match &fragments_or_files[..] {
            [] => Mode::Run { fragment: String::new(), workers, data },
            [fragment] => Mode::Run { fragment: fragment.clone().string()?, workers, data },
            [_, second, ..] => {
                let second = second.to_string_lossy();
                return Err(format!("one fragment, not also {second}; quote it").into());
            }
        },
    };
    Ok(Arguments { mode: task, out, force })
}

/// Reads how many threads are to work.
fn number_of_workers(text: &str) -> Result<usize, Error> {
    let number = text.parse().ok().filter(|number| (1..=1024).contains(number));
    number.ok_or_else(|| format!("--workers must be a whole number from 1 to 1024, not {text}").into())
}
