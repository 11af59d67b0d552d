//! Files of the user that make a data set: chosen by buttons, or dropped onto the page. Nothing of them leaves the machine.

use crate::{
    own_data_files,
    refusals::PageRefusal,
    state::UserAction,
    web::{
        app::with_app,
        array_store, dom,
        files::{listed, read_all, show_request_errors},
    },
};
use model::own_data::MOST_BYTES;
use wasm_bindgen_futures::spawn_local;
use web_sys::{Element, File, HtmlInputElement};

/// Room for the headers and labels of a data set of the largest size, and for what gzip adds.
const SLACK_BYTES: f64 = 4e6;

/// Puts a button beside the field of the data set, and listens to all that opens files.
pub(super) fn listen() {
    let picker: HtmlInputElement = dom::by_id("data-file");
    let field: Element = dom::by_id("set-data");
    let button = dom::new_element("button", "open-file", own_data_files::choose_label());
    dom::set_attribute(&button, "type", "button");
    dom::set_attribute(&button, "id", "choose-data-file");
    let _ = field.after_with_node_1(&button);
    let needed: Element = dom::by_id("needed-data");
    needed.set_text_content(Some(own_data_files::choose_label()));
    for opener in [button, needed] {
        let opened = picker.clone();
        dom::add_listener(&opener, "click", move |_: web_sys::Event| opened.click());
    }
    dom::add_listener(&picker.clone(), "change", move |event: web_sys::Event| {
        event.stop_propagation();
        read(listed(picker.files()));
        // Without this, choosing the same files again would not cause an event.
        picker.set_value("");
    });
}

/// Reads files, and has the state make a data set of them. Files that are too large are refused before they are read, so that
/// they take no memory.
pub(super) fn read(files: Vec<File>) {
    if files.is_empty() {
        return;
    }
    let bytes: f64 = files.iter().map(|file| file.size()).sum();
    if bytes > MOST_BYTES as f64 + SLACK_BYTES {
        let names = files.iter().map(File::name).collect::<Vec<_>>().join(", ");
        return show_request_errors(vec![PageRefusal::DataTooLarge { names, bytes }]);
    }
    spawn_local(async move {
        let (names, arrays) = match read_all(files).await {
            Ok(read) => read,
            Err(unreadable) => return show_request_errors(unreadable),
        };
        let files = arrays.into_iter().map(|file| array_store::keep(file.into())).collect();
        with_app(|app| {
            app.view.show_rejections(&[]);
            let settings = Box::new(app.view.fields.read().0);
            let action = UserAction::OpenData { names, files, bytes, settings };
            let effects = app.state.on_action(action, dom::now_seconds());
            app.run_effects(effects);
            app.request_frame();
        });
    });
}
