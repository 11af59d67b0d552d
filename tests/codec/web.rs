//! The functions that the browser test calls, in the page or in a worker. They return the samples as JavaScript values,
//! and check whether values still equal the samples.
// wasm_bindgen only exports functions that are `pub`, but no Rust program can use what a binary exports.
#![allow(unreachable_pub)]

use crate::samples;
use js_sys::Array;
use protocol::codec;
use serde::{Serialize, de::DeserializeOwned};
use std::fmt::Debug;
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

/// Every sample as it is sent: the commands first, then the events.
#[wasm_bindgen]
pub fn sent() -> Array {
    let commands = samples::commands();
    commands.iter().map(write).chain(samples::events().iter().map(write)).collect()
}

/// Describes the first value that differs from its sample. Returns nothing if all are equal.
#[wasm_bindgen]
pub fn difference(values: &Array) -> Option<String> {
    let (commands, events) = (samples::commands(), samples::events());
    if values.length() as usize != commands.len() + events.len() {
        return Some(format!("{} values for {} samples", values.length(), commands.len() + events.len()));
    }
    let mut values = values.iter();
    let commands = commands.iter().zip(&mut values).find_map(|(sample, value)| differs(sample, value));
    commands.or_else(|| events.iter().zip(&mut values).find_map(|(sample, value)| differs(sample, value)))
}

/// Reads the values and writes them again, as a worker does that repeats what it receives.
#[wasm_bindgen]
pub fn repeated(values: &Array) -> Array {
    let commands = samples::commands().len();
    let again = |(at, value)| match at < commands {
        true => read::<protocol::WorkerCommand>(value).map(|message| write(&message)),
        false => read::<protocol::WorkerEvent>(value).map(|message| write(&message)),
    };
    values.iter().enumerate().map(|value| again(value).unwrap_or_else(JsValue::from)).collect()
}

fn write<T: Serialize + Debug>(message: &T) -> JsValue {
    codec::to_value(message).unwrap_or_else(|error| format!("{message:?} cannot be sent: {error}").into())
}

fn read<T: DeserializeOwned>(value: JsValue) -> Result<T, String> {
    codec::from_value(value).map_err(|error| error.to_string())
}

fn differs<T: DeserializeOwned + PartialEq + Debug>(sample: &T, value: JsValue) -> Option<String> {
    match read::<T>(value.clone()) {
        Ok(message) if message == *sample => None,
        Ok(message) => Some(format!("{sample:?} came as {message:?}")),
        Err(error) => Some(format!("{sample:?} came as {value:?}: {error}")),
    }
}
