//! Tests of files of first weights and masks: what is exported comes back, and a link asks for its file.

use super::{
    exports::{CATCH_FILES, export},
    page_under_test::{PageUnderTest, REACTION_TIMEOUT, RUN_TIMEOUT},
    reports::{ONE_TRIAL, refused_text},
    table::{Row, Table},
};
use anyhow::{Context, Result, ensure};
use std::{fs, path::PathBuf};

/// Gives a file to one of the page's file inputs.
async fn open(page: &PageUnderTest, input: &str, name: &str, bytes: &[u8]) -> Result<()> {
    let dir = std::env::temp_dir().join(format!("ticket-lab-files-{}", std::process::id()));
    fs::create_dir_all(&dir)?;
    let path: PathBuf = dir.join(name);
    fs::write(&path, bytes)?;
    page.find(input).await?.send_keys(&path.to_string_lossy()).await?;
    Ok(())
}

fn row<'a>(table: &'a Table, arm: &str, round: &str) -> Result<&'a Row> {
    let found = table.0.iter().find(|row| (row.attribute("arm"), row.attribute("round")) == (arm, round));
    found.with_context(|| format!("no row of {arm}, round {round}"))
}

/// The last ticket's file becomes a mask of the user's own, and its network comes out as the ticket. A link to that run asks
/// for the file in a fresh profile, refuses another one, and gives the same table with the right one.
pub(crate) async fn an_exported_ticket_comes_back_as_a_mask(page: &mut PageUnderTest) -> Result<()> {
    page.before_every_page(CATCH_FILES).await?;
    page.autoplay(ONE_TRIAL).await?;
    let choose = "const list = document.querySelector('#export-network'); list.value = '3.ticket.2.0';
                  list.dispatchEvent(new Event('change', { bubbles: true })); return list.value";
    page.browser.eval(choose).await?;
    let files = export(page, "safetensors", 1).await?;
    let (name, file) = files.first_key_value().context("no file")?;
    // What is no file of weights is refused and changes nothing.
    open(page, "#own-file", "notes.safetensors", b"milk and bread").await?;
    let said = refused_text(page).await?;
    ensure!(said.starts_with("notes.safetensors: this is not a safetensors file"), "{said}");
    open(page, "#own-file", name, file).await?;
    let entered = "const own = document.querySelector('#set-own').value;
                   return own && !document.querySelector('#pending').hidden && own";
    let own = page.browser.wait("the file in the field", REACTION_TIMEOUT, entered).await?;
    let own = own.as_str().unwrap_or_default().to_owned();
    ensure!(page.value("#set-arms").await? == "ticket,reinit,own", "the arms are without the mask");
    let before = page.times_in_state("done").await?;
    page.browser.eval("document.querySelector('#start-changed').click()").await?;
    page.wait_state_after("done", before).await?;
    let table = page.table().await?;
    let (ours, ticket) = (row(&table, "own", "2")?, row(&table, "ticket", "2")?);
    for attribute in ["weights", "testStart", "testEnd", "trainEnd", "validationLoss", "digest"] {
        ensure!(ours.attribute(attribute) == ticket.attribute(attribute), "another {attribute}");
    }
    let address = page.browser.eval("return location.hash").await?.to_string();
    ensure!(address.contains(&format!("own={own}")), "{address} lacks own={own}");
    page.note(format!("own={own}"));

    let mut other = page.open_another().await?;
    let hash = own.split('.').next().unwrap_or_default();
    let outcome = asks_for_its_file(&mut other, hash, (name, file), &table).await;
    other.finish(outcome, "network_files::fresh_profile").await
}

/// Opens a link that names a mask, without its size, in a fresh profile.
async fn asks_for_its_file(
    page: &mut PageUnderTest,
    hash: &str,
    (name, file): (&str, &[u8]),
    table: &Table,
) -> Result<()> {
    page.visit(&format!("{ONE_TRIAL}&arms=ticket,reinit,own&own={hash}")).await?;
    page.wait_state("ready", RUN_TIMEOUT).await?;
    let asked = "const asked = document.querySelector('#needed-files');
                 return asked.checkVisibility() && asked.innerText";
    let asked = page.browser.wait("the question for the file", REACTION_TIMEOUT, asked).await?.to_string();
    ensure!(asked.contains(&hash[..8]), "{asked} does not say {hash}");
    for button in ["#play", "#step", "#round"] {
        ensure!(page.is_disabled(button).await?, "{button} can be pressed without the file");
    }
    let mut changed = file.to_vec();
    *changed.last_mut().context("an empty file")? ^= 1;
    open(page, "#own-file", "other.safetensors", &changed).await?;
    let said = refused_text(page).await?;
    ensure!(
        said.starts_with("other.safetensors: the SHA-256 begins with ") && said.contains(&hash[..8]),
        "{said}"
    );
    ensure!(page.is_disabled("#play").await?, "#play can be pressed after another file");
    open(page, "#own-file", name, file).await?;
    let there =
        "return document.querySelector('#needed-files').hidden && !document.querySelector('#play').disabled";
    page.browser.wait("the way to be free", REACTION_TIMEOUT, there).await?;
    page.click("#play").await?;
    page.wait_state("done", RUN_TIMEOUT).await?;
    page.table().await?.same_as(table)
}
