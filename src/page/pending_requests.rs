//! What any worker is asked beside training, until it is answered.

/// What is wanted, and what has been asked and waits for its answer.
#[derive(Debug, Default)]
pub(crate) struct PendingRequests {
    /// Whether a report is to be written.
    pub(crate) export: bool,
    /// Files to be read: their names and what is in them.
    pub(crate) import: Option<(Vec<String>, Vec<String>)>,
    /// Whether the claims are to be scored.
    pub(crate) score: bool,
    pub(crate) last: u32,
    /// The last export asked for, and the name of its file.
    pub(crate) exporting: Option<(u32, String)>,
    pub(crate) importing: Option<u32>,
    pub(crate) scoring: Option<u32>,
}

impl PendingRequests {
    /// A new run begins: what was wanted of the old one is not wanted any more, but for a report on its way.
    pub(crate) fn forget(&mut self) {
        *self = PendingRequests {
            last: self.last,
            exporting: self.exporting.take(),
            ..PendingRequests::default()
        };
    }

    /// The workers are gone: what they were asked will not be answered. What has not been asked yet will be.
    pub(crate) fn lose(&mut self) {
        (self.exporting, self.importing) = (None, None);
        self.score |= self.scoring.take().is_some();
    }

    /// A number that no request had before.
    pub(crate) fn next(&mut self) -> u32 {
        self.last += 1;
        self.last
    }
}
