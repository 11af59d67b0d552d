//! Words at the beginning of a sentence, and sentences within others. A text asks for the one or the other by a capital or a
//! small letter in the name of its place: `{Network} is above` or `so that {network} is above`.

/// Words as they stand at the beginning of a sentence.
pub fn upper_first(words: &str) -> String {
    let mut letters = words.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters).collect()
}

/// A sentence as it stands within another.
pub fn lower_first(words: &str) -> String {
    let mut letters = words.chars();
    let first = letters.next().into_iter().flat_map(char::to_lowercase);
    first.chain(letters).collect()
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
