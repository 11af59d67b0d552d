//! What the page asks the reader for, and what it does with the answers: writing reports, reading them and scoring claims.
//! The page does none of this itself, so that its module contains neither JSON nor the judging of claims.

use crate::state::{ScoredClaims, State};
use crate::{
    network_files::KnownFile, open_requests::RequestPurpose, refusals::PageRefusal, strings,
    worker_pool::Effect,
};
use experiment::{
    experiment_report::ExperimentReport, network_file::NeededFile, refusals::RefusalMessage,
    settings::Settings,
};
use protocol::{
    network_file_question::NetworkFileFacts,
    network_question::NetworkName,
    payload::{ArrayId, Payload, PayloadItem},
    question::{Answer, Question, RequestId},
    report_payload,
};

impl State {
    /// Asks for a report of everything that is finished.
    pub(super) fn ask_for_export(&mut self) {
        let (experiment_report, payload) = report_payload::write_report(self.results.experiment_report());
        let purpose = RequestPurpose::Export { file_name: strings::report_file_name(&self.settings) };
        self.requests.add(purpose, Question::WriteReport { experiment_report }, payload);
    }

    /// Asks for the run that report files contain. `files` are the kept arrays of their bytes; they are dropped as soon
    /// as they are no longer needed.
    pub(super) fn ask_for_import(
        &mut self,
        names: Vec<String>,
        files: Vec<ArrayId>,
        bytes: f64,
        effects: &mut Vec<Effect>,
    ) {
        let payload = Payload(files.iter().copied().map(PayloadItem::Kept).collect());
        let superseded = self.requests.add(
            RequestPurpose::Import { files, bytes },
            Question::ReadReports { names },
            payload,
        );
        superseded.iter().for_each(|purpose| drop_files(purpose, effects));
    }

    /// Asks how the paper's claims stand.
    pub(super) fn ask_for_scores(&mut self) {
        let experiment_report = Box::new(self.results.experiment_report().scoring_parts());
        self.requests.add(RequestPurpose::Score, Question::ScoreClaims { experiment_report }, Payload::NONE);
    }

    /// Handles the answer to a question. An answer that is no longer wanted is dropped.
    pub(super) fn on_answer(
        &mut self,
        request_id: RequestId,
        answer: Result<Answer, Vec<RefusalMessage>>,
        payload: Payload,
        effects: &mut Vec<Effect>,
    ) {
        let Some(purpose) = self.requests.take_answered(request_id) else { return };
        let refused = match answer {
            Ok(answer) => match self.use_answer(&purpose, answer, payload, effects) {
                Some(()) => return drop_files(&purpose, effects),
                // Which answer belongs to which question is the worker's affair; a wrong one counts as one that is not
                // whole.
                None => vec![PageRefusal::AnswerNotWhole(purpose.kind())],
            },
            Err(refused) => refused.into_iter().map(PageRefusal::Worker).collect(),
        };
        self.refuse_request(&purpose, refused, effects);
    }

    /// Tells whoever wanted a request why it has no answer.
    pub(super) fn refuse_request(
        &mut self,
        purpose: &RequestPurpose,
        refused: Vec<PageRefusal>,
        effects: &mut Vec<Effect>,
    ) {
        drop_files(purpose, effects);
        match purpose {
            RequestPurpose::ReadNetworks { asker, .. } => {
                effects.push(Effect::Deliver { asker: *asker, answer: Err(refused) });
            }
            _ => self.add_request_errors(refused),
        }
    }

    /// Does what the answer is for. Returns `None` if it is not whole.
    fn use_answer(
        &mut self,
        purpose: &RequestPurpose,
        answer: Answer,
        payload: Payload,
        effects: &mut Vec<Effect>,
    ) -> Option<()> {
        match (purpose, answer) {
            (RequestPurpose::Export { file_name }, Answer::ReportWritten) => {
                effects.push(Effect::Save { name: file_name.clone(), text: payload.into_text()? });
            }
            (RequestPurpose::Import { .. }, Answer::ReportsRead { experiment_report }) => {
                self.open_report(report_payload::read_report(*experiment_report, payload)?, effects);
            }
            (RequestPurpose::Score, Answer::ClaimsScored { claims }) => {
                self.scored_claims = Some(ScoredClaims { claims });
                self.redraw_needs.claims = true;
            }
            (RequestPurpose::ReadNetworks { asker, networks, reading }, Answer::NetworksRead) => {
                let arrays: Option<Vec<Vec<f32>>> =
                    payload.0.into_iter().map(PayloadItem::into_floats).collect();
                let each = reading.arrays(&self.settings.config.model);
                let mut arrays = arrays.filter(|arrays| arrays.len() == networks.len() * each)?.into_iter();
                let of_network = |&name: &NetworkName| (name, arrays.by_ref().take(each).collect());
                let answer = Ok(networks.iter().map(of_network).collect());
                effects.push(Effect::Deliver { asker: *asker, answer });
            }
            (
                RequestPurpose::NetworkFile { name, purpose, model, .. },
                Answer::NetworkFileRead(NetworkFileFacts { hash, weights }),
            ) => {
                let [item] = &payload.0[..] else { return None };
                let file = NeededFile { purpose: *purpose, hash };
                let (name, model, array) = (name.clone(), model.clone(), item.kept()?);
                self.keep_network_file(KnownFile { file, name, model, weights, array }, effects);
            }
            (RequestPurpose::OwnData { .. }, Answer::OwnDataRead(data)) => {
                let files: Option<Vec<ArrayId>> = payload.0.iter().map(PayloadItem::kept).collect();
                self.keep_own_data(*data, files?.try_into().ok()?, effects);
            }
            (RequestPurpose::Files, Answer::FilesWritten { names }) => {
                let arrays: Option<Vec<ArrayId>> = payload.0.iter().map(PayloadItem::kept).collect();
                let arrays = arrays.filter(|arrays| arrays.len() == names.len())?;
                effects.push(Effect::SaveArrays(names.into_iter().zip(arrays).collect()));
            }
            (
                RequestPurpose::Export { .. }
                | RequestPurpose::Files
                | RequestPurpose::Import { .. }
                | RequestPurpose::NetworkFile { .. }
                | RequestPurpose::OwnData { .. }
                | RequestPurpose::Score
                | RequestPurpose::ReadNetworks { .. },
                _,
            ) => {
                return None;
            }
        }
        Some(())
    }

    /// Shows the run that a report contains. Play then continues with its missing jobs.
    fn open_report(&mut self, experiment_report: ExperimentReport, effects: &mut Vec<Effect>) {
        let mut display = self.settings.display;
        if *experiment_report.config() != self.settings.config {
            // The digest that a link expects is that of its own experiment. A recorded run is one that is opened.
            display.digest = display.digest.filter(|_| self.nothing_started());
        }
        let settings = Settings {
            workers: self.settings.workers,
            display,
            ..Settings::from_config(experiment_report.config())
        };
        self.announcement = Some(strings::report_opened(&experiment_report));
        self.start_run(settings, experiment_report, effects);
        if !self.nothing_started() {
            self.ask_for_scores();
        }
        effects.push(Effect::ShowSettings);
    }
}

/// Drops the bytes of files that were to be read.
pub(super) fn drop_files(purpose: &RequestPurpose, effects: &mut Vec<Effect>) {
    match purpose {
        RequestPurpose::Import { files, .. } | RequestPurpose::OwnData { files, .. } => {
            effects.push(Effect::DropArrays(files.clone()))
        }
        RequestPurpose::NetworkFile { file, .. } => effects.push(Effect::DropArrays(vec![*file])),
        RequestPurpose::Export { .. }
        | RequestPurpose::Files
        | RequestPurpose::Score
        | RequestPurpose::ReadNetworks { .. } => {}
    }
}
