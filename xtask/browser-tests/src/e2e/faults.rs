//! Tests of what the page shows after failures. It must never hang silently or report a failure only on the console.

use super::{
    page_under_test::{PageUnderTest, RUN_TIMEOUT},
    play_through::{SMALL, SMALL_EXPECTED},
};
use crate::fault::{self, Fault, FaultKind};
use anyhow::{Result, ensure};
use axum::{
    http::{HeaderValue, header},
    middleware,
    response::Response,
};
use xtask::server::ServedSite;

const IMAGES: &str = "train-images-idx3-ubyte.gz";
const LABELS: &str = "t10k-labels-idx1-ubyte.gz";
const WORKER_SCRIPT: &str = "www/worker.js";
const WORKER_WASM: &str = "worker_bg.wasm";
const PAGE_WASM: &str = "page_bg.wasm";
const NOT_FOUND: &str = "404 (Not Found)";
/// The headline of a failure of the data.
const NO_DATA: &str = "The data could not be read";
/// The advice after a failure of the data.
const FETCHED_ANEW: &str = "try again: the data is fetched anew";
/// The advice after a failure of the workers.
const NEW_WORKERS: &str = "Try again: new workers are started";
/// An experiment that takes far longer than any test waits.
const ENDLESS: &str = "preset=paper&seed=3&autoplay=1";

/// Serves the site with one fault and opens the page.
async fn visit_with(page: &mut PageUnderTest, fault: Fault, fragment: &str) -> Result<()> {
    page.serve("/faulty/", vec![fault]).await?;
    page.visit(fragment).await
}

/// A missing data file is named.
pub(crate) async fn missing_data(page: &mut PageUnderTest) -> Result<()> {
    page.expect_console(NOT_FOUND);
    visit_with(page, Fault::new(LABELS, FaultKind::Missing), SMALL).await?;
    page.expect_failure(&[NO_DATA, LABELS, "404"], FETCHED_ANEW).await
}

/// A truncated data file is rejected. When the server has the complete file again, a retry succeeds.
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

/// A data file with wrong bytes is rejected.
pub(crate) async fn corrupt_data(page: &mut PageUnderTest) -> Result<()> {
    visit_with(page, Fault::new(IMAGES, FaultKind::Corrupt), SMALL).await?;
    page.expect_failure(&[NO_DATA, IMAGES, "corrupt"], FETCHED_ANEW).await
}

/// A worker that dies after every start is reported as a failure of the training.
pub(crate) async fn worker_that_panics(page: &mut PageUnderTest) -> Result<()> {
    page.expect_console("injected");
    let panic = "\nsetTimeout(() => { throw new Error('injected') }, 1000);";
    visit_with(page, Fault::new(WORKER_SCRIPT, FaultKind::Appended(panic)), ENDLESS).await?;
    page.expect_failure(&["The training stopped", "A worker stopped: Error: injected"], NEW_WORKERS).await
}

/// A worker that dies once costs time but changes no digit, and nobody is asked anything.
pub(crate) async fn worker_that_panics_once(page: &mut PageUnderTest) -> Result<()> {
    page.expect_console("injected");
    let whole = page.autoplay(SMALL).await?;
    let panic = "\nsetTimeout(() => { throw new Error('injected') }, 1000);";
    let fault = Fault::new(WORKER_SCRIPT, FaultKind::Appended(panic)).only_first_requests(1);
    page.serve("/faulty/", vec![fault]).await?;
    page.autoplay(SMALL).await?.same_as(&whole)
}

/// A worker sends an event that the page cannot read. The message names the field and says what to do.
pub(crate) async fn worker_of_another_version(page: &mut PageUnderTest) -> Result<()> {
    let event = "\nsetTimeout(() => postMessage([{ Progress: { run: 0, job: { trial: 'one' } } }]), 500);";
    visit_with(page, Fault::new(WORKER_SCRIPT, FaultKind::Appended(event)), ENDLESS).await?;
    page.expect_failure(&["The training stopped", "invalid type", "reload the page"], NEW_WORKERS).await
}

/// The wasm of the worker is missing.
pub(crate) async fn worker_wasm_missing(page: &mut PageUnderTest) -> Result<()> {
    page.expect_console(NOT_FOUND);
    visit_with(page, Fault::new(WORKER_WASM, FaultKind::Missing), SMALL).await?;
    page.expect_failure(&["The training stopped", "A worker stopped", "404", WORKER_WASM], NEW_WORKERS).await
}

/// The script of the worker is missing.
pub(crate) async fn worker_script_missing(page: &mut PageUnderTest) -> Result<()> {
    page.expect_console(NOT_FOUND);
    visit_with(page, Fault::new(WORKER_SCRIPT, FaultKind::Missing), SMALL).await?;
    page.expect_failure(&["The training stopped", "its files could not be loaded"], NEW_WORKERS).await
}

/// The wasm of the page is missing, so only page.js can report it.
pub(crate) async fn page_wasm_missing(page: &mut PageUnderTest) -> Result<()> {
    page.expect_console(NOT_FOUND);
    visit_with(page, Fault::new(PAGE_WASM, FaultKind::Missing), SMALL).await?;
    page.expect_failure(&["The page could not start", "404", PAGE_WASM], "its wasm folder too").await
}

/// The console lines of workers reach these tests, so that a test fails if a worker reports a fault there.
pub(crate) async fn worker_consoles_are_heard(page: &mut PageUnderTest) -> Result<()> {
    let said = FaultKind::Appended("\nconsole.warn('said on purpose');");
    visit_with(page, Fault::new(WORKER_SCRIPT, said), SMALL).await?;
    page.wait_state("ready", RUN_TIMEOUT).await?;
    let console = page.browser.console().await?;
    let heard = console.iter().any(|line| line.is_bad() && line.message.contains("said on purpose"));
    ensure!(heard, "the console says only {console:?}");
    Ok(())
}

/// What makes a worker ask another origin.
const ASKS_ELSEWHERE: FaultKind =
    FaultKind::Appended("\nfetch(`//localhost:${location.port}/`, { mode: 'no-cors' });");

/// Requests of workers to other origins reach these tests, so that a test fails if a worker makes one, even if the policy
/// allowed it.
pub(crate) async fn worker_requests_are_heard(page: &mut PageUnderTest) -> Result<()> {
    page.expect_request_elsewhere("//localhost");
    let site = ServedSite { prefix: "/faulty/", ..ServedSite::at_root(&page.dir) };
    let faults = vec![Fault::new(WORKER_SCRIPT, ASKS_ELSEWHERE)];
    let allow = |mut response: Response| async move {
        let policy = HeaderValue::from_static("default-src *; script-src 'self' 'wasm-unsafe-eval'");
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
        response
    };
    page.serve_changed(site, |router| {
        fault::with_faults(router, faults).layer(middleware::map_response(allow))
    })
    .await?;
    page.visit(SMALL).await?;
    page.wait_state("ready", RUN_TIMEOUT).await
}

/// The policy forbids a worker to ask another origin, and the console says so.
pub(crate) async fn workers_may_not_ask_elsewhere(page: &mut PageUnderTest) -> Result<()> {
    page.expect_console("Content Security Policy");
    visit_with(page, Fault::new(WORKER_SCRIPT, ASKS_ELSEWHERE), SMALL).await?;
    page.wait_state("ready", RUN_TIMEOUT).await?;
    let console = page.browser.console().await?;
    let heard = console.iter().any(|line| line.is_bad() && line.message.contains("Content Security Policy"));
    ensure!(heard, "the console says only {console:?}");
    Ok(())
}

/// The browser does not support SIMD in WebAssembly.
pub(crate) async fn no_simd(page: &mut PageUnderTest) -> Result<()> {
    page.before_every_page("WebAssembly.validate = () => false").await?;
    page.visit(SMALL).await?;
    page.expect_failure(&["This browser cannot run", "WebAssembly SIMD"], "Update this browser").await
}

/// The browser starts every worker as a classic script.
pub(crate) async fn no_module_workers(page: &mut PageUnderTest) -> Result<()> {
    page.expect_console("import");
    page.before_every_page(
        "const Old = Worker; Worker = class extends Old { constructor(url) { super(url) } }",
    )
    .await?;
    page.visit(SMALL).await?;
    page.expect_failure(&["This browser cannot run", "module workers"], "Update this browser").await
}
