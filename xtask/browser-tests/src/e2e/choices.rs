//! Tests of how settings and presets are chosen, by people and by programs, and of the explanations of terms.

use super::page_under_test::{PageUnderTest, REACTION_TIMEOUT, RUN_TIMEOUT};
use anyhow::{Result, ensure};

/// A run that takes a moment.
const TINY: &str = "iterations=20&eval_every=10&hidden=40,20&rounds=1&speed=computed";
const ENTER: &str = "\u{e007}";
const ESCAPE: &str = "\u{e00c}";

/// Waits until the address contains a text.
async fn wait_address(page: &PageUnderTest, part: &str) -> Result<()> {
    let script = format!("return location.hash.includes('{part}')");
    page.browser.wait(&format!("an address with {part}"), REACTION_TIMEOUT, &script).await?;
    Ok(())
}

/// Programs set a field's value and send a change, whatever kind of field it is. What they set reaches the address, the
/// checkboxes and the run; a value that cannot be used is named and stays.
pub(crate) async fn programs_set_every_kind_of_field(page: &mut PageUnderTest) -> Result<()> {
    page.visit(TINY).await?;
    page.wait_state("ready", RUN_TIMEOUT).await?;
    for (id, value, address) in [
        ("set-arms", "ticket,sign", "arms=ticket,sign"),
        ("set-criterion", "random", "criterion=random"),
        ("set-optimizer", "sgd", "optimizer=sgd"),
        ("set-init", "he_normal", "init=he_normal"),
        ("set-rate", "0.25", "rate=0.25"),
        ("set-batch", "30", "batch=30"),
        ("seed", "8", "seed=8"),
    ] {
        let set = format!(
            "const field = document.getElementById('{id}');
             field.value = '{value}';
             field.dispatchEvent(new Event('change', {{ bubbles: true }}));
             return true"
        );
        page.browser.eval(&set).await?;
        wait_address(page, address).await?;
        ensure!(page.value(&format!("#{id}")).await? == value, "#{id} is not {value}");
    }
    let ticked =
        "return [...document.querySelectorAll('.arm-box input:checked')].map((box) => box.value).join()";
    let ticked = page.browser.eval(ticked).await?;
    ensure!(ticked == "ticket,sign", "the checkboxes say {ticked}");
    let bad = "const arms = document.getElementById('set-arms');
        arms.value = 'ticket,sign,banana';
        arms.dispatchEvent(new Event('change', { bubbles: true }));
        return document.getElementById('refused').innerText";
    let said = page.browser.eval(bad).await?.to_string();
    ensure!(said.contains("banana"), "of a bad value is said {said}");
    ensure!(page.value("#set-arms").await? == "ticket,sign,banana", "what was entered is lost");
    // A checkbox is the other way to the same value. The fold of the settings has opened for the refused one.
    page.click("#arm-reinit").await?;
    wait_address(page, "arms=ticket,reinit,sign")
        .await
        .or(Err(anyhow::anyhow!("the checkbox has no effect")))?;
    page.click("#play").await?;
    page.wait_state("done", RUN_TIMEOUT).await?;
    let arms = "return [...new Set([...document.querySelectorAll('#rounds tbody tr')].map((row) => row.dataset.arm))].join()";
    let arms = page.browser.eval(arms).await?;
    ensure!(arms == "dense,ticket,reinit,sign" || arms == "ticket,reinit,sign", "the table has {arms}");
    Ok(())
}

/// Enter in a field starts the run with the changed settings, at once or after a run; a value that cannot be used starts
/// nothing. The button does the same, and what differs from the preset goes back.
pub(crate) async fn enter_starts_the_changed_run(page: &mut PageUnderTest) -> Result<()> {
    page.visit(TINY).await?;
    page.wait_state("ready", RUN_TIMEOUT).await?;
    let type_seed = async |page: &PageUnderTest, seed: &str| -> Result<()> {
        let field = page.find("#seed").await?;
        field.clear().await?;
        Ok(field.send_keys(&format!("{seed}{ENTER}")).await?)
    };
    type_seed(page, "5").await?;
    page.wait_state("done", RUN_TIMEOUT).await?;
    wait_address(page, "seed=5").await?;
    type_seed(page, "six").await?;
    ensure!(page.state().await? == "done", "a bad value starts a run: {}", page.state().await?);
    ensure!(page.value("#seed").await? == "six", "what was entered is lost");
    type_seed(page, "6").await?;
    page.wait_state_after("done", 1).await?;
    wait_address(page, "seed=6").await?;
    // Where typing is hard, a button does it.
    let pending = "return document.getElementById('pending').checkVisibility()";
    ensure!(page.browser.eval(pending).await? == false, "unchanged settings are pending");
    page.click("#more > summary").await?;
    page.click("#arm-sign").await?;
    page.browser.wait("the notice of changed settings", REACTION_TIMEOUT, pending).await?;
    page.click("#start-changed").await?;
    page.wait_state_after("done", 2).await?;
    wait_address(page, "arms=ticket,reinit,sign").await?;
    let changed = "return document.querySelector('.arm-setting .changed button').innerText";
    let way_back = page.browser.eval(changed).await?;
    ensure!(way_back == "Back to ticket, reinit", "the way back is {way_back}");
    page.click(".arm-setting .changed button").await?;
    ensure!(
        page.value("#set-arms").await? == "ticket,reinit",
        "#set-arms is {}",
        page.value("#set-arms").await?
    );
    Ok(())
}

/// The cards ask questions, say how long a run takes, and choose through the menu.
pub(crate) async fn cards_choose_presets(page: &mut PageUnderTest) -> Result<()> {
    page.visit("preset=quick&seed=4").await?;
    page.wait_state("ready", RUN_TIMEOUT).await?;
    page.find("#choose-preset").await?.send_keys(ENTER).await?;
    let focus = "return document.activeElement.dataset.preset ?? ''";
    ensure!(page.browser.eval(focus).await? == "quick", "the card of the present preset has no focus");
    let cards = "return [...document.querySelectorAll('#preset-cards .card')].map((card) => card.innerText).join(' | ')";
    let cards = page.browser.eval(cards).await?.to_string();
    for words in ["hidden in the big one?", "about", "recorded"] {
        ensure!(cards.contains(words), "the cards do not say {words}: {cards}");
    }
    page.browser.client.active_element().await?.send_keys(ESCAPE).await?;
    let focused = page.browser.eval("return document.activeElement.id").await?;
    ensure!(focused == "choose-preset", "after Escape the focus is on {focused}");
    page.click("#choose-preset").await?;
    page.click("[data-preset=signs]").await?;
    wait_address(page, "preset=signs&seed=4").await?;
    ensure!(page.value("#preset").await? == "signs", "#preset is {}", page.value("#preset").await?);
    let open = page.browser.eval("return document.getElementById('presets').open").await?;
    ensure!(open == false, "the cards stay open");
    let question = page.find("#preset-question").await?.text().await?;
    ensure!(question.contains("signs"), "the button asks {question:?}");
    Ok(())
}

/// Enter opens the explanation of a term, Escape closes it, and the focus stays where it was.
pub(crate) async fn terms_open_by_keyboard(page: &mut PageUnderTest) -> Result<()> {
    page.visit(TINY).await?;
    page.wait_state("ready", RUN_TIMEOUT).await?;
    for button in [".lead [popovertarget=term-ticket]", "#legend [popovertarget=term-reinit]"] {
        let found = page.find(button).await?;
        let note = button.split("popovertarget=").nth(1).unwrap_or_default().trim_end_matches(']');
        let shown = format!("return document.getElementById('{note}').checkVisibility()");
        ensure!(page.browser.eval(&shown).await? == false, "{note} is open at first");
        found.send_keys(ENTER).await?;
        page.browser.wait(note, REACTION_TIMEOUT, &shown).await?;
        found.send_keys(ESCAPE).await?;
        ensure!(page.browser.eval(&shown).await? == false, "Escape does not close {note}");
        let focused =
            page.browser.eval("return document.activeElement.getAttribute('popovertarget')").await?;
        ensure!(focused == note, "the focus is on {focused}");
    }
    let known = "return [...document.querySelectorAll('[popovertarget]')].filter((b) => !b.popoverTargetElement).length";
    let unknown = page.browser.eval(known).await?;
    ensure!(unknown == 0, "{unknown} marked terms have no explanation");
    Ok(())
}

/// At the end of a run, and not before, there are three links to what to try next, and each of them starts.
pub(crate) async fn next_steps_follow_a_run(page: &mut PageUnderTest) -> Result<()> {
    page.visit(TINY).await?;
    page.wait_state("ready", RUN_TIMEOUT).await?;
    let shown = "return document.getElementById('next').checkVisibility()";
    ensure!(page.browser.eval(shown).await? == false, "there are next steps before anything has run");
    page.click("#play").await?;
    page.wait_state("done", RUN_TIMEOUT).await?;
    page.browser.wait("the next steps", REACTION_TIMEOUT, shown).await?;
    let links =
        "return [...document.querySelectorAll('#next a')].map((link) => link.getAttribute('href')).join(' ')";
    let links = page.browser.eval(links).await?.to_string();
    ensure!(
        links.matches("autoplay=1").count() >= 2 && links.matches('#').count() == 3,
        "the links are {links}"
    );
    page.note(links);
    page.click("#next a[href*=trials]").await?;
    page.wait_state_after("done", 1).await?;
    wait_address(page, "trials=3").await
}
