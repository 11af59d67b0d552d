//! Tests of networks with other numbers of layers than the paper's, from the URL to the end of the run.

use super::page_under_test::{PageUnderTest, RUN_TIMEOUT};
use anyhow::{Result, ensure};

/// A short experiment with one pruning.
const SHORT: &str = "iterations=20&eval_every=10&trials=1&rounds=1&speed=computed";
/// Values of `hidden`, with the number of weights of the network and the number of inputs of its last layer.
const NETWORKS: [(&str, u64, u64); 5] = [
    ("none", 784 * 10, 784),
    ("100", 784 * 100 + 100 * 10, 100),
    ("300,100", 266_200, 100),
    ("30,20,10", 784 * 30 + 30 * 20 + 20 * 10 + 10 * 10, 10),
    ("40,30,20,10", 784 * 40 + 40 * 30 + 30 * 20 + 20 * 10 + 10 * 10, 10),
];
/// The pictures of the masks: the title of each one, and whether anything is painted on it.
const PICTURES: &str = "
    const copy = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
    const painted = (canvas) => {
        if (!canvas.width || !canvas.height) return false;
        const { width, height } = Object.assign(copy.canvas, { width: canvas.width, height: canvas.height });
        copy.drawImage(canvas, 0, 0);
        return copy.getImageData(0, 0, width, height).data.some((value) => value > 0);
    };
    const pictures = [...document.querySelectorAll('#masks .mask')];
    return pictures.map((mask) => [mask.querySelector('h3').textContent, painted(mask.querySelector('canvas'))])";

/// Networks of each depth train both arms to the end, and all their layers are shown.
pub(crate) async fn networks_of_every_depth_run(page: &mut PageUnderTest) -> Result<()> {
    page.visit(SHORT).await?;
    page.wait_state("ready", RUN_TIMEOUT).await?;
    for (hidden, weights, inputs) in NETWORKS {
        let rows = page.replay(&format!("{SHORT}&hidden={hidden}")).await?.0;
        ensure!(rows.len() == 3, "hidden={hidden}: {} rows", rows.len());
        ensure!(
            rows[0].attribute_as_integer("weights")? == weights,
            "hidden={hidden}: {} weights",
            rows[0].attribute("weights")
        );
        ensure!(!page.find("#refused").await?.is_displayed().await?, "hidden={hidden} was refused");
        let pictures = page.browser.eval(PICTURES).await?;
        let pictures = pictures.as_array().cloned().unwrap_or_default();
        let layers = if hidden == "none" { 1 } else { hidden.split(',').count() + 1 };
        ensure!(pictures.len() == layers + 1, "hidden={hidden}: the pictures are {pictures:?}");
        ensure!(
            pictures.iter().all(|picture| picture[1] == true),
            "hidden={hidden}: not painted: {pictures:?}"
        );
        let last = format!("10 digits × {inputs} inputs");
        let titled =
            |picture: &serde_json::Value| picture[0].as_str().is_some_and(|title| title.contains(&last));
        ensure!(layers == 1 || pictures.last().is_some_and(titled), "hidden={hidden}: no picture of {last}");
    }
    Ok(())
}

/// The arrow key, in WebDriver's notation.
const ARROW_DOWN: &str = "\u{E015}";

/// A network with convolutions trains both arms to the end; its filters are shown, and the picture of linear layers is not.
pub(crate) async fn networks_with_convolutions_run(page: &mut PageUnderTest) -> Result<()> {
    page.visit(SHORT).await?;
    page.wait_state("ready", RUN_TIMEOUT).await?;
    let rows = page.replay(&format!("{SHORT}&net=c3k5p2,m2,c4k3,m2,12")).await?.0;
    ensure!(rows.len() == 3, "{} rows", rows.len());
    let weights = 3 * 25 + 4 * 27 + 4 * 36 * 12 + 120;
    ensure!(rows[0].attribute_as_integer("weights")? == weights, "{} weights", rows[0].attribute("weights"));
    // Half of the rate, which is 0.5, is pruned of the convolutions.
    let left = 3 * 25 - 19 + 4 * 27 - 27 + 4 * 36 * 12 / 2 + 120 - 30;
    ensure!(
        rows[1].attribute_as_integer("weights")? == left,
        "{} weights left",
        rows[1].attribute("weights")
    );
    ensure!(!page.find("#refused").await?.is_displayed().await?, "the network was refused");
    // 3 and 4 channels, 12 units and 10 classes.
    let described = page.find("#network-0").await?.attr("aria-label").await?.unwrap_or_default();
    ensure!(described.contains("of 29 units cut off"), "the picture is described as: {described}");
    let panels = page.find("#network-panels").await?;
    ensure!(panels.is_displayed().await?, "the network is not drawn");
    panels.send_keys(ARROW_DOWN).await?;
    let thing = page.find("#network-thing").await?.text().await?;
    let filter = "Channel 0 of layer 1: keeps ";
    ensure!(thing.starts_with(filter) && thing.contains("of the 25 weights"), "of the channel: {thing}");
    let pictures = page.browser.eval(PICTURES).await?;
    let pictures = pictures.as_array().cloned().unwrap_or_default();
    let is_painted = |picture: &serde_json::Value| picture[1] == true;
    ensure!(pictures.len() == 5 && pictures.iter().all(is_painted), "the pictures are {pictures:?}");
    let titled = |picture: &serde_json::Value| {
        picture[0].as_str().is_some_and(|title| title.contains("4 filters of 3 × 3"))
    };
    ensure!(pictures.iter().any(titled), "no picture of the second layer: {pictures:?}");
    ensure!(
        !page.find("#mask-inputs").await?.is_displayed().await?,
        "filters are shown as if they were the image"
    );
    Ok(())
}
