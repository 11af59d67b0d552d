//! Tests of the figure in which the networks vote: digits that a hand draws, test images on which networks disagree, and
//! what rounds forget.

use super::{
    page_under_test::{PageUnderTest, REACTION_TIMEOUT, RUN_TIMEOUT, number},
    play_through::SMALL,
};
use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::time::sleep;

/// A stroke: where a pen goes, in hundredths of the canvas from the left and from the top.
type Stroke = &'static [(i32, i32)];

/// The digits as a hand draws them, stroke by stroke.
const DIGITS: [&[Stroke]; 10] = [
    &[&[
        (52, 18),
        (38, 24),
        (30, 40),
        (30, 60),
        (38, 78),
        (52, 84),
        (66, 76),
        (72, 58),
        (71, 40),
        (64, 25),
        (52, 18),
    ]],
    &[&[(54, 15), (52, 40), (50, 62), (48, 86)]],
    &[&[(30, 32), (38, 20), (54, 16), (66, 26), (65, 40), (54, 56), (40, 70), (28, 83), (48, 80), (74, 82)]],
    &[&[(30, 22), (48, 15), (64, 24), (60, 40), (44, 48), (62, 54), (70, 68), (58, 82), (40, 86), (26, 78)]],
    &[&[(34, 16), (30, 36), (28, 54), (48, 55), (72, 53)], &[(62, 18), (60, 45), (57, 66), (54, 88)]],
    &[
        &[(36, 18), (34, 34), (32, 47), (48, 43), (64, 50), (70, 65), (60, 80), (44, 86), (28, 80)],
        &[(36, 18), (52, 18), (70, 16)],
    ],
    &[&[
        (60, 14),
        (44, 28),
        (34, 48),
        (31, 68),
        (40, 84),
        (56, 85),
        (66, 74),
        (62, 60),
        (48, 55),
        (36, 63),
        (32, 72),
    ]],
    &[&[(26, 22), (48, 21), (72, 19), (62, 40), (52, 62), (44, 86)]],
    &[&[
        (62, 24),
        (48, 16),
        (36, 24),
        (38, 36),
        (50, 46),
        (64, 58),
        (68, 74),
        (56, 86),
        (40, 82),
        (34, 70),
        (44, 56),
        (58, 44),
        (66, 32),
        (62, 24),
    ]],
    &[
        &[(66, 30), (54, 18), (40, 22), (34, 36), (42, 48), (56, 46), (66, 32)],
        &[(66, 30), (66, 50), (62, 70), (56, 88)],
    ],
];

/// Where the canvas is, once it has been scrolled into sight.
const CANVAS: &str = "
    const canvas = document.querySelector('#draw');
    canvas.scrollIntoView({ block: 'center', behavior: 'instant' });
    const { left, top, width, height } = canvas.getBoundingClientRect();
    return [left, top, width, height]";

/// Draws strokes as a mouse does.
async fn draw(page: &PageUnderTest, strokes: &[Stroke]) -> Result<()> {
    let frame = page.browser.eval(CANVAS).await?;
    let side = |at: usize| number(&frame[at]);
    let (left, top, width, height) = (side(0)?, side(1)?, side(2)?, side(3)?);
    let mouse = async |kind: &str, (x, y): (f64, f64)| {
        let (x, y) = (left + width * x / 100.0, top + height * y / 100.0);
        let button = if kind == "mouseReleased" { 0 } else { 1 };
        let event =
            json!({ "type": kind, "x": x, "y": y, "button": "left", "buttons": button, "clickCount": 1 });
        page.browser.cdp("Input.dispatchMouseEvent", event).await
    };
    for stroke in strokes {
        let point = |at: usize| (f64::from(stroke[at].0), f64::from(stroke[at].1));
        mouse("mousePressed", point(0)).await?;
        for at in 1..stroke.len() {
            let (from, to) = (point(at - 1), point(at));
            for share in [0.33, 0.67, 1.0] {
                mouse("mouseMoved", (from.0 + share * (to.0 - from.0), from.1 + share * (to.1 - from.1)))
                    .await?;
            }
        }
        mouse("mouseReleased", point(stroke.len() - 1)).await?;
    }
    Ok(())
}

/// The votes in sight.
const VOTES: &str = "
    return [...document.querySelectorAll('#votes tr[data-arm]')]
        .filter((row) => row.checkVisibility()).map((row) => ({ ...row.dataset, text: row.innerText }))";

/// Every digit that a hand draws is centred, and of the ten the dense network reads at least eight as they are meant. Every
/// network votes, with a certainty.
pub(crate) async fn drawn_digits_are_read_as_meant(page: &mut PageUnderTest) -> Result<()> {
    let table = page.autoplay("speed=computed").await?;
    let mut read = Vec::new();
    for strokes in DIGITS {
        page.browser.eval("document.querySelector('#digit-clear').click()").await?;
        draw(page, strokes).await?;
        sleep(Duration::from_millis(300)).await;
        let votes = page.browser.eval(VOTES).await?;
        let votes = votes.as_array().context("no votes")?;
        // In the table of rounds the dense network is the ticket's round 0.
        ensure!(votes.len() == table.0.len(), "{} votes of {} networks", votes.len(), table.0.len());
        for vote in votes {
            let certainty: f64 = vote["certainty"].as_str().context("no certainty")?.parse()?;
            ensure!((0.1..=1.0).contains(&certainty), "{vote}");
        }
        let dense =
            votes.iter().find(|vote| vote["arm"] == "dense").context("the dense network has no vote")?;
        read.push(dense["label"].as_str().unwrap_or_default().to_owned());
    }
    let right = read.iter().enumerate().filter(|(digit, read)| **read == digit.to_string()).count();
    page.note(format!("0 to 9 are read as {}", read.join(" ")));
    ensure!(right >= 8, "only {right} of 10 digits are read as they are meant: {read:?}");
    page.screenshot("digits").await
}

/// Draws a dot in another place each time, and takes the milliseconds until the dense network has voted on it.
const TIME_VOTES: &str = "
    return (async () => {
        const canvas = document.querySelector('#draw');
        const { left, top, width } = canvas.getBoundingClientRect();
        const voters = () => document.querySelectorAll('#votes tr[data-label]').length;
        const point = (type, share) => canvas.dispatchEvent(new PointerEvent(type, {
            bubbles: true, pointerId: 7, button: 0, clientX: left + share * width, clientY: top + (share * 7) % 1 * width }));
        const times = [];
        for (let turn = 0; turn < 21; turn += 1) {
            const start = performance.now();
            const voted = new Promise((done) => {
                const observer = new MutationObserver(() => { observer.disconnect(); done(); });
                const attributeFilter = ['data-certainty'];
                observer.observe(document.querySelector('#votes'), { subtree: true, attributes: true, attributeFilter });
            });
            point('pointerdown', 0.1 + 0.04 * turn);
            point('pointerup', 0.1 + 0.04 * turn);
            await voted;
            times.push(performance.now() - start);
            await new Promise((go) => setTimeout(go, 20));
        }
        return [voters(), ...times.sort((a, b) => a - b)];
    })()";

/// While all workers train, votes come. How soon is measured, and not judged: other programs may delay them.
pub(crate) async fn votes_come_while_training(page: &mut PageUnderTest) -> Result<()> {
    page.visit("preset=quick&rounds=30&rate=0.1&output_rate=0.05&workers=2&autoplay=1").await?;
    let script = "return document.querySelectorAll('table#rounds tbody tr').length >= 14";
    page.browser.wait("14 rows", RUN_TIMEOUT, script).await?;
    let times = page.browser.eval(TIME_VOTES).await?;
    ensure!(page.state().await? == "running", "the state is {}", page.state().await?);
    let voters = number(&times[0])?;
    ensure!(voters >= 14.0, "{voters} votes");
    let (median, most) = (number(&times[11])?, number(&times[21])?);
    page.note(format!("{voters} votes: {median:.1} ms in the median, {most:.1} ms at most"));
    Ok(())
}

/// The image on the canvas, the votes in sight, and what each kept network answered to this image when it was tested.
const DISAGREEMENT: &str = "
    const image = Number(document.querySelector('#draw').ariaValueNow);
    const kept = ticketLab.keptNetworks();
    const last = Math.max(...kept.map((network) => network.round));
    const of = (arm) => kept.find((network) => network.arm === arm && network.round === last).testPredictions;
    const [ticket, reinit] = [of('ticket'), of('reinit')];
    const differ = [...ticket.keys()].filter((at) => ticket[at] !== reinit[at]);
    const votes = [...document.querySelectorAll('#votes tr[data-label]')].filter((row) => row.checkVisibility());
    return {
        image,
        text: document.querySelector('#draw').ariaValueText,
        differ: differ.slice(0, 3),
        tested: kept.map((network) => `${network.arm} ${network.round} ${network.testPredictions[image]}`).sort(),
        voted: votes.map(({ dataset: { arm, round, label } }) => `${arm.replace('dense', 'ticket')} ${round} ${label}`).sort(),
        title: document.querySelector('#title-digits').innerText,
    }";

/// Waits until every network votes on the test image as it did when it was tested.
async fn wait_for_votes_as_tested(page: &PageUnderTest, on: &str) -> Result<Value> {
    let mut found = Value::Null;
    for _ in 0..100 {
        found = page.browser.eval(DISAGREEMENT).await?;
        if found["text"].as_str().is_some_and(|text| text.contains(on)) && found["tested"] == found["voted"] {
            return Ok(found);
        }
        sleep(Duration::from_millis(50)).await;
    }
    anyhow::bail!("networks do not vote on {on} as they were tested: {found}")
}

/// The button shows the images on which ticket and re-init disagree, one after the other, and every network reads them as
/// it did when it was tested. Keys go from image to image.
pub(crate) async fn disagreements_are_real(page: &mut PageUnderTest) -> Result<()> {
    page.autoplay(SMALL).await?;
    for turn in 0..3 {
        page.browser.eval("document.querySelector('#digit-disagree').click()").await?;
        let first = page.browser.eval(DISAGREEMENT).await?["differ"][turn].clone();
        let image = first.as_u64().context("they agree everywhere")?;
        let found = wait_for_votes_as_tested(page, &format!("Test image {}: a", grouped(image))).await?;
        ensure!(
            found["image"] == first,
            "the image is {}, they differ on {}",
            found["image"],
            found["differ"]
        );
        page.note(found["title"].as_str().unwrap_or_default().to_owned());
    }
    let canvas = page.find("#draw").await?;
    for (key, on) in [
        ("\u{e011}", "Test image 0: a 7"),
        ("\u{e014}", "Test image 1: a 2"),
        ("\u{e012}", "Test image 0: a 7"),
        ("\u{e012}", "Test image 9,999: a 6"),
    ] {
        canvas.send_keys(key).await?;
        wait_for_votes_as_tested(page, on).await?;
    }
    canvas.send_keys("\u{e017}").await?;
    let script = "return !document.querySelector('#votes tr[data-label]')";
    page.browser.wait("an empty canvas", REACTION_TIMEOUT, script).await.map(|_| ())
}

/// A number with thousands separators.
fn grouped(number: u64) -> String {
    if number < 1000 { number.to_string() } else { format!("{},{:03}", number / 1000, number % 1000) }
}

/// What the newest round has forgotten and learnt of each class, as the shelf says and as the kept networks say.
const SHELF: &str = "
    return (async () => {
        const packed = await fetch('assets/mnist/t10k-labels-idx1-ubyte.gz');
        const stream = packed.body.pipeThrough(new DecompressionStream('gzip'));
        const labels = new Uint8Array(await new Response(stream).arrayBuffer()).subarray(8);
        const tickets = ticketLab.keptNetworks().filter((network) => network.arm === 'ticket');
        tickets.sort((one, other) => one.round - other.round);
        const [before, after] = tickets.slice(-2).map((network) => network.testPredictions);
        const counts = [...Array(10)].map(() => [0, 0]);
        labels.forEach((label, at) => {
            counts[label][0] += before[at] === label && after[at] !== label;
            counts[label][1] += before[at] !== label && after[at] === label;
        });
        const rows = [...document.querySelectorAll('#shelf tbody tr')];
        const said = rows.map((row) => [...row.querySelectorAll('b')].map((count) => Number(count.innerText)));
        const images = rows.flatMap((row, label) => [...row.querySelectorAll('td')].flatMap((cell, kind) =>
            [...cell.querySelectorAll('[data-image]')].map(({ dataset: { image } }) =>
                labels[image] === label && (before[image] === label) === (kind === 0) && (after[image] === label) === (kind === 1))));
        return { counts, said, images: images.length, wrong: images.filter((right) => !right).length };
    })()";

/// The shelf counts what the newest round has forgotten and learnt, and its images are such ones. Pressing one asks about it.
pub(crate) async fn shelf_shows_what_is_forgotten(page: &mut PageUnderTest) -> Result<()> {
    page.autoplay(SMALL).await?;
    page.browser.wait("a shelf", REACTION_TIMEOUT, "return document.querySelector('#shelf button')").await?;
    let shelf = page.browser.eval(SHELF).await?;
    ensure!(shelf["counts"] == shelf["said"], "the shelf says {}, it is {}", shelf["said"], shelf["counts"]);
    ensure!(shelf["wrong"] == 0 && shelf["images"].as_u64() > Some(0), "{shelf}");
    let image = page.browser.eval("return document.querySelector('#shelf button').dataset.image").await?;
    page.browser.eval("document.querySelector('#shelf button').click()").await?;
    let image: u64 = image.as_str().unwrap_or_default().parse()?;
    wait_for_votes_as_tested(page, &format!("Test image {}: a", grouped(image))).await.map(|_| ())
}
