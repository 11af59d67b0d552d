//! The worker's web glue.

/// Starts the worker.
pub fn start() {}
