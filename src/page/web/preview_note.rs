//! Says on the page that a recorded run is shown, and holds it.

use crate::{
    preview_texts,
    state::{State, UserAction},
    web::{
        dom::{self, CachedText},
        state_updates::update_state,
    },
};
use wasm_bindgen::JsValue;
use web_sys::Element;

/// The line about the recorded run.
pub(super) struct PreviewNote {
    body: Element,
    line: Element,
    text: CachedText,
    hold: CachedText,
}

impl PreviewNote {
    /// Finds the line on the page.
    pub(super) fn new() -> Result<PreviewNote, JsValue> {
        Ok(PreviewNote {
            body: dom::body()?,
            line: dom::by_id("preview"),
            text: CachedText::of("preview-note"),
            hold: CachedText::of("preview-hold"),
        })
    }

    /// Says whether a recorded run is on the screen. The style of the page reads it off the body.
    pub(super) fn show(&mut self, state: &State) {
        let is_on_screen = state.preview().is_some();
        dom::set_attribute_if_changed(&self.body, "data-preview", if is_on_screen { "1" } else { "0" });
        let note = preview_texts::note(state);
        if self.line.has_attribute("hidden") != note.is_none() {
            let _ = self.line.toggle_attribute_with_force("hidden", note.is_none());
        }
        if let Some(note) = note {
            self.text.show(&note);
        }
        if is_on_screen {
            self.hold.show(preview_texts::hold_label(state));
        }
        if self.hold.element().has_attribute("hidden") == is_on_screen {
            let _ = self.hold.element().toggle_attribute_with_force("hidden", !is_on_screen);
        }
    }
}

/// Listens to the button that holds the recorded run.
pub(super) fn listen() {
    let hold: Element = dom::by_id("preview-hold");
    dom::add_listener(&hold, "click", |_: web_sys::Event| {
        update_state(|state, now| state.on_action(UserAction::HoldPreview, now));
    });
}
