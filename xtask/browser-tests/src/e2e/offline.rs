//! Tests of what browsers keep of the site: it works without a network after one visit, and no page ever gets files of
//! two versions.

use super::{
    host::Host,
    page_under_test::{PageUnderTest, REACTION_TIMEOUT, RUN_TIMEOUT},
};
use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use std::time::Duration;

/// A run of a few seconds.
const SHORT: &str = "seed=3&iterations=20&rounds=1&eval_every=10&speed=computed";
/// A run that can be paused in the middle.
const UNDER_WAY: &str = "seed=3&iterations=600&rounds=1&eval_every=100&speed=computed";

/// The site's files that are kept, by their cache.
const KEPT: &str = "
    const kept = {};
    for (const name of await caches.keys()) {
        const requests = await (await caches.open(name)).keys();
        kept[name.split(' ').at(-1)] = requests.map((request) => request.url.split('/repo/')[1]);
    }
    return kept";

/// What a worker that the page starts now is made of: what its script and its import say.
const PROBE: &str = "
    const worker = new Worker('www/worker.js', { type: 'module', name: 'probe' });
    const said = [];
    await new Promise((done) => worker.onmessage = ({ data }) => said.push(data) === 2 && done());
    worker.terminate();
    const style = await (await fetch('www/style.css')).text();
    return [...said, style.trim().match(/\\w+(?= \\*\\/$)/)[0]]";

/// Runs a script that may await.
async fn eval_async(page: &PageUnderTest, script: &str) -> Result<Value> {
    page.browser.eval(&format!("return (async () => {{ {script} }})()")).await
}

/// Waits until an awaiting script returns something true.
async fn wait_async(page: &PageUnderTest, what: &str, patience: Duration, script: &str) -> Result<()> {
    let script = format!("return (async () => {{ {script} }})()");
    page.browser.wait(what, patience, &script).await.map(|_| ())
}

/// Waits until the site is kept and the page is served from what is kept.
async fn wait_until_kept(page: &PageUnderTest) -> Result<()> {
    let script = "return navigator.serviceWorker.controller?.state === 'activated'";
    page.browser.wait("the service worker", REACTION_TIMEOUT, script).await.map(|_| ())
}

/// Waits until a file is kept.
async fn wait_for_file(page: &PageUnderTest, path: &str) -> Result<()> {
    wait_async(page, path, REACTION_TIMEOUT, &format!("return Boolean(await caches.match('{path}'))")).await
}

/// Opens a link that plays to its end, and returns the run's digest.
async fn digest_of(page: &PageUnderTest, host: &Host, fragment: &str) -> Result<String> {
    page.browser.goto(&format!("{}#{fragment}&autoplay=1", host.url)).await?;
    page.wait_state("done", RUN_TIMEOUT).await?;
    digest(page).await
}

async fn digest(page: &PageUnderTest) -> Result<String> {
    let text = page.browser.eval("return document.querySelector('#digest').textContent").await?;
    Ok(text.as_str().context("#digest has no text")?.to_owned())
}

async fn version(page: &PageUnderTest) -> Result<Value> {
    page.browser.eval("return document.querySelector('meta[name=version]').content").await
}

/// Opens the recorded Quick look and returns how many rows it has.
async fn rows_of_recorded(page: &PageUnderTest) -> Result<Value> {
    page.browser.eval("location.hash = 'recorded=quick'").await?;
    let rows = "return document.querySelectorAll('#rounds tbody tr[data-round=\"6\"]').length";
    page.browser.wait("the recorded run", REACTION_TIMEOUT, rows).await
}

/// After one visit, which opened both data sets and a recorded run, all of them work without a network, to the same digests.
pub(crate) async fn whole_runs_without_a_network(page: &mut PageUnderTest) -> Result<()> {
    page.expect_console("service_worker.js");
    page.expect_console("fetching the script");
    let host = Host::start(page, "network").await?;
    host.publish("only")?;
    let fashion = format!("{SHORT}&data=fashion");
    let online = digest_of(page, &host, &fashion).await?;
    ensure!(!host.asked()[0].contains("service_worker"), "the worker was asked for before the page");
    wait_until_kept(page).await?;
    wait_for_file(page, "assets/fashion/train-images-idx3-ubyte.gz").await?;
    page.replay(SHORT).await?;
    let mnist = digest(page).await?;
    let recorded = rows_of_recorded(page).await?;
    wait_for_file(page, "assets/recorded/quick.jsonl").await?;
    ensure!(eval_async(page, "return !await caches.match('assets/recorded/paper.jsonl')").await? == true);
    let errors = page.browser.cdp("Page.getInstallabilityErrors", json!({})).await?;
    ensure!(errors["installabilityErrors"] == json!([]), "the page cannot be installed: {errors}");

    host.go_away(page);
    let asked = host.asked().len();
    ensure!(digest_of(page, &host, SHORT).await? == mnist, "MNIST gives other digits without a network");
    ensure!(digest_of(page, &host, &fashion).await? == online, "Fashion-MNIST gives other digits");
    ensure!(rows_of_recorded(page).await? == recorded, "the recorded run is not whole");
    let late: Vec<String> =
        host.asked().split_off(asked).into_iter().filter(|path| !path.contains("service_worker")).collect();
    ensure!(late.is_empty(), "the host was asked for {late:?}");
    Ok(())
}

/// A version that is published while a run is under way says so, leaves the run alone, and is used whole afterwards.
pub(crate) async fn a_new_version_waits_for_the_run(page: &mut PageUnderTest) -> Result<()> {
    let host = Host::start(page, "versions").await?;
    let first = host.publish("first")?;
    let undisturbed = digest_of(page, &host, UNDER_WAY).await?;
    wait_until_kept(page).await?;
    page.browser.goto(&format!("{}#{UNDER_WAY}", host.url)).await?;
    page.wait_state("ready", RUN_TIMEOUT).await?;
    // The run waits, however long a machine takes to install the new version.
    page.click_until_paused("#step").await?;
    let second = host.publish("second")?;
    page.browser.eval("document.dispatchEvent(new Event('visibilitychange'))").await?;
    let said = "const line = document.querySelector('#new-version'); return line.checkVisibility() && line.innerText";
    let text = page.browser.wait("word of the new version", REACTION_TIMEOUT, said).await?;
    ensure!(text.as_str().is_some_and(|text| text.contains("This run ends")), "it says {text}");
    ensure!(version(page).await? == *first, "the run has lost its page");
    let made_of = eval_async(page, PROBE).await?;
    ensure!(made_of == json!(["first", "first", "first"]), "the run's page gets {made_of}");
    page.click("#play").await?;
    page.wait_state("done", RUN_TIMEOUT).await?;
    ensure!(digest(page).await? == undisturbed, "the new version has changed the run");
    ensure!(eval_async(page, PROBE).await? == made_of, "a page that stays gets other files");
    page.screenshot("new-version").await?;

    page.click("#use-new-version").await?;
    let loaded = format!("return document.querySelector('meta[name=version]')?.content === '{second}'");
    page.browser.wait("the new version", REACTION_TIMEOUT, &loaded).await?;
    page.wait_state("ready", RUN_TIMEOUT).await?;
    let made_of = eval_async(page, PROBE).await?;
    ensure!(made_of == json!(["second", "second", "second"]), "the new version is {made_of}");
    ensure!(page.browser.eval(said).await? == false, "the new version is announced to itself");
    let alone = "const names = await caches.keys(); return names.length === 1 && names[0]";
    wait_async(page, "the old version to be thrown away", REACTION_TIMEOUT, alone).await?;
    let kept = eval_async(page, KEPT).await?;
    ensure!(kept[&second].as_array().is_some_and(|files| files.len() > 20), "what is kept is {kept}");
    Ok(())
}

/// What is fetched anew comes from the host and is not kept, before and after the site is.
pub(crate) async fn nothing_fetched_anew_is_kept(page: &mut PageUnderTest) -> Result<()> {
    let host = Host::start(page, "again").await?;
    host.publish("only")?;
    page.browser.goto(&format!("{}#{SHORT}", host.url)).await?;
    page.wait_state("ready", RUN_TIMEOUT).await?;
    wait_until_kept(page).await?;
    let file = "assets/mnist/t10k-labels-idx1-ubyte.gz";
    let fetches = format!("return (await fetch('{file}?again=1')).ok && (await fetch('{file}')).ok");
    ensure!(eval_async(page, &fetches).await? == true, "the file cannot be fetched");
    let asked = host.asked();
    ensure!(asked.iter().any(|path| path.ends_with("?again=1")), "the host was not asked for the file anew");
    // The page says what it has opened when it is loaded, and the file was among that.
    page.browser.goto(&host.url).await?;
    page.wait_state("ready", RUN_TIMEOUT).await?;
    let kept = eval_async(page, KEPT).await?.to_string();
    ensure!(kept.contains(file) && !kept.contains("again"), "what is kept is {kept}");
    Ok(())
}

/// Where the site is served without being kept, as `cargo xtask serve` does, the worker of an earlier visit goes, with all
/// that it kept.
pub(crate) async fn serving_without_it_removes_it(page: &mut PageUnderTest) -> Result<()> {
    let host = Host::start(page, "nothing").await?;
    host.publish("only")?;
    page.browser.goto(&format!("{}#{SHORT}", host.url)).await?;
    page.wait_state("ready", RUN_TIMEOUT).await?;
    wait_until_kept(page).await?;
    host.keep_nothing();
    page.browser.goto(&host.url).await?;
    let gone = "
        const registrations = await navigator.serviceWorker.getRegistrations();
        return registrations.length === 0 && (await caches.keys()).length === 0";
    // Chromium looks for another worker only after half a minute if a page was left as soon as it had one.
    wait_async(page, "the worker to go", 3 * REACTION_TIMEOUT, gone).await
}
