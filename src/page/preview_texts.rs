//! What is said of the recorded run that is shown before anything has begun.

use crate::{network_files, state::State};

/// What is on the screen in place of a live run, or why it is not. `None` if there is nothing to say.
pub fn note(state: &State) -> Option<String> {
    if let Some(why) = state.preview_failure() {
        return Some(format!(
            "The recorded Quick look could not be shown: {why}. Everything else works without it."
        ));
    }
    state.preview()?;
    let then = match (state.wants_to_run(), state.preview_is_of_another_run()) {
        _ if !state.missing_files().is_empty() => network_files::AFTER_FILES,
        (true, true) => "Your settings run as soon as everything is loaded.",
        (true, false) => "It is trained here, live, as soon as everything is loaded.",
        (false, true) => "Your settings run when you press Play.",
        (false, false) => "Press Play to train it here, live.",
    };
    Some(format!("Recorded: the Quick look with seed 1. {then}"))
}

/// The label of the button that holds the recorded run, or plays it on.
pub fn hold_label(state: &State) -> &'static str {
    match state.preview() {
        Some(preview) if preview.is_over() => "Show it again",
        Some(preview) if preview.is_playing() => "Pause the recording",
        _ => "Go on with the recording",
    }
}
