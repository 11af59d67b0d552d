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

/// Every sample of every message arrives unchanged.
pub(super) async fn messages_come_through(page: &mut PageUnderTest) -> Result<()> {
    let site = page.dir.clone();
    tokio::task::spawn_blocking(move || {
        build::build_module(&CODEC_MODULE, &site)?;
        let from = cargo::root().join("tests/codec/worker.js");
        fs::copy(&from, site.join("codec_worker.js"))
            .with_context(|| format!("cannot copy {}", from.display()))
    })
    .await??;
    page.visit("").await?;
    let result = page.browser.eval(SCRIPT).await?;
    let samples = result["samples"].as_u64().unwrap_or_default();
    ensure!(samples >= 60, "only {samples} samples: {result}");
    for place in ["page", "copy", "worker", "repeated"] {
        ensure!(result[place] == Value::Null, "{place}: {}", result[place]);
    }
    page.note(format!("{samples} messages"));
    Ok(())
}
