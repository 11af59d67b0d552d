//! Checks the words of all languages, `www/texts/*.json`: each language has the texts of English with the same places for
//! values, the program uses each text, and each text that the program uses is there. [`html`] checks those of `index.html`.

#[path = "texts/html.rs"]
mod html;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// The packages whose words are in the files.
const PACKAGES: [&str; 4] = ["src/numbers", "src/experiment", "src/chart", "src/page"];
/// The section of what stands in `index.html`, which has the English words itself.
const HTML: &str = "html";

/// The texts of a language by their ids.
fn language(tag: &str) -> BTreeMap<String, String> {
    let file = format!("{}/www/texts/{tag}.json", env!("CARGO_MANIFEST_DIR"));
    let sections: BTreeMap<String, BTreeMap<String, String>> =
        serde_json::from_str(&fs::read_to_string(file).expect("the file of a language"))
            .expect("sections of texts");
    let texts = sections.into_iter().flat_map(|(section, texts)| {
        texts.into_iter().map(move |(name, text)| (format!("{section}.{name}"), text))
    });
    texts.collect()
}

fn tags() -> Vec<String> {
    let folder =
        fs::read_dir(format!("{}/www/texts", env!("CARGO_MANIFEST_DIR"))).expect("the folder of languages");
    folder.map(|entry| entry.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned()).collect()
}

/// The words of `index.html` in all languages but English, which has them there, by their places.
fn html_words() -> Vec<(String, BTreeMap<String, String>)> {
    let of_html = |tag: &String| {
        let prefix = format!("{HTML}.");
        let words = language(tag).into_iter();
        let words = words.filter_map(|(id, text)| Some((id.strip_prefix(&prefix)?.to_owned(), text)));
        (tag.clone(), words.collect())
    };
    tags().iter().filter(|tag| *tag != "en").map(of_html).collect()
}

/// The names of the places of a text. A capital letter asks for the same value as at the beginning of a sentence.
fn places(text: &str) -> BTreeSet<String> {
    text.split('{').skip(1).filter_map(|part| Some(part.split_once('}')?.0.to_lowercase())).collect()
}

/// The id of a text without the name of its form.
fn without_form(id: &str) -> &str {
    id.split('#').next().unwrap_or(id)
}

fn rust_files(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder of the program") {
        let path = entry.unwrap().path();
        if path.is_dir() {
            rust_files(&path, files);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            files.push(path);
        }
    }
}

/// All that stands between quotation marks in the program.
fn literals() -> BTreeSet<String> {
    let mut files = vec![];
    for package in PACKAGES {
        rust_files(&Path::new(env!("CARGO_MANIFEST_DIR")).join(package), &mut files);
    }
    let texts = files.iter().map(|file| fs::read_to_string(file).expect("a file of the program"));
    texts.flat_map(|text| text.split('"').map(str::to_owned).collect::<Vec<_>>()).collect()
}

#[test]
fn every_language_has_the_texts_of_english_with_the_same_places() {
    let english = language("en");
    let ids: BTreeSet<&str> = english.keys().map(|id| without_form(id)).collect();
    for tag in tags() {
        let other = language(&tag);
        let translated: BTreeMap<&str, BTreeSet<String>> = other
            .iter()
            .filter(|(id, _)| !id.starts_with(&format!("{HTML}.")))
            .map(|(id, text)| (without_form(id), places(text)))
            .collect();
        let missing: Vec<_> = ids.iter().filter(|id| !translated.contains_key(*id)).collect();
        assert!(missing.is_empty(), "{tag} lacks {missing:?}");
        let unknown: Vec<_> = translated.keys().filter(|id| !ids.contains(*id)).collect();
        assert!(unknown.is_empty(), "{tag} has {unknown:?}, and English has not");
        for (id, text) in &english {
            let form = other.get(id).or_else(|| other.get(&format!("{}#other", without_form(id))));
            // A language may have no form of its own for a number, but what it leaves out no value can fill.
            let form = form.unwrap_or_else(|| panic!("{tag} lacks {id}"));
            assert!(
                places(form).is_subset(&places(text)) && places(text).is_subset(&places(form)),
                "{tag}, {id}: {form}"
            );
        }
    }
}

#[test]
fn every_text_is_used_and_every_text_that_is_used_is_there() {
    let (literals, english) = (literals(), language("en"));
    let sections: BTreeSet<&str> = english.keys().filter_map(|id| Some(id.split_once('.')?.0)).collect();
    let ids: BTreeSet<&str> = english.keys().map(|id| without_form(id)).collect();
    for id in &ids {
        let section = id.split_once('.').expect("an id").0;
        // A text whose name is only known when the program runs is found by its section: `text_of("arm", …)`.
        let used = literals.contains(*id) || literals.contains(section) || *id == "language.name";
        assert!(used, "no file uses {id}");
    }
    for literal in &literals {
        let Some((section, name)) = literal.split_once('.') else { continue };
        let is_id = sections.contains(section)
            && !name.is_empty()
            && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
        assert!(!is_id || ids.contains(literal.as_str()), "there is no text {literal}");
    }
}
