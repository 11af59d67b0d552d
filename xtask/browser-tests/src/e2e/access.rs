//! The page without a mouse, without eyes, and on a phone.

use super::{
    lab::{PageUnderTest, REACTION_TIMEOUT, RUN_TIMEOUT},
    walk::{PAUSABLE, SMALL},
};
use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Space and Enter, as a keyboard sends them.
const SPACE: &str = " ";
const ENTER: &str = "\u{e007}";
const TAB: &str = "\u{e004}";
/// More presses of Tab than the page has controls.
const MANY: usize = 60;
/// What an accessibility tree calls the things one can operate.
const OPERABLE: [&str; 9] =
    ["button", "combobox", "textbox", "spinbutton", "link", "checkbox", "radio", "slider", "searchbox"];

/// The id of what has the focus.
async fn focus(lab: &PageUnderTest) -> Result<String> {
    let id = lab.browser.eval("return document.activeElement?.id ?? ''").await?;
    Ok(id.as_str().unwrap_or_default().to_owned())
}

/// Sends a key to what has the focus.
async fn press(lab: &PageUnderTest, key: &str) -> Result<()> {
    Ok(lab.browser.client.active_element().await?.send_keys(key).await?)
}

/// Presses Tab until the element with this id has the focus.
async fn tab_to(lab: &PageUnderTest, id: &str) -> Result<()> {
    for _ in 0..MANY {
        if focus(lab).await? == id {
            return Ok(());
        }
        press(lab, TAB).await?;
    }
    anyhow::bail!("Tab never reaches #{id}")
}

/// Tab reaches every control; Space and Enter do what a click does, and the focus stays where it is.
pub(crate) async fn keyboard_reaches_and_works_every_control(lab: &mut PageUnderTest) -> Result<()> {
    lab.visit(PAUSABLE).await?;
    lab.wait_state("ready", RUN_TIMEOUT).await?;
    let mut reached = BTreeSet::new();
    for _ in 0..MANY {
        press(lab, TAB).await?;
        reached.insert(focus(lab).await?);
    }
    for id in ["play", "step", "round", "reset", "preset", "seed"] {
        ensure!(reached.contains(id), "Tab does not reach #{id}, only {reached:?}");
    }
    tab_to(lab, "step").await?;
    press(lab, ENTER).await?;
    lab.wait_state_after("paused", 0).await.context("after Enter on #step")?;
    tab_to(lab, "play").await?;
    press(lab, SPACE).await?;
    lab.wait_state("running", REACTION_TIMEOUT).await?;
    ensure!(focus(lab).await? == "play", "#play lost the focus to {}", focus(lab).await?);
    press(lab, ENTER).await?;
    lab.wait_state("paused", REACTION_TIMEOUT).await
}

/// Everything one can operate has a name to speak, and a polite live region says each round in words.
pub(crate) async fn controls_have_names_and_rounds_are_spoken(lab: &mut PageUnderTest) -> Result<()> {
    lab.visit(SMALL).await?;
    lab.wait_state("ready", RUN_TIMEOUT).await?;
    let tree = lab.browser.cdp("Accessibility.getFullAXTree", json!({})).await?;
    let nodes = tree["nodes"].as_array().context("there is no accessibility tree")?;
    let role = |node: &Value| node["role"]["value"].as_str().unwrap_or_default().to_owned();
    let operable: Vec<_> = nodes.iter().filter(|node| OPERABLE.contains(&role(node).as_str())).collect();
    ensure!(operable.len() >= 6, "there are {} things to operate", operable.len());
    for node in operable {
        let name = node["name"]["value"].as_str().unwrap_or_default().trim();
        ensure!(!name.is_empty(), "a {} has no name: {node}", role(node));
    }
    lab.click("#play").await?;
    lab.wait_state("done", RUN_TIMEOUT).await?;
    let script = "
        const regions = [...document.querySelectorAll('[aria-live=polite], [role=status]')];
        return regions.map((region) => region.textContent.trim()).filter(Boolean).join(' | ')";
    let spoken = lab.browser.wait("a live region that speaks", REACTION_TIMEOUT, script).await?;
    ensure!(spoken.to_string().to_lowercase().contains("round"), "the live region says {spoken}");
    lab.note(spoken.to_string());
    Ok(())
}

/// Nothing sticks out sideways at 360 px; pictures of three looks stay in target/e2e/.
pub(crate) async fn fits_a_phone(lab: &mut PageUnderTest) -> Result<()> {
    lab.autoplay(PAUSABLE).await?;
    lab.screenshot("desktop").await?;
    lab.emulate_color_scheme("dark").await?;
    lab.screenshot("desktop-dark").await?;
    lab.emulate_color_scheme("light").await?;
    lab.resize(360, 740, 3.0).await?;
    lab.autoplay(SMALL).await?;
    lab.screenshot("phone").await?;
    let width = lab.browser.eval("return document.documentElement.scrollWidth").await?;
    ensure!(
        width.as_u64().is_some_and(|width| width <= 360),
        "the page is {width} px wide on a screen of 360"
    );
    Ok(())
}
