//! Functions that the project's commands and its browser tests share: running cargo, and building and serving the
//! static site.

pub mod build;
pub mod cargo;
mod import_names;
pub mod languages;
pub mod offline;
pub mod packages;
pub mod policy;
pub mod server;
pub mod sizes;
