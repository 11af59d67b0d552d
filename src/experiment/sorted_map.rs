//! A small map in the order of its keys.

/// A map that keeps its entries in one list, sorted by key. Adding or removing an entry moves those behind it, so it is for
/// few entries, or for entries that come in order. In exchange it is a fraction of the code of a
/// [`BTreeMap`](std::collections::BTreeMap), which is compiled anew for each type of value.
#[derive(Clone, Debug, PartialEq)]
pub struct SortedMap<K, V>(Vec<(K, V)>);

impl<K, V> Default for SortedMap<K, V> {
    fn default() -> SortedMap<K, V> {
        SortedMap::new()
    }
}

impl<K, V> SortedMap<K, V> {
    /// A map without entries.
    pub const fn new() -> SortedMap<K, V> {
        SortedMap(Vec::new())
    }

    /// The entries in the order of their keys.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&K, &V)> + ExactSizeIterator + Clone {
        self.0.iter().map(|(key, value)| (key, value))
    }

    /// The keys in order.
    pub fn keys(&self) -> impl DoubleEndedIterator<Item = &K> + ExactSizeIterator + Clone {
        self.0.iter().map(|(key, _)| key)
    }

    /// The values in the order of their keys.
    pub fn values(&self) -> impl DoubleEndedIterator<Item = &V> + ExactSizeIterator + Clone {
        self.0.iter().map(|(_, value)| value)
    }

    /// The values, to be changed, in the order of their keys.
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut V> {
        self.0.iter_mut().map(|(_, value)| value)
    }

    /// The entries themselves, in the order of their keys.
    pub fn into_entries(self) -> impl ExactSizeIterator<Item = (K, V)> {
        self.0.into_iter()
    }

    /// The values alone, in the order of their keys.
    pub fn into_values(self) -> impl ExactSizeIterator<Item = V> {
        self.0.into_iter().map(|(_, value)| value)
    }

    /// The number of entries.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are no entries.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Removes all entries.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// Removes the entries that are not to be kept, and returns them in the order of their keys.
    pub fn remove_unless(&mut self, keep: impl Fn(&K, &V) -> bool) -> Vec<(K, V)> {
        self.0.extract_if(.., |(key, value)| !keep(key, value)).collect()
    }
}

impl<K: Ord, V> SortedMap<K, V> {
    /// Where the entry of a key is, or where it would be.
    fn find(&self, key: &K) -> Result<usize, usize> {
        self.0.binary_search_by(|(other, _)| other.cmp(key))
    }

    /// The value of a key.
    pub fn get(&self, key: &K) -> Option<&V> {
        self.find(key).ok().map(|at| &self.0[at].1)
    }

    /// The value of a key, to be changed.
    pub fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        self.find(key).ok().map(|at| &mut self.0[at].1)
    }

    /// The first entry whose key is not below this one.
    pub fn first_from(&self, key: &K) -> Option<(&K, &V)> {
        let at = self.find(key).unwrap_or_else(|at| at);
        self.0.get(at).map(|(key, value)| (key, value))
    }

    /// Gives a key a value and returns its earlier one.
    pub fn insert(&mut self, key: K, value: V) -> Option<V> {
        match self.find(&key) {
            Ok(at) => Some(std::mem::replace(&mut self.0[at].1, value)),
            Err(at) => {
                self.0.insert(at, (key, value));
                None
            }
        }
    }

    /// Removes the entry of a key and returns its value.
    pub fn remove(&mut self, key: &K) -> Option<V> {
        self.find(key).ok().map(|at| self.0.remove(at).1)
    }
}

impl<K: Ord, V: Default> SortedMap<K, V> {
    /// The value of a key, to be changed. A key without a value gets the default one.
    pub fn get_or_default(&mut self, key: K) -> &mut V {
        let at = self.find(&key).unwrap_or_else(|at| {
            self.0.insert(at, (key, V::default()));
            at
        });
        &mut self.0[at].1
    }
}

impl<K: Ord, V> Extend<(K, V)> for SortedMap<K, V> {
    fn extend<I: IntoIterator<Item = (K, V)>>(&mut self, entries: I) {
        for (key, value) in entries {
            self.insert(key, value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    proptest! {
        #[test]
        fn is_a_map(steps in prop::collection::vec((0..3, 0..12_u8, any::<u8>()), 0..60)) {
            let (mut ours, mut usual) = (SortedMap::new(), BTreeMap::new());
            for (step, key, value) in steps {
                match step {
                    0 => prop_assert_eq!(ours.insert(key, value), usual.insert(key, value)),
                    1 => prop_assert_eq!(ours.remove(&key), usual.remove(&key)),
                    _ => {
                        *ours.get_or_default(key) ^= value;
                        *usual.entry(key).or_default() ^= value;
                    }
                }
                prop_assert_eq!(ours.get(&key), usual.get(&key));
                prop_assert_eq!(ours.first_from(&key), usual.range(key..).next());
                prop_assert!(ours.iter().eq(usual.iter()));
            }
            let gone = ours.remove_unless(|key, _| key % 2 == 0);
            prop_assert!(gone.iter().all(|(key, value)| key % 2 == 1 && usual.remove(key) == Some(*value)));
            prop_assert!(ours.iter().eq(usual.iter()));
        }
    }
}
