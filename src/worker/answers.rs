//! Answers questions: writes, reads and judges reports, reads files of weights, and asks networks. This runs in a worker, so that the page's wasm module does not
//! need the code for JSON and compression.

use crate::{files, network_answers::KnownNetworks};
use experiment::{
    claims::score_claims,
    experiment_report::{ExperimentReport, ExperimentReportParts},
    network_file::FilePurpose,
    refusals::Refusal,
};
use model::mask::survivors_per_layer;
use protocol::{
    network_file_question::{NetworkFileFacts, NetworkFileQuestion},
    own_data_question::OwnDataQuestion,
    payload::{Payload, PayloadItem},
    question::{Answer, Question},
    report_payload,
};
use training::{
    network_file::NetworkFile,
    own_data::{NamedFile, OwnData},
};

/// An answer with its payload, or why there is none.
type Answered = Result<(Answer, Payload), Vec<Refusal>>;

/// Answers a question, with the payload that was sent beside it. `networks` are those that earlier questions brought.
pub(super) fn answer(question: Question, payload: Payload, networks: &mut KnownNetworks) -> Answered {
    match question {
        Question::WriteReport { experiment_report } => write_report(*experiment_report, payload),
        Question::ReadReports { names } => read_reports(&names, payload),
        Question::ScoreClaims { experiment_report } => Ok(judge_claims(&experiment_report)),
        Question::ReadNetworks(question) => {
            Ok((Answer::NetworksRead, networks.answer(question, payload).map_err(one)?))
        }
        Question::WriteFiles(question) => files::write_files(*question, payload).map_err(one),
        Question::ReadOwnData(question) => read_own_data(*question, payload).map_err(one),
        Question::ReadNetworkFile(question) => read_network_file(*question, payload).map_err(one),
    }
}

fn one(refusal: Refusal) -> Vec<Refusal> {
    vec![refusal]
}

fn write_report(experiment_report: ExperimentReportParts, payload: Payload) -> Answered {
    let whole = report_payload::read_report(experiment_report, payload);
    let report = whole.ok_or(Refusal::ReportNotWhole).map_err(one)?;
    Ok((Answer::ReportWritten, Payload::from_texts(vec![report.to_file_text()])))
}

/// Reads one or more report files and merges them into one experiment. The error has each file that
/// cannot be read.
fn read_reports(names: &[String], payload: Payload) -> Answered {
    let files = payload.into_byte_arrays().filter(|files| files.len() == names.len() && !files.is_empty());
    let files = files.ok_or(Refusal::FilesNotWhole).map_err(one)?;
    let (mut reports, mut refused) = (vec![], vec![]);
    for (name, file) in names.iter().zip(files) {
        match ExperimentReport::from_file_bytes(&file) {
            Ok(report) => reports.push(report),
            Err(error) => refused.push(Refusal::ReportFile { name: name.clone(), error }),
        }
    }
    if !refused.is_empty() {
        return Err(refused);
    }
    let merged = ExperimentReport::merge(reports).map_err(Refusal::Merge).map_err(one)?;
    let (experiment_report, payload) = report_payload::write_report(&merged);
    Ok((Answer::ReportsRead { experiment_report }, payload))
}

fn read_network_file(question: NetworkFileQuestion, payload: Payload) -> Result<(Answer, Payload), Refusal> {
    let NetworkFileQuestion { name, purpose, model, expected, weights } = question;
    let files = payload.into_byte_arrays().unwrap_or_default();
    let [bytes] = &files[..] else { return Err(Refusal::FilesNotWhole) };
    let read = NetworkFile::open(bytes, expected).and_then(|file| {
        Ok((
            file.hash(),
            match purpose {
                FilePurpose::FirstWeights => {
                    let parameters = file.first_parameters(&model)?;
                    let not_zero =
                        parameters[..model.weight_count()].iter().filter(|weight| **weight != 0.0).count();
                    (not_zero as u32, PayloadItem::Floats(parameters))
                }
                FilePurpose::OwnMask => {
                    let mask = file.mask(&model, weights)?;
                    (survivors_per_layer(&model, &mask).iter().sum(), PayloadItem::Bytes(mask))
                }
            },
        ))
    });
    let (hash, (weights, item)) = read.map_err(|error| Refusal::NetworkFile { name, error })?;
    Ok((Answer::NetworkFileRead(NetworkFileFacts { hash, weights }), Payload(vec![item])))
}

fn read_own_data(question: OwnDataQuestion, payload: Payload) -> Result<(Answer, Payload), Refusal> {
    let OwnDataQuestion { names, expected } = question;
    let files = payload.into_byte_arrays().filter(|files| files.len() == names.len());
    let files = files.ok_or(Refusal::FilesNotWhole)?;
    let named = names.into_iter().zip(files).map(|(name, bytes)| NamedFile { name, bytes });
    let OwnData { data, files } =
        OwnData::read(named.collect(), expected.as_ref()).map_err(Refusal::OwnData)?;
    Ok((Answer::OwnDataRead(Box::new(data)), Payload::from_byte_arrays(files.into())))
}

fn judge_claims(experiment_report: &ExperimentReportParts) -> (Answer, Payload) {
    let finished = experiment_report.finished.iter().map(|done| &done.report);
    (Answer::ClaimsScored { claims: score_claims(&experiment_report.config, finished) }, Payload::NONE)
}
