//! Tests of whole runs, from Play to the end.

use super::{
    golden::{CONVOLUTIONS, GOLDEN, READ_DIGESTS},
    page_under_test::{PageUnderTest, REACTION_TIMEOUT, RUN_TIMEOUT, number},
    table::ExpectedTable,
};
use anyhow::{Result, ensure};

/// A small experiment on all of MNIST.
pub(crate) const SMALL: &str = "preset=quick&seed=3&iterations=60&rounds=2&eval_every=20&speed=computed";
/// The expected contents of its table.
pub(crate) const SMALL_EXPECTED: ExpectedTable =
    ExpectedTable { seed: 3, rounds: 2, rates: [0.5, 0.25], iterations: 60, eval_every: 20 };
/// An experiment that takes long enough to be paused.
pub(crate) const PAUSABLE: &str = "preset=quick&seed=5&iterations=300&rounds=2&eval_every=50";

/// Clicks Pause and returns the milliseconds until the page is paused.
const PAUSE_AND_TIME: &str = "
    const start = performance.now();
    document.querySelector('#play').click();
    return new Promise((done) => {
        const look = () => document.body.dataset.state === 'paused' ? done(performance.now() - start) : setTimeout(look);
        look();
    })";

/// After a click on Play, the page goes through its states in order, the table is as planned, and the page shows the
/// end of the run.
pub(crate) async fn plays_to_the_end(page: &mut PageUnderTest) -> Result<()> {
    page.visit(SMALL).await?;
    page.wait_state("ready", RUN_TIMEOUT).await?;
    ensure!(page.table().await?.0.is_empty(), "there are rows before anything ran");
    page.click("#play").await?;
    page.wait_state("done", RUN_TIMEOUT).await?;
    let states = page.states().await?;
    ensure!(states == ["loading", "ready", "running", "done"], "the states were {states:?}");
    page.table().await?.check(&SMALL_EXPECTED)?;
    // The display has come to the end too, because it shows what is computed at once.
    page.browser
        .wait("the end of the display", REACTION_TIMEOUT, "return document.querySelector('#play').disabled")
        .await?;
    for button in ["#play", "#step", "#round"] {
        ensure!(page.is_disabled(button).await?, "{button} can be clicked at the end");
    }
    ensure!(!page.is_disabled("#reset").await?, "#reset cannot be clicked at the end");
    Ok(())
}

/// The same URL gives the same table twice, and `autoplay=1` needs no click.
pub(crate) async fn same_url_same_table(page: &mut PageUnderTest) -> Result<()> {
    let first = page.autoplay(SMALL).await?;
    first.check(&SMALL_EXPECTED)?;
    page.autoplay(SMALL).await?.same_as(&first)?;
    let other = page.autoplay(&SMALL.replace("seed=3", "seed=4")).await?;
    other.check(&ExpectedTable { seed: 4, ..SMALL_EXPECTED })?;
    // Only the digests are compared, because the rows contain the seed and so differ in any case.
    for (ours, theirs) in first.digests().into_iter().zip(other.digests()) {
        ensure!(
            !ours.is_empty() && ours != theirs,
            "with seeds 3 and 4 there are the digests {ours} and {theirs}"
        );
    }
    Ok(())
}

/// Every weight, mask and reading has the same bits as natively.
pub(crate) async fn digests_are_the_golden_ones(page: &mut PageUnderTest) -> Result<()> {
    for golden in [GOLDEN, CONVOLUTIONS] {
        page.autoplay(golden.fragment()).await?;
        golden.check(&page.browser.eval(READ_DIGESTS).await?)?;
    }
    Ok(())
}

/// A run with steps and pauses gives the same table as an undisturbed run.
pub(crate) async fn pausing_and_stepping_change_nothing(page: &mut PageUnderTest) -> Result<()> {
    let alone = page.autoplay(PAUSABLE).await?;
    page.visit(PAUSABLE).await?;
    page.wait_state("ready", RUN_TIMEOUT).await?;
    for button in ["#step", "#step", "#step", "#round", "#step"] {
        page.click_until_paused(button).await?;
    }
    let rows = page.table().await?.0.len();
    page.note(format!("{rows} rows after step ×3, round, step"));
    page.click("#play").await?;
    page.wait_state("running", REACTION_TIMEOUT).await?;
    page.click_until_paused("#play").await?;
    page.click_until_paused("#round").await?;
    page.click("#play").await?;
    page.wait_state("done", RUN_TIMEOUT).await?;
    page.table().await?.same_as(&alone)
}

/// A reset in the middle of a run uses the settings in the fields and removes all results of the old run.
pub(crate) async fn reset_starts_afresh(page: &mut PageUnderTest) -> Result<()> {
    page.visit(SMALL).await?;
    page.wait_state("ready", RUN_TIMEOUT).await?;
    page.click("#play").await?;
    page.wait_state("running", REACTION_TIMEOUT).await?;
    let seed = page.find("#seed").await?;
    seed.clear().await?;
    seed.send_keys("4").await?;
    page.click("#reset").await?;
    page.wait_state("ready", REACTION_TIMEOUT).await?;
    ensure!(page.table().await?.0.is_empty(), "rows of the run before are still there");
    let fragment = page.browser.eval("return location.hash").await?;
    ensure!(fragment.as_str().is_some_and(|text| text.contains("seed=4")), "the fragment is {fragment}");
    page.click("#play").await?;
    page.wait_state("done", RUN_TIMEOUT).await?;
    let table = page.table().await?;
    table.check(&ExpectedTable { seed: 4, ..SMALL_EXPECTED })?;
    // What is offered at the end: the same run, and the one of the next seed.
    for (button, seed) in [("#run-again", 4), ("#another-seed", 5)] {
        let before = page.times_in_state("done").await?;
        page.click(button).await?;
        page.wait_state_after("done", before).await?;
        page.table().await?.check(&ExpectedTable { seed, ..SMALL_EXPECTED })?;
    }
    ensure!(page.value("#seed").await? == "5", "#seed is {}", page.value("#seed").await?);
    Ok(())
}

/// While training runs, the page changes often and reacts to a click. A busy machine may delay it, so up to two failed
/// attempts are tolerated.
pub(crate) async fn page_stays_alive(page: &mut PageUnderTest) -> Result<()> {
    for _ in 0..2 {
        match stays_alive(page).await {
            Ok(()) => return Ok(()),
            Err(error) => page.note(format!("once more, for {error:#}")),
        }
    }
    stays_alive(page).await
}

/// The maximum time until a pause takes effect, in milliseconds.
const MAX_PAUSE_MS: f64 = 1000.0;
/// The minimum number of changes of the page per second of training.
const MIN_CHANGES_PER_SECOND: f64 = 5.0;
/// The maximum duration of a task that blocks the page, in milliseconds.
const MAX_BLOCKED_MS: f64 = 500.0;

/// Runs an experiment from Play to the end, with one pause.
async fn stays_alive(page: &mut PageUnderTest) -> Result<()> {
    page.visit(PAUSABLE).await?;
    page.wait_state("ready", RUN_TIMEOUT).await?;
    page.browser
        .eval("probe.longTasks.length = 0; probe.changes = 0; probe.start = performance.now()")
        .await?;
    page.click("#play").await?;
    page.browser
        .wait("a second of training", REACTION_TIMEOUT, "return performance.now() - probe.start > 1000")
        .await?;
    let paused = number(&page.browser.eval(PAUSE_AND_TIME).await?)?;
    page.click("#play").await?;
    page.wait_state("done", RUN_TIMEOUT).await?;
    let seconds = number(&page.browser.eval("return (performance.now() - probe.start) / 1000").await?)?;
    let changes = number(&page.browser.eval("return probe.changes").await?)?;
    let longest = number(&page.browser.eval("return Math.max(0, ...probe.longTasks)").await?)?;
    let rate = changes / seconds;
    let seen = format!("paused in {paused:.0} ms; {rate:.1} changes a second; longest task {longest:.0} ms");
    ensure!(
        paused <= MAX_PAUSE_MS && rate >= MIN_CHANGES_PER_SECOND && longest <= MAX_BLOCKED_MS,
        "the page was slow: {seen}"
    );
    page.note(seen);
    Ok(())
}
