//! What programs can ask of the page beside what it shows: the kept networks. `www/page.js` puts these functions into
//! `window.ticketLab`, and the README describes them.

use crate::{
    open_requests::AskerId,
    refusals::PageRefusal,
    state::{UserAction, networks::AskedReading},
    web::{array_store, state_updates::update_state},
    worker_pool::NetworkAnswers,
};
use experiment::{arm::Arm, job::JobId, sorted_map::SortedMap};
use js_sys::{Array, Error, Float32Array, Function, Object, Promise, Reflect, Uint8Array};
use protocol::network_question::{NetworkMoment, NetworkName, NetworkReading};
use std::cell::RefCell;
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

/// How the arrays of an answer are named in the objects that a program gets.
#[derive(Clone, Copy)]
enum AnswerShape {
    Logits,
    Activations,
    PixelGradient,
}

/// A program that waits for an answer.
struct Waiting {
    resolve: Function,
    reject: Function,
    shape: AnswerShape,
}

thread_local! {
    static WAITING: RefCell<(u32, SortedMap<u32, Waiting>)> = const { RefCell::new((0, SortedMap::new())) };
}

/// Asks every kept network for its logits. `images` are pixel values in [0, 1]; `moment` is `first`, `early_stop` or
/// `last`, which is also what nothing means.
#[wasm_bindgen]
pub fn logits(images: Float32Array, moment: Option<String>) -> Promise {
    ask(NetworkReading::Logits, AnswerShape::Logits, images, moment)
}

/// Asks every kept network for what its units give.
#[wasm_bindgen]
pub fn activations(images: Float32Array, moment: Option<String>) -> Promise {
    ask(NetworkReading::Activations, AnswerShape::Activations, images, moment)
}

/// Asks every kept network how the loss of each image changes with its pixels. `labels` has a class for each image.
#[wasm_bindgen(js_name = pixelGradient)]
pub fn pixel_gradient(images: Float32Array, labels: Vec<u8>, moment: Option<String>) -> Promise {
    ask(NetworkReading::PixelGradient { labels }, AnswerShape::PixelGradient, images, moment)
}

fn ask(reading: NetworkReading, shape: AnswerShape, images: Float32Array, moment: Option<String>) -> Promise {
    let moment = match moment.as_deref() {
        Some("first") => NetworkMoment::First,
        Some("early_stop") => NetworkMoment::EarlyStop,
        None | Some("last") => NetworkMoment::Last,
        Some(other) => {
            let refusal = PageRefusal::NoSuchMoment(other.into());
            return Promise::reject(&request_error(&refusal.to_string()));
        }
    };
    let images = images.to_vec();
    let mut call = 0;
    let promise = Promise::new(&mut |resolve, reject| {
        WAITING.with_borrow_mut(|(last, waiting)| {
            *last += 1;
            call = *last;
            waiting.insert(call, Waiting { resolve, reject, shape });
        });
    });
    let asked = AskedReading { reading, moment, images, trial: None };
    update_state(move |state, now| state.ask_networks(AskerId::Program(call), asked, now));
    promise
}

/// Gives a program the answer to one of its calls.
pub(super) fn deliver(call: u32, answer: Result<NetworkAnswers, String>) {
    let Some(waiting) = WAITING.with_borrow_mut(|(_, waiting)| waiting.remove(&call)) else { return };
    let _ = match answer {
        Ok(networks) => {
            let objects: Array = networks
                .into_iter()
                .map(|(name, arrays)| JsValue::from(answer_object(name, arrays, waiting.shape)))
                .collect();
            waiting.resolve.call1(&JsValue::NULL, &objects)
        }
        Err(message) => waiting.reject.call1(&JsValue::NULL, &request_error(&message)),
    };
}

fn answer_object(name: NetworkName, mut arrays: Vec<Vec<f32>>, shape: AnswerShape) -> Object {
    let object = job_object(name.job);
    let floats = |values: &Vec<f32>| JsValue::from(Float32Array::from(&values[..]));
    let logits = arrays.pop().unwrap_or_default();
    match shape {
        AnswerShape::Logits => {}
        AnswerShape::Activations => {
            let hidden: Array = arrays.iter().map(floats).collect();
            set(&object, "hidden", &hidden);
        }
        AnswerShape::PixelGradient => {
            set(&object, "gradient", &floats(&arrays.pop().unwrap_or_default()));
        }
    }
    set(&object, "logits", &floats(&logits));
    object
}

/// An error for the program that has asked. `www/page.js` tells it by its name from a fault of the page.
fn request_error(message: &str) -> Error {
    let error = Error::new(message);
    error.set_name("TicketLabRequestError");
    error
}

fn job_object(job: JobId) -> Object {
    let object = Object::new();
    set(&object, "trial", &job.trial.into());
    set(&object, "arm", &job.arm.name().into());
    set(&object, "round", &job.round.into());
    set(&object, "draw", &job.draw.into());
    object
}

fn set(object: &Object, name: &str, value: &JsValue) {
    let _ = Reflect::set(object, &name.into(), value);
}

/// The kept networks, each with its answer to every test image, a byte each.
#[wasm_bindgen(js_name = keptNetworks)]
pub fn kept_networks() -> Array {
    let list = Array::new();
    let filled = list.clone();
    update_state(move |state, _| {
        let kept = state.kept_networks();
        for job in kept.jobs() {
            let object = job_object(job);
            let predictions = kept.get(job).and_then(|arrays| array_store::get(arrays.test_predictions));
            let copy = predictions.map(|array| Uint8Array::new(&array));
            set(&object, "testPredictions", &copy.map_or(JsValue::UNDEFINED, Into::into));
            filled.push(&object);
        }
        vec![]
    });
    list
}

/// Trains a finished job again, so that its network is kept. It is an error if there is no such arm.
#[wasm_bindgen(js_name = trainAgain)]
pub fn train_again(trial: u32, arm: &str, round: u32, draw: u32) -> Result<(), JsValue> {
    let arm =
        Arm::from_name(arm).ok_or_else(|| request_error(&PageRefusal::NoSuchArm(arm.into()).to_string()))?;
    let job = JobId { trial, arm, round, draw, twin: false }.training_job();
    update_state(move |state, now| state.on_action(UserAction::TrainAgain(vec![job]), now));
    Ok(())
}
