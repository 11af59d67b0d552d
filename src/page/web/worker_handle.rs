//! The browser's workers.

use crate::web::{array_store, dom, state_updates::update_state};
use crate::{refusals::PageRefusal, worker_pool::WorkerId};
use experiment::refusals::MessageFault;
use js_sys::{Array, Uint8Array};
use model::data_set::DataSet;
use protocol::{
    WorkerCommand, WorkerEvent,
    codec::{self, PostedMessage},
    payload::{Payload, PayloadItem},
    question::Answer,
};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{ErrorEvent, MessageEvent, Worker, WorkerOptions, WorkerType};

/// The data files as they were fetched: for each data set of the run its four, in the order of
/// [`DataFile::ALL`](model::data_set::DataFile::ALL). Its own data set comes first.
pub(super) type DataFiles = Vec<Uint8Array>;

/// A worker. Dropping the handle stops the worker for good.
pub(super) struct WorkerHandle {
    worker: Worker,
    _message: Closure<dyn FnMut(MessageEvent)>,
    _error: Closure<dyn FnMut(web_sys::Event)>,
}

impl WorkerHandle {
    /// Starts a worker with this name. Its events go to the state under `id`. The error says why not.
    pub(super) fn spawn(id: WorkerId, name: &str) -> Result<WorkerHandle, PageRefusal> {
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        options.set_name(name);
        let worker = Worker::new_with_options("www/worker.js", &options)
            .map_err(|error| PageRefusal::Foreign(dom::error_message(&error)))?;
        let on_message =
            Closure::<dyn FnMut(MessageEvent)>::new(move |message: MessageEvent| {
                match read_event(&message.data()) {
                    Ok((event, payload)) => {
                        update_state(move |state, now| state.on_event(id, event, payload, now))
                    }
                    Err(error) => {
                        let cause = PageRefusal::EventUnreadable(error);
                        update_state(move |state, now| state.on_worker_death(id, cause, now));
                    }
                }
            });
        let on_error = Closure::<dyn FnMut(web_sys::Event)>::new(move |event: web_sys::Event| {
            // The page shows this error, so the console need not repeat it.
            event.prevent_default();
            let message = event.dyn_ref::<ErrorEvent>().map(ErrorEvent::message);
            let cause = match message.filter(|message| !message.is_empty() && message != "undefined") {
                Some(message) => PageRefusal::WorkerStopped(message.trim_start_matches("Uncaught ").into()),
                None => PageRefusal::WorkerNotLoaded,
            };
            update_state(move |state, now| state.on_worker_death(id, cause, now));
        });
        worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        worker.set_onmessageerror(Some(on_error.as_ref().unchecked_ref()));
        Ok(WorkerHandle { worker, _message: on_message, _error: on_error })
    }

    /// Sends a command with its payload. The error says why not.
    pub(super) fn send(&self, command: &WorkerCommand, payload: &Payload) -> Result<(), PageRefusal> {
        self.post(PostedMessage::with_kept(command, payload, array_store::get))
    }

    /// Sends the files of data sets, as copies. If they have not been fetched, the worker says so.
    pub(super) fn send_data(&self, data: Vec<DataSet>, files: Option<&DataFiles>) -> Result<(), PageRefusal> {
        let posted = PostedMessage::new(&WorkerCommand::Load { data }).inspect(|posted| {
            files.into_iter().flatten().for_each(|file| posted.push_bytes(&file.slice(0, file.length())));
        });
        self.post(posted)
    }

    fn post(&self, posted: Result<PostedMessage, MessageFault>) -> Result<(), PageRefusal> {
        let posted = posted.map_err(PageRefusal::CommandUnwritable)?;
        let sent = self.worker.post_message_with_transfer(&posted.list, &posted.buffers);
        sent.map_err(|error| PageRefusal::WorkerNotReached(dom::error_message(&error)))
    }
}

impl Drop for WorkerHandle {
    fn drop(&mut self) {
        self.worker.set_onmessage(None);
        self.worker.set_onerror(None);
        self.worker.set_onmessageerror(None);
        self.worker.terminate();
    }
}

/// The arrays of a payload that are for others to work with; those behind them are kept as they are.
const ARRAYS_OF_FINISHED: u32 = 3;

fn read_event(posted: &JsValue) -> Result<(WorkerEvent, Payload), MessageFault> {
    let (event, values): (WorkerEvent, Array) = codec::read_message(posted)?;
    if let WorkerEvent::Finished { .. } = event {
        let mut payload = codec::read_payload(&values.slice(0, ARRAYS_OF_FINISHED));
        array_store::keep_behind(&mut payload, &values.slice(ARRAYS_OF_FINISHED, values.length()));
        // The message itself with those arrays, as the store of runs takes it.
        let record = posted.unchecked_ref::<Array>().slice(0, 1 + ARRAYS_OF_FINISHED);
        payload.0.push(PayloadItem::Kept(array_store::keep(record.into())));
        return Ok((event, payload));
    }
    // So are the files for the user and what is in those of the user, which are large and of no use here.
    if let WorkerEvent::Answered {
        answer: Ok(Answer::FilesWritten { .. } | Answer::NetworkFileRead(_) | Answer::OwnDataRead(_)),
        ..
    } = event
    {
        let mut payload = Payload::NONE;
        array_store::keep_behind(&mut payload, &values);
        return Ok((event, payload));
    }
    Ok((event, codec::read_payload(&values)))
}
