//! The page: asks workers for jobs, keeps what they say, shows it.
//!
//! [`state`] is the brain and knows nothing of the web: clicks and events in, effects out, the time a parameter.
//! The other files turn what it knows into what is shown; `web` alone touches the browser.

pub mod arm_comparison;
pub mod arm_styles;
pub mod chart_data;
pub mod chart_selection;
pub mod element_texts;
pub mod forecast;
pub mod metric;
mod pending_requests;
pub mod recorded_runs;
pub mod run_results;
pub mod state;
pub mod status;
pub mod status_line;
pub mod strings;
pub mod table;
#[cfg(target_arch = "wasm32")]
pub mod web;
pub mod worker_pool;
