//! The scripts of `deploy/slurm` on a real Slurm: three seeds of a short experiment, of which two are ended in the middle and
//! queued again, give the report, the check and the claims of one run on one machine.

use crate::slurm_cluster::Cluster;
use anyhow::{Context, Result, bail, ensure};
use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
    thread::sleep,
    time::{Duration, Instant},
};
use xtask::cargo;

/// Twelve jobs a seed: the dense network, seven tickets, a re-init and three one-shot networks. A job takes a second or two.
const FRAGMENT: &str = "preset=paper&rounds=7&iterations=4000&hidden=30,20";
/// The lines of a seed's whole report.
const LINES: usize = 1 + 12;
/// How long all of it may take.
const TIME: Duration = Duration::from_secs(600);

/// Runs the test, or says that it is skipped.
pub(crate) fn run() -> Result<()> {
    let start = Instant::now();
    println!("\n== deploy/slurm on a Slurm of one node");
    cargo::run(cargo::cargo().args(["build", "--release", "--example", "headless"]))?;
    let Some(cluster) = Cluster::start()? else {
        println!(
            "== SKIPPED: Slurm needs root here, and Debian's packages slurmctld, slurmd, slurm-client and munge"
        );
        return Ok(());
    };
    check(&cluster).with_context(|| cluster.logs())?;
    println!("   {:.1} s", start.elapsed().as_secs_f64());
    Ok(())
}

fn check(cluster: &Cluster) -> Result<()> {
    let results = cluster.folder().join("results");
    let mut submit = cluster.command("bash");
    submit.args(["deploy/slurm/submit.sh", "1-3", FRAGMENT]).arg(&results).env("HEADLESS", program()?);
    let submitted = submit.output().context("cannot start bash")?;
    ensure!(submitted.status.success(), "{}", String::from_utf8_lossy(&submitted.stderr));
    let submitted = String::from_utf8_lossy(&submitted.stdout).into_owned();
    println!("{}", submitted.trim());
    let array =
        submitted.split([' ', ',']).nth(1).context("submit.sh does not say the number of the array")?;

    // One task is taken away from its node, with no time to do anything. Another hears that its time is over.
    let file = |seed: u32| results.join(format!("seed-{seed}.jsonl"));
    let done_before = |seed: u32| -> Result<usize> {
        wait(cluster, &format!("two jobs of seed {seed}"), || lines(&file(seed)) >= 3)?;
        Ok(lines(&file(seed)))
    };
    let at_most = LINES - 2;
    let first = done_before(1)?;
    cluster.output("scontrol", &["requeue", &format!("{array}_1")])?;
    let second = done_before(2)?;
    cluster.output("scancel", &["--batch", "--signal=USR1", &format!("{array}_2")])?;
    ensure!(
        first <= at_most && second <= at_most,
        "the tasks were ended too late: {first} and {second} lines"
    );
    println!("seed 1 was taken away after {} of 12 jobs, seed 2 told to end after {}", first - 1, second - 1);

    for seed in [1, 2] {
        wait(cluster, &format!("seed {seed} in the queue again"), || {
            let job = cluster.output("scontrol", &["show", "job", &format!("{array}_{seed}")]);
            job.is_ok_and(|job| job.contains("Restarts=1"))
        })?;
        // Slurm lets two minutes pass before it starts a task again, so that the node has forgotten it; a few seconds are enough.
        cluster.output("scontrol", &["update", &format!("jobid={array}_{seed}"), "starttime=now+5"])?;
    }
    wait(cluster, "the end of all tasks", || {
        cluster.output("squeue", &["--noheader"]).is_ok_and(|queue| queue.trim().is_empty())
    })?;
    for seed in [1, 2] {
        let log = fs::read_to_string(results.join(format!("ticket-lab-{array}_{seed}.log")))?;
        let done: Vec<&str> = log.lines().filter(|line| line.contains("of them done already")).collect();
        let [_, again] = done[..] else { bail!("seed {seed} was not started twice:\n{log}") };
        let went_on = again.split([' ', ',']).filter_map(|word| word.parse::<usize>().ok()).nth(1);
        ensure!(went_on.is_some_and(|done| done >= 2), "seed {seed} began from the start again: {again}");
        println!("seed {seed}: {again}");
    }
    compare_with_one_machine(&results)
}

/// Compares merged report, check and claims with a run of all seeds by one process.
fn compare_with_one_machine(results: &Path) -> Result<()> {
    let whole = results.join("whole");
    headless(&[&format!("#{FRAGMENT}&seeds=1-3"), "--jobs", "claims", "--workers", "2"], Some(&whole))?;
    let text =
        |file: PathBuf| fs::read_to_string(&file).with_context(|| format!("{} is missing", file.display()));
    let merged = text(results.join("merged.jsonl"))?;
    ensure!(
        merged.lines().count() == 1 + 3 * (LINES - 1),
        "the merged report has {} lines",
        merged.lines().count()
    );
    let of_one = text(whole.clone())?;
    let (ours, expected) = (without_seconds(&merged), without_seconds(&of_one));
    if let Some(line) = (0..expected.len()).find(|&line| ours.get(line) != expected.get(line)) {
        bail!("line {} of the merged report differs from the one of one machine", line + 1);
    }
    ensure!(ours.len() == expected.len(), "the merged report has more lines");
    println!("the merged report is that of one machine but for seconds: {} bytes", merged.len());
    let verified = text(results.join("verified.txt"))?;
    ensure!(verified.contains("36 of 36 jobs") && verified.contains("agree to the last bit"), "{verified}");
    let claims = text(results.join("claims.md"))?;
    ensure!(
        claims == headless(&["--score", &whole.to_string_lossy()], None)?,
        "the claims differ:\n{claims}"
    );
    Ok(())
}

/// The program, which is built beside this one.
fn program() -> Result<PathBuf> {
    let here = env::current_exe()?;
    let target = here.ancestors().nth(2).context("this program is in no folder of cargo")?;
    Ok(target.join("release/examples/headless"))
}

/// Runs the program on this machine and returns what it prints.
fn headless(words: &[&str], out: Option<&Path>) -> Result<String> {
    let mut command = Command::new(program()?);
    command.args(words).current_dir(cargo::root());
    if let Some(out) = out {
        command.arg("--out").arg(out);
    }
    let output = command.output().context("cannot start headless")?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

fn wait(cluster: &Cluster, what: &str, is_there: impl Fn() -> bool) -> Result<()> {
    let start = Instant::now();
    while !is_there() {
        if start.elapsed() > TIME {
            let queue = cluster.output("squeue", &[]).unwrap_or_default();
            bail!("no {what} after {} s:\n{queue}", TIME.as_secs());
        }
        sleep(Duration::from_millis(50));
    }
    Ok(())
}

/// The whole lines of a file.
fn lines(file: &Path) -> usize {
    fs::read_to_string(file).map_or(0, |text| text.matches('\n').count())
}

fn without_seconds(text: &str) -> Vec<&str> {
    text.lines().map(|line| line.split(",\"seconds\":").next().unwrap_or_default()).collect()
}
