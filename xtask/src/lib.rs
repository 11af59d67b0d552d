//! What the project's commands and its browser tests share: calling cargo, building the static site, serving it.

pub mod build;
pub mod cargo;
pub mod server;
pub mod sizes;
