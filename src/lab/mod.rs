//! The experiment, pure: no clock, no I/O, no web; data in, data out. One idea a file.

pub mod config;
#[cfg(feature = "train")]
pub mod data;
pub mod experiment;
pub mod fragment;
#[cfg(feature = "train")]
pub mod init;
pub mod job;
pub mod prune;
pub mod report;
#[cfg(feature = "train")]
pub mod rng;
pub mod shape;
#[cfg(feature = "train")]
pub mod train;
