//! The children of an element that show the items of an ordered list, of which an update changes only those that differ: a run
//! of hundreds of jobs must not make all of them anew after each.

use web_sys::{Element, Node};

/// Children of an element, each with the key by which they are ordered and what it shows.
pub(super) struct KeyedList<K, T> {
    parent: Element,
    shown: Vec<(K, T, Element)>,
}

impl<K: PartialOrd, T: PartialEq> KeyedList<K, T> {
    /// The list of the children of `parent`, which has none yet.
    pub(super) fn new(parent: Element) -> KeyedList<K, T> {
        KeyedList { parent, shown: vec![] }
    }

    /// The element whose children they are.
    pub(super) fn parent(&self) -> &Element {
        &self.parent
    }

    /// Shows these items, in the order of their keys. `new_element` makes the element of one that was not there before.
    /// Elements of an earlier list that are not among them go.
    pub(super) fn show(&mut self, items: Vec<(K, T)>, new_element: impl Fn(&K, &T) -> Element) {
        let mut old = std::mem::take(&mut self.shown).into_iter().peekable();
        for (key, item) in items {
            while let Some((_, _, earlier)) = old.next_if(|(other, ..)| *other < key) {
                earlier.remove();
            }
            if let Some(kept) = old.next_if(|(other, shown, _)| *other == key && *shown == item) {
                self.shown.push(kept);
                continue;
            }
            let element = new_element(&key, &item);
            let before: Option<&Node> = old.peek().map(|(.., next)| next.as_ref());
            let _ = self.parent.insert_before(&element, before);
            self.shown.push((key, item, element));
        }
        old.for_each(|(.., element)| element.remove());
    }

    /// Removes all elements.
    pub(super) fn clear(&mut self) {
        self.shown.drain(..).for_each(|(.., element)| element.remove());
    }

    /// The items with their elements, in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&K, &T, &Element)> {
        self.shown.iter().map(|(key, item, element)| (key, item, element))
    }
}
