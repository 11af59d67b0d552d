//! Keeps other tabs from the runs that are open here. A tab holds a lock of the browser for each, which goes with the tab
//! however it ends. The browser's interface has no bindings outside of unstable ones, so it is called by name.

use crate::saved_runs::SavedId;
use experiment::sorted_map::SortedMap;
use js_sys::{Array, Function, Object, Promise, Reflect};
use std::cell::RefCell;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;

use crate::web::dom;

/// What the names of the locks begin with.
const PREFIX: &str = "ticket-lab run ";

/// A lock that is held here.
struct Held {
    /// The function that ends it.
    end: Function,
    /// Kept when the browser has taken it back.
    ended: Promise,
}

thread_local! {
    static HELD: RefCell<SortedMap<SavedId, Held>> = RefCell::default();
}

/// The browser's lock manager and one of its functions. It has none outside of secure contexts.
fn manager(function: &str) -> Option<(JsValue, Function)> {
    let locks = Reflect::get(&dom::window().navigator(), &"locks".into()).ok()?;
    let function = Reflect::get(&locks, &function.into()).ok()?.dyn_into().ok()?;
    Some((locks, function))
}

/// Holds a run, if no other tab does. Returns whether it is held here now. Where the browser has no locks, every run is.
/// Whoever calls this and [`let_go_of_others`] waits for one call before the next.
pub(super) async fn hold(id: &SavedId) -> bool {
    if is_held(id) {
        return true;
    }
    let Some((locks, request)) = manager("request") else { return true };
    let mut ended = JsValue::NULL;
    let granted = Promise::new(&mut |answer, _| {
        let callback = Closure::once_into_js(move |lock: JsValue| {
            // The lock is held until this promise is kept.
            Promise::new(&mut |end, _| match lock.is_null() {
                true => _ = answer.call0(&JsValue::NULL).and(end.call0(&JsValue::NULL)),
                false => _ = answer.call1(&JsValue::NULL, &end),
            })
        });
        let options = Object::new();
        let _ = Reflect::set(&options, &"ifAvailable".into(), &true.into());
        let name = format!("{PREFIX}{}", id.0).into();
        ended = request.call3(&locks, &name, &options, &callback).unwrap_or_default();
    });
    let end = JsFuture::from(granted).await.ok().and_then(|end| end.dyn_into::<Function>().ok());
    let held = end.zip(ended.dyn_into::<Promise>().ok()).map(|(end, ended)| Held { end, ended });
    let is_held = held.is_some();
    HELD.with_borrow_mut(|all| all.extend(held.map(|held| (id.clone(), held))));
    is_held
}

/// Lets go of all runs but those that are to stay, and waits until others can have them.
pub(super) async fn let_go_of_others(stays: &dyn Fn(&SavedId) -> bool) {
    let gone = HELD.with_borrow_mut(|held| held.remove_unless(|id, _| stays(id)));
    for (_, Held { end, ended }) in gone {
        let _ = end.call0(&JsValue::NULL);
        let _ = JsFuture::from(ended).await;
    }
}

/// Whether a run is held here.
fn is_held(id: &SavedId) -> bool {
    HELD.with_borrow(|held| held.get(id).is_some())
}

/// The runs that other tabs hold.
pub(super) async fn held_elsewhere() -> Vec<SavedId> {
    let query = manager("query").and_then(|(locks, query)| query.call0(&locks).ok());
    let Some(query) = query else { return vec![] };
    let snapshot = JsFuture::from(Promise::from(query)).await.unwrap_or_default();
    let held = Reflect::get(&snapshot, &"held".into()).unwrap_or_default();
    let names = Array::from(&held).into_iter().filter_map(|lock| {
        Reflect::get(&lock, &"name".into()).ok()?.as_string()?.strip_prefix(PREFIX).map(str::to_owned)
    });
    names.map(SavedId).filter(|id| !is_held(id)).collect()
}
