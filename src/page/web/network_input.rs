//! Pointer and keys over the picture of the network.

use crate::{
    network_focus::FocusStep,
    web::{app::with_app, dom, network_figure::NetworkFigure},
};
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, KeyboardEvent, PointerEvent};

/// Listens to pointer and keys over the picture of the network.
pub(super) fn listen() {
    let holder: HtmlElement = dom::by_id("network-panels");
    dom::add_listener(&holder, "pointermove", |event: PointerEvent| {
        // A finger that moves scrolls the page.
        if event.pointer_type() == "mouse" {
            update(|figure| figure.hover(place(figure, &event)));
        }
    });
    dom::add_listener(&holder, "pointerleave", |_: PointerEvent| update(|figure| figure.hover(None)));
    dom::add_listener(&holder, "click", |event: PointerEvent| {
        update(|figure| {
            if let Some(at) = place(figure, &event) {
                figure.choose(at);
            }
        });
    });
    let details: HtmlElement = dom::by_id("network-histogram");
    dom::add_listener(&details, "toggle", |_: web_sys::Event| update(NetworkFigure::measure));
    dom::add_listener(&holder, "keydown", |event: KeyboardEvent| {
        let step = match event.key().as_str() {
            "ArrowUp" => FocusStep::Up,
            "ArrowDown" => FocusStep::Down,
            "ArrowLeft" => FocusStep::Left,
            "ArrowRight" => FocusStep::Right,
            "Enter" => FocusStep::Strongest,
            "Escape" => FocusStep::Back,
            _ => return,
        };
        if event.ctrl_key() || event.alt_key() || event.meta_key() {
            return;
        }
        update(|figure| {
            if figure.step(step) {
                event.prevent_default();
            }
        });
    });
}

fn update(change: impl FnOnce(&mut NetworkFigure)) {
    with_app(|app| {
        change(&mut app.view.network);
        app.request_frame();
    });
}

/// The network below the pointer, and the place within it in CSS pixels.
fn place(figure: &NetworkFigure, event: &PointerEvent) -> Option<(usize, f64, f64)> {
    let target: HtmlElement = event.target()?.dyn_into().ok()?;
    let number = figure.panels.iter().position(|panel| ***panel.view.canvas() == *target)?;
    Some((number, f64::from(event.offset_x()), f64::from(event.offset_y())))
}
