//! `cargo xtask bench` measures a training step in a module worker of headless Chromium, with the masks of the paper's
//! rounds. It compares the product's kernels with plain candle.

use crate::{
    browser::{Browser, Driver},
    chromium,
};
use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use std::{convert, fs, path::Path, time::Duration};
use tokio::time::sleep;
use xtask::{
    build,
    cargo::{self, BENCH_MODULE, PAGE_MODULE, WORKER_MODULE},
    server::{self, ServedSite},
    sizes,
};

/// The files of `benches/browser/` that the browser loads.
const FILES: [&str; 3] = ["bench.html", "bench.js", "bench_worker.js"];
/// The maximum duration of the whole measurement.
const PATIENCE: Duration = Duration::from_secs(1800);

/// Builds the benchmark, runs it, prints the table and writes target/bench.json.
pub(crate) async fn run() -> Result<()> {
    let site = cargo::root().join("target/bench-site");
    build::build_site(&site)?;
    build::build_module(&BENCH_MODULE, &site)?;
    for name in FILES {
        let from = cargo::root().join("benches/browser").join(name);
        fs::copy(&from, site.join(name)).with_context(|| format!("cannot copy {}", from.display()))?;
    }
    let mut result = measure(&site).await?;
    add_sizes(&site, &mut result)?;
    print_table(&result);
    let file = cargo::root().join("target/bench.json");
    fs::write(&file, serde_json::to_string_pretty(&result)?)?;
    println!("All of it is in {}", file.display());
    Ok(())
}

/// Opens the benchmark and waits for its result.
async fn measure(site: &Path) -> Result<Value> {
    let driver = Driver::start(&chromium::ensure()?).await?;
    let running = server::start(ServedSite::at_root(site), convert::identity).await?;
    let browser = driver.browsers().open().await?;
    let result = watch(&browser, &format!("{}bench.html", running.url)).await;
    browser.close().await?;
    result
}

/// Prints the progress of the benchmark while it runs.
async fn watch(browser: &Browser, url: &str) -> Result<Value> {
    browser.goto(url).await?;
    let start = std::time::Instant::now();
    let mut said = 0;
    loop {
        let log = browser.eval("return document.getElementById('log').textContent").await?;
        let log = log.as_str().unwrap_or_default().to_owned();
        print!("{}", log.get(said..).unwrap_or_default());
        said = log.len();
        if let Value::Object(result) = browser.eval("return window.bench").await? {
            return Ok(Value::Object(result));
        }
        if let Value::String(error) = browser.eval("return window.benchError").await? {
            bail!("the benchmark stopped: {error}");
        }
        if start.elapsed() > PATIENCE {
            bail!("the benchmark did not end within {} minutes", PATIENCE.as_secs() / 60);
        }
        sleep(Duration::from_secs(1)).await;
    }
}

/// Adds the sizes of the shipped modules to the result.
fn add_sizes(site: &Path, result: &mut Value) -> Result<()> {
    let page = sizes::measure(&build::wasm_file(site, &PAGE_MODULE))?;
    let worker = sizes::measure(&build::wasm_file(site, &WORKER_MODULE))?;
    result["wasm_bytes"] = json!({ "page": page.raw, "worker": worker.raw });
    result["wasm_gzip_bytes"] = json!({ "page": page.gzip, "worker": worker.gzip });
    Ok(())
}

/// The floating-point operations of a training step of the dense LeNet on a batch of 60 images.
const DENSE_STEP_FLOP: f64 = 2.0 * 60.0 * 563_400.0;

/// Prints every round of a network, and the sums.
fn print_rounds(network: &str, result: &Value) {
    println!("\n{network}");
    println!(
        "round  weights  oracle ms  product ms   ratio  of dense  shipped ms  to product  validation ms"
    );
    let dense = number(&result["rounds"][0]["product_ms"]);
    for row in result["rounds"].as_array().into_iter().flatten() {
        let [round, weights, oracle, product, worker, times, eval] =
            ["round", "weights", "oracle_ms", "product_ms", "worker_ms", "worker_ratio", "eval_ms"]
                .map(|key| number(&row[key]));
        let (ratio, of_dense) = (oracle / product, product / dense);
        println!(
            "{round:>5} {weights:>8} {oracle:>10.3} {product:>11.4} {ratio:>7.1} {of_dense:>9.3} {worker:>11.4} {times:>11.2} {eval:>14.2}"
        );
    }
    let [oracle, product] = ["oracle_chain_ms", "product_chain_ms"].map(|key| number(&result[key]));
    println!("sum of the rounds: {oracle:.1} ms and {product:.2} ms, {:.1} times less", oracle / product);
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or(f64::NAN)
}

/// Prints the rounds of both networks and the totals.
fn print_table(result: &Value) {
    print_rounds("LeNet-300-100", result);
    print_rounds("LeNet-5", &result["lenet5"]);
    let peak = number(&result["peak_gflops"]);
    let achieved = DENSE_STEP_FLOP / (number(&result["rounds"][0]["product_ms"]) / 1e3) / 1e9;
    println!(
        "round 0 of LeNet-300-100 as a dense step: {achieved:.1} GFLOP/s; the measured SIMD128 peak is {peak:.1}, {:.2} of it",
        achieved / peak
    );
    println!(
        "memory of the shipped worker: {} bytes, after 200 rounds more {} bytes",
        result["worker_memory_bytes"], result["worker_memory_bytes_after_200_rounds"]
    );
    println!("wasm {}, gzipped {}", result["wasm_bytes"], result["wasm_gzip_bytes"]);
}
