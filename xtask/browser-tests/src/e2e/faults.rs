//! What the page shows when things go wrong: never a silent hang, never only the console.

use super::{
    page_under_test::{PageUnderTest, RUN_TIMEOUT},
    play_through::{SMALL, SMALL_EXPECTED},
};
use crate::fault::{Fault, FaultKind};
use anyhow::{Result, ensure};

const IMAGES: &str = "train-images-idx3-ubyte.gz";
const LABELS: &str = "t10k-labels-idx1-ubyte.gz";
const WORKER_SCRIPT: &str = "www/worker.js";
const WORKER_WASM: &str = "worker_bg.wasm";
const PAGE_WASM: &str = "page_bg.wasm";
const NOT_FOUND: &str = "404 (Not Found)";
/// What the page says over a failure of the data, and what to do about it.
const NO_DATA: &str = "The data could not be read";
const FETCHED_ANEW: &str = "try again: the data is fetched anew";
/// What to do about a failure of the workers.
const NEW_WORKERS: &str = "Try again: new workers are started";
/// An experiment that would take far longer than a test waits.
const ENDLESS: &str = "preset=paper&seed=3&autoplay=1";

/// Serves the site with one fault and opens it.
async fn visit_with(page: &mut PageUnderTest, fault: Fault, fragment: &str) -> Result<()> {
    page.serve("/faulty/", vec![fault]).await?;
    page.visit(fragment).await
}

/// A data file that is not there is named.
pub(crate) async fn missing_data(page: &mut PageUnderTest) -> Result<()> {
    page.expect_console(NOT_FOUND);
    visit_with(page, Fault::new(LABELS, FaultKind::Missing), SMALL).await?;
    page.expect_failure(&[NO_DATA, LABELS, "404"], FETCHED_ANEW).await
}

/// Half a data file is refused; once it is whole again, trying again is enough.
pub(crate) async fn truncated_data_heals(page: &mut PageUnderTest) -> Result<()> {
    visit_with(page, Fault::new(IMAGES, FaultKind::Truncated).only_first_requests(1), SMALL).await?;
    page.expect_failure(&[NO_DATA, IMAGES, "cut short"], FETCHED_ANEW).await?;
    page.click("#retry").await?;
    page.wait_any_state(&["ready"]).await?;
    ensure!(page.error_text().await?.is_empty(), "the message is still there");
    page.click("#play").await?;
    page.wait_state("done", RUN_TIMEOUT).await?;
    page.table().await?.check(&SMALL_EXPECTED)
}

/// A data file with wrong bytes is refused.
pub(crate) async fn corrupt_data(page: &mut PageUnderTest) -> Result<()> {
    visit_with(page, Fault::new(IMAGES, FaultKind::Corrupt), SMALL).await?;
    page.expect_failure(&[NO_DATA, IMAGES, "corrupt"], FETCHED_ANEW).await
}

/// A worker that dies each time it is started is given up on, in words.
pub(crate) async fn worker_that_panics(page: &mut PageUnderTest) -> Result<()> {
    page.expect_console("injected");
    let panic = "\nsetTimeout(() => { throw new Error('injected') }, 1000);";
    visit_with(page, Fault::new(WORKER_SCRIPT, FaultKind::Appended(panic)), ENDLESS).await?;
    page.expect_failure(&["The training stopped", "A worker stopped: Error: injected"], NEW_WORKERS).await
}

/// A worker that dies once costs time, not digits: whether the page tries again by itself or is asked to.
pub(crate) async fn worker_that_panics_once(page: &mut PageUnderTest) -> Result<()> {
    page.expect_console("injected");
    let whole = page.autoplay(SMALL).await?;
    let panic = "\nsetTimeout(() => { throw new Error('injected') }, 1000);";
    let fault = Fault::new(WORKER_SCRIPT, FaultKind::Appended(panic)).only_first_requests(1);
    visit_with(page, fault, &format!("{SMALL}&autoplay=1")).await?;
    if page.wait_any_state(&["done", "failed"]).await? == "failed" {
        page.click("#retry").await?;
        if page.wait_any_state(&["ready", "paused", "running", "done"]).await? != "running" {
            page.click("#play").await?;
        }
        page.wait_state("done", RUN_TIMEOUT).await?;
        page.note("was asked to try again".into());
    }
    page.table().await?.same_as(&whole)
}

/// A worker that says something in other words than the page knows: the field is named, and what to do.
pub(crate) async fn worker_of_another_version(page: &mut PageUnderTest) -> Result<()> {
    let event = "\nsetTimeout(() => postMessage([{ Progress: { run: 0, job: { trial: 'one' } } }]), 500);";
    visit_with(page, Fault::new(WORKER_SCRIPT, FaultKind::Appended(event)), ENDLESS).await?;
    page.expect_failure(&["The training stopped", "Progress.job.trial", "reload the page"], NEW_WORKERS).await
}

/// A worker without its wasm.
pub(crate) async fn worker_wasm_missing(page: &mut PageUnderTest) -> Result<()> {
    page.expect_console(NOT_FOUND);
    visit_with(page, Fault::new(WORKER_WASM, FaultKind::Missing), SMALL).await?;
    page.expect_failure(&["The training stopped", "A worker stopped", "404", WORKER_WASM], NEW_WORKERS).await
}

/// A worker without its script.
pub(crate) async fn worker_script_missing(page: &mut PageUnderTest) -> Result<()> {
    page.expect_console(NOT_FOUND);
    visit_with(page, Fault::new(WORKER_SCRIPT, FaultKind::Missing), SMALL).await?;
    page.expect_failure(&["The training stopped", "its files could not be loaded"], NEW_WORKERS).await
}

/// The page without its own wasm: the loader alone must say so.
pub(crate) async fn page_wasm_missing(page: &mut PageUnderTest) -> Result<()> {
    page.expect_console(NOT_FOUND);
    visit_with(page, Fault::new(PAGE_WASM, FaultKind::Missing), SMALL).await?;
    page.expect_failure(&["The page could not start", "404", PAGE_WASM], "its wasm folder too").await
}

/// What a worker says on its console is heard by these tests, which fail on faults said there.
pub(crate) async fn worker_consoles_are_heard(page: &mut PageUnderTest) -> Result<()> {
    let said = FaultKind::Appended("\nconsole.warn('said on purpose');");
    visit_with(page, Fault::new(WORKER_SCRIPT, said), SMALL).await?;
    page.wait_state("ready", RUN_TIMEOUT).await?;
    let console = page.browser.console().await?;
    let heard = console.iter().any(|line| line.is_bad() && line.message.contains("said on purpose"));
    ensure!(heard, "the console says only {console:?}");
    Ok(())
}

/// A worker that asks another origin for anything is noticed by these tests, which fail on it.
pub(crate) async fn worker_requests_are_heard(page: &mut PageUnderTest) -> Result<()> {
    page.expect_request_elsewhere("//localhost");
    let asks = FaultKind::Appended("\nfetch(`//localhost:${location.port}/`, { mode: 'no-cors' });");
    visit_with(page, Fault::new(WORKER_SCRIPT, asks), SMALL).await?;
    page.wait_state("ready", RUN_TIMEOUT).await
}

/// A browser without SIMD in WebAssembly.
pub(crate) async fn no_simd(page: &mut PageUnderTest) -> Result<()> {
    page.before_every_page("WebAssembly.validate = () => false").await?;
    page.visit(SMALL).await?;
    page.expect_failure(&["This browser cannot run", "WebAssembly SIMD"], "Update this browser").await
}

/// A browser that takes every worker for a classic script.
pub(crate) async fn no_module_workers(page: &mut PageUnderTest) -> Result<()> {
    page.expect_console("import");
    page.before_every_page(
        "const Old = Worker; Worker = class extends Old { constructor(url) { super(url) } }",
    )
    .await?;
    page.visit(SMALL).await?;
    page.expect_failure(&["This browser cannot run", "module workers"], "Update this browser").await
}
