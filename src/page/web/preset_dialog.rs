//! The dialog with the cards of the presets, and the button that opens it.

use crate::{
    forecast::MeasuredSpeed,
    preset_cards::{self, CardTarget},
    state::State,
    web::dom,
};
use experiment::{preset::Preset, settings::Settings};
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlDialogElement, HtmlElement, HtmlSelectElement};

/// The dialog, its button, and what is known of the speed of this device.
pub(super) struct PresetDialog {
    dialog: HtmlDialogElement,
    list: Element,
    note: Element,
    question: Element,
    title: Element,
    /// What was measured in this or an earlier run.
    speed: Option<MeasuredSpeed>,
}

impl PresetDialog {
    /// Finds the dialog and its button, and lets the cards choose.
    pub(super) fn new() -> PresetDialog {
        let dialog: HtmlDialogElement = dom::by_id("presets");
        let listened = dialog.clone();
        dom::add_listener(&dialog, "click", move |event: Event| {
            let Some(target) = event.target().and_then(|target| target.dyn_into::<Element>().ok()) else {
                return;
            };
            // A click on the dialog itself, and on nothing in it, is one on the page behind it.
            let card = target.closest(".card").ok().flatten();
            if card.is_some() || target.is_same_node(Some(&listened)) {
                listened.close();
            }
            if let Some(name) = card.and_then(|card| card.get_attribute("data-preset")) {
                choose(&name);
            }
        });
        PresetDialog {
            dialog,
            list: dom::by_id("preset-cards"),
            note: dom::by_id("presets-note"),
            question: dom::by_id("preset-question"),
            title: dom::by_id("preset-title"),
            speed: None,
        }
    }

    /// Shows a preset on the button.
    pub(super) fn show_current(&self, preset: Preset) {
        self.question.set_text_content(Some(preset.question()));
        self.title.set_text_content(Some(preset.title()));
    }

    /// What was measured of this device, if anything was.
    pub(super) fn speed(&self) -> Option<MeasuredSpeed> {
        self.speed
    }

    /// Keeps what the present run says of this device's speed, which the next run forgets. Jobs whose networks are at
    /// hand were trained here, not in an opened report.
    pub(super) fn remember_speed(&mut self, state: &State) {
        let trained_here = |job| state.kept_networks().get(job).is_some();
        self.speed = MeasuredSpeed::of_finished_jobs(state.results(), &trained_here).or(self.speed);
    }

    /// Opens the dialog. The card of the preset in `settings` has the focus.
    pub(super) fn open(&self, settings: &Settings) {
        self.list.set_text_content(None);
        self.note.set_text_content(Some(preset_cards::time_note(self.speed)));
        let mut present = None;
        for card in preset_cards::preset_cards(settings, dom::cores(), self.speed) {
            let element = match card.target {
                CardTarget::Preset(preset) => {
                    let element = dom::new_element("button", "card", "");
                    dom::set_attribute(&element, "type", "button");
                    dom::set_attribute(&element, "data-preset", preset.name());
                    if preset == settings.preset {
                        dom::set_attribute(&element, "aria-current", "true");
                        present = element.dyn_ref::<HtmlElement>().cloned();
                    }
                    element
                }
                CardTarget::Recorded(name) => {
                    let element = dom::new_element("a", "card", "");
                    dom::set_attribute(&element, "href", &format!("#recorded={name}"));
                    element
                }
            };
            let details = dom::new_element("small", "", "");
            dom::append_children(
                &details,
                &[&dom::new_element("span", "", card.title), &dom::new_element("span", "", &card.time)],
            );
            dom::append_children(
                &element,
                &[
                    &dom::new_element("strong", "", card.question),
                    &dom::new_element("span", "", &card.sentence),
                    &details,
                ],
            );
            let item = dom::new_element("li", "", "");
            dom::append_children(&item, &[&element]);
            dom::append_children(&self.list, &[&item]);
        }
        if self.dialog.show_modal().is_ok()
            && let Some(present) = present
        {
            let _ = present.focus();
        }
    }
}

/// Chooses a preset as a person chooses it in the menu, which programs use.
fn choose(name: &str) {
    if let Some(menu) = dom::find::<HtmlSelectElement>("preset") {
        menu.set_value(name);
        dom::dispatch_change(&menu);
    }
}
