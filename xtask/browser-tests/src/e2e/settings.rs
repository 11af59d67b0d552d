//! Settings in the fragment of the URL.

use super::{
    lab::{PageUnderTest, RUN_TIMEOUT},
    table::ExpectedTable,
    walk::{SMALL, SMALL_EXPECTED},
};
use anyhow::{Result, ensure};

/// Bad values are named where the reader sees it, and everything else still works.
pub(crate) async fn bad_values_are_named(lab: &mut PageUnderTest) -> Result<()> {
    lab.visit("preset=quick&seed=3&iterations=60&rounds=2&eval_every=20&rate=1.5&output_rate=much").await?;
    lab.wait_state("ready", RUN_TIMEOUT).await?;
    let message = lab.browser.wait("a message", RUN_TIMEOUT, ALERTS).await?.to_string();
    for name in ["rate", "1.5", "output_rate", "much"] {
        ensure!(message.contains(name), "the message does not name {name}: {message}");
    }
    lab.note(message);
    lab.click("#play").await?;
    lab.wait_state("done", RUN_TIMEOUT).await?;
    lab.table().await?.check(&SMALL_EXPECTED)?;
    for (setting, value) in [("seed", "banana"), ("iterations", "-3"), ("rounds", "2.5"), ("eval_every", "0")]
    {
        lab.visit(&format!("preset=quick&{setting}={value}")).await?;
        lab.wait_state("ready", RUN_TIMEOUT).await?;
        let message = lab.browser.wait("a message", RUN_TIMEOUT, ALERTS).await?.to_string();
        ensure!(message.contains(setting) && message.contains(value), "{setting}={value}: {message}");
    }
    Ok(())
}

/// What is fit to be seen and spoken at once, as one text.
const ALERTS: &str = "
    const alerts = [...document.querySelectorAll('[role=alert], [role=status]')];
    return alerts.filter((alert) => alert.checkVisibility()).map((alert) => alert.innerText.trim()).join(' ').trim()";

/// What the fragment says stands in the fields and is what runs.
pub(crate) async fn fragment_reaches_the_fields(lab: &mut PageUnderTest) -> Result<()> {
    let table = lab.autoplay(&format!("{SMALL}&rate=0.2&output_rate=0.1")).await?;
    table.check(&ExpectedTable { rates: [0.2, 0.1], ..SMALL_EXPECTED })?;
    ensure!(lab.value("#preset").await? == "quick", "#preset is {}", lab.value("#preset").await?);
    ensure!(lab.value("#seed").await? == "3", "#seed is {}", lab.value("#seed").await?);
    Ok(())
}
