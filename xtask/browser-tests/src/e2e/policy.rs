//! A test of the security policy: a session that opens everything breaks it nowhere, and what it forbids does not work.
//!
//! The server sends the policy with every file. Chromium reports what it forbids, in pages and in workers, as errors in the
//! console, and every test fails on those; so does a request to another origin.

use super::page_under_test::{PageUnderTest, REACTION_TIMEOUT, RUN_TIMEOUT};
use anyhow::{Result, ensure};
use serde_json::json;

/// A small run with all arms that have charts of their own.
const RUN: &str =
    "preset=quick&arms=ticket,reinit,late&iterations=40&rounds=2&eval_every=20&workers=2&speed=computed";

/// Opens all that can be opened, and presses all that does not end the run.
const OPEN_EVERYTHING: &str = "
    const click = (name) => document.querySelector(name)?.click();
    document.querySelectorAll('details').forEach((details) => { details.open = true });
    for (const dialog of ['#choose-preset', '#show-keys', '#show-join']) {
        click(dialog);
        document.querySelectorAll('dialog[open]').forEach((open) => open.close());
    }
    for (const view of document.querySelectorAll('[data-view-of]')) view.click();
    click('[data-view-of=all]');
    for (const term of document.querySelectorAll('.term[popovertarget]')) { term.click(); term.click() }
    for (const name of ['#set-present', '#set-present', '#copy-link', '#pin', '#mean-image', '#digit-next',
        '#digit-disagree', '#export', '[data-export=csv]', '[data-export=svg]', '[data-export=png]',
        '[data-export=safetensors]', '[data-export=zip]', '#open-lesson']) click(name);
    for (let step = 0; step < 10; step++) click('#lesson-next');";

pub(crate) async fn a_session_that_opens_everything_keeps_the_policy(page: &mut PageUnderTest) -> Result<()> {
    page.before_every_page(
        "globalThis.broken = [];
         addEventListener('securitypolicyviolation', (event) => broken.push(
             `${event.effectiveDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`));",
    )
    .await?;
    let broken = "return broken";
    page.visit(&format!("{RUN}&autoplay=1")).await?;
    page.wait_state("done", RUN_TIMEOUT).await?;
    page.browser.eval(OPEN_EVERYTHING).await?;
    let saved = "return document.querySelector('#exports').disabled === false";
    page.browser.wait("the exports", REACTION_TIMEOUT, saved).await?;
    ensure!(page.browser.eval(broken).await? == json!([]), "broken: {}", page.browser.eval(broken).await?);
    for fragment in
        ["recorded=quick", "preset=quick&embed=curves&autoplay=1&iterations=20&rounds=1&speed=computed"]
    {
        page.visit(fragment).await?;
        page.wait_state("done", RUN_TIMEOUT).await?;
        ensure!(
            page.browser.eval(broken).await? == json!([]),
            "{fragment}: {}",
            page.browser.eval(broken).await?
        );
    }
    what_is_forbidden_does_not_work(page).await
}

/// Without this, the session could keep a policy that is not there.
async fn what_is_forbidden_does_not_work(page: &mut PageUnderTest) -> Result<()> {
    page.expect_console("Content Security Policy");
    page.expect_console("Refused to");
    page.expect_console("violates");
    let tried = page
        .browser
        .eval(
            "document.body.setAttribute('style', 'color: red');
             // WebDriver's own scripts may evaluate texts; what the page runs later may not.
             const evaluated = await new Promise((resolve) => setTimeout(() => {
                 try { resolve(new Function('return true')()) } catch { resolve(false) }
             }));
             const elsewhere = await fetch('http://127.0.0.1:9/').then(() => true, () => false);
             const worker = await fetch(document.baseURI + 'www/worker.js');
             return [evaluated, elsewhere, getComputedStyle(document.body).color === 'rgb(255, 0, 0)',
                 broken.length, worker.headers.get('content-security-policy') !== null]",
        )
        .await?;
    // A page may say what is broken for the policy in it and again for that of the server.
    let [evaluated, elsewhere, styled] = [0, 1, 2].map(|at| tried[at] == true);
    ensure!(!evaluated && !elsewhere && !styled, "what is forbidden works: {tried}");
    ensure!(tried[3].as_u64() >= Some(3), "what is forbidden is not reported: {tried}");
    ensure!(tried[4] == true, "the worker comes without a policy");
    Ok(())
}
