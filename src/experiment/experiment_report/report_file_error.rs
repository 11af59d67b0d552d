//! Why a report file cannot be read.

use crate::{job::JobId, report_check::ReportFault, url_fragment::RejectedSetting};

/// The version that is written.
pub const VERSION: u32 = 2;

/// Why a file cannot be read as a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReportFileError {
    /// The file is not a report.
    NotAReport,
    /// The report has a version that this program does not know, so that a newer one has written it. This is the beginning
    /// of how it writes its version.
    NewerVersion(String),
    /// The first line has a setting, seed or data set that is unknown or not allowed.
    InvalidHead(HeadFault),
    /// The lines contradict each other or the settings.
    Contradiction(ReportFault),
    /// The line of a job cannot be used.
    InvalidLine {
        /// The line's number, counted from 1.
        line: usize,
        /// What is wrong with the line.
        fault: LineFault,
    },
}

/// What is wrong with the first line of a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HeadFault {
    /// It is not what the format says: the words of the JSON parser.
    Unreadable(String),
    /// It has a setting that this version does not know.
    UnknownSetting(String),
    /// The value of a setting is not allowed.
    Setting(RejectedSetting),
    /// It has no seeds.
    NoSeeds,
    /// Its seeds are none, too many, or not all different.
    Seeds,
    /// It names no data.
    NoData,
    /// It is of other images than its settings name.
    OtherData {
        /// The name of its data set.
        name: String,
        /// The SHA-256 of its images.
        sha256: String,
        /// The name of the data set of its settings.
        expected_name: String,
        /// The SHA-256 of the images of that data set.
        expected_sha256: String,
    },
}

/// What is wrong with the line of a job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LineFault {
    /// It is not what the format says: the words of the JSON parser.
    Unreadable(String),
    /// The experiment has no such job.
    NoSuchJob(JobId),
    /// Its numbers or masks cannot be.
    Contradiction(ReportFault),
    /// The masks are not in base64: the words of the decoder.
    DeathsNotBase64(String),
    /// The masks cannot be unpacked: the words of the decoder.
    DeathsDamaged(String),
    /// The masks are not those of this number of weights.
    DeathsCount(usize),
    /// The masks speak of a round that the line does not know.
    DeathsRound {
        /// The round.
        round: u8,
        /// The last round that the line knows.
        last: u32,
    },
    /// Of the two readings before training one is missing.
    HalfOfStart(JobId),
    /// Another line has other numbers of the same job.
    Twice(JobId),
}
