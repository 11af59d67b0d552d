//! Connects the worker to the browser: it receives commands, sends events and does a slice of work in each turn of the
//! event loop.

use crate::{data_unpacking::FileBytes, session::WorkerSession};
use experiment::refusals::{MessageFault, Refusal};
use js_sys::{Array, Uint8Array};
use protocol::{
    Failure, FailureKind, Reply, WorkerCommand, WorkerEvent,
    codec::{self, PostedMessage},
    payload::Payload,
};
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};
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

thread_local! {
    /// Whether the slice of work that is being done unpacks the data.
    static LOADS: Cell<bool> = const { Cell::new(false) };
}

/// Starts the worker: installs the handlers for commands and slices and reports [`WorkerEvent::Ready`]. It returns at
/// once; from then on, the browser's event loop calls the handlers.
pub fn start() {
    std::panic::set_hook(Box::new(|info| {
        // Data that makes the loader panic is bad data: it has to be fetched anew before another try.
        let kind = if LOADS.get() { FailureKind::Data } else { FailureKind::Worker };
        let failure = Failure { kind, cause: (&Refusal::Foreign(info.to_string())).into() };
        post(&(WorkerEvent::Failed { failure }, Payload::NONE));
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
        LOADS.set(session.is_unpacking());
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
        match handle(&mut session, &message.data()) {
            Ok(replies) => replies.iter().for_each(post),
            Err(error) => {
                let failure =
                    Failure { kind: FailureKind::Worker, cause: (&Refusal::Unreadable(error)).into() };
                post(&(WorkerEvent::Failed { failure }, Payload::NONE));
            }
        }
        if session.is_busy() && !was_busy {
            request_slice();
        }
    });
    worker_scope().set_onmessage(Some(listen.as_ref().unchecked_ref()));
    listen.forget();
    post(&(WorkerEvent::Ready, Payload::NONE));
}

fn worker_scope() -> DedicatedWorkerGlobalScope {
    js_sys::global().unchecked_into()
}

fn now_seconds() -> f64 {
    worker_scope().performance().map_or(0.0, |clock| clock.now() / 1e3)
}

/// Hands a posted command to the session and returns its replies.
fn handle(session: &mut WorkerSession, posted: &JsValue) -> Result<Vec<Reply>, MessageFault> {
    let (command, payload): (WorkerCommand, Array) = codec::read_message(posted)?;
    // The data files are not copied like other payloads.
    if let WorkerCommand::Load { data } = &command
        && let Some(files) = data_files(&payload, data.len())
    {
        session.load(data.iter().cloned().zip(files).collect());
        return Ok(vec![]);
    }
    Ok(session.handle(command, codec::read_payload(&payload)))
}

/// The files of so many data sets, four of each. `None` if there are not as many.
fn data_files(payload: &Array, sets: usize) -> Option<Vec<[Box<dyn FileBytes>; 4]>> {
    let file =
        |at: u32| -> Option<Box<dyn FileBytes>> { Some(Box::new(JsFile(payload.get(at).dyn_into().ok()?))) };
    let set = |set: u32| Some([file(4 * set)?, file(4 * set + 1)?, file(4 * set + 2)?, file(4 * set + 3)?]);
    let is_whole = payload.length() as usize == 4 * sets && sets > 0;
    is_whole.then(|| (0..sets as u32).map(set).collect())?
}

/// Sends an event with its payload.
fn post((event, payload): &Reply) {
    let posted = PostedMessage::with_payload(event, payload).expect("an event is plain data");
    worker_scope().post_message_with_transfer(&posted.list, &posted.buffers).expect("an event can be sent");
}
