//! The status of the page.

/// The status of the page. The attribute `data-state` of the body contains its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageStatus {
    /// The data and the workers are being loaded.
    Loading,
    /// Everything is loaded, and nothing has been trained yet.
    Ready,
    /// Training is running.
    Running,
    /// Training is paused.
    Paused,
    /// All jobs are finished.
    Done,
    /// A failure has stopped the page.
    Failed,
}

impl PageStatus {
    /// The value of `data-state` for this status.
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
