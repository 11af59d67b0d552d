//! Files of the user that give first weights or a mask: chosen by buttons, or dropped onto the page.

use crate::{
    network_files,
    refusals::PageRefusal,
    state::UserAction,
    web::{
        app::with_app,
        array_store, dom,
        files::{listed, show_request_errors},
    },
};
use experiment::network_file::{FilePurpose, MOST_FILE_BYTES, NeededFile};
use js_sys::Uint8Array;
use std::cell::RefCell;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Element, File, HtmlInputElement};

thread_local! {
    /// The file that was dropped, until the user has said what it is to be.
    static DROPPED: RefCell<Option<File>> = const { RefCell::new(None) };
}

/// Puts a button beside each of the two fields, and listens to all that opens files.
pub(super) fn listen() {
    for &purpose in FilePurpose::ALL {
        let name = purpose.setting();
        let picker: HtmlInputElement = dom::by_id(&format!("{name}-file"));
        let field: Element = dom::by_id(&format!("set-{name}"));
        let button = dom::new_element("button", "open-file", network_files::choose_label(purpose));
        dom::set_attribute(&button, "type", "button");
        dom::set_attribute(&button, "id", &format!("choose-{name}-file"));
        let _ = field.after_with_node_1(&button);
        let needed: Element = dom::by_id(&format!("needed-{name}"));
        needed.set_text_content(Some(network_files::choose_label(purpose)));
        for opener in [button, needed] {
            let opened = picker.clone();
            dom::add_listener(&opener, "click", move |_: web_sys::Event| opened.click());
        }
        dom::add_listener(&picker.clone(), "change", move |event: web_sys::Event| {
            event.stop_propagation();
            listed(picker.files()).into_iter().for_each(|file| read(file, purpose));
            // Without this, choosing the same file again would not cause an event.
            picker.set_value("");
        });
        let dropped: Element = dom::by_id(&format!("dropped-{name}"));
        dropped.set_text_content(Some(network_files::purpose_label(purpose)));
        dom::add_listener(&dropped, "click", move |_: web_sys::Event| {
            if let Some(file) = take_dropped() {
                read(file, purpose);
            }
        });
    }
    let none: Element = dom::by_id("dropped-none");
    none.set_text_content(Some(network_files::leave_dropped()));
    dom::add_listener(&none, "click", |_: web_sys::Event| drop(take_dropped()));
}

/// Takes a file that was dropped onto the page. Where the run lacks a single file, it is that one; otherwise the user is asked
/// what it is to be.
pub(super) fn take_dropped_file(file: File) {
    let missing = with_app(|app| app.state.missing_files()).unwrap_or_default();
    if let [NeededFile { purpose, .. }] = missing[..] {
        return read(file, purpose);
    }
    let question: Element = dom::by_id("dropped-name");
    question.set_text_content(Some(&network_files::dropped_question(&file.name())));
    DROPPED.with_borrow_mut(|dropped| *dropped = Some(file));
    let asked: Element = dom::by_id("dropped-file");
    let _ = asked.toggle_attribute_with_force("hidden", false);
}

fn take_dropped() -> Option<File> {
    let asked: Element = dom::by_id("dropped-file");
    let _ = asked.toggle_attribute_with_force("hidden", true);
    DROPPED.with_borrow_mut(Option::take)
}

/// Reads a file, and has the state take from it what it is for.
fn read(file: File, purpose: FilePurpose) {
    let (name, bytes) = (file.name(), file.size());
    if bytes > MOST_FILE_BYTES as f64 {
        return show_request_errors(vec![PageRefusal::NetworkFileTooLarge { name, bytes }]);
    }
    spawn_local(async move {
        match JsFuture::from(file.array_buffer()).await {
            Ok(buffer) => {
                let file = array_store::keep(Uint8Array::new(&buffer).unchecked_into());
                with_app(|app| {
                    app.view.show_rejections(&[]);
                    let settings = Box::new(app.view.fields.read().0);
                    let action = UserAction::OpenNetworkFile { name, file, purpose, settings };
                    let effects = app.state.on_action(action, dom::now_seconds());
                    app.run_effects(effects);
                    app.request_frame();
                });
            }
            Err(error) => {
                let why = dom::error_message(&error);
                show_request_errors(vec![PageRefusal::FileUnreadable { name, why }]);
            }
        }
    });
}
