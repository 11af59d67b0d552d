//! Tests of the page in another language: nothing of it stays English, numbers are written as there, programs read the same,
//! and the choice of a language leaves everything else as it is.

use super::page_under_test::{PageUnderTest, REACTION_TIMEOUT, RUN_TIMEOUT};
use anyhow::{Context, Result, ensure};
use serde_json::Value;
use std::collections::BTreeSet;

/// A small run with arms that say much, whose last round has 12.6% of the weights.
const RUN: &str =
    "preset=quick&seed=3&arms=ticket,reinit,late&iterations=60&rounds=3&eval_every=20&speed=computed";

/// All that people can read or hear, wherever it is on the page, with `#` for each number: a time differs from run to run.
/// Digests and links are code, and the names of the languages are each in their own.
const READ: &str = r"
    const said = new Set();
    const note = (text) => {
        const words = text.replace(/[\d.,]*\d/g, '#').replace(/\s+/g, ' ').trim();
        if (/\p{L}{2}/u.test(words)) said.add(words);
    };
    const attributes = ['title', 'aria-label', 'aria-valuetext', 'aria-description', 'placeholder', 'alt', 'data-where',
        'data-stopped', 'data-stopped-advice', 'data-not-started', 'data-not-started-advice'];
    for (const element of document.querySelectorAll('body, body *:not(script, noscript, noscript *, code, #set-lang *)')) {
        for (const name of attributes) if (element.hasAttribute(name)) note(element.getAttribute(name));
        for (const child of element.childNodes) if (child.nodeType === Node.TEXT_NODE) note(child.data);
    }
    note(document.querySelector('meta[name=description]').content);
    return [...said];";

/// Opens what is filled when it is opened, and asks for what is said on request.
const OPEN_EVERYTHING: &str = "
    const click = (name) => document.querySelector(name)?.click();
    document.querySelectorAll('details').forEach((details) => { details.open = true });
    for (const opener of ['#choose-preset', '#show-keys', '#show-join']) {
        click(opener);
        document.querySelectorAll('dialog[open]').forEach((open) => open.close());
    }
    for (const name of ['#pin', '#digit-next', '#open-lesson', '#lesson-skip', '#lesson-next', '#lesson-next']) click(name);";

/// What is the same in both languages: names, and words that German has taken over or English from it.
const SAME: [&str; 24] = [
    "Frankle et al. #",
    "SNIP",
    "GraSP",
    "SynFlow",
    "Adam",
    "Arm",
    "Batch",
    "Dropout",
    "Experiment",
    "Fashion-MNIST",
    "Iteration",
    "MNIST",
    "Momentum",
    "Paper",
    "Pruning",
    "Prunings",
    "Start",
    "Test →",
    "The Lottery Ticket Hypothesis",
    "The Lottery Ticket Hypothesis: Finding Sparse, Trainable Neural Networks",
    "Ticket Lab",
    "Worker",
    "normal",
    "← Test",
];

/// Words that no German sentence has.
const ENGLISH: [&str; 12] =
    ["the", "of", "and", "with", "which", "is", "are", "weights", "round", "network", "to", "this"];

/// All that can be read on the page.
async fn read(page: &PageUnderTest) -> Result<BTreeSet<String>> {
    let said = page.browser.eval(READ).await?;
    let said = said.as_array().context("nothing can be read")?;
    Ok(said.iter().filter_map(|words| words.as_str().map(Into::into)).collect())
}

/// What people read before and after a run in a language, and what programs read after it.
async fn session(page: &mut PageUnderTest, tag: &str) -> Result<([BTreeSet<String>; 2], Value)> {
    page.visit(&format!("{RUN}&lang={tag}")).await?;
    page.wait_state("ready", RUN_TIMEOUT).await?;
    let spoken = page.browser.eval("return document.documentElement.lang").await?;
    ensure!(spoken == tag, "asked for {tag}, the page speaks {spoken}");
    let before = read(page).await?;
    page.click("#play").await?;
    page.wait_state("done", RUN_TIMEOUT).await?;
    page.browser.eval(OPEN_EVERYTHING).await?;
    let filled = "return document.querySelector('#next').checkVisibility() && document.querySelector('#shelf tbody tr')
        && document.querySelector('#votes [data-label]') && document.querySelector('#claims-body tr') !== null";
    page.browser.wait("all parts of the page", REACTION_TIMEOUT, filled).await?;
    let after = read(page).await?;
    let attributes = "
        const of = (selector) => [...document.querySelectorAll(selector)].map(({ dataset }) => {
            const { seconds, ...rest } = dataset;
            return rest;
        });
        const values = [...document.querySelectorAll('[id^=set-]:not(#set-lang), #seed, #preset')].map(({ value }) => value);
        return [of('#rounds tbody tr'), of('#votes tr'), of('#claims [data-claim]'), of('#legend button'), of('body'), values,
            document.querySelector('#digest').textContent];";
    Ok(([before, after], page.browser.eval(attributes).await?))
}

/// What of the texts in German is one of the English ones, or has a word that only English has.
fn english_among(german: &BTreeSet<String>, english: &BTreeSet<String>) -> Vec<String> {
    let is_english = |text: &&String| {
        let mut words = text.split(|letter: char| !letter.is_alphanumeric());
        english.contains(*text) || words.any(|word| ENGLISH.contains(&word))
    };
    german.iter().filter(is_english).filter(|text| !SAME.contains(&&***text)).cloned().collect()
}

/// In German nothing can be read that is English, before and after a run, numbers are written as in German, and programs
/// read what they read in English.
pub(crate) async fn nothing_stays_english_in_german(page: &mut PageUnderTest) -> Result<()> {
    let (english, for_programs) = session(page, "en").await?;
    let (german, same_for_programs) = session(page, "de").await?;
    ensure!(
        for_programs == same_for_programs,
        "programs read {for_programs} and in German {same_for_programs}"
    );
    for (english, german) in english.iter().zip(&german) {
        let left = english_among(german, english);
        ensure!(left.is_empty(), "{} of {} texts are English: {}", left.len(), german.len(), left.join("\n"));
    }
    let cells = "return [...document.querySelectorAll('#rounds tbody td')].map((cell) => cell.textContent)";
    let cells = page.browser.eval(cells).await?;
    let cells: Vec<&str> = cells.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    ensure!(["12,6", "33.571"].iter().all(|cell| cells.contains(cell)), "the table says {cells:?}");
    let timeline = "return document.querySelector('#timeline-rounds').textContent";
    let timeline = page.browser.eval(timeline).await?;
    ensure!(
        timeline.as_str().is_some_and(|said| said.contains("12,6\u{a0}%")),
        "the timeline says {timeline}"
    );
    page.note(format!("{} and {} texts", german[0].len(), german[1].len()));
    Ok(())
}

/// A language that there is not falls back on another without a word, and the menu changes the language alone.
pub(crate) async fn the_menu_changes_the_language_alone(page: &mut PageUnderTest) -> Result<()> {
    page.visit("preset=quick&seed=7&view=masks&lang=xx").await?;
    page.wait_state("ready", RUN_TIMEOUT).await?;
    let spoken = "return document.documentElement.lang";
    ensure!(page.browser.eval(spoken).await? == "en", "xx is {}", page.browser.eval(spoken).await?);
    ensure!(page.find("#play").await?.text().await? == "Play", "#play has other words");
    let refused = "return document.querySelector('#refused').checkVisibility()";
    ensure!(page.browser.eval(refused).await? == false, "a language that there is not is refused");

    let choose = |tag: &str| {
        format!(
            "const menu = document.getElementById('set-lang');
             menu.value = '{tag}';
             menu.dispatchEvent(new Event('change', {{ bubbles: true }}));"
        )
    };
    for (tag, play) in [("de", "Start"), ("en", "Play")] {
        page.browser.eval(&choose(tag)).await?;
        let there = format!(
            "return document.documentElement.lang === '{tag}' && document.body.dataset.state === 'ready'"
        );
        page.browser.wait(&format!("the page in {tag}"), RUN_TIMEOUT, &there).await?;
        ensure!(page.find("#play").await?.text().await? == play, "#play has other words than {play}");
        let address = page.browser.eval("return location.hash").await?;
        let address = address.as_str().unwrap_or_default().to_owned();
        let mut settings: Vec<&str> = address.trim_start_matches('#').split('&').collect();
        settings.sort_unstable();
        let expected = ["preset=quick", "seed=7", "view=masks"];
        let language = format!("lang={tag}");
        ensure!(expected.iter().all(|setting| settings.contains(setting)), "{address} has lost a setting");
        ensure!(
            settings.iter().filter(|setting| setting.starts_with("lang=")).eq([&&*language]),
            "{address}"
        );
        ensure!(page.value("#seed").await? == "7", "the seed is {}", page.value("#seed").await?);
        ensure!(page.browser.eval("return document.body.dataset.view").await? == "masks", "another view");
        // What was chosen here is remembered.
        page.visit("preset=quick&seed=8").await?;
        page.wait_state("ready", RUN_TIMEOUT).await?;
        ensure!(page.browser.eval(spoken).await? == tag, "{tag} is forgotten");
        page.visit(&format!("preset=quick&seed=7&view=masks&lang={tag}")).await?;
        page.wait_state("ready", RUN_TIMEOUT).await?;
    }
    Ok(())
}
