//! The words of the language in use, by their ids. A language is one file, `www/texts/TAG.json`: an object of sections,
//! each an object of texts. The text `dense` of the section `arm` has the id `arm.dense`.
//!
//! A text may have places for values, as in `Round {round} of {rounds} done.`; [`fill!`] fills them. A text that depends on
//! a number stands in several forms, `weights#one` and `weights#other`; [`count!`] chooses by the plural rule of the
//! language (the categories of Unicode CLDR). What a language must not change is the set of ids and the names of the
//! places; `tests/texts.rs` holds that.
//!
//! The functions that look texts up are called from everywhere, so that copies of them would make the page larger: they are
//! never inlined.
//!
//! The language is that of the thread. It begins as English, whose file is compiled in; the page's wasm module has no file
//! compiled in, but is given one before it begins ([`speak`]).

use std::{cell::Cell, collections::BTreeMap, fmt::Display};

/// A rule that says which form of a text belongs to a number: `zero`, `one`, `two`, `few`, `many` or `other`.
pub type PluralRule = fn(f64) -> &'static str;

/// A language: its texts and its plural rule.
#[derive(Debug)]
pub struct Language {
    /// Ids and texts, in the order of the ids.
    texts: Vec<(String, String)>,
    plural: PluralRule,
}

impl Language {
    /// A language with these texts, each behind its id.
    pub fn new(texts: impl IntoIterator<Item = (String, String)>, plural: PluralRule) -> Language {
        let mut texts: Vec<_> = texts.into_iter().collect();
        texts.sort();
        Language { texts, plural }
    }

    /// Reads the content of a language's file. The plural rule is that of English and German.
    ///
    /// # Errors
    /// What is wrong with the file, if it is not an object of objects of texts.
    pub fn from_json(file: &str) -> Result<Language, serde_json::Error> {
        let sections: BTreeMap<String, BTreeMap<String, String>> = serde_json::from_str(file)?;
        let texts = sections.into_iter().flat_map(|(section, texts)| {
            texts.into_iter().map(move |(name, text)| (format!("{section}.{name}"), text))
        });
        Ok(Language::new(texts, one_or_other))
    }

    /// All ids with their texts, in the order of the ids.
    pub fn texts(&self) -> impl Iterator<Item = (&str, &str)> {
        self.texts.iter().map(|(id, text)| (id.as_str(), text.as_str()))
    }

    fn find(&self, id: &str) -> Option<&str> {
        let at = self.texts.binary_search_by(|(found, _)| found.as_str().cmp(id)).ok()?;
        Some(&self.texts[at].1)
    }
}

/// The plural rule of English, German and many others: one, or any other number.
pub fn one_or_other(number: f64) -> &'static str {
    if number == 1.0 { "one" } else { "other" }
}

thread_local! {
    static LANGUAGE: Cell<Option<&'static Language>> = const { Cell::new(None) };
}

/// Makes this the language of the thread. It is kept as long as the program runs, so that texts can be lent without end.
pub fn speak(language: Language) {
    LANGUAGE.set(Some(Box::leak(Box::new(language))));
}

fn language() -> Option<&'static Language> {
    LANGUAGE.get().or_else(english)
}

#[cfg(not(target_arch = "wasm32"))]
fn english() -> Option<&'static Language> {
    static ENGLISH: std::sync::OnceLock<Option<Language>> = std::sync::OnceLock::new();
    ENGLISH.get_or_init(|| Language::from_json(include_str!("../../www/texts/en.json")).ok()).as_ref()
}

#[cfg(target_arch = "wasm32")]
fn english() -> Option<&'static Language> {
    None
}

/// The text with this id, or `None` if the language has none.
pub fn find(id: &str) -> Option<&'static str> {
    language()?.find(id)
}

/// The text with this id. A text that is missing is seen as its id.
#[inline(never)]
pub fn text(id: &str) -> &'static str {
    find(id).unwrap_or_else(|| id.to_owned().leak())
}

/// The text of a section with this name, as in `text_of("arm", arm.name())`.
#[inline(never)]
pub fn text_of(section: &str, name: &str) -> &'static str {
    text(&format!("{section}.{name}"))
}

/// The text with its places filled. A place for which there is no value is left as it stands.
#[inline(never)]
pub fn filled(id: &str, values: &[(&str, &dyn Display)]) -> String {
    fill_places(text(id), values)
}

/// The form of the text that belongs to the number, with its places filled.
#[inline(never)]
pub fn counted(id: &str, count: f64, values: &[(&str, &dyn Display)]) -> String {
    let category = language().map_or("other", |language| (language.plural)(count));
    let form = find(&format!("{id}#{category}")).unwrap_or_else(|| text(&format!("{id}#other")));
    fill_places(form, values)
}

/// Fills the places of a text, which stand in braces.
#[inline(never)]
pub fn fill_places(text: &str, values: &[(&str, &dyn Display)]) -> String {
    let mut filled = String::with_capacity(text.len() + 16);
    let mut parts = text.split('{');
    filled += parts.next().unwrap_or_default();
    for part in parts {
        let place = part.split_once('}');
        let value = place.and_then(|(name, _)| values.iter().find(|(found, _)| *found == name));
        match (place, value) {
            (Some((_, rest)), Some((_, value))) => {
                filled += &value.to_string();
                filled += rest;
            }
            _ => {
                filled.push('{');
                filled += part;
            }
        }
    }
    filled
}

/// The text with this id and the values of its places: `fill!("round.done", round = 3, rounds = 6)`. It is a [`String`].
#[macro_export]
macro_rules! fill {
    ($id:expr $(, $name:ident = $value:expr)* $(,)?) => {
        $crate::filled($id, &[$((stringify!($name), &$value as &dyn ::std::fmt::Display)),*])
    };
}

/// Like [`fill!`], with a number that chooses the form of the text: `count!("weights.left", 1, left = "1")`. The number
/// itself has no place of its own, because how it is written is for the caller to say.
#[macro_export]
macro_rules! count {
    ($id:expr, $count:expr $(, $name:ident = $value:expr)* $(,)?) => {
        $crate::counted($id, f64::from($count), &[$((stringify!($name), &$value as &dyn ::std::fmt::Display)),*])
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    fn speak_a_little() {
        speak(
            Language::from_json(
                r#"{ "round": { "done": "Round {round} of {rounds}.", "left#one": "{n} weight", "left#other": "{n} weights" },
                     "arm": { "dense": "dense" } }"#,
            )
            .unwrap(),
        );
    }

    #[test]
    fn texts_are_found_filled_and_counted() {
        speak_a_little();
        assert_eq!([text("arm.dense"), text_of("arm", "dense")], ["dense"; 2]);
        assert_eq!(fill!("round.done", round = 2, rounds = "six"), "Round 2 of six.");
        assert_eq!(
            [count!("round.left", 1, n = 1), count!("round.left", 0, n = "no")],
            ["1 weight", "no weights"]
        );
    }

    #[test]
    fn what_is_missing_is_seen() {
        speak_a_little();
        assert_eq!((find("arm.late"), text("arm.late")), (None, "arm.late"));
        assert_eq!(fill!("round.done", rounds = 6), "Round {round} of 6.");
        assert_eq!(fill_places("a } b { c", &[]), "a } b { c");
        assert!(Language::from_json(r#"{ "arm": "dense" }"#).is_err());
    }
}
