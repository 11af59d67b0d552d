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

/// A run that is held here, or is to be.
struct Held {
    /// Whether the browser grants it, as soon as that is known.
    granted: Promise,
    /// The function that ends it, once it is granted.
    end: Option<Function>,
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

/// Holds a run, if no other tab does. Returns whether it is held here now. Where the browser has no locks, every run is. Who
/// asks first goes on first.
pub(super) async fn hold(id: &SavedId) -> bool {
    let known = HELD.with_borrow(|held| held.get(id).map(|held| held.granted.clone()));
    let Some(granted) = known.or_else(|| request(id)) else { return true };
    let is_held = JsFuture::from(granted).await.is_ok_and(|granted| granted.is_truthy());
    if !is_held {
        HELD.with_borrow_mut(|held| held.remove(id));
    }
    is_held
}

/// Asks the browser for the lock of a run. `None` if it has no locks.
fn request(id: &SavedId) -> Option<Promise> {
    let (locks, request) = manager("request")?;
    let granted = Promise::new(&mut |answer, _| {
        let (run, name) = (id.clone(), format!("{PREFIX}{}", id.0));
        let callback = Closure::once_into_js(move |lock: JsValue| {
            let _ = answer.call1(&JsValue::NULL, &(!lock.is_null()).into());
            // The lock is held until this promise is kept.
            Promise::new(&mut |end, _| match lock.is_null() {
                true => _ = end.call0(&JsValue::NULL),
                // It may have been let go of before it was granted.
                false => HELD.with_borrow_mut(|held| match held.get_mut(&run) {
                    Some(held) => held.end = Some(end),
                    None => _ = end.call0(&JsValue::NULL),
                }),
            })
        });
        let options = Object::new();
        let _ = Reflect::set(&options, &"ifAvailable".into(), &true.into());
        let _ = request.call3(&locks, &name.into(), &options, &callback);
    });
    HELD.with_borrow_mut(|held| held.insert(id.clone(), Held { granted: granted.clone(), end: None }));
    Some(granted)
}

/// Lets go of all runs but those that are to stay.
pub(super) fn let_go_of_others(stays: &dyn Fn(&SavedId) -> bool) {
    let gone = HELD.with_borrow_mut(|held| held.remove_unless(|id, _| stays(id)));
    for end in gone.into_iter().filter_map(|(_, held)| held.end) {
        let _ = end.call0(&JsValue::NULL);
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
