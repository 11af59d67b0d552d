//! The experiment, pure: no clock, no I/O, no web; data in, data out. One idea a file.

pub mod arm;
pub mod claims;
pub mod config;
pub mod criterion;
pub mod deaths;
pub mod fragment;
pub mod init;
pub mod job;
pub mod job_data;
pub mod jobs;
pub mod journal;
mod names;
pub mod optimizer;
pub mod preset;
pub mod prune;
pub mod purpose;
pub mod recipe;
pub mod report;
pub mod setting_table;
pub mod settings;
pub mod store;
