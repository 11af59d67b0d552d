//! Runs one job: what it begins with, its training steps, its evaluations, its pruning. Data in, data out; no clock, no
//! threads, no web.

pub mod data;
pub mod digest;
pub mod dropout;
pub mod initial_state;
pub mod initial_weights;
pub mod job_training;
pub mod prune_mask;
pub mod rng;
pub mod scheduled_optimizer;
pub mod weight_scores;
