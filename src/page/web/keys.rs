//! The keys that act wherever the focus is, and the dialog that lists them. They can be switched off, because speech input
//! may type them unmeant.

use crate::{
    keys::{self, KEYS, KeyAction},
    web::dom,
};
use texts::text;
use wasm_bindgen::JsCast;
use web_sys::{Element, EventTarget, HtmlDialogElement, HtmlElement, HtmlInputElement, KeyboardEvent};

/// Fills the list and installs the listeners.
pub(super) fn listen() {
    let list: Element = dom::by_id("keys-list");
    for key in KEYS {
        let row = dom::new_element("div", "", "");
        let name = dom::new_element("dt", "", "");
        dom::append_children(&name, &[&dom::new_element("kbd", "", key.key)]);
        dom::append_children(&row, &[&name, &dom::new_element("dd", "", text(key.words))]);
        dom::append_children(&list, &[&row]);
    }
    dom::add_listener(&dom::by_id::<EventTarget>("show-keys"), "click", |_: web_sys::Event| {
        let _ = dom::by_id::<HtmlDialogElement>("keys").show_modal();
    });
    dom::add_listener(&dom::document(), "keydown", |event: KeyboardEvent| {
        let has_modifier = event.ctrl_key() || event.alt_key() || event.meta_key();
        if has_modifier || event.default_prevented() || is_typing(&event) || is_dialog_open() {
            return;
        }
        if !dom::by_id::<HtmlInputElement>("keys-on").checked() {
            return;
        }
        if let Some(action) = keys::action(&event.key()) {
            event.prevent_default();
            act(action);
        }
    });
}

/// Whether the key belongs to something that takes characters.
fn is_typing(event: &KeyboardEvent) -> bool {
    let target: Option<Element> = event.target().and_then(|target| target.dyn_into().ok());
    let takes = "input:not([type=range], [type=checkbox], [type=radio]), select, textarea";
    target.is_some_and(|target| target.matches(takes).unwrap_or(false))
}

fn is_dialog_open() -> bool {
    dom::document().query_selector("dialog[open]").is_ok_and(|dialog| dialog.is_some())
}

fn act(action: KeyAction) {
    let view = |name: &str| {
        let found = dom::document().query_selector(&format!("[data-view-of={name}]")).ok().flatten();
        found.and_then(|button| button.dyn_into::<HtmlElement>().ok())
    };
    match action {
        // A disabled button does nothing when it is clicked.
        KeyAction::Click(id) => dom::find::<HtmlElement>(id).iter().for_each(HtmlElement::click),
        KeyAction::Focus(id) => dom::find::<HtmlElement>(id).iter().for_each(|element| _ = element.focus()),
        KeyAction::View(name) => view(name).iter().for_each(HtmlElement::click),
    }
}
