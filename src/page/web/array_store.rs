//! Typed arrays that stay on the JavaScript side, outside of the memory of this module, which never shrinks. The state
//! knows them by their numbers. It is reached through functions and not through the page, because workers bring arrays
//! and the page owns the workers.

use experiment::sorted_map::SortedMap;
use js_sys::{Array, Object};
use protocol::payload::{ArrayId, Payload, PayloadItem};
use std::cell::RefCell;
use wasm_bindgen::{JsCast, JsValue};

#[derive(Default)]
struct ArrayStore {
    arrays: SortedMap<ArrayId, Object>,
    last: u32,
}

thread_local! {
    static STORE: RefCell<ArrayStore> = RefCell::default();
}

/// Keeps an array and returns its number.
pub(super) fn keep(array: Object) -> ArrayId {
    STORE.with_borrow_mut(|store| store.keep(array))
}

impl ArrayStore {
    fn keep(&mut self, array: Object) -> ArrayId {
        self.last += 1;
        self.arrays.insert(ArrayId(self.last), array);
        ArrayId(self.last)
    }
}

/// Keeps the arrays among some values, and puts their numbers behind a payload.
pub(super) fn keep_behind(payload: &mut Payload, values: &Array) {
    STORE.with_borrow_mut(|store| {
        let item = |value: JsValue| match value.dyn_into::<Object>() {
            Ok(array) => PayloadItem::Kept(store.keep(array)),
            Err(_) => PayloadItem::Absent,
        };
        payload.0.extend(values.iter().map(item));
    });
}

/// An array.
pub(super) fn get(id: ArrayId) -> Option<Object> {
    STORE.with_borrow(|store| store.arrays.get(&id).cloned())
}

/// Forgets arrays.
pub(super) fn drop(ids: &[ArrayId]) {
    STORE.with_borrow_mut(|store| ids.iter().for_each(|id| _ = store.arrays.remove(id)));
}
