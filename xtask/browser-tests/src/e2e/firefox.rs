//! Tests in Firefox: the results there have the same bits as natively and in Chromium.

use super::{
    golden,
    page_under_test::{REACTION_TIMEOUT, RUN_TIMEOUT},
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

    async fn expect_golden_digests(&mut self) -> Result<()> {
        golden::check(&self.firefox.eval(golden::READ_DIGESTS).await?)
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

/// Every weight, mask and reading has the same bits as natively, and the run digest is that of the golden jobs.
pub(crate) async fn digests_are_the_golden_ones(page: &mut PageInFirefox) -> Result<()> {
    page.visit(&format!("{}&autoplay=1", golden::fragment())).await?;
    page.wait_done().await?;
    page.expect_golden_digests().await
}

/// What can be seen of the offer to go on.
const OFFERED: &str = "return document.querySelector('#resume').checkVisibility()";

/// The golden digests come out of a run that was reloaded twice.
pub(crate) async fn two_reloads_leave_the_golden_digests(page: &mut PageInFirefox) -> Result<()> {
    page.visit(&format!("{}&autoplay=1", golden::fragment())).await?;
    for reload in 1..=2 {
        let rows =
            |count: usize| format!("return document.querySelectorAll('#rounds tbody tr').length >= {count}");
        page.firefox.wait("finished jobs", RUN_TIMEOUT, &rows(2 * reload)).await?;
        page.firefox.reload().await?;
        page.firefox.wait("the offer to go on", REACTION_TIMEOUT, OFFERED).await?;
        page.firefox.eval("document.querySelector('#resume').click()").await?;
        page.firefox.wait("kept jobs", REACTION_TIMEOUT, &rows(2 * reload - 1)).await?;
        let found = page.firefox.eval("return document.querySelectorAll('#rounds tbody tr').length").await?;
        page.notes.push(format!("{found} rows"));
        let paused = "return document.body.dataset.state === 'paused'";
        page.firefox.wait("a pause", REACTION_TIMEOUT, paused).await.context("the run was over too soon")?;
        page.firefox.eval("document.querySelector('#play').click()").await?;
    }
    page.wait_done().await?;
    page.expect_golden_digests().await
}
