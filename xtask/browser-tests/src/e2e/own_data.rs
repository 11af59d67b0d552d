//! Tests of data sets of the user: they run to their end, a link asks for its files, and what is malformed is refused by name.

use super::{
    page_under_test::{PageUnderTest, REACTION_TIMEOUT, RUN_TIMEOUT},
    reports::refused_text,
};
use anyhow::{Context, Result, ensure};
use std::{fs, path::PathBuf};

/// A run of a minute's fraction: two rounds of a small network.
const SHORT: &str = "preset=quick&seed=5&iterations=200&eval_every=100&rounds=2&hidden=20&workers=2";
/// The bytes of a record of CIFAR-10.
const RECORD: usize = 3073;

/// An IDX file of bytes.
fn idx(dimensions: &[u32], values: &[u8]) -> Vec<u8> {
    let mut file = vec![0, 0, 8, dimensions.len() as u8];
    file.extend(dimensions.iter().flat_map(|size| size.to_be_bytes()));
    file.extend(values);
    file
}

/// Records of CIFAR-10's format: of each class a colour and a place of its own, so that a network can learn them.
fn batch(records: usize) -> Vec<u8> {
    let record = |number: usize| {
        let class = number % 10;
        let pixel = move |at: usize| {
            let (channel, place) = (at / 1024, at % 1024);
            let lit = channel == class % 3 && place / 102 % 10 == class;
            if lit { 200 + (number * 7 + at) as u8 % 50 } else { (number * 13 + at * 31) as u8 % 40 }
        };
        [class as u8].into_iter().chain((0..3072).map(pixel))
    };
    (0..records).flat_map(record).collect()
}

/// The images and labels of some records as IDX files, pixel by pixel: (images, rows, columns, channels).
fn as_idx(records: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let count = (records.len() / RECORD) as u32;
    let side_by_side = |record: &[u8]| -> Vec<u8> {
        (0..1024)
            .flat_map(|pixel| (0..3).map(move |channel| 1 + channel * 1024 + pixel))
            .map(|at| record[at])
            .collect()
    };
    let images: Vec<u8> = records.chunks_exact(RECORD).flat_map(side_by_side).collect();
    let labels: Vec<u8> = records.chunks_exact(RECORD).map(|record| record[0]).collect();
    (idx(&[count, 32, 32, 3], &images), idx(&[count], &labels))
}

/// Gives files to the page's field for data.
async fn open(page: &PageUnderTest, files: &[(&str, Vec<u8>)]) -> Result<()> {
    let dir = std::env::temp_dir().join(format!("ticket-lab-data-{}", std::process::id()));
    fs::create_dir_all(&dir)?;
    let mut paths = vec![];
    for (name, bytes) in files {
        let path: PathBuf = dir.join(name);
        fs::write(&path, bytes)?;
        paths.push(path.to_string_lossy().into_owned());
    }
    open_paths(page, &paths).await
}

async fn open_paths(page: &PageUnderTest, paths: &[String]) -> Result<()> {
    page.find("#data-file").await?.send_keys(&paths.join("\n")).await?;
    Ok(())
}

/// Waits until the field and the address name a data set of the user, and runs on it. Nothing has begun, so that what is
/// entered holds at once.
async fn run_on_entered(page: &mut PageUnderTest) -> Result<String> {
    let entered = "const data = document.querySelector('#set-data').value;
                   return data.length > 64 && location.hash.includes(data) && data";
    let data = page.browser.wait("the data set in its field", REACTION_TIMEOUT, entered).await?;
    page.wait_state("ready", RUN_TIMEOUT).await?;
    page.click("#play").await?;
    page.wait_state("done", RUN_TIMEOUT).await?;
    Ok(data.as_str().unwrap_or_default().to_owned())
}

/// A batch file and the same images as a set of IDX files run to their end, and a link asks for the files.
pub(crate) async fn own_images_run_to_their_end(page: &mut PageUnderTest) -> Result<()> {
    let (train, test) = (batch(900), batch(200));
    page.visit(SHORT).await?;
    page.wait_state("ready", RUN_TIMEOUT).await?;
    open(page, &[("data_batch_1.bin", train.clone()), ("test_batch.bin", test.clone())]).await?;
    let data = run_on_entered(page).await?;
    ensure!(data.ends_with(".32x32x3.10.900.200"), "{data}");
    let table = page.table().await?;
    ensure!(table.0.iter().all(|row| row.attribute("data") == data), "rows of other data");
    let dense = table.0.first().context("no row")?;
    let accuracy: f64 = dense.attribute("testEnd").parse()?;
    ensure!(accuracy > 0.9, "the dense network reads {accuracy} of images that a line tells apart");
    // A link that says the SHA-256 alone asks for the files; IDX files of the same images are the same data set.
    let mut other = page.open_another().await?;
    let outcome = asks_for_its_files(&mut other, &data, (&train, &test), &table).await;
    other.finish(outcome, "own_data::fresh_profile").await
}

async fn asks_for_its_files(
    page: &mut PageUnderTest,
    data: &str,
    (train, test): (&[u8], &[u8]),
    table: &super::table::Table,
) -> Result<()> {
    page.visit(&format!("{SHORT}&data={}", &data[..64])).await?;
    page.wait_state("ready", RUN_TIMEOUT).await?;
    let asked = "const asked = document.querySelector('#needed-files');
                 return asked.checkVisibility() && asked.innerText";
    let asked = page.browser.wait("the question for the files", REACTION_TIMEOUT, asked).await?.to_string();
    ensure!(asked.contains(&data[..8]), "{asked} does not say {data}");
    ensure!(page.is_disabled("#play").await?, "#play can be pressed without the data");
    let (images, labels) = as_idx(train);
    let (test_images, test_labels) = as_idx(test);
    let files =
        [("images", images), ("labels", labels), ("test-images", test_images), ("test-labels", test_labels)];
    open(page, &files).await?;
    let free =
        "return document.querySelector('#needed-files').hidden && document.body.dataset.state === 'ready' &&
                !document.querySelector('#play').disabled";
    page.browser.wait("the way to be free", RUN_TIMEOUT, free).await?;
    ensure!(page.value("#set-data").await? == data, "the field has another data set");
    page.click("#play").await?;
    page.wait_state("done", RUN_TIMEOUT).await?;
    page.table().await?.same_as(table)
}

/// Ten malformed files are refused by name, one of 3 GB takes neither memory nor the tab, and the page's run is still there.
pub(crate) async fn malformed_data_is_refused_by_name(page: &mut PageUnderTest) -> Result<()> {
    page.visit(SHORT).await?;
    page.wait_state("ready", RUN_TIMEOUT).await?;
    let (images, labels) = as_idx(&batch(120));
    let cut = |file: &[u8], bytes: usize| file[..file.len() - bytes].to_vec();
    let changed = |file: &[u8], at: usize, to: u8| {
        let mut file = file.to_vec();
        file[at] = to;
        file
    };
    let mut wrong_label = batch(120);
    wrong_label[RECORD * 7] = 10;
    let malformed: [(&str, Vec<u8>, &str); 10] = [
        ("cut.idx", cut(&images, 1), "the header promises another size"),
        ("head.idx", images[..10].to_vec(), "the file ends within its header"),
        ("text.idx", b"milk and bread".to_vec(), "it is neither an IDX file"),
        ("empty.idx", vec![], "it is neither an IDX file"),
        ("floats.idx", changed(&images, 2, 0x0d), "its numbers are of the kind 0x0d"),
        ("flat.idx", idx(&[120, 3072], &images[20..]), "it has 2 dimensions"),
        ("wide.idx", idx(&[1, 65, 2], &[0; 130]), "its images have 65 × 2 pixels"),
        ("channels.idx", idx(&[1, 4, 4, 2], &[0; 32]), "of its four dimensions neither"),
        ("packed.gz", vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 1], "the compressed file is corrupt"),
        ("batch.bin", wrong_label, "label 7 is 10"),
    ];
    for (name, bytes, why) in malformed {
        open(page, &[(name, bytes), ("z-labels.idx", labels.clone())]).await?;
        let said = refused_text(page).await?;
        ensure!(said.starts_with(&format!("{name}: ")) && said.contains(why), "{name} is said to be: {said}");
        page.browser.eval("document.querySelector('#refused').replaceChildren()").await?;
    }
    let huge = std::env::temp_dir().join(format!("ticket-lab-huge-{}.idx", std::process::id()));
    // A hole: it has 3 GB and takes no room on the disk.
    fs::File::create(&huge)?.set_len(3_000_000_000)?;
    let outcome = open_paths(page, &[huge.to_string_lossy().into_owned()]).await;
    let said = refused_text(page).await;
    fs::remove_file(&huge)?;
    outcome?;
    let said = said?;
    ensure!(said.contains("3000 MB are too much for a data set"), "{said}");
    page.click("#play").await?;
    page.wait_state("done", RUN_TIMEOUT).await
}
