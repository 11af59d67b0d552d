//! Ticket Lab: the Lottery Ticket Hypothesis, live. One direction only; nothing above knows anything below.
//!
//! - [`lab`]: the experiment itself, pure: no clock, no I/O, no web.
//! - [`kernels`]: what makes training fast: candle ops in which only surviving weights cost anything.
//! - [`protocol`]: the messages between page and workers; the only file both sides share.
//! - [`worker`]: runs jobs in slices.
//! - `native`: runs a whole experiment on threads, where there is no browser.
//! - [`chart`]: plain data in, pixels out, on any plotters backend.
//! - [`page`]: asks workers, keeps the state, shows it.

#[cfg(feature = "show")]
pub mod chart;
#[cfg(feature = "train")]
pub mod kernels;
pub mod lab;
#[cfg(all(feature = "train", not(target_arch = "wasm32")))]
pub mod native;
#[cfg(feature = "show")]
pub mod page;
pub mod protocol;
#[cfg(feature = "train")]
pub mod worker;
