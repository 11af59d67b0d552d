//! Sorting a handful of things. Each use of the standard library's sort adds some four kilobytes of code to the
//! page; for lists this short an insertion sort is as fast and adds a tenth of that.

/// Sorts by key; what is equal keeps its order.
pub(super) fn by_key<T, K: PartialOrd>(items: &mut [T], key: impl Fn(&T) -> K) {
    for end in 1..items.len() {
        let mut at = end;
        while at > 0 && key(&items[at]) < key(&items[at - 1]) {
            items.swap(at, at - 1);
            at -= 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn agrees_with_the_standard_sort(mut items in prop::collection::vec((0u8..5, 0u8..9), 0..20)) {
            let mut expected = items.clone();
            expected.sort_by_key(|item| item.0);
            by_key(&mut items, |item| item.0);
            prop_assert_eq!(items, expected);
        }
    }
}
