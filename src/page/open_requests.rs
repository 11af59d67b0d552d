//! The questions that are asked of the reader and not answered yet: in which order they are asked, what each is for, and
//! at which ones the reader has died.

use experiment::{network_file::FilePurpose, sorted_map::SortedMap};
use model::Model;
use protocol::{
    network_question::{NetworkName, NetworkReading},
    payload::{ArrayId, Payload},
    question::{Question, RequestId},
};

/// What a question is asked for. It decides what happens with the answer.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum RequestPurpose {
    /// To offer a report to the user under this name.
    Export {
        /// The name of the file.
        file_name: String,
    },
    /// To offer other files to the user.
    Files,
    /// To show the run that report files contain.
    Import {
        /// The kept arrays of the files' bytes.
        files: Vec<ArrayId>,
        /// How many bytes these are.
        bytes: f64,
    },
    /// To take first weights or a mask from a file.
    NetworkFile {
        /// The name of the file.
        name: String,
        /// The kept array of its bytes.
        file: ArrayId,
        /// What it is to be.
        purpose: FilePurpose,
        /// The network that it is for.
        model: Model,
    },
    /// To make a data set of files of the user.
    OwnData {
        /// The kept arrays of their bytes.
        files: Vec<ArrayId>,
        /// How many bytes these are.
        bytes: f64,
    },
    /// To show how the paper's claims stand.
    Score,
    /// To tell somebody what networks make of images.
    ReadNetworks {
        /// Who has asked.
        asker: AskerId,
        /// The networks that are asked, in the order of the answers.
        networks: Vec<NetworkName>,
        /// What they are asked.
        reading: NetworkReading,
    },
}

/// What kind of request it is, for what is said of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequestKind {
    /// A report is written.
    Export,
    /// Other files are written.
    Files,
    /// Report files are opened.
    Import,
    /// A file of first weights or of a mask is opened.
    NetworkFile,
    /// A data set is made of files.
    OwnData,
    /// Claims are judged.
    Score,
    /// Networks are asked.
    ReadNetworks,
}

/// Whoever has asked networks and waits for the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AskerId {
    /// A program that reads the page, and which of its calls this is.
    Program(u32),
    /// The figure in which the networks vote. It asks one question at a time.
    DigitsFigure,
}

impl RequestPurpose {
    /// The kind of the request.
    pub(crate) fn kind(&self) -> RequestKind {
        match self {
            RequestPurpose::Export { .. } => RequestKind::Export,
            RequestPurpose::Files => RequestKind::Files,
            RequestPurpose::Import { .. } => RequestKind::Import,
            RequestPurpose::NetworkFile { .. } => RequestKind::NetworkFile,
            RequestPurpose::OwnData { .. } => RequestKind::OwnData,
            RequestPurpose::Score => RequestKind::Score,
            RequestPurpose::ReadNetworks { .. } => RequestKind::ReadNetworks,
        }
    }

    /// Whether the answer is still wanted when a new run has started. A report of the old run is.
    fn outlives_the_run(&self) -> bool {
        match self {
            RequestPurpose::Export { .. }
            | RequestPurpose::Files
            | RequestPurpose::NetworkFile { .. }
            | RequestPurpose::OwnData { .. } => true,
            RequestPurpose::Import { .. } | RequestPurpose::Score | RequestPurpose::ReadNetworks { .. } => {
                false
            }
        }
    }

    /// Whether this request makes an earlier one pointless.
    fn supersedes(&self, earlier: &RequestPurpose) -> bool {
        match self {
            RequestPurpose::Export { .. } | RequestPurpose::Files | RequestPurpose::ReadNetworks { .. } => {
                false
            }
            RequestPurpose::Import { .. } => matches!(earlier, RequestPurpose::Import { .. }),
            RequestPurpose::NetworkFile { purpose, .. } => {
                matches!(earlier, RequestPurpose::NetworkFile { purpose: other, .. } if other == purpose)
            }
            RequestPurpose::OwnData { .. } => matches!(earlier, RequestPurpose::OwnData { .. }),
            RequestPurpose::Score => self == earlier,
        }
    }
}

/// A question that is not answered yet. It is kept because a new reader may have to be asked.
#[derive(Debug)]
struct OpenRequest {
    purpose: RequestPurpose,
    question: Question,
    payload: Payload,
    /// How often a reader has died while it had this question.
    deaths: u32,
}

/// What the reader is given to do.
#[derive(Debug)]
pub(crate) struct ReaderTask {
    pub(crate) question: Question,
    pub(crate) payload: Payload,
    /// The bytes of the files that it is to read.
    pub(crate) imported_bytes: f64,
}

/// Deaths of the reader at a question after which it is not asked again.
const DEATHS_AT_A_QUESTION: u32 = 2;

/// The questions that are not answered yet. The reader gets them one at a time and in order, so that its death can be
/// put down to the one that it had.
#[derive(Debug, Default)]
pub(crate) struct OpenRequests {
    last_id: RequestId,
    /// The wanted requests. A request that is not here has been answered or is no longer wanted.
    open: SortedMap<RequestId, OpenRequest>,
    /// The request that the reader has, even if its answer is no longer wanted.
    at_reader: Option<RequestId>,
}

impl OpenRequests {
    /// Adds a request. Those that it makes pointless are dropped, and what they were for is returned.
    pub(crate) fn add(
        &mut self,
        purpose: RequestPurpose,
        question: Question,
        payload: Payload,
    ) -> Vec<RequestPurpose> {
        let dropped = self.drop_unless(|earlier| !purpose.supersedes(earlier));
        self.last_id += 1;
        self.open.insert(self.last_id, OpenRequest { purpose, question, payload, deaths: 0 });
        dropped
    }

    /// Drops all requests whose purpose is not to be kept, and returns what they were for.
    fn drop_unless(&mut self, keep: impl Fn(&RequestPurpose) -> bool) -> Vec<RequestPurpose> {
        let dropped = self.open.remove_unless(|_, open| keep(&open.purpose));
        dropped.into_iter().map(|(_, open)| open.purpose).collect()
    }

    /// Whether any answer is wanted.
    pub(crate) fn is_empty(&self) -> bool {
        self.open.is_empty()
    }

    /// Drops the requests whose answers a new run does not want, and returns what they were for.
    pub(crate) fn start_run(&mut self) -> Vec<RequestPurpose> {
        self.drop_unless(RequestPurpose::outlives_the_run)
    }

    /// The next question for a reader that is ready, unless it still has one.
    pub(crate) fn next_for_reader(&mut self) -> Option<(RequestId, ReaderTask)> {
        if self.at_reader.is_some() {
            return None;
        }
        let (&id, request) = self.open.iter().next()?;
        self.at_reader = Some(id);
        let imported_bytes = match request.purpose {
            RequestPurpose::Import { bytes, .. } | RequestPurpose::OwnData { bytes, .. } => bytes,
            _ => 0.0,
        };
        let (question, payload) = (request.question.clone(), request.payload.clone());
        Some((id, ReaderTask { question, payload, imported_bytes }))
    }

    /// Whether the reader has a request.
    pub(crate) fn is_reader_busy(&self) -> bool {
        self.at_reader.is_some()
    }

    /// Whether the answer to a request takes much memory where it is made, however little of it comes back.
    pub(crate) fn takes_memory(&self, id: RequestId) -> bool {
        self.open.get(&id).is_some_and(|request| matches!(request.purpose, RequestPurpose::OwnData { .. }))
    }

    /// Takes the request that is answered, if its answer is still wanted.
    pub(crate) fn take_answered(&mut self, id: RequestId) -> Option<RequestPurpose> {
        self.at_reader.take_if(|at_reader| *at_reader == id);
        self.open.remove(&id).map(|request| request.purpose)
    }

    /// Records that the reader has died. Its question will be asked again, unless readers have died at it too often: then
    /// it is taken out and returned.
    pub(crate) fn reader_died(&mut self) -> Option<RequestPurpose> {
        let id = self.at_reader.take()?;
        let request = self.open.get_mut(&id)?;
        request.deaths += 1;
        if request.deaths < DEATHS_AT_A_QUESTION {
            return None;
        }
        self.open.remove(&id).map(|request| request.purpose)
    }

    /// Takes all requests, because there is no reader.
    pub(crate) fn take_all(&mut self) -> Vec<RequestPurpose> {
        self.at_reader = None;
        std::mem::take(&mut self.open).into_values().map(|request| request.purpose).collect()
    }
}
