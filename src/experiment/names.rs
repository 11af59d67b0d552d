//! The names of enum variants in URLs, reports and messages. Strum derives a variant's name for the program and serde
//! derives it for files and messages; the tests check that the two agree.

use texts::fill;

/// The names of variants, in their order.
pub(crate) fn names<T: Copy + Into<&'static str>>(variants: &[T]) -> Vec<&'static str> {
    variants.iter().map(|&variant| variant.into()).collect()
}

/// The items as in a sentence, the last joined by the text with the id `last`: for `list.or` they are `one`, `one or two`,
/// `one, two or three`.
pub fn list(items: &[impl AsRef<str>], last: &str) -> String {
    let mut text = String::new();
    for (index, item) in items.iter().enumerate() {
        let item = item.as_ref();
        text = match (index, index + 1 == items.len()) {
            (0, _) => item.to_owned(),
            (_, true) => fill!(last, items = text, last = item),
            (_, false) => fill!("list.comma", items = text, next = item),
        };
    }
    text
}

#[cfg(test)]
mod tests;
