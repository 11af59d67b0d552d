//! The browser's workers. A message is an array with the control value and the typed arrays that are sent beside it.

use crate::web::{dom, state_updates::update_state};
use crate::worker_pool::WorkerId;
use experiment::job_data::{JobInputs, JobOutputs};
use js_sys::{Array, Float32Array, Uint8Array};
use model::data_set::DataFile;
use protocol::{
    EventPayload, WorkerCommand, WorkerEvent,
    codec::{self, CodecError},
};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{ErrorEvent, MessageEvent, Worker, WorkerOptions, WorkerType};

/// The four data files as they were fetched, in the order of [`DataFile::ALL`].
pub(super) type DataFiles = [Uint8Array; DataFile::ALL.len()];

/// Copies of the data files for a worker. Empty if the files have not been fetched.
pub(super) fn copy_data_files(files: Option<&DataFiles>) -> Vec<JsValue> {
    files.into_iter().flatten().map(|file| file.slice(0, file.length()).into()).collect()
}

/// The inputs of a job as JavaScript values: its mask and its parameters, each null if the job has none.
pub(super) fn inputs_to_js(inputs: &JobInputs) -> [JsValue; 2] {
    let mask = inputs.mask.as_deref().map_or(JsValue::NULL, |mask| Uint8Array::from(mask).into());
    let floats = inputs.parameters.as_deref();
    [mask, floats.map_or(JsValue::NULL, |floats| Float32Array::from(floats).into())]
}

/// The prune rounds of each chain of masks, as byte arrays.
pub(super) fn prune_rounds_to_js(prune_rounds: &[Vec<u8>]) -> Vec<JsValue> {
    prune_rounds.iter().map(|bytes| Uint8Array::from(&bytes[..]).into()).collect()
}

/// The contents of report files, as JavaScript strings.
pub(super) fn report_texts_to_js(texts: &[String]) -> Vec<JsValue> {
    texts.iter().map(|text| text.as_str().into()).collect()
}

/// A worker. Dropping the handle stops the worker for good.
pub(super) struct WorkerHandle {
    worker: Worker,
    _message: Closure<dyn FnMut(MessageEvent)>,
    _error: Closure<dyn FnMut(web_sys::Event)>,
}

impl WorkerHandle {
    /// Starts a worker. Its events go to the state under `id`. The error is a message for the user.
    pub(super) fn spawn(id: WorkerId) -> Result<WorkerHandle, String> {
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        options.set_name(&format!("worker {}", id.0 + 1));
        let worker = Worker::new_with_options("www/worker.js", &options)
            .map_err(|error| dom::error_message(&error))?;
        let on_message =
            Closure::<dyn FnMut(MessageEvent)>::new(move |message: MessageEvent| {
                match read_event(&message.data()) {
                    Ok((event, sent)) => update_state(move |state, now| state.on_event(id, event, sent, now)),
                    Err(error) => {
                        let what = format!("A worker said something that cannot be read: {error}.");
                        update_state(move |state, now| state.on_worker_death(id, what, now));
                    }
                }
            });
        let on_error = Closure::<dyn FnMut(web_sys::Event)>::new(move |event: web_sys::Event| {
            // The page shows this error, so the console need not repeat it.
            event.prevent_default();
            let message = event.dyn_ref::<ErrorEvent>().map(ErrorEvent::message);
            let what = match message.filter(|message| !message.is_empty() && message != "undefined") {
                Some(message) => format!("A worker stopped: {}", message.trim_start_matches("Uncaught ")),
                None => "A worker could not be started: its files could not be loaded.".into(),
            };
            update_state(move |state, now| state.on_worker_death(id, what, now));
        });
        worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        worker.set_onmessageerror(Some(on_error.as_ref().unchecked_ref()));
        Ok(WorkerHandle { worker, _message: on_message, _error: on_error })
    }

    /// Sends a command. The buffers of `payload` are transferred and not copied. The error is a message for the user.
    pub(super) fn send(&self, command: &WorkerCommand, payload: &[JsValue]) -> Result<(), String> {
        let control = codec::to_value(command)
            .map_err(|error| format!("A worker could not be told what to do: {error}."))?;
        let (message, mut buffers) = (Array::of1(&control), Array::new());
        for array in payload {
            message.push(array);
            let floats = array.dyn_ref().map(Float32Array::buffer);
            buffers.extend(array.dyn_ref().map(Uint8Array::buffer).or(floats));
        }
        let sent = self.worker.post_message_with_transfer(&message, &buffers);
        sent.map_err(|error| format!("A worker could not be reached: {}", dom::error_message(&error)))
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

fn read_event(data: &JsValue) -> Result<(WorkerEvent, EventPayload), CodecError> {
    let message: &Array = data.dyn_ref().ok_or(CodecError::NoList)?;
    let event = codec::from_value(message.get(0))?;
    let floats = |index| message.get(index).dyn_ref::<Float32Array>().map(Float32Array::to_vec);
    let bytes = |value: JsValue| value.dyn_ref::<Uint8Array>().map(Uint8Array::to_vec);
    let sent = match &event {
        WorkerEvent::Finished { .. } => EventPayload::JobOutputs(JobOutputs {
            next_mask: bytes(message.get(1)),
            rewind_parameters: floats(2),
            final_parameters: floats(3),
        }),
        WorkerEvent::Exported { .. } => EventPayload::Text(message.get(1).as_string().unwrap_or_default()),
        WorkerEvent::Imported { .. } => {
            EventPayload::PruneRounds(message.iter().skip(1).filter_map(bytes).collect())
        }
        _ => EventPayload::None,
    };
    Ok((event, sent))
}
