//! The paper's claims on the page: a summary, and a table that opens by itself once a claim has been tested.

use crate::state::ScoredClaims;
use crate::web::dom::{self, CachedText};
use experiment::claims::{
    claim::VerdictKind,
    formatted::{FormattedClaim, summary},
};
use texts::text;
use web_sys::Element;

/// The columns after that of the claim itself.
const COLUMNS: [&str; 5] =
    ["table.paper", "table.replication", "table.this_run", "table.tolerance", "table.verdict"];

/// The panel with the claims.
pub(super) struct ClaimsPanel {
    summary: CachedText,
    details: Element,
    body: Element,
    /// The text that the page contains before any claim is scored.
    empty: String,
    tested: bool,
}

impl ClaimsPanel {
    /// Finds the panel on the page and fills the head of its table.
    pub(super) fn new() -> ClaimsPanel {
        let summary = CachedText::of("claims-summary");
        let empty = summary.element().text_content().unwrap_or_default();
        let head: Element = dom::by_id("claims-head");
        for name in ["table.claim"].into_iter().chain(COLUMNS) {
            let cell = dom::new_element("th", "", text(name));
            dom::set_attribute(&cell, "scope", "col");
            dom::append_children(&head, &[&cell]);
        }
        let (details, body) = (dom::by_id("claims-all"), dom::by_id("claims-body"));
        ClaimsPanel { summary, details, body, empty, tested: false }
    }

    /// Shows the scored claims, or the initial text if there are none.
    pub(super) fn show(&mut self, scored: Option<&ScoredClaims>) {
        let judged = scored.map(|scored| summary(&scored.claims));
        self.summary.show(judged.as_deref().unwrap_or(&self.empty));
        self.body.set_text_content(None);
        let claims: Vec<FormattedClaim> =
            scored.map_or(vec![], |scored| scored.claims.iter().map(FormattedClaim::new).collect());
        claims.iter().for_each(|claim| dom::append_children(&self.body, &[&claim_row(claim)]));
        let _ = self.details.toggle_attribute_with_force("hidden", claims.is_empty());
        // The table opens or closes only when this changes. Otherwise it stays as the user has left it.
        let tested = claims.iter().any(|claim| claim.verdict != VerdictKind::NotTested);
        if tested != self.tested {
            self.tested = tested;
            let _ = self.details.toggle_attribute_with_force("open", tested);
        }
    }
}

/// A symbol for each verdict, so that verdicts can be told apart without colour.
fn symbol(verdict: VerdictKind) -> &'static str {
    match verdict {
        VerdictKind::Reproduced => "✓",
        VerdictKind::NotReproduced => "✗",
        VerdictKind::Inconclusive => "?",
        VerdictKind::TooFewTrials => "…",
        VerdictKind::NotTested => "–",
    }
}

fn claim_row(claim: &FormattedClaim) -> Element {
    let row = dom::new_element("tr", "", "");
    dom::set_attribute(&row, "data-claim", claim.name);
    dom::set_attribute(&row, "data-verdict", claim.verdict.name());
    let name = dom::new_element("th", "", "");
    dom::set_attribute(&name, "scope", "row");
    dom::append_children(
        &name,
        &[&dom::new_element("b", "", claim.name), &dom::new_element("span", "", &claim.text)],
    );
    let ours = dom::new_element("td", "ours", if claim.ours.is_empty() { "–" } else { "" });
    claim.ours.iter().for_each(|line| dom::append_children(&ours, &[&dom::new_element("p", "", line)]));
    let verdict = dom::new_element("td", "verdict", "");
    let mark = dom::new_element("i", "", symbol(claim.verdict));
    dom::set_attribute(&mark, "aria-hidden", "true");
    dom::append_children(
        &verdict,
        &[&mark, &dom::new_element("b", "", claim.verdict_text), &dom::new_element("small", "", &claim.why)],
    );
    let cell = |text: &str| dom::new_element("td", "", text);
    let cells = [cell(&claim.paper), cell(&claim.replication), ours, cell(&claim.tolerance_text), verdict];
    dom::append_children(&row, &[&name]);
    for (cell, head) in cells.iter().zip(COLUMNS) {
        // On a narrow screen each cell stands below the name of its column.
        dom::set_attribute(cell, "data-head", text(head));
        dom::append_children(&row, &[cell]);
    }
    row
}
