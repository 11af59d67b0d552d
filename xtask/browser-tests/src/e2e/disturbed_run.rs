//! The golden run with ten pauses, three workers that end and two reloads, in any browser.

use super::{
    golden::{GOLDEN, READ_DIGESTS},
    page_under_test::{REACTION_TIMEOUT, RUN_TIMEOUT},
};
use crate::browser::wait_until_true;
use anyhow::{Context, Result, ensure};
use serde_json::Value;

/// The settings of the machine and of the display that the run has: two workers, and what is computed is shown at once.
const MACHINE: &str = "workers=2&speed=computed";

/// Whether all that is done is kept: the page would not ask before it is left.
const IS_KEPT: &str = "
    const event = new Event('beforeunload', { cancelable: true });
    dispatchEvent(event);
    return !event.defaultPrevented";

/// A page in one of the browsers.
pub(crate) trait AnyPage {
    /// Runs a script as the body of a function in the page and returns the function's result, awaited.
    async fn eval(&mut self, script: &str) -> Result<Value>;
    /// Loads the page with these settings from scratch.
    async fn visit(&mut self, fragment: &str) -> Result<()>;
    /// Loads the page again in the middle of a run. Where that takes a fragment, it has these settings alone.
    async fn load_again(&mut self, fragment: &str) -> Result<()>;
}

/// Remembers every worker that the page starts, so that a test can end it, make it mute or make it deaf.
pub(crate) const HOLD_WORKERS: &str = "
    globalThis.workers = [];
    const Real = Worker;
    Worker = class extends Real {
        progress = 0;
        constructor(address, options) {
            super(address, options);
            this.calledReader = options?.name === 'reader';
            this.addEventListener('message', (event) => {
                if (this.isMute) return event.stopImmediatePropagation();
                const [said] = event.data;
                if (said.Progress) this.progress += 1;
                if (said === 'Ready' || said.Loaded) this.state = said === 'Ready' ? 'started' : 'loaded';
            });
            workers.push(this);
        }
        postMessage(...message) { if (!this.isDeaf && !this.isMute) super.postMessage(...message) }
        terminate() { this.isGone = true; super.terminate() }
        // As the browser ends a worker: nobody is told.
        end() { this.isMute = true; super.terminate() }
        // As a worker dies of an error.
        die() { this.end(); this.dispatchEvent(new ErrorEvent('error', { message: 'ended on purpose' })) }
        static training() { return workers.filter((worker) => !worker.calledReader && !worker.isGone) }
        static readers() { return workers.filter((worker) => worker.calledReader) }
    };";

/// Pauses FROM to TO at random moments, and workers that end before or after some of them: one in silence, two with an
/// error. At the end the run goes on.
const DISTURB: &str = "
    let state = FROM + 1;
    const random = (from, to) => {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
        return from + (to - from) * state / 2 ** 32;
    };
    const rest = (ms) => new Promise((go) => setTimeout(go, ms));
    const reach = async (wanted) => {
        for (let state; state !== wanted; await rest(1)) {
            state = document.body.dataset.state;
            if (state === 'done' || state === 'failed') throw new Error(`the run is ${state} before the last pause`);
        }
    };
    const play = document.querySelector('#play');
    const disturbed = { pauses: 0, deaths: 0 };
    const kill = (how) => {
        const alive = Worker.training();
        alive[Math.floor(random(0, alive.length))][how]();
        disturbed.deaths += 1;
    };
    globalThis.disturbance = (async () => {
        play.click();
        for (let pause = FROM; pause < TO; pause += 1) {
            await reach('running');
            if (pause === 2) kill('die');
            await rest(random(20, 120));
            if (pause === 8) kill('die');
            play.click();
            await reach('paused');
            disturbed.pauses += 1;
            if (pause === 5) kill('end');
            await rest(random(0, 100));
            play.click();
        }
        return disturbed;
    })().finally(() => { disturbed.isOver = true });
    globalThis.disturbed = disturbed";

async fn wait(page: &mut impl AnyPage, what: &str, script: &str) -> Result<Value> {
    wait_until_true(what, RUN_TIMEOUT, async || page.eval(script).await).await
}

/// Plays the run and disturbs it. Each reload comes in the middle of a round. Returns how much each has left.
/// [`HOLD_WORKERS`] must run in every page.
pub(crate) async fn golden_run_disturbed(page: &mut impl AnyPage) -> Result<String> {
    page.visit(&format!("{}&{MACHINE}", GOLDEN.fragment())).await?;
    wait(page, "a page that is ready", "return document.body?.dataset.state === 'ready'").await?;
    let (mut pauses, mut deaths, mut kept) = (0, 0, vec![0]);
    for [from, to] in [[0, 4], [4, 7], [7, 10]] {
        if from > 0 {
            let rows = "document.querySelectorAll('#rounds tbody tr').length";
            let before = kept[kept.len() - 1];
            wait(page, "a job beyond those kept", &format!("return {rows} > {before}")).await?;
            // What is done and not written yet would be lost, and Chromium says in the console that it may not ask first.
            wait(page, "the last write", IS_KEPT).await?;
            page.load_again(MACHINE).await?;
            let offered = "return document.querySelector('#resume').checkVisibility()";
            let look = async || page.eval(offered).await;
            wait_until_true("the offer to go on", REACTION_TIMEOUT, look).await?;
            page.eval("document.querySelector('#resume').click()").await?;
            let state = "return ['paused', 'done'].includes(document.body.dataset.state) && document.body.dataset.state";
            let state = wait(page, "a pause", state).await?;
            ensure!(state == "paused", "the run was over too soon, {kept:?} rows after reloads");
            kept.push(page.eval(&format!("return {rows}")).await?.as_u64().context("no number of rows")?);
        }
        page.eval(&DISTURB.replace("FROM", &from.to_string()).replace("TO", &to.to_string())).await?;
        wait(page, "the last pause", "return disturbed.isOver").await?;
        let done = page.eval("return await disturbance").await?;
        pauses += done["pauses"].as_u64().unwrap_or_default();
        deaths += done["deaths"].as_u64().unwrap_or_default();
    }
    wait(page, "the end of the run", "return document.body.dataset.state === 'done'").await?;
    ensure!((pauses, deaths) == (10, 3), "only {pauses} pauses and {deaths} deaths");
    GOLDEN.check(&page.eval(READ_DIGESTS).await?).context("of the disturbed run")?;
    Ok(format!("{} and {} rows after the reloads", kept[1], kept[2]))
}

/// Plays the run with one, two and four workers.
pub(crate) async fn golden_run_by_any_number_of_workers(page: &mut impl AnyPage) -> Result<()> {
    for workers in [1, 2, 4] {
        page.visit(&format!("{}&workers={workers}&speed=computed&autoplay=1", GOLDEN.fragment())).await?;
        let ended =
            "return ['done', 'failed'].includes(document.body?.dataset.state) && document.body.dataset.state";
        ensure!(wait(page, "the end of the run", ended).await? == "done", "the page failed");
        let training = page.eval("return Worker.training().length").await?;
        ensure!(training == workers, "{training} workers instead of {workers}");
        let found = page.eval(READ_DIGESTS).await?;
        GOLDEN.check(&found).with_context(|| format!("with {workers} workers"))?;
    }
    Ok(())
}
