//! The codec and the browser carry every message between page and worker without changing it.

use super::page_under_test::PageUnderTest;
use anyhow::{Context, Result, ensure};
use serde_json::Value;
use std::fs;
use xtask::{
    build,
    cargo::{self, CODEC_MODULE},
};

/// Loads the samples of `tests/codec` and returns the first difference. It checks the samples as they are in the page,
/// after the copy that the browser makes when it sends a value, as a worker receives them, and as the page receives
/// them back from a worker.
const SCRIPT: &str = "
    const { default: init, sent, difference } = await import(new URL('wasm/codec.js', location));
    await init({ module_or_path: new URL('wasm/codec_bg.wasm', location) });
    const worker = new Worker(new URL('codec_worker.js', location), { type: 'module' });
    const answer = new Promise((resolve, reject) => {
        worker.onmessage = ({ data }) => resolve(data);
        worker.onerror = (event) => reject(new Error(event.message));
    });
    const values = sent();
    worker.postMessage(values);
    const heard = await answer;
    return {
        samples: values.length,
        page: difference(values) ?? null,
        copy: difference(structuredClone(values)) ?? null,
        worker: heard.difference ?? null,
        repeated: difference(heard.values) ?? null,
    };";

/// Reads decimal numbers in the page, and returns their bits.
const PARSE: &str = "
    const { default: init, parsed } = await import(new URL('wasm/codec.js', location));
    await init({ module_or_path: new URL('wasm/codec_bg.wasm', location) });
    return [...new BigUint64Array(parsed(TEXTS).buffer)].map(String)";

/// Writes the codec's module into the site of a test and opens the page.
async fn visit_with_codec(page: &mut PageUnderTest) -> Result<()> {
    let site = page.dir.clone();
    tokio::task::spawn_blocking(move || {
        build::build_module(&CODEC_MODULE, &site)?;
        let from = cargo::root().join("tests/codec/worker.js");
        fs::copy(&from, site.join("codec_worker.js"))
            .with_context(|| format!("cannot copy {}", from.display()))
    })
    .await??;
    page.visit("").await
}

/// Every sample of every message arrives unchanged.
pub(super) async fn messages_come_through(page: &mut PageUnderTest) -> Result<()> {
    visit_with_codec(page).await?;
    let result = page.browser.eval(SCRIPT).await?;
    let samples = result["samples"].as_u64().unwrap_or_default();
    ensure!(samples >= 60, "only {samples} samples: {result}");
    for place in ["page", "copy", "worker", "repeated"] {
        ensure!(result[place] == Value::Null, "{place}: {}", result[place]);
    }
    page.note(format!("{samples} messages"));
    Ok(())
}

/// Decimal numbers are read to the same bits as natively, and the same texts are refused.
pub(super) async fn numbers_are_read_to_the_same_bits(page: &mut PageUnderTest) -> Result<()> {
    visit_with_codec(page).await?;
    let odd = [
        "", ".", "e5", "1e", "1e+", "1e5e5", "1e 5", " 1", "1 ", "0x1", "1_0", "-1", "+1", "1E5", "inf",
        "NaN",
    ];
    let edges = [
        "0",
        ".5",
        "5.",
        "00.25",
        "1e400",
        "1e-400",
        "5e-324",
        "2.4703282292062327e-324",
        "9007199254740993",
    ];
    let mut texts: Vec<String> = [&odd[..], &edges[..]].concat().into_iter().map(str::to_owned).collect();
    // Multiples of an odd number go through bits of every kind.
    let spread = |n: u64| f64::from_bits(n.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 1);
    for value in (1..4000).map(spread).filter(|value| value.is_finite()) {
        texts.extend([
            format!("{value:e}"),
            format!("{value:.16e}"),
            format!("{value:.11e}"),
            format!("{:.9}", value % 1.0),
        ]);
    }
    let script = PARSE.replace("TEXTS", &serde_json::to_string(&texts)?);
    let read = page.browser.eval(&script).await?;
    let read: Vec<String> = serde_json::from_value(read)?;
    ensure!(read.len() == texts.len(), "{} of {} texts are read", read.len(), texts.len());
    for (text, read) in texts.iter().zip(read) {
        let (read, expected) =
            (f64::from_bits(read.parse()?), numbers::parse_decimal(text).unwrap_or(f64::NAN));
        ensure!(read.to_bits() == expected.to_bits(), "{text} is {read:?}, not {expected:?}");
    }
    ensure!(odd.iter().all(|text| numbers::parse_decimal(text).is_none()), "an odd text is read");
    page.note(format!("{} texts", texts.len()));
    Ok(())
}
