//! The cards of what to try next, at the end of a run.

use crate::{
    next_steps, preset_cards,
    state::State,
    web::{dom, fields::SettingFields},
};
use protocol::RunId;
use web_sys::{Element, HtmlElement};

/// The cards of what to try next.
pub(super) struct NextPanel {
    section: Element,
    list: Element,
    /// The run whose cards are shown.
    shown: Option<RunId>,
}

impl NextPanel {
    /// Finds the panel, which is hidden, and lets the button that leads to it scroll there.
    pub(super) fn new() -> NextPanel {
        let button: Element = dom::by_id("to-next");
        let title: HtmlElement = dom::by_id("next-title");
        dom::add_listener(&button, "click", move |_: web_sys::Event| {
            // The heading takes the focus, so that the next Tab reaches the first card.
            title.scroll_into_view();
            let _ = title.focus();
        });
        NextPanel { section: dom::by_id("next"), list: dom::by_id("next-cards"), shown: None }
    }

    /// Shows the cards where a run is over, and hides them otherwise.
    pub(super) fn show(&mut self, state: &State, is_over: bool, fields: &mut SettingFields) {
        let run = is_over.then(|| state.run());
        if run == self.shown {
            return;
        }
        self.shown = run;
        let _ = self.section.toggle_attribute_with_force("hidden", !is_over);
        self.list.set_text_content(None);
        if !is_over {
            return;
        }
        let cards = fields.cards();
        cards.remember_speed(state);
        for step in next_steps::next_steps(state.results().everything(), state.settings()) {
            let card = dom::new_element("a", "card", "");
            dom::set_attribute(&card, "href", &format!("#{}", step.fragment()));
            let time = match &step.settings {
                Some(settings) => preset_cards::expected_time(settings, dom::cores(), cards.speed()),
                None => preset_cards::nothing_to_train().into(),
            };
            dom::append_children(
                &card,
                &[
                    &dom::new_element("strong", "", step.question),
                    &dom::new_element("span", "", &step.why),
                    &dom::new_element("small", "", &time),
                ],
            );
            let item = dom::new_element("li", "", "");
            dom::append_children(&item, &[&card]);
            dom::append_children(&self.list, &[&item]);
        }
    }
}
