//! The page: asks workers for jobs, keeps what they say, shows it.
//!
//! [`state`] is the brain and knows nothing of the web: clicks and events in, effects out, the time a parameter.
//! The other files turn what it knows into what is shown; `web` alone touches the browser.

pub mod choice;
pub mod figures;
pub mod fleet;
pub mod forecast;
pub mod lead;
pub mod looks;
mod pending_requests;
pub mod reading;
pub mod record;
pub mod recorded;
pub mod state;
pub mod status;
pub mod status_line;
pub mod table;
pub mod texts;
#[cfg(target_arch = "wasm32")]
pub mod web;
pub mod words;
