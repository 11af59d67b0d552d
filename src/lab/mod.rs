//! The experiment, pure: no clock, no I/O, no web; data in, data out. One idea a file.

pub mod arm;
pub mod config;
pub mod criterion;
#[cfg(feature = "train")]
pub mod data;
pub mod deaths;
#[cfg(feature = "train")]
pub mod digest;
pub mod experiment;
pub mod fragment;
#[cfg(feature = "train")]
pub mod init;
pub mod job;
pub mod journal;
pub mod prune;
pub mod report;
#[cfg(feature = "train")]
pub mod rng;
pub mod shape;
pub mod store;
#[cfg(feature = "train")]
pub mod train;
