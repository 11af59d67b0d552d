//! The page's view of its reader, the worker that answers questions.

use crate::worker_pool::WorkerId;

/// The reader as the page sees it.
#[derive(Debug, Default)]
pub(crate) struct Reader {
    /// `None` if no reader could be started. The next question starts one.
    pub(crate) id: Option<WorkerId>,
    /// Whether it has started and can be asked.
    pub(crate) is_ready: bool,
    /// How many readers have died since the last answer. A question that is given up counts as an answer, because it was
    /// the question's fault.
    pub(crate) deaths: u32,
}
