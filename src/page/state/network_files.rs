//! Reads files of the user that runs take first weights or a mask from, and says which are missing.

use crate::{
    network_files::{self, KnownFile, KnownFiles},
    open_requests::RequestPurpose,
    refusals::PageRefusal,
    state::{RunIntent, State},
    status::PageStatus,
    worker_pool::Effect,
};
use experiment::{
    experiment_report::ExperimentReport,
    network_file::{FilePurpose, NeededFile},
    settings::Settings,
};
use protocol::{
    network_file_question::{NetworkFileFacts, NetworkFileQuestion},
    payload::{ArrayId, Payload, PayloadItem},
    question::Question,
};

impl State {
    /// The files that have been read.
    pub fn known_files(&self) -> &KnownFiles {
        &self.files
    }

    /// The files without which the run cannot be trained.
    pub fn missing_files(&self) -> Vec<NeededFile> {
        self.files.missing(&self.settings.config)
    }

    /// Says that files are missing, if they are. Returns whether that is so.
    pub(super) fn refuse_without_files(&mut self) -> bool {
        let (data, files) = (self.missing_data(), self.missing_files());
        let files = (!files.is_empty()).then_some(PageRefusal::FilesMissing(files));
        let refused: Vec<PageRefusal> = data.map(PageRefusal::DataMissing).into_iter().chain(files).collect();
        let lacks_files = !refused.is_empty();
        self.add_request_errors(refused);
        lacks_files
    }

    /// Whether Play asks for training that lacks files, which is then said. What is computed already can be shown.
    pub(super) fn is_play_without_files(&mut self, status: PageStatus) -> bool {
        let trains = !matches!(status, PageStatus::Done | PageStatus::Failed) && !self.is_display_behind();
        trains && self.refuse_without_files()
    }

    /// Asks the reader what is in a file. `settings` are those in the fields: where they name a file for this purpose that is
    /// not there, it must be this one.
    pub(super) fn ask_for_network_file(
        &mut self,
        (name, file): (String, ArrayId),
        purpose: FilePurpose,
        settings: &Settings,
        effects: &mut Vec<Effect>,
    ) {
        let config = &settings.config;
        let awaited = self.files.missing(config).into_iter().find(|missing| missing.purpose == purpose);
        let weights = awaited.and(config.own).and_then(|own| own.weights);
        let model = config.model.clone();
        let question = NetworkFileQuestion {
            name: name.clone(),
            purpose,
            model: model.clone(),
            expected: awaited.map(|awaited| awaited.hash),
            weights: weights.filter(|_| purpose == FilePurpose::OwnMask),
        };
        let payload = Payload(vec![PayloadItem::Kept(file)]);
        let request = RequestPurpose::NetworkFile { name, file, purpose, model };
        let question = Question::ReadNetworkFile(Box::new(question));
        let superseded = self.requests.add(request, question, payload);
        superseded.iter().for_each(|purpose| super::requests::drop_files(purpose, effects));
    }

    /// Keeps what is in a file. If the run waits for it, the run can go on; otherwise the fields are to name it.
    pub(super) fn keep_network_file(&mut self, known: KnownFile, effects: &mut Vec<Effect>) {
        let file = known.file;
        let facts = NetworkFileFacts { hash: file.hash, weights: known.weights };
        self.announcement = Some(network_files::read_note(&known));
        let is_of_the_run = known.model == self.settings.config.model;
        let awaited = is_of_the_run && self.missing_files().contains(&file);
        effects.extend(self.files.keep(known).map(|before| Effect::DropArrays(vec![before])));
        self.redraw_needs.all = true;
        if !awaited {
            effects.push(Effect::EnterFile { file, weights: facts.weights });
            return;
        }
        let mut settings = self.settings.clone();
        self.files.complete(&mut settings.config);
        if settings != self.settings {
            // A run that did not know the size of its mask has not begun.
            let report = ExperimentReport::new(&settings.config);
            self.start_run(settings, report, effects);
            effects.push(Effect::ShowSettings);
        } else if self.settings.autoplay && self.nothing_started() {
            self.intent = RunIntent::RunTo(None);
        }
    }
}
