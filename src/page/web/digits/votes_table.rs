//! The votes: a row for each network, laid out as a grid of rounds and arms.

use crate::web::{dom, legend::line_sample};
use crate::{
    arm_styles, digit_texts,
    votes::{Vote, VoteRow},
};
use chart::style::Theme;
use experiment::{arm::Arm, data_words, job::JobId};
use model::data_set::DataSet;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, HtmlElement};

/// A row that is in the document.
struct ShownRow {
    row: VoteRow,
    element: HtmlElement,
    label: Element,
    certainty: Element,
    in_sight: bool,
    vote: Option<Vote>,
}

/// The table of votes.
pub(super) struct VotesTable {
    head: Element,
    body: Element,
    rows: Vec<ShownRow>,
}

impl VotesTable {
    /// Finds the empty table.
    pub(super) fn new() -> Result<VotesTable, JsValue> {
        let table: Element = dom::by_id("votes");
        let part = |name: &str| table.query_selector(name)?.ok_or(JsValue::from_str("#votes lacks a part"));
        Ok(VotesTable { head: part("thead tr")?, body: part("tbody")?, rows: vec![] })
    }

    /// Shows these rows, each with whether it is in sight. `left` says how many weights a round has left, as a share.
    pub(super) fn set_rows(
        &mut self,
        rows: Vec<(VoteRow, bool)>,
        theme: Theme,
        left: impl Fn(u32) -> String,
    ) {
        let same = rows.iter().map(|(row, _)| row).eq(self.rows.iter().map(|shown| &shown.row));
        if !same {
            self.body.set_text_content(None);
            self.rows = rows.iter().map(|(row, _)| self.new_row(row)).collect();
        }
        for (shown, (row, in_sight)) in self.rows.iter_mut().zip(&rows) {
            shown.in_sight = *in_sight;
            let _ = shown.element.toggle_attribute_with_force("hidden", !in_sight);
            let _ = shown.element.style().set_property("--arm", &row.style.css_color(theme));
        }
        self.show_head(theme, left);
    }

    fn new_row(&self, row: &VoteRow) -> ShownRow {
        let element: HtmlElement = dom::new_element("tr", "", "").unchecked_into();
        let JobId { trial, arm, round, draw, .. } = row.job;
        let (trial, round_name, draw) = (trial.to_string(), round.to_string(), draw.to_string());
        for (name, value) in [
            ("role", "row"),
            ("data-trial", &trial),
            ("data-arm", arm.name()),
            ("data-round", &round_name),
            ("data-draw", &draw),
        ] {
            dom::set_attribute(&element, name, value);
        }
        let voter = dom::new_element("th", "unseen", &digit_texts::voter(row));
        let (label, certainty) = (dom::new_element("td", "read", ""), dom::new_element("td", "sure", ""));
        for (cell, role) in [(&voter, "rowheader"), (&label, "cell"), (&certainty, "cell")] {
            dom::set_attribute(cell, "role", role);
        }
        dom::append_children(&element, &[&voter, &label, &certainty]);
        // The dense network stands above all arms, because all of them come from it.
        let columns = if arm == Arm::Dense { "2 / -1".into() } else { format!("{}", row.column + 2) };
        place(&element, round, &columns);
        dom::append_children(&self.body, &[&element]);
        ShownRow { row: *row, element, label, certainty, in_sight: false, vote: None }
    }

    /// Shows what stands above the columns and beside the rounds. Programs and screen readers find it in each row.
    fn show_head(&self, theme: Theme, left: impl Fn(u32) -> String) {
        self.head.set_text_content(None);
        let (mut columns, mut rounds) = (vec![], vec![]);
        for shown in self.rows.iter().filter(|shown| shown.in_sight) {
            let (row, round) = (&shown.row, shown.row.job.round);
            if row.job.arm != Arm::Dense && !columns.contains(&row.column) {
                columns.push(row.column);
                let head = dom::new_element("th", "", "");
                dom::append_children(&head, &[&line_sample(row.style, theme, "6 0 28 16")]);
                let draw = if row.job.draw > 0 { format!(" {}", row.job.draw + 1) } else { String::new() };
                let _ = head.append_with_str_1(&format!("{}{draw}", row.style.chart_label()));
                place(head.unchecked_ref(), HEAD, &format!("{}", row.column + 2));
                dom::append_children(&self.head, &[&head]);
            }
            if !rounds.contains(&round) {
                rounds.push(round);
                let head = dom::new_element("th", "round", "");
                if row.job.arm == Arm::Dense {
                    let style = arm_styles::arm_style(row.job);
                    dom::append_children(&head, &[&line_sample(style, theme, "6 0 28 16")]);
                    let _ = head.append_with_str_1(style.chart_label());
                } else {
                    let _ = head.append_with_str_1(&left(round));
                }
                dom::set_attribute(&head, "data-round", &round.to_string());
                place(head.unchecked_ref(), round, "1");
                dom::append_children(&self.head, &[&head]);
            }
        }
        if !columns.is_empty() {
            let left = dom::new_element("th", "left", digit_texts::weights_left());
            place(left.unchecked_ref(), HEAD, "1");
            dom::append_children(&self.head, &[&left]);
        }
        let all = self.rows.iter().map(|shown| shown.row.column + 1).max().unwrap_or(1);
        if let Some(table) = self.body.parent_element() {
            let _ = table.unchecked_ref::<HtmlElement>().style().set_property("--arms", &all.to_string());
        }
    }

    /// Says whether the votes are recorded ones. Programs read it off the table.
    pub(super) fn mark_recorded(&self, recorded: bool) {
        if let Some(table) = self.body.parent_element() {
            dom::set_attribute_if_changed(&table, "data-recorded", if recorded { "1" } else { "0" });
        }
    }

    /// Shows what each network has read, as `read` says of its job: nothing yet, or a vote, or what is none. `label` is what
    /// the image shows, where that is known.
    pub(super) fn show_votes(
        &mut self,
        data: &DataSet,
        read: impl Fn(JobId) -> Option<Option<Vote>>,
        label: Option<usize>,
    ) {
        for shown in &mut self.rows {
            let reading = read(shown.row.job.training_job());
            let vote = reading.flatten();
            shown.vote = vote;
            let (name, certainty) = match (vote, reading) {
                (Some(vote), _) => (data_words::class_name(data, vote.label), digit_texts::certainty(vote)),
                (None, Some(_)) => (digit_texts::NO_VOTE.into(), String::new()),
                (None, None) => (String::new(), String::new()),
            };
            let wrong = vote.zip(label).is_some_and(|(vote, label)| vote.label != label);
            let element: &Element = &shown.element;
            let _ = element.toggle_attribute_with_force("data-wrong", wrong);
            match vote {
                Some(vote) => {
                    dom::set_attribute_if_changed(element, "data-label", &vote.label.to_string());
                    dom::set_attribute_if_changed(element, "data-certainty", &vote.certainty.to_string());
                }
                None => ["data-label", "data-certainty"]
                    .iter()
                    .for_each(|name| _ = element.remove_attribute(name)),
            }
            let share = vote.map_or(0.0, |vote| vote.certainty);
            let _ = shown.element.style().set_property("--certainty", &format!("{share:.3}"));
            for (cell, text) in [(&shown.label, &name), (&shown.certainty, &certainty)] {
                if cell.text_content().as_deref() != Some(text) {
                    cell.set_text_content(Some(text));
                }
            }
        }
    }

    /// The votes that are in sight.
    pub(super) fn votes_in_sight(&self) -> impl Iterator<Item = Vote> + '_ {
        self.rows.iter().filter(|shown| shown.in_sight).filter_map(|shown| shown.vote)
    }

    /// The number of networks that are in sight.
    pub(super) fn voters(&self) -> usize {
        self.rows.iter().filter(|shown| shown.in_sight).count()
    }
}

/// The row of the heads of columns, in the place of a round.
const HEAD: u32 = u32::MAX;

/// Places an element in the grid: below the dense network the heads of the columns, below them the rounds.
fn place(element: &HtmlElement, round: u32, columns: &str) {
    let row = match round {
        0 => 1,
        HEAD => 2,
        round => round + 2,
    };
    let _ = element.style().set_property("grid-row", &row.to_string());
    let _ = element.style().set_property("grid-column", columns);
}
