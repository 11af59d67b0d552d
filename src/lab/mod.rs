//! The experiment, pure: no clock, no I/O, no web; data in, data out. One idea a file.

pub mod config;
pub mod experiment;
pub mod fragment;
pub mod job;
pub mod report;
pub mod shape;
