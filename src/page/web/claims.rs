//! The paper's claims on the page: a sentence, and a table that opens by itself once something is tested.

use crate::state::ScoredClaims;
use crate::web::dom::{self, Text};
use experiment::claims::words::{FormattedClaim, VerdictKind};
use wasm_bindgen::JsValue;
use web_sys::Element;

/// The columns after the claim itself.
const HEAD: [&str; 5] = ["The paper", "Replication", "This run", "Tolerance", "Verdict"];

/// The panel.
pub(super) struct Claims {
    summary: Text,
    details: Element,
    body: Element,
    /// What is said before there is anything to score.
    empty: String,
    tested: bool,
}

impl Claims {
    /// The panel on the page, with the head of its table.
    pub(super) fn new() -> Result<Claims, JsValue> {
        let summary = Text::of("claims-summary")?;
        let empty = summary.element().text_content().unwrap_or_default();
        let head: Element = dom::by_id("claims-head")?;
        for name in ["Claim"].into_iter().chain(HEAD) {
            let cell = dom::element("th", "", name);
            dom::set(&cell, "scope", "col");
            dom::put(&head, &[&cell]);
        }
        let (details, body) = (dom::by_id("claims-all")?, dom::by_id("claims-body")?);
        Ok(Claims { summary, details, body, empty, tested: false })
    }

    /// Shows what became of the claims, if anything has.
    pub(super) fn show(&mut self, scored: Option<&ScoredClaims>) {
        self.summary.show(scored.map_or(&self.empty, |scored| &scored.summary));
        self.body.set_text_content(None);
        let claims = scored.map_or(&[][..], |scored| &scored.claims);
        claims.iter().for_each(|claim| dom::put(&self.body, &[&row(claim)]));
        let _ = self.details.toggle_attribute_with_force("hidden", claims.is_empty());
        // Opened and closed when that changes, and otherwise left as the reader has it.
        let tested = claims.iter().any(|claim| claim.verdict != VerdictKind::NotTested);
        if tested != self.tested {
            self.tested = tested;
            let _ = self.details.toggle_attribute_with_force("open", tested);
        }
    }
}

/// Shapes, so that verdicts differ without colour.
fn symbol(outcome: VerdictKind) -> &'static str {
    match outcome {
        VerdictKind::Reproduced => "✓",
        VerdictKind::NotReproduced => "✗",
        VerdictKind::TooFewTrials => "…",
        VerdictKind::NotTested => "–",
    }
}

fn row(claim: &FormattedClaim) -> Element {
    let row = dom::element("tr", "", "");
    dom::set(&row, "data-claim", &claim.name);
    dom::set(&row, "data-verdict", claim.verdict.name());
    let name = dom::element("th", "", "");
    dom::set(&name, "scope", "row");
    dom::put(&name, &[&dom::element("b", "", &claim.name), &dom::element("span", "", &claim.text)]);
    let ours = dom::element("td", "ours", if claim.ours.is_empty() { "–" } else { "" });
    claim.ours.iter().for_each(|line| dom::put(&ours, &[&dom::element("p", "", line)]));
    let verdict = dom::element("td", "verdict", "");
    let mark = dom::element("i", "", symbol(claim.verdict));
    dom::set(&mark, "aria-hidden", "true");
    dom::put(
        &verdict,
        &[&mark, &dom::element("b", "", &claim.verdict_text), &dom::element("small", "", &claim.why)],
    );
    let cell = |text: &str| dom::element("td", "", text);
    let cells = [cell(&claim.paper), cell(&claim.replication), ours, cell(&claim.tolerance_text), verdict];
    dom::put(&row, &[&name]);
    for (cell, head) in cells.iter().zip(HEAD) {
        // On a narrow screen each cell stands below its column's name.
        dom::set(cell, "data-head", head);
        dom::put(&row, &[cell]);
    }
    row
}
