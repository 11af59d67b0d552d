//! Words at the beginning of a sentence, and sentences within others. A text asks for the one or the other by a capital or a
//! small letter in the name of its place: `{Network} is above` or `so that {network} is above`.

/// Words as they stand at the beginning of a sentence.
pub fn upper_first(words: &str) -> String {
    change_first(words, upper)
}

/// A sentence as it stands within another.
pub fn lower_first(words: &str) -> String {
    change_first(words, lower)
}

fn change_first(words: &str, change: fn(&str) -> String) -> String {
    let first = words.chars().next().map_or(0, char::len_utf8);
    let (first, rest) = words.split_at(first);
    change(first) + rest
}

/// The letter's case is changed by the browser, which knows every alphabet; the tables of the standard library would
/// add 24 kB to the page.
#[cfg(target_arch = "wasm32")]
fn upper(letter: &str) -> String {
    js_sys::JsString::from(letter).to_upper_case().into()
}

#[cfg(target_arch = "wasm32")]
fn lower(letter: &str) -> String {
    js_sys::JsString::from(letter).to_lower_case().into()
}

#[cfg(not(target_arch = "wasm32"))]
fn upper(letter: &str) -> String {
    letter.to_uppercase()
}

#[cfg(not(target_arch = "wasm32"))]
fn lower(letter: &str) -> String {
    letter.to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_first_letter_changes() {
        assert_eq!(
            [upper_first("über A und b"), lower_first("Über A und b")],
            ["Über A und b", "über A und b"]
        );
        assert_eq!([upper_first(""), lower_first(""), upper_first("3 a")], ["", "", "3 a"]);
    }
}
