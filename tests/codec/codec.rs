//! Sends a message of every kind through the codec of page and workers. Only a browser has the JavaScript values in
//! between, so this runs in one: `xtask` builds it, and the browser test `codec` loads it in a page and in a worker.

#[cfg(target_arch = "wasm32")]
mod refusals;
#[cfg(target_arch = "wasm32")]
mod samples;
#[cfg(target_arch = "wasm32")]
mod web;

fn main() {}
