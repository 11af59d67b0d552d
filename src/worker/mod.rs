//! The worker.
#[cfg(target_arch = "wasm32")]
pub mod web;
