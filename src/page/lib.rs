//! The page: assigns jobs to workers, collects their results and shows them.
//!
//! [`state`] makes all decisions and knows nothing of the browser. It takes clicks and worker events, with the time as
//! a parameter, and returns effects. The other modules convert the state into what is shown. Only `web` uses the
//! browser.

pub mod arm_comparison;
pub mod arm_styles;
pub mod chart_data;
pub mod chart_selection;
pub mod element_texts;
pub mod forecast;
pub mod kept_networks;
pub mod metric;
pub mod moment;
pub mod next_steps;
pub mod open_requests;
pub mod preset_cards;
pub mod recorded_runs;
pub mod refusals;
pub mod run_results;
pub mod setting_fields;
pub mod shown_results;
pub mod state;
pub mod status;
pub mod status_line;
pub mod strings;
pub mod table;
pub mod terms;
#[cfg(target_arch = "wasm32")]
pub mod web;
pub mod worker_pool;
