//! Hears the hand on the canvas of the digits figure, its keys and buttons, and asks the networks for it.

use crate::web::{
    app::{App, with_app},
    digits::{DigitsFigure, IMAGE},
    dom,
    test_images::TestImages,
};
use crate::{
    digit_image::Point, image_step::ImageStep, open_requests::AskerId, state::networks::AskedReading,
};
use js_sys::{Array, Reflect};
use model::data_set::DataFile;
use protocol::network_question::{NetworkMoment, NetworkReading};
use std::{cell::Cell, rc::Rc};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::spawn_local;
use web_sys::{Element, EventTarget, HtmlElement, KeyboardEvent, PointerEvent};

/// Installs the listeners of the digits figure.
pub(super) fn listen() -> Result<(), JsValue> {
    let canvas: HtmlElement = dom::by_id("draw");
    listen_to_pointer(&canvas);
    dom::add_listener(&canvas, "keydown", |event: KeyboardEvent| {
        if event.ctrl_key() || event.meta_key() || event.alt_key() {
            return;
        }
        let act: fn(&mut DigitsFigure) = match event.key().as_str() {
            "ArrowRight" | "ArrowUp" => |digits| digits.step(ImageStep::Next),
            "ArrowLeft" | "ArrowDown" => |digits| digits.step(ImageStep::Previous),
            "Home" => |digits| digits.step(ImageStep::First),
            "End" => |digits| digits.step(ImageStep::Last),
            "Delete" | "Backspace" => DigitsFigure::clear,
            _ => return,
        };
        event.prevent_default();
        change(act);
    });
    for (id, act) in [
        ("digit-previous", (|digits| digits.step(ImageStep::Previous)) as fn(&mut DigitsFigure)),
        ("digit-next", |digits| digits.step(ImageStep::Next)),
        ("digit-disagree", |digits| digits.step(ImageStep::Disagreement)),
        ("digit-clear", DigitsFigure::clear),
    ] {
        dom::add_listener(&dom::by_id::<EventTarget>(id), "click", move |_: web_sys::Event| change(act));
    }
    let choice: Element = dom::by_id("shelf-round");
    dom::add_listener(&choice, "change", |_: web_sys::Event| change(DigitsFigure::follow_shelf));
    // The images come and go with the rounds, so the listener is on the shelf.
    let shelf: Element = dom::by_id("shelf");
    dom::add_listener(&shelf, "click", |event: web_sys::Event| {
        let image = image_of(&event).and_then(|button| button.get_attribute("data-image")?.parse().ok());
        if let Some(image) = image {
            change(move |digits| digits.step(ImageStep::To(image)));
        }
    });
    let images = shelf.clone();
    dom::add_listener(&shelf, "keydown", move |event: KeyboardEvent| {
        let forward = match event.key().as_str() {
            "ArrowRight" | "ArrowDown" => true,
            "ArrowLeft" | "ArrowUp" => false,
            _ => return,
        };
        let (Some(image), Ok(all)) = (image_of(&event), images.query_selector_all(IMAGE)) else { return };
        event.prevent_default();
        // Where there is little room, some images are not shown.
        let all = (0..all.length()).filter_map(|at| all.get(at)?.dyn_into::<HtmlElement>().ok());
        let shown: Vec<HtmlElement> = all.filter(|other| other.offset_width() > 0).collect();
        let at = shown.iter().position(|other| **other == image);
        let next = at.map(|at| if forward { at + 1 } else { at.wrapping_sub(1) });
        if let Some(next) = next.and_then(|at| shown.get(at)) {
            let _ = next.focus();
        }
    });
    dom::add_listener(&dom::window(), "resize", |_: web_sys::Event| change(DigitsFigure::mark_dirty));
    Ok(())
}

/// The image on the shelf that an event is about.
fn image_of(event: &web_sys::Event) -> Option<Element> {
    event.target()?.dyn_into::<Element>().ok()?.closest(IMAGE).ok().flatten()
}

/// Draws with the first pointer that touches the canvas, until it is lifted.
fn listen_to_pointer(canvas: &HtmlElement) {
    let drawing: Rc<Cell<Option<i32>>> = Rc::default();
    let pointer = drawing.clone();
    dom::add_listener(canvas, "pointerdown", move |event: PointerEvent| {
        if pointer.get().is_some() || event.button() != 0 {
            return;
        }
        let Some(canvas) = event.target().and_then(|target| target.dyn_into::<Element>().ok()) else {
            return;
        };
        // Strokes go on outside the canvas. A pointer that was made by a program cannot be captured.
        let _ = canvas.set_pointer_capture(event.pointer_id());
        pointer.set(Some(event.pointer_id()));
        let points = points(&event);
        change(move |digits| digits.draw(&points, true));
    });
    let pointer = drawing.clone();
    dom::add_listener(canvas, "pointermove", move |event: PointerEvent| {
        if pointer.get() == Some(event.pointer_id()) {
            let points = points(&event);
            change(move |digits| digits.draw(&points, false));
        }
    });
    for end in ["pointerup", "pointercancel", "lostpointercapture"] {
        let pointer = drawing.clone();
        dom::add_listener(canvas, end, move |event: PointerEvent| {
            if pointer.get() == Some(event.pointer_id()) {
                pointer.set(None);
            }
        });
    }
}

/// Where the pointer has been since the last event, as shares of the canvas's side.
fn points(event: &PointerEvent) -> Vec<Point> {
    let Some(canvas) = event.target().and_then(|target| target.dyn_into::<Element>().ok()) else {
        return vec![];
    };
    let frame = canvas.get_bounding_client_rect();
    let point = |event: &PointerEvent| {
        let (x, y) = (f64::from(event.client_x()), f64::from(event.client_y()));
        ((x - frame.left()) / frame.width().max(1.0), (y - frame.top()) / frame.height().max(1.0))
    };
    // Older browsers do not say where the pointer has been between two events.
    let known = Reflect::has(event, &"getCoalescedEvents".into()).unwrap_or(false);
    let between = if known { event.get_coalesced_events() } else { Array::new() };
    match between.length() {
        0 => vec![point(event)],
        _ => between.iter().map(|event| point(event.unchecked_ref())).collect(),
    }
}

/// Changes the figure, and asks the networks at once if none is being asked.
fn change(act: impl FnOnce(&mut DigitsFigure)) {
    with_app(|app| {
        act(&mut app.view.digits);
        app.serve_digits();
        app.request_frame();
    });
}

impl App {
    /// Does for the digits figure what it cannot do itself: asks the networks what they read, and has the test images
    /// unpacked.
    pub(super) fn serve_digits(&mut self) {
        if let Some(pixels) = self.view.digits.next_question() {
            let asked = AskedReading {
                reading: NetworkReading::Activations,
                moment: NetworkMoment::Last,
                images: pixels,
                trial: Some(self.state.config().seeds.first()),
            };
            let effects = self.state.ask_networks(AskerId::DigitsFigure, asked, dom::now_seconds());
            self.run_effects(effects);
        }
        if self.view.digits.wants_images()
            && let Some(files) = &self.data_files
        {
            let images = files[DataFile::TestImages as usize].clone();
            let labels = files[DataFile::TestLabels as usize].clone();
            let Some(data) = self.view.digits.images_to_unpack() else { return };
            spawn_local(async move {
                dom::next_task().await;
                let unpacked = TestImages::unpack(data.clone(), images, labels).await;
                change(move |digits| digits.take_images(&data, unpacked));
            });
        }
    }
}
