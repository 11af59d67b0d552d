//! The page as one panel of another page: it tells its parent how high it is, so that nothing has to scroll.

use crate::web::{app::with_app, dom};
use js_sys::{Array, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{Element, ResizeObserver};

/// Begins to tell the parent the height whenever it changes: a message `{ ticketLab: "height", height: CSS pixels }`. A page
/// that is not embedded tells nobody.
pub(super) fn listen() -> Result<(), JsValue> {
    let window = dom::window();
    let parent = window.parent()?.filter(|parent| *parent != window);
    let Some(parent) = parent else { return Ok(()) };
    let main: Element = dom::by_id("main");
    let told = Closure::<dyn FnMut(Array)>::new(move |_| {
        let is_panel = with_app(|app| app.state.display_settings().embed.is_some()).unwrap_or(false);
        let Some(body) = dom::body().ok().filter(|_| is_panel) else { return };
        let message = Object::new();
        let _ = Reflect::set(&message, &"ticketLab".into(), &"height".into());
        let height = body.get_bounding_client_rect().height().ceil();
        let _ = Reflect::set(&message, &"height".into(), &height.into());
        // The height is no secret, and which page embeds this one is not known.
        let _ = parent.post_message(&message, "*");
    });
    let observer = ResizeObserver::new(told.as_ref().unchecked_ref())?;
    told.forget();
    observer.observe(&main);
    Ok(())
}
