//! A browser with the page in it, and the operations that the tests use.

use super::table::{Row, Table};
use crate::{
    browser::{Browser, Browsers, ConsoleLine},
    fault::{self, Fault},
    netlog::Request,
};
use anyhow::{Context, Result, anyhow, bail, ensure};
use axum::Router;
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

/// The maximum duration of a small experiment, including the loading of the data.
pub(crate) const RUN_TIMEOUT: Duration = Duration::from_secs(180);
/// The maximum time until the page reacts to a click or notices a fault.
pub(crate) const REACTION_TIMEOUT: Duration = Duration::from_secs(30);

/// A browser, the site that is served to it, and the console lines and requests that the test expects.
pub(crate) struct PageUnderTest {
    /// The browser.
    pub(crate) browser: Browser,
    /// The directory of the site.
    pub(crate) dir: PathBuf,
    browsers: Browsers,
    server: Option<RunningServer>,
    expected: Vec<&'static str>,
    elsewhere: Vec<&'static str>,
    notes: Vec<String>,
}

impl PageUnderTest {
    /// Opens a browser with a new profile.
    pub(crate) async fn open(browsers: &Browsers, dir: &Path) -> Result<Self> {
        let browser = browsers.open().await?;
        let page = Self {
            browser,
            dir: dir.into(),
            browsers: browsers.clone(),
            server: None,
            expected: Vec::new(),
            elsewhere: Vec::new(),
            notes: Vec::new(),
        };
        page.before_every_page(include_str!("probe.js")).await?;
        Ok(page)
    }

    /// Opens another browser with a profile of its own, for the same site.
    pub(crate) async fn open_another(&self) -> Result<Self> {
        PageUnderTest::open(&self.browsers, &self.dir).await
    }

    /// Opens another browser with the profile in a directory, for the same site.
    pub(crate) async fn open_in(&self, profile: &Path) -> Result<Browser> {
        self.browsers.open_in(profile).await
    }

    /// The address of the page without a fragment. If the site is not served yet, it is now.
    pub(crate) async fn address(&mut self) -> Result<String> {
        if self.server.is_none() {
            self.serve("/some/deep/path/", Vec::new()).await?;
        }
        self.server.as_ref().map(|server| server.url.clone()).context("nothing is served")
    }

    /// Runs a script in every page that is opened from now on, before the page's own scripts.
    pub(crate) async fn before_every_page(&self, script: &str) -> Result<()> {
        let parameters = json!({ "source": script });
        self.browser.cdp("Page.addScriptToEvaluateOnNewDocument", parameters).await.map(|_| ())
    }

    /// Serves the site under the path `prefix` with `faults` from now on.
    pub(crate) async fn serve(&mut self, prefix: &'static str, faults: Vec<Fault>) -> Result<()> {
        let site = ServedSite { prefix, ..ServedSite::at_root(&self.dir) };
        self.serve_changed(site, |router| fault::with_faults(router, faults)).await.map(|_| ())
    }

    /// Serves another site from now on and returns its address. `change` can add layers to the server's router.
    pub(crate) async fn serve_changed(
        &mut self,
        site: ServedSite,
        change: impl FnOnce(Router) -> Router,
    ) -> Result<String> {
        let server = server::start(site, change).await?;
        Ok(self.server.insert(server).url.clone())
    }

    /// Stops the server.
    pub(crate) fn stop_serving(&mut self) {
        self.server = None;
    }

    /// Opens the page with this fragment. If the site is not served yet, it is now served below a path.
    pub(crate) async fn visit(&mut self, fragment: &str) -> Result<()> {
        let address = self.address().await?;
        self.browser.goto(&format!("{address}#{fragment}")).await
    }

    /// The current state of the page.
    pub(crate) async fn state(&self) -> Result<String> {
        let state = self.browser.eval("return document.body.dataset.state").await?;
        state.as_str().map(Into::into).ok_or_else(|| anyhow!("body has no data-state"))
    }

    /// Waits until the page is in `state`. Fails at once if the page fails instead.
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

    /// Waits until the page is in one of `states`, even after a failure, and returns this state.
    pub(crate) async fn wait_any_state(&self, states: &[&str]) -> Result<String> {
        let script = "const state = document.body?.dataset.state; return STATES.includes(state) && state";
        let script = script.replace("STATES", &json!(states).to_string());
        let state = self.browser.wait(&format!("one of the states {states:?}"), RUN_TIMEOUT, &script).await?;
        Ok(state.as_str().unwrap_or_default().to_owned())
    }

    /// Waits until the page has been in `state` more than `times` times since it was opened.
    pub(crate) async fn wait_state_after(&self, state: &str, times: usize) -> Result<()> {
        let what = format!("the state `{state}` again, after {times} times");
        let script = format!("return probe.states.filter((state) => state === '{state}').length > {times}");
        self.browser.wait(&what, REACTION_TIMEOUT, &script).await.map(|_| ())
    }

    /// All states of the page since it was opened, in order.
    pub(crate) async fn states(&self) -> Result<Vec<String>> {
        let states = self.browser.eval("return probe.states").await?;
        Ok(states
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|state| state.as_str().map(Into::into))
            .collect())
    }

    /// How many times the page has been in `state` since it was opened.
    pub(crate) async fn times_in_state(&self, state: &str) -> Result<usize> {
        Ok(self.states().await?.iter().filter(|visited| *visited == state).count())
    }

    /// Finds an element by its CSS selector.
    pub(crate) async fn find(&self, selector: &str) -> Result<Element> {
        self.browser
            .client
            .find(Locator::Css(selector))
            .await
            .with_context(|| format!("the page has no `{selector}`"))
    }

    /// Clicks an element as a mouse would. It is an error if the element cannot be clicked.
    pub(crate) async fn click(&self, selector: &str) -> Result<()> {
        self.find(selector).await?.click().await.with_context(|| format!("cannot click `{selector}`"))
    }

    /// Clicks an element and waits until the page is paused again.
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

    /// The current contents of the table of rounds.
    pub(crate) async fn table(&self) -> Result<Table> {
        let script = "return [...document.querySelectorAll('table#rounds tbody tr')].map((row) => ({ ...row.dataset }))";
        let rows = self.browser.eval(script).await?;
        let rows = rows.as_array().context("the table cannot be read")?;
        Ok(Table(rows.iter().map(Row::read).collect::<Result<_>>()?))
    }

    /// Opens the page, lets it play to the end without a click, and returns the table.
    pub(crate) async fn autoplay(&mut self, fragment: &str) -> Result<Table> {
        self.visit(&format!("{fragment}&autoplay=1")).await?;
        self.wait_state("done", RUN_TIMEOUT).await?;
        self.table().await
    }

    /// Gives the open page another fragment, lets it play to the end and returns the table. This is faster than
    /// [`Self::autoplay`], because the workers keep their data.
    pub(crate) async fn replay(&mut self, fragment: &str) -> Result<Table> {
        let before = self.times_in_state("done").await?;
        let address = json!(format!("{fragment}&autoplay=1"));
        self.browser.eval(&format!("location.hash = {address}")).await?;
        let script = format!("return probe.states.filter((state) => state === 'done').length > {before}");
        let what = format!("the end of {fragment}");
        self.browser.wait(&what, RUN_TIMEOUT, &script).await.with_context(|| what.clone())?;
        self.table().await
    }

    /// The visible text of the message in `#error`, without the label of its button.
    pub(crate) async fn error_text(&self) -> Result<String> {
        let script = "
            const error = document.querySelector('#error');
            const parts = [...error.querySelectorAll(':not(button)')].filter((part) => part.checkVisibility());
            return parts.map((part) => part.innerText.trim()).join(' | ')";
        Ok(self.browser.eval(script).await?.as_str().unwrap_or_default().to_owned())
    }

    /// Checks that the page shows a failure correctly: the state, an announced message that contains the words in
    /// `wrong` and `advice`, and a button to retry.
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

    /// Allows console lines that contain `text`.
    pub(crate) fn expect_console(&mut self, text: &'static str) {
        self.expected.push(text);
    }

    /// Expects a request to another origin whose address contains `text`. All other requests to other origins are
    /// faults.
    pub(crate) fn expect_request_elsewhere(&mut self, text: &'static str) {
        self.elsewhere.push(text);
    }

    /// Adds a note that is printed beside the test's name.
    pub(crate) fn note(&mut self, text: String) {
        self.notes.push(text);
    }

    /// The notes of the test.
    pub(crate) fn notes(&self) -> &[String] {
        &self.notes
    }

    /// Sets the size of the page in CSS pixels, and the number of device pixels per CSS pixel.
    pub(crate) async fn resize(&self, width: u32, height: u32, ratio: f64) -> Result<()> {
        let size =
            json!({ "width": width, "height": height, "deviceScaleFactor": ratio, "mobile": width < 600 });
        self.browser.cdp("Emulation.setDeviceMetricsOverride", size).await.map(|_| ())
    }

    /// Emulates the preference for the light or the dark colours.
    pub(crate) async fn emulate_color_scheme(&self, scheme: &str) -> Result<()> {
        let features = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        self.browser.cdp("Emulation.setEmulatedMedia", features).await.map(|_| ())
    }

    /// Saves a screenshot of the page in target/e2e/.
    pub(crate) async fn screenshot(&self, name: &str) -> Result<()> {
        let dir = cargo::root().join("target").join("e2e");
        fs::create_dir_all(&dir)?;
        let picture = self.browser.client.screenshot().await?;
        fs::write(dir.join(format!("{name}.png")), picture)
            .with_context(|| format!("cannot write {name}.png"))
    }

    /// Closes the browser. The test fails if `outcome` is an error, if the console contains an unexpected fault, or if
    /// the page or a worker has sent an unexpected request to another origin.
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

/// The faults in these requests: unexpected ones to other origins, expected ones that are missing, or no request of the
/// page at all.
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

/// Reads a number that a script has returned.
pub(crate) fn number(value: &Value) -> Result<f64> {
    value.as_f64().with_context(|| format!("not a number: {value}"))
}
