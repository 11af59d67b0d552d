//! How long the reader may work at a question. It answers each in one go and hears nothing meanwhile, so its silence says
//! nothing before that. That it has the question it says beforehand.

use crate::liveness::longest_reading;
use experiment::experiment_report::ExperimentReportParts;
use protocol::{files_question::WantedFile, question::Question};

// Each of these is several times what was measured in Chromium while other programs kept two cores busy seven times over:
// 3 ms a job of an exported report (306 jobs) and 7 ms a job of the archive of its tables, 0.5 s a megabyte of a report
// that was read, 3e-6 s a weight of a network that was packed.

/// Seconds that the reader may work at each job that it writes or judges.
const SECONDS_A_JOB: f64 = 0.05;
/// Seconds that it may work at each megabyte of a report that it reads.
const SECONDS_A_MEGABYTE: f64 = 3.0;
/// Seconds that it may work at each weight of a network that it writes.
const SECONDS_A_WEIGHT: f64 = 1e-5;
/// Seconds that it may work at a file of weights or a mask, of which the largest that is taken has 64 MB to be hashed.
const SECONDS_A_NETWORK_FILE: f64 = 10.0;
/// Seconds that it may work at the files of a data set, of which the largest unpack to 200 MB, whatever they have when they
/// are packed.
const SECONDS_A_DATA_SET: f64 = 30.0;
/// Seconds that it may work at each megabyte of such files.
const SECONDS_A_MEGABYTE_OF_DATA: f64 = 0.3;
/// The most images that are asked about at once.
const MOST_IMAGES: usize = 64;

/// The seconds that the reader may take for this question, beyond those that it may be silent at any time.
/// `imported_bytes` are those of the files that it is to read.
pub(crate) fn patience(question: &Question, imported_bytes: f64) -> f64 {
    let of_jobs = |report: &ExperimentReportParts| SECONDS_A_JOB * report.finished.len() as f64;
    match question {
        Question::WriteReport { experiment_report } | Question::ScoreClaims { experiment_report } => {
            of_jobs(experiment_report)
        }
        Question::ReadOwnData(_) => SECONDS_A_DATA_SET + SECONDS_A_MEGABYTE_OF_DATA * imported_bytes / 1e6,
        Question::ReadNetworkFile(_) => SECONDS_A_NETWORK_FILE,
        Question::ReadReports { .. } => SECONDS_A_MEGABYTE * imported_bytes / 1e6,
        Question::WriteFiles(question) => {
            let report = &question.experiment_report;
            let is_network = |file: &&WantedFile| matches!(file, WantedFile::Network(_));
            let networks = question.files.iter().filter(is_network).count();
            let weights = networks * report.config.model.weight_count();
            of_jobs(report) + SECONDS_A_WEIGHT * weights as f64
        }
        Question::ReadNetworks(question) => {
            longest_reading(&question.model, question.networks.len(), MOST_IMAGES)
        }
    }
}
