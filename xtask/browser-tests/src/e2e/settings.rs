//! Tests of settings in the fragment of the URL.

use super::{
    page_under_test::{PageUnderTest, RUN_TIMEOUT},
    play_through::{SMALL, SMALL_EXPECTED},
    table::ExpectedTable,
};
use anyhow::{Result, ensure};

/// Invalid values are named visibly, and all other settings take effect.
pub(crate) async fn bad_values_are_named(page: &mut PageUnderTest) -> Result<()> {
    page.visit("preset=quick&seed=3&iterations=60&rounds=2&eval_every=20&rate=1.5&output_rate=much").await?;
    page.wait_state("ready", RUN_TIMEOUT).await?;
    let message = page.browser.wait("a message", RUN_TIMEOUT, ALERTS).await?.to_string();
    for name in ["rate", "1.5", "output_rate", "much"] {
        ensure!(message.contains(name), "the message does not name {name}: {message}");
    }
    page.note(message);
    page.click("#play").await?;
    page.wait_state("done", RUN_TIMEOUT).await?;
    page.table().await?.check(&SMALL_EXPECTED)?;
    for (setting, value) in [("seed", "banana"), ("iterations", "-3"), ("rounds", "2.5"), ("eval_every", "0")]
    {
        page.visit(&format!("preset=quick&{setting}={value}")).await?;
        page.wait_state("ready", RUN_TIMEOUT).await?;
        let message = page.browser.wait("a message", RUN_TIMEOUT, ALERTS).await?.to_string();
        ensure!(message.contains(setting) && message.contains(value), "{setting}={value}: {message}");
    }
    Ok(())
}

/// The texts of all visible alerts and status messages, joined.
const ALERTS: &str = "
    const alerts = [...document.querySelectorAll('[role=alert], [role=status]')];
    return alerts.filter((alert) => alert.checkVisibility()).map((alert) => alert.innerText.trim()).join(' ').trim()";

/// The settings of the fragment appear in the fields and are used by the run.
pub(crate) async fn fragment_reaches_the_fields(page: &mut PageUnderTest) -> Result<()> {
    let table = page.autoplay(&format!("{SMALL}&rate=0.2&output_rate=0.1")).await?;
    table.check(&ExpectedTable { rates: [0.2, 0.1], ..SMALL_EXPECTED })?;
    ensure!(page.value("#preset").await? == "quick", "#preset is {}", page.value("#preset").await?);
    ensure!(page.value("#seed").await? == "3", "#seed is {}", page.value("#seed").await?);
    Ok(())
}
