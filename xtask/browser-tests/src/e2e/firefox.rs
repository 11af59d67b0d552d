//! Tests in Firefox: the results there have the same bits as natively and in Chromium.

use super::disturbed_run::{
    AnyPage, HOLD_WORKERS, golden_run_by_any_number_of_workers, golden_run_disturbed,
};
use crate::firefox::Firefox;
use anyhow::{Result, bail};
use serde_json::Value;
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

impl AnyPage for PageInFirefox {
    async fn eval(&mut self, script: &str) -> Result<Value> {
        self.firefox.eval(script).await
    }

    async fn visit(&mut self, fragment: &str) -> Result<()> {
        self.firefox.goto(&format!("{}#{fragment}", self.server.url)).await
    }

    async fn load_again(&mut self, _: &str) -> Result<()> {
        self.firefox.reload().await
    }
}

/// The golden digests come out with one, two and four workers: every weight, mask and reading has the same bits as natively.
pub(crate) async fn digests_are_the_golden_ones(page: &mut PageInFirefox) -> Result<()> {
    page.firefox.before_every_page(HOLD_WORKERS).await?;
    golden_run_by_any_number_of_workers(page).await
}

/// The golden digests come out of one run with ten pauses, three deaths of workers and two reloads.
pub(crate) async fn no_disturbance_changes_a_digit(page: &mut PageInFirefox) -> Result<()> {
    page.firefox.before_every_page(HOLD_WORKERS).await?;
    let kept = golden_run_disturbed(page).await?;
    page.notes.push(kept);
    Ok(())
}
