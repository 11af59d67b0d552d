//! Puts lists in the order of a number of each item. The standard library's sorting is fast, and compiled anew for each
//! type that is sorted; the page sorts short lists of many types, so all of them share one heap of numbers.

use std::{cmp::Ordering, collections::BinaryHeap};

/// The number of an item, and the item's place in its list, which decides between equal numbers.
struct Key(f64, usize);

impl Ord for Key {
    fn cmp(&self, other: &Key) -> Ordering {
        self.0.total_cmp(&other.0).then(self.1.cmp(&other.1))
    }
}

impl PartialOrd for Key {
    fn partial_cmp(&self, other: &Key) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Key) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Key {}

/// The indices of `numbers`, from that of the smallest up. Equal numbers keep their order.
pub fn ascending_indices(numbers: &[f64]) -> Vec<usize> {
    let keys: Vec<Key> = numbers.iter().enumerate().map(|(index, &number)| Key(number, index)).collect();
    BinaryHeap::from(keys).into_sorted_vec().into_iter().map(|key| key.1).collect()
}

/// Sorts `items` by a number of each, from the smallest up. Items with equal numbers keep their order.
pub fn sort_by_number<T: Copy>(items: &mut Vec<T>, number: impl Fn(&T) -> f64) {
    let order = ascending_indices(&items.iter().map(number).collect::<Vec<f64>>());
    *items = order.into_iter().map(|index| items[index]).collect();
}

/// Sorts `numbers` from the smallest up and leaves each of them there once.
pub fn sort_and_dedup(numbers: &mut Vec<u32>) {
    sort_by_number(numbers, |&number| f64::from(number));
    numbers.dedup();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sorts_as_the_standard_library_does() {
        let numbers = [3.0, f64::NAN, -1.0, 3.0, f64::NEG_INFINITY, 0.0, -0.0, 3.0, 1e300, -f64::NAN];
        let mut items: Vec<(usize, f64)> = numbers.into_iter().enumerate().collect();
        let mut expected = items.clone();
        expected.sort_by(|a, b| a.1.total_cmp(&b.1));
        sort_by_number(&mut items, |item| item.1);
        let places = |items: &[(usize, f64)]| items.iter().map(|item| item.0).collect::<Vec<_>>();
        assert_eq!(places(&items), places(&expected));
        assert_eq!(ascending_indices(&[]), Vec::<usize>::new());
    }

    #[test]
    fn each_number_stays_once() {
        let mut numbers = vec![7, u32::MAX, 0, 7, 3, 0];
        sort_and_dedup(&mut numbers);
        assert_eq!(numbers, [0, 3, 7, u32::MAX]);
    }
}
