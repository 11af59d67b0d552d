//! Where the page stands.

/// Where the page stands; the words of `data-state`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageStatus {
    /// Data and workers are on their way.
    Loading,
    /// Nothing has been trained yet.
    Ready,
    /// Training.
    Running,
    /// Holding.
    Paused,
    /// All jobs are done.
    Done,
    /// Something went wrong.
    Failed,
}

impl PageStatus {
    /// The word in `data-state`.
    pub fn name(self) -> &'static str {
        match self {
            PageStatus::Loading => "loading",
            PageStatus::Ready => "ready",
            PageStatus::Running => "running",
            PageStatus::Paused => "paused",
            PageStatus::Done => "done",
            PageStatus::Failed => "failed",
        }
    }
}
