//! Tests of every arm, criterion, optimiser, initialiser and preset, from the URL to the end of the run.

use super::{
    page_under_test::{PageUnderTest, RUN_TIMEOUT},
    saved::{WOULD_ASK, go_on},
};
use crate::arm_names::{ARMS, OWN_DATA_ARMS};
use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// The default experiment, then experiments that differ from it by one criterion, one optimiser or one initialiser.
const CHOICES: [&str; 11] = [
    "criterion=magnitude",
    "criterion=global",
    "criterion=initial",
    "criterion=movement",
    "criterion=increase",
    "criterion=random",
    "criterion=same_sign",
    "optimizer=sgd",
    "optimizer=momentum",
    "init=glorot_uniform",
    "init=he_normal",
];
/// A small network that is trained for a few iterations.
const TINY: &str = "iterations=20&eval_every=10&hidden=40,20&trials=1&speed=computed";

/// Hides all arms, then shows and hides each one, and returns the charts in which its colour appears and disappears.
const SWITCH_EACH_ARM: &str = "
    const charts = ['curves', 'rounds-accuracy', 'rounds-stop', 'cost'].map((id) => document.getElementById(id));
    const pressed = (on) => document.querySelectorAll(`#legend [aria-pressed=${on}]`);
    const copy = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
    const sees = (chart, colour) => {
        const { width, height } = Object.assign(copy.canvas, { width: chart.width, height: chart.height });
        copy.drawImage(chart, 0, 0);
        const { data } = copy.getImageData(0, 0, width, height);
        for (let at = 0; at < data.length; at += 4) {
            const near = [0, 1, 2].every((i) => Math.abs(data[at + i] - colour[i]) < 7);
            if (near && data[at + 3] > 40) return true;
        }
        return false;
    };
    const settles = async (chart, colour, seen) => {
        for (let frames = 0; frames < 120; frames += 1) {
            if (sees(chart, colour) === seen) return true;
            await new Promise(requestAnimationFrame);
        }
        return false;
    };
    return (async () => {
        const wrong = [], names = [...pressed(true)].map((button) => button.dataset.arm);
        pressed(true).forEach((button) => button.click());
        while (pressed(true).length) await new Promise(requestAnimationFrame);
        for (const name of names) {
            const button = document.querySelector(`#legend [data-arm=${name}]`);
            const hex = button.querySelector('path').getAttribute('stroke');
            const colour = [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
            for (const on of [false, true, false]) {
                if ((button.ariaPressed === 'true') !== on) button.click();
                for (const chart of charts) {
                    if (!await settles(chart, colour, on)) wrong.push(`${name} in ${chart.id}, switched ${on ? 'on' : 'off'}`);
                }
            }
        }
        pressed(false).forEach((button) => button.click());
        return { names, wrong };
    })()";

/// All arms run in one experiment with two draws. Each one is in the table and in the legend, and its switch shows and
/// hides it in every chart.
pub(crate) async fn every_arm_has_its_place(page: &mut PageUnderTest) -> Result<()> {
    let arms = &ARMS[..OWN_DATA_ARMS];
    let table = page.autoplay(&format!("{TINY}&arms={}&rounds=1&draws=2", arms.join(","))).await?;
    let mut expected = vec![("dense", 0, 0)];
    for arm in &arms[1..] {
        let first = u64::from(*arm != "ticket");
        let draws = if *arm == "reinit" { 2 } else { 1 };
        expected.extend((first..=1).flat_map(|round| (0..draws).map(move |draw| (*arm, round, draw))));
    }
    let row = |row: &super::table::Row| {
        let arm = arms.iter().find(|arm| **arm == row.attribute("arm")).context("an arm of another name")?;
        Ok((*arm, row.attribute_as_integer("round")?, row.attribute_as_integer("draw")?))
    };
    let found: Vec<_> = table.0.iter().map(row).collect::<Result<_>>()?;
    ensure!(found == expected, "the rows are {found:?} instead of {expected:?}");
    let seen = page.browser.eval(SWITCH_EACH_ARM).await?;
    ensure!(seen["names"] == json!(arms), "the legend has {}", seen["names"]);
    ensure!(seen["wrong"] == json!([]), "not as it should be: {}", seen["wrong"]);
    ensure!(page.table().await? == table, "a switch has changed the table");
    Ok(())
}

/// Both data sets are fetched, each row says which is its own, and one that was asked for alone is the same to the last digit.
pub(crate) async fn a_ticket_is_transferred(page: &mut PageUnderTest) -> Result<()> {
    let arms = "ticket,other_ticket,other_reinit,transferred,transferred_reinit,transferred_random";
    let table = page.autoplay(&format!("{TINY}&transfer=fashion&arms={arms}&rounds=1")).await?;
    let found: Vec<(&str, &str)> =
        table.0.iter().map(|row| (row.attribute("arm"), row.attribute("data"))).collect();
    let expected = [
        ("ticket", "mnist"),
        ("ticket", "mnist"),
        ("other_ticket", "fashion"),
        ("other_ticket", "fashion"),
        ("other_reinit", "fashion"),
        ("transferred", "fashion"),
        ("transferred_reinit", "fashion"),
        ("transferred_random", "fashion"),
    ];
    ensure!(found == expected, "{found:?}");
    let seen = "
        const text = (selector) => document.querySelector(selector).textContent;
        return {
            headline: text('#headline'), note: text('#data-note'), credit: text('#data-credit'),
            rows: [...document.querySelectorAll('#rounds tbody tr')].map((row) => row.textContent),
            votes: [...document.querySelectorAll('#votes tr[data-arm]')].map((row) => row.dataset.arm),
        }";
    let seen = page.browser.eval(seen).await?;
    let says = |what: &str, words: &str| {
        let text = seen[what].as_str().unwrap_or_default().to_owned();
        ensure!(text.contains(words), "{what} is {text:?}, without {words:?}");
        Ok(())
    };
    says("headline", "In this run on Fashion-MNIST the transferred ticket")?;
    says("note", "Trained and tested on Fashion-MNIST: ")?;
    says("credit", "MNIST by Yann LeCun")?;
    says("credit", "Fashion-MNIST by Zalando")?;
    let rows = seen["rows"].as_array().context("rows")?;
    for (row, (_, data)) in rows.iter().zip(expected) {
        let title = if data == "mnist" { "(MNIST)" } else { "(Fashion-MNIST)" };
        ensure!(row.as_str().is_some_and(|text| text.contains(title)), "{row} does not say {title}");
    }
    ensure!(seen["votes"] == json!(["dense", "ticket", "ticket"]), "these vote: {}", seen["votes"]);
    // What the tickets of each data set are, they are without the other too.
    let alone = page.replay(&format!("{TINY}&arms=ticket&rounds=1")).await?;
    ensure!(alone.digests() == table.digests()[..2], "the ticket is another beside the other data set");
    Ok(())
}

/// Each network is trained twice, and the row of its twin says how far the error rises between the two. What the others are,
/// they are without twins too.
pub(crate) async fn every_network_has_a_twin(page: &mut PageUnderTest) -> Result<()> {
    let run = format!("{TINY}&arms=ticket,reinit,late&rounds=1");
    let alone = page.autoplay(&run).await?;
    let with_twins = page.replay(&format!("{run}&twins=1")).await?;
    let seen = "
        const rows = [...document.querySelectorAll('#rounds tbody tr')];
        const of = ({ arm, round, twin, barrier, digest }) => ({ arm, round, twin, barrier, digest });
        const canvas = document.getElementById('barriers');
        return {
            rows: rows.map((row) => of(row.dataset)),
            cells: rows.map((row) => row.cells.length), head: document.querySelectorAll('#rounds thead th').length,
            drawn: canvas.checkVisibility() && canvas.getAttribute('aria-label'),
            title: document.getElementById('title-barriers').textContent,
        }";
    let seen = page.browser.eval(seen).await?;
    let rows = seen["rows"].as_array().context("rows")?;
    let place = |row: &Value| {
        let text = |name: &str| row[name].as_str().unwrap_or_default().to_owned();
        (text("arm"), text("round"), text("twin"))
    };
    let found: Vec<_> = rows.iter().map(place).collect();
    let expected = [
        ("ticket", "0", ""),
        ("ticket", "0", "1"),
        ("ticket", "1", ""),
        ("ticket", "1", "1"),
        ("reinit", "1", ""),
        ("reinit", "1", "1"),
        ("late", "0", "1"),
        ("late", "1", ""),
        ("late", "1", "1"),
    ];
    let expected = expected.map(|(arm, round, twin)| (arm.to_owned(), round.to_owned(), twin.to_owned()));
    ensure!(found == expected, "the rows are {found:?}");
    for row in rows {
        let barrier: Option<f64> = row["barrier"].as_str().and_then(|barrier| barrier.parse().ok());
        let is_right = barrier.map_or(row["twin"].is_null(), |barrier| (0.0..1.0).contains(&barrier));
        ensure!(is_right, "{row} has another barrier");
    }
    let of_first = rows.iter().filter(|row| row["twin"].is_null());
    let digests: Vec<&str> = of_first.filter_map(|row| row["digest"].as_str()).collect();
    ensure!(digests == alone.digests(), "the networks are others beside their twins");
    ensure!(seen["cells"] == json!(vec![seen["head"].clone(); rows.len()]), "cells: {}", seen["cells"]);
    let label = seen["drawn"].as_str().context("the chart of barriers is not in sight")?;
    ensure!(label.contains("barrier"), "the chart of barriers is called {label:?}");
    let title = seen["title"].as_str().unwrap_or_default();
    ensure!(title.contains("between two trainings of the ticket"), "the title is {title:?}");
    ensure!(with_twins.0.len() == 9, "{} rows", with_twins.0.len());
    page.replay(&run).await?;
    let gone = "return [document.getElementById('barriers').checkVisibility(), document.querySelectorAll('#rounds thead th').length]";
    let gone = page.browser.eval(gone).await?;
    ensure!(gone == json!([false, 16]), "without twins there is {gone}");
    Ok(())
}

/// Each choice runs, appears in the address, and gives other weights and masks than all others. A choice that was
/// ignored would give those of the default.
pub(crate) async fn every_criterion_optimiser_and_initialiser(page: &mut PageUnderTest) -> Result<()> {
    page.visit(TINY).await?;
    page.wait_state("ready", RUN_TIMEOUT).await?;
    let mut seen: BTreeMap<String, &str> = BTreeMap::new();
    let mut alike = BTreeSet::new();
    for chosen in CHOICES {
        // Of many weights nearly all that have changed their sign are among the smallest, so few are pruned.
        let table = page.replay(&format!("{TINY}&rounds=1&rate=0.1&{chosen}")).await?;
        ensure!(table.0.len() == 3, "{chosen}: {} rows", table.0.len());
        for digest in table.digests() {
            alike.extend(seen.insert(digest.to_owned(), chosen).map(|other| (other, chosen)));
        }
        check_address_and_no_refusal(page, chosen).await?;
    }
    ensure!(alike.is_empty(), "these give the same digests: {alike:?}");
    Ok(())
}

/// Every preset in the order of the menu, with its arms and some words of its remark.
const PRESETS: [(&str, &str, &str); 17] = [
    ("quick", "ticket,reinit", "first pruning"),
    ("classroom", "ticket,reinit", "bands"),
    ("paper", "ticket,reinit", "takes hours"),
    ("paper20k", "ticket,reinit", "40% of its cost"),
    ("oneshot", "ticket,oneshot", "cut once"),
    ("signs", "ticket,reinit,shuffled,random,sign", "or only its values"),
    ("late", "ticket,reinit,late", "going back to a tenth"),
    ("warmup", "ticket,reinit", "rises over the first"),
    ("dropout", "ticket,reinit", "units are dropped"),
    ("rewinding", "ticket,reinit,norewind", "keeps its trained weights"),
    ("convolutional", "ticket,reinit", "small patterns"),
    ("saliency", "ticket,snip,grasp,synflow,magnitude_init,random_global", "before the first step"),
    ("supermask", "ticket,supermask", "keeps its first weights for good"),
    ("twins", "ticket,reinit,late", "in two orders of batches"),
    (
        "transfer",
        "ticket,other_ticket,other_reinit,transferred,transferred_reinit,transferred_random",
        "trained on clothes",
    ),
    ("memorising", "ticket,reinit", "learn by heart"),
    ("robustness", "ticket,reinit", "noise, blur and worse"),
];

/// The preset with wrong labels from its address to its end, in smaller: what the rows, the table and the headline say of them, and that
/// the readings can be chosen, in that run alone.
pub(crate) async fn wrong_labels_are_memorised(page: &mut PageUnderTest) -> Result<()> {
    let options =
        "return [...document.querySelectorAll('#reading option')].map((option) => option.textContent)";
    let small = "speed=computed&iterations=400&eval_every=200&rounds=1&label_noise=0.3&hidden=40,20&learning_rate=0.003";
    let table = page.autoplay(&format!("preset=memorising&{small}")).await?;
    ensure!(table.0.len() == 3, "{} rows", table.0.len());
    for row in &table.0 {
        let share =
            |name: &str| row.attribute(name).parse::<f64>().with_context(|| format!("{name} of a row"));
        let [clean, flipped, restored, all] =
            [share("trainClean")?, share("trainFlipped")?, share("restored")?, share("trainEnd")?];
        // 16,500 of 55,000 labels are wrong.
        ensure!((0.7 * clean + 0.3 * flipped - all).abs() < 1e-9, "{clean}, {flipped} and {all} do not fit");
        ensure!(clean > 0.6 && flipped + restored <= 1.0 && restored > 0.4, "{clean}, {flipped}, {restored}");
    }
    let names = page.browser.eval(options).await?;
    ensure!(names.as_array().is_some_and(|all| all.len() == 10), "these can be chosen: {names}");
    let chosen = "
        const field = document.querySelector('#reading');
        field.selectedIndex = 8;
        field.dispatchEvent(new Event('change', { bubbles: true }));
        await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
        const cells = (row) => [...row.cells].slice(16).map((cell) => cell.firstChild.textContent);
        return {
            title: document.querySelector('#title-rounds').textContent,
            head: cells(document.querySelector('#rounds thead tr')),
            row: cells(document.querySelector('#rounds tbody tr')).length,
            headline: document.querySelector('#headline').textContent,
        }";
    let seen = page.browser.eval(chosen).await?;
    ensure!(seen["title"].as_str().is_some_and(|title| title.contains("wrong labels memorised")), "{seen}");
    ensure!(
        seen["head"] == json!(["True labels, end", "Wrong labels memorised", "Wrong labels seen through"]),
        "{seen}"
    );
    ensure!(seen["row"] == json!(3), "{seen}");
    ensure!(
        seen["headline"].as_str().is_some_and(|text| text.contains("Of the wrong labels the ticket")),
        "{seen}"
    );
    // A run without wrong labels has none of it.
    let plain = page.replay(&format!("{TINY}&arms=ticket&rounds=1")).await?;
    ensure!(
        plain.0.iter().all(|row| row.attribute("trainFlipped").is_empty()),
        "labels of a run without wrong ones"
    );
    let names = page.browser.eval(options).await?;
    ensure!(names.as_array().is_some_and(|all| all.len() == 7), "these can be chosen: {names}");
    let head = page.browser.eval("return document.querySelectorAll('#rounds thead th').length").await?;
    ensure!(head == json!(16), "{head} columns");
    Ok(())
}

/// Finished networks read corrupted images when they are asked to, without another digit; a corruption is chosen above the chart, whose
/// title says how the ticket stands under it; and a run that begins so says the same.
pub(crate) async fn corrupted_images_are_read(page: &mut PageUnderTest) -> Result<()> {
    let small = "preset=quick&speed=computed&iterations=60&eval_every=30&rounds=1&hidden=20,10";
    let before = page.autoplay(small).await?;
    ensure!(before.0.iter().all(|row| row.attribute("noise-30").is_empty()), "nothing was asked for");
    let button = page.browser.eval("return document.querySelector('#read-corrupted').textContent").await?;
    ensure!(button == json!("Read corrupted images with 3 networks"), "the button says {button}");
    page.click("#read-corrupted").await?;
    page.wait_state("running", RUN_TIMEOUT).await?;
    page.wait_state("done", RUN_TIMEOUT).await?;
    let after = page.table().await?;
    ensure!(after.digests() == before.digests(), "reading has changed a digest");
    for row in &after.0 {
        let share =
            |name: &str| row.attribute(name).parse::<f64>().with_context(|| format!("{name} of a row"));
        let (weak, strong) = (share("noise-10")?, share("noise-50")?);
        ensure!(weak > 0.3 && strong < weak && share("fgsm-20")? <= share("fgsm-5")?, "{weak}, {strong}");
    }
    let chosen = "
        const choose = (name, value) => {
            const field = document.querySelector(name);
            field.value = value;
            field.dispatchEvent(new Event('change', { bubbles: true }));
        };
        const drawn = () => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
        const hidden = document.querySelector('#corruption').hidden;
        choose('#reading', 'test accuracy on corrupted images');
        await drawn();
        choose('#corruption', 'fgsm.1');
        await drawn();
        return {
            hidden, then: document.querySelector('#corruption').hidden, options: document.querySelectorAll('#corruption option').length,
            button: document.querySelector('#read-corrupted').hidden, title: document.querySelector('#title-rounds').textContent,
            hash: location.hash,
        }";
    let seen = page.browser.eval(chosen).await?;
    ensure!(
        seen["hidden"] == json!(true) && seen["then"] == json!(false) && seen["button"] == json!(true),
        "{seen}"
    );
    ensure!(
        seen["options"] == json!(33) && seen["hash"].as_str().is_some_and(|hash| hash.contains("robust=1")),
        "{seen}"
    );
    let title = seen["title"].as_str().unwrap_or_default();
    ensure!(title.starts_with("In this run, under an attack (FGSM) of 0.1, the ticket at 50."), "{title:?}");
    // The browser's store keeps what they read.
    let is_written = WOULD_ASK.replace("return ", "return !");
    page.browser.wait("what is read to be written", RUN_TIMEOUT, &is_written).await?;
    page.visit("preset=quick&seed=8").await?;
    go_on(&page.browser).await?;
    page.wait_state("done", RUN_TIMEOUT).await?;
    page.table().await?.same_as(&after).context("after the page was opened again")?;
    let again = page.replay(&format!("{small}&robust=1")).await?;
    ensure!(again.0.len() == 3 && again.digests() == after.digests(), "other digests");
    for (one, other) in again.0.iter().zip(&after.0) {
        let all = ["noise-10", "noise-50", "fgsm-5"];
        ensure!(all.iter().all(|name| one.attribute(name) == other.attribute(name)), "other readings");
    }
    Ok(())
}

/// Each preset of the menu runs, with fewer iterations, trains its arms and shows its remark.
pub(crate) async fn every_preset(page: &mut PageUnderTest) -> Result<()> {
    page.visit(TINY).await?;
    page.wait_state("ready", RUN_TIMEOUT).await?;
    let script = "return [...document.querySelectorAll('#preset option')].map((option) => option.value)";
    let menu = page.browser.eval(script).await?;
    ensure!(menu == json!(PRESETS.map(|(name, ..)| name)), "the menu has {menu}");
    let mut wrong = Vec::new();
    for (preset, arms, word) in PRESETS {
        let table = page.replay(&format!("preset={preset}&{TINY}&rounds=1&warmup=0")).await?;
        let expected: BTreeSet<&str> = arms.split(',').collect();
        let found: BTreeSet<&str> = table.0.iter().map(|row| row.attribute("arm")).collect();
        if found != expected {
            wrong.push(format!("{preset} trains {found:?} instead of {expected:?}"));
        }
        // It is not in sight any more once the headline has the answer.
        let remark = page.browser.eval("return document.querySelector('#remarks').textContent").await?;
        let remark = remark.as_str().unwrap_or_default().to_owned();
        if !remark.contains(word) {
            wrong.push(format!("{preset} says {remark:?}, without {word:?}"));
        }
        check_address_and_no_refusal(page, &format!("preset={preset}")).await?;
    }
    ensure!(wrong.is_empty(), "{}", wrong.join("; "));
    Ok(())
}

/// Checks that no setting was rejected, and that the address contains all chosen settings that differ from the
/// defaults.
async fn check_address_and_no_refusal(page: &PageUnderTest, chosen: &str) -> Result<()> {
    let refused = page.find("#refused").await?.is_displayed().await?;
    ensure!(!refused, "{chosen} was refused");
    let address = page.browser.eval("return location.hash").await?.to_string();
    let is_default = chosen == CHOICES[0];
    ensure!(is_default || address.contains(chosen), "the address is {address}, without {chosen}");
    Ok(())
}
