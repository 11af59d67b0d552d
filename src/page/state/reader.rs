//! The reader: a worker that never trains and answers all questions, so that answers do not wait for training, and
//! training does not end with a file that a worker dies of.

use crate::{
    liveness::Liveness,
    open_requests::ReaderTask,
    reader_patience,
    refusals::PageRefusal,
    state::State,
    worker_pool::{Effect, WorkerId},
};
use protocol::{WorkerCommand, WorkerEvent, payload::Payload};

/// Deaths without an answer after which no reader is started until the next question.
const DEATHS_WITHOUT_ANSWER: u32 = 3;
/// Bytes of an answer after which the reader is replaced: what it took to give it, a module's memory never gives back. So it is
/// after the files of a data set, whatever it said of them.
const LARGE_ANSWER: usize = 4_000_000;

impl State {
    /// Whether this is the current reader.
    pub(super) fn is_reader(&self, id: WorkerId) -> bool {
        self.reader.id == Some(id)
    }

    /// Starts a reader.
    pub(super) fn start_reader(&mut self, effects: &mut Vec<Effect>) {
        let id = self.new_worker_id();
        (self.reader.id, self.reader.is_ready, self.reader.has_heard) = (Some(id), false, false);
        self.reader.life = Liveness::default();
        self.reader.networks.clear();
        effects.push(Effect::SpawnReader(id));
    }

    /// Asks the reader the next question, if it has none. Where there is no reader, it starts one.
    pub(super) fn ask_reader(&mut self, effects: &mut Vec<Effect>) {
        let Some(to) = self.reader.id else {
            if !self.requests.is_empty() {
                self.reader.deaths = 0;
                self.start_reader(effects);
            }
            return;
        };
        if self.reader.is_ready
            && let Some((request_id, task)) = self.requests.next_for_reader()
        {
            let ReaderTask { mut question, mut payload, imported_bytes } = task;
            self.reader.patience = reader_patience::patience(&question, imported_bytes);
            self.add_missing_networks(&mut question, &mut payload);
            // It answers this before it begins, and is silent for as long as the question takes it.
            effects.push(Effect::Send { to, command: WorkerCommand::Ping, payload: Payload::NONE });
            self.reader.has_heard = false;
            self.reader.life = Liveness::default();
            effects.push(Effect::Send { to, command: WorkerCommand::Ask { request_id, question }, payload });
        }
    }

    /// Handles an event of the reader.
    pub(super) fn on_reader_event(
        &mut self,
        event: WorkerEvent,
        payload: Payload,
        effects: &mut Vec<Effect>,
    ) {
        match event {
            WorkerEvent::Ready => self.reader.is_ready = true,
            WorkerEvent::Alive => self.reader.has_heard = true,
            WorkerEvent::Answered { request_id, answer } => {
                self.reader.deaths = 0;
                let is_large = payload.bytes() > LARGE_ANSWER || self.requests.takes_memory(request_id);
                self.on_answer(request_id, answer, payload, effects);
                if is_large {
                    effects.extend(self.reader.id.take().map(Effect::Terminate));
                    self.start_reader(effects);
                }
            }
            WorkerEvent::Failed { failure } => self.on_reader_death(failure.cause.into(), effects),
            // The rest is about data and jobs, which a reader never has.
            WorkerEvent::Unpacking { .. }
            | WorkerEvent::Loaded { .. }
            | WorkerEvent::ReadBeforeTraining { .. }
            | WorkerEvent::Progress { .. }
            | WorkerEvent::Evaluated { .. }
            | WorkerEvent::Paused { .. }
            | WorkerEvent::Finished { .. }
            | WorkerEvent::CorruptedRead { .. } => {}
        }
    }

    /// Replaces a reader that has died. The run does not notice. `cause` says what happened.
    pub(super) fn on_reader_death(&mut self, cause: PageRefusal, effects: &mut Vec<Effect>) {
        effects.extend(self.reader.id.take().map(Effect::Terminate));
        self.reader.deaths += 1;
        if let Some(purpose) = self.requests.reader_died() {
            let (request, cause) = (purpose.kind(), Box::new(cause.clone()));
            self.refuse_request(&purpose, vec![PageRefusal::ReaderDiedTwice { request, cause }], effects);
            self.reader.deaths = 0;
        }
        if self.reader.deaths < DEATHS_WITHOUT_ANSWER {
            return self.start_reader(effects);
        }
        for purpose in self.requests.take_all() {
            let (request, cause) = (purpose.kind(), Box::new(cause.clone()));
            self.refuse_request(&purpose, vec![PageRefusal::NoReader { request, cause }], effects);
        }
    }
}
