//! Tests of the comparison with pinned runs.

use super::{
    page_under_test::{PageUnderTest, REACTION_TIMEOUT},
    table::Table,
};
use anyhow::{Context, Result, ensure};
use serde_json::Value;

/// A run of two trials.
const RUN: &str = "preset=quick&seeds=3-4&iterations=60&rounds=1&eval_every=20&speed=computed";

/// The attributes of every row of the comparison.
const ROWS: &str = "return [...document.querySelectorAll('#compared tr')].map((row) => ({...row.dataset, seen: row.checkVisibility()}))";

/// The mean test accuracy at the end of a round by seed, as the table of rounds says it.
fn accuracies(table: &Table, arm: &str, round: u64) -> Result<Vec<f64>> {
    let of_round = |row: &&super::table::Row| {
        row.attribute("arm") == arm && row.attribute_as_integer("round").is_ok_and(|other| other == round)
    };
    table.0.iter().filter(of_round).map(|row| row.attribute_as_number("testEnd")).collect()
}

/// A run beside a pinned one of the same seeds: each difference is the mean of the table's differences by seed, and its
/// interval that of Student's t. The pinned run is pinned by its button, by keyboard.
pub(crate) async fn differences_are_those_of_the_tables(page: &mut PageUnderTest) -> Result<()> {
    let before = page.autoplay(RUN).await?;
    ensure!(page.browser.eval(ROWS).await?.as_array().is_some_and(Vec::is_empty), "rows before a pin");
    page.find("#pin").await?.send_keys("\u{e007}").await?;
    let after = page.replay(&format!("{RUN}&rate=0.8")).await?;
    let rows = page.browser.wait("the comparison", REACTION_TIMEOUT, &format!("{ROWS} ?? false")).await?;
    let rows = rows.as_array().context("no rows")?;
    ensure!(rows.len() == 3, "ticket 0, ticket 1 and re-init 1 are compared: {rows:?}");
    for row in rows {
        let text = |name: &str| row[name].as_str().unwrap_or_default().to_owned();
        let number = |name: &str| text(name).parse::<f64>().with_context(|| format!("{name} of {row}"));
        ensure!(row["seen"] == Value::Bool(true) && text("beside") == "A", "{row}");
        let (arm, round) = (text("arm"), text("round").parse()?);
        let (ours, theirs) = (accuracies(&after, &arm, round)?, accuracies(&before, &arm, round)?);
        ensure!(ours.len() == 2 && theirs.len() == 2, "{arm} {round}: {ours:?} {theirs:?}");
        let differences = [ours[0] - theirs[0], ours[1] - theirs[1]];
        let mean = (differences[0] + differences[1]) / 2.0;
        // Of two values the standard error is half of their distance, and the 97.5% quantile with one degree of freedom
        // is 12.706.
        let margin = 12.706_205 * (differences[0] - differences[1]).abs() / 2.0;
        for (name, expected) in [("difference", mean), ("low", mean - margin), ("high", mean + margin)] {
            ensure!((number(name)? - expected).abs() < 1e-6, "{name} should be {expected}: {row}");
        }
        let verdict = match (mean.abs() > margin, mean > 0.0) {
            (false, _) => "unclear",
            (true, true) => "above",
            (true, false) => "below",
        };
        ensure!(text("verdict") == verdict, "{verdict} is right: {row}");
    }
    Ok(())
}
