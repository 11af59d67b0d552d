//! Runs jobs in bounded slices. [`session`] is the brain, [`loading`] unpacks the data, without a clock or a browser; [`web`] is its glue.

pub mod loading;
pub mod session;
#[cfg(target_arch = "wasm32")]
pub mod web;
