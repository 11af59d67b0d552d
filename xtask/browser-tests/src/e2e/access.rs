//! Tests of the page without a mouse, with a screen reader, and on a phone.

use super::{
    page_under_test::{PageUnderTest, REACTION_TIMEOUT, RUN_TIMEOUT},
    play_through::{PAUSABLE, SMALL},
};
use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// The keys Space and Enter, as WebDriver encodes them.
pub(super) const SPACE: &str = " ";
pub(super) const ENTER: &str = "\u{e007}";
pub(super) const TAB: &str = "\u{e004}";
/// A number of Tab presses that is larger than the page's number of controls.
const MANY: usize = 150;
/// The accessibility roles of controls.
const OPERABLE: [&str; 9] =
    ["button", "combobox", "textbox", "spinbutton", "link", "checkbox", "radio", "slider", "searchbox"];

/// The id of the focused element.
pub(super) async fn focus(page: &PageUnderTest) -> Result<String> {
    let id = page.browser.eval("return document.activeElement?.id ?? ''").await?;
    Ok(id.as_str().unwrap_or_default().to_owned())
}

/// Sends a key to the focused element. One may be replaced in the moment before it gets the key, as images on the shelf are when
/// the recorded run comes to another round: the page then gives the focus to another one, which gets it.
pub(super) async fn press(page: &PageUnderTest, key: &str) -> Result<()> {
    let send = async || page.browser.client.active_element().await?.send_keys(key).await;
    match send().await {
        Err(error) if error.is_stale_element_reference() => Ok(send().await?),
        sent => Ok(sent?),
    }
}

/// Presses Tab until the element with this id has the focus.
pub(super) async fn tab_to(page: &PageUnderTest, id: &str) -> Result<()> {
    for _ in 0..MANY {
        if focus(page).await? == id {
            return Ok(());
        }
        press(page, TAB).await?;
    }
    anyhow::bail!("Tab never reaches #{id}")
}

/// Tab reaches every control. Space and Enter have the same effect as a click, and the focus stays on the control.
pub(crate) async fn keyboard_reaches_and_works_every_control(page: &mut PageUnderTest) -> Result<()> {
    page.visit(PAUSABLE).await?;
    page.wait_state("ready", RUN_TIMEOUT).await?;
    let mut reached = BTreeSet::new();
    for _ in 0..MANY {
        press(page, TAB).await?;
        reached.insert(focus(page).await?);
    }
    for id in ["play", "step", "round", "reset", "preset", "seed"] {
        ensure!(reached.contains(id), "Tab does not reach #{id}, only {reached:?}");
    }
    tab_to(page, "step").await?;
    press(page, ENTER).await?;
    page.wait_state_after("paused", 0).await.context("after Enter on #step")?;
    tab_to(page, "play").await?;
    press(page, SPACE).await?;
    page.wait_state("running", REACTION_TIMEOUT).await?;
    ensure!(focus(page).await? == "play", "#play lost the focus to {}", focus(page).await?);
    press(page, ENTER).await?;
    page.wait_state("paused", REACTION_TIMEOUT).await
}

/// Every control has an accessible name, and a polite live region announces each round in words.
pub(crate) async fn controls_have_names_and_rounds_are_spoken(page: &mut PageUnderTest) -> Result<()> {
    page.visit(SMALL).await?;
    page.wait_state("ready", RUN_TIMEOUT).await?;
    let tree = page.browser.cdp("Accessibility.getFullAXTree", json!({})).await?;
    let nodes = tree["nodes"].as_array().context("there is no accessibility tree")?;
    let role = |node: &Value| node["role"]["value"].as_str().unwrap_or_default().to_owned();
    let operable: Vec<_> = nodes.iter().filter(|node| OPERABLE.contains(&role(node).as_str())).collect();
    ensure!(operable.len() >= 6, "there are {} things to operate", operable.len());
    for node in operable {
        let name = node["name"]["value"].as_str().unwrap_or_default().trim();
        ensure!(!name.is_empty(), "a {} has no name: {node}", role(node));
    }
    page.click("#play").await?;
    page.wait_state("done", RUN_TIMEOUT).await?;
    let script = "
        const regions = [...document.querySelectorAll('[aria-live=polite], [role=status]')];
        return regions.map((region) => region.textContent.trim()).filter(Boolean).join(' | ')";
    let spoken = page.browser.wait("a live region that speaks", REACTION_TIMEOUT, script).await?;
    ensure!(spoken.to_string().to_lowercase().contains("round"), "the live region says {spoken}");
    page.note(spoken.to_string());
    Ok(())
}

/// The page is not wider than a screen of 360 px. Screenshots of three variants are saved in target/e2e/.
pub(crate) async fn fits_a_phone(page: &mut PageUnderTest) -> Result<()> {
    page.autoplay(PAUSABLE).await?;
    page.screenshot("desktop").await?;
    page.emulate_color_scheme("dark").await?;
    page.screenshot("desktop-dark").await?;
    page.emulate_color_scheme("light").await?;
    page.resize(360, 740, 3.0).await?;
    page.autoplay(SMALL).await?;
    page.screenshot("phone").await?;
    let width = page.browser.eval("return document.documentElement.scrollWidth").await?;
    ensure!(
        width.as_u64().is_some_and(|width| width <= 360),
        "the page is {width} px wide on a screen of 360"
    );
    Ok(())
}

/// Runs axe-core and returns each fault that it finds, with the elements that have it.
const AXE: &str = "
    const found = await axe.run(document, { resultTypes: ['violations'] });
    return found.violations.map((fault) =>
        fault.id + ': ' + fault.nodes.slice(0, 4).map((node) => node.target.join(' ') + ' ' + node.html.slice(0, 120)).join(' | '));";

/// Checks the page as it is now.
pub(super) async fn check(page: &mut PageUnderTest, source: &str, what: &str) -> Result<()> {
    page.browser.cdp("Runtime.evaluate", json!({ "expression": source })).await?;
    let script = format!("return (async () => {{{AXE}}})()");
    let found = page.browser.eval(&script).await?;
    let found: Vec<&str> = found.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    ensure!(found.is_empty(), "{what}: {}", found.join("\n       "));
    Ok(())
}

/// Keys act wherever the focus is, not where something is typed, and can be switched off in the list that `?` opens.
pub(crate) async fn single_keys_act(page: &mut PageUnderTest) -> Result<()> {
    page.visit(SMALL).await?;
    page.wait_state("ready", RUN_TIMEOUT).await?;
    let view = "return document.body.dataset.view";
    page.find("body").await?.send_keys("3").await?;
    page.browser.wait("the view of masks", REACTION_TIMEOUT, &format!("{} === 'masks'", view)).await?;
    page.find("#seed").await?.send_keys("5").await?;
    ensure!(page.browser.eval(view).await? == "masks", "a digit in a field changed the view");
    let seed = page.browser.eval("return document.querySelector('#seed').value").await?;
    ensure!(seed.as_str().is_some_and(|seed| seed.ends_with('5')), "the field has {seed}");
    page.find("#choose-preset").await?.send_keys("?").await?;
    let open = "return document.querySelector('#keys').open";
    page.browser.wait("the list of keys", REACTION_TIMEOUT, open).await?;
    let listed = page.browser.eval("return document.querySelector('#keys-list').innerText").await?;
    ensure!(listed.as_str().is_some_and(|listed| listed.contains("Play or pause")), "the list is {listed}");
    // Space switches the keys off, Escape closes the list.
    page.find("#keys-on").await?.send_keys(" ").await?;
    page.find("#keys-on").await?.send_keys("\u{e00c}").await?;
    page.browser
        .wait("the list closed", REACTION_TIMEOUT, "return !document.querySelector('#keys').open")
        .await?;
    page.find("body").await?.send_keys("1").await?;
    ensure!(page.browser.eval(view).await? == "masks", "a key acts although keys are off");
    page.find("#show-keys").await?.send_keys("\u{e007}").await?;
    page.find("#keys-on").await?.send_keys(" ").await?;
    page.find("#keys-on").await?.send_keys("\u{e00c}").await?;
    page.find("body").await?.send_keys("k").await?;
    page.wait_state("done", RUN_TIMEOUT).await
}

/// axe-core finds no fault: at the start, in the middle and at the end of a run, with everything open, for a hall, on a
/// phone, light and dark.
pub(crate) async fn axe_finds_nothing(page: &mut PageUnderTest) -> Result<()> {
    let source = crate::axe::source()?;
    let open = "document.querySelectorAll('details').forEach((details) => { details.open = true; })";
    page.visit(PAUSABLE).await?;
    page.wait_state("ready", RUN_TIMEOUT).await?;
    check(page, &source, "ready").await?;
    page.browser.eval(open).await?;
    check(page, &source, "ready, everything open").await?;
    for scheme in ["light", "dark"] {
        page.emulate_color_scheme(scheme).await?;
        page.visit(PAUSABLE).await?;
        page.wait_state("ready", RUN_TIMEOUT).await?;
        page.click("#play").await?;
        page.wait_state("running", REACTION_TIMEOUT).await?;
        check(page, &source, &format!("running, {scheme}")).await?;
        page.wait_state("done", RUN_TIMEOUT).await?;
        page.browser.wait("the end", RUN_TIMEOUT, "return document.querySelector('#play').disabled").await?;
        page.browser.eval(open).await?;
        check(page, &source, &format!("done, {scheme}")).await?;
        page.browser.eval("document.querySelector('#show-keys').click()").await?;
        check(page, &source, &format!("keys, {scheme}")).await?;
        page.browser.eval("document.querySelector('#keys').close()").await?;
        // Nobody else can reach the host of these tests, so the button is hidden.
        page.browser.eval("document.querySelector('#show-join').click()").await?;
        check(page, &source, &format!("join, {scheme}")).await?;
    }
    page.visit(&format!("{SMALL}&embed=rounds&autoplay=1")).await?;
    page.wait_state("done", RUN_TIMEOUT).await?;
    check(page, &source, "one panel").await?;
    page.visit(&format!("{SMALL}&present=1&autoplay=1")).await?;
    page.wait_state("done", RUN_TIMEOUT).await?;
    check(page, &source, "for a hall").await?;
    page.resize(360, 740, 3.0).await?;
    page.autoplay(SMALL).await?;
    check(page, &source, "on a phone").await
}
