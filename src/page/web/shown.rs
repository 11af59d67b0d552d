//! What the page shows as elements: the table, the legend, notices.

use super::dom;
use crate::chart::{ArmLook, Marker, Theme, masks};
use crate::lab::config::Config;
use crate::page::{
    figures,
    table::{self, Row},
};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, Node};

/// The table of rounds.
pub(super) struct Table {
    body: Element,
    hint: Element,
    rows: Vec<(Row, Element)>,
    theme: Theme,
}

impl Table {
    /// The table on the page, with its head.
    pub(super) fn new() -> Result<Table, JsValue> {
        let table: Element = dom::by_id("rounds")?;
        let missing = || JsValue::from_str("index.html has a table of rounds without head or body");
        let head = table.query_selector("thead tr")?.ok_or_else(missing)?;
        let body = table.query_selector("tbody")?.ok_or_else(missing)?;
        for (name, unit) in table::HEAD {
            let cell = dom::element("th", "", name);
            dom::set(&cell, "scope", "col");
            dom::put(&cell, &[&dom::element("small", "", unit)]);
            dom::put(&head, &[&cell]);
        }
        Ok(Table { body, hint: dom::by_id("no-rounds")?, rows: Vec::new(), theme: Theme::Light })
    }

    /// Shows these rows, touching only what has changed.
    pub(super) fn show(&mut self, rows: Vec<Row>, theme: Theme) {
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
            let element = made(&row, theme);
            let before: Option<&Node> = old.peek().map(|(_, element)| element.as_ref());
            let _ = self.body.insert_before(&element, before);
            self.rows.push((row, element));
        }
        old.for_each(|(_, element)| element.remove());
    }
}

fn made(row: &Row, theme: Theme) -> Element {
    let element = dom::element("tr", "", "");
    for (name, value) in &row.data {
        dom::set(&element, &format!("data-{name}"), value);
    }
    for (at, cell) in row.cells.iter().enumerate() {
        let text = cell;
        let cell = dom::element(if at == 0 { "th" } else { "td" }, "", "");
        if at == 0 {
            dom::set(&cell, "scope", "row");
            dom::put(&cell, &[&sample(row.look, theme, "9 0 22 16")]);
        }
        let _ = cell.append_with_str_1(text);
        dom::put(&element, &[&cell]);
    }
    element
}

/// Fills the legend: each arm's colour, dash and marker, as the charts draw them.
pub(super) fn legend(list: &Element, config: &Config, theme: Theme) {
    list.set_text_content(None);
    for look in figures::legend(config) {
        let item = dom::element("li", "", "");
        dom::put(&item, &[&sample(look, theme, "0 0 40 16"), &dom::element("span", "", look.long)]);
        dom::put(list, &[&item]);
    }
}

/// A short piece of an arm's line with its marker, as much of it as `part` says.
fn sample(look: &ArmLook, theme: Theme, part: &str) -> Element {
    let (color, dashes) = (look.css(theme), look.dasharray());
    let width = part.split(' ').nth(2).unwrap_or("40");
    let picture =
        dom::svg("svg", &[("viewBox", part), ("width", width), ("height", "16"), ("aria-hidden", "true")]);
    let line = [("d", "M1 8H39"), ("stroke", &color), ("stroke-width", "2"), ("fill", "none")];
    let line = dom::svg("path", &line);
    if !dashes.is_empty() {
        dom::set(&line, "stroke-dasharray", &dashes);
    }
    let (outline, filled) = match look.marker {
        Marker::Disc => ("M16 8a4 4 0 1 0 8 0a4 4 0 1 0-8 0z", true),
        Marker::Ring => ("M16 8a4 4 0 1 0 8 0a4 4 0 1 0-8 0z", false),
        Marker::Square => ("M16.5 4.5h7v7h-7z", true),
        Marker::Box => ("M16.5 4.5h7v7h-7z", false),
        Marker::Up => ("M20 3.5l4.5 8h-9z", true),
        Marker::Down => ("M20 12.5l4.5-8h-9z", true),
        Marker::Diamond => ("M20 3l5 5-5 5-5-5z", true),
        Marker::Cross => ("M16.5 4.5l7 7m0-7l-7 7", false),
        Marker::Plus => ("M20 3v10m-5-5h10", false),
    };
    let inside = if filled { color.clone() } else { theme.background().css() };
    let marker = [("d", outline), ("stroke", &color), ("stroke-width", "2"), ("fill", &inside)];
    dom::put(&picture, &[&line, &dom::svg("path", &marker)]);
    picture
}

/// Fills the legend of the masks.
pub(super) fn mask_key(place: &Element, theme: Theme) {
    place.set_text_content(None);
    for (name, color) in masks::legend(theme) {
        let size = [("viewBox", "0 0 12 12"), ("width", "12"), ("height", "12"), ("aria-hidden", "true")];
        let patch = dom::svg("svg", &size);
        let square = [("width", "12"), ("height", "12"), ("fill", &color), ("class", "patch")];
        dom::put(&patch, &[&dom::svg("rect", &square)]);
        let entry = dom::element("span", "", "");
        dom::put(&entry, &[&patch, &dom::element("span", "", name)]);
        dom::put(place, &[&entry]);
    }
}

/// Says what was not taken, a paragraph each; hidden if all was.
pub(super) fn refused(place: &Element, refused: &[String]) {
    place.set_text_content(None);
    let _ = place.toggle_attribute_with_force("hidden", refused.is_empty());
    for message in refused {
        dom::put(place, &[&dom::element("p", "", message)]);
    }
}

/// Sets `data-name` of an element.
pub(super) fn mark(element: &Element, name: &str, value: &str) {
    if element.get_attribute(name).as_deref() != Some(value) {
        dom::set(element, name, value);
    }
}

/// The body of the page.
pub(super) fn body() -> Result<Element, JsValue> {
    dom::document()
        .body()
        .map(JsCast::unchecked_into)
        .ok_or_else(|| JsValue::from_str("the page has no body"))
}
