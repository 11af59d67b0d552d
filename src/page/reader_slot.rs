//! The page's view of its reader, the worker that answers questions.

use crate::worker_pool::WorkerId;
use protocol::{RunId, network_question::NetworkName, payload::ArrayId};
use std::collections::BTreeMap;

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
    /// The networks that it has been sent, and the array that each one's parameters were.
    pub(crate) networks: BTreeMap<NetworkName, ArrayId>,
    /// The run that these networks are of.
    pub(crate) run_of_networks: RunId,
}
