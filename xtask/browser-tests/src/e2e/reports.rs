//! Tests of report files, recorded runs, the paper's claims, and steps with more jobs than workers.

use super::page_under_test::{PageUnderTest, REACTION_TIMEOUT, RUN_TIMEOUT, number};
use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use std::fs;

/// Three arms for one worker. A run takes a second or two.
const MORE_JOBS_THAN_WORKERS: &str = "preset=quick&seed=3&iterations=20&eval_every=10&rounds=2&hidden=30,20&arms=ticket,reinit,random&workers=1&speed=computed";
/// A similar experiment with the default arms. It does not set the number of workers, because reports lack it.
pub(crate) const ONE_TRIAL: &str =
    "preset=quick&seed=3&iterations=20&eval_every=10&rounds=2&hidden=30,20&speed=computed";

/// Stores the files that the page offers for saving, so that a test can read them.
pub(crate) const CAPTURE_DOWNLOADS: &str = "
    globalThis.kept = [];
    const make = URL.createObjectURL;
    URL.createObjectURL = (blob) => { kept.offered = performance.now(); blob.text().then((text) => kept.push(text)); return make.call(URL, blob) };
    HTMLAnchorElement.prototype.click = function () { kept.name = this.download }";

/// Exports a report and returns the name and the text of the file.
pub(crate) async fn exported(page: &PageUnderTest) -> Result<(String, String)> {
    page.browser.eval("kept.length = 0").await?;
    page.browser.eval("document.querySelector('#export').click()").await?;
    let text = page.browser.wait("an exported report", REACTION_TIMEOUT, "return kept[0]").await?;
    let name = page.browser.eval("return kept.name").await?;
    let words = |value: &Value| value.as_str().map(str::to_owned).context("the export is no text");
    Ok((words(&name)?, words(&text)?))
}

/// Chooses report files for import, as a user would.
pub(crate) async fn import(page: &PageUnderTest, files: &[(&str, &str)]) -> Result<()> {
    let dir = std::env::temp_dir().join(format!("ticket-lab-reports-{}", std::process::id()));
    fs::create_dir_all(&dir)?;
    let mut paths = Vec::new();
    for (name, text) in files {
        fs::write(dir.join(name), text)?;
        paths.push(dir.join(name).to_string_lossy().into_owned());
    }
    page.find("#import-files").await?.send_keys(&paths.join("\n")).await?;
    Ok(())
}

/// The visible text of `#refused`, as soon as there is any.
pub(crate) async fn refused_text(page: &PageUnderTest) -> Result<String> {
    let script = "
        const refused = document.querySelector('#refused');
        return refused.checkVisibility() && refused.innerText.trim()";
    let said = page.browser.wait("a message in #refused", REACTION_TIMEOUT, script).await?;
    Ok(said.as_str().unwrap_or_default().to_owned())
}

/// The verdicts on the paper's claims in their order, as soon as there are any.
async fn verdicts(page: &PageUnderTest) -> Result<Value> {
    let script = "
        const verdicts = [...document.querySelectorAll('#claims [data-claim]')].map((row) => row.dataset.verdict);
        return verdicts.length && verdicts";
    page.browser.wait("scored claims", REACTION_TIMEOUT, script).await
}

/// The iteration that the stage strip shows.
async fn iteration(page: &PageUnderTest) -> Result<f64> {
    let script =
        "return Number(document.querySelector('#where').textContent.match(/iteration (\\d+) of/)?.[1])";
    number(&page.browser.eval(script).await?)
}

/// With one worker, three arms reach the same validation and then the same end. The table is the same as with several
/// workers.
pub(crate) async fn one_worker_steps_many_jobs(page: &mut PageUnderTest) -> Result<()> {
    let many = page.autoplay(&MORE_JOBS_THAN_WORKERS.replace("&workers=1", "&workers=3")).await?;
    page.visit(MORE_JOBS_THAN_WORKERS).await?;
    page.wait_state("ready", RUN_TIMEOUT).await?;
    ensure!(
        page.value("#set-workers").await? == "1",
        "#set-workers is {}",
        page.value("#set-workers").await?
    );
    page.click_until_paused("#round").await?;
    page.click_until_paused("#step").await?;
    ensure!(page.table().await?.0.len() == 1, "a step of round 1 finished a job of it");
    ensure!(iteration(page).await? == 10.0, "the page stands at iteration {}", iteration(page).await?);
    page.click_until_paused("#step").await?;
    ensure!(
        page.table().await?.0.len() == 4,
        "{} rows after the last step of round 1",
        page.table().await?.0.len()
    );
    page.click("#play").await?;
    page.wait_state("done", RUN_TIMEOUT).await?;
    page.table().await?.same_as(&many)?;
    let hash = page.browser.eval("return location.hash").await?.to_string();
    ensure!(hash.contains("workers=1"), "the address forgets the workers: {hash}");
    Ok(())
}

/// An imported report shows the same table as the run that was exported. A report from the middle of a run can be
/// continued. A file that is not a report is rejected and changes nothing.
pub(crate) async fn reports_come_back(page: &mut PageUnderTest) -> Result<()> {
    page.before_every_page(CAPTURE_DOWNLOADS).await?;
    page.visit(ONE_TRIAL).await?;
    page.wait_state("ready", RUN_TIMEOUT).await?;
    ensure!(page.is_disabled("#export").await?, "#export can be clicked before anything is done");
    page.click_until_paused("#round").await?;
    let (_, part) = exported(page).await?;
    page.click("#play").await?;
    page.wait_state("done", RUN_TIMEOUT).await?;
    let table = page.table().await?;
    let (name, whole) = exported(page).await?;
    ensure!(name.starts_with("ticket-lab-") && name.ends_with(".jsonl"), "the file is called {name}");
    page.note(format!("{name}: {} bytes", whole.len()));

    page.visit("preset=quick&seed=9").await?;
    page.wait_state("ready", RUN_TIMEOUT).await?;
    import(page, &[("whole.jsonl", &whole)]).await?;
    page.wait_state("done", REACTION_TIMEOUT).await?;
    let read = page.table().await?;
    read.same_as(&table)?;
    ensure!(page.value("#seed").await? == "3", "#seed is {}", page.value("#seed").await?);
    ensure!(exported(page).await?.1 == whole, "an imported report is exported otherwise");

    import(page, &[("whole.jsonl", &whole), ("broken.jsonl", "nonsense")]).await?;
    let message = refused_text(page).await?;
    ensure!(message.contains("broken.jsonl") && message.contains("not a report"), "{message}");
    ensure!(
        page.state().await? == "done" && page.table().await? == read,
        "what is refused changes something"
    );

    // Each bad file has a line of its own, up to five.
    let names: Vec<String> = (1..=7).map(|number| format!("broken {number}.jsonl")).collect();
    let broken: Vec<(&str, &str)> = names.iter().map(|name| (&name[..], "nonsense")).collect();
    import(page, &broken).await?;
    let script = "
        const lines = [...document.querySelectorAll('#refused p')].map((line) => line.textContent);
        return lines.length > 1 && lines";
    let lines = page.browser.wait("a list of refusals", REACTION_TIMEOUT, script).await?;
    let line = |at: usize| lines[at].as_str().unwrap_or_default();
    ensure!(line(0).starts_with("broken 1.jsonl: ") && line(4).starts_with("broken 5.jsonl: "), "{lines}");
    ensure!(line(5) == "and 2 more" && lines[6].is_null(), "{lines}");

    import(page, &[("part.jsonl", &part)]).await?;
    page.wait_state("paused", REACTION_TIMEOUT).await?;
    ensure!(page.table().await?.0.len() == 1, "half a report has {} rows", page.table().await?.0.len());
    page.click("#play").await?;
    page.wait_state("done", RUN_TIMEOUT).await?;
    page.table().await?.same_as(&table)
}

/// An infinite loss is shown on the page, and survives the export to a file and the import from it.
pub(crate) async fn a_loss_beyond_all_numbers_comes_through(page: &mut PageUnderTest) -> Result<()> {
    page.before_every_page(CAPTURE_DOWNLOADS).await?;
    page.visit("preset=quick&seed=9").await?;
    page.wait_state("ready", RUN_TIMEOUT).await?;
    let (head, line) = GOLDEN[1].split_once('\n').context("no head")?;
    let line = line.split(",\"min_loss\":").next().context("no job")?;
    let diverged = format!(
        "{head}\n{},\"min_loss\":null,\"test_early\":[980,10000],\"test_end\":[980,10000],\"train_early\":[5400,55000],\
         \"train_end\":[5400,55000],\"iterations\":30,\"batch\":60,\"multiply_adds\":58068000,\
         \"dense_multiply_adds\":58068000,\"curve\":[[10,null,500],[20,null,500],[30,null,500]],\"seconds\":1.0}}\n",
        line.replace("\"early_stop\":30", "\"early_stop\":10")
    );
    import(page, &[("diverged.jsonl", &diverged)]).await?;
    page.wait_state("paused", REACTION_TIMEOUT).await?;
    let table = page.table().await?;
    let losses: Vec<&str> = table.0.iter().map(|row| row.attribute("validationLoss")).collect();
    ensure!(losses == ["Infinity"; 2], "the losses of the table are {losses:?}");
    let (_, back) = exported(page).await?;
    ensure!(back == diverged, "the file that comes back is\n{back}\nand not\n{diverged}");
    Ok(())
}

/// The fragment of a small experiment with every arm, and its report without seconds. The native tests use the same
/// files.
const GOLDEN: [&str; 2] = [
    include_str!("../../../../tests/golden/report.txt"),
    include_str!("../../../../tests/golden/report.jsonl"),
];

/// The exported report has the same text as that of the native program, for any number of workers.
pub(crate) async fn report_is_the_native_one(page: &mut PageUnderTest) -> Result<()> {
    page.before_every_page(CAPTURE_DOWNLOADS).await?;
    for workers in [1, 2, 4] {
        page.autoplay(&format!("{}&workers={workers}", GOLDEN[0])).await?;
        let (_, report) = exported(page).await?;
        for (found, golden) in report.lines().zip(GOLDEN[1].lines()) {
            let timeless = found.split(",\"seconds\":").next().unwrap_or_default();
            ensure!(
                timeless == golden,
                "with {workers} workers the report says\n{timeless}\nnatively\n{golden}"
            );
        }
        let (found, golden) = (report.lines().count(), GOLDEN[1].lines().count());
        ensure!(found == golden, "{found} lines in the browser, {golden} natively");
    }
    Ok(())
}

/// The address of a recorded run opens it and stays the same. With another setting in the address, it is rejected.
pub(crate) async fn recorded_runs_open_or_say_why_not(page: &mut PageUnderTest) -> Result<()> {
    page.before_every_page(CAPTURE_DOWNLOADS).await?;
    page.autoplay(ONE_TRIAL).await?;
    let (_, report) = exported(page).await?;
    // The page itself answers the request for the recorded run, so that the test does not depend on the site having it.
    let answer = "
        const real = fetch;
        globalThis.fetch = (...what) => String(what[0]).endsWith('recorded/quick.jsonl')
            ? Promise.resolve(new Response(REPORT)) : real(...what)";
    page.before_every_page(&answer.replace("REPORT", &json!(report).to_string())).await?;
    page.visit("recorded=quick").await?;
    page.wait_state("done", RUN_TIMEOUT).await?;
    ensure!(page.table().await?.0.len() == 5, "{} rows", page.table().await?.0.len());
    let hash = page.browser.eval("return location.hash").await?;
    ensure!(hash == "#recorded=quick", "the address is {hash}");

    page.visit("recorded=quick&seed=2").await?;
    let message = refused_text(page).await?;
    ensure!(message.contains("recorded must be quick, paper or trials"), "{message}");
    page.wait_state("ready", RUN_TIMEOUT).await
}

/// The twenty trials are on the site, open as a whole run, and are scored as README says.
pub(crate) async fn twenty_trials_are_scored_as_in_the_readme(page: &mut PageUnderTest) -> Result<()> {
    page.visit("recorded=trials").await?;
    page.wait_state("done", RUN_TIMEOUT).await?;
    let readme = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../README.md"))?;
    let expected: Vec<String> = (1..=12)
        .map(|number| {
            let row = readme.lines().find(|line| line.starts_with(&format!("| C{number} |")));
            let verdict =
                row.and_then(|row| row.trim_end_matches(" |").rsplit_once("| ")).context("no row")?.1;
            Ok(verdict.replace(' ', "-"))
        })
        .collect::<Result<_>>()?;
    ensure!(verdicts(page).await? == json!(expected), "{} for {expected:?}", verdicts(page).await?);
    let row = page.find("[data-claim=C1]").await?.text().await?;
    ensure!(row.contains("20 trials"), "the row of C1 says {row}");
    let hash = page.browser.eval("return location.hash").await?;
    ensure!(hash == "#recorded=trials", "the address is {hash}");
    Ok(())
}

/// A recorded run that is missing on the site is named, and the page works nevertheless.
pub(crate) async fn missing_recorded_run_is_named(page: &mut PageUnderTest) -> Result<()> {
    page.expect_console("404 (Not Found)");
    let missing = crate::fault::Fault::new("recorded/paper.jsonl", crate::fault::FaultKind::Missing);
    page.serve("/faulty/", vec![missing]).await?;
    page.visit("recorded=paper").await?;
    let message = refused_text(page).await?;
    ensure!(message.contains("assets/recorded/paper.jsonl") && message.contains("404"), "{message}");
    page.note(message);
    page.wait_state("ready", RUN_TIMEOUT).await
}

/// The claims appear as soon as a round is finished, each with its verdict.
pub(crate) async fn claims_are_scored(page: &mut PageUnderTest) -> Result<()> {
    page.visit(ONE_TRIAL).await?;
    page.wait_state("ready", RUN_TIMEOUT).await?;
    let rows = page.browser.eval("return document.querySelectorAll('#claims [data-claim]').length").await?;
    ensure!(rows == 0, "{rows} claims are scored before anything is done");
    page.click_until_paused("#round").await?;
    ensure!(verdicts(page).await? == json!(vec!["not-tested"; 12]), "{}", verdicts(page).await?);
    let summary = page.browser.eval("return document.querySelector('#claims-summary').textContent").await?;
    ensure!(summary.to_string().contains("iterations is 50000 there and 20 here"), "{summary}");
    ensure!(!page.find("#claims table").await?.is_displayed().await?, "the table is open with nothing in it");
    // An invented trial of the paper's dense network. Its claim is tested, but one trial is not enough for a verdict.
    // Its curve has every fifth of the 500 validations, as reports of version 1 have it.
    let point = |iteration| json!([iteration, if iteration == 5_000 { 0.07 } else { 0.1 }, 4_900]);
    let curve: Vec<Value> = (1..=100).map(|number| point(500 * number)).collect();
    let line = json!({
        "trial": 1, "arm": "ticket", "round": 0, "draw": 0, "weights": 266_200, "alive": [235_200, 30_000, 1_000],
        "early_stop": 5_000, "min_loss": 0.07, "test_early": [9_800, 10_000], "test_end": [9_800, 10_000],
        "train_early": [54_000, 55_000], "train_end": [55_000, 55_000], "iterations": 50_000, "batch": 60,
        "multiply_adds": 1_690_200_000_000_u64, "dense_multiply_adds": 1_690_200_000_000_u64, "curve": curve,
        "seconds": 9.0,
    });
    let head = "{\"format\":\"ticket-lab report\",\"version\":1,\"config\":{\"arms\":\"dense\",\"iterations\":\"50000\",\
                \"rate\":\"0.2\",\"output_rate\":\"0.1\",\"eval_every\":\"100\",\"rounds\":\"20\"}}";
    import(page, &[("dense.jsonl", &format!("{head}\n{line}\n"))]).await?;
    page.wait_state("done", REACTION_TIMEOUT).await?;
    page.browser
        .wait(
            "a verdict on C1",
            REACTION_TIMEOUT,
            "return document.querySelector('[data-claim=C1][data-verdict=too-few-trials]')",
        )
        .await?;
    ensure!(
        page.find("#claims table").await?.is_displayed().await?,
        "the table is closed with something in it"
    );
    let row = page.find("[data-claim=C1]").await?.text().await?;
    ensure!(
        row.contains("98.00% (97.73 to 98.27)") && row.contains("not enough trials"),
        "the row of C1 says {row}"
    );
    Ok(())
}

/// Of the recorded Paper run, what remains if a trial has only the rows that claims look at.
fn recorded_claims() -> Result<String> {
    let recorded = concat!(env!("CARGO_MANIFEST_DIR"), "/../../assets/recorded/paper.jsonl");
    let whole = fs::read_to_string(recorded)?;
    let (head, lines) = whole.split_once('\n').context("no head")?;
    let is_claimed = |line: &&str| -> bool {
        let line: Value = serde_json::from_str(line).unwrap_or_default();
        match line["arm"].as_str() {
            Some("reinit") => [7, 15].contains(&line["round"].as_u64().unwrap_or(0)),
            Some("oneshot") => [2, 4, 7].contains(&line["round"].as_u64().unwrap_or(0)),
            _ => true,
        }
    };
    let lines: Vec<&str> = lines.lines().filter(is_claimed).collect();
    ensure!(lines.len() == 5 * 26, "{} lines", lines.len());
    let head = head.replacen("\"draws\"", "\"jobs\":\"claims\",\"draws\"", 1);
    Ok(format!("{head}\n{}\n", lines.join("\n")))
}

/// A report that has only the rows that claims look at opens as done, scored like the whole run, and says nothing of the
/// rows that were never asked for; without one of its own rows it is no whole report.
pub(crate) async fn a_report_of_the_claims_is_whole(page: &mut PageUnderTest) -> Result<()> {
    page.before_every_page(CAPTURE_DOWNLOADS).await?;
    let report = recorded_claims()?;
    page.visit("preset=quick&seed=9&speed=computed").await?;
    page.wait_state("ready", RUN_TIMEOUT).await?;
    let without_last = report.trim_end().rsplit_once('\n').context("no lines")?.0;
    import(page, &[("part.jsonl", without_last)]).await?;
    page.wait_state("paused", RUN_TIMEOUT).await?;
    import(page, &[("claims.jsonl", &report)]).await?;
    page.wait_state("done", RUN_TIMEOUT).await?;
    let rows = page.table().await?.0.len();
    ensure!(rows == 5 * 26, "{rows} rows");
    // Those of the whole run.
    let reproduced = ["C1", "C4", "C5", "C8", "C10", "C11"];
    let expected: Vec<&str> = (1..=12)
        .map(|number| match reproduced.contains(&&*format!("C{number}")) {
            true => "reproduced",
            false => "inconclusive",
        })
        .collect();
    ensure!(verdicts(page).await? == json!(expected), "{}", verdicts(page).await?);
    let hash = page.browser.eval("return location.hash").await?.to_string();
    ensure!(hash.contains("preset=paper") && hash.contains("jobs=claims"), "the address is {hash}");
    ensure!(page.value("#set-jobs").await? == "claims", "#set-jobs is {}", page.value("#set-jobs").await?);
    let headline =
        page.browser.eval("return document.querySelector('#headline').textContent").await?.to_string();
    ensure!(headline.contains("the one-shot network at"), "{headline}");
    let (_, back) = exported(page).await?;
    ensure!(back == report, "the report is exported otherwise");
    Ok(())
}
