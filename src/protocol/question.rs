//! The questions that the page asks a worker beside training, and their answers. A new question is a variant of
//! [`Question`] and one of [`Answer`]; its arrays and texts go beside it as a [`Payload`](crate::payload::Payload), in
//! the order that the variant describes, and need nothing further.

use crate::{
    files_question::FilesQuestion,
    network_file_question::{NetworkFileFacts, NetworkFileQuestion},
    network_question::NetworkQuestion,
    own_data_question::OwnDataQuestion,
};
use experiment::{claims::claim::Claim, experiment_report::ExperimentReportParts};
use model::data_set::DataSet;
use serde::{Deserialize, Serialize};

/// Identifies a question, so that the answer is known to belong to it.
pub type RequestId = u32;

/// A question to a worker. Each has exactly one answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Question {
    /// Write a report file. Payload: as [`write_report`](crate::report_payload::write_report) says.
    WriteReport {
        /// The report to write, without its curves.
        experiment_report: Box<ExperimentReportParts>,
    },
    /// Read report files and merge them into one experiment. Payload: the bytes of each file.
    ReadReports {
        /// The names of the files, for messages about them.
        names: Vec<String>,
    },
    /// Judge the paper's claims.
    ScoreClaims {
        /// The results. Of each curve, only the early stop is needed.
        experiment_report: Box<ExperimentReportParts>,
    },
    /// Ask networks what they make of images. Payload: as [`NetworkQuestion`] says.
    ReadNetworks(NetworkQuestion),
    /// Write files for the user to take away. Payload: as [`FilesQuestion`] says.
    WriteFiles(Box<FilesQuestion>),
    /// Read a file of first weights or of a mask. Payload: as [`NetworkFileQuestion`] says.
    ReadNetworkFile(Box<NetworkFileQuestion>),
    /// Make a data set of files of the user. Payload: as [`OwnDataQuestion`] says.
    ReadOwnData(Box<OwnDataQuestion>),
}

/// The answer to a question.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Answer {
    /// The report file is written. Payload: its text.
    ReportWritten,
    /// The report files are read and merged. Payload: as [`write_report`](crate::report_payload::write_report) says.
    ReportsRead {
        /// The merged report, without its curves.
        experiment_report: Box<ExperimentReportParts>,
    },
    /// The claims are judged.
    ClaimsScored {
        /// All claims, in order.
        claims: Vec<Claim>,
    },
    /// The networks have read the images. Payload: for each network, in the order of the question, the arrays that
    /// [`NetworkReading`](crate::network_question::NetworkReading) describes.
    NetworksRead,
    /// The files are written. Payload: the bytes of each.
    FilesWritten {
        /// The name of each file.
        names: Vec<String>,
    },
    /// The file is read. Payload: its weights and biases, flat, as floats, or its mask as bytes.
    NetworkFileRead(NetworkFileFacts),
    /// The files make this data set. Payload: its four files in the order of
    /// [`DataFile::ALL`](model::data_set::DataFile::ALL), unpacked.
    OwnDataRead(Box<DataSet>),
}
