//! Runs one job: what it begins with, its training steps, its readings, its pruning. Data in, data out; no clock, no
//! threads, no web.

pub mod criterion;
pub mod data;
pub mod digest;
pub mod dropout;
pub mod init;
pub mod prune;
pub mod rng;
pub mod start;
pub mod stepper;
pub mod train;
