//! Names of an enum's variants, as the URL, reports and messages write them. Each is derived from the variant itself, by
//! strum for the program and by serde for files and messages; the tests hold the two together.

/// The names of variants, in their order.
pub(crate) fn names<T: Copy + Into<&'static str>>(variants: &[T]) -> Vec<&'static str> {
    variants.iter().map(|&variant| variant.into()).collect()
}

/// A list as a sentence has it, `last` being the word before the last one: `one`, `one or two`, `one, two or three`.
pub(crate) fn list(items: &[impl AsRef<str>], last: &str) -> String {
    let mut text = String::new();
    for (at, item) in items.iter().enumerate() {
        match (at, at + 1 == items.len()) {
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
