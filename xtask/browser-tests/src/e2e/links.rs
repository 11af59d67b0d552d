//! Tests of links to a run.

use super::page_under_test::{PageUnderTest, REACTION_TIMEOUT, RUN_TIMEOUT};
use anyhow::{Context, Result, ensure};

/// An experiment that takes long enough for a link to be copied in the middle of it.
const RUN: &str = "preset=quick&seed=6&iterations=120&rounds=3&eval_every=40&speed=computed&view=network";

/// What the page says of the link that was opened.
const CHECK: &str = "return document.querySelector('#link-check').textContent";

/// A link copied in the middle of a run opens in a fresh profile with the same view and moment, and the same jobs come out
/// with the same digest. With a digit changed, it says that they do not.
pub(crate) async fn a_copied_link_reproduces_the_run(page: &mut PageUnderTest) -> Result<()> {
    page.visit(RUN).await?;
    page.wait_state("ready", RUN_TIMEOUT).await?;
    page.click("#round").await?;
    page.wait_state("paused", RUN_TIMEOUT).await?;
    page.click("#round").await?;
    page.wait_state_after("paused", 1).await?;
    page.click("#copy-link").await?;
    let link = "return document.querySelector('#copy-link').dataset.link ?? false";
    let link = page.browser.wait("the link", REACTION_TIMEOUT, link).await?;
    let link = link.as_str().unwrap_or_default().to_owned();
    let note = "return document.querySelector('#link-note').textContent";
    page.browser.wait("what is said of the copy", REACTION_TIMEOUT, note).await?;
    let fragment = link.split_once('#').context("the link has no fragment")?.1;
    for part in ["preset=quick", "seed=6", "iterations=120", "view=network", "at=2.0.rewind", "digest="] {
        ensure!(fragment.contains(part), "{part} is not in {fragment}");
    }
    let digest = page.browser.eval("return document.querySelector('#digest').textContent").await?;
    let done = page.browser.eval("return document.querySelector('#digest').dataset.done").await?;
    let expected =
        format!("digest={}.{}", digest.as_str().unwrap_or_default(), done.as_str().unwrap_or_default());
    ensure!(fragment.contains(&expected), "{fragment} has not the {expected} of the run");

    let mut other = page.open_another().await?;
    let outcome = reproduces(&mut other, fragment).await;
    other.finish(outcome, "links::fresh_profile").await?;
    page.note(format!("{} jobs", done.as_str().unwrap_or_default()));
    Ok(())
}

/// Opens the link in a fresh profile, plays it to the end, and reads what the page says on the way.
async fn reproduces(page: &mut PageUnderTest, fragment: &str) -> Result<()> {
    let says = async |page: &PageUnderTest, start: &str| -> Result<()> {
        let script =
            format!("return document.querySelector('#link-check').textContent.startsWith('{start}')");
        let waited = page.browser.wait("what is said of the link", REACTION_TIMEOUT, &script).await;
        let said = page.browser.eval(CHECK).await?;
        waited.with_context(|| format!("the page says {said}")).map(|_| ())
    };
    page.visit(fragment).await?;
    page.wait_state("ready", RUN_TIMEOUT).await?;
    says(page, "This link knows the digest of the first").await?;
    ensure!(page.browser.eval("return document.body.dataset.view").await? == "network", "another view");
    page.click("#play").await?;
    page.wait_state("done", RUN_TIMEOUT).await?;
    says(page, "Reproduced: the first").await?;
    let shown = page.browser.eval("return document.body.dataset.shownRound").await?;
    ensure!(shown == "2", "the display has left the link's moment for round {shown}");

    let (before, digest) = fragment.split_once("digest=").context("the link has no digest")?;
    let wrong = if digest.starts_with('0') { "1" } else { "0" };
    page.visit(&format!("{before}digest={wrong}{}", &digest[1..])).await?;
    page.wait_state("ready", RUN_TIMEOUT).await?;
    page.click("#play").await?;
    page.wait_state("done", RUN_TIMEOUT).await?;
    says(page, "Not reproduced: ").await
}
