//! German, for tests of composed sentences: another order of words, cases, genders, and other numbers.

use numbers::NumberStyle;
use texts::Language;

/// Makes the thread of a test speak German.
pub(crate) fn speak_german() {
    let words = include_str!("../../www/texts/de.json");
    texts::speak(Language::from_json(words).expect("the German words"));
    numbers::write_numbers_as(NumberStyle { decimal: ",", group: ".", percent: "\u{a0}%" });
}
