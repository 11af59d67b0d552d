//! What is shown of kept runs: the offer to go on with the last one, what can be undone, whether this one is kept, and the
//! list of all.

use crate::{
    saved_runs::{SavedRun, SavedRuns},
    saved_texts,
    state::State,
    web::dom::{self, CachedText},
};
use js_sys::{Date, Object, Reflect};
use texts::text;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlInputElement};

/// The lines and the list.
pub(super) struct SavedPanel {
    offer: Line,
    go_on: CachedText,
    undo: Line,
    trouble: Line,
    note: CachedText,
    list: Element,
    /// The state that is shown, as [`SavedRuns::changes`] counts it.
    shown: Option<u32>,
}

/// A line that is there as long as it has something to say.
struct Line {
    line: Element,
    text: CachedText,
}

impl Line {
    fn of(line: &str, text: &str) -> Line {
        Line { line: dom::by_id(line), text: CachedText::of(text) }
    }

    fn show(&mut self, said: Option<&str>) {
        self.text.show(said.unwrap_or_default());
        let _ = self.line.toggle_attribute_with_force("hidden", said.is_none());
    }
}

impl SavedPanel {
    /// Finds the elements.
    pub(super) fn new() -> SavedPanel {
        SavedPanel {
            offer: Line::of("resume-line", "resume-note"),
            go_on: CachedText::of("resume"),
            undo: Line::of("undo-line", "undo-note"),
            trouble: Line::of("not-kept", "not-kept"),
            note: CachedText::of("saved-note"),
            list: dom::by_id("saved-runs"),
            shown: None,
        }
    }

    /// Shows what has changed.
    pub(super) fn show(&mut self, state: &State) {
        let saved = state.saved();
        // A name that is being written is not taken away; the rest waits for it.
        let is_writing = dom::document().active_element().is_some_and(|active| {
            active.has_attribute("data-saved-name") && self.list.contains(Some(&active))
        });
        if self.shown == Some(saved.changes()) || is_writing {
            return;
        }
        self.shown = Some(saved.changes());
        let offered = saved.offered();
        self.offer.show(offered.map(|run| saved_texts::offer(run, &time(run.written))).as_deref());
        if let Some(run) = offered {
            self.go_on.show(saved_texts::open_label(run));
        }
        self.undo.show(state.undo_note().as_deref());
        self.trouble.show(saved_texts::trouble(saved));
        self.note.show(&saved_texts::note(saved));
        self.list.set_text_content(None);
        for run in saved.runs() {
            dom::append_children(&self.list, &[&row(saved, run)]);
        }
    }
}

fn row(saved: &SavedRuns, run: &SavedRun) -> Element {
    let item = dom::new_element("li", "", "");
    let (is_here, is_elsewhere) = (saved.is_here(&run.id), saved.is_elsewhere(&run.id));
    let is_readable = run.settings().is_some();
    let state = match (is_here, is_elsewhere, is_readable) {
        (true, ..) => "here",
        (_, true, _) => "elsewhere",
        (_, _, true) => "kept",
        _ => "unreadable",
    };
    let (done, total) = (run.done.to_string(), run.total.to_string());
    for (name, value) in [
        ("data-saved", run.id.0.as_str()),
        ("data-state", state),
        ("data-done", &done),
        ("data-total", &total),
        ("data-settings", &run.fragment),
    ] {
        dom::set_attribute(&item, name, value);
    }
    let name: HtmlInputElement = dom::new_element("input", "", "").unchecked_into();
    name.set_value(&run.name);
    for (attribute, value) in [
        ("data-saved-name", ""),
        ("maxlength", "60"),
        ("autocomplete", "off"),
        ("placeholder", &saved_texts::proposed_name(run)),
        ("aria-label", text("saved.name_label")),
    ] {
        dom::set_attribute(&name, attribute, value);
    }
    name.set_disabled(is_elsewhere);
    let facts = dom::new_element("span", "", &saved_texts::row(saved, run, &time(run.written)));
    dom::append_children(&item, &[&name, &facts]);
    let is_free = !is_here && !is_elsewhere;
    let buttons = [
        (is_free && is_readable, "data-saved-open", text("saved.open"), saved_texts::open_row_label(run)),
        (is_free, "data-saved-delete", text("saved.delete"), saved_texts::delete_row_label(run)),
    ];
    for (_, attribute, label, description) in buttons.into_iter().filter(|button| button.0) {
        let button = dom::new_element("button", "quiet-button", label);
        dom::set_attribute(&button, "type", "button");
        dom::set_attribute(&button, attribute, "");
        dom::set_attribute(&button, "aria-label", &description);
        dom::append_children(&item, &[&button]);
    }
    item
}

/// A time in seconds since 1970 as people write it.
fn time(seconds: f64) -> String {
    let options = Object::new();
    let _ = Reflect::set(&options, &"dateStyle".into(), &"medium".into());
    let _ = Reflect::set(&options, &"timeStyle".into(), &"short".into());
    let language = dom::document().document_element().and_then(|html| html.get_attribute("lang"));
    let date = Date::new(&(seconds * 1e3).into());
    date.to_locale_string(&language.unwrap_or_default(), &options).into()
}
