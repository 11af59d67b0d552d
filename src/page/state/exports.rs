//! Asks the reader for the files that the user takes away.

use crate::{
    exports::{self, ExportRequest},
    open_requests::RequestPurpose,
    state::State,
    status::PageStatus,
    strings,
    worker_pool::Effect,
};
use experiment::job::JobId;
use protocol::{
    files_question::{FilesQuestion, WantedFile},
    payload::{Payload, PayloadItem},
    question::Question,
    report_payload,
};

impl State {
    /// Asks for files. A network that is not kept is trained again first.
    pub(super) fn ask_for_files(&mut self, request: ExportRequest, effects: &mut Vec<Effect>) {
        let stem = strings::export_stem(&self.settings);
        let (mut files, mut payload, mut archive) = (vec![], vec![], None);
        let corrupted = || self.results.has_corrupted().then_some(WantedFile::Robustness);
        let pictures = match request {
            ExportRequest::Tables => {
                files.extend([WantedFile::Rounds, WantedFile::Curves]);
                files.extend(corrupted());
                vec![]
            }
            ExportRequest::Network(job) if self.kept.get(job).is_some() => {
                self.want_network(job, &mut files, &mut payload);
                vec![]
            }
            ExportRequest::Network(job) => {
                if self.results.finished_job(job).is_some() && !self.refuse_without_files() {
                    self.awaited_network = Some(job);
                    self.start_training_again(&[job], effects);
                    let paused = self.status() == PageStatus::Paused;
                    let said = exports::network_note(&self.kept, Some(job), self.awaited_network, paused);
                    self.announcement = Some(said);
                }
                return;
            }
            ExportRequest::Pictures(kind, pictures) => {
                archive = Some(format!("{stem}-charts-{kind}.zip"));
                pictures
            }
            ExportRequest::Everything(pictures) => {
                archive = Some(format!("{stem}.zip"));
                files.extend([WantedFile::Report, WantedFile::Rounds, WantedFile::Curves]);
                files.extend(corrupted());
                let first = self.config().seeds.first();
                let jobs: Vec<JobId> = self.kept.jobs().filter(|job| job.trial == first).collect();
                for job in jobs.into_iter().filter(|job| self.results.finished_job(*job).is_some()) {
                    self.want_network(job, &mut files, &mut payload);
                }
                pictures
            }
        };
        for picture in pictures {
            files.push(WantedFile::Picture { name: picture.name });
            payload.push(PayloadItem::Text(picture.text));
        }
        let (experiment_report, report) = report_payload::write_report(self.results.experiment_report());
        payload.extend(report.0);
        let question = FilesQuestion { stem, experiment_report, files, archive };
        self.requests.add(RequestPurpose::Files, Question::WriteFiles(Box::new(question)), Payload(payload));
    }

    fn want_network(&self, job: JobId, files: &mut Vec<WantedFile>, payload: &mut Vec<PayloadItem>) {
        if let Some(arrays) = self.kept.get(job) {
            files.push(WantedFile::Network(job));
            payload.extend([arrays.mask, arrays.first, arrays.last].map(PayloadItem::Kept));
        }
    }

    /// Asks for the file of a network that has been trained again for it.
    pub(super) fn ask_for_awaited_network(&mut self, effects: &mut Vec<Effect>) {
        if let Some(job) = self.awaited_network.take_if(|job| self.kept.get(*job).is_some()) {
            self.ask_for_files(ExportRequest::Network(job), effects);
        }
    }

    /// The job whose network is trained again, to be offered as a file.
    pub fn awaited_network(&self) -> Option<JobId> {
        self.awaited_network
    }
}
