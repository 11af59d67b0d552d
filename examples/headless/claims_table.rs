//! The scored claims as a table.

use experiment::claims::{
    claim::Claim,
    formatted::{FormattedClaim, summary},
};

/// What of the paper an experiment reproduces, as a Markdown table.
pub(crate) fn claims_markdown(claims: &[Claim]) -> String {
    let head =
        "| | claim | paper | replication | this run | tolerance | verdict |\n|---|---|---|---|---|---|---|\n";
    let rows = claims.iter().map(FormattedClaim::new).map(|claim| {
        let FormattedClaim {
            name,
            text,
            paper,
            replication,
            ours,
            tolerance_text: tolerance,
            verdict_text: verdict,
            why,
            ..
        } = claim;
        let verdict = if why.is_empty() { verdict.to_owned() } else { format!("{verdict}: {why}") };
        format!(
            "| {name} | {text} | {paper} | {replication} | {} | {tolerance} | {verdict} |\n",
            ours.join("; ")
        )
    });
    let table: String = rows.collect();
    format!("{}\n\n{head}{table}", summary(claims))
}
