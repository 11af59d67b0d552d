//! Tests of what the user takes away: each button gives its file, and the file says what the page says.

use super::{
    page_under_test::{PageUnderTest, REACTION_TIMEOUT, RUN_TIMEOUT},
    reports::{ONE_TRIAL, import},
    table::{Row, Table},
};
use anyhow::{Context, Result, ensure};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    io::{Cursor, Read},
    path::Path,
    time::Duration,
};

/// Keeps the files that the page offers for saving, in base64, so that a test can read them.
pub(super) const CATCH_FILES: &str = "
    globalThis.caught = [];
    const blobs = new Map(), make = URL.createObjectURL;
    URL.createObjectURL = (blob) => { const url = make.call(URL, blob); blobs.set(url, blob); return url };
    HTMLAnchorElement.prototype.click = function () {
        const file = { name: this.download }, reader = new FileReader();
        reader.onload = () => { file.data = reader.result.split(',')[1] ?? '' };
        reader.readAsDataURL(blobs.get(this.href));
        caught.push(file);
    }";

pub(super) type Files = BTreeMap<String, Vec<u8>>;

/// Waits for so many files and returns them by name.
async fn caught(page: &PageUnderTest, count: usize, patience: Duration) -> Result<Files> {
    let script = format!("return caught.length === {count} && caught.every((file) => file.data) && caught");
    let files = page.browser.wait("the exported files", patience, &script).await?;
    page.browser.eval("caught.length = 0").await?;
    let file = |file: &Value| {
        let name = file["name"].as_str().context("a file without a name")?;
        Ok((name.to_owned(), STANDARD.decode(file["data"].as_str().context("a file without data")?)?))
    };
    files.as_array().context("no files")?.iter().map(file).collect()
}

/// Presses the button of an export and returns its files.
pub(super) async fn export(page: &PageUnderTest, what: &str, count: usize) -> Result<Files> {
    page.browser.eval(&format!("document.querySelector('[data-export={what}]').click()")).await?;
    caught(page, count, REACTION_TIMEOUT).await.with_context(|| format!("exporting {what}"))
}

fn unpack(archive: &[u8]) -> Result<Files> {
    let mut archive = zip::ZipArchive::new(Cursor::new(archive))?;
    let mut files = Files::new();
    for at in 0..archive.len() {
        let mut file = archive.by_index(at)?;
        let mut bytes = vec![];
        file.read_to_end(&mut bytes)?;
        files.insert(file.name()?.into_owned(), bytes);
    }
    Ok(files)
}

/// Each button gives its files under names after preset and seeds. They agree with the table, the charts and each other.
pub(crate) async fn everything_can_be_taken_away(page: &mut PageUnderTest) -> Result<()> {
    page.before_every_page(CATCH_FILES).await?;
    page.visit(ONE_TRIAL).await?;
    page.wait_state("ready", RUN_TIMEOUT).await?;
    let disabled = "return document.querySelector('#exports').matches(':disabled')";
    ensure!(page.browser.eval(disabled).await? == true, "files are offered before anything is done");
    let table = page.autoplay(ONE_TRIAL).await?;
    let stem = "ticket-lab-quick-seed3";
    let tables = export(page, "csv", 2).await?;
    rounds_agree(&tables[&format!("{stem}-rounds.csv")], &table)?;
    let curves = csv::Reader::from_reader(&tables[&format!("{stem}-curves.csv")][..]).records().count();
    ensure!(curves == 3 * table.0.len(), "{curves} points of {} curves", table.0.len());

    let svgs = unpack(&export(page, "svg", 1).await?[&format!("{stem}-charts-svg.zip")])?;
    let pngs = unpack(&export(page, "png", 1).await?[&format!("{stem}-charts-png.zip")])?;
    let charts: BTreeSet<&str> = svgs.keys().filter_map(|name| name.strip_suffix(".svg")).collect();
    let pictures: BTreeSet<&str> = pngs.keys().filter_map(|name| name.strip_suffix(".png")).collect();
    ensure!(charts == pictures && charts.len() >= 6, "{charts:?} and {pictures:?}");
    for chart in &charts {
        let size = drawing_size(&svgs[&format!("{chart}.svg")]).with_context(|| (*chart).to_owned())?;
        let png = &pngs[&format!("{chart}.png")];
        let side = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().expect("four bytes"));
        ensure!(
            png.starts_with(b"\x89PNG") && (side(16), side(20)) == (2 * size.0, 2 * size.1),
            "{chart}.png"
        );
    }
    let rounds = texts(&svgs[&format!("{stem}-rounds-accuracy.svg")])?;
    for label in ["ticket", "re-init", "dense"] {
        ensure!(rounds.iter().any(|text| text.contains(label)), "no {label} in {rounds:?}");
    }

    let (arm, round) = ("ticket", 2);
    let choose = format!(
        "const list = document.querySelector('#export-network'); list.value = '3.{arm}.{round}.0';
         list.dispatchEvent(new Event('change', {{ bubbles: true }})); return list.value"
    );
    ensure!(page.browser.eval(&choose).await? == format!("3.{arm}.{round}.0"), "the list lacks the ticket");
    let network = export(page, "safetensors", 1).await?;
    let name = format!("{stem}-{arm}-round{round}.safetensors");
    accuracies_agree(&page.dir, &network[&name], row(&table, arm, round)?)?;

    let report = export(page, "report", 1).await?;
    let archive = export(page, "zip", 1).await?;
    let archive = &archive[&format!("{stem}.zip")];
    page.note(format!("{} kB in the zip file", archive.len() / 1000));
    let all = unpack(archive)?;
    let networks = all.keys().filter(|name| name.ends_with(".safetensors")).count();
    ensure!(networks == table.0.len(), "{networks} networks in the zip file");
    for (name, bytes) in report.iter().chain(&tables).chain(&svgs).chain(&pngs).chain(&network) {
        ensure!(all.get(name) == Some(bytes), "{name} is otherwise in the zip file");
    }
    let files = report.len() + tables.len() + svgs.len() + pngs.len() + networks;
    ensure!(all.len() == files, "{:?} in the zip file", all.keys());
    Ok(())
}

/// A network of an opened report is trained again when it is asked for. The page says so, and the file has its accuracy.
pub(crate) async fn a_network_that_is_not_kept_is_trained_again(page: &mut PageUnderTest) -> Result<()> {
    page.before_every_page(CATCH_FILES).await?;
    let table = page.autoplay(ONE_TRIAL).await?;
    let report = export(page, "report", 1).await?;
    let (name, text) = report.first_key_value().context("no report")?;
    page.visit("preset=quick&seed=9").await?;
    page.wait_state("ready", RUN_TIMEOUT).await?;
    import(page, &[(name, std::str::from_utf8(text)?)]).await?;
    page.wait_state("done", REACTION_TIMEOUT).await?;
    let note = "return document.querySelector('#export-network-note').textContent";
    let said = page.browser.wait("a note", REACTION_TIMEOUT, note).await?;
    ensure!(said.to_string().contains("trained again when you ask"), "{said}");
    page.browser.eval("document.querySelector('[data-export=safetensors]').click()").await?;
    let files = caught(page, 1, RUN_TIMEOUT).await?;
    let (name, bytes) = files.first_key_value().context("no file")?;
    ensure!(name.ends_with("-ticket-round0.safetensors"), "{name}");
    accuracies_agree(&page.dir, bytes, row(&table, "ticket", 0)?)?;
    page.wait_state("done", RUN_TIMEOUT).await?;
    page.table().await?.same_as(&table)
}

fn row<'a>(table: &'a Table, arm: &str, round: u32) -> Result<&'a Row> {
    let found =
        table.0.iter().find(|row| row.attribute("arm") == arm && row.attribute("round") == round.to_string());
    found.with_context(|| format!("no row of {arm}, round {round}"))
}

/// The table of rounds has the same numbers as the attributes of the page's table, to the last digit.
fn rounds_agree(bytes: &[u8], table: &Table) -> Result<()> {
    let lines: Vec<BTreeMap<String, String>> =
        csv::Reader::from_reader(bytes).deserialize().collect::<Result<_, _>>()?;
    ensure!(lines.len() == table.0.len(), "{} lines for {} rows", lines.len(), table.0.len());
    let same = [
        ("trial", "trial"),
        ("arm", "arm"),
        ("round", "round"),
        ("draw", "draw"),
        ("weights", "weights"),
        ("early_stop", "earlyStop"),
        ("test_start", "testStart"),
        ("test_early", "testEarly"),
        ("test_end", "testEnd"),
        ("train_early", "trainEarly"),
        ("train_end", "trainEnd"),
        ("validation_loss", "validationLoss"),
        ("digest", "digest"),
        ("train_clean", "trainClean"),
        ("train_flipped", "trainFlipped"),
        ("restored", "restored"),
    ];
    for (line, row) in lines.iter().zip(&table.0) {
        for (field, attribute) in same {
            ensure!(line[field] == row.attribute(attribute), "{field} of {line:?}");
        }
        let seconds: [f64; 2] = [line["seconds"].parse()?, row.attribute("seconds").parse()?];
        ensure!(seconds[0] == seconds[1], "{seconds:?}");
    }
    Ok(())
}

/// Width and height of a drawing, which must be well-formed.
fn drawing_size(svg: &[u8]) -> Result<(u32, u32)> {
    let text = std::str::from_utf8(svg)?;
    let document = roxmltree::Document::parse(text)?;
    let root = document.root_element();
    let side = |name: &str| Ok::<u32, anyhow::Error>(root.attribute(name).context("no size")?.parse()?);
    let has_title =
        root.children().any(|child| child.has_tag_name("title") || child.tag_name().name() == "title");
    ensure!(has_title, "no title");
    Ok((side("width")?, side("height")?))
}

/// The texts of a drawing.
fn texts(svg: &[u8]) -> Result<Vec<String>> {
    let document = roxmltree::Document::parse(std::str::from_utf8(svg)?)?;
    let texts = document.descendants().filter(|node| node.tag_name().name() == "text");
    Ok(texts.filter_map(|node| node.text()).map(|text| text.trim().to_owned()).collect())
}

/// The weights in the file give the test accuracies of the row, before training and after, to the image.
fn accuracies_agree(site: &Path, file: &[u8], row: &Row) -> Result<()> {
    let (size, rest) = file.split_first_chunk::<8>().context("an empty file")?;
    let (head, data) = rest.split_at_checked(u64::from_le_bytes(*size) as usize).context("no head")?;
    let head: Value = serde_json::from_slice(head)?;
    let tensor = |name: &str| -> Result<&[u8]> {
        let ends = &head[name]["data_offsets"];
        let end = |at: usize| ends[at].as_u64().map(|end| end as usize);
        data.get(end(0).context("no such tensor")?..end(1).context("no end")?).context("a tensor outside")
    };
    let floats = |name: &str| -> Result<Vec<f32>> {
        Ok(tensor(name)?.as_chunks().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect())
    };
    let unpacked = |name: &str, skip: usize| -> Result<Vec<u8>> {
        let mut bytes = vec![];
        flate2::read::GzDecoder::new(&std::fs::read(site.join("assets/mnist").join(name))?[..])
            .read_to_end(&mut bytes)?;
        Ok(bytes.split_off(skip))
    };
    let (images, labels) =
        (unpacked("t10k-images-idx3-ubyte.gz", 16)?, unpacked("t10k-labels-idx1-ubyte.gz", 8)?);
    for (moment, attribute) in [("first", "testStart"), ("last", "testEnd")] {
        let mut values: Vec<f32> = images.iter().map(|byte| f32::from(*byte) / 255.0).collect();
        let layers = (0..).take_while(|layer| !head[format!("mask.{layer}.weight")].is_null()).count();
        for layer in 0..layers {
            let mut weights = floats(&format!("{moment}.{layer}.weight"))?;
            let mask = tensor(&format!("mask.{layer}.weight"))?;
            weights.iter_mut().zip(mask).for_each(|(weight, alive)| *weight *= f32::from(*alive));
            let biases = floats(&format!("{moment}.{layer}.bias"))?;
            let inputs = weights.len() / biases.len();
            let unit = |image: &[f32], unit: usize| {
                let row = &weights[unit * inputs..(unit + 1) * inputs];
                let sum =
                    row.iter().zip(image).map(|(weight, value)| weight * value).sum::<f32>() + biases[unit];
                if layer + 1 < layers { sum.max(0.0) } else { sum }
            };
            let image = |image| (0..biases.len()).map(move |at| unit(image, at));
            values = values.chunks(inputs).flat_map(image).collect();
        }
        let classes = values.len() / labels.len();
        let best = |logits: &[f32]| (0..classes).max_by(|one, other| logits[*one].total_cmp(&logits[*other]));
        let right = values
            .chunks(classes)
            .zip(&labels)
            .filter(|(logits, label)| best(logits) == Some(usize::from(**label)))
            .count();
        let accuracy = (right as f64 / labels.len() as f64).to_string();
        ensure!(accuracy == row.attribute(attribute), "{moment}: {accuracy}, {}", row.attribute(attribute));
    }
    Ok(())
}
