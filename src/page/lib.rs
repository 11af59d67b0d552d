//! The page: assigns jobs to workers, collects their results and shows them.
//!
//! [`state`] makes all decisions and knows nothing of the browser. It takes clicks and worker events, with the time as
//! a parameter, and returns effects. The other modules convert the state into what is shown. Only `web` uses the
//! browser.

pub mod arm_styles;
pub mod barriers;
pub mod chart_data;
pub mod chart_selection;
pub mod compared_arms;
mod corrupted;
pub mod cost_texts;
pub mod digit_image;
pub mod digit_reader;
pub mod digit_texts;
pub mod display;
pub mod element_texts;
pub mod exports;
pub mod forecast;
pub mod forgetting;
pub mod headline;
pub mod idx_file;
pub mod image_step;
mod job_deaths;
pub mod kept_networks;
pub mod keys;
pub mod layer_collapse;
pub mod lesson;
pub mod letter_case;
pub mod link;
pub mod liveness;
#[cfg(test)]
mod made_results;
pub mod mask_charts;
pub mod mask_readings;
pub mod mask_texts;
mod memorised;
pub mod metric;
pub mod network_files;
pub mod network_focus;
pub mod network_names;
pub mod network_texts;
pub mod network_view;
pub mod next_steps;
pub mod open_requests;
pub mod own_data_files;
pub mod pinned_runs;
pub mod preset_cards;
pub mod preview;
pub mod preview_texts;
pub mod qr_code;
mod reader_patience;
pub mod recorded_runs;
pub mod recorded_values;
pub mod recorded_votes;
pub mod recording;
pub mod redraw_needs;
pub mod refusal_texts;
pub mod refusals;
mod relations;
mod run_aside;
pub mod run_comparison;
pub mod run_results;
pub mod saved_runs;
pub mod saved_texts;
pub mod sentences;
pub mod setting_fields;
pub mod shown_results;
pub mod state;
pub mod status;
pub mod status_line;
pub mod strings;
pub mod survivor_ranks;
pub mod table;
pub mod terms;
pub mod titles;
pub mod value_histogram;
pub mod votes;
#[cfg(target_arch = "wasm32")]
pub mod web;
pub mod worker_pool;

pub use experiment::moment;
