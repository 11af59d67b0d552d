//! A browser with the page in it, as a test sees it.

use super::table::{Row, Table};
use crate::{
    browser::{Browser, ConsoleLine, Driver},
    fault::{self, Fault},
    netlog::Request,
};
use anyhow::{Context, Result, anyhow, bail, ensure};
use fantoccini::{Locator, elements::Element};
use serde_json::{Value, json};
use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    time::Duration,
};
use xtask::{
    cargo,
    server::{self, RunningServer, ServedSite},
};

/// How long a small experiment may take, data included.
pub(crate) const RUN_TIMEOUT: Duration = Duration::from_secs(180);
/// How long the page may take to answer a click or to notice a fault.
pub(crate) const REACTION_TIMEOUT: Duration = Duration::from_secs(30);

/// One browser, the site it looks at, and what its console may say.
pub(crate) struct PageUnderTest {
    /// The browser.
    pub(crate) browser: Browser,
    /// Where the site lies.
    pub(crate) dir: PathBuf,
    server: Option<RunningServer>,
    expected: Vec<&'static str>,
    elsewhere: Vec<&'static str>,
    notes: Vec<String>,
}

impl PageUnderTest {
    /// Opens a browser with a fresh profile.
    pub(crate) async fn open(driver: &Driver, dir: &Path) -> Result<Self> {
        let browser = driver.open().await?;
        let page = Self {
            browser,
            dir: dir.into(),
            server: None,
            expected: Vec::new(),
            elsewhere: Vec::new(),
            notes: Vec::new(),
        };
        page.before_every_page(include_str!("probe.js")).await?;
        Ok(page)
    }

    /// Runs a script in every page to come, before the page's own.
    pub(crate) async fn before_every_page(&self, script: &str) -> Result<()> {
        let parameters = json!({ "source": script });
        self.browser.cdp("Page.addScriptToEvaluateOnNewDocument", parameters).await.map(|_| ())
    }

    /// Serves the site under `prefix` with `faults` from now on.
    pub(crate) async fn serve(&mut self, prefix: &'static str, faults: Vec<Fault>) -> Result<()> {
        let site = ServedSite { dir: self.dir.clone(), prefix };
        self.server = Some(server::start(site, |router| fault::with_faults(router, faults)).await?);
        Ok(())
    }

    /// Opens the page with this fragment; serves the site below a path if nothing serves it yet.
    pub(crate) async fn visit(&mut self, fragment: &str) -> Result<()> {
        if self.server.is_none() {
            self.serve("/some/deep/path/", Vec::new()).await?;
        }
        let server = self.server.as_ref().context("nothing is served")?;
        self.browser.goto(&format!("{}#{fragment}", server.url)).await
    }

    /// The page's state now.
    pub(crate) async fn state(&self) -> Result<String> {
        let state = self.browser.eval("return document.body.dataset.state").await?;
        state.as_str().map(Into::into).ok_or_else(|| anyhow!("body has no data-state"))
    }

    /// Waits until the page is in `state`. Gives up at once where it fails instead.
    pub(crate) async fn wait_state(&self, state: &str, patience: Duration) -> Result<()> {
        let script = format!("return ['{state}', 'failed'].includes(document.body.dataset.state)");
        let waited = self.browser.wait(&format!("the state `{state}`"), patience, &script).await;
        let now = self.state().await?;
        waited.with_context(|| format!("the state is `{now}`"))?;
        ensure!(
            now == state,
            "wanted the state `{state}`, but the page failed: {}",
            self.error_text().await?
        );
        Ok(())
    }

    /// Waits until the page is in one of `states`, failed or not, and says which.
    pub(crate) async fn wait_any_state(&self, states: &[&str]) -> Result<String> {
        let script = "const state = document.body?.dataset.state; return STATES.includes(state) && state";
        let script = script.replace("STATES", &json!(states).to_string());
        let state = self.browser.wait(&format!("one of the states {states:?}"), RUN_TIMEOUT, &script).await?;
        Ok(state.as_str().unwrap_or_default().to_owned())
    }

    /// Waits until the page has been in `state` more often than `times` since it was opened.
    pub(crate) async fn wait_state_after(&self, state: &str, times: usize) -> Result<()> {
        let what = format!("the state `{state}` again, after {times} times");
        let script = format!("return probe.states.filter((state) => state === '{state}').length > {times}");
        self.browser.wait(&what, REACTION_TIMEOUT, &script).await.map(|_| ())
    }

    /// Every state the page has been in since it was opened, in order.
    pub(crate) async fn states(&self) -> Result<Vec<String>> {
        let states = self.browser.eval("return probe.states").await?;
        Ok(states
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|state| state.as_str().map(Into::into))
            .collect())
    }

    /// How often the page has been in `state` since it was opened.
    pub(crate) async fn times_in_state(&self, state: &str) -> Result<usize> {
        Ok(self.states().await?.iter().filter(|visited| *visited == state).count())
    }

    /// An element by its CSS selector.
    pub(crate) async fn find(&self, selector: &str) -> Result<Element> {
        self.browser
            .client
            .find(Locator::Css(selector))
            .await
            .with_context(|| format!("the page has no `{selector}`"))
    }

    /// Clicks as a mouse would: what cannot be hit is an error.
    pub(crate) async fn click(&self, selector: &str) -> Result<()> {
        self.find(selector).await?.click().await.with_context(|| format!("cannot click `{selector}`"))
    }

    /// Clicks and waits until the page is paused once more.
    pub(crate) async fn click_until_paused(&self, selector: &str) -> Result<()> {
        let before = self.times_in_state("paused").await?;
        self.click(selector).await?;
        self.wait_state_after("paused", before).await.with_context(|| format!("after `{selector}`"))
    }

    /// Whether a button is disabled.
    pub(crate) async fn is_disabled(&self, selector: &str) -> Result<bool> {
        Ok(!self.find(selector).await?.is_enabled().await?)
    }

    /// The value of a field.
    pub(crate) async fn value(&self, selector: &str) -> Result<String> {
        let value = self.find(selector).await?.prop("value").await?;
        value.with_context(|| format!("`{selector}` has no value"))
    }

    /// The table of rounds as it stands.
    pub(crate) async fn table(&self) -> Result<Table> {
        let script = "return [...document.querySelectorAll('table#rounds tbody tr')].map((row) => ({ ...row.dataset }))";
        let rows = self.browser.eval(script).await?;
        let rows = rows.as_array().context("the table cannot be read")?;
        Ok(Table(rows.iter().map(Row::read).collect::<Result<_>>()?))
    }

    /// Opens the page, lets it play to the end without a click, and answers the table.
    pub(crate) async fn autoplay(&mut self, fragment: &str) -> Result<Table> {
        self.visit(&format!("{fragment}&autoplay=1")).await?;
        self.wait_state("done", RUN_TIMEOUT).await?;
        self.table().await
    }

    /// Gives the page that is open another fragment, lets it play to the end and answers the table: sooner than
    /// [`Self::autoplay`], for the workers keep their data.
    pub(crate) async fn replay(&mut self, fragment: &str) -> Result<Table> {
        let before = self.times_in_state("done").await?;
        let address = json!(format!("{fragment}&autoplay=1"));
        self.browser.eval(&format!("location.hash = {address}")).await?;
        let script = format!("return probe.states.filter((state) => state === 'done').length > {before}");
        let what = format!("the end of {fragment}");
        self.browser.wait(&what, RUN_TIMEOUT, &script).await.with_context(|| what.clone())?;
        self.table().await
    }

    /// What the message in `#error` says where it can be seen, without the label of its button.
    pub(crate) async fn error_text(&self) -> Result<String> {
        let script = "
            const error = document.querySelector('#error');
            const parts = [...error.querySelectorAll(':not(button)')].filter((part) => part.checkVisibility());
            return parts.map((part) => part.innerText.trim()).join(' | ')";
        Ok(self.browser.eval(script).await?.as_str().unwrap_or_default().to_owned())
    }

    /// The page shows a failure as it should: a state, a message that is spoken and says what is wrong and what to do,
    /// both by these words, and a way to try again.
    pub(crate) async fn expect_failure(&mut self, wrong: &[&str], advice: &str) -> Result<()> {
        self.browser
            .wait("the state `failed`", REACTION_TIMEOUT, "return document.body?.dataset.state === 'failed'")
            .await
            .with_context(|| "the page did not notice the fault")?;
        let text = self.error_text().await?;
        let missing: Vec<_> = wrong.iter().chain([&advice]).filter(|word| !text.contains(**word)).collect();
        ensure!(missing.is_empty(), "#error does not say {missing:?} where it can be seen, only {text:?}");
        let role = self.find("#error").await?.attr("role").await?;
        ensure!(role.as_deref() == Some("alert"), "#error is no alert but {role:?}");
        let retry = self.find("#retry").await?;
        ensure!(retry.is_displayed().await? && retry.is_enabled().await?, "#retry cannot be clicked");
        self.note(text);
        Ok(())
    }

    /// Lets the console say lines that contain `text`.
    pub(crate) fn expect_console(&mut self, text: &'static str) {
        self.expected.push(text);
    }

    /// Asks for a request to another origin, whose address contains `text`; all others are faults.
    pub(crate) fn expect_request_elsewhere(&mut self, text: &'static str) {
        self.elsewhere.push(text);
    }

    /// Something worth reading beside the test's name.
    pub(crate) fn note(&mut self, text: String) {
        self.notes.push(text);
    }

    /// What was noted.
    pub(crate) fn notes(&self) -> &[String] {
        &self.notes
    }

    /// Sets the size of the page in CSS pixels and how many pixels of the screen one of them has.
    pub(crate) async fn resize(&self, width: u32, height: u32, ratio: f64) -> Result<()> {
        let size =
            json!({ "width": width, "height": height, "deviceScaleFactor": ratio, "mobile": width < 600 });
        self.browser.cdp("Emulation.setDeviceMetricsOverride", size).await.map(|_| ())
    }

    /// Asks for the light or the dark colours.
    pub(crate) async fn emulate_color_scheme(&self, scheme: &str) -> Result<()> {
        let features = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        self.browser.cdp("Emulation.setEmulatedMedia", features).await.map(|_| ())
    }

    /// Leaves a picture of the page in target/e2e/.
    pub(crate) async fn screenshot(&self, name: &str) -> Result<()> {
        let dir = cargo::root().join("target").join("e2e");
        fs::create_dir_all(&dir)?;
        let picture = self.browser.client.screenshot().await?;
        fs::write(dir.join(format!("{name}.png")), picture)
            .with_context(|| format!("cannot write {name}.png"))
    }

    /// Closes the browser; the test has failed where it says so, where the console holds a fault nobody expected or
    /// where the page or a worker has asked another origin for anything.
    pub(crate) async fn finish(self, outcome: Result<()>, name: &str) -> Result<()> {
        let console = self.browser.console().await;
        if outcome.is_err() {
            let _ = self.screenshot(&name.replace("::", "-")).await;
        }
        let requests = self.browser.close().await;
        let mut faults = Vec::new();
        faults.extend(outcome.err().map(|error| format!("{error:#}")));
        let bad = |line: &ConsoleLine| {
            line.is_bad() && !self.expected.iter().any(|text| line.message.contains(text))
        };
        faults.extend(console?.into_iter().filter(bad).map(|line| format!("the console says: {line}")));
        faults.extend(elsewhere(&requests?, &self.elsewhere));
        if faults.is_empty() { Ok(()) } else { bail!("{}", faults.join("\n       ")) }
    }
}

/// What is wrong with these requests: none to another origin but those expected, and these.
fn elsewhere(requests: &BTreeSet<Request>, expected: &[&str]) -> Vec<String> {
    let (foreign, own): (Vec<_>, Vec<_>) = requests.iter().partition(|request| request.is_foreign());
    let is_expected = |request: &&Request| expected.iter().any(|text| request.url.contains(text));
    let strangers = foreign.iter().filter(|request| !is_expected(request));
    let missing = expected.iter().filter(|text| !foreign.iter().any(|request| request.url.contains(*text)));
    let mut wrong: Vec<String> = strangers
        .map(|request| format!("{} asked another origin for {}", request.from, request.url))
        .collect();
    wrong.extend(missing.map(|text| format!("nothing asked another origin for {text}")));
    wrong.extend(own.is_empty().then(|| "Chromium's network log holds no request of the page".to_owned()));
    wrong
}

/// Reads a number that a script returned.
pub(crate) fn number(value: &Value) -> Result<f64> {
    value.as_f64().with_context(|| format!("not a number: {value}"))
}
