//! What the program puts out, for people or for the next program.

use std::{
    error::Error,
    io::{self, Write},
};

/// Writes to the standard output.
pub(crate) fn print(text: &str) -> Result<(), Box<dyn Error>> {
    io::stdout().write_all(text.as_bytes()).map_err(|error| {
        format!("the standard output cannot be written: {error}; give it another way to go").into()
    })
}
