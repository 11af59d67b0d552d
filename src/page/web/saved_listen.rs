//! Listens to what is done with kept runs, and to the page's being left.

use crate::{
    saved_runs::{SavedAction, SavedId},
    state::UserAction,
    web::{app::with_app, dom, state_updates::update_state},
};
use js_sys::Reflect;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, HtmlInputElement};

/// Milliseconds after which the shown moment is noted, if it is another one.
const PLACE_EVERY: i32 = 1_000;

fn act(action: SavedAction) {
    if let SavedAction::Open(_) | SavedAction::Undo = action {
        // What is shown then is no recorded run.
        with_app(|app| app.recorded = None);
    }
    update_state(move |state, now| state.on_action(UserAction::Saved(action), now));
}

fn act_on_offer(action: fn(SavedId) -> SavedAction) {
    let offered = with_app(|app| app.state.saved().offered().map(|run| run.id.clone())).flatten();
    offered.map(action).into_iter().for_each(act);
}

/// Installs the listeners.
pub(super) fn listen() {
    let click = |id: &str, f: fn()| {
        dom::add_listener(&dom::by_id::<Element>(id), "click", move |_: web_sys::Event| f());
    };
    click("resume", || act_on_offer(SavedAction::Open));
    click("resume-forget", || act_on_offer(SavedAction::Delete));
    click("undo", || act(SavedAction::Undo));
    let list: Element = dom::by_id("saved-runs");
    dom::add_listener(&list, "click", |event: web_sys::Event| {
        let Some((target, id)) = target(&event) else { return };
        if target.has_attribute("data-saved-open") {
            act(SavedAction::Open(id));
        } else if target.has_attribute("data-saved-delete") {
            act(SavedAction::Delete(id));
        }
    });
    dom::add_listener(&list, "change", |event: web_sys::Event| {
        // The fields of the settings need not hear of it.
        event.stop_propagation();
        let Some((target, id)) = target(&event) else { return };
        if let Ok(field) = target.dyn_into::<HtmlInputElement>() {
            act(SavedAction::Rename(id, field.value().trim().into()));
        }
    });
    // Other tabs may have changed what there is.
    dom::add_listener(&dom::by_id::<Element>("reports"), "toggle", |_: web_sys::Event| {
        act(SavedAction::List)
    });
    dom::add_listener(&dom::document(), "visibilitychange", |_: web_sys::Event| {
        act(if dom::document().hidden() { SavedAction::KeepPlace } else { SavedAction::List });
    });
    dom::call_every(PLACE_EVERY, || act(SavedAction::KeepPlace));
    dom::add_listener(&dom::window(), "pagehide", |_: web_sys::Event| act(SavedAction::KeepPlace));
    dom::add_listener(&dom::window(), "beforeunload", |event: web_sys::Event| {
        if with_app(|app| app.state.saved().would_lose()).unwrap_or(false) {
            event.prevent_default();
            // Older browsers ask only if this is set.
            let _ = Reflect::set(&event, &"returnValue".into(), &JsValue::TRUE);
        }
    });
}

/// What was clicked or changed, and the run in whose row it is.
fn target(event: &web_sys::Event) -> Option<(Element, SavedId)> {
    let target: Element = event.target()?.dyn_into().ok()?;
    let row = target.closest("[data-saved]").ok()??;
    Some((target, SavedId(row.get_attribute("data-saved")?)))
}
