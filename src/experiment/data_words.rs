//! The words for what a data set shows, by its name in the section `data` of the texts: all data of users have one there. A
//! description travels in reports with English words of its own, which stand in for a data set that the texts do not know.

use crate::names::list;
use model::data_set::DataSet;
use texts::{fill, find};

/// The section of the texts.
const SECTION: &str = "data";

/// The name of a data set in the names of texts.
pub fn text_name(data: &DataSet) -> &str {
    if data.is_own() { "own" } else { &data.name }
}

fn known(data: &DataSet, what: &str) -> Option<String> {
    find(&format!("{SECTION}.{}_{what}", text_name(data))).map(str::to_owned)
}

/// The name of a data set for people: “MNIST”, “own data 0a1b2c3d”.
pub fn title(data: &DataSet) -> String {
    if data.is_own() { fill!("data.own_title", sha256 = data.short_name()) } else { data.title.clone() }
}

fn class_noun(data: &DataSet) -> String {
    known(data, "class").unwrap_or_else(|| data.class_noun.clone())
}

/// The names of data sets for people: “MNIST and Fashion-MNIST”.
pub fn titles(sets: &[DataSet]) -> String {
    let titles: Vec<String> = sets.iter().map(title).collect();
    list(&titles.iter().map(String::as_str).collect::<Vec<_>>(), "list.and")
}

/// What a class is, with its article, as what somebody draws or reads: “a digit”.
pub fn a_class(data: &DataSet) -> String {
    known(data, "a_class").unwrap_or_else(|| with_article(&data.class_noun))
}

/// The name of a class: “7”, “ankle boot”. A label that is not one of a class is its number.
pub fn class_name(data: &DataSet, label: usize) -> String {
    let own = || data.classes.get(label).cloned().unwrap_or_else(|| label.to_string());
    known(data, &label.to_string()).unwrap_or_else(own)
}

/// The names of all classes, in the order of their labels.
pub fn class_names(data: &DataSet) -> Vec<String> {
    (0..data.classes.len()).map(|label| class_name(data, label)).collect()
}

/// The name of a class with its article, as what a network reads: “a 7”, “an ankle boot”.
pub fn class_with_article(data: &DataSet, label: usize) -> String {
    if data.is_own() {
        // Its classes are numbered and nothing else is known of them: “class 3”.
        return class_in_words(data, label);
    }
    known(data, &format!("a_{label}")).unwrap_or_else(|| with_article(&class_name(data, label)))
}

/// A class in words: “digit 7”, “ankle boot”. A name that is a number does not say by itself what it is.
pub fn class_in_words(data: &DataSet, label: usize) -> String {
    let name = class_name(data, label);
    match is_number(&name) {
        true => fill!("data.class_number", class = class_noun(data), number = name),
        false => name,
    }
}

fn is_number(name: &str) -> bool {
    name.parse::<u32>().is_ok()
}

fn with_article(noun: &str) -> String {
    // Of the digits, only “eight” begins with a vowel.
    match (is_number(noun), noun.starts_with(['a', 'e', 'i', 'o', 'u', '8'])) {
        (true, true) => fill!("data.an_number", number = noun),
        (true, false) => fill!("data.a_number", number = noun),
        (false, true) => fill!("data.an_name", name = noun),
        (false, false) => fill!("data.a_name", name = noun),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use texts::Language;

    #[test]
    fn english_words_are_those_of_the_description() {
        for data in [DataSet::mnist(), DataSet::fashion()] {
            assert_eq!(class_noun(&data), data.class_noun);
            assert_eq!(class_names(&data), data.classes);
            for label in 0..11 {
                assert_eq!(class_in_words(&data, label), data.class_in_words(label));
                assert_eq!(class_with_article(&data, label), with_article(&class_name(&data, label)));
            }
            assert_eq!(a_class(&data), with_article(&data.class_noun));
        }
    }

    #[test]
    fn classes_of_the_user_are_numbers() {
        let hex = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1eff";
        let own = DataSet::from_name(&format!("{hex}.32x32x3.100.1000.100")).unwrap();
        let words = |label| (class_name(&own, label), class_in_words(&own, label));
        assert_eq!(words(88), ("88".into(), "class 88".into()));
        assert_eq!((class_with_article(&own, 8), a_class(&own)), ("class 8".into(), "an image".into()));
        assert_eq!(titles(&[own.clone(), DataSet::mnist()]), "own data 00010203 and MNIST");
        texts::speak(Language::from_json(include_str!("../../www/texts/de.json")).unwrap());
        assert_eq!((class_with_article(&own, 8), a_class(&own)), ("Klasse 8".into(), "ein Bild".into()));
        assert_eq!(title(&own), "eigene Daten 00010203");
    }

    #[test]
    fn another_language_has_its_own_and_leaves_unknown_data_its_words() {
        texts::speak(Language::from_json(include_str!("../../www/texts/de.json")).unwrap());
        let (mnist, fashion) = (DataSet::mnist(), DataSet::fashion());
        assert_eq!((a_class(&fashion), a_class(&mnist)), ("ein Kleidungsstück".into(), "eine Ziffer".into()));
        assert_eq!(
            (class_in_words(&mnist, 8), class_in_words(&fashion, 9)),
            ("Ziffer 8".into(), "Stiefelette".into())
        );
        assert_eq!(
            (class_with_article(&mnist, 8), class_with_article(&fashion, 4)),
            ("eine 8".into(), "einen Mantel".into())
        );
        let own = DataSet { name: "mine".into(), ..fashion };
        assert_eq!(
            (class_in_words(&own, 9), class_with_article(&own, 9)),
            ("ankle boot".into(), "„ankle boot“".into())
        );
    }
}
