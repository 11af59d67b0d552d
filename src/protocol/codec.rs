//! Converts messages to and from JavaScript values that `postMessage` accepts. A struct becomes an object, a list or a
//! set an array, and `None` becomes `undefined`. A variant becomes its name, or an object whose only key is its name.
//! What is posted is a list: the message, and behind it its payload, whose arrays are typed arrays.

use crate::payload::{ArrayId, Payload, PayloadItem};
use experiment::refusals::MessageFault;
use js_sys::{Array, Float32Array, Object, Uint8Array};
use serde::{Serialize, de::DeserializeOwned};
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::{JsCast, JsValue};

/// Converts a message to a JavaScript value.
pub fn to_value<T: Serialize>(message: &T) -> Result<JsValue, MessageFault> {
    message.serialize(&Serializer::new()).map_err(|error| MessageFault::Unwritable(plain(&error)))
}

/// Converts a JavaScript value to a message.
pub fn from_value<T: DeserializeOwned>(value: JsValue) -> Result<T, MessageFault> {
    serde_wasm_bindgen::from_value(value).map_err(|error| MessageFault::Unreadable(plain(&error)))
}

/// A message with its payload as `postMessage` takes it: the list, and the buffers to transfer instead of copying.
pub struct PostedMessage {
    /// The message and its payload.
    pub list: Array,
    /// The buffers of the payload's arrays.
    pub buffers: Array,
}

impl PostedMessage {
    /// A message without anything beside it.
    pub fn new<T: Serialize>(message: &T) -> Result<PostedMessage, MessageFault> {
        Ok(PostedMessage { list: Array::of1(&to_value(message)?), buffers: Array::new() })
    }

    /// A message with its payload, which is copied into new arrays.
    pub fn with_payload<T: Serialize>(message: &T, payload: &Payload) -> Result<PostedMessage, MessageFault> {
        PostedMessage::with_kept(message, payload, |_| None)
    }

    /// Like [`PostedMessage::with_payload`], with copies of the arrays that `kept` returns.
    pub fn with_kept<T: Serialize>(
        message: &T,
        payload: &Payload,
        kept: impl Fn(ArrayId) -> Option<Object>,
    ) -> Result<PostedMessage, MessageFault> {
        let posted = PostedMessage::new(message)?;
        for item in &payload.0 {
            let value: JsValue = match item {
                PayloadItem::Absent => JsValue::NULL,
                PayloadItem::Kept(id) => kept(*id).map_or(JsValue::NULL, |array| posted.copy(&array)),
                PayloadItem::Bytes(bytes) => {
                    let array = Uint8Array::from(&bytes[..]);
                    posted.buffers.push(&array.buffer());
                    array.into()
                }
                PayloadItem::Floats(floats) => {
                    let array = Float32Array::from(&floats[..]);
                    posted.buffers.push(&array.buffer());
                    array.into()
                }
                PayloadItem::Text(text) => text.as_str().into(),
            };
            posted.list.push(&value);
        }
        Ok(posted)
    }

    /// A copy of a typed array, whose buffer will be transferred.
    fn copy(&self, array: &Object) -> JsValue {
        if let Some(bytes) = array.dyn_ref::<Uint8Array>() {
            let copy = bytes.slice(0, bytes.length());
            self.buffers.push(&copy.buffer());
            copy.into()
        } else if let Some(floats) = array.dyn_ref::<Float32Array>() {
            let copy = floats.slice(0, floats.length());
            self.buffers.push(&copy.buffer());
            copy.into()
        } else {
            JsValue::NULL
        }
    }

    /// Puts an array of bytes behind what is there. Its buffer will be transferred, so the sender loses it.
    pub fn push_bytes(&self, bytes: &Uint8Array) {
        self.buffers.push(&bytes.buffer());
        self.list.push(bytes);
    }
}

/// Takes a posted list apart: the message, and its payload as it came. [`read_payload`] copies the payload.
pub fn read_message<T: DeserializeOwned>(posted: &JsValue) -> Result<(T, Array), MessageFault> {
    let list: &Array = posted.dyn_ref().ok_or(MessageFault::NoList)?;
    Ok((from_value(list.get(0))?, list.slice(1, list.length())))
}

/// Copies a payload out of JavaScript. What is neither an array nor a text becomes [`PayloadItem::Absent`]; whoever
/// needs it notices.
pub fn read_payload(values: &Array) -> Payload {
    let item = |value: JsValue| {
        if let Some(text) = value.as_string() {
            PayloadItem::Text(text)
        } else if let Some(bytes) = value.dyn_ref::<Uint8Array>() {
            PayloadItem::Bytes(bytes.to_vec())
        } else if let Some(floats) = value.dyn_ref::<Float32Array>() {
            PayloadItem::Floats(floats.to_vec())
        } else {
            PayloadItem::Absent
        }
    };
    Payload(values.iter().map(item).collect())
}

/// The text of an error without the prefix that JavaScript adds.
fn plain(error: &serde_wasm_bindgen::Error) -> String {
    let text = error.to_string();
    text.strip_prefix("Error: ").unwrap_or(&text).to_string()
}
