//! Sends a message of every kind through the codec of page and workers. What a browser does with the values in between
//! is its own, so this runs in one: `xtask` builds it, and its test `codec` loads it in a page and in a worker.

#[cfg(target_arch = "wasm32")]
mod samples;
#[cfg(target_arch = "wasm32")]
mod web;

fn main() {}
