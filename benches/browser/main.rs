//! The benchmark's worker: times the oracle and the product's path, alternating, at the masks of a real pruning run.
//! `bench.js` beside this drives it; `cargo xtask bench` opens it in headless Chromium.

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
