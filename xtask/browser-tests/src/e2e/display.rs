//! Tests of what is shown of a run, and of the timeline.

use super::{
    page_under_test::{PageUnderTest, REACTION_TIMEOUT, RUN_TIMEOUT},
    play_through::SMALL,
};
use anyhow::{Context, Result, ensure};
use serde_json::Value;

/// A run that the display plays in some ten seconds.
const PLAYED: &str = "preset=quick&seed=5&iterations=200&rounds=2&eval_every=20";

/// Notes in each frame what the parts of the page speak of.
const WATCH: &str = "
    probe.frames = [];
    const watch = () => {
        const text = (id) => document.getElementById(id).textContent;
        probe.frames.push({
            preview: document.body.dataset.preview,
            round: document.body.dataset.shownRound,
            stage: document.querySelector('[data-stage][aria-current]')?.dataset.stage ?? '',
            where: text('where'),
            caption: text('caption'),
            headline: text('headline'),
            curve: document.getElementById('curves').dataset.end ?? '',
            mask: document.getElementById('mask-units').dataset.round ?? '',
            rows: String(document.querySelectorAll('#rounds tbody tr:not([hidden])').length),
        });
        requestAnimationFrame(watch);
    };
    requestAnimationFrame(watch);";

/// What one frame has shown.
struct Frame<'a>(&'a Value);

impl Frame<'_> {
    fn text(&self, name: &str) -> &str {
        self.0[name].as_str().unwrap_or_default()
    }
}

/// In each frame of a run at normal speed, stage, round, status, the end of the curve as drawn and the mask speak of the
/// same moment, and the headline changes at the ends of rounds only.
pub(crate) async fn every_frame_speaks_of_one_moment(page: &mut PageUnderTest) -> Result<()> {
    page.visit(PLAYED).await?;
    page.wait_state("ready", RUN_TIMEOUT).await?;
    page.browser.eval(WATCH).await?;
    page.click("#play").await?;
    page.wait_state("done", RUN_TIMEOUT).await?;
    let end = "return document.querySelector('#play').disabled";
    page.browser.wait("the end of the display", RUN_TIMEOUT, end).await?;
    let frames = page.browser.eval("return probe.frames").await?;
    let frames: Vec<Frame<'_>> = frames.as_array().context("no frames")?.iter().map(Frame).collect();
    let begun: Vec<&Frame<'_>> = frames
        .iter()
        .filter(|frame| !frame.text("stage").is_empty() && frame.text("preview") == "0")
        .collect();
    let mut headlines = 0;
    for (at, frame) in begun.iter().enumerate() {
        let (round, stage, said) = (frame.text("round"), frame.text("stage"), frame.text("where"));
        let all = || frame.0.to_string();
        // The last status speaks of the whole run.
        let is_over = said.starts_with("Done");
        ensure!(is_over || said.contains(&format!("Round {round} of 2")), "{}", all());
        let (curve_round, curve_end) = frame.text("curve").split_once('.').unwrap_or(("", ""));
        // While the first weights are read, there is no curve of the round yet.
        ensure!(curve_round == round || (stage == "rewind" && curve_round.is_empty()), "{}", all());
        let mask = if stage == "prune" { round.parse::<u32>()? + 1 } else { round.parse()? };
        ensure!(frame.text("mask") == mask.to_string(), "{}", all());
        match stage {
            "rewind" => ensure!(said.contains("before training") && curve_end != "200", "{}", all()),
            "prune" => ensure!(said.contains("pruning") && curve_end == "200", "{}", all()),
            _ => ensure!(is_over || said.contains(&format!("iteration {curve_end} of 200")), "{}", all()),
        }
        if at > 0 && begun[at - 1].text("headline") != frame.text("headline") {
            headlines += 1;
            ensure!(stage != "train" || curve_end == "200", "the headline changes within a round: {}", all());
        }
        let over = round.parse::<usize>()? + usize::from(curve_end == "200");
        ensure!(frame.text("rows") == [0, 1, 3, 5][over].to_string(), "{}", all());
    }
    ensure!(begun.len() > 100 && headlines >= 3, "{} frames, {headlines} headlines", begun.len());
    page.note(format!("{} frames, {headlines} headlines", begun.len()));
    Ok(())
}

/// The keys of a slider move the shown moment, and Space plays and holds.
pub(crate) async fn the_timeline_obeys_keys(page: &mut PageUnderTest) -> Result<()> {
    page.autoplay(SMALL).await?;
    page.browser.eval("document.getElementById('timeline').focus()").await?;
    let said = "return document.getElementById('timeline').getAttribute('aria-valuetext')";
    // Home, Page Up, Page Up, the right arrow, the left arrow and End, as WebDriver encodes them.
    for (key, expected) in [
        ("\u{e011}", "Round 0 of 2 · 100% of weights left · before training"),
        ("\u{e00e}", "Round 0 of 2 · 100% of weights left · iteration 60 of 60"),
        ("\u{e00e}", "Round 1 of 2 · 50.1% of weights left · iteration 60 of 60"),
        ("\u{e014}", "Round 1 of 2 · 50.1% of weights left · pruning"),
        ("\u{e012}", "Round 1 of 2 · 50.1% of weights left · iteration 60 of 60"),
        ("\u{e012}", "Round 1 of 2 · 50.1% of weights left · iteration 40 of 60"),
        ("\u{e010}", "Round 2 of 2 · 25.1% of weights left · iteration 60 of 60"),
    ] {
        page.browser.client.active_element().await?.send_keys(key).await?;
        let script = format!("{said} === {}", serde_json::json!(expected));
        let waited = page.browser.wait(expected, REACTION_TIMEOUT, &script).await;
        let now = page.browser.eval(said).await?;
        waited.with_context(|| format!("the timeline says {now}"))?;
        let round = page.browser.eval("return document.body.dataset.shownRound").await?;
        ensure!(expected.contains(&format!("Round {}", round.as_str().unwrap_or_default())), "{round}");
    }
    ensure!(page.state().await? == "done", "the engine's state has changed");
    Ok(())
}

/// A link that differs in settings of the display alone changes what is shown, and the run stays.
pub(crate) async fn settings_of_the_display_restart_nothing(page: &mut PageUnderTest) -> Result<()> {
    page.autoplay(SMALL).await?;
    let table = page.table().await?;
    let link = format!("location.hash = '{SMALL}&speed=slow&at=1.40.train&view=masks'");
    page.browser.eval(&link).await?;
    let there = "return document.body.dataset.shownRound === '1' && document.body.dataset.view === 'masks'";
    page.browser.wait("the moment of the link", REACTION_TIMEOUT, there).await?;
    ensure!(page.state().await? == "done", "the run has started again");
    page.table().await?.same_as(&table)?;
    let fragment = page.browser.eval("return location.hash").await?;
    let fragment = fragment.as_str().unwrap_or_default().to_owned();
    ensure!(fragment.contains("speed=slow") && fragment.contains("view=masks"), "{fragment}");
    Ok(())
}
