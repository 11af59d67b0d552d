//! Converts messages to and from JavaScript values that `postMessage` accepts. A struct becomes an object, a list or a
//! set an array, and `None` becomes `undefined`. A variant becomes its name, or an object whose only key is its name.

use serde::{Serialize, de::DeserializeOwned};
use serde_wasm_bindgen::{Deserializer, Serializer};
use thiserror::Error;
use wasm_bindgen::JsValue;

/// Why a message could not be sent or read. Page and workers are built from the same source, so an unreadable message
/// means that the browser has kept one of them from an older version.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CodecError {
    /// The received value is not a list of a message and its arrays.
    #[error("it is not a list; page and worker are not of the same version: reload the page")]
    NoList,
    /// The received value is not a valid message.
    #[error("{field}: {reason}; page and worker are not of the same version: reload the page")]
    Unreadable {
        /// The invalid field, as a path from the message's name: `Start.config.rounds`.
        field: String,
        /// What is wrong with the field.
        reason: String,
    },
    /// The message has a value that JavaScript cannot express, such as a whole number above 2⁵³.
    #[error("{0}; this is a fault of the program: reload the page")]
    Unwritable(String),
}

/// Converts a message to a JavaScript value.
pub fn to_value<T: Serialize>(message: &T) -> Result<JsValue, CodecError> {
    message.serialize(&Serializer::new()).map_err(|error| CodecError::Unwritable(plain(&error)))
}

/// Converts a JavaScript value to a message. An error names the field that is invalid.
pub fn from_value<T: DeserializeOwned>(value: JsValue) -> Result<T, CodecError> {
    serde_path_to_error::deserialize(Deserializer::from(value)).map_err(|error| {
        // The path of the whole message has no parts and would be written as a dot.
        let whole = error.path().iter().next().is_none();
        let field = if whole { "the message".into() } else { error.path().to_string() };
        CodecError::Unreadable { field, reason: plain(&error.into_inner()) }
    })
}

/// The text of an error without the prefix that JavaScript adds.
fn plain(error: &serde_wasm_bindgen::Error) -> String {
    let text = error.to_string();
    text.strip_prefix("Error: ").unwrap_or(&text).to_string()
}
