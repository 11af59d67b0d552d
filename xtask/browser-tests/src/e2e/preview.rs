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

/// What is seen of the recorded votes: the rows with votes that are in sight, each with round, arm and class.
const VOTES: &str = "return (async () => {
    const frame = () => new Promise((next) => requestAnimationFrame(next));
    await frame();
    await frame();
    const text = (id) => document.getElementById(id).textContent;
    const rows = [...document.querySelectorAll('#votes tbody tr')].filter((row) => row.checkVisibility());
    const votes = rows.filter((row) => row.dataset.label !== undefined);
    return {
        recorded: document.getElementById('votes').dataset.recorded,
        image: document.getElementById('draw').ariaValueNow,
        what: text('digit-what'),
        title: text('title-digits'),
        said: text('votes-said'),
        votes: votes.map(({ dataset }) => [Number(dataset.round), dataset.arm, dataset.label]),
        sure: votes.every((row) => Number(row.dataset.certainty) > 0.1 && /[0-9]+%$/.test(row.textContent)),
        shown: Number(document.body.dataset.shownRound),
        state: document.body.dataset.state,
    };
})()";

/// The number of shades on the canvas.
const SHADES: &str = "
    const canvas = document.getElementById('draw');
    return new Set(canvas.getContext('2d').getImageData(0, 0, 28, 28).data).size";

/// A dot of ink, drawn by a pointer.
const DOT: &str = "
    const canvas = document.getElementById('draw');
    const { left, top } = canvas.getBoundingClientRect();
    const at = { pointerId: 7, clientX: left + 40, clientY: top + 40, bubbles: true };
    for (const kind of ['pointerdown', 'pointermove', 'pointerup']) canvas.dispatchEvent(new PointerEvent(kind, at));";

/// While the recorded run plays, stored test images are shown with the votes of its networks up to the moment, which are marked
/// as recorded. Nobody votes on a drawing. Play takes them away.
pub(crate) async fn recorded_votes_are_seen_until_play(page: &mut PageUnderTest) -> Result<()> {
    page.serve("/voting/", vec![Fault::new(IMAGES, FaultKind::Late(Duration::from_secs(15)))]).await?;
    page.visit("seed=4&iterations=60&rounds=1").await?;
    let voted = "return document.querySelector('#votes [data-label]')?.checkVisibility() === true";
    page.browser.wait("a recorded vote", REACTION_TIMEOUT, voted).await?;
    let first = page.browser.eval(VOTES).await?;
    let text = |seen: &Value, name: &str| seen[name].as_str().unwrap_or_default().to_owned();
    let is_marked = |seen: &Value| {
        let what = text(seen, "what");
        let marked =
            seen["recorded"] == "1" && what.starts_with("Test image ") && what.ends_with(", recorded");
        marked
            && text(seen, "title").starts_with("Recorded: ")
            && text(seen, "said").contains("14 test images")
    };
    ensure!(first["state"] == "loading" && is_marked(&first) && first["sure"] == true, "{first}");
    ensure!(first["votes"].as_array().is_some_and(|votes| votes.len() < 13), "all rounds at once: {first}");
    let shades = page.browser.eval(SHADES).await?;
    ensure!(shades.as_u64() > Some(4), "the image is not painted: {shades}");
    page.find("#timeline").await?.send_keys("\u{e010}").await?;
    let all = "return [...document.querySelectorAll('#votes [data-label]')].filter((row) => row.checkVisibility()).length === 13";
    page.browser.wait("the votes of all networks", REACTION_TIMEOUT, all).await?;
    // Every image on which the smallest networks disagree, until the first comes again.
    page.find("#digit-disagree").await?.click().await?;
    let mut disputed = vec![];
    loop {
        let seen = page.browser.eval(VOTES).await?;
        let read = |arm: &str| {
            let votes = seen["votes"].as_array().into_iter().flatten();
            votes.into_iter().find(|vote| vote[0] == 6 && vote[1] == arm).map(|vote| vote[2].clone())
        };
        ensure!(is_marked(&seen) && read("ticket").is_some() && read("ticket") != read("reinit"), "{seen}");
        if disputed.contains(&seen["image"]) {
            break;
        }
        disputed.push(seen["image"].clone());
        page.find("#digit-disagree").await?.click().await?;
    }
    ensure!(disputed.len() >= 4, "{disputed:?}");
    // The keys lead from one stored image to the next, and around.
    let canvas = page.find("#draw").await?;
    let (mut stored, mut classes) = (vec![], std::collections::BTreeSet::new());
    canvas.send_keys("\u{e011}").await?;
    for _ in 0..14 {
        let seen = page.browser.eval(VOTES).await?;
        ensure!(is_marked(&seen), "{seen}");
        stored.push(seen["image"].clone());
        classes.extend(text(&seen, "what").split(": ").nth(1).map(str::to_owned));
        canvas.send_keys("\u{e014}").await?;
    }
    let around = page.browser.eval(VOTES).await?;
    stored.dedup();
    ensure!(
        stored.len() == 14 && classes.len() == 10 && around["image"] == stored[0],
        "{stored:?} {classes:?}"
    );
    // Nobody votes on a drawing, nor on an empty canvas.
    page.browser.eval(DOT).await?;
    for on_canvas in ["Your drawing", "Nothing yet"] {
        let nobody = "return !document.querySelector('#votes [data-label]') && document.getElementById('votes').dataset.recorded === '0'";
        page.browser.wait("votes that go", REACTION_TIMEOUT, nobody).await?;
        let seen = page.browser.eval(VOTES).await?;
        ensure!(
            seen["what"] == on_canvas && text(&seen, "said").starts_with("Of the recorded networks"),
            "{seen}"
        );
        page.find("#digit-clear").await?.click().await.ok();
    }
    canvas.send_keys("\u{e014}").await?;
    page.browser.wait("a recorded vote", REACTION_TIMEOUT, voted).await?;
    ensure!(
        page.browser.eval(VOTES).await?["state"] == "loading",
        "the data has come too early for this test"
    );
    ensure_no_trace(&look(page).await?)?;
    page.wait_state("ready", RUN_TIMEOUT).await?;
    let ready = page.browser.eval(VOTES).await?;
    ensure!(is_marked(&ready), "they have gone before anything was trained: {ready}");
    page.click("#play").await?;
    page.wait_state("done", RUN_TIMEOUT).await?;
    let over = "return document.querySelectorAll('#votes tbody tr').length < 6 && document.getElementById('votes').dataset.recorded === '0'";
    page.browser.wait("the rows of the live run", REACTION_TIMEOUT, over).await?;
    let done = page.browser.eval(VOTES).await?;
    let gone = done["votes"] == json!([]) && done["what"] == "Nothing yet";
    ensure!(gone && !text(&done, "title").contains("Recorded"), "recorded votes beside the live run: {done}");
    Ok(())
}
