//! What workers are asked for beside training: what is wanted, and what has been sent and waits for its answer.

/// What is wanted, and what has been asked and waits for its answer.
#[derive(Debug, Default)]
pub(crate) struct PendingRequests {
    /// Whether a report is to be written.
    pub(crate) export_wanted: bool,
    /// Files to be read: their names and what is in them.
    pub(crate) import_wanted: Option<(Vec<String>, Vec<String>)>,
    /// Whether the claims are to be scored.
    pub(crate) scoring_wanted: bool,
    pub(crate) last_request_id: u32,
    /// The last export that was sent, and the name of its file.
    pub(crate) export_sent: Option<(u32, String)>,
    pub(crate) import_sent: Option<u32>,
    pub(crate) scoring_sent: Option<u32>,
}

impl PendingRequests {
    /// A new run starts: drop all pending requests except an export that is already being written.
    pub(crate) fn reset_for_new_run(&mut self) {
        *self = PendingRequests {
            last_request_id: self.last_request_id,
            export_sent: self.export_sent.take(),
            ..PendingRequests::default()
        };
    }

    /// Workers are gone: requests already sent are lost; those not sent yet are kept, and claims are scored anew.
    pub(crate) fn drop_sent(&mut self) {
        (self.export_sent, self.import_sent) = (None, None);
        self.scoring_wanted |= self.scoring_sent.take().is_some();
    }

    /// A number that no request had before.
    pub(crate) fn next_request_id(&mut self) -> u32 {
        self.last_request_id += 1;
        self.last_request_id
    }
}
