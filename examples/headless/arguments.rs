//! The command line.

use std::path::PathBuf;

/// What `--help` says.
pub(crate) const USAGE: &str = "\
Runs an experiment of Ticket Lab without a browser.

headless ['#FRAGMENT'] [--out FILE] [--workers N] [--data DIR]
    Runs the experiment of the fragment, as the page's URL has it, and writes its report to FILE as it goes.
    Goes on where it was if FILE is there already. N is the number of threads, by default that of the cores;
    it never changes a digit. DIR is where assets/mnist is, by default the project's own directory.

headless --merge FILE... [--out FILE]
    One report of more trials from several that differ in nothing but their seeds.

headless --score FILE...
    What of the paper the reports together reproduce, claim by claim, as a Markdown table.
";

/// What is asked.
#[derive(Debug, PartialEq)]
pub(crate) enum Task {
    Help,
    Run { fragment: String, workers: usize, data: PathBuf },
    Merge(Vec<PathBuf>),
    Score(Vec<PathBuf>),
}

/// The command line, read.
#[derive(Debug, PartialEq)]
pub(crate) struct Arguments {
    pub(crate) task: Task,
    pub(crate) out: Option<PathBuf>,
}

impl Arguments {
    /// Reads the words after the program's name; an error is a sentence that says what to do.
    pub(crate) fn parse(words: impl Iterator<Item = String>) -> Result<Arguments, String> {
        let (mut plain, mut out, mut help, mut merge, mut score) = (vec![], None, false, false, false);
        let mut workers = std::thread::available_parallelism().map_or(1, |n| n.get());
        let mut data = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
        let mut words = words;
        while let Some(word) = words.next() {
            let mut value = || words.next().ok_or(format!("{word} needs a value; --help says which"));
            match word.as_str() {
                "--help" | "-h" => help = true,
                "--merge" => merge = true,
                "--score" => score = true,
                "--out" => out = Some(PathBuf::from(value()?)),
                "--data" => data = PathBuf::from(value()?),
                "--workers" => {
                    let text = value()?;
                    let number = text.parse().ok().filter(|n| (1..=1024).contains(n));
                    workers = number
                        .ok_or(format!("--workers must be a whole number from 1 to 1024, not {text}"))?;
                }
                _ if word.starts_with('-') => {
                    return Err(format!("{word} is unknown; --help says what there is"));
                }
                _ => plain.push(word),
            }
        }
        let files = || plain.iter().map(PathBuf::from).collect();
        let task = match (help, merge, score) {
            (true, ..) => Task::Help,
            (_, true, true) => return Err("--merge or --score, not both".into()),
            (_, true, _) => Task::Merge(files()),
            (.., true) => Task::Score(files()),
            _ if plain.len() > 1 => return Err(format!("one fragment, not also {}; quote it", plain[1])),
            _ => Task::Run { fragment: plain.pop().unwrap_or_default(), workers, data },
        };
        Ok(Arguments { task, out })
    }
}
