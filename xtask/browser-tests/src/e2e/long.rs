//! Tests of runs that go on for long: in a hidden tab, with thousands of rows, with hundreds of jobs; and of reports of other
//! versions and runs of which there is one of everything.

use super::{
    page_under_test::{PageUnderTest, REACTION_TIMEOUT, RUN_TIMEOUT, number},
    reports::{CAPTURE_DOWNLOADS, exported, import, refused_text},
};
use crate::memory;
use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::time::sleep;

/// A run of 41 rounds, whose lines make reports of as many seeds as are wanted.
const DEEP: &str = "preset=quick&seed=1&iterations=2&eval_every=1&rounds=40&rate=0.1&output_rate=0.1&arms=ticket&trials=1&speed=computed";
/// Rows of one seed of [`DEEP`].
const ROWS_A_SEED: usize = 41;
/// The most rows that are there at first.
const ROWS_AT_ONCE: usize = 400;
/// A run with one of everything.
const ONE_OF_EACH: &str = "preset=quick&seed=1&iterations=1&eval_every=1&rounds=1&hidden=1&arms=dense,ticket,reinit&trials=1&speed=computed";
/// The rows of the table.
const ROWS: &str = "return document.querySelectorAll('#rounds tbody tr').length";
/// What the store says of the number of finished jobs.
const STORED_JOBS: &str = "return new Promise((resolve, reject) => {
    const opened = indexedDB.open('ticket-lab');
    opened.onerror = () => reject(opened.error);
    opened.onsuccess = () => {
        const count = opened.result.transaction('jobs').objectStore('jobs').count();
        count.onsuccess = () => { opened.result.close(); resolve(count.result) };
    };
})";

/// A report of seeds from 1 on, all with the results of the first.
fn report_of_seeds(of_one: &str, seeds: usize) -> Result<String> {
    let (head, jobs) = of_one.split_once('\n').context("a report has a first line")?;
    let all: Vec<String> = (1..=seeds).map(|seed| seed.to_string()).collect();
    ensure!(head.contains("\"seeds\":[1]") && jobs.matches("\"trial\":1,").count() == ROWS_A_SEED);
    let head = head.replacen("\"seeds\":[1]", &format!("\"seeds\":[{}]", all.join(",")), 1);
    let jobs = all.iter().map(|seed| jobs.replace("\"trial\":1,", &format!("\"trial\":{seed},")));
    Ok(format!("{head}\n{}", jobs.collect::<String>()))
}

async fn rows(page: &PageUnderTest) -> Result<usize> {
    Ok(number(&page.browser.eval(ROWS).await?)? as usize)
}

/// A report of [`DEEP`].
async fn deep_report(page: &mut PageUnderTest) -> Result<String> {
    page.before_every_page(CAPTURE_DOWNLOADS).await?;
    page.autoplay(DEEP).await?;
    Ok(exported(page).await?.1)
}

/// While another tab is in front, rows, the title of the tab and the store follow the run.
pub(crate) async fn a_hidden_tab_is_kept_up_to_date(page: &mut PageUnderTest) -> Result<()> {
    page.visit(
        "preset=quick&seed=2&iterations=150&rounds=40&rate=0.1&output_rate=0.1&hidden=30,20&speed=computed",
    )
    .await?;
    page.wait_state("ready", RUN_TIMEOUT).await?;
    let title = "return document.title";
    ensure!(page.browser.eval(title).await? == "Ticket Lab", "the title does not begin with the page's");
    page.click("#play").await?;
    page.browser.wait("a row", RUN_TIMEOUT, ROWS).await?;
    page.browser.client.minimize_window().await?;
    page.browser.wait("a hidden page", REACTION_TIMEOUT, "return document.hidden").await?;
    let before = page.browser.eval(title).await?;
    let (rows_before, stored_before) = (rows(page).await?, number(&page.browser.eval(STORED_JOBS).await?)?);
    ensure!(before.as_str().is_some_and(|title| title.ends_with(" · Ticket Lab")), "the title is {before}");
    // The last redraw was a second ago at most.
    page.browser.wait("three more rows", REACTION_TIMEOUT, &format!("{ROWS} >= {}", rows_before + 3)).await?;
    page.browser
        .wait("another title", REACTION_TIMEOUT, &format!("return document.title !== {before}"))
        .await?;
    ensure!(number(&page.browser.eval(STORED_JOBS).await?)? > stored_before, "the store stands still");
    page.wait_state("done", RUN_TIMEOUT).await?;
    page.browser
        .wait("the title of the end", REACTION_TIMEOUT, "return document.title.startsWith('Done')")
        .await?;
    ensure!(rows(page).await? == 81, "{} rows", rows(page).await?);
    ensure!(number(&page.browser.eval(STORED_JOBS).await?)? == 81.0, "not all jobs are stored");
    ensure!(page.browser.eval("return document.hidden").await? == true, "the page was shown");
    Ok(())
}

/// Of many rows the first are there, and more on request; a shorter run has all of its own.
pub(crate) async fn long_tables_are_drawn_as_far_as_they_are_seen(page: &mut PageUnderTest) -> Result<()> {
    let one = deep_report(page).await?;
    ensure!(!page.find("#more-rows").await?.is_displayed().await?, "{ROWS_A_SEED} rows are not enough");
    let seeds = 21;
    import(page, &[("many.jsonl", &report_of_seeds(&one, seeds)?)]).await?;
    page.browser.wait("more rows", REACTION_TIMEOUT, &format!("{ROWS} > {ROWS_A_SEED}")).await?;
    let last = "return document.querySelector('#rounds tbody tr:last-child').dataset";
    for (at, there) in [ROWS_AT_ONCE, 2 * ROWS_AT_ONCE, seeds * ROWS_A_SEED].into_iter().enumerate() {
        page.browser.wait("the rows", REACTION_TIMEOUT, &format!("{ROWS} === {there}")).await?;
        let row = page.browser.eval(last).await?;
        let (seed, round) = ((there - 1) / ROWS_A_SEED + 1, (there - 1) % ROWS_A_SEED);
        let stands_at =
            [&row["trial"], &row["round"]].map(|value| value.as_str().unwrap_or_default().to_owned());
        ensure!(stands_at == [seed.to_string(), round.to_string()], "the last is {row}");
        let rowcount = page.find("#rounds").await?.attr("aria-rowcount").await?;
        ensure!(rowcount.as_deref() == Some("862"), "aria-rowcount is {rowcount:?}");
        if at < 2 {
            let said = page.find("#more-rows").await?.text().await?;
            ensure!(said.contains(&format!("first {there} of 861")), "{said}");
            page.click("#show-more-rows").await?;
        }
    }
    ensure!(!page.find("#more-rows").await?.is_displayed().await?, "there are more than all rows");
    import(page, &[("one.jsonl", &one)]).await?;
    page.browser.wait("the short run", REACTION_TIMEOUT, &format!("{ROWS} === {ROWS_A_SEED}")).await?;
    Ok(())
}

/// Where there is one of something, it is said so: nowhere “1 rounds”.
pub(crate) async fn one_of_everything_is_said_in_the_singular(page: &mut PageUnderTest) -> Result<()> {
    page.visit(ONE_OF_EACH).await?;
    page.wait_state("ready", RUN_TIMEOUT).await?;
    let mut said = vec![page.browser.eval(ALL_WORDS).await?];
    page.click("#play").await?;
    page.wait_state("done", RUN_TIMEOUT).await?;
    page.browser.eval("document.querySelectorAll('details').forEach((one) => { one.open = true })").await?;
    said.push(page.browser.eval(ALL_WORDS).await?);
    page.visit("preset=quick&iterations=1&eval_every=1&rounds=0&trials=1&arms=ticket&hidden=1").await?;
    page.wait_state("ready", RUN_TIMEOUT).await?;
    said.push(page.browser.eval(ALL_WORDS).await?);
    // What a user has entered comes back in sentences with one full stop.
    page.visit("trials=1 to 100..&rounds=99.&batch=0&seeds=1-2..").await?;
    let refused = refused_text(page).await?;
    ensure!(refused.contains("1 to 1000.") && !refused.contains("1000.."), "{refused}");
    for words in said {
        let found = words.as_array().context("no words")?;
        ensure!(found.is_empty(), "{found:?}");
    }
    Ok(())
}

/// Words that follow a lone 1 as if there were several, and doubled full stops, in all that can be read or heard.
const ALL_WORDS: &str = r"
    const heard = [...document.querySelectorAll('[aria-label], [aria-valuetext], [title]')]
        .flatMap((one) => ['aria-label', 'aria-valuetext', 'title'].map((name) => one.getAttribute(name) ?? ''));
    const read = [...document.body.querySelectorAll('*:not(script, style)')].flatMap((one) =>
        [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim()) ? [one.textContent] : []);
    const wrong = /(^|[^\d.,×–-])1 (?!is|was|has|loss|plus|less|across|its|as|this|s\b)[a-z-]+s\b|[^.]\.\.(?!\.)/;
    return [...new Set([...heard, ...read].filter((text) => wrong.test(text)))];";

/// A report of a newer version is called that, and a byte order mark changes nothing.
pub(crate) async fn other_versions_and_marks_are_told_apart(page: &mut PageUnderTest) -> Result<()> {
    page.before_every_page(CAPTURE_DOWNLOADS).await?;
    page.autoplay("preset=quick&seed=3&iterations=20&eval_every=10&rounds=1&hidden=30,20&speed=computed")
        .await?;
    let (_, report) = exported(page).await?;
    for version in ["3", "\"3.0\""] {
        let newer = report.replacen("\"version\":2", &format!("\"version\":{version}"), 1);
        import(page, &[("newer.jsonl", &newer)]).await?;
        let said = refused_text(page).await?;
        ensure!(said.contains("a newer version of Ticket Lab") && said.contains("reload the page"), "{said}");
        page.browser.eval("document.querySelector('#refused').hidden = true").await?;
    }
    page.visit("preset=quick&seed=9").await?;
    page.wait_state("ready", RUN_TIMEOUT).await?;
    import(page, &[("marked.jsonl", &format!("\u{feff}{report}"))]).await?;
    page.wait_state("done", REACTION_TIMEOUT).await
}

/// How much memory the page and its workers take, in megabytes, after garbage has been collected.
async fn settled_megabytes(page: &PageUnderTest) -> Result<f64> {
    for _ in 0..4 {
        page.browser.cdp("HeapProfiler.collectGarbage", json!({})).await?;
        // What the page has let go of, the allocator of the browser gives back some seconds later.
        sleep(Duration::from_secs(4)).await;
    }
    Ok(memory::renderer_bytes()? as f64 / 1e6)
}

/// 8,200 rows take at most 150 MB more than 100. Each report is opened in a browser of its own, because a page that was left may
/// be kept for going back.
pub(crate) async fn eight_thousand_rows_take_little_memory(page: &mut PageUnderTest) -> Result<()> {
    let mut other = page.open_another().await?;
    let one = deep_report(&mut other).await?;
    other.finish(Ok(()), "long::deep_report").await?;
    let mut taken: Vec<f64> = vec![];
    for seeds in [100_usize.div_ceil(ROWS_A_SEED), 8_200 / ROWS_A_SEED] {
        let mut other = page.open_another().await?;
        let opened = megabytes_of_report(&mut other, &report_of_seeds(&one, seeds)?).await;
        let notes = other.notes().join("\n");
        taken.extend(opened.as_ref().ok());
        other.finish(opened.map(drop), "long::opened_report").await?;
        page.note(format!("{} rows, {notes}", seeds * ROWS_A_SEED));
    }
    println!("{}", page.notes().join("\n"));
    ensure!(taken[1] - taken[0] <= 150.0, "{:.0} MB more", taken[1] - taken[0]);
    // The browser of this test shows a page too, as every test must.
    page.visit("preset=quick&seed=9").await?;
    page.wait_state("ready", RUN_TIMEOUT).await
}

/// Opens a report and says how much memory all pages take then, in megabytes.
async fn megabytes_of_report(page: &mut PageUnderTest, report: &str) -> Result<f64> {
    page.visit("preset=quick&seed=9").await?;
    page.wait_state("ready", RUN_TIMEOUT).await?;
    let begun = std::time::Instant::now();
    import(page, &[("many.jsonl", report)]).await?;
    page.wait_state("done", RUN_TIMEOUT).await?;
    let opened = begun.elapsed().as_secs_f64();
    let tasks = page.browser.eval("return probe.longTasks.filter((one) => one > 200)").await?;
    let megabytes = settled_megabytes(page).await?;
    let size = report.len() / 1_000_000;
    page.note(format!(
        "{size} MB of report: {megabytes:.0} MB, opened in {opened:.1} s, long tasks {tasks} ms"
    ));
    Ok(megabytes)
}

/// After as many jobs the budget of kept weights is full: 64 MB, and each network takes one.
const JOBS_BEFOREHAND: usize = 80;
/// As many jobs are watched.
const WATCHED_JOBS: usize = 300;
/// As many of them are compared, the first with the last.
const COMPARED: usize = 100;

/// 300 jobs of one mask, with the budget of kept weights full beforehand, take at most 5% more memory and time for a step in the
/// end than at first.
pub(crate) async fn three_hundred_jobs_stay_flat(page: &mut PageUnderTest) -> Result<()> {
    let jobs = JOBS_BEFOREHAND + WATCHED_JOBS;
    page.visit(&format!(
        "preset=quick&seeds=1-{jobs}&iterations=100&eval_every=50&hidden=100&rounds=0&arms=ticket&speed=computed&autoplay=1"
    ))
    .await?;
    let digest = "return Number(document.querySelector('#digest').dataset.done ?? 0)";
    let mut readings: Vec<(f64, f64)> = vec![];
    for count in (JOBS_BEFOREHAND..=jobs).step_by(10) {
        let what = format!("{count} jobs");
        page.browser.wait(&what, Duration::from_secs(300), &format!("{digest} >= {count}")).await?;
        page.browser.cdp("HeapProfiler.collectGarbage", json!({})).await?;
        readings.push((count as f64, memory::renderer_bytes()? as f64 / 1e6));
    }
    page.wait_state("done", RUN_TIMEOUT).await?;
    let kept = page.browser.eval("return document.querySelector('#kept-note').textContent").await?;
    let seconds: Value = page.browser.eval(SECONDS).await?;
    let seconds: Vec<f64> =
        seconds.as_array().context("no rows")?.iter().map(number).collect::<Result<_>>()?;
    ensure!(seconds.len() == jobs, "{} rows of {jobs}", seconds.len());
    let watched = &seconds[JOBS_BEFOREHAND..];
    // The quickest tenth, because whatever else the machine does makes jobs slower and none quicker.
    let quick = |seconds: &[f64]| sorted(seconds)[COMPARED / 10];
    let (first, last) = (quick(&watched[..COMPARED]), quick(&watched[WATCHED_JOBS - COMPARED..]));
    let memory: Vec<f64> = readings.iter().map(|(_, megabytes)| *megabytes).collect();
    let third = memory.len() / 3;
    let (small, large) = (median(&memory[..third]), median(&memory[memory.len() - third..]));
    println!("{kept}\nmemory {:?} MB", memory.iter().map(|one| one.round()).collect::<Vec<_>>());
    page.note(format!(
        "memory {small:.0} MB, then {large:.0} MB ({:+.1}%); a job {first:.3} s, then {last:.3} s ({:+.1}%)",
        100.0 * (large / small - 1.0),
        100.0 * (last / first - 1.0)
    ));
    println!("{}", page.notes().join("\n"));
    ensure!(large <= 1.05 * small, "memory went from {small:.0} to {large:.0} MB");
    ensure!(last <= 1.05 * first, "a job took {first:.3} s and then {last:.3} s");
    Ok(())
}

/// The seconds of all jobs, in the order of the seeds, in which they run.
const SECONDS: &str =
    "return [...document.querySelectorAll('#rounds tbody tr')].map((row) => Number(row.dataset.seconds))";

fn sorted(numbers: &[f64]) -> Vec<f64> {
    let mut sorted = numbers.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted
}

fn median(numbers: &[f64]) -> f64 {
    sorted(numbers)[numbers.len() / 2]
}
