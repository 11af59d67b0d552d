//! Messages as the JavaScript values that `postMessage` takes: a struct is an object, a list or a set an array, a variant
//! its name or an object with that name alone; what is `None` is `undefined`.

use serde::{Serialize, de::DeserializeOwned};
use serde_wasm_bindgen::{Deserializer, Serializer};
use thiserror::Error;
use wasm_bindgen::JsValue;

/// Why a message could not be sent or read. Page and workers are built from the same source, so that this says that a
/// browser has kept one of them from an older version.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CodecError {
    /// What came is not a list of a message and the arrays beside it.
    #[error("it is not a list; page and worker are not of the same version: reload the page")]
    NoList,
    /// What came is not a message.
    #[error("{field}: {reason}; page and worker are not of the same version: reload the page")]
    Unreadable {
        /// The field that is not as it should be, as a path from the message's name: `Start.config.rounds`.
        field: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The message holds what no JavaScript value can say, such as a whole number beyond 2⁵³.
    #[error("{0}; this is a fault of the program: reload the page")]
    Unwritable(String),
}

/// A message as a JavaScript value.
pub fn to_value<T: Serialize>(message: &T) -> Result<JsValue, CodecError> {
    message.serialize(&Serializer::new()).map_err(|error| CodecError::Unwritable(plain(&error)))
}

/// A JavaScript value as the message it is; the error names the field that is not of that message.
pub fn from_value<T: DeserializeOwned>(value: JsValue) -> Result<T, CodecError> {
    serde_path_to_error::deserialize(Deserializer::from(value)).map_err(|error| {
        // The path to the whole message is a lone dot.
        let whole = error.path().iter().next().is_none();
        let field = if whole { "the message".into() } else { error.path().to_string() };
        CodecError::Unreadable { field, reason: plain(&error.into_inner()) }
    })
}

/// What an error says, without the word that JavaScript puts before it.
fn plain(error: &serde_wasm_bindgen::Error) -> String {
    let text = error.to_string();
    text.strip_prefix("Error: ").unwrap_or(&text).to_string()
}
