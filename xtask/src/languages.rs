//! The menu of the page's languages: one entry for each file of words.

use anyhow::{Context, Result};
use serde_json::Value;
use std::{fs, path::Path};

/// The folder of the files of words in a site. Each is named after the tag of its language.
const FOLDER: &str = "www/texts";
/// The menu in the page, before and behind its entries.
const MENU: [&str; 2] = ["<select id=\"set-lang\"", "</select>"];

/// Writes the languages of a site into the menu of its page.
pub fn write_menu(site: &Path) -> Result<()> {
    let page_file = site.join("index.html");
    let page = fs::read_to_string(&page_file).context("the site has no page")?;
    fs::write(&page_file, with_menu(&page, &entries(site)?)?)?;
    Ok(())
}

/// The entries of the menu in the order of the tags.
fn entries(site: &Path) -> Result<String> {
    let mut files = fs::read_dir(site.join(FOLDER))?
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<Vec<_>>>()
        .context("the site has no words")?;
    files.sort();
    files.iter().map(|file| entry(file)).collect()
}

fn entry(file: &Path) -> Result<String> {
    let words: Value = serde_json::from_str(&fs::read_to_string(file)?)
        .with_context(|| format!("{} is no JSON", file.display()))?;
    let tag = file.file_stem().unwrap_or_default().to_string_lossy();
    let name = words["language"]["name"].as_str();
    let name = name.with_context(|| format!("{} lacks language.name", file.display()))?;
    Ok(format!("<option value=\"{tag}\" lang=\"{tag}\">{name}</option>"))
}

fn with_menu(page: &str, entries: &str) -> Result<String> {
    let [before, behind] = MENU;
    let split = page.split_once(before).and_then(|(start, rest)| {
        let (attributes, rest) = rest.split_once('>')?;
        Some((start, attributes, rest.split_once(behind)?.1))
    });
    let (start, attributes, end) = split.context("the page has no menu of languages")?;
    Ok(format!("{start}{before}{attributes}>{entries}{behind}{end}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cargo;

    #[test]
    fn the_menu_has_all_languages_of_the_project() {
        let entries = entries(&cargo::root()).expect("entries");
        assert!(entries.contains("<option value=\"en\" lang=\"en\">English</option>"), "{entries}");
        let page = fs::read_to_string(cargo::root().join("index.html")).expect("the page");
        let page = with_menu(&page, &entries).expect("the menu");
        assert_eq!(page.matches(&entries).count(), 1);
        assert_eq!(with_menu(&page, &entries).expect("the menu"), page);
    }
}
