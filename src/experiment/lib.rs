//! The rules of an experiment, without a clock, I/O or the web: its settings, its jobs, their results and the paper's
//! claims. Each file has one subject.

pub mod arm;
mod arm_rounds;
pub mod claims;
pub mod config;
pub mod criterion;
pub mod data_error;
pub mod data_words;
pub mod display_settings;
pub mod expected_digest;
pub mod experiment_report;
pub mod hexadecimal;
pub mod initializer;
pub mod job;
pub mod job_data;
pub mod job_graph;
pub mod job_key;
pub mod job_report;
#[cfg(test)]
mod made_report;
pub mod measured;
pub mod measured_difference;
pub mod moment;
pub mod names;
pub mod needed_files;
pub mod network_file;
pub mod network_file_error;
mod network_setting;
pub mod optimizer;
pub mod preset;
pub mod prune_counts;
pub mod prune_rounds;
pub mod pruning_at_init;
pub mod purpose;
pub mod recipe;
pub mod refusals;
pub mod report_check;
pub mod result_difference;
pub mod robustness;
pub mod run_digest;
pub mod schedule;
pub mod seeds;
pub mod setting_table;
pub mod settings;
pub mod sorted_map;
pub mod store;
pub mod url_fragment;
