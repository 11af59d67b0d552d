//! The table that compares the present run with pinned ones.

use crate::{
    run_comparison::{columns, compared_rounds},
    state::State,
    web::dom,
};
use web_sys::Element;

/// The table on the page.
pub(super) struct ComparisonTable {
    section: Element,
    body: Element,
}

impl ComparisonTable {
    /// Finds the table on the page and fills its head.
    pub(super) fn new() -> ComparisonTable {
        let head: Element = dom::by_id("compared-head");
        for name in columns() {
            let cell = dom::new_element("th", "", name);
            dom::set_attribute(&cell, "scope", "col");
            dom::append_children(&head, &[&cell]);
        }
        ComparisonTable { section: dom::by_id("comparison"), body: dom::by_id("compared") }
    }

    /// Shows the run beside all that are pinned. Nothing is in sight while none is.
    pub(super) fn show(&self, state: &State) {
        self.body.set_text_content(None);
        for (pinned, letter) in state.pinned().lettered() {
            for compared in compared_rounds(state.shown(), &pinned.results) {
                let row = dom::new_element("tr", "", "");
                for (name, value) in compared.data_attributes(&letter) {
                    dom::set_attribute(&row, &format!("data-{name}"), &value);
                }
                for cell in compared.cells(&letter) {
                    dom::append_children(&row, &[&dom::new_element("td", "", &cell)]);
                }
                dom::append_children(&self.body, &[&row]);
            }
        }
        let is_empty = self.body.first_element_child().is_none();
        let _ = self.section.toggle_attribute_with_force("hidden", is_empty);
    }
}
