//! Tests of browsers that are killed in the middle of a run: each time at most the jobs under way are lost.

use super::{
    page_under_test::{PageUnderTest, RUN_TIMEOUT},
    saved::{Profile, go_on, report, rows, undisturbed, wait_rows},
};
use crate::browser::{Browser, kill_browser_of};
use anyhow::{Result, ensure};
use serde_json::json;
use std::time::{Duration, Instant};
use tokio::time::sleep;

/// A run with so many jobs that a browser can be killed twenty times before it is over. Each takes a few tenths of a second.
const LONG_RUN: &str = "preset=quick&seed=3&iterations=300&rounds=20&rate=0.2&output_rate=0.1&eval_every=100&arms=ticket,reinit,norewind&workers=2&speed=computed";
/// The most jobs that can be under way: one a worker.
const UNDER_WAY: usize = 2;
/// A job that was done this long before a kill has been written.
const WRITTEN_AFTER: Duration = Duration::from_millis(200);

/// What a kill has cost.
struct Kill {
    /// How long this browser had trained.
    moment: Duration,
    /// The number of jobs that were done.
    done: usize,
    /// The number of jobs that the next browser brought back.
    kept: usize,
    /// The number of jobs that were done and not brought back. They were done in the last instant.
    lost: usize,
}

impl Kill {
    fn line(&self, number: usize) -> String {
        let Kill { moment, done, kept, lost } = self;
        format!("{number:>4}  {:>8.2} s  {done:>11}  {kept:>10}  {lost:>9}", moment.as_secs_f64())
    }
}

/// Lets a run go on until a moment, kills the browser, and returns the rows of the jobs that had been done for a while, and
/// those of all jobs.
async fn kill_at(
    browser: Browser,
    profile: &Profile,
    jobs: usize,
    delay: Duration,
) -> Result<[Vec<String>; 2]> {
    wait_rows(&browser, jobs).await?;
    sleep(delay).await;
    let written = rows(&browser).await?;
    sleep(WRITTEN_AFTER).await;
    let done = rows(&browser).await?;
    kill_browser_of(&profile.0)?;
    browser.forget().await;
    Ok([written, done])
}

/// Kills the browser as often as asked and goes on each time. No kill may cost a job that had been done for a while, nor more
/// jobs than can be under way; the final report is that of an undisturbed run.
async fn kill_and_go_on(
    page: &mut PageUnderTest,
    fragment: &str,
    times: usize,
    name: &str,
) -> Result<Vec<Kill>> {
    let (address, profile) = (page.address().await?, Profile::new(name));
    let mut kills = Vec::new();
    let mut browser = page.open_in(&profile.0).await?;
    browser.goto(&format!("{address}#{fragment}&autoplay=1")).await?;
    let mut kept = Vec::new();
    for time in 0..times {
        let start = Instant::now();
        // Most are killed a while after another job was done, some before that. The moments are spread over half a second.
        let jobs = if time % 4 == 3 { kept.len() } else { kept.len() + 1 };
        let delay = Duration::from_millis(time as u64 * 307 % 500);
        let [written, done] = kill_at(browser, &profile, jobs, delay).await?;
        let moment = start.elapsed();
        browser = page.open_in(&profile.0).await?;
        browser.goto(&address).await?;
        kept = go_on(&browser).await?;
        let lost = |done: &[String]| done.iter().filter(|row| !kept.contains(row)).count();
        let kill = Kill { moment, done: done.len(), kept: kept.len(), lost: lost(&done) };
        ensure!(
            lost(&written) == 0 && kill.lost <= UNDER_WAY,
            "kill {} has cost finished jobs: {}",
            time + 1,
            kill.line(time + 1)
        );
        kills.push(kill);
        let state =
            "return ['paused', 'done'].includes(document.body.dataset.state) && document.body.dataset.state";
        let state = browser.wait("a pause", RUN_TIMEOUT, state).await?;
        ensure!(state == json!("paused"), "the run was over after {} kills: it needs more jobs", time + 1);
        browser.eval("document.querySelector('#play').click()").await?;
    }
    browser.wait("the end of the run", RUN_TIMEOUT, "return document.body.dataset.state === 'done'").await?;
    let resumed = report(&browser).await?;
    browser.close().await?;
    let lost: usize = kills.iter().map(|kill| kill.lost).sum();
    page.note(format!(
        "killed {times} times; {lost} jobs lost that were done; {} lines of report",
        resumed.len()
    ));
    ensure!(undisturbed(page, fragment).await? == resumed, "the reports differ");
    Ok(kills)
}

/// The browser is killed three times.
pub(crate) async fn a_killed_browser_goes_on(page: &mut PageUnderTest) -> Result<()> {
    let short = LONG_RUN.replace("iterations=300&rounds=20", "iterations=150&rounds=6");
    kill_and_go_on(page, &short, 3, "killed").await.map(|_| ())
}

/// The browser is killed twenty times. What each has cost is printed.
pub(crate) async fn a_browser_killed_at_twenty_moments_goes_on(page: &mut PageUnderTest) -> Result<()> {
    let kills = kill_and_go_on(page, LONG_RUN, 20, "killed-often").await?;
    println!("kill      moment  done before  kept after  lost jobs");
    kills.iter().enumerate().for_each(|(at, kill)| println!("{}", kill.line(at + 1)));
    Ok(())
}
