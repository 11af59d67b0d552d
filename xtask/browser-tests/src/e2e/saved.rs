//! Tests of kept runs: reloads, closed browsers, several tabs, a store that is full or forbidden, and undo.

use super::{
    page_under_test::{PageUnderTest, REACTION_TIMEOUT, RUN_TIMEOUT},
    reports::{self, CAPTURE_DOWNLOADS},
};
use crate::browser::Browser;
use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use std::{env, fs, path::PathBuf, process, time::Duration};
use tokio::time::sleep;

/// An experiment of which jobs need masks and parameters of others. Each job takes a few tenths of a second.
const RUN: &str =
    "preset=quick&seed=3&iterations=120&rounds=3&eval_every=40&arms=ticket,reinit,norewind&speed=computed";
/// The number of its jobs.
const JOBS: u64 = 10;
/// A run of a second.
const SHORT: &str = "preset=quick&seed=4&iterations=20&eval_every=10&rounds=2&hidden=30,20&speed=computed";

/// The rows of the table as text, but for the seconds.
const ROWS: &str = "return [...document.querySelectorAll('#rounds tbody tr')].map((row) => {
    const { seconds, ...rest } = row.dataset;
    return JSON.stringify(rest);
})";
/// What can be seen of the offer to go on.
const OFFERED: &str = "return document.querySelector('#resume').checkVisibility() && document.querySelector('#resume-line').innerText";
/// Whether the browser would ask before it leaves the page.
pub(crate) const WOULD_ASK: &str = "const event = new Event('beforeunload', { cancelable: true }); dispatchEvent(event); return event.defaultPrevented";
/// The moment that is shown, as people read it.
const PLACE: &str = "return document.querySelector('#timeline').getAttribute('aria-valuetext')";
const DONE: &str = "return document.body.dataset.state === 'done'";

/// The rows of the table as text, but for the seconds.
pub(crate) async fn rows(browser: &Browser) -> Result<Vec<String>> {
    let rows = browser.eval(ROWS).await?;
    Ok(rows.as_array().into_iter().flatten().filter_map(|row| row.as_str().map(str::to_owned)).collect())
}

/// Waits until the table has so many rows.
pub(crate) async fn wait_rows(browser: &Browser, count: usize) -> Result<()> {
    let script = format!("return document.querySelectorAll('#rounds tbody tr').length >= {count}");
    browser.wait(&format!("{count} rows"), RUN_TIMEOUT, &script).await.map(|_| ())
}

/// Waits for the offer, goes on and returns the rows that are there.
pub(crate) async fn go_on(browser: &Browser) -> Result<Vec<String>> {
    browser.wait("the offer to go on", REACTION_TIMEOUT, OFFERED).await?;
    browser.eval("document.querySelector('#resume').click()").await?;
    wait_rows(browser, 1).await?;
    rows(browser).await
}

/// Plays a run that has been brought back to its end.
pub(crate) async fn play_to_the_end(browser: &Browser) -> Result<()> {
    let playable = "return ['paused', 'done'].includes(document.body.dataset.state)";
    browser.wait("what can be played", RUN_TIMEOUT, playable).await?;
    browser.eval("document.body.dataset.state === 'done' || document.querySelector('#play').click()").await?;
    browser.wait("the end of the run", RUN_TIMEOUT, DONE).await.map(|_| ())
}

/// The report of the run on the page, without seconds, which differ from run to run.
pub(crate) async fn report(browser: &Browser) -> Result<Vec<Value>> {
    browser.eval(CAPTURE_DOWNLOADS).await?;
    browser.eval("document.querySelector('#export').click()").await?;
    let text = browser.wait("an exported report", REACTION_TIMEOUT, "return kept[0]").await?;
    let lines = text.as_str().context("the export is no text")?.lines();
    let mut lines: Vec<Value> = lines.map(serde_json::from_str).collect::<Result<_, _>>()?;
    lines.iter_mut().for_each(leave_seconds_out);
    Ok(lines)
}

fn leave_seconds_out(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.remove("seconds");
            fields.values_mut().for_each(leave_seconds_out);
        }
        Value::Array(values) => values.iter_mut().for_each(leave_seconds_out),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// The report of a run that nobody disturbs.
pub(crate) async fn undisturbed(page: &mut PageUnderTest, fragment: &str) -> Result<Vec<Value>> {
    page.autoplay(fragment).await?;
    report(&page.browser).await
}

/// A folder for the profile of a browser, which is removed when this is dropped.
pub(crate) struct Profile(pub(crate) PathBuf);

impl Profile {
    pub(crate) fn new(name: &str) -> Profile {
        Profile(env::temp_dir().join(format!("ticket-lab-profile-{name}-{}", process::id())))
    }
}

impl Drop for Profile {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A page that is loaded again in the middle of a round offers to go on, and loses the jobs under way. The final report is
/// that of a run that was not disturbed.
pub(crate) async fn a_reload_in_mid_round_loses_the_jobs_under_way(page: &mut PageUnderTest) -> Result<()> {
    page.visit(&format!("{RUN}&autoplay=1")).await?;
    wait_rows(&page.browser, 3).await?;
    page.click("#play").await?;
    page.wait_state("paused", RUN_TIMEOUT).await?;
    let before = rows(&page.browser).await?;
    ensure!((3..JOBS as usize).contains(&before.len()), "{} rows before the reload", before.len());
    ensure!(page.browser.eval(WOULD_ASK).await? == json!(false), "it asks although everything is kept");
    page.visit("preset=quick&seed=8").await?;
    let said = page.browser.wait("the offer to go on", REACTION_TIMEOUT, OFFERED).await?;
    ensure!(said.as_str().is_some_and(|said| said.contains("Quick look, seed 3")), "the offer is {said}");
    page.note(said.as_str().unwrap_or_default().replace('\n', " "));
    ensure!(page.value("#seed").await? == "8", "the link does not win");
    page.wait_state("ready", RUN_TIMEOUT).await?;
    let after = go_on(&page.browser).await?;
    ensure!(after == before, "before the reload there were the rows {before:?}, after it {after:?}");
    ensure!(page.value("#seed").await? == "3" && page.state().await? == "paused");
    ensure!(page.browser.eval(OFFERED).await? == json!(false), "the offer is still there");
    let kept = "return document.querySelector('#kept-note').textContent";
    let kept = page.browser.eval(kept).await?;
    ensure!(kept.as_str().is_some_and(|kept| kept.starts_with("All")), "of the networks: {kept}");
    play_to_the_end(&page.browser).await?;
    let resumed = report(&page.browser).await?;
    ensure!(undisturbed(page, RUN).await? == resumed, "the reports differ");
    Ok(())
}

/// A browser that was closed offers to go on when it is opened again, at the place that was shown.
pub(crate) async fn a_closed_browser_goes_on(page: &mut PageUnderTest) -> Result<()> {
    let (address, profile) = (page.address().await?, Profile::new("closed"));
    let first = page.open_in(&profile.0).await?;
    first.goto(&format!("{address}#{RUN}&autoplay=1")).await?;
    wait_rows(&first, 5).await?;
    first.eval("document.querySelector('#play').click()").await?;
    first.wait("a pause", RUN_TIMEOUT, "return document.body.dataset.state === 'paused'").await?;
    let back = "
        const key = { key: 'PageDown', bubbles: true };
        document.querySelector('#timeline').dispatchEvent(new KeyboardEvent('keydown', key))";
    first.eval(back).await?;
    // The place is noted once a second.
    sleep(Duration::from_millis(1500)).await;
    let (before, shown) = (rows(&first).await?, first.eval(PLACE).await?);
    first.close().await?;
    let second = page.open_in(&profile.0).await?;
    second.goto(&address).await?;
    let after = go_on(&second).await?;
    ensure!(after == before, "before there were {} rows, after it {}", before.len(), after.len());
    let there = format!("{PLACE} === {shown}");
    second.wait(&format!("the place {shown}"), REACTION_TIMEOUT, &there).await?;
    play_to_the_end(&second).await?;
    let resumed = report(&second).await?;
    second.close().await?;
    ensure!(undisturbed(page, RUN).await? == resumed, "the reports differ");
    Ok(())
}

/// The states of the rows in the list of kept runs, each with its number of finished jobs.
async fn listed(page: &PageUnderTest) -> Result<Value> {
    let script = "return [...document.querySelectorAll('[data-saved]')].map((row) => `${row.dataset.state} ${row.dataset.done}`)";
    page.browser.eval(script).await
}

/// Two tabs train runs of their own at once. Neither offers, opens or deletes the run of the other.
pub(crate) async fn two_tabs_leave_each_other_alone(page: &mut PageUnderTest) -> Result<()> {
    page.visit(&format!("{RUN}&autoplay=1")).await?;
    let first = page.browser.client.window().await?;
    wait_rows(&page.browser, 2).await?;
    let second = page.browser.client.new_window(true).await?.handle;
    page.browser.client.switch_to_window(second.clone()).await?;
    page.visit(SHORT).await?;
    let listed_elsewhere = "return document.querySelector('[data-saved]')?.dataset.state === 'elsewhere'";
    page.browser.wait("the run of the other tab", REACTION_TIMEOUT, listed_elsewhere).await?;
    ensure!(page.browser.eval(OFFERED).await? == json!(false), "the run of the other tab is offered");
    let buttons = page.browser.eval("return document.querySelectorAll('[data-saved] button').length").await?;
    ensure!(buttons == json!(0), "the run of the other tab has buttons");
    page.wait_state("ready", RUN_TIMEOUT).await?;
    page.click("#play").await?;
    page.wait_state("done", RUN_TIMEOUT).await?;
    let short = rows(&page.browser).await?;
    page.browser.client.switch_to_window(first).await?;
    page.browser.wait("the end of the first", RUN_TIMEOUT, DONE).await?;
    let long = rows(&page.browser).await?;
    ensure!((long.len(), short.len()) == (JOBS as usize, 5), "{} and {} rows", long.len(), short.len());
    // The first tab is closed: the second can have its run.
    page.browser.client.close_window().await?;
    page.browser.client.switch_to_window(second).await?;
    page.browser.eval("document.querySelector('#reports').open = true").await?;
    let free =
        "return [...document.querySelectorAll('[data-saved]')].some((row) => row.dataset.state === 'kept')";
    page.browser.wait("the run of the closed tab", REACTION_TIMEOUT, free).await?;
    page.browser.eval("document.querySelector('[data-saved-open]').click()").await?;
    page.browser
        .wait(
            "its rows",
            REACTION_TIMEOUT,
            &format!("return document.querySelectorAll('#rounds tbody tr').length === {JOBS}"),
        )
        .await?;
    ensure!(rows(&page.browser).await? == long, "the run is another one in the other tab");
    Ok(())
}

/// What the page says of a run that is not kept.
const NOT_KEPT: &str = "
    const line = document.querySelector('#not-kept');
    return line.checkVisibility() && line.innerText";

/// A store without room is said once, and nothing else happens. As soon as there is room, everything is kept.
pub(crate) async fn a_full_store_is_said_once(page: &mut PageUnderTest) -> Result<()> {
    let address = page.address().await?;
    let origin = url::Url::parse(&address)?.origin().ascii_serialization();
    let quota = |bytes: u32| json!({ "origin": origin, "quotaSize": bytes });
    page.visit(RUN).await?;
    page.wait_state("ready", RUN_TIMEOUT).await?;
    page.browser.cdp("Storage.overrideQuotaForOrigin", quota(1_000)).await?;
    page.click("#play").await?;
    let said = page.browser.wait("what is said of a full store", RUN_TIMEOUT, NOT_KEPT).await?;
    ensure!(said.as_str().is_some_and(|said| said.contains("no room")), "{said}");
    ensure!(page.browser.eval(WOULD_ASK).await? == json!(true), "it does not ask before results are lost");
    wait_rows(&page.browser, 4).await?;
    page.browser.cdp("Storage.overrideQuotaForOrigin", json!({ "origin": origin })).await?;
    let gone = "return !document.querySelector('#not-kept').checkVisibility()";
    page.browser.wait("that it is kept after all", RUN_TIMEOUT, gone).await?;
    page.wait_state("done", RUN_TIMEOUT).await?;
    let whole = rows(&page.browser).await?;
    let kept = "const event = new Event('beforeunload', { cancelable: true }); dispatchEvent(event); return !event.defaultPrevented";
    page.browser.wait("the last write", REACTION_TIMEOUT, kept).await?;
    page.visit("").await?;
    let found = go_on(&page.browser).await?;
    ensure!(found == whole, "{} of {} rows were kept after all", found.len(), whole.len());
    Ok(())
}

/// A browser that forbids the store. The run is the same, and the page says once that it is not kept.
pub(crate) async fn a_forbidden_store_is_said_once(page: &mut PageUnderTest) -> Result<()> {
    let forbid = "Object.defineProperty(window, 'indexedDB', { get() { throw new DOMException('no', 'SecurityError') } })";
    page.before_every_page(forbid).await?;
    page.visit(SHORT).await?;
    page.wait_state("ready", RUN_TIMEOUT).await?;
    ensure!(page.browser.eval(NOT_KEPT).await? == json!(false), "it is said before anything is at stake");
    page.click("#play").await?;
    page.wait_state("done", RUN_TIMEOUT).await?;
    let said = page.browser.wait("what is said of it", REACTION_TIMEOUT, NOT_KEPT).await?;
    ensure!(said.as_str().is_some_and(|said| said.contains("does not let the page keep")), "{said}");
    ensure!(page.browser.eval(WOULD_ASK).await? == json!(true), "it does not ask before results are lost");
    let before = rows(&page.browser).await?;
    // Reset can be undone all the same.
    page.click("#reset").await?;
    page.browser
        .wait("a way back", REACTION_TIMEOUT, "return document.querySelector('#undo').checkVisibility()")
        .await?;
    page.click("#undo").await?;
    wait_rows(&page.browser, before.len()).await?;
    ensure!(rows(&page.browser).await? == before, "the run did not come back");
    Ok(())
}

/// Kept runs are listed, named, deleted and brought back.
pub(crate) async fn runs_are_named_deleted_and_brought_back(page: &mut PageUnderTest) -> Result<()> {
    page.autoplay(SHORT).await?;
    page.replay(&SHORT.replace("seed=4", "seed=5")).await?;
    page.browser.eval("document.querySelector('#reports').open = true").await?;
    let two = "return document.querySelectorAll('[data-saved]').length === 2";
    page.browser.wait("two kept runs", REACTION_TIMEOUT, two).await?;
    ensure!(listed(page).await? == json!(["here 5", "kept 5"]), "{}", listed(page).await?);
    let name = "
        const field = document.querySelector('[data-saved] [data-saved-name]');
        field.focus();
        field.value = 'For Monday';
        field.dispatchEvent(new Event('change', { bubbles: true }));
        field.blur()";
    page.browser.eval(name).await?;
    sleep(Duration::from_millis(200)).await;
    page.visit(SHORT).await?;
    let said = page.browser.wait("the offer", REACTION_TIMEOUT, OFFERED).await?;
    ensure!(said.as_str().is_some_and(|said| said.contains("“For Monday”")), "the offer is {said}");
    page.click("#resume-forget").await?;
    let one = "return document.querySelectorAll('[data-saved]').length === 1";
    page.browser.wait("one kept run", REACTION_TIMEOUT, one).await?;
    ensure!(page.browser.eval(OFFERED).await? == json!(false), "what was forgotten is still offered");
    page.click("#undo").await?;
    let free = "return document.querySelectorAll('[data-saved-delete]').length === 2";
    page.browser.wait("both again", REACTION_TIMEOUT, free).await?;
    page.browser.eval("document.querySelectorAll('[data-saved-delete]')[1].click()").await?;
    page.browser.wait("one kept run", REACTION_TIMEOUT, one).await?;
    sleep(Duration::from_millis(200)).await;
    page.visit(SHORT).await?;
    page.browser.wait("the offer", REACTION_TIMEOUT, OFFERED).await?;
    ensure!(listed(page).await? == json!(["kept 5"]), "{}", listed(page).await?);
    let found = go_on(&page.browser).await?;
    ensure!(found.len() == 5 && page.value("#seed").await? == "5", "another run was opened");
    Ok(())
}

/// A report that is dropped in the middle of a run replaces it, and the run comes back when that is undone.
pub(crate) async fn a_dropped_report_can_be_undone(page: &mut PageUnderTest) -> Result<()> {
    page.before_every_page(CAPTURE_DOWNLOADS).await?;
    page.autoplay(SHORT).await?;
    let (_, report) = reports::exported(page).await?;
    page.visit(&format!("{RUN}&autoplay=1")).await?;
    wait_rows(&page.browser, 3).await?;
    let drop = format!(
        "const files = new DataTransfer();
         files.items.add(new File([{}], 'dropped.jsonl'));
         document.body.dispatchEvent(new DragEvent('drop', {{ dataTransfer: files, bubbles: true, cancelable: true }}))",
        json!(report)
    );
    page.browser.eval(&drop).await?;
    let undo = "return document.querySelector('#undo').checkVisibility() && document.querySelector('#undo-note').innerText";
    let said = page.browser.wait("a way back", REACTION_TIMEOUT, undo).await?;
    page.note(said.as_str().unwrap_or_default().to_owned());
    ensure!(page.value("#seed").await? == "4", "the report is not shown");
    page.click("#undo").await?;
    page.wait_state("paused", RUN_TIMEOUT).await?;
    ensure!(page.value("#seed").await? == "3" && rows(&page.browser).await?.len() >= 3);
    play_to_the_end(&page.browser).await?;
    ensure!(rows(&page.browser).await?.len() == JOBS as usize, "the run is not whole");
    let found = self::report(&page.browser).await?;
    ensure!(undisturbed(page, RUN).await? == found, "the reports differ");
    Ok(())
}
