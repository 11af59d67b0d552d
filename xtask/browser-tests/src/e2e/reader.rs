//! Tests of the worker that answers questions: its death costs no run, and it works where training has failed.

use super::{
    page_under_test::{PageUnderTest, RUN_TIMEOUT, number},
    reports::{CAPTURE_DOWNLOADS, ONE_TRIAL, exported, import, refused_text},
};
use crate::fault::{Fault, FaultKind};
use anyhow::{Context, Result, ensure};

const WORKER_SCRIPT: &str = "www/worker.js";

/// Counts the readers that the page starts.
const COUNT_READERS: &str = "
    globalThis.readers = 0;
    const Real = Worker;
    Worker = class extends Real {
        constructor(address, options) {
            super(address, options);
            if (options?.name === 'reader') readers += 1;
        }
    };";
/// The reader dies of every question to write a report.
const READER_DIES_OF_EXPORTS: &str = "
    if (name === 'reader') addEventListener('message', (event) => {
        if (!event.data[0].Ask?.question.WriteReport) return;
        event.stopImmediatePropagation();
        throw new Error('injected');
    });";
/// The reader dies of every question to read reports.
const READER_DIES_OF_IMPORTS: &str = "
    if (name === 'reader') addEventListener('message', (event) => {
        if (!event.data[0].Ask?.question.ReadReports) return;
        event.stopImmediatePropagation();
        throw new Error('injected');
    });";
/// The workers that train die when they are to start a job of round 1.
const WORKERS_DIE_IN_ROUND_1: &str = "
    if (name !== 'reader') addEventListener('message', (event) => {
        if (event.data[0].Start?.job.round !== 1) return;
        event.stopImmediatePropagation();
        throw new Error('injected');
    });";

/// Serves the site with a fault of the workers' script.
async fn serve_with(page: &mut PageUnderTest, fault: Fault) -> Result<()> {
    page.expect_console("injected");
    page.serve("/faulty/", vec![fault]).await
}

/// A reader that dies of an export is replaced, and the new one writes the report. The run goes on.
pub(crate) async fn export_survives_its_reader(page: &mut PageUnderTest) -> Result<()> {
    page.before_every_page(CAPTURE_DOWNLOADS).await?;
    page.before_every_page(COUNT_READERS).await?;
    // The first two requests are those of the one worker that trains and of the first reader.
    let dies = FaultKind::Appended(READER_DIES_OF_EXPORTS);
    serve_with(page, Fault::new(WORKER_SCRIPT, dies).only_first_requests(2)).await?;
    page.visit(&format!("{ONE_TRIAL}&workers=1")).await?;
    page.wait_state("ready", RUN_TIMEOUT).await?;
    page.click_until_paused("#round").await?;
    let (_, text) = exported(page).await?;
    ensure!(text.lines().count() == 2, "a head and a job make {} lines", text.lines().count());
    let readers = page.browser.eval("return readers").await?;
    ensure!(readers == 2, "{readers} readers were started for one that died");
    ensure!(page.state().await? == "paused", "the state is {}", page.state().await?);
    page.click("#play").await?;
    page.wait_state("done", RUN_TIMEOUT).await?;
    ensure!(page.table().await?.0.len() == 5, "{} rows", page.table().await?.0.len());
    Ok(())
}

/// A file of which every reader dies is refused, and training runs on.
pub(crate) async fn import_that_kills_is_refused(page: &mut PageUnderTest) -> Result<()> {
    let dies = FaultKind::Appended(READER_DIES_OF_IMPORTS);
    serve_with(page, Fault::new(WORKER_SCRIPT, dies)).await?;
    page.visit("preset=paper&seed=3&autoplay=1").await?;
    page.wait_state("running", RUN_TIMEOUT).await?;
    import(page, &[("deadly.jsonl", "any text")]).await?;
    let message = refused_text(page).await?;
    for words in ["could not be opened", "died of it twice", "Error: injected", "open another copy of it."] {
        ensure!(message.contains(words), "#refused does not say “{words}”: {message}");
    }
    page.note(message);
    ensure!(page.state().await? == "running", "the state is {}", page.state().await?);
    ensure!(page.error_text().await?.is_empty(), "#error says {}", page.error_text().await?);
    Ok(())
}

/// A page whose workers have died writes a report of what is done. It opens a report, with which the failure is over.
pub(crate) async fn failed_page_exports_and_imports(page: &mut PageUnderTest) -> Result<()> {
    page.before_every_page(CAPTURE_DOWNLOADS).await?;
    // Nothing can be trained without the ticket, so that the page soon gives up.
    let ticket_alone = format!("{ONE_TRIAL}&arms=ticket");
    let whole_table = page.autoplay(&ticket_alone).await?;
    let (_, whole) = exported(page).await?;
    serve_with(page, Fault::new(WORKER_SCRIPT, FaultKind::Appended(WORKERS_DIE_IN_ROUND_1))).await?;
    page.visit(&format!("{ticket_alone}&workers=1&autoplay=1")).await?;
    page.expect_failure(&["The training stopped", "injected"], "Try again").await?;
    let (_, part) = exported(page).await?;
    ensure!(page.state().await? == "failed", "an export makes the state {}", page.state().await?);

    import(page, &[("part.jsonl", &part)]).await?;
    ensure!(page.wait_any_state(&["paused", "done"]).await? == "paused", "half a report is done");
    ensure!(page.table().await?.0.len() == 1, "half a report has {} rows", page.table().await?.0.len());
    ensure!(page.error_text().await?.is_empty(), "the failure is still there");
    page.click("#play").await?;
    page.expect_failure(&["The training stopped", "injected"], "Try again").await?;

    import(page, &[("whole.jsonl", &whole)]).await?;
    page.wait_any_state(&["done"]).await?;
    page.table().await?.same_as(&whole_table)
}

/// While all workers train, an answer does not wait for them: all answers come while the same two jobs are in hand.
/// How fast they come is printed and not judged, because other programs on the machine delay them.
pub(crate) async fn answers_come_while_training(page: &mut PageUnderTest) -> Result<()> {
    page.before_every_page(CAPTURE_DOWNLOADS).await?;
    page.visit("preset=quick&seed=3&rounds=2&arms=ticket,reinit&iterations=6000&workers=2&autoplay=1")
        .await?;
    let rows = "document.querySelectorAll('table#rounds tbody tr').length";
    page.browser.wait("the dense network's row", RUN_TIMEOUT, &format!("return {rows} >= 1")).await?;
    let script = format!(
        "
        kept.length = 0;
        const start = performance.now();
        document.querySelector('#export').click();
        while (!kept.offered) await new Promise((go) => setTimeout(go));
        const taken = kept.offered - start;
        kept.offered = undefined;
        return {rows} == 1 ? taken : -1"
    );
    let mut taken = Vec::new();
    for _ in 0..10 {
        let milliseconds = number(&page.browser.eval(&script).await?).context("no time")?;
        ensure!(milliseconds >= 0.0, "answer {} came after the end of a job", taken.len() + 1);
        taken.push(milliseconds);
    }
    ensure!(page.state().await? == "running", "the state is {}", page.state().await?);
    taken.sort_by(f64::total_cmp);
    page.note(format!("{taken:.0?} ms from click to file"));
    Ok(())
}
