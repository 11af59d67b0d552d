//! The question for files that the user takes away: tables, networks, pictures, the report, one by one or as an archive.

use experiment::{experiment_report::ExperimentReportParts, job::JobId};
use serde::{Deserialize, Serialize};

/// A question for files.
///
/// Payload: for each file in order what is there of it. That is, for a network the bits of its mask
/// ([`mask_to_bits`](model::packed::mask_to_bits)) and its first and its last parameters, packed
/// ([`pack_parameters`](model::packed::pack_parameters)); for a picture its text; for the others nothing, as they are
/// written from the report. Behind that the report, as [`write_report`](crate::report_payload::write_report) says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FilesQuestion {
    /// The beginning of the names of the files.
    pub stem: String,
    /// The report of the run, without its curves.
    pub experiment_report: Box<ExperimentReportParts>,
    /// The files.
    pub files: Vec<WantedFile>,
    /// The name of the zip file that they are packed into, or `None` to have each by itself.
    pub archive: Option<String>,
}

/// A file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum WantedFile {
    /// The report file.
    Report,
    /// The table of rounds as comma-separated values.
    Rounds,
    /// The curves as comma-separated values.
    Curves,
    /// The table of readings of corrupted images.
    Robustness,
    /// The network of a finished job, as safetensors.
    Network(JobId),
    /// A picture that the page has drawn.
    Picture {
        /// Its name behind the beginning, with its ending. That of a PNG is `.png`, and its text is a `data:` address with
        /// its bytes in base64; any other text is the file.
        name: String,
    },
}
