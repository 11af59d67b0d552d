//! Report files: exported by a button, chosen for import, or fetched from the server.

use crate::web::{app::with_app, array_store, dom, state_updates::update_state};
use crate::{
    recorded_runs,
    refusals::{FetchFault, MOST_IMPORTED_BYTES, PageRefusal},
    state::UserAction,
};
use js_sys::Uint8Array;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Element, EventTarget, File, FileList, HtmlInputElement, Response};

/// Installs the listeners of the buttons.
pub(super) fn listen() {
    let picker: HtmlInputElement = dom::by_id("import-files");
    let opened = picker.clone();
    dom::add_listener(&dom::by_id::<EventTarget>("import"), "click", move |_: web_sys::Event| opened.click());
    dom::add_listener(&picker.clone(), "change", move |_: web_sys::Event| {
        read_chosen_files(listed(picker.files()));
        // Without this, choosing the same files again would not cause an event.
        picker.set_value("");
    });
    dom::add_listener(&dom::by_id::<EventTarget>("export"), "click", |_: web_sys::Event| {
        update_state(move |state, now| state.on_action(UserAction::Export, now));
    });
    dom::add_listener(&dom::by_id::<EventTarget>("recorded"), "click", |event: web_sys::Event| {
        let button = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        if let Some(name) = button.and_then(|button| button.get_attribute("data-recorded")) {
            open_recorded(name);
        }
    });
}

/// The files of a list.
pub(super) fn listed(files: Option<FileList>) -> Vec<File> {
    files.into_iter().flat_map(|list| (0..list.length()).filter_map(move |at| list.get(at))).collect()
}

/// Opens files as reports.
pub(super) fn read_chosen_files(files: Vec<File>) {
    if files.is_empty() {
        return;
    }
    let bytes: f64 = files.iter().map(|file| file.size()).sum();
    if bytes > MOST_IMPORTED_BYTES {
        let names = files.iter().map(|file| file.name()).collect::<Vec<_>>().join(", ");
        return show_request_errors(vec![PageRefusal::TooLarge { names, bytes }]);
    }
    spawn_local(async move {
        match read_all(files).await {
            Ok((names, arrays)) => import_reports(None, names, arrays),
            Err(unreadable) => show_request_errors(unreadable),
        }
    });
}

/// The names of files and their bytes, or those that cannot be read.
pub(super) async fn read_all(files: Vec<File>) -> Result<(Vec<String>, Vec<Uint8Array>), Vec<PageRefusal>> {
    let (mut names, mut arrays, mut unreadable) = (Vec::new(), Vec::new(), Vec::new());
    for file in files {
        names.push(file.name());
        match JsFuture::from(file.array_buffer()).await {
            Ok(buffer) => arrays.push(Uint8Array::new(&buffer)),
            Err(error) => unreadable
                .push(PageRefusal::FileUnreadable { name: file.name(), why: dom::error_message(&error) }),
        }
    }
    if unreadable.is_empty() { Ok((names, arrays)) } else { Err(unreadable) }
}

/// Opens the recorded run with this name, unless another run has started before it has been fetched.
pub(super) fn open_recorded(name: String) {
    let run = with_app(|app| app.state.run());
    spawn_local(async move {
        let path = recorded_runs::report_path(&name);
        let file = fetch_bytes(&path).await;
        if with_app(|app| app.state.run()) != run {
            return;
        }
        match file {
            Ok(file) => import_reports(Some(name), vec![path], vec![file]),
            Err(fault) => show_request_errors(vec![PageRefusal::RecordedRunNotFetched { path, fault }]),
        }
    });
}

pub(super) async fn fetch_bytes(path: &str) -> Result<Uint8Array, FetchFault> {
    let lost = |error: JsValue| FetchFault::Lost(dom::error_message(&error));
    let response = JsFuture::from(dom::window().fetch_with_str(path)).await.map_err(lost)?;
    let response: Response = response.dyn_into().map_err(lost)?;
    if !response.ok() {
        return Err(FetchFault::Status(response.status()));
    }
    let buffer = JsFuture::from(response.array_buffer().map_err(lost)?).await.map_err(lost)?;
    Ok(Uint8Array::new(&buffer))
}

fn import_reports(recorded: Option<String>, names: Vec<String>, files: Vec<Uint8Array>) {
    with_app(|app| app.recorded = recorded);
    let bytes = files.iter().map(|file| f64::from(file.length())).sum();
    let files = files.into_iter().map(|file| array_store::keep(file.into())).collect();
    update_state(move |state, now| state.on_action(UserAction::Import { names, files, bytes }, now));
}

/// Shows why a request failed, with each thing that is wrong.
pub(super) fn show_request_errors(refused: Vec<PageRefusal>) {
    update_state(move |state, _| {
        state.add_request_errors(refused);
        Vec::new()
    });
}
