//! Short words for the browser's long ones.

use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{Document, Element, EventTarget, HtmlElement, Window};

/// The window.
pub(super) fn window() -> Window {
    web_sys::window().unwrap_or_else(|| wasm_bindgen::throw_str("the page has no window"))
}

/// The document.
pub(super) fn document() -> Document {
    window().document().unwrap_or_else(|| wasm_bindgen::throw_str("the page has no document"))
}

/// Seconds since the page was opened.
pub(super) fn now_seconds() -> f64 {
    window().performance().map_or(0.0, |clock| clock.now() / 1e3)
}

/// The element of that id.
pub(super) fn by_id<T: JsCast>(id: &str) -> Result<T, JsValue> {
    let element = document().get_element_by_id(id).and_then(|element| element.dyn_into().ok());
    element.ok_or_else(|| JsValue::from_str(&format!("index.html lacks #{id}")))
}

/// A new element of that name and class, holding that text.
pub(super) fn new_element(name: &str, class: &str, text: &str) -> Element {
    let element = document().create_element(name).unwrap_or_else(|error| wasm_bindgen::throw_val(error));
    if !class.is_empty() {
        element.set_class_name(class);
    }
    if !text.is_empty() {
        element.set_text_content(Some(text));
    }
    element
}

/// A new SVG element with these attributes. Attributes, unlike styles, are allowed by a strict policy.
pub(super) fn new_svg_element(name: &str, attributes: &[(&str, &str)]) -> Element {
    let made = document().create_element_ns(Some("http://www.w3.org/2000/svg"), name);
    let element = made.unwrap_or_else(|error| wasm_bindgen::throw_val(error));
    for (attribute, value) in attributes {
        set_attribute(&element, attribute, value);
    }
    element
}

/// Sets an attribute.
pub(super) fn set_attribute(element: &Element, attribute: &str, value: &str) {
    let _ = element.set_attribute(attribute, value);
}

/// Adds children.
pub(super) fn append_children(parent: &Element, children: &[&Element]) {
    for child in children {
        let _ = parent.append_child(child);
    }
}

/// Calls `f` with each event of that name, for as long as the page lives.
pub(super) fn add_listener<E: JsCast + 'static>(
    target: &EventTarget,
    name: &str,
    mut f: impl FnMut(E) + 'static,
) {
    let closure =
        Closure::<dyn FnMut(web_sys::Event)>::new(move |event: web_sys::Event| f(event.unchecked_into()));
    let _ = target.add_event_listener_with_callback(name, closure.as_ref().unchecked_ref());
    closure.forget();
}

/// Calls `f` every so many milliseconds, for as long as the page lives.
pub(super) fn call_every(milliseconds: i32, f: impl FnMut() + 'static) {
    let closure = Closure::<dyn FnMut()>::new(f);
    let function = closure.as_ref().unchecked_ref();
    let _ = window().set_interval_with_callback_and_timeout_and_arguments_0(function, milliseconds);
    closure.forget();
}

/// The fragment of the page's address.
pub(super) fn fragment() -> String {
    window().location().hash().unwrap_or_default()
}

/// Has the page's address say these settings, without a step in its history.
pub(super) fn set_fragment(fragment: &str) {
    if let Ok(history) = window().history() {
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&format!("#{fragment}")));
    }
}

/// Whether a media query holds.
pub(super) fn media_matches(query: &str) -> bool {
    window().match_media(query).ok().flatten().is_some_and(|list| list.matches())
}

/// What an exception says.
pub(super) fn error_message(error: &JsValue) -> String {
    match error.dyn_ref::<js_sys::Error>() {
        Some(error) => String::from(error.message()),
        None => error.as_string().unwrap_or_else(|| format!("{error:?}")),
    }
}

/// An element whose text changes often; the page is touched only when it does.
pub(super) struct CachedText {
    element: HtmlElement,
    shown: String,
}

impl CachedText {
    /// The element of that id.
    pub(super) fn of(id: &str) -> Result<CachedText, JsValue> {
        let element: HtmlElement = by_id(id)?;
        Ok(CachedText { shown: element.text_content().unwrap_or_default(), element })
    }

    /// Shows a text.
    pub(super) fn show(&mut self, text: &str) {
        if self.shown != text {
            self.element.set_text_content(Some(text));
            self.shown.clear();
            self.shown.push_str(text);
        }
    }

    /// The element.
    pub(super) fn element(&self) -> &HtmlElement {
        &self.element
    }
}
