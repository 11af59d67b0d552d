//! Has data sets made of files of the user, and lets the run that waits for one go on.

use crate::{
    open_requests::RequestPurpose,
    own_data_files::{self, KnownData, KnownDataSets},
    refusals::PageRefusal,
    state::{RunIntent, State},
    worker_pool::Effect,
};
use experiment::{
    experiment_report::ExperimentReport, network_file::FileHash, settings::Settings,
    url_fragment::RejectedSetting,
};
use model::data_set::DataSet;
use protocol::{
    own_data_question::OwnDataQuestion,
    payload::{ArrayId, Payload, PayloadItem},
    question::Question,
};

impl State {
    /// The data sets of the user that have been read.
    pub fn known_data(&self) -> &KnownDataSets {
        &self.data_sets
    }

    /// The data set of the user without which the run cannot be trained.
    pub fn missing_data(&self) -> Option<FileHash> {
        self.data_sets.missing(&self.settings.config)
    }

    /// Whether the run waits for files of the user.
    pub fn lacks_files(&self) -> bool {
        self.missing_data().is_some() || !self.missing_files().is_empty()
    }

    /// Asks the reader for the data set that files make. Where the settings in the fields name one that is not there, it must
    /// be that one. `bytes` is how many all files have.
    pub(super) fn ask_for_own_data(
        &mut self,
        (names, files): (Vec<String>, Vec<ArrayId>),
        bytes: f64,
        settings: &Settings,
        effects: &mut Vec<Effect>,
    ) {
        let data = &settings.config.data;
        let expected = self.data_sets.missing(&settings.config).map(|_| data.clone());
        let payload = Payload(files.iter().copied().map(PayloadItem::Kept).collect());
        let question = Question::ReadOwnData(Box::new(OwnDataQuestion { names, expected }));
        let superseded = self.requests.add(RequestPurpose::OwnData { files, bytes }, question, payload);
        superseded.iter().for_each(|purpose| super::requests::drop_files(purpose, effects));
    }

    /// Keeps a data set. If the run waits for it, the run can go on; otherwise the fields are to name it.
    pub(super) fn keep_own_data(&mut self, data: DataSet, files: [ArrayId; 4], effects: &mut Vec<Effect>) {
        self.announcement = Some(own_data_files::read_note(&data));
        self.redraw_needs.all = true;
        if !data.is_own() {
            effects.push(Effect::DropArrays(files.to_vec()));
            effects.push(Effect::EnterData(data.name));
            return;
        }
        let awaited = self.missing_data().is_some() && data.sha256 == self.settings.config.data.sha256;
        let gone = self.data_sets.keep(KnownData { data: data.clone(), files }, &self.settings.config.data);
        effects.extend((!gone.is_empty()).then_some(Effect::DropArrays(gone)));
        if !awaited {
            effects.push(Effect::EnterData(data.name));
            return;
        }
        let mut settings = self.settings.clone();
        let rejected = complete(&self.data_sets, &mut settings);
        if settings != self.settings {
            // A run that did not know the shape of its data has not begun.
            let report = ExperimentReport::new(&settings.config);
            self.start_run(settings, report, effects);
            effects.push(Effect::ShowSettings);
            self.add_request_errors(rejected.into_iter().map(PageRefusal::Setting).collect());
            return;
        }
        self.fetch_missing_data(effects);
        if self.settings.autoplay && self.nothing_started() {
            self.intent = RunIntent::RunTo(None);
        }
    }
}

/// Gives settings the shape of their data set, where a link does not say it and the data set has been read. Returns what
/// does not go with that shape.
pub(super) fn complete(known: &KnownDataSets, settings: &mut Settings) -> Vec<RejectedSetting> {
    let data = &settings.config.data;
    let Some(known) = known.get(data).filter(|_| data.is_unread()) else { return vec![] };
    let fragment = settings.to_link().replacen(&data.name, &known.data.name, 1);
    let (completed, rejected) = Settings::from_fragment(&fragment);
    *settings = Settings { autoplay: settings.autoplay, ..completed };
    rejected
}
