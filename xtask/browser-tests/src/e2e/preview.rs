//! Tests of the recorded run that plays before anything is trained.

use super::page_under_test::{PageUnderTest, REACTION_TIMEOUT, RUN_TIMEOUT};
use crate::fault::{Fault, FaultKind};
use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use std::time::Duration;

const IMAGES: &str = "train-images-idx3-ubyte.gz";
const RECORDING: &str = "assets/recorded/preview.gz";

const IS_SHOWN: &str = "return document.body?.dataset.preview === '1'";

/// What programs read of the live run, and where the recorded one is.
const LOOK: &str = "
    const element = (id) => document.getElementById(id);
    return {
        state: document.body.dataset.state,
        preview: document.body.dataset.preview,
        rows: document.querySelectorAll('#rounds tbody tr').length,
        claims: document.querySelectorAll('#claims [data-claim]').length,
        digest: element('digest').dataset.done + ' ' + element('digest').checkVisibility(),
        export: element('export').disabled,
        note: element('preview-note').textContent,
        at: element('timeline').valueAsNumber,
        end: Number(element('timeline').max),
        curve: element('curves').dataset.end ?? '',
        picture: element('curves').toDataURL().length,
    }";

/// Whether workers and data were asked for only when the recorded run had come.
const WAITED: &str = "
    const files = performance.getEntriesByType('resource');
    const recording = files.find((file) => file.name.endsWith('preview.gz'));
    const others = files.filter((file) => /mnist|worker/.test(file.name));
    return others.length >= 5 && others.every((file) => file.startTime >= recording.responseEnd)";

async fn look(page: &PageUnderTest) -> Result<Value> {
    page.browser.eval(LOOK).await
}

/// The live run has left nothing.
fn ensure_no_trace(seen: &Value) -> Result<()> {
    let nothing = (&seen["rows"], &seen["claims"], &seen["export"]) == (&json!(0), &json!(0), &json!(true));
    ensure!(nothing && seen["digest"] == "0 false", "the recorded run has left a trace: {seen}");
    Ok(())
}

/// The recorded run moves while data is still on its way, says what it is, and gives way to what is trained.
pub(crate) async fn moves_before_the_data_is_there(page: &mut PageUnderTest) -> Result<()> {
    page.serve("/slow/", vec![Fault::new(IMAGES, FaultKind::Late(Duration::from_secs(12)))]).await?;
    page.visit("seed=4&iterations=60&rounds=1").await?;
    page.browser.wait("the recorded run", REACTION_TIMEOUT, IS_SHOWN).await?;
    let first = look(page).await?;
    let begun = "return Number(document.getElementById('curves').dataset.end?.split('.')[1] ?? 0) > 0";
    page.browser.wait("a curve that grows", REACTION_TIMEOUT, begun).await?;
    let later = look(page).await?;
    for seen in [&first, &later] {
        ensure!(seen["state"] == "loading" && seen["preview"] == "1", "{seen}");
        ensure_no_trace(seen)?;
        let note = seen["note"].as_str().unwrap_or_default();
        ensure!(note.starts_with("Recorded: ") && note.contains("Your settings run when"), "{note}");
    }
    ensure!(later["at"].as_f64() > first["at"].as_f64(), "nothing moves: {first} {later}");
    ensure!(later["picture"] != first["picture"], "the chart is the same: {first} {later}");
    page.wait_state("ready", RUN_TIMEOUT).await?;
    let ready = look(page).await?;
    ensure!(ready["preview"] == "1", "it has gone before anything was trained: {ready}");
    ensure_no_trace(&ready)?;
    page.click("#play").await?;
    page.wait_state("done", RUN_TIMEOUT).await?;
    let rows = "return document.querySelectorAll('#rounds tbody tr').length === 3";
    page.browser.wait("the rows of the live run", REACTION_TIMEOUT, rows).await?;
    let done = look(page).await?;
    ensure!(done["preview"] == "0", "the recorded run is still there: {done}");
    ensure!(!page.find("#preview").await?.is_displayed().await?, "the note is still there");
    Ok(())
}

/// Who wants no motion sees the end of the recorded run, and nothing moves. Workers and data wait for its first frame.
pub(crate) async fn stands_at_its_end_where_motion_is_reduced(page: &mut PageUnderTest) -> Result<()> {
    let reduced = json!({ "features": [{ "name": "prefers-reduced-motion", "value": "reduce" }] });
    page.browser.cdp("Emulation.setEmulatedMedia", reduced).await?;
    page.visit("").await?;
    page.browser.wait("the recorded run", REACTION_TIMEOUT, IS_SHOWN).await?;
    page.wait_state("ready", RUN_TIMEOUT).await?;
    let seen = look(page).await?;
    ensure!(seen["preview"] == "1" && seen["at"] == seen["end"], "it does not stand at its end: {seen}");
    ensure!(seen["curve"] == "6.500", "the curve ends elsewhere: {seen}");
    ensure!(page.browser.eval(WAITED).await? == true, "workers or data have come before the recorded run");
    ensure_no_trace(&seen)
}

/// Where the recorded run is missing, this is said, and the page works without it.
pub(crate) async fn missing_recording_is_said_and_nothing_waits(page: &mut PageUnderTest) -> Result<()> {
    page.expect_console("404 (Not Found)");
    page.serve("/bare/", vec![Fault::new(RECORDING, FaultKind::Missing)]).await?;
    page.visit("").await?;
    page.wait_state("ready", RUN_TIMEOUT).await?;
    let seen = look(page).await?;
    let note = seen["note"].as_str().context("a note")?;
    ensure!(seen["preview"] == "0" && note.contains("could not be shown") && note.contains("404"), "{seen}");
    ensure_no_trace(&seen)
}
