//! A harness for the page's state. Fake workers answer every command as a real worker would, with invented numbers. The
//! fake reader answers with the code of the real one, and can be made to die.

use crate::{fake_store::FakeStore, fake_worker::FakeWorker};
use experiment::refusals::Refusal;
use experiment::{
    job::JobId,
    network_file::{FilePurpose, NeededFile},
    settings::Settings,
};
use model::data_set::DataFile;
use page::{
    open_requests::AskerId,
    state::{State, UserAction},
    status::PageStatus,
    table,
    worker_pool::{Effect, NetworkAnswers, WorkerId},
};
use page::{
    refusal_texts,
    refusals::{PageFailure, PageRefusal},
};
use protocol::{
    Failure, FailureKind, WorkerCommand, WorkerEvent,
    payload::{ArrayId, Payload, PayloadItem},
    question::{Answer, Question, RequestId},
};
use std::collections::{BTreeMap, VecDeque};
use worker::session::WorkerSession;

/// A page with its fake workers. Each turn takes ten milliseconds.
pub(crate) struct PageHarness {
    pub(crate) state: State,
    pub(crate) workers: BTreeMap<WorkerId, FakeWorker>,
    /// The reader that lives, if any.
    pub(crate) reader: Option<WorkerId>,
    /// The reader that neither hears nor says anything any more, if it is one.
    pub(crate) mute_reader: Option<WorkerId>,
    /// How many readers were to be started.
    pub(crate) readers_started: usize,
    /// Whether a reader that is started from now on comes up. Otherwise it dies at once.
    pub(crate) readers_come_up: bool,
    /// The questions at which a reader dies from now on.
    pub(crate) reader_dies_at: fn(&Question) -> bool,
    /// Every question that a reader was asked, in the order of the asking.
    pub(crate) asked: Vec<(RequestId, Question)>,
    pub(crate) inbox: VecDeque<(WorkerId, WorkerEvent, Payload)>,
    pub(crate) fetches: usize,
    /// How many downloads were given up.
    pub(crate) abandoned: usize,
    /// The names and contents of the files that the page offered for saving.
    pub(crate) saved: Vec<(String, String)>,
    /// The names and bytes of the other files that it offered.
    pub(crate) saved_bytes: Vec<(String, Vec<u8>)>,
    /// The files that the page named in the fields, with their weights.
    pub(crate) entered: Vec<(NeededFile, u32)>,
    /// The data sets that the state has named in the fields.
    pub(crate) entered_data: Vec<String>,
    /// The files of the user that the last data set was fetched with.
    pub(crate) own_data: Option<[ArrayId; 4]>,
    /// How often the page asked for new settings to be shown.
    pub(crate) shown: usize,
    /// The arrays that the page keeps, as the browser has them.
    pub(crate) arrays: BTreeMap<ArrayId, PayloadItem>,
    /// What networks have answered to whoever asked.
    pub(crate) delivered: Vec<(AskerId, Delivered)>,
    /// The reader's code, which remembers networks.
    reader_session: WorkerSession,
    next_array: u32,
    /// Every job that was started, in the order of the starts.
    pub(crate) started: Vec<JobId>,
    /// Every finished job whose network was to read corrupted images.
    pub(crate) only_read: Vec<JobId>,
    pub(crate) now: f64,
    /// The number of turns so far. It determines which worker goes first.
    pub(crate) turn: usize,
    /// The browser's store of runs.
    pub(crate) store: FakeStore,
}

/// An answer of networks, or why there is none.
pub(crate) type Delivered = Result<NetworkAnswers, String>;

pub(crate) fn settings(fragment: &str) -> Settings {
    let (settings, rejected) = Settings::from_fragment(fragment);
    assert!(rejected.is_empty());
    settings
}

/// The settings of a small experiment.
pub(crate) const SMALL: &str = "seed=3&iterations=40&eval_every=10&rounds=2";

impl PageHarness {
    pub(crate) fn new(fragment: &str) -> PageHarness {
        PageHarness::with_workers(fragment, 2)
    }

    pub(crate) fn with_workers(fragment: &str, workers: usize) -> PageHarness {
        let (state, effects) = State::new(settings(fragment), workers, 0.0);
        let mut bench = PageHarness {
            state,
            workers: BTreeMap::new(),
            reader: None,
            mute_reader: None,
            readers_started: 0,
            readers_come_up: true,
            reader_dies_at: |_| false,
            asked: Vec::new(),
            inbox: VecDeque::new(),
            fetches: 0,
            abandoned: 0,
            saved: Vec::new(),
            saved_bytes: Vec::new(),
            entered: Vec::new(),
            entered_data: Vec::new(),
            own_data: None,
            shown: 0,
            arrays: BTreeMap::new(),
            delivered: Vec::new(),
            reader_session: WorkerSession::default(),
            next_array: 0,
            started: Vec::new(),
            only_read: Vec::new(),
            now: 0.0,
            turn: 0,
            store: FakeStore::default(),
        };
        bench.perform(effects);
        bench
    }

    pub(crate) fn loaded(fragment: &str) -> PageHarness {
        let mut bench = PageHarness::new(fragment);
        bench.load();
        bench
    }

    /// The data has arrived, and the workers are told to unpack it. What they say is not delivered.
    pub(crate) fn begin_load(&mut self) {
        let effects = self.state.on_download_complete(self.now);
        self.perform(effects);
    }

    pub(crate) fn load(&mut self) {
        for set in 0..self.state.config().data_sets().len() {
            for file in DataFile::ALL {
                self.state.on_download_progress((set, file), 10, Some(10), self.now);
            }
        }
        let effects = self.state.on_download_complete(self.now);
        self.perform(effects);
        self.deliver_events();
    }

    pub(crate) fn act(&mut self, control: UserAction) {
        let effects = self.state.on_action(control, self.now);
        self.perform(effects);
    }

    /// The action that imports files named `1.jsonl` and so on, which are kept as in the browser.
    pub(crate) fn import_action(&mut self, texts: &[&str]) -> UserAction {
        let names = (1..=texts.len()).map(|at| format!("{at}.jsonl")).collect();
        let mut files = vec![];
        for text in texts {
            let mut file = PayloadItem::Bytes(text.as_bytes().to_vec());
            self.keep(&mut file);
            files.extend(file.kept());
        }
        let bytes = texts.iter().map(|text| text.len() as f64).sum();
        UserAction::Import { names, files, bytes }
    }

    /// Opens a file named `file.safetensors` for a purpose, with the settings of the run in the fields.
    pub(crate) fn open_network_file(&mut self, bytes: &[u8], purpose: FilePurpose) {
        let mut item = PayloadItem::Bytes(bytes.to_vec());
        self.keep(&mut item);
        let file = item.kept().expect("it is kept");
        let (name, settings) = ("file.safetensors".into(), Box::new(self.state.settings().clone()));
        self.act(UserAction::OpenNetworkFile { name, file, purpose, settings });
        self.deliver_events();
    }

    pub(crate) fn perform(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Spawn(id) => {
                    self.workers.insert(id, FakeWorker::default());
                    self.inbox.push_back((id, WorkerEvent::Ready, Payload::NONE));
                }
                Effect::SpawnReader(id) => {
                    self.reader_session = WorkerSession::default();
                    assert_eq!(self.reader.replace(id), None, "two readers");
                    self.readers_started += 1;
                    if self.readers_come_up {
                        self.inbox.push_back((id, WorkerEvent::Ready, Payload::NONE));
                    } else {
                        self.kill_reader("its files could not be loaded.");
                    }
                }
                Effect::Terminate(id) => {
                    self.workers.remove(&id);
                    self.reader.take_if(|reader| *reader == id);
                }
                Effect::Fetch { own, .. } => {
                    self.fetches += 1;
                    self.own_data = own;
                }
                Effect::AbandonFetch => self.abandoned += 1,
                Effect::DropArrays(ids) => ids.iter().for_each(|id| _ = self.arrays.remove(id)),
                Effect::Deliver { asker, answer } => {
                    let answer = answer.map_err(|refused| refusal_texts::joined(&refused));
                    self.delivered.push((asker, answer))
                }
                Effect::EnterFile { file, weights } => self.entered.push((file, weights)),
                Effect::ReadMask { job, mask } => {
                    let PayloadItem::Bytes(bits) = self.arrays[&mask].clone() else { panic!("no bits") };
                    self.state.on_mask(job, &bits);
                }
                Effect::EnterData(name) => self.entered_data.push(name),
                Effect::ShowSettings => self.shown += 1,
                Effect::Save { name, text } => self.saved.push((name, text)),
                Effect::SaveArrays(files) => {
                    let bytes = |id| self.arrays[&id].clone().into_bytes().expect("a file is bytes");
                    let files: Vec<_> = files.into_iter().map(|(name, id)| (name, bytes(id))).collect();
                    self.saved_bytes.extend(files);
                }
                Effect::Saved(effect) => self.use_store(effect),
                Effect::SendData { to, data } => {
                    self.answer_command(to, WorkerCommand::Load { data }, Payload::NONE)
                }
                Effect::Send { to, .. } if self.mute_reader == Some(to) => {}
                Effect::Send { to, command: WorkerCommand::Ping, .. } if self.reader == Some(to) => {
                    self.inbox.push_back((to, WorkerEvent::Alive, Payload::NONE));
                }
                Effect::Send { to, command: WorkerCommand::Ask { request_id, question }, payload } => {
                    self.answer_question(to, request_id, question, payload);
                }
                Effect::Send { to, command, payload } => self.answer_command(to, command, payload),
            }
        }
    }

    /// Takes what the page says of requests that failed.
    pub(crate) fn request_errors(&mut self) -> Vec<String> {
        self.state.take_request_errors().iter().map(ToString::to_string).collect()
    }

    /// The reader dies as in the browser, where an error event tells the page.
    pub(crate) fn kill_reader(&mut self, message: &str) {
        let reader = self.reader.expect("a reader that lives");
        let effects = self.state.on_worker_death(reader, PageRefusal::Foreign(message.into()), self.now);
        self.perform(effects);
    }

    fn answer_question(&mut self, to: WorkerId, request_id: RequestId, question: Question, payload: Payload) {
        assert_eq!(Some(to), self.reader, "only the reader is asked");
        self.asked.push((request_id, question.clone()));
        if (self.reader_dies_at)(&question) {
            let failure = Failure {
                kind: FailureKind::Worker,
                cause: (&Refusal::Foreign("panicked at a question".into())).into(),
            };
            self.inbox.push_back((to, WorkerEvent::Failed { failure }, Payload::NONE));
            return;
        }
        let payload = self.sent(payload);
        let replies = self.reader_session.handle(WorkerCommand::Ask { request_id, question }, payload);
        self.inbox.extend(replies.into_iter().map(|(event, payload)| (to, event, payload)));
    }

    /// A payload as it is sent: with copies of the arrays that the page keeps.
    fn sent(&self, payload: Payload) -> Payload {
        let sent = payload.0.into_iter().map(|item| match item {
            PayloadItem::Kept(id) => self.arrays.get(&id).cloned().unwrap_or(PayloadItem::Absent),
            other => other,
        });
        Payload(sent.collect())
    }

    /// How often the reader was asked to score the claims.
    pub(crate) fn scored(&self) -> usize {
        self.asked.iter().filter(|(_, question)| matches!(question, Question::ScoreClaims { .. })).count()
    }

    fn answer_command(&mut self, to: WorkerId, command: WorkerCommand, payload: Payload) {
        let payload = self.sent(payload);
        let worker = self.workers.get_mut(&to).expect("a command to a worker that lives");
        if worker.fault.is_some() {
            return;
        }
        // The real worker would tolerate other commands, but no page should send them.
        match &command {
            WorkerCommand::Start { job, config, .. } => {
                let idle = worker.jobs.iter().all(|fake_job| fake_job.paused && fake_job.job != *job);
                assert!(worker.loaded && idle, "{job} was given to a busy worker");
                payload.clone().into_job_inputs().check(config, *job).expect("all that it needs");
                self.started.push(*job);
            }
            WorkerCommand::ReadCorrupted { job, .. } => {
                let idle = worker.jobs.iter().all(|fake_job| fake_job.paused && fake_job.job != *job);
                assert!(worker.loaded && idle, "{job} was given to a busy worker");
                self.only_read.push(*job);
            }
            WorkerCommand::Continue { run, job, .. } => {
                assert!(
                    worker.jobs.iter().all(|fake_job| fake_job.paused),
                    "{job} was to go on beside another"
                );
                let in_hand = worker.jobs.iter().any(|fake_job| (fake_job.run, fake_job.job) == (*run, *job));
                assert!(in_hand, "{job} was to go on where it is not");
            }
            WorkerCommand::Load { .. }
            | WorkerCommand::Pause { .. }
            | WorkerCommand::Cancel
            | WorkerCommand::Ping
            | WorkerCommand::Ask { .. } => {}
        }
        let replies = worker.handle(command, payload);
        self.inbox.extend(replies.into_iter().map(|(event, payload)| (to, event, payload)));
    }

    /// Delivers all events that the workers have sent.
    pub(crate) fn deliver_events(&mut self) {
        while let Some((from, event, mut payload)) = self.inbox.pop_front() {
            if let WorkerEvent::Finished { .. } = event {
                self.keep_finished(&event, &mut payload);
            }
            if let WorkerEvent::Answered {
                answer: Ok(Answer::FilesWritten { .. } | Answer::NetworkFileRead(_) | Answer::OwnDataRead(_)),
                ..
            } = event
            {
                payload.0.iter_mut().for_each(|item| self.keep(item));
            }
            let effects = self.state.on_event(from, event, payload, self.now);
            self.perform(effects);
        }
    }

    /// Keeps what came with a finished job as the browser does: the arrays of its network, and the message for the store.
    fn keep_finished(&mut self, event: &WorkerEvent, payload: &mut Payload) {
        let outputs = Payload(payload.0.iter().take(3).cloned().collect());
        payload.0.iter_mut().skip(3).for_each(|item| self.keep(item));
        let mut record = PayloadItem::Text(String::new());
        self.keep(&mut record);
        self.store.records.extend(record.kept().map(|id| (id, (event.clone(), outputs))));
        payload.0.push(record);
    }

    /// Keeps an array as the browser does, and puts its number in its place.
    pub(crate) fn keep(&mut self, item: &mut PayloadItem) {
        if *item == PayloadItem::Absent {
            return;
        }
        let id = ArrayId(self.next_array);
        self.next_array += 1;
        self.arrays.insert(id, std::mem::replace(item, PayloadItem::Kept(id)));
    }

    /// Each worker does a few steps, then their events are delivered.
    pub(crate) fn advance_workers(&mut self) {
        self.now += 0.01;
        self.turn += 1;
        let mut ids: Vec<_> = self.workers.keys().copied().collect();
        let by = self.turn % ids.len().max(1);
        ids.rotate_left(by);
        for (at, id) in ids.into_iter().enumerate() {
            // The workers differ in speed.
            self.advance_worker(id, 3 + 4 * at as u32);
        }
        self.deliver_events();
        self.state.on_frame(self.now, false);
    }

    /// Lets time pass, in which the page ticks as in the browser and workers answer, but do not train.
    pub(crate) fn wait(&mut self, seconds: f64) {
        for _ in 0..(seconds * 5.0).round() as u32 {
            self.now += 0.2;
            let effects = self.state.on_tick(self.now);
            self.perform(effects);
            self.deliver_events();
        }
    }

    /// Stops the run by a failure of the program.
    pub(crate) fn fail(&mut self) {
        let failure = PageFailure {
            kind: FailureKind::Worker,
            cause: PageRefusal::Foreign("the program is at its end".into()),
        };
        let effects = self.state.on_failure(failure, self.now);
        self.perform(effects);
    }

    /// Tells the page that a worker has died, as an error event does.
    pub(crate) fn kill_worker(&mut self, id: WorkerId) {
        let effects = self.state.on_worker_death(id, PageRefusal::WorkerNotLoaded, self.now);
        self.perform(effects);
    }

    pub(crate) fn advance_worker(&mut self, id: WorkerId, steps: u32) {
        let replies = self.workers.get_mut(&id).map(|worker| worker.advance(steps)).unwrap_or_default();
        self.inbox.extend(replies.into_iter().map(|(event, payload)| (id, event, payload)));
    }

    pub(crate) fn run_until(&mut self, status: PageStatus) {
        for _ in 0..1000 {
            if self.state.status() == status {
                return;
            }
            self.advance_workers();
        }
        panic!("never {status:?}, but {:?}", self.state.status());
    }

    /// Trains on until something holds, for at most this many seconds of the page's clock.
    pub(crate) fn run_until_seconds(
        &mut self,
        seconds: f64,
        mut holds: impl FnMut(&mut PageHarness) -> bool,
    ) {
        let end = self.now + seconds;
        while !holds(self) {
            assert!(self.now < end, "not after {seconds} seconds: {:?}", self.state.status());
            self.advance_workers();
            self.wait(0.2);
        }
    }

    pub(crate) fn job_positions(&self) -> Vec<(u32, u32)> {
        let fake_jobs = self.workers.values().flat_map(|worker| &worker.jobs);
        fake_jobs.map(|fake_job| (fake_job.job.round, fake_job.iteration)).collect()
    }

    pub(crate) fn table(&self) -> Vec<table::TableRow> {
        table::table_rows(self.state.results(), usize::MAX).0
    }
}
