//! Short functions for frequent operations on the browser's document.

use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{Document, Element, Event, EventInit, EventTarget, HtmlElement, Window};

/// The window.
pub(super) fn window() -> Window {
    web_sys::window().unwrap_or_else(|| wasm_bindgen::throw_str("the page has no window"))
}

/// The document.
pub(super) fn document() -> Document {
    window().document().unwrap_or_else(|| wasm_bindgen::throw_str("the page has no document"))
}

/// The body of the page.
pub(super) fn body() -> Result<Element, JsValue> {
    document().body().map(JsCast::unchecked_into).ok_or_else(|| JsValue::from_str("the page has no body"))
}

/// Seconds since the page was opened.
pub(super) fn now_seconds() -> f64 {
    window().performance().map_or(0.0, |clock| clock.now() / 1e3)
}

/// The number of threads that the machine runs at the same time.
pub(super) fn cores() -> usize {
    window().navigator().hardware_concurrency() as usize
}

/// Tells the listeners of a field that its value has changed, as the browser does after a user's change.
pub(super) fn dispatch_change(field: &EventTarget) {
    let bubbling = EventInit::new();
    bubbling.set_bubbles(true);
    if let Ok(event) = Event::new_with_event_init_dict("change", &bubbling) {
        let _ = field.dispatch_event(&event);
    }
}

/// What the page cannot start without. If it is not there, the page throws.
pub(super) fn needed<T>(found: Result<T, JsValue>) -> T {
    found.unwrap_or_else(|missing| wasm_bindgen::throw_val(missing))
}

/// The element with this id, if there is one and it has this type.
pub(super) fn find<T: JsCast>(id: &str) -> Option<T> {
    document().get_element_by_id(id).and_then(|element| element.dyn_into().ok())
}

/// The element with this id. If there is none, or if it has another type, the page cannot start: it throws, so that no
/// caller has to take down what it has built so far.
pub(super) fn by_id<T: JsCast>(id: &str) -> T {
    find(id).unwrap_or_else(|| wasm_bindgen::throw_str(&format!("index.html lacks #{id}")))
}

/// Creates an element with this tag name, class and text.
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

/// Creates an SVG element with these attributes. A strict content security policy forbids inline styles, but not
/// attributes.
pub(super) fn new_svg_element(name: &str, attributes: &[(&str, &str)]) -> Element {
    let made = document().create_element_ns(Some("http://www.w3.org/2000/svg"), name);
    let element = made.unwrap_or_else(|error| wasm_bindgen::throw_val(error));
    for (attribute, value) in attributes {
        set_attribute(&element, attribute, value);
    }
    element
}

/// Sets an attribute of an element.
pub(super) fn set_attribute(element: &Element, attribute: &str, value: &str) {
    let _ = element.set_attribute(attribute, value);
}

/// Appends children to an element.
pub(super) fn append_children(parent: &Element, children: &[&Element]) {
    for child in children {
        let _ = parent.append_child(child);
    }
}

/// Shows each message as a paragraph, and hides the element if there are none.
pub(super) fn show_messages(place: &Element, rejected: &[String]) {
    fill_paragraphs(place, &rejected.iter().map(String::as_str).collect::<Vec<_>>());
    let _ = place.toggle_attribute_with_force("hidden", rejected.is_empty());
}

/// Replaces the content of an element by paragraphs.
pub(super) fn fill_paragraphs(place: &Element, lines: &[&str]) {
    place.set_text_content(None);
    for line in lines {
        append_children(place, &[&new_element("p", "", line)]);
    }
}

/// Sets the texts of the elements with these ids.
pub(super) fn fill_elements(texts: &[(&str, String)]) {
    for (id, text) in texts {
        if let Some(element) = document().get_element_by_id(id) {
            element.set_text_content(Some(text));
        }
    }
}

/// Sets an attribute of an element if it does not already have this value.
pub(super) fn set_attribute_if_changed(element: &Element, name: &str, value: &str) {
    if element.get_attribute(name).as_deref() != Some(value) {
        set_attribute(element, name, value);
    }
}

/// Calls `f` with each event of this name, for as long as the page lives.
pub(super) fn add_listener<E: JsCast + 'static>(
    target: &EventTarget,
    name: &str,
    mut f: impl FnMut(E) + 'static,
) {
    listen(target, name, Closure::new(move |event: Event| f(event.unchecked_into())));
}

fn listen(target: &EventTarget, name: &str, closure: Closure<dyn FnMut(Event)>) {
    let _ = target.add_event_listener_with_callback(name, closure.as_ref().unchecked_ref());
    closure.forget();
}

/// Calls `f` at this interval in milliseconds, for as long as the page lives.
pub(super) fn call_every(milliseconds: i32, f: impl FnMut() + 'static) {
    let closure = Closure::<dyn FnMut()>::new(f);
    let function = closure.as_ref().unchecked_ref();
    let _ = window().set_interval_with_callback_and_timeout_and_arguments_0(function, milliseconds);
    closure.forget();
}

/// Waits until the browser begins another task, so that what follows does not lengthen the present one.
pub(super) async fn next_task() {
    later(0).await;
}

/// Waits for some milliseconds.
pub(super) async fn later(milliseconds: i32) {
    let promise = js_sys::Promise::new(&mut |resolve, _| {
        let _ = window().set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, milliseconds);
    });
    let _ = wasm_bindgen_futures::JsFuture::from(promise).await;
}

/// The fragment of the page's address.
pub(super) fn fragment() -> String {
    window().location().hash().unwrap_or_default()
}

/// Replaces the fragment of the page's address without adding an entry to the history.
pub(super) fn set_fragment(fragment: &str) {
    if let Ok(history) = window().history() {
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&format!("#{fragment}")));
    }
}

/// Whether the page matches a media query.
pub(super) fn media_matches(query: &str) -> bool {
    window().match_media(query).ok().flatten().is_some_and(|list| list.matches())
}

/// The message of a JavaScript exception.
pub(super) fn error_message(error: &JsValue) -> String {
    match error.dyn_ref::<js_sys::Error>() {
        Some(error) => String::from(error.message()),
        None => error.as_string().unwrap_or_else(|| format!("{error:?}")),
    }
}

/// An element whose text changes often. The document is only touched when the text is a different one.
pub(super) struct CachedText {
    element: HtmlElement,
    shown: String,
}

impl CachedText {
    /// The element with this id.
    pub(super) fn of(id: &str) -> CachedText {
        CachedText::new(by_id::<Element>(id))
    }

    /// This element.
    pub(super) fn new(element: Element) -> CachedText {
        CachedText { shown: element.text_content().unwrap_or_default(), element: element.unchecked_into() }
    }

    /// Shows a text in the element.
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
