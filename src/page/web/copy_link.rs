//! The button that copies a link to the run.

use crate::{
    link,
    web::{app::with_app, dom},
};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Element, EventTarget, HtmlElement};

/// Installs the listener of the button.
pub(super) fn listen() {
    dom::add_listener(&dom::by_id::<EventTarget>("copy-link"), "click", |_: web_sys::Event| copy());
}

/// Copies the link, and says so. The button has the link as an attribute, for programs and for browsers that do not copy.
fn copy() {
    let Some(fragment) = with_app(|app| app.link()) else { return };
    let href = dom::window().location().href().unwrap_or_default();
    let address = href.split('#').next().unwrap_or_default();
    let link = format!("{address}#{fragment}");
    dom::set_attribute(&dom::by_id::<Element>("copy-link"), "data-link", &link);
    spawn_local(async move {
        let clipboard = dom::window().navigator().clipboard();
        // Where the page is not served securely there is no clipboard.
        let is_there = !wasm_bindgen::JsValue::from(clipboard.clone()).is_undefined();
        let copied = is_there && JsFuture::from(clipboard.write_text(&link)).await.is_ok();
        let note: HtmlElement = dom::by_id("link-note");
        note.set_text_content(Some(if copied { link::copied() } else { link::not_copied() }));
        if !copied {
            dom::append_children(&note, &[&dom::new_element("code", "", &link)]);
        }
    });
}
