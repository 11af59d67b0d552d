//! The command line.

use experiment::job_choice::JobChoice;
use lexopt::{Arg, Error, Parser, ValueExt};
use std::{ffi::OsString, path::PathBuf};

/// What `--help` says.
pub(crate) const USAGE: &str = "\
Runs an experiment of Ticket Lab without a browser.

headless ['#FRAGMENT'] [--jobs all|claims] [--out FILE [--force]] [--file FILE]... [--workers N] [--data DIR]
    Runs the experiment of the fragment, as the page's URL has it, and writes its report to FILE as it goes.
    Goes on where it was if FILE holds this experiment already, after Ctrl-C, SIGTERM or a full disk too. Any other
    file is left alone, unless --force says to replace it. N is the number of threads, by default that of the cores;
    it never changes a digit. --jobs claims trains the rows that the paper's claims C1 to C12 look at, and what they
    need, and nothing else; it is the setting jobs=claims of the fragment. Each --file is a safetensors file that
    init=file:HEX or own=HEX asks for. DIR is where assets/mnist and assets/fashion are, by default the project's own
    directory; or it has the files of a data set of your own (IDX files or CIFAR-10's binary batches), which the run
    is on if the fragment says so (data=HEX) or names no data set. In the end it prints the run digest, which is the same for every run of the experiment.

headless --merge FILE... [--out FILE [--force]]
    Merges reports that differ only in their seeds into one report with more trials. A file that has anything else
    is left alone, unless --force says to replace it.

headless --score FILE...
    What of the paper the reports together reproduce, claim by claim, as a Markdown table.

headless --literature [FILE...]
    What of further papers the reports reproduce, each a run of one of the protocols that it lists, as Markdown. Without
    reports it lists claims, bounds and protocols.

headless --verify FILE [--jobs N] [--seed S] [--file FILE]... [--workers N] [--data DIR]
    Checks that the report does not contradict itself, then trains N of its jobs again (3 if nothing is said, 0 for
    none, at most all there are) and compares every number and mask to the last bit. The seed S (1 if nothing is
    said) draws the jobs, the same ones on every machine. The exit code is 0 if everything agrees and 1 if not.
";

/// The number of jobs that `--verify` trains again if nothing else is said.
const VERIFIED_JOBS: usize = 3;
/// The seed of their draw if nothing else is said.
const VERIFY_SEED: u32 = 1;

/// What is asked.
#[derive(Debug, PartialEq)]
pub(crate) enum Mode {
    Help,
    Run { fragment: String, training: TrainingPlace },
    Merge(Vec<PathBuf>),
    Score(Vec<PathBuf>),
    Literature(Vec<PathBuf>),
    Verify(VerifyTask),
}

/// What `--verify` is to do.
#[derive(Debug, PartialEq)]
pub(crate) struct VerifyTask {
    /// The file of the report.
    pub(crate) file: PathBuf,
    /// How many jobs are trained again.
    pub(crate) jobs: usize,
    /// The seed of their draw.
    pub(crate) seed: u32,
    /// Where they are trained.
    pub(crate) training: TrainingPlace,
}

/// Where jobs are trained.
#[derive(Debug, PartialEq)]
pub(crate) struct TrainingPlace {
    /// The number of threads.
    pub(crate) workers: usize,
    /// Where the folders of the built-in data sets are, or the files of one of the user.
    pub(crate) data: PathBuf,
    /// The files of first weights and masks.
    pub(crate) files: Vec<PathBuf>,
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
    let (mut help, mut merge, mut score, mut verify, mut force) = (false, false, false, false, false);
    let mut literature = false;
    let (mut jobs, mut seed) = (None, None);
    let workers = std::thread::available_parallelism().map_or(1, |n| n.get());
    let mut training =
        TrainingPlace { workers, data: PathBuf::from(env!("CARGO_MANIFEST_DIR")), files: vec![] };
    while let Some(word) = words.next()? {
        match word {
            Arg::Long("help") | Arg::Short('h') => help = true,
            Arg::Long("merge") => merge = true,
            Arg::Long("score") => score = true,
            Arg::Long("literature") => literature = true,
            Arg::Long("verify") => verify = true,
            Arg::Long("force") => force = true,
            Arg::Long("out") => out = Some(words.value()?.into()),
            Arg::Long("data") => training.data = words.value()?.into(),
            Arg::Long("file") => training.files.push(words.value()?.into()),
            Arg::Long("workers") => training.workers = number_of_workers(&words.value()?.string()?)?,
            Arg::Long("jobs") => jobs = Some(words.value()?.string()?),
            Arg::Long("seed") => seed = Some(number("--seed", &words.value()?.string()?)?),
            Arg::Value(word) => fragments_or_files.push(word),
            unknown => return Err(unknown.unexpected()),
        }
    }
    if help {
        return Ok(Arguments { mode: Mode::Help, out, force });
    }
    if !verify && seed.is_some() {
        return Err("--seed is for --verify; the seeds of a run are in its fragment, as in '#seed=7'".into());
    }
    let reads_only = score || literature;
    if (reads_only || merge) && jobs.is_some() {
        return Err("--jobs is for a run and for --verify; a report says itself which jobs it has".into());
    }
    if (reads_only || verify) && out.is_some() {
        return Err(
            "--out is for the report of a run or a merge; what --score, --literature and --verify print goes to the \
                    standard output, which > FILE takes"
                .into(),
        );
    }
    if force && out.is_none() {
        return Err("--force is about the file of --out, and there is none".into());
    }
    if (reads_only || merge) && !training.files.is_empty() {
        return Err("--file is for what is trained, not for --merge, --score and --literature".into());
    }
    let files = || fragments_or_files.iter().map(PathBuf::from).collect();
    let mode = match (merge, score, literature, verify) {
        (true, false, false, false) => Mode::Merge(files()),
        (false, true, false, false) => Mode::Score(files()),
        (false, false, true, false) => Mode::Literature(files()),
        (false, false, false, true) => {
            let [file] = &fragments_or_files[..] else {
                return Err("--verify takes the file of one report; merge several with --merge first".into());
            };
            let jobs = jobs.map(|jobs| number("--jobs of --verify", &jobs)).transpose()?;
            let jobs = jobs.map_or(VERIFIED_JOBS, |jobs| jobs as usize);
            let seed = seed.unwrap_or(VERIFY_SEED);
            Mode::Verify(VerifyTask { file: file.into(), jobs, seed, training })
        }
        (false, false, false, false) => match &fragments_or_files[..] {
            [] => Mode::Run { fragment: with_jobs(String::new(), jobs)?, training },
            [fragment] => Mode::Run { fragment: with_jobs(fragment.clone().string()?, jobs)?, training },
            [_, second, ..] => {
                let second = second.to_string_lossy();
                return Err(format!("one fragment, not also {second}; quote it").into());
            }
        },
        _ => return Err("only one of --merge, --score, --literature and --verify".into()),
    };
    Ok(Arguments { mode, out, force })
}

/// The fragment with the setting that `--jobs` of a run stands for.
fn with_jobs(fragment: String, jobs: Option<String>) -> Result<String, Error> {
    let Some(jobs) = jobs else { return Ok(fragment) };
    match JobChoice::from_name(&jobs) {
        Some(choice) => Ok(format!("{fragment}&jobs={}", choice.name())),
        None => {
            Err(format!("--jobs of a run must be all or claims, not {jobs}; --verify takes a number").into())
        }
    }
}

/// Reads how many threads are to work.
fn number_of_workers(text: &str) -> Result<usize, Error> {
    let number = text.parse().ok().filter(|number| (1..=1024).contains(number));
    number.ok_or_else(|| format!("--workers must be a whole number from 1 to 1024, not {text}").into())
}

/// Reads a whole number.
fn number(option: &str, text: &str) -> Result<u32, Error> {
    text.parse()
        .map_err(|_| format!("{option} must be a whole number from 0 to {}, not {text}", u32::MAX).into())
}
