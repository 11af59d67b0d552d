//! The claims of the literature as tables.

use experiment::literature::{
    claim::LiteratureClaim,
    formatted::{FormattedLiteratureClaim, summary},
    protocol::Protocol,
    texts::{Statement, not_tested},
};

/// What of the literature was reproduced, under which protocols, and what is not tested, as Markdown.
pub(crate) fn literature_markdown(claims: &[LiteratureClaim]) -> String {
    let claim_row = |claim: &LiteratureClaim| {
        let FormattedLiteratureClaim { name, statement, protocol, bounds, ours, verdict_text } =
            FormattedLiteratureClaim::new(claim);
        format!(
            "| {name} | {} | {} | {}{} | {} | {} | {verdict_text} |\n",
            source(&statement),
            statement.says,
            format_args!("`{}`", protocol.name()),
            if statement.here.is_empty() { String::new() } else { format!(": {}", statement.here) },
            bounds.join("; "),
            if ours.is_empty() { "–".to_owned() } else { ours.join("; ") },
        )
    };
    let protocol_row = |protocol: &Protocol| {
        let (name, fragment) = (protocol.name(), protocol.fragment());
        format!("| `{name}` | `headless '#{fragment}' --out assets/recorded/literature/{name}.jsonl` |\n")
    };
    let untested_row = |statement: Statement| {
        format!("| {} | {} | {} |\n", source(&statement), statement.says, statement.here)
    };
    let claims_head = "| | source | what it says | asked here | bounds | these runs | verdict |\n|---|---|---|---|---|---|---|\n";
    let protocols_head = "| protocol | command |\n|---|---|\n";
    let untested_head = "| source | what it says | why it is not tested |\n|---|---|---|\n";
    let protocols: String = Protocol::ALL.iter().map(protocol_row).collect();
    let claim_rows: String = claims.iter().map(claim_row).collect();
    let untested: String = not_tested().into_iter().map(untested_row).collect();
    format!(
        "{}\n\n{claims_head}{claim_rows}\n{protocols_head}{protocols}\n{untested_head}{untested}",
        summary(claims)
    )
}

/// The paper and the place, with a link.
fn source(statement: &Statement) -> String {
    let (authors, number) = statement.paper.citation();
    format!("[{authors}](https://arxiv.org/abs/{number}), {}", statement.place)
}
