//! Requests to workers other than training: which are still to be sent, and which wait for an answer.

/// The requests that are still to be sent, and those that wait for an answer.
#[derive(Debug, Default)]
pub(crate) struct PendingRequests {
    /// Whether a report is to be written.
    pub(crate) export_wanted: bool,
    /// Report files to be read: their names and their contents.
    pub(crate) import_wanted: Option<(Vec<String>, Vec<String>)>,
    /// Whether the claims are to be scored.
    pub(crate) scoring_wanted: bool,
    pub(crate) last_request_id: u32,
    /// The id of the last export request that was sent, and the name of the file to save.
    pub(crate) export_sent: Option<(u32, String)>,
    pub(crate) import_sent: Option<u32>,
    pub(crate) scoring_sent: Option<u32>,
}

impl PendingRequests {
    /// Prepares for a new run: drops all pending requests except an export that is already being written.
    pub(crate) fn reset_for_new_run(&mut self) {
        *self = PendingRequests {
            last_request_id: self.last_request_id,
            export_sent: self.export_sent.take(),
            ..PendingRequests::default()
        };
    }

    /// Call this when the workers are gone. Requests that were already sent are lost. Those not yet sent are kept, and
    /// the claims will be scored again.
    pub(crate) fn drop_sent(&mut self) {
        (self.export_sent, self.import_sent) = (None, None);
        self.scoring_wanted |= self.scoring_sent.take().is_some();
    }

    /// Returns an id that no earlier request had.
    pub(crate) fn next_request_id(&mut self) -> u32 {
        self.last_request_id += 1;
        self.last_request_id
    }
}
