//! A harness for the page's state. Fake workers answer every command as a real worker would, with invented numbers.

use crate::fake_worker::FakeWorker;
use experiment::{job::JobId, settings::Settings};
use model::data_set::DataFile;
use page::{
    state::{State, UserAction},
    status::PageStatus,
    table,
    worker_pool::{CommandPayload, Effect, WorkerId},
};
use protocol::{EventPayload, WorkerCommand, WorkerEvent};
use std::collections::{BTreeMap, VecDeque};
use worker::session::{self, WorkerSession};

/// A page with its fake workers. Each turn takes ten milliseconds.
pub(crate) struct PageHarness {
    pub(crate) state: State,
    pub(crate) workers: BTreeMap<WorkerId, FakeWorker>,
    pub(crate) inbox: VecDeque<(WorkerId, WorkerEvent, EventPayload)>,
    pub(crate) fetches: usize,
    /// How often the page asked for the claims to be scored.
    pub(crate) scored: usize,
    /// The names and contents of the files that the page offered for saving.
    pub(crate) saved: Vec<(String, String)>,
    /// How often the page asked for new settings to be shown.
    pub(crate) shown: usize,
    /// Every job that was started, in the order of the starts.
    pub(crate) started: Vec<JobId>,
    pub(crate) now: f64,
    /// The number of turns so far. It determines which worker goes first.
    pub(crate) turn: usize,
}

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
            inbox: VecDeque::new(),
            fetches: 0,
            scored: 0,
            saved: Vec::new(),
            shown: 0,
            started: Vec::new(),
            now: 0.0,
            turn: 0,
        };
        bench.perform(effects);
        bench
    }

    pub(crate) fn loaded(fragment: &str) -> PageHarness {
        let mut bench = PageHarness::new(fragment);
        bench.load();
        bench
    }

    pub(crate) fn load(&mut self) {
        for file in DataFile::ALL {
            self.state.on_download_progress(file, 10, Some(10), self.now);
        }
        let effects = self.state.on_download_complete(self.now);
        self.perform(effects);
        self.deliver_events();
    }

    pub(crate) fn act(&mut self, control: UserAction) {
        let effects = self.state.on_action(control, self.now);
        self.perform(effects);
    }

    pub(crate) fn perform(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Spawn(id) => {
                    self.workers.insert(id, FakeWorker::default());
                    self.inbox.push_back((id, WorkerEvent::Ready, EventPayload::None));
                }
                Effect::Terminate(id) => {
                    self.workers.remove(&id);
                }
                Effect::Fetch { .. } => self.fetches += 1,
                Effect::ShowSettings => self.shown += 1,
                Effect::Save { name, text } => self.saved.push((name, text)),
                Effect::Send { to, command, payload } => self.answer_command(to, command, payload),
            }
        }
    }

    pub(crate) fn answer_command(&mut self, to: WorkerId, command: WorkerCommand, payload: CommandPayload) {
        let worker = self.workers.get_mut(&to).expect("a command to a worker that lives");
        // The real worker would tolerate other commands, but no page should send them.
        match &command {
            WorkerCommand::Load { .. } => assert_eq!(payload, CommandPayload::Data),
            WorkerCommand::Start { job, config, .. } => {
                let idle = worker.jobs.iter().all(|fake_job| fake_job.paused && fake_job.job != *job);
                assert!(worker.loaded && idle, "{job} was given to a busy worker");
                let CommandPayload::JobInputs(inputs) = &payload else {
                    panic!("{job} came without its inputs")
                };
                inputs.check(config, *job).expect("all that it needs");
                self.started.push(*job);
            }
            WorkerCommand::Continue { run, job, .. } => {
                assert!(
                    worker.jobs.iter().all(|fake_job| fake_job.paused),
                    "{job} was to go on beside another"
                );
                let in_hand = worker.jobs.iter().any(|fake_job| (fake_job.run, fake_job.job) == (*run, *job));
                assert!(in_hand, "{job} was to go on where it is not");
            }
            WorkerCommand::Score { .. } => self.scored += 1,
            WorkerCommand::Pause { .. }
            | WorkerCommand::Cancel
            | WorkerCommand::Export { .. }
            | WorkerCommand::Import { .. } => {}
        }
        let replies = match command {
            WorkerCommand::Export { .. } | WorkerCommand::Import { .. } | WorkerCommand::Score { .. } => {
                // The real worker answers these commands at once, too.
                let payload = match payload {
                    CommandPayload::PruneRounds(prune_rounds) => {
                        session::CommandPayload::PruneRounds(prune_rounds)
                    }
                    CommandPayload::Texts(texts) => session::CommandPayload::Texts(texts),
                    _ => session::CommandPayload::None,
                };
                WorkerSession::default().handle(command, payload)
            }
            _ => worker.handle(command, payload),
        };
        self.inbox.extend(replies.into_iter().map(|(event, payload)| (to, event, payload)));
    }

    /// Delivers all events that the workers have sent.
    pub(crate) fn deliver_events(&mut self) {
        while let Some((from, event, payload)) = self.inbox.pop_front() {
            let effects = self.state.on_event(from, event, payload, self.now);
            self.perform(effects);
        }
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

    pub(crate) fn job_positions(&self) -> Vec<(u32, u32)> {
        let fake_jobs = self.workers.values().flat_map(|worker| &worker.jobs);
        fake_jobs.map(|fake_job| (fake_job.job.round, fake_job.iteration)).collect()
    }

    pub(crate) fn table(&self) -> Vec<table::TableRow> {
        table::table_rows(self.state.results())
    }
}
