//! The table of rounds on the page.

use crate::web::{dom, keyed_list::KeyedList, legend::line_sample};
use crate::{
    run_results::RunResults,
    table::{self, TableRow},
};
use chart::style::Theme;
use experiment::{config::ExperimentConfig, job::JobId};
use wasm_bindgen::JsValue;
use web_sys::Element;

/// The table of rounds on the page.
pub(super) struct Table {
    head: Element,
    /// The columns that are there, each with its unit.
    columns: Vec<(&'static str, &'static str)>,
    hint: Element,
    /// What is said of rows that are not there, with the button that brings more.
    more: Element,
    /// The most rows that are there.
    most: usize,
    rows: KeyedList<JobId, TableRow>,
    theme: Theme,
}

/// A table with more rows is not laid out while it is out of sight. A picture of the whole page lacks such a table, so that shorter
/// ones are always laid out.
const LONG_TABLE: usize = 100;

impl Table {
    /// Finds the table on the page.
    pub(super) fn new() -> Result<Table, JsValue> {
        let table: Element = dom::by_id("rounds");
        let missing = || JsValue::from_str("index.html has a table of rounds without head or body");
        let head = table.query_selector("thead tr")?.ok_or_else(missing)?;
        let body = table.query_selector("tbody")?.ok_or_else(missing)?;
        Ok(Table {
            head,
            columns: vec![],
            hint: dom::by_id("no-rounds"),
            more: dom::by_id("more-rows"),
            most: table::ROWS_AT_ONCE,
            rows: KeyedList::new(body),
            theme: Theme::Light,
        })
    }

    /// Has no more rows than at first from now on, for another run.
    pub(super) fn start_run(&mut self) {
        self.most = table::ROWS_AT_ONCE;
    }

    /// The most rows that are there.
    pub(super) fn most(&self) -> usize {
        self.most
    }

    /// Has more rows from now on.
    pub(super) fn grow(&mut self) {
        self.most += table::ROWS_AT_ONCE;
    }

    /// Shows the columns of an experiment.
    fn show_columns(&mut self, config: &ExperimentConfig) {
        let columns = table::columns(config);
        if columns == self.columns {
            return;
        }
        self.head.set_text_content(None);
        for (name, unit) in &columns {
            let cell = dom::new_element("th", "", name);
            dom::set_attribute(&cell, "scope", "col");
            dom::append_children(&cell, &[&dom::new_element("small", "", unit)]);
            dom::append_children(&self.head, &[&cell]);
        }
        self.columns = columns;
    }

    /// Says how many of all rows are there.
    fn say_how_many(&self, shown: usize, all: usize) {
        if let Some(table) = self.rows.parent().parent_element() {
            // The head is a row too.
            dom::set_attribute(&table, "aria-rowcount", &(all + 1).to_string());
            if let Some(region) = table.parent_element() {
                let _ = region.toggle_attribute_with_force("data-long", shown > LONG_TABLE);
            }
        }
        let _ = self.more.toggle_attribute_with_force("hidden", shown == all);
        if shown < all {
            let said = table::more_rows(shown, all);
            let parts = [self.more.first_element_child(), self.more.last_element_child()];
            parts.iter().flatten().zip(said).for_each(|(part, text)| part.set_text_content(Some(&text)));
        }
    }

    /// Shows the first rows of these results and changes only the elements of rows that differ. Rows of what the display has not come to are
    /// there for programs and not in sight.
    pub(super) fn show(&mut self, results: &RunResults, theme: Theme, is_shown: impl Fn(&TableRow) -> bool) {
        self.show_columns(results.config());
        let (rows, all) = table::table_rows(results, self.most);
        self.say_how_many(rows.len(), all);
        if theme != self.theme {
            self.theme = theme;
            self.rows.clear();
        }
        let _ = self.hint.toggle_attribute_with_force("hidden", rows.iter().any(&is_shown));
        let rows = rows.into_iter().map(|row| (row.job, row)).collect();
        self.rows.show(rows, |_, row| table_row_element(row, theme));
        for (_, row, element) in self.rows.iter() {
            let is_hidden = !is_shown(row);
            if element.has_attribute("hidden") != is_hidden {
                let _ = element.toggle_attribute_with_force("hidden", is_hidden);
            }
        }
    }
}

fn table_row_element(row: &TableRow, theme: Theme) -> Element {
    let element = dom::new_element("tr", "", "");
    for (name, value) in &row.data_attributes {
        dom::set_attribute(&element, &format!("data-{name}"), value);
    }
    for (column, text) in row.cells.iter().enumerate() {
        let cell = dom::new_element(if column == 0 { "th" } else { "td" }, "", "");
        if column == 0 {
            dom::set_attribute(&cell, "scope", "row");
            dom::append_children(&cell, &[&line_sample(row.style, theme, "9 0 22 16")]);
        }
        let _ = cell.append_with_str_1(text);
        dom::append_children(&element, &[&cell]);
    }
    element
}
