//! The benchmark's worker. It times the oracle and the product's kernels, alternating, with the masks of a real pruning
//! run. `bench.js` in this directory controls it, and `cargo xtask bench` opens it in headless Chromium.

#[cfg(target_arch = "wasm32")]
mod measure;
#[cfg(target_arch = "wasm32")]
#[path = "../../tests/oracle/mod.rs"]
mod oracle;
#[cfg(target_arch = "wasm32")]
mod web;

fn main() {
    #[cfg(target_arch = "wasm32")]
    web::start();
}
