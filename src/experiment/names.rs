//! The names of enum variants in URLs, reports and messages. Strum derives a variant's name for the program and serde
//! derives it for files and messages; the tests check that the two agree.

/// The names of variants, in their order.
pub(crate) fn names<T: Copy + Into<&'static str>>(variants: &[T]) -> Vec<&'static str> {
    variants.iter().map(|&variant| variant.into()).collect()
}

/// The items as in a sentence, with the word `last` before the last one: `one`, `one or two`, `one, two or three`.
pub(crate) fn list(items: &[impl AsRef<str>], last: &str) -> String {
    let mut text = String::new();
    for (index, item) in items.iter().enumerate() {
        match (index, index + 1 == items.len()) {
            (0, _) => {}
            (_, true) => text += &format!(" {last} "),
            (_, false) => text += ", ",
        }
        text += item.as_ref();
    }
    text
}

#[cfg(test)]
mod tests;
