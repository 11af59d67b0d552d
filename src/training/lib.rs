//! Trains one job: its starting state, its training steps, its evaluation passes and its pruning. The package uses no
//! clock, no threads and no web API.

pub mod corruptions;
pub mod data;
pub mod digest;
pub mod dropout;
mod evaluation_pass;
mod image_file;
pub mod initial_state;
pub mod initial_weights;
mod interpolation;
pub mod job_training;
pub mod label_noise;
pub mod mask_at_init;
pub mod network_file;
pub mod own_data;
pub mod plain_network;
pub mod prune_mask;
pub mod rng;
pub mod robustness;
pub mod scalar;
pub mod scheduled_optimizer;
pub mod supermask;
pub mod trained_job;
pub mod weight_scores;
