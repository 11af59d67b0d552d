//! Tests of the lesson: all of it by keyboard, and its accessibility.

use super::{
    access::{ENTER, SPACE, TAB, check, focus, press, tab_to},
    page_under_test::{PageUnderTest, REACTION_TIMEOUT, RUN_TIMEOUT},
    play_through::PAUSABLE,
};
use anyhow::{Context, Result, ensure};

/// Shift with Tab, and the right arrow, as WebDriver encodes them.
const SHIFT_TAB: &str = "\u{e008}\u{e004}";
const RIGHT: &str = "\u{e014}";
/// The number of steps.
const STEPS: u32 = 10;
/// The steps whose run is on the page when they are opened in order, and those whose button is pressed.
const ANSWERED: [u32; 7] = [1, 2, 3, 4, 5, 9, 10];
const STARTED: [u32; 3] = [1, 9, 10];

/// Presses Shift and Tab until the focused element is what the script says.
async fn back_to(page: &PageUnderTest, is_there: &str) -> Result<()> {
    for _ in 0..20 {
        let there = format!("const it = document.activeElement; return {is_there}");
        if page.browser.eval(&there).await? == true {
            return Ok(());
        }
        press(page, SHIFT_TAB).await?;
    }
    anyhow::bail!("Shift and Tab never reach `{is_there}`")
}

async fn text(page: &PageUnderTest, script: &str) -> Result<String> {
    let value = page.browser.eval(&format!("return {script}")).await?;
    value.as_str().map(Into::into).with_context(|| format!("`{script}` gives {value}"))
}

/// Guesses at the open step, and returns what has the focus then.
async fn guess(page: &PageUnderTest) -> Result<String> {
    back_to(page, "it.name === 'lesson-option' || it.id === 'lesson-images'").await?;
    let slides = focus(page).await? == "lesson-images";
    press(page, if slides { RIGHT } else { SPACE }).await?;
    if slides {
        ensure!(text(page, "document.getElementById('lesson-images-said').value").await? == "51 of 100");
    }
    tab_to(page, "lesson-guess").await?;
    press(page, ENTER).await?;
    focus(page).await
}

/// Each step can be read, guessed at, run and left by keyboard. The address follows, the guess stays beside the answer, the
/// chips say what the table of claims says, and no run is replaced unasked.
pub(crate) async fn the_whole_lesson_by_keyboard(page: &mut PageUnderTest) -> Result<()> {
    page.visit("preset=quick&seed=1&speed=computed").await?;
    page.wait_state("ready", RUN_TIMEOUT).await?;
    tab_to(page, "open-lesson").await?;
    press(page, ENTER).await?;
    ensure!(focus(page).await? == "lesson-title", "the lesson opens without the focus");
    press(page, TAB).await?;
    let mut guessed = vec![];
    for step in 1..=STEPS {
        let open =
            format!("return document.querySelector('#lesson:not([hidden])').dataset.step === '{step}'");
        page.browser.wait(&format!("step {step}"), REACTION_TIMEOUT, &open).await?;
        let address = text(page, "location.hash").await?;
        ensure!(address.contains(&format!("lesson={step}")), "{address} at step {step}");
        let before = page.table().await?;
        let at = if step == 1 {
            // From the title forwards.
            tab_to(page, "lesson-guess").await?;
            guess(page).await?
        } else {
            guess(page).await?
        };
        ensure!(["lesson-run", "lesson-answer"].contains(&&*at), "the focus is on `{at}` at step {step}");
        if STARTED.contains(&step) {
            ensure!(at == "lesson-run", "nothing can be run at step {step}");
            press(page, ENTER).await?;
        }
        if ANSWERED.contains(&step) {
            let there = "return document.getElementById('lesson-answer').textContent.startsWith('It is: ')";
            page.browser.wait(&format!("the answer of step {step}"), RUN_TIMEOUT, there).await?;
            page.wait_state("done", RUN_TIMEOUT).await?;
        } else {
            let answer = text(page, "document.getElementById('lesson-answer').textContent").await?;
            ensure!(answer.starts_with("The answer comes with the run"), "step {step}: {answer}");
            page.table().await?.same_as(&before).with_context(|| format!("step {step}"))?;
        }
        let said = text(page, "document.querySelector('.lesson-guessed').innerText").await?;
        ensure!(said.contains("Your guess: "), "step {step}: {said}");
        guessed.push(said);
        let agree = "
            const chips = [...document.querySelectorAll('#lesson [data-claim]')];
            return chips.every((chip) => {
                const row = document.querySelector(`#claims [data-claim=${chip.dataset.claim}]`);
                return chip.dataset.verdict === row?.dataset.verdict;
            })";
        page.browser.wait(&format!("chips like the table at step {step}"), REACTION_TIMEOUT, agree).await?;
        if step < STEPS {
            tab_to(page, "lesson-next").await?;
            press(page, ENTER).await?;
            ensure!(focus(page).await? == "lesson-next", "the focus is lost after step {step}");
        }
    }
    back_to(page, "it.id === 'lesson-close'").await?;
    press(page, ENTER).await?;
    ensure!(focus(page).await? == "open-lesson", "the focus is on {}", focus(page).await?);
    ensure!(!text(page, "location.hash").await?.contains("lesson="), "the address has a lesson");
    press(page, ENTER).await?;
    let again = text(page, "document.querySelector('.lesson-guessed').innerText").await?;
    ensure!(Some(&again) == guessed.last(), "the last step had {guessed:?}, and has {again} now");
    Ok(())
}

/// axe-core finds no fault in the lesson: light, dark, guessed and with the answer, for a hall, and on a phone.
pub(crate) async fn axe_finds_nothing_in_it(page: &mut PageUnderTest) -> Result<()> {
    let source = crate::axe::source()?;
    for scheme in ["light", "dark"] {
        page.emulate_color_scheme(scheme).await?;
        page.visit(&format!("{PAUSABLE}&lesson=4")).await?;
        page.wait_state("ready", RUN_TIMEOUT).await?;
        check(page, &source, &format!("step 4, {scheme}")).await?;
        page.click("#lesson-skip").await?;
        page.click("#lesson-previous").await?;
        check(page, &source, &format!("step 3 with its slider, {scheme}")).await?;
    }
    // A page that opens a recorded run does not use the one that plays before anything is trained.
    page.expect_console("preloaded using link preload");
    page.visit("recorded=paper&lesson=9&present=1").await?;
    page.wait_state("done", RUN_TIMEOUT).await?;
    page.click("#lesson-skip").await?;
    check(page, &source, "step 9 answered, for a hall").await?;
    page.resize(360, 740, 3.0).await?;
    page.visit("preset=quick&lesson=6").await?;
    page.wait_state("ready", RUN_TIMEOUT).await?;
    check(page, &source, "on a phone").await?;
    page.click("#lesson-fold").await?;
    check(page, &source, "folded on a phone").await?;
    let width = page.browser.eval("return document.documentElement.scrollWidth").await?;
    ensure!(
        width.as_u64().is_some_and(|width| width <= 360),
        "the page is {width} px wide on a screen of 360"
    );
    Ok(())
}
