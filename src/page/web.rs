//! The page's web glue.

/// Starts the page.
pub fn start() {}
