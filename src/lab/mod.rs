//! The experiment, pure: no clock, no I/O, no web; data in, data out. One idea a file.

pub mod arm;
pub mod claims;
pub mod config;
pub mod criterion;
#[cfg(feature = "train")]
pub mod data;
pub mod deaths;
#[cfg(feature = "train")]
pub mod digest;
#[cfg(feature = "train")]
pub mod dropout;
pub mod experiment;
pub mod fragment;
pub mod init;
pub mod job;
pub mod journal;
pub mod optimizer;
pub mod preset;
pub mod prune;
pub mod report;
#[cfg(feature = "train")]
pub mod rng;
pub mod shape;
pub mod store;
#[cfg(feature = "train")]
pub mod train;
