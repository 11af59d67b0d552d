//! The functions that the browser test calls, in the page or in a worker. They return the samples as JavaScript values,
//! and check whether values still equal the samples.
// wasm_bindgen only exports functions that are `pub`, but no Rust program can use what a binary exports.
#![allow(unreachable_pub)]

use crate::samples;
use js_sys::Array;
use protocol::{
    WorkerCommand, WorkerEvent,
    codec::{self, PostedMessage},
    payload::Payload,
};
use serde::{Serialize, de::DeserializeOwned};
use std::fmt::Debug;
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

/// Every sample as it is sent: the commands, the events, and the payloads beside an empty message.
#[wasm_bindgen]
pub fn sent() -> Array {
    let (commands, events) = (samples::commands(), samples::events());
    let messages = commands.iter().map(write).chain(events.iter().map(write));
    messages.chain(samples::payloads().iter().map(write_payload)).collect()
}

/// Describes the first value that differs from its sample. Returns nothing if all are equal.
#[wasm_bindgen]
pub fn difference(values: &Array) -> Option<String> {
    let (commands, events, payloads) = (samples::commands(), samples::events(), samples::payloads());
    let samples = commands.len() + events.len() + payloads.len();
    if values.length() as usize != samples {
        return Some(format!("{} values for {samples} samples", values.length()));
    }
    let mut values = values.iter();
    let commands = commands.iter().zip(&mut values).find_map(|(sample, value)| differs(sample, value, read));
    commands
        .or_else(|| events.iter().zip(&mut values).find_map(|(sample, value)| differs(sample, value, read)))
        .or_else(|| {
            payloads.iter().zip(&mut values).find_map(|(sample, value)| differs(sample, value, read_payload))
        })
}

/// Reads the values and writes them again, as a worker does that repeats what it receives.
#[wasm_bindgen]
pub fn repeated(values: &Array) -> Array {
    let commands = samples::commands().len();
    let messages = commands + samples::events().len();
    let again = |(at, value)| match at {
        at if at < commands => read::<WorkerCommand>(value).map(|message| write(&message)),
        at if at < messages => read::<WorkerEvent>(value).map(|message| write(&message)),
        _ => read_payload(value).map(|payload| write_payload(&payload)),
    };
    values.iter().enumerate().map(|value| again(value).unwrap_or_else(JsValue::from)).collect()
}

/// The numbers that these texts are read as, or NaN for those that are refused.
#[wasm_bindgen]
pub fn parsed(texts: Vec<String>) -> Vec<f64> {
    texts.iter().map(|text| numbers::parse_decimal(text).unwrap_or(f64::NAN)).collect()
}

fn write<T: Serialize + Debug>(message: &T) -> JsValue {
    codec::to_value(message).unwrap_or_else(|error| format!("{message:?} cannot be sent: {error}").into())
}

fn write_payload(payload: &Payload) -> JsValue {
    match PostedMessage::with_payload(&(), payload) {
        Ok(posted) => posted.list.into(),
        Err(error) => format!("{payload:?} cannot be sent: {error}").into(),
    }
}

fn read<T: DeserializeOwned>(value: JsValue) -> Result<T, String> {
    codec::from_value(value).map_err(|error| error.to_string())
}

fn read_payload(value: JsValue) -> Result<Payload, String> {
    let ((), payload) = codec::read_message(&value).map_err(|error| error.to_string())?;
    Ok(codec::read_payload(&payload))
}

fn differs<T: PartialEq + Debug>(
    sample: &T,
    value: JsValue,
    read: fn(JsValue) -> Result<T, String>,
) -> Option<String> {
    match read(value.clone()) {
        Ok(message) if message == *sample => None,
        Ok(message) => Some(format!("{sample:?} came as {message:?}")),
        Err(error) => Some(format!("{sample:?} came as {value:?}: {error}")),
    }
}
