//! Opens the explanations of terms. Each is a popover, which the browser itself opens, closes and keeps in order with
//! the keyboard; where a browser has none, an element that is shown and hidden takes its place.

use crate::{
    terms::{self, TERMS, Term, TextPart},
    web::dom,
};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, Event, HtmlElement, KeyboardEvent};

/// The attribute of a button that names the explanation it opens.
const TARGET: &str = "popovertarget";
/// The greatest width of an explanation, in CSS pixels.
const WIDTH: f64 = 320.0;
/// The distance of an explanation from its button and from the edges of the page, in CSS pixels.
const GAP: f64 = 8.0;

/// Creates the explanations of all terms, and opens them where a text marks one.
pub(super) fn install() -> Result<(), JsValue> {
    let body = dom::body()?;
    let has_popovers = js_sys::Reflect::has(&body, &JsValue::from_str("popover"))?;
    for term in TERMS {
        let note = dom::new_element("div", "term-note", "");
        dom::set_attribute(&note, "id", &terms::element_id(term));
        dom::set_attribute(&note, if has_popovers { "popover" } else { "hidden" }, "");
        dom::append_children(
            &note,
            &[&dom::new_element("b", "", term.title()), &dom::new_element("p", "", term.explanation())],
        );
        dom::append_children(&body, &[&note]);
    }
    let marks = dom::document().query_selector_all("[popovertarget^=term-]")?;
    for index in 0..marks.length() {
        if let Some(mark) = marks.item(index).and_then(|mark| mark.dyn_into::<Element>().ok()) {
            describe(&mark);
        }
    }
    // The browser opens a popover after this listener, so that it appears at its place.
    dom::add_listener(&dom::document(), "click", move |event: Event| {
        let target: Option<Element> = event.target().and_then(|target| target.dyn_into().ok());
        let selector = "[popovertarget^=term-]";
        let button = target.and_then(|target| target.closest(selector).ok().flatten());
        let note = button.as_ref().and_then(explanation);
        if let Some((button, note)) = button.as_ref().zip(note.as_ref()) {
            place(button, note);
        }
        if !has_popovers {
            show_instead(note.as_ref());
        }
    });
    if !has_popovers {
        dom::add_listener(&dom::document(), "keydown", |event: KeyboardEvent| {
            if event.key() == "Escape" {
                show_instead(None);
            }
        });
    }
    Ok(())
}

/// A small button that explains a term, for beside a label.
pub(super) fn mark(term: &Term) -> Element {
    let button = dom::new_element("button", "term-mark", "?");
    let name = terms::question(term);
    for (attribute, value) in [("type", "button"), ("aria-label", &*name), (TARGET, &terms::element_id(term))]
    {
        dom::set_attribute(&button, attribute, value);
    }
    describe(&button);
    button
}

/// Shows a text in an element. Its marked terms, as [`terms::parts`] reads them, open their explanations.
pub(super) fn show_marked_text(place: &Element, text: &str) {
    place.set_text_content(None);
    for part in terms::parts(text) {
        match part {
            TextPart::Plain(words) => dom::append_children(place, &[&dom::new_element("span", "", words)]),
            TextPart::Marked(words, term) => {
                let button = dom::new_element("button", "term", words);
                dom::set_attribute(&button, "type", "button");
                dom::set_attribute(&button, TARGET, &terms::element_id(term));
                describe(&button);
                dom::append_children(place, &[&button]);
            }
        }
    }
}

/// Lets a screen reader say the explanation, which stands at the end of the page.
fn describe(button: &Element) {
    if let Some(id) = button.get_attribute(TARGET) {
        dom::set_attribute(button, "aria-describedby", &id);
    }
}

/// The explanation that a button opens.
fn explanation(button: &Element) -> Option<HtmlElement> {
    dom::find(&button.get_attribute(TARGET)?)
}

/// Puts an explanation below its button, or above it where there is more room. It scrolls with the page.
fn place(button: &Element, note: &HtmlElement) {
    let Some(root) = dom::document().document_element() else { return };
    let (page_width, page_height) = (f64::from(root.client_width()), f64::from(root.client_height()));
    let rectangle = button.get_bounding_client_rect();
    let scrolled = dom::window().page_y_offset().unwrap_or(0.0);
    let width = WIDTH.min(page_width - 2.0 * GAP);
    let left = rectangle.left().min(page_width - width - GAP).max(GAP);
    let (side, other, distance) = if rectangle.bottom() > 0.7 * page_height {
        ("bottom", "top", page_height - rectangle.top() - scrolled + GAP)
    } else {
        ("top", "bottom", rectangle.bottom() + scrolled + GAP)
    };
    let style = note.style();
    for (name, value) in
        [("left", format!("{left}px")), ("width", format!("{width}px")), (side, format!("{distance}px"))]
    {
        let _ = style.set_property(name, &value);
    }
    let _ = style.set_property(other, "auto");
}

/// Without popovers: shows or hides an explanation, and hides all others.
fn show_instead(note: Option<&HtmlElement>) {
    for term in TERMS {
        if let Some(other) = dom::find::<HtmlElement>(&terms::element_id(term)) {
            let shown = note.is_some_and(|note| note.id() == other.id()) && other.hidden();
            other.set_hidden(!shown);
        }
    }
}
