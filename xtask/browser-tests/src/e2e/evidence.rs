//! Tests of what makes results trustworthy beyond the table: other data, the digest of a run, the networks behind the
//! numbers, and limits that keep bad input from doing harm.

use super::{
    golden::run_digest,
    page_under_test::{PageUnderTest, REACTION_TIMEOUT, RUN_TIMEOUT},
    reports::{CAPTURE_DOWNLOADS, ONE_TRIAL, exported, import, refused_text},
};
use anyhow::{Context, Result, ensure};
use serde_json::Value;

/// The fragment of a small experiment on Fashion-MNIST, and its report as computed natively.
const GOLDEN_FASHION: [&str; 2] = [
    include_str!("../../../../tests/golden/fashion.txt"),
    include_str!("../../../../tests/golden/fashion.jsonl"),
];

/// How many files of Fashion-MNIST the page has asked for.
const FASHION_FILES: &str = "
    return performance.getEntriesByType('resource').filter((entry) => entry.name.includes('assets/fashion')).length";

/// Fashion-MNIST is fetched when a link asks for it and not before, and gives the native report.
pub(crate) async fn fashion_is_the_native_run(page: &mut PageUnderTest) -> Result<()> {
    page.before_every_page(CAPTURE_DOWNLOADS).await?;
    page.visit(ONE_TRIAL).await?;
    page.wait_state("ready", RUN_TIMEOUT).await?;
    ensure!(page.browser.eval(FASHION_FILES).await? == 0, "31 MB were fetched that nobody asked for");
    let table = page.replay(GOLDEN_FASHION[0].trim()).await?;
    ensure!(page.browser.eval(FASHION_FILES).await? == 4, "the four files were not fetched once");
    let (name, report) = exported(page).await?;
    ensure!(name.contains("fashion"), "the report is called {name}");
    let timeless = |line: &str| line.split(",\"seconds\":").next().unwrap_or_default().to_owned();
    let (found, golden): (Vec<String>, Vec<String>) =
        (report.lines().map(timeless).collect(), GOLDEN_FASHION[1].lines().map(timeless).collect());
    ensure!(found == golden, "the report says\n{}\nnatively\n{}", found.join("\n"), golden.join("\n"));
    let credit = page.browser.eval("return document.querySelector('#data-credit').textContent").await?;
    ensure!(credit.as_str().is_some_and(|credit| credit.contains("Zalando")), "the page credits {credit}");
    // Back on MNIST the digits are those of MNIST.
    let mnist = page.replay(ONE_TRIAL).await?;
    let weights = |table: &super::table::Table| table.0[0].attribute("weights").to_owned();
    ensure!(weights(&mnist) != weights(&table), "both runs have the same network");
    mnist.same_as(&page.autoplay(ONE_TRIAL).await?)
}

async fn digest(page: &PageUnderTest) -> Result<(String, String, String)> {
    let script = "const { textContent, dataset } = document.querySelector('#digest');
        return [textContent, dataset.done, dataset.total]";
    let read = page.browser.eval(script).await?;
    let word = |at: usize| read[at].as_str().map(str::to_owned).context("#digest is not whole");
    Ok((word(0)?, word(1)?, word(2)?))
}

/// `#digest` is the SHA-256 of what the README says, at the end and in the middle of a run, and after a report of the run
/// has been opened.
pub(crate) async fn digest_covers_the_finished_jobs(page: &mut PageUnderTest) -> Result<()> {
    page.before_every_page(CAPTURE_DOWNLOADS).await?;
    let fragment =
        "preset=quick&seeds=3,9&iterations=20&eval_every=10&rounds=1&hidden=30,20&arms=dense,ticket,reinit";
    let settings = ["arms=dense,ticket,reinit", "eval_every=10", "hidden=30,20", "iterations=20", "rounds=1"]
        .map(String::from);
    page.visit(fragment).await?;
    page.wait_state("ready", RUN_TIMEOUT).await?;
    page.click_until_paused("#round").await?;
    let (_, done, total) = digest(page).await?;
    // Round 0 of seed 3 is done, and its round 1 is not.
    ensure!((&*done, &*total) == ("1", "6"), "{done} of {total} jobs in the middle");
    page.click("#play").await?;
    page.wait_state("done", RUN_TIMEOUT).await?;
    let mut lines = settings.to_vec();
    for row in page.table().await?.0.iter().filter(|row| row.attribute("arm") != "dense") {
        let words = ["trial", "arm", "round", "draw", "digest"].map(|name| row.attribute(name));
        lines.push(words.join(" "));
    }
    let expected = run_digest(&lines);
    let found = digest(page).await?;
    ensure!(found == (expected.clone(), "6".into(), "6".into()), "{found:?}, and {lines:?} give {expected}");
    let (name, report) = exported(page).await?;
    // A list of seeds can be typed over the two fields that say them otherwise, and taken back.
    page.visit("preset=quick").await?;
    page.wait_state("ready", RUN_TIMEOUT).await?;
    page.click("#more summary").await?;
    for (seeds, address) in [("1,5,9", "seeds=1,5,9"), ("", "seed=1")] {
        let field = page.find("#set-seeds").await?;
        field.clear().await?;
        field.send_keys(&format!("{seeds}\u{E007}")).await?;
        let script = format!("return location.hash.includes('{address}')");
        page.browser.wait(&format!("an address with {address}"), REACTION_TIMEOUT, &script).await?;
    }
    import(page, &[(&name, &report)]).await?;
    page.wait_state("done", REACTION_TIMEOUT).await?;
    ensure!(digest(page).await? == found, "the opened report has the digest {:?}", digest(page).await?);
    Ok(())
}

/// The first test images, and what each kept network makes of them beside what it answered when it was tested.
const ASK_ABOUT_TEST_IMAGES: &str = "
    return (async () => {
        const packed = await fetch('assets/mnist/t10k-images-idx3-ubyte.gz');
        const stream = packed.body.pipeThrough(new DecompressionStream('gzip'));
        const bytes = new Uint8Array(await new Response(stream).arrayBuffer()).subarray(16, 16 + 40 * 784);
        const images = Float32Array.from(bytes, (byte) => byte / 255);
        const answers = await ticketLab.logits(images);
        const units = await ticketLab.activations(images.subarray(0, 784));
        const slopes = await ticketLab.pixelGradient(images.subarray(0, 784), [7]);
        const first = await ticketLab.logits(images, 'first');
        const refused = await ticketLab.logits(images.subarray(1)).catch((error) => error.message);
        const kept = ticketLab.keptNetworks();
        const best = (logits) => logits.indexOf(Math.max(...logits));
        return answers.map((answer, at) => ({
            job: [answer.trial, answer.arm, answer.round, answer.draw].join(' '),
            read: [...Array(40).keys()].map((image) => best([...answer.logits.subarray(10 * image, 10 * image + 10)])),
            tested: [...kept[at].testPredictions.subarray(0, 40)],
            predictions: kept[at].testPredictions.length,
            hidden: units[at].hidden.map((layer) => layer.length),
            gradient: slopes[at].gradient.length,
            untrained: best([...first[at].logits.subarray(0, 10)]),
            refused,
        }));
    })().catch(String)";

/// Every kept network reads test images as it read them when it was tested. Networks of a report are trained again when
/// that is asked for, and answer the same.
pub(crate) async fn networks_answer_as_they_were_tested(page: &mut PageUnderTest) -> Result<()> {
    page.before_every_page(CAPTURE_DOWNLOADS).await?;
    let table = page.autoplay(ONE_TRIAL).await?;
    let answers = page.browser.eval(ASK_ABOUT_TEST_IMAGES).await?;
    let networks = answers.as_array().with_context(|| format!("no networks but {answers}"))?;
    ensure!(networks.len() == 5, "{} networks of 5 answered", networks.len());
    for network in networks {
        ensure!(
            network["read"] == network["tested"],
            "{} reads otherwise than when it was tested: {network}",
            network["job"]
        );
        let sizes = [&network["predictions"], &network["hidden"], &network["gradient"]].map(Value::to_string);
        ensure!(sizes == ["10000", "[30,20]", "784"], "{}: {sizes:?}", network["job"]);
        let refused = network["refused"].as_str().unwrap_or_default();
        ensure!(refused.contains("784 pixel values"), "a question about half an image: {refused}");
    }
    let (name, report) = exported(page).await?;
    page.visit("preset=paper").await?;
    import(page, &[(&name, &report)]).await?;
    page.wait_state("done", REACTION_TIMEOUT).await?;
    let kept = page.browser.eval("return ticketLab.keptNetworks().length").await?;
    ensure!(kept == 0, "a report brought {kept} networks");
    let note = page.find("#kept-line").await?.text().await?;
    ensure!(note.contains("None of the 5") && note.contains("trained again"), "the page says {note:?}");
    let before = page.times_in_state("done").await?;
    page.click("#train-again").await?;
    page.wait_state_after("done", before).await?;
    ensure!(
        page.browser.eval(ASK_ABOUT_TEST_IMAGES).await? == answers,
        "trained again, the networks answer otherwise"
    );
    page.table().await?.same_as(&table)
}

/// Answers the request for the training images with a file that unpacks to 200 MB.
const GZIP_BOMB: &str = "
    const real = fetch;
    globalThis.fetch = (...what) => {
        if (!String(what[0]).includes('train-images')) return real(...what);
        const zeros = new Blob(Array(200).fill(new Uint8Array(1 << 20)));
        return Promise.resolve(new Response(zeros.stream().pipeThrough(new CompressionStream('gzip'))));
    }";

/// A data file that would unpack to far more than it should is refused as bad data.
pub(crate) async fn gzip_bomb_is_bad_data(page: &mut PageUnderTest) -> Result<()> {
    page.before_every_page(GZIP_BOMB).await?;
    page.visit(ONE_TRIAL).await?;
    let wrong = ["The data could not be read", "train-images-idx3-ubyte.gz", "more than 48088592 bytes"];
    page.expect_failure(&wrong, "try again: the data is fetched anew").await
}

/// Files of any size that are no reports are refused, and what is on the page stays.
pub(crate) async fn huge_files_are_refused(page: &mut PageUnderTest) -> Result<()> {
    let table = page.autoplay(ONE_TRIAL).await?;
    for (megabytes, said) in [(200, "at most 64 MB"), (60, "not a report")] {
        let choose = "
            const files = new DataTransfer();
            files.items.add(new File([new Uint8Array(MEGABYTES * 1e6)], 'junk.jsonl'));
            const picker = document.querySelector('#import-files');
            document.querySelector('#refused').textContent = '';
            globalThis.tasks = [];
            new PerformanceObserver((list) => tasks.push(...list.getEntries().map((task) => task.duration)))
                .observe({ type: 'longtask' });
            picker.files = files.files;
            picker.dispatchEvent(new Event('change', { bubbles: true }));";
        page.browser.eval(&choose.replace("MEGABYTES", &megabytes.to_string())).await?;
        let refused = refused_text(page).await?;
        ensure!(refused.contains("junk.jsonl") && refused.contains(said), "{megabytes} MB: {refused}");
        let tasks = page.browser.eval("return tasks").await?;
        page.note(format!("{megabytes} MB: long tasks {tasks} ms"));
        page.table().await?.same_as(&table)?;
    }
    // What a program was told about its own request is no fault of the page.
    page.browser
        .eval(
            "ticketLab.logits(new Float32Array(3)); try { ticketLab.trainAgain(1, 'magic', 0, 0) } catch {}",
        )
        .await?;
    page.expect_console("784 pixel values");
    page.browser.eval("return new Promise((done) => setTimeout(done, 500))").await?;
    ensure!(page.state().await? == "done", "a refused question has made the page {}", page.state().await?);
    // More bad settings than anybody wants to read.
    let many: Vec<String> = (0..9).map(|number| format!("wrong{number}={}", "x".repeat(500))).collect();
    page.visit(&many.join("&")).await?;
    let refused = refused_text(page).await?;
    ensure!(refused.contains("and 4 more") && !refused.contains("wrong5"), "{refused}");
    let longest = refused.lines().map(|line| line.chars().count()).max();
    ensure!(longest <= Some(160), "a line has {longest:?} characters");
    Ok(())
}
