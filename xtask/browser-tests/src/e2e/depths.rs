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
