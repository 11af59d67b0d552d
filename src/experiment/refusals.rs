//! What is refused, and why: a value of its own type where it arises, and a [`RefusalMessage`] where it crosses from a
//! worker to the page. `messages` turns the one into the other, and [`texts`] puts messages into words.

mod messages;
pub mod texts;

use crate::{
    data_error::DataError,
    experiment_report::{merge::MergeError, report_file::ReportFileError},
    job::JobId,
    job_data::JobDataError,
    network_file_error::NetworkFileError,
    own_data_error::OwnDataFault,
};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// What a worker refuses, or why it cannot continue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The report to be written lacks something.
    ReportNotWhole,
    /// The report files to be read lack something.
    FilesNotWhole,
    /// A file cannot be read as a report.
    ReportFile {
        /// The name of the file.
        name: String,
        /// What is wrong with it.
        error: ReportFileError,
    },
    /// The reports cannot be merged.
    Merge(MergeError),
    /// A question about networks lacks something.
    NetworksNotWhole,
    /// A question about networks has no images, too many, or parts of images.
    NetworkImages {
        /// The largest number of images.
        most: usize,
        /// The pixel values of each.
        pixels: usize,
    },
    /// A question about networks has not one label of a class for each image.
    NetworkLabels,
    /// The network of a job has not been sent.
    NoSuchNetwork(JobId),
    /// A file cannot be used as first weights or as a mask.
    NetworkFile {
        /// The name of the file.
        name: String,
        /// What is wrong with it.
        error: NetworkFileError,
    },
    /// Files of the user cannot be used as a data set.
    OwnData(OwnDataFault),
    /// The files of the data set have not come.
    NoDataFiles,
    /// The files of the data set cannot be used.
    Data {
        /// The name of the file, or of the data set.
        name: String,
        /// What is wrong with it.
        error: DataError,
    },
    /// A job lacks something.
    JobNotWhole(JobDataError),
    /// A job is of another data set than is loaded.
    OtherData {
        /// The job.
        job: JobId,
        /// The data set that it needs.
        needed: String,
        /// The data set that is loaded.
        loaded: String,
    },
    /// A job could not be set up.
    JobNotStarted {
        /// The job.
        job: JobId,
        /// The words of the tensor library.
        why: String,
    },
    /// A job could not be trained.
    JobFailed {
        /// The job.
        job: JobId,
        /// The words of the tensor library.
        why: String,
    },
    /// A command of the page cannot be read.
    Unreadable(MessageFault),
    /// What a panic, the browser or another foreign source says.
    Foreign(String),
}

/// Why a message between page and worker could not be sent or read. Both are built from the same source, so an
/// unreadable message means that the browser has kept one of them from an older version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MessageFault {
    /// The received value is not a list of a message and its arrays.
    NoList,
    /// The received value is not a valid message: the words of the reader.
    Unreadable(String),
    /// The message has a value that JavaScript cannot express, such as a whole number above 2⁵³: the words of the writer.
    Unwritable(String),
}

/// What is refused as it crosses: which sentence or phrase says it, and what stands in that. Compared with an enum of all
/// refusals, it keeps the code that reads them out of the page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RefusalMessage {
    /// Which sentence or phrase of the table it is.
    pub id: Cow<'static, str>,
    /// What stands in it, by name.
    pub arguments: Vec<(Cow<'static, str>, Argument)>,
}

/// What stands in a sentence.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Argument {
    /// A name, or foreign words, such as those of a parser.
    Text(String),
    /// A whole number up to 2⁵³.
    Number(f64),
    /// A list of numbers.
    Numbers(Vec<u32>),
    /// A job.
    Job(JobId),
    /// A cause.
    Message(Box<RefusalMessage>),
}
