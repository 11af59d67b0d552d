//! The dialog with which a hall joins: the link to the experiment as a QR code.

use crate::{
    link, qr_code,
    web::{app::with_app, dom},
};
use wasm_bindgen::JsCast;
use web_sys::{Element, EventTarget, HtmlDialogElement, HtmlElement};

/// Shows the button, unless nobody else can reach the page, and installs its listener.
pub(super) fn listen() {
    let button: HtmlElement = dom::by_id("show-join");
    let host = dom::window().location().hostname().unwrap_or_default();
    button.set_hidden(link::is_loopback(&host));
    dom::add_listener(&button.unchecked_into::<EventTarget>(), "click", |_: web_sys::Event| open());
}

fn open() {
    let Some(fragment) = with_app(|app| app.state.joining_link()) else { return };
    let href = dom::window().location().href().unwrap_or_default();
    let link = format!("{}#{fragment}", href.split('#').next().unwrap_or_default());
    dom::by_id::<Element>("join-link").set_text_content(Some(&link));
    let place: Element = dom::by_id("join-code");
    place.set_text_content(None);
    if let Some(picture) = qr_code::qr_picture(&link) {
        let view_box = format!("0 0 {0} {0}", picture.side);
        let svg = dom::new_svg_element("svg", &[("viewBox", &view_box), ("shape-rendering", "crispEdges")]);
        dom::append_children(&svg, &[&dom::new_svg_element("path", &[("d", &picture.path)])]);
        dom::append_children(&place, &[&svg]);
    }
    let _ = dom::by_id::<HtmlDialogElement>("join").show_modal();
}
