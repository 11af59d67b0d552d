//! Tests in Firefox: the results there have the same bits as natively and in Chromium.

use super::{
    evidence::run_digest,
    page_under_test::{REACTION_TIMEOUT, RUN_TIMEOUT},
    play_through::{GOLDEN, golden_lines},
    table::{READ_ROWS, Table},
};
use crate::firefox::Firefox;
use anyhow::{Context, Result, bail, ensure};
use std::{convert, path::Path};
use xtask::server::{self, RunningServer, ServedSite};

/// A Firefox of its own for a test, and the site that is served to it.
pub(crate) struct PageInFirefox {
    firefox: Firefox,
    server: RunningServer,
    /// What is printed beside the test's name.
    pub(crate) notes: Vec<String>,
}

impl PageInFirefox {
    /// Serves the site in a directory below a path.
    pub(crate) async fn new(firefox: Firefox, site: &Path) -> Result<Self> {
        let site = ServedSite { prefix: "/some/deep/path/", ..ServedSite::at_root(site) };
        Ok(Self { firefox, server: server::start(site, convert::identity).await?, notes: Vec::new() })
    }

    async fn visit(&mut self, fragment: &str) -> Result<()> {
        self.firefox.goto(&format!("{}#{fragment}", self.server.url)).await
    }

    async fn wait_done(&mut self) -> Result<()> {
        let ended =
            "return ['done', 'failed'].includes(document.body.dataset.state) && document.body.dataset.state";
        let state = self.firefox.wait("the end of the run", RUN_TIMEOUT, ended).await?;
        let error = self.firefox.eval("return document.querySelector('#error').innerText").await?;
        ensure!(state == "done", "the page failed: {error}");
        Ok(())
    }

    /// Checks the digest of every job, and that of the run.
    async fn expect_golden_digests(&mut self) -> Result<()> {
        let (fragment, jobs) = GOLDEN.split_once('\n').context("a fragment before the digests")?;
        let table = Table::read(&self.firefox.eval(READ_ROWS).await?)?;
        let found = golden_lines(&table);
        ensure!(found == jobs, "the digests in Firefox are\n{found}and natively\n{jobs}");
        let (seed, settings) = golden_settings(fragment)?;
        let lines = jobs.lines().map(|line| {
            let words: Vec<&str> = line.split(' ').collect();
            format!("{seed} {} {} 0 {}", words[0], words[1], words[2])
        });
        let expected = run_digest(settings.into_iter().chain(lines));
        let found = self.firefox.eval("return document.querySelector('#digest').textContent").await?;
        ensure!(found == *expected, "the run digest in Firefox is {found} and natively {expected}");
        Ok(())
    }

    /// Closes Firefox. The test fails if `outcome` is an error, if the console holds an error or a warning, or if another
    /// origin was asked.
    pub(crate) async fn finish(self, outcome: Result<()>) -> Result<()> {
        let closed = self.firefox.close(&self.server.url).await;
        let mut faults = Vec::new();
        faults.extend(outcome.err().map(|error| format!("{error:#}")));
        faults.extend(closed?);
        if faults.is_empty() { Ok(()) } else { bail!("{}", faults.join("\n       ")) }
    }
}

/// The seed of the golden fragment, and its other settings as the run digest has them.
fn golden_settings(fragment: &str) -> Result<(&str, Vec<String>)> {
    let parts: Vec<&str> = fragment.trim_start_matches('#').split('&').collect();
    let seed = parts.iter().find_map(|part| part.strip_prefix("seed=")).context("no seed")?;
    let settings = parts.iter().filter(|part| !part.starts_with("seed=") && !part.starts_with("preset="));
    let mut settings: Vec<String> = settings.map(|&part| part.to_owned()).collect();
    settings.sort();
    Ok((seed, settings))
}

/// Every weight, mask and reading has the same bits as natively, and the run digest is that of the golden jobs.
pub(crate) async fn digests_are_the_golden_ones(page: &mut PageInFirefox) -> Result<()> {
    let fragment = GOLDEN.lines().next().unwrap_or_default().trim_start_matches('#');
    page.visit(&format!("{fragment}&autoplay=1")).await?;
    page.wait_done().await?;
    page.expect_golden_digests().await
}

/// What can be seen of the offer to go on.
const OFFERED: &str = "return document.querySelector('#resume').checkVisibility()";

/// The golden digests come out of a run that was reloaded twice.
pub(crate) async fn two_reloads_leave_the_golden_digests(page: &mut PageInFirefox) -> Result<()> {
    let fragment = GOLDEN.lines().next().unwrap_or_default().trim_start_matches('#');
    page.visit(&format!("{fragment}&autoplay=1")).await?;
    for reload in 1..=2 {
        let rows =
            |count: usize| format!("return document.querySelectorAll('#rounds tbody tr').length >= {count}");
        page.firefox.wait("finished jobs", RUN_TIMEOUT, &rows(2 * reload)).await?;
        page.firefox.reload().await?;
        page.firefox.wait("the offer to go on", REACTION_TIMEOUT, OFFERED).await?;
        page.firefox.eval("document.querySelector('#resume').click()").await?;
        page.firefox.wait("kept jobs", REACTION_TIMEOUT, &rows(2 * reload - 1)).await?;
        let found = Table::read(&page.firefox.eval(READ_ROWS).await?)?.0.len();
        page.notes.push(format!("{found} rows"));
        let paused = "return document.body.dataset.state === 'paused'";
        page.firefox.wait("a pause", REACTION_TIMEOUT, paused).await.context("the run was over too soon")?;
        page.firefox.eval("document.querySelector('#play').click()").await?;
    }
    page.wait_done().await?;
    page.expect_golden_digests().await
}
