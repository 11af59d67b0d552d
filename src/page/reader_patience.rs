//! How long the reader may work at a question. It answers each in one go and hears nothing meanwhile, so its silence says
//! nothing before that. That it has the question it says beforehand.

use crate::liveness::longest_reading;
use experiment::experiment_report::ExperimentReportParts;
use protocol::question::Question;

/// Seconds that the reader may work at each job that it writes or judges, and at each megabyte that it reads.
const SECONDS_A_JOB: f64 = 0.05;
const SECONDS_A_MEGABYTE: f64 = 3.0;

/// The seconds that the reader may take for this question, beyond those that it may be silent at any time.
/// `imported_bytes` are those of the files that it is to read.
pub(crate) fn patience(question: &Question, imported_bytes: f64) -> f64 {
    let jobs = |report: &ExperimentReportParts| report.finished.len() as f64;
    match question {
        Question::WriteReport { experiment_report } | Question::ScoreClaims { experiment_report } => {
            SECONDS_A_JOB * jobs(experiment_report)
        }
        Question::ReadReports { .. } => SECONDS_A_MEGABYTE * imported_bytes / 1e6,
        Question::WriteFiles(question) => {
            SECONDS_A_JOB * (question.files.len() as f64 + 2.0 * jobs(&question.experiment_report))
        }
        Question::ReadNetworks(question) => {
            longest_reading(&question.model, question.networks.len(), MOST_IMAGES)
        }
    }
}

/// The most images that are asked about at once.
const MOST_IMAGES: usize = 64;
