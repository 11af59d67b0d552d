//! Tests of workers that die, fall silent or no longer hear: each is replaced by itself, within ten seconds, and no digit
//! changes. The page itself is not told of most of these faults.

use super::{
    disturbed_run::{AnyPage, HOLD_WORKERS, golden_run_by_any_number_of_workers, golden_run_disturbed},
    page_under_test::{PageUnderTest, REACTION_TIMEOUT, RUN_TIMEOUT, number},
    play_through::PAUSABLE,
    reports::{CAPTURE_DOWNLOADS, ONE_TRIAL, exported, import, refused_text},
};
use crate::fault::{Fault, FaultKind};
use anyhow::{Context, Result, ensure};
use serde_json::Value;
use std::time::{Duration, Instant};

const WORKER_SCRIPT: &str = "www/worker.js";

/// The longest time until a dead worker is replaced.
const REPLACED_WITHIN: Duration = Duration::from_secs(10);

/// Opens the page with these settings and holds its workers. Two train.
async fn visit(page: &mut PageUnderTest, fragment: &str) -> Result<()> {
    page.before_every_page(HOLD_WORKERS).await?;
    page.visit(&format!("{fragment}&workers=2&speed=computed")).await?;
    page.wait_state("ready", RUN_TIMEOUT).await
}

/// Does something to a worker and returns the seconds until there is another in its place.
async fn seconds_to_replace(page: &PageUnderTest, what: &str) -> Result<f64> {
    let before = number(&page.browser.eval("return workers.length").await?)?;
    let start = Instant::now();
    page.browser.eval(what).await?;
    let script = format!("return workers.length > {before}");
    page.browser.wait("another worker", REACTION_TIMEOUT, &script).await.context(what.to_owned())?;
    let seconds = start.elapsed();
    ensure!(seconds <= REPLACED_WITHIN, "it took {:.1} s: {what}", seconds.as_secs_f64());
    Ok(seconds.as_secs_f64())
}

/// Waits until both workers train in round 1.
async fn wait_for_round_1(page: &PageUnderTest) -> Result<()> {
    let rows = "return document.querySelectorAll('table#rounds tbody tr').length >= 1";
    page.browser.wait("the first row", RUN_TIMEOUT, rows).await?;
    page.browser.eval("workers.forEach((worker) => worker.progress = 0)").await?;
    let both = "return Worker.training().every((worker) => worker.progress > 3)";
    page.browser.wait("both workers in round 1", REACTION_TIMEOUT, both).await.map(|_| ())
}

/// Seconds from Play to the end of a run.
async fn seconds_to_the_end(page: &PageUnderTest, start: Instant) -> Result<f64> {
    page.wait_state("done", RUN_TIMEOUT).await?;
    Ok(start.elapsed().as_secs_f64())
}

/// One of two workers is ended in the middle of a round while the other has work: the run ends at most 15 s and one job
/// later, with the same results.
pub(crate) async fn one_of_two_ends_in_the_middle_of_a_round(page: &mut PageUnderTest) -> Result<()> {
    visit(page, PAUSABLE).await?;
    let start = Instant::now();
    page.click("#play").await?;
    let undisturbed = seconds_to_the_end(page, start).await?;
    let whole = page.table().await?;
    let jobs = whole.0.iter().map(|row| row.attribute_as_number("seconds"));
    let job = jobs.collect::<Result<Vec<f64>>>()?.into_iter().fold(0.0, f64::max);

    page.visit(&format!("{PAUSABLE}&workers=2&speed=computed")).await?;
    page.wait_state("ready", RUN_TIMEOUT).await?;
    let start = Instant::now();
    page.click("#play").await?;
    wait_for_round_1(page).await?;
    let replaced = seconds_to_replace(page, "Worker.training()[0].end()").await?;
    let said = page.browser.eval("return document.querySelector('#live').textContent").await?.to_string();
    ensure!(said.contains("A worker stopped and is replaced"), "the live region says {said}");
    let disturbed = seconds_to_the_end(page, start).await?;
    ensure!(
        disturbed <= undisturbed + 15.0 + job,
        "{disturbed:.1} s, undisturbed {undisturbed:.1} s, the longest job {job:.1} s"
    );
    page.note(format!(
        "replaced after {replaced:.1} s; {disturbed:.1} s, undisturbed {undisturbed:.1} s: {:+.1} s of at most 15 + {job:.1} s",
        disturbed - undisturbed
    ));
    let states = page.states().await?;
    ensure!(states == ["loading", "ready", "running", "done"], "the states were {states:?}");
    page.table().await?.same_as(&whole)
}

/// A reader that is ended while nobody asks it is replaced; what is asked of it before that is answered all the same. So is
/// a worker that is idle.
pub(crate) async fn idle_workers_are_replaced(page: &mut PageUnderTest) -> Result<()> {
    page.before_every_page(CAPTURE_DOWNLOADS).await?;
    visit(page, ONE_TRIAL).await?;
    page.click("#play").await?;
    page.wait_state("done", RUN_TIMEOUT).await?;
    let (_, whole) = exported(page).await?;
    let ended = "Worker.readers().at(-1).end(); Worker.training()[0].end()";
    let replaced = seconds_to_replace(page, ended).await?;
    page.browser.wait("both", Duration::from_secs(2), "return workers.length === 5").await?;
    page.browser.wait("a reader", REACTION_TIMEOUT, "return Worker.readers().at(-1).state").await?;
    page.browser.eval("Worker.readers().at(-1).end()").await?;
    let start = Instant::now();
    ensure!(exported(page).await?.1 == whole, "the export differs");
    let export = start.elapsed().as_secs_f64();
    import(page, &[("nonsense.jsonl", "nonsense")]).await?;
    ensure!(refused_text(page).await?.contains("not a report"), "{}", refused_text(page).await?);
    ensure!(export < 12.0, "an export took {export:.1} s");
    ensure!(page.state().await? == "done", "the state is {}", page.state().await?);
    page.note(format!("replaced after {replaced:.1} s; of a dead reader an export took {export:.1} s"));
    Ok(())
}

/// A worker does not hear that it should pause: the page is not paused before it is replaced, and then nothing trains.
pub(crate) async fn a_deaf_worker_is_not_paused(page: &mut PageUnderTest) -> Result<()> {
    visit(page, "preset=paper&seed=3").await?;
    page.click("#play").await?;
    page.browser
        .wait(
            "a worker that trains",
            REACTION_TIMEOUT,
            "return Worker.training().some((worker) => worker.progress > 3)",
        )
        .await?;
    page.browser.eval("workers.forEach((worker) => worker.isDeaf = !worker.calledReader)").await?;
    page.click("#play").await?;
    page.browser
        .wait(
            "the word that it pauses",
            REACTION_TIMEOUT,
            "return document.querySelector('#play').textContent.includes('Pausing')",
        )
        .await?;
    ensure!(page.state().await? == "running", "the state is {}", page.state().await?);
    let start = Instant::now();
    page.wait_state("paused", REACTION_TIMEOUT).await?;
    let paused = start.elapsed();
    ensure!(paused < REPLACED_WITHIN, "it took {:.1} s", paused.as_secs_f64());
    let script = "
        const sum = () => workers.reduce((sum, worker) => sum + worker.progress, 0);
        const before = sum();
        await new Promise((go) => setTimeout(go, 1000));
        return sum() - before";
    let progress = number(&page.browser.eval(script).await?)?;
    ensure!(progress == 0.0, "a paused page heard {progress} times of progress");
    page.note(format!("paused after {:.1} s", paused.as_secs_f64()));
    page.click("#play").await?;
    page.wait_state("running", REACTION_TIMEOUT).await
}

/// A worker that hears and says nothing for five seconds, because something else has the processor, is not replaced.
pub(crate) async fn a_slow_worker_is_left_alone(page: &mut PageUnderTest) -> Result<()> {
    let spins = "
        addEventListener('message', (event) => {
            if (event.data !== 'spin') return;
            event.stopImmediatePropagation();
            for (const end = Date.now() + 5000; Date.now() < end;);
        });";
    page.serve("/faulty/", vec![Fault::new(WORKER_SCRIPT, FaultKind::Appended(spins))]).await?;
    visit(page, PAUSABLE).await?;
    page.click("#play").await?;
    wait_for_round_1(page).await?;
    page.browser.eval("workers.forEach((worker) => worker.postMessage('spin'))").await?;
    page.wait_state("done", RUN_TIMEOUT).await?;
    let workers = number(&page.browser.eval("return workers.length").await?)?;
    ensure!(workers == 3.0, "{workers} workers were started, where two train and one reads");
    Ok(())
}

/// The re-init of round 1 costs three workers. The page names it and goes on with the rest; then it offers to try again.
pub(crate) async fn a_deadly_job_is_given_up(page: &mut PageUnderTest) -> Result<()> {
    let dies = "
        addEventListener('message', (event) => {
            const job = event.data[0].Start?.job;
            if (job?.arm !== 'reinit' || job.round !== 1) return;
            event.stopImmediatePropagation();
            throw new Error('injected');
        });";
    page.expect_console("injected");
    let whole = page.autoplay(&format!("{ONE_TRIAL}&workers=2")).await?;
    // Two workers, the reader, and one in the place of each of the three.
    let fault = Fault::new(WORKER_SCRIPT, FaultKind::Appended(dies)).only_first_requests(6);
    page.serve("/faulty/", vec![fault]).await?;
    visit(page, ONE_TRIAL).await?;
    page.click("#play").await?;
    let said = refused_text(page).await?;
    for words in ["round 1", "failed three times", "Error: injected", "once the rest is done"] {
        ensure!(said.contains(words), "#refused does not say “{words}”: {said}");
    }
    page.note(said);
    page.expect_failure(&["The training stopped", "failed three times", "injected"], "Try again").await?;
    ensure!(page.table().await?.0.len() == 4, "{} rows of 5 without one job", page.table().await?.0.len());
    page.click("#retry").await?;
    page.wait_state("done", RUN_TIMEOUT).await?;
    page.table().await?.same_as(&whole)
}

impl AnyPage for PageUnderTest {
    async fn eval(&mut self, script: &str) -> Result<Value> {
        self.browser.eval(script).await
    }

    async fn visit(&mut self, fragment: &str) -> Result<()> {
        PageUnderTest::visit(self, fragment).await
    }

    async fn load_again(&mut self, fragment: &str) -> Result<()> {
        PageUnderTest::visit(self, fragment).await
    }
}

/// The golden digests come out with one, two and four workers, and of one run with ten pauses and three deaths at random
/// moments and two reloads in the middle of a round. `tests/page/workers.rs` does the same sixty times with fake workers.
pub(crate) async fn no_disturbance_changes_a_digit(page: &mut PageUnderTest) -> Result<()> {
    page.before_every_page(HOLD_WORKERS).await?;
    // A job may be done between the last look and the reload.
    page.expect_console("Blocked attempt to show a 'beforeunload'");
    // This comes first, so that there is no other run to go on with.
    let kept = golden_run_disturbed(page).await?;
    page.note(kept);
    golden_run_by_any_number_of_workers(page).await
}
