//! A line of text beside the pointer.

use crate::web::dom::{self, CachedText};

/// The text beside the pointer.
pub(super) struct Reading {
    text: CachedText,
}

impl Reading {
    /// Finds the element on the page.
    pub(super) fn new() -> Reading {
        Reading { text: CachedText::of("chart-reading") }
    }

    /// Shows a text at a place in the window, in CSS pixels, on the side that has more room, or nothing.
    pub(super) fn show(&mut self, said: Option<(String, (f64, f64))>) {
        let element = self.text.element().clone();
        let _ = element.toggle_attribute_with_force("hidden", said.is_none());
        let Some((text, (x, y))) = said else { return };
        self.text.show(&text);
        let room = dom::window().inner_width().ok().and_then(|width| width.as_f64()).unwrap_or(0.0);
        let left =
            if x > room / 2.0 { format!("calc({}px - 100%)", x - 12.0) } else { format!("{}px", x + 16.0) };
        let _ = element.style().set_property("transform", &format!("translate({left}, {}px)", y + 16.0));
    }
}
