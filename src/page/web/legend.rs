//! The legend: each arm's colour, dash and marker, as the charts draw them, on a switch that shows and hides the arm; and
//! the other choices of what is shown.

use crate::web::{dispatch::act, dom};
use crate::{
    choice::{ChartSelection, SelectionChange},
    reading::Metric,
    state::UserAction,
};
use chart::{ArmLook, Marker, Theme};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, HtmlInputElement, HtmlSelectElement};

/// The legend on the page.
pub(super) struct Legend {
    list: Element,
    switches: Vec<(&'static ArmLook, Element)>,
    each_trial: Element,
    theme: Theme,
}

impl Legend {
    /// The legend, empty, and the choices beside it; listens to them.
    pub(super) fn new() -> Result<Legend, JsValue> {
        let list: Element = dom::by_id("legend")?;
        dom::on(&list, "click", |event: web_sys::Event| {
            let target: Option<Element> = event.target().and_then(|target| target.dyn_into().ok());
            let switch = target.and_then(|target| target.closest("[data-arm]").ok().flatten());
            if let Some(name) = switch.and_then(|switch| switch.get_attribute("data-arm")) {
                choose(SelectionChange::Arm(ArmLook::of(&name).name));
            }
        });
        let each: HtmlInputElement = dom::by_id("each-trial")?;
        dom::on(&each.clone(), "change", move |_: web_sys::Event| {
            choose(SelectionChange::EachTrial(each.checked()))
        });
        let reading: HtmlSelectElement = dom::by_id("reading")?;
        for choice in Metric::SELECTABLE {
            dom::put(&reading, &[&dom::element("option", "", choice.name())]);
        }
        dom::on(&reading.clone(), "change", move |_: web_sys::Event| {
            if let Some(choice) = Metric::SELECTABLE.get(reading.selected_index() as usize) {
                choose(SelectionChange::Metric(*choice));
            }
        });
        let each_trial = dom::by_id("each-trial-label")?;
        Ok(Legend { list, switches: Vec::new(), each_trial, theme: Theme::Light })
    }

    /// Shows a choice. Switches are made anew only for other arms or another theme, so that they keep the focus.
    pub(super) fn show(&mut self, choice: &ChartSelection, theme: Theme) {
        let looks = choice.arms().iter().map(|arm| arm.0);
        if theme != self.theme || !looks.clone().eq(self.switches.iter().map(|switch| switch.0)) {
            self.theme = theme;
            self.list.set_text_content(None);
            self.switches = looks.map(|look| (look, self.switch(look))).collect();
        }
        for ((_, on), (_, switch)) in choice.arms().iter().zip(&self.switches) {
            dom::set(switch, "aria-pressed", if *on { "true" } else { "false" });
        }
        let _ = self.each_trial.toggle_attribute_with_force("hidden", !choice.has_trials());
    }

    fn switch(&self, look: &'static ArmLook) -> Element {
        let switch = dom::element("button", "", "");
        let hint = format!("Show or hide in the charts: {}", look.long);
        for (name, value) in [("type", "button"), ("data-arm", look.name), ("title", &hint)] {
            dom::set(&switch, name, value);
        }
        dom::put(&switch, &[&sample(look, self.theme, "0 0 40 16"), &dom::element("span", "", look.long)]);
        let item = dom::element("li", "", "");
        dom::put(&item, &[&switch]);
        dom::put(&self.list, &[&item]);
        switch
    }
}

fn choose(choose: SelectionChange) {
    act(move |state, now| state.on_action(UserAction::Choose(choose), now));
}

/// A short piece of an arm's line with its marker, as much of it as `part` says.
pub(super) fn sample(look: &ArmLook, theme: Theme, part: &str) -> Element {
    let (color, dashes) = (look.css(theme), look.dasharray());
    let width = part.split(' ').nth(2).unwrap_or("40");
    let picture =
        dom::svg("svg", &[("viewBox", part), ("width", width), ("height", "16"), ("aria-hidden", "true")]);
    let line = [("d", "M1 8H39"), ("stroke", &color), ("stroke-width", "2"), ("fill", "none")];
    let line = dom::svg("path", &line);
    if !dashes.is_empty() {
        dom::set(&line, "stroke-dasharray", &dashes);
    }
    let (outline, filled) = match look.marker {
        Marker::Disc => ("M16 8a4 4 0 1 0 8 0a4 4 0 1 0-8 0z", true),
        Marker::Ring => ("M16 8a4 4 0 1 0 8 0a4 4 0 1 0-8 0z", false),
        Marker::Square => ("M16.5 4.5h7v7h-7z", true),
        Marker::Box => ("M16.5 4.5h7v7h-7z", false),
        Marker::Up => ("M20 3.5l4.5 8h-9z", true),
        Marker::Down => ("M20 12.5l4.5-8h-9z", true),
        Marker::Diamond => ("M20 3l5 5-5 5-5-5z", true),
        Marker::Cross => ("M16.5 4.5l7 7m0-7l-7 7", false),
        Marker::Plus => ("M20 3v10m-5-5h10", false),
    };
    let inside = if filled { color.clone() } else { theme.background().css() };
    let marker = [("d", outline), ("stroke", &color), ("stroke-width", "2"), ("fill", &inside)];
    dom::put(&picture, &[&line, &dom::svg("path", &marker)]);
    picture
}
