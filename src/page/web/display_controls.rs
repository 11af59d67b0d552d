//! Shows the settings of the display in their controls, and on the body, where the style reads them.

use crate::web::dom;
use experiment::display_settings::DisplaySettings;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, HtmlInputElement, HtmlSelectElement};

/// The controls of the display.
pub(super) struct DisplayControls {
    body: Element,
    speed: HtmlSelectElement,
    reach: HtmlInputElement,
    present: Element,
    views: Vec<Element>,
    shown: Option<DisplaySettings>,
}

impl DisplayControls {
    /// Finds the controls on the page.
    pub(super) fn new() -> Result<DisplayControls, JsValue> {
        let list = dom::document().query_selector_all("[data-view-of]")?;
        let views = (0..list.length()).filter_map(|at| list.get(at)?.dyn_into().ok()).collect();
        Ok(DisplayControls {
            body: dom::body()?,
            speed: dom::by_id("set-speed"),
            reach: dom::by_id("set-reach"),
            present: dom::by_id("set-present"),
            views,
            shown: None,
        })
    }

    /// Shows the settings. Returns whether the sizes of the page may have changed.
    pub(super) fn show(&mut self, settings: DisplaySettings) -> bool {
        let before = self.shown.replace(settings);
        if before == Some(settings) {
            return false;
        }
        let pressed = |on: bool| if on { "true" } else { "false" };
        dom::set_attribute_if_changed(&self.body, "data-view", settings.view.name());
        dom::set_attribute_if_changed(&self.body, "data-lesson", &settings.lesson.to_string());
        dom::set_attribute_if_changed(&self.body, "data-present", if settings.present { "1" } else { "0" });
        match settings.embed {
            Some(panel) => dom::set_attribute_if_changed(&self.body, "data-embed", panel.name()),
            None => _ = self.body.remove_attribute("data-embed"),
        }
        self.speed.set_value(settings.speed.name());
        self.reach.set_value(&settings.reach.to_string());
        dom::set_attribute(&self.present, "aria-pressed", pressed(settings.present));
        for view in &self.views {
            let on = view.get_attribute("data-view-of").as_deref() == Some(settings.view.name());
            dom::set_attribute(view, "aria-pressed", pressed(on));
        }
        // The open lesson takes room from the page.
        let sizes = |of: DisplaySettings| (of.view, of.present, of.embed, of.lesson > 0);
        before.is_none_or(|before| sizes(before) != sizes(settings))
    }
}
