//! The golden digests: those of every job of two small experiments, which the native tests hold too, and those of the runs.

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use sha2::{Digest, Sha256};

/// The golden digests of an experiment: its fragment, then arm, round and digest of each of its jobs.
pub(crate) struct Golden(&'static str);

/// Those of LeNet-300-100.
pub(crate) const GOLDEN: Golden = Golden(include_str!("../../../../tests/golden/digest.txt"));
/// Those of LeNet-5.
pub(crate) const CONVOLUTIONS: Golden = Golden(include_str!("../../../../tests/golden/convolutions.txt"));

/// A script that returns what [`Golden::check`] takes.
pub(crate) const READ_DIGESTS: &str = "
    const rows = [...document.querySelectorAll('#rounds tbody tr')];
    const jobs = rows.map(({ dataset }) => `${dataset.arm} ${dataset.round} ${dataset.digest}\\n`);
    return [jobs.join(''), document.querySelector('#digest').textContent]";

impl Golden {
    /// The fragment of the experiment.
    pub(crate) fn fragment(&self) -> &'static str {
        self.0.lines().next().unwrap_or_default().trim_start_matches('#')
    }

    /// Checks the digest of every job, and that of the run. `found` comes from [`READ_DIGESTS`].
    pub(crate) fn check(&self, found: &Value) -> Result<()> {
        let (_, jobs) = self.0.split_once('\n').context("a fragment before the digests")?;
        let [found_jobs, found_run] = [0, 1].map(|at| found[at].as_str().unwrap_or_default());
        ensure!(found_jobs == jobs, "the digests in the browser are\n{found_jobs}and natively\n{jobs}");
        let run = self.run_digest(jobs)?;
        ensure!(found_run == run, "the run digest in the browser is {found_run} and natively {run}");
        Ok(())
    }

    fn run_digest(&self, jobs: &str) -> Result<String> {
        let parts: Vec<&str> = self.fragment().split('&').collect();
        let seed = parts.iter().find_map(|part| part.strip_prefix("seed=")).context("no seed")?;
        let settings = parts.iter().filter(|part| !part.starts_with("seed=") && !part.starts_with("preset="));
        let mut lines: Vec<String> = settings.map(|&part| part.to_owned()).collect();
        if lines.iter().any(|line| line.starts_with("net=")) {
            // A network of convolutions is no list of hidden units, which the preset's is.
            lines.push("hidden=".into());
        }
        lines.sort();
        for job in jobs.lines() {
            let (place, digest) = job.rsplit_once(' ').context("no digest")?;
            lines.push(format!("{seed} {place} 0 {digest}"));
        }
        Ok(run_digest(&lines))
    }
}

/// The run digest over these lines, as the README says it: first the settings, then the jobs.
pub(crate) fn run_digest(lines: &[String]) -> String {
    let mut hash = Sha256::new();
    lines.iter().for_each(|line| hash.update(format!("{line}\n")));
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}
