//! The list of pinned runs: the letter and the settings of each, and a button that removes it.

use crate::{
    pinned_runs::PinnedRuns,
    state::UserAction,
    strings,
    web::{dom, state_updates::update_state},
};
use wasm_bindgen::JsCast;
use web_sys::Element;

/// Installs the listener of the list.
pub(super) fn listen(list: &Element) {
    dom::add_listener(list, "click", |event: web_sys::Event| {
        let target: Option<Element> = event.target().and_then(|target| target.dyn_into().ok());
        let letter = target.and_then(|target| target.get_attribute("data-unpin"));
        if let Some(letter) = letter.and_then(|letter| letter.chars().next()) {
            update_state(move |state, now| state.on_action(UserAction::Unpin(letter), now));
        }
    });
}

/// Shows the pinned runs.
pub(super) fn show(list: &Element, pinned: &PinnedRuns) {
    list.set_text_content(None);
    for (run, letter) in pinned.lettered() {
        let item = dom::new_element("li", "", "");
        let link = dom::new_element("a", "", &run.fragment);
        dom::set_attribute(&link, "href", &format!("#{}", run.fragment));
        let remove = dom::new_element("button", "", strings::unpin());
        dom::set_attribute(&remove, "type", "button");
        dom::set_attribute(&remove, "data-unpin", &letter);
        dom::set_attribute(&remove, "aria-label", &strings::unpin_label(&letter));
        dom::append_children(&item, &[&dom::new_element("b", "", &letter), &link, &remove]);
        dom::append_children(list, &[&item]);
    }
    let _ = list.toggle_attribute_with_force("hidden", pinned.lettered().next().is_none());
}
