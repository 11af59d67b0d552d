//! Checks the section `html` of each language against `index.html`, where the English words stand.

use html5gum::{Spanned, Token, Tokenizer};
use std::collections::BTreeMap;

/// The attributes that people read or hear, the last five when something has gone wrong.
const READ: [&str; 10] = [
    "aria-label",
    "aria-valuetext",
    "alt",
    "placeholder",
    "title",
    "data-where",
    "data-stopped",
    "data-stopped-advice",
    "data-not-started",
    "data-not-started-advice",
];
/// Elements that have no end.
const VOID: [&str; 4] = ["br", "input", "link", "meta"];
/// Elements that have no other words: what is shown where no script can fetch any, and the name of a language.
const WORDLESS: [&str; 2] = ["noscript", "option"];
/// A name, which is the same in every language.
const NAME: &str = "Ticket Lab";

/// An element of a page.
#[derive(Debug, Default)]
struct Element {
    tag: String,
    attributes: BTreeMap<String, String>,
    children: Vec<Node>,
}

#[derive(Debug)]
enum Node {
    Element(Element),
    Text(String),
}

impl Element {
    /// The elements in it, each with all that is in it.
    fn descendants(&self) -> Vec<&Element> {
        let inner = self.children.iter().filter_map(|node| match node {
            Node::Element(element) => Some(element),
            Node::Text(_) => None,
        });
        inner.flat_map(|element| std::iter::once(element).chain(element.descendants())).collect()
    }

    /// The names by which a file of words can refer to it.
    fn names(&self) -> impl Iterator<Item = &String> {
        ["id", "data-text"].iter().filter_map(|name| self.attributes.get(*name))
    }

    /// Its tag and its attributes, without what people read.
    fn shape(&self) -> String {
        let attributes = self.attributes.iter().map(|(name, value)| {
            if READ.contains(&&**name) { format!(" {name}") } else { format!(" {name}={value:?}") }
        });
        format!("<{}{}>", self.tag, attributes.collect::<String>())
    }

    /// The shapes of all that is in it. Their order is for the language to say.
    fn shapes(&self) -> Vec<String> {
        let mut shapes: Vec<String> = self.descendants().into_iter().map(Element::shape).collect();
        shapes.sort();
        shapes
    }
}

/// Reads a page or a part of one in which every element ends that can.
fn parse(html: &str) -> Element {
    let mut open = vec![Element::default()];
    for token in Tokenizer::new(html) {
        let Ok(token) = token;
        let to_text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("UTF-8");
        match token {
            Token::StartTag(start) => {
                let attributes = start.attributes.iter();
                let element = Element {
                    tag: to_text(&start.name),
                    attributes: attributes
                        .map(|(name, Spanned { value, .. })| (to_text(name), to_text(value)))
                        .collect(),
                    children: vec![],
                };
                if VOID.contains(&&*element.tag) {
                    open.last_mut().unwrap().children.push(Node::Element(element));
                } else {
                    open.push(element);
                }
            }
            Token::EndTag(end) => {
                let element = open.pop().unwrap();
                assert_eq!(element.tag, to_text(&end.name), "an element does not end in {html:.60}");
                open.last_mut().expect("an end without a beginning").children.push(Node::Element(element));
            }
            Token::String(text) => open.last_mut().unwrap().children.push(Node::Text(to_text(&text))),
            Token::Error(error) => panic!("{error:?} in {html:.60}"),
            Token::Comment(_) | Token::Doctype(_) => {}
        }
    }
    assert_eq!(open.len(), 1, "{} does not end in {html:.60}", open.last().unwrap().tag);
    open.pop().unwrap()
}

fn page() -> Element {
    parse(include_str!("../../index.html"))
}

/// Notes what of an element has no words in a language. An entry for an element is one for all that is in it.
fn note_missing(element: &Element, words: &BTreeMap<String, String>, missing: &mut Vec<String>) {
    // The options of other lists than that of the languages have names.
    if WORDLESS.contains(&&*element.tag) && element.names().next().is_none() {
        return;
    }
    let is_description = element.attributes.get("name").is_some_and(|name| name == "description");
    for attribute in READ.into_iter().chain(is_description.then_some("content")) {
        let has_words = |name: &String| words.contains_key(&format!("{name}@{attribute}"));
        if let Some(text) = element.attributes.get(attribute).filter(|_| !element.names().any(has_words)) {
            missing.push(format!("{attribute} of {}: {text}", element.shape()));
        }
    }
    if element.names().any(|name| words.contains_key(name)) {
        return;
    }
    for node in &element.children {
        match node {
            Node::Element(inner) => note_missing(inner, words, missing),
            Node::Text(text) if text.trim() != NAME && text.contains(char::is_alphabetic) => {
                missing.push(format!("in {}: {}", element.shape(), text.trim()));
            }
            Node::Text(_) => {}
        }
    }
}

#[test]
fn every_language_has_words_for_all_of_the_page() {
    for (tag, words) in super::html_words() {
        let mut missing = vec![];
        note_missing(&page(), &words, &mut missing);
        assert!(missing.is_empty(), "{tag} lacks {}", missing.join("\n"));
    }
}

#[test]
fn the_words_of_the_page_have_one_place_each_and_the_elements_of_the_english_ones() {
    let page = page();
    let elements = page.descendants();
    for (tag, words) in super::html_words() {
        for (place, text) in &words {
            let (name, attribute) =
                place.split_once('@').map_or((&**place, None), |(name, a)| (name, Some(a)));
            let found: Vec<_> =
                elements.iter().filter(|element| element.names().any(|other| other == name)).collect();
            let [element] = found[..] else { panic!("{tag}: {} places are called {name}", found.len()) };
            if let Some(attribute) = attribute {
                assert!(element.attributes.contains_key(attribute), "{tag}: {name} has no {attribute}");
                continue;
            }
            assert_eq!(parse(text).shapes(), element.shapes(), "{tag}: {place}");
            let inside = element.descendants();
            let written_twice =
                inside.iter().flat_map(|inner| inner.names()).find(|inner| words.contains_key(*inner));
            assert_eq!(written_twice, None, "{tag}: it stands in {place}, which has words for it");
        }
    }
}
