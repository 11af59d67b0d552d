//! Watches everything that affects drawing: sizes, theme, resolution, and the pointer over the pictures of the masks.

use crate::web::{app::with_app, dom, render::PageView};
use js_sys::Array;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{HtmlElement, PointerEvent, ResizeObserver};

/// Installs the observers of sizes, theme, resolution and the pointer over the pictures of the masks.
pub(super) fn listen() -> Result<(), JsValue> {
    with_app(|app| watch(&app.view)).unwrap_or(Ok(()))
}

fn watch(view: &PageView) -> Result<(), JsValue> {
    let resized = Closure::<dyn FnMut(Array)>::new(|_| request_measuring());
    let observer = ResizeObserver::new(resized.as_ref().unchecked_ref())?;
    resized.forget();
    for plot in &view.plots {
        observer.observe(plot.holder());
    }
    observer.observe(view.heatmaps.holder());
    observer.observe(view.network.holder());
    if let Some(dark) = dom::window().match_media("(prefers-color-scheme: dark)")? {
        dom::add_listener(&dark, "change", |_: web_sys::Event| request_measuring());
    }
    dom::add_listener(&dom::window(), "resize", |_: web_sys::Event| request_measuring());
    // The pictures of the layers come and go with the settings, so the listener is on the element that contains them.
    let point = |event: PointerEvent| {
        with_app(|app| {
            let target: HtmlElement = event.target()?.dyn_into().ok()?;
            let map = app.view.heatmaps.position(&target)?;
            let (width, height) = (f64::from(target.client_width()), f64::from(target.client_height()));
            let (x, y) = (f64::from(event.offset_x()) / width, f64::from(event.offset_y()) / height);
            let at_page = (f64::from(event.client_x()), f64::from(event.client_y()));
            app.view.heatmaps.set_pointer(Some((map, x, y)), at_page);
            Some(())
        });
    };
    let pictures = view.heatmaps.holder();
    dom::add_listener(pictures, "pointermove", point);
    dom::add_listener(pictures, "pointerdown", point);
    dom::add_listener(pictures, "pointerout", |_: PointerEvent| {
        with_app(|app| app.view.heatmaps.set_pointer(None, (0.0, 0.0)));
    });
    Ok(())
}

/// Requests that sizes, theme and resolution are read again.
fn request_measuring() {
    with_app(|app| {
        app.view.measuring_needed = true;
        app.request_frame();
    });
}
