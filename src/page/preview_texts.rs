//! What is said of the recorded run that is shown before anything has begun.

use crate::state::State;
use texts::{fill, text};

/// What is on the screen in place of a live run, or why it is not. `None` if there is nothing to say.
pub fn note(state: &State) -> Option<String> {
    if let Some(why) = state.preview_failure() {
        return Some(fill!("preview.not_shown", why = why));
    }
    state.preview()?;
    Some(
        text(match (state.wants_to_run(), state.preview_is_of_another_run()) {
            _ if state.lacks_files() => "preview.settings_await_files",
            (true, true) => "preview.settings_run_soon",
            (true, false) => "preview.runs_soon",
            (false, true) => "preview.settings_run_on_play",
            (false, false) => "preview.runs_on_play",
        })
        .into(),
    )
}

/// The label of the button that holds the recorded run, or plays it on.
pub fn hold_label(state: &State) -> &'static str {
    text(match state.preview() {
        Some(preview) if preview.is_over() => "preview.again",
        Some(preview) if preview.is_playing() => "preview.pause",
        _ => "preview.go_on",
    })
}
