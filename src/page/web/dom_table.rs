//! What the page shows as elements: the table, texts, notices.

use crate::table::{self, TableRow};
use crate::web::{dom, legend::line_sample};
use chart::{mask_paint, style::Theme};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, Node};

/// The table of rounds.
pub(super) struct Table {
    body: Element,
    hint: Element,
    rows: Vec<(TableRow, Element)>,
    theme: Theme,
}

impl Table {
    /// The table on the page, with its head.
    pub(super) fn new() -> Result<Table, JsValue> {
        let table: Element = dom::by_id("rounds")?;
        let missing = || JsValue::from_str("index.html has a table of rounds without head or body");
        let head = table.query_selector("thead tr")?.ok_or_else(missing)?;
        let body = table.query_selector("tbody")?.ok_or_else(missing)?;
        for (name, unit) in table::COLUMNS {
            let cell = dom::new_element("th", "", name);
            dom::set_attribute(&cell, "scope", "col");
            dom::append_children(&cell, &[&dom::new_element("small", "", unit)]);
            dom::append_children(&head, &[&cell]);
        }
        Ok(Table { body, hint: dom::by_id("no-rounds")?, rows: Vec::new(), theme: Theme::Light })
    }

    /// Shows these rows, touching only what has changed.
    pub(super) fn show(&mut self, rows: Vec<TableRow>, theme: Theme) {
        if theme != self.theme {
            self.theme = theme;
            self.rows.drain(..).for_each(|(_, element)| element.remove());
        }
        let _ = self.hint.toggle_attribute_with_force("hidden", !rows.is_empty());
        let mut old = std::mem::take(&mut self.rows).into_iter().peekable();
        for row in rows {
            // Old rows are a subsequence of the new ones, or belong to an earlier run.
            while let Some((_, element)) = old.next_if(|(shown, _)| shown.job < row.job) {
                element.remove();
            }
            if let Some(kept) = old.next_if(|(shown, _)| *shown == row) {
                self.rows.push(kept);
                continue;
            }
            let element = table_row_element(&row, theme);
            let before: Option<&Node> = old.peek().map(|(_, element)| element.as_ref());
            let _ = self.body.insert_before(&element, before);
            self.rows.push((row, element));
        }
        old.for_each(|(_, element)| element.remove());
    }
}

fn table_row_element(row: &TableRow, theme: Theme) -> Element {
    let element = dom::new_element("tr", "", "");
    for (name, value) in &row.data_attributes {
        dom::set_attribute(&element, &format!("data-{name}"), value);
    }
    for (at, cell) in row.cells.iter().enumerate() {
        let text = cell;
        let cell = dom::new_element(if at == 0 { "th" } else { "td" }, "", "");
        if at == 0 {
            dom::set_attribute(&cell, "scope", "row");
            dom::append_children(&cell, &[&line_sample(row.style, theme, "9 0 22 16")]);
        }
        let _ = cell.append_with_str_1(text);
        dom::append_children(&element, &[&cell]);
    }
    element
}

/// Fills the legend of the masks.
pub(super) fn fill_mask_legend(place: &Element, theme: Theme) {
    place.set_text_content(None);
    for (name, color) in mask_paint::legend(theme) {
        let size = [("viewBox", "0 0 12 12"), ("width", "12"), ("height", "12"), ("aria-hidden", "true")];
        let patch = dom::new_svg_element("svg", &size);
        let square = [("width", "12"), ("height", "12"), ("fill", &color), ("class", "patch")];
        dom::append_children(&patch, &[&dom::new_svg_element("rect", &square)]);
        let entry = dom::new_element("span", "", "");
        dom::append_children(&entry, &[&patch, &dom::new_element("span", "", name)]);
        dom::append_children(place, &[&entry]);
    }
}

/// Says what was not taken, a paragraph each; hidden if all was.
pub(super) fn show_messages(place: &Element, rejected: &[String]) {
    fill_paragraphs(place, &rejected.iter().map(String::as_str).collect::<Vec<_>>());
    let _ = place.toggle_attribute_with_force("hidden", rejected.is_empty());
}

/// Fills a place with paragraphs.
pub(super) fn fill_paragraphs(place: &Element, lines: &[&str]) {
    place.set_text_content(None);
    for line in lines {
        dom::append_children(place, &[&dom::new_element("p", "", line)]);
    }
}

/// Fills the elements of these ids with their texts.
pub(super) fn fill_elements(texts: &[(&str, String)]) {
    for (id, text) in texts {
        if let Some(element) = dom::document().get_element_by_id(id) {
            element.set_text_content(Some(text));
        }
    }
}

/// Sets `data-name` of an element.
pub(super) fn set_attribute_if_changed(element: &Element, name: &str, value: &str) {
    if element.get_attribute(name).as_deref() != Some(value) {
        dom::set_attribute(element, name, value);
    }
}

/// The body of the page.
pub(super) fn body() -> Result<Element, JsValue> {
    dom::document()
        .body()
        .map(JsCast::unchecked_into)
        .ok_or_else(|| JsValue::from_str("the page has no body"))
}
