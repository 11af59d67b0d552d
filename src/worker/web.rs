//! Connects the worker to the browser: it receives commands, sends events and does a slice of work in each turn of the
//! event loop.

use crate::{
    data_unpacking::FileBytes,
    session::{CommandPayload, WorkerSession},
};
use experiment::job_data::JobInputs;
use js_sys::{Array, Float32Array, Uint8Array};
use protocol::{
    EventPayload, Failure, FailureKind, Reply, WorkerCommand, WorkerEvent,
    codec::{self, CodecError},
};
use std::{cell::RefCell, rc::Rc};
use wasm_bindgen::{JsCast, JsValue, prelude::Closure};
use web_sys::{DedicatedWorkerGlobalScope, MessageChannel, MessageEvent};

/// Seconds of work in each turn of the event loop, short enough that commands are answered at once.
const SLICE_SECONDS: f64 = 0.025;

/// A downloaded file that stays on the JavaScript side, so that it takes no memory of this module.
struct JsFile(Uint8Array);

impl FileBytes for JsFile {
    fn len(&self) -> usize {
        self.0.length() as usize
    }

    fn copy(&self, start: usize, target: &mut [u8]) {
        let start = start as u32;
        self.0.subarray(start, start + target.len() as u32).copy_to(target);
    }
}

/// Starts the worker: installs the handlers for commands and slices and reports [`WorkerEvent::Ready`]. It returns at
/// once; from then on, the browser's event loop calls the handlers.
pub fn start() {
    std::panic::set_hook(Box::new(|info| {
        let failure = Failure { kind: FailureKind::Worker, message: info.to_string() };
        post(&(WorkerEvent::Failed { failure }, EventPayload::None));
    }));
    let session = Rc::new(RefCell::new(WorkerSession::default()));
    // A message to the worker itself lets waiting commands go first and arrives sooner than any timer.
    let channel = MessageChannel::new().expect("every browser with module workers has message channels");
    let wake_port = channel.port2();
    let request_slice = move || wake_port.post_message(&JsValue::NULL).expect("an open port takes a message");

    let worker = session.clone();
    let request_next_slice = request_slice.clone();
    let slice = Closure::<dyn FnMut()>::new(move || {
        let mut session = worker.borrow_mut();
        session.advance(&now_seconds, SLICE_SECONDS).iter().for_each(post);
        if session.is_busy() {
            request_next_slice();
        }
    });
    channel.port1().set_onmessage(Some(slice.as_ref().unchecked_ref()));
    slice.forget();

    let listen = Closure::<dyn FnMut(MessageEvent)>::new(move |message: MessageEvent| {
        let mut session = session.borrow_mut();
        let was_busy = session.is_busy();
        match read(&message.data()) {
            Ok((command, payload)) => session.handle(command, payload).iter().for_each(post),
            Err(error) => {
                let message = format!("The page asked for something that cannot be read: {error}.");
                let failure = Failure { kind: FailureKind::Worker, message };
                post(&(WorkerEvent::Failed { failure }, EventPayload::None));
            }
        }
        if session.is_busy() && !was_busy {
            request_slice();
        }
    });
    worker_scope().set_onmessage(Some(listen.as_ref().unchecked_ref()));
    listen.forget();
    post(&(WorkerEvent::Ready, EventPayload::None));
}

fn worker_scope() -> DedicatedWorkerGlobalScope {
    js_sys::global().unchecked_into()
}

fn now_seconds() -> f64 {
    worker_scope().performance().map_or(0.0, |clock| clock.now() / 1e3)
}

fn read(data: &JsValue) -> Result<(WorkerCommand, CommandPayload), CodecError> {
    let parts: &Array = data.dyn_ref().ok_or(CodecError::NoList)?;
    let command: WorkerCommand = codec::from_value(parts.get(0))?;
    let payload = match &command {
        WorkerCommand::Load { .. } => {
            let files: Vec<Uint8Array> =
                parts.iter().skip(1).filter_map(|part| part.dyn_into().ok()).collect();
            match <[Uint8Array; 4]>::try_from(files) {
                Ok(files) => {
                    CommandPayload::Files(files.map(|file| -> Box<dyn FileBytes> { Box::new(JsFile(file)) }))
                }
                Err(_) => CommandPayload::None,
            }
        }
        WorkerCommand::Start { .. } => CommandPayload::JobInputs(JobInputs {
            mask: parts.get(1).dyn_ref().map(Uint8Array::to_vec),
            parameters: parts.get(2).dyn_ref().map(Float32Array::to_vec),
        }),
        WorkerCommand::Export { .. } => CommandPayload::PruneRounds(
            parts.iter().skip(1).filter_map(|part| Some(part.dyn_ref::<Uint8Array>()?.to_vec())).collect(),
        ),
        WorkerCommand::Import { .. } => {
            CommandPayload::Texts(parts.iter().skip(1).filter_map(|part| part.as_string()).collect())
        }
        _ => CommandPayload::None,
    };
    Ok((command, payload))
}

/// Sends an event. Its payload goes into new arrays, whose buffers are transferred. An array that is not there is null.
fn post((event, payload): &Reply) {
    let message = Array::new();
    let mut transfer = Array::new();
    message.push(&codec::to_value(event).expect("an event is plain data"));
    let mut bytes = |bytes: Option<&[u8]>| {
        let array = bytes.map(Uint8Array::from);
        transfer.extend(array.iter().map(Uint8Array::buffer));
        message.push(&array.into());
    };
    match payload {
        EventPayload::None => {}
        EventPayload::JobOutputs(outputs) => {
            bytes(outputs.next_mask.as_deref());
            for parameters in [&outputs.rewind_parameters, &outputs.final_parameters] {
                let floats = parameters.as_deref().map(Float32Array::from);
                transfer.extend(floats.iter().map(Float32Array::buffer));
                message.push(&floats.into());
            }
        }
        EventPayload::PruneRounds(prune_rounds) => {
            prune_rounds.iter().for_each(|prune_rounds| bytes(Some(prune_rounds)))
        }
        EventPayload::Text(text) => {
            message.push(&text.as_str().into());
        }
    }
    worker_scope().post_message_with_transfer(&message, &transfer).expect("an event can be sent");
}
