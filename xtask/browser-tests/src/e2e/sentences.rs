//! Checks over many runs that the page says what their reports show, and no more. Rule, grammar and runs stand in
//! `sentences.md` and `sentence-runs.txt`.

use super::{
    page_under_test::{PageUnderTest, RUN_TIMEOUT},
    reports::{CAPTURE_DOWNLOADS, exported},
};
use crate::sentence_check::{PageSentences, READ_SENTENCES, Tally, check, check_questions};
use anyhow::{Context, Result, ensure};

/// The runs, one a line.
const RUNS: &str = include_str!("../../sentence-runs.txt");

/// Waits until the page has been drawn.
const TWO_FRAMES: &str = "return new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(drawn))))";

/// The fragments of all runs, each with whether it belongs to the everyday ones.
fn runs() -> impl Iterator<Item = (&'static str, bool)> {
    let lines = RUNS.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(|line| line.strip_prefix("* ").map_or((line, false), |run| (run, true)))
}

/// The everyday runs.
pub(crate) async fn some_runs_say_what_they_show(page: &mut PageUnderTest) -> Result<()> {
    check_runs(page, runs().filter(|(_, everyday)| *everyday).map(|(run, _)| run)).await
}

/// All runs, which takes minutes.
pub(crate) async fn all_runs_say_what_they_show(page: &mut PageUnderTest) -> Result<()> {
    ensure!(runs().count() >= 50, "there are {} runs only", runs().count());
    check_runs(page, runs().map(|(run, _)| run)).await
}

async fn check_runs(page: &mut PageUnderTest, runs: impl Iterator<Item = &'static str>) -> Result<()> {
    page.before_every_page(CAPTURE_DOWNLOADS).await?;
    let (mut tally, mut count, mut wrong) = (Tally::default(), 0, Vec::new());
    let mut at_end = false;
    for run in runs {
        match check_run(page, run, at_end).await.with_context(|| format!("in {run}")) {
            Ok(counted) => {
                println!("       {run}: {counted:?}");
                tally.add(counted);
                at_end = true;
            }
            Err(error) => {
                println!("       {error:#}");
                wrong.push(format!("{error:#}"));
                at_end = false;
            }
        }
        count += 1;
    }
    page.note(format!("{count} runs: {} definite and {} unclear differences", tally.definite, tally.unclear));
    ensure!(
        wrong.is_empty(),
        "{} of {count} runs are not told as they are:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    Ok(())
}

/// Runs an experiment round by round, and checks the sentences before it and after each round. `goes_on` says whether the
/// page is at the end of another run.
async fn check_run(page: &mut PageUnderTest, run: &str, goes_on: bool) -> Result<Tally> {
    let run = &format!("{run}&speed=computed");
    if goes_on {
        // The workers keep their data where the fragment alone changes.
        let ready = page.times_in_state("ready").await?;
        page.browser.eval(&format!("location.hash = {}", serde_json::json!(run))).await?;
        page.wait_state_after("ready", ready).await?;
    } else {
        page.visit(run).await?;
        page.wait_state("ready", RUN_TIMEOUT).await?;
    }
    page.browser.eval(TWO_FRAMES).await?;
    check_questions(&sentences(page).await?)?;
    let mut tally = Tally::default();
    loop {
        let halts = "probe.states.filter((state) => ['paused', 'done', 'failed'].includes(state)).length";
        let before = page.browser.eval(&format!("return {halts}")).await?;
        page.click("#round").await?;
        let script = format!("return {halts} > {before}");
        page.browser.wait("the end of a round", RUN_TIMEOUT, &script).await?;
        // The state is the engine's and does not wait for the next frame, in which the display follows.
        page.browser.eval(TWO_FRAMES).await?;
        let shown = sentences(page).await?;
        let (_, report) = exported(page).await?;
        let counted = check(&report, &shown)?;
        tally.add(counted);
        turned_words_are_noticed(&report, &shown)?;
        if page.state().await? == "done" {
            return Ok(tally);
        }
    }
}

/// What the page says now.
async fn sentences(page: &PageUnderTest) -> Result<PageSentences> {
    PageSentences::read(&page.browser.eval(READ_SENTENCES).await?)
}

/// Turns each telling word of true sentences, which the checker has to notice.
fn turned_words_are_noticed(report: &str, shown: &PageSentences) -> Result<()> {
    const TURNS: [(&str, &str); 9] = [
        (" above ", " below "),
        (" below ", " above "),
        ("shows no clear difference from", "is 1.0 points above"),
        ("not clearly below", "clearly below"),
        ("sooner", "later"),
        ("not before", "at"),
        (" at iteration", " not before iteration"),
        ("In this run", "On the mean of 3 trials"),
        (" That makes it a winning ticket.", ""),
    ];
    for at in 0..shown.clone().all_mut().len() {
        for (word, turned) in TURNS {
            let mut false_page = shown.clone();
            let (id, text) = &mut false_page.all_mut()[at];
            if !text.contains(word) || text.ends_with('?') {
                continue;
            }
            **text = text.replacen(word, turned, 1);
            let said = format!("#{id}: {text}");
            ensure!(check(report, &false_page).is_err(), "the checker takes this for true: {said}");
        }
    }
    Ok(())
}
