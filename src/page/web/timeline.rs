//! The timeline: a slider over the rounds of the run, on which the shown moment can be moved by pointer and keys.

use crate::{
    display,
    state::{State, TimelineMove, UserAction},
    status_line,
    web::{dom, state_updates::update_state},
};
use experiment::moment::Moment;
use numbers::percent;
use web_sys::{Element, HtmlElement, HtmlInputElement, KeyboardEvent};

/// Steps of the slider for each round.
const STEPS: f64 = 1000.0;

/// The timeline on the page.
pub(super) struct Timeline {
    slider: HtmlInputElement,
    rounds: Element,
    /// What is computed, behind the slider.
    computed: HtmlElement,
    /// What is shown of it.
    played: HtmlElement,
    /// The labels of the rounds that are there now.
    labels: Vec<String>,
}

impl Timeline {
    /// Finds the timeline on the page and installs its listeners.
    pub(super) fn new() -> Timeline {
        let slider: HtmlInputElement = dom::by_id("timeline");
        let moved = slider.clone();
        dom::add_listener(&slider, "input", move |_: web_sys::Event| {
            let position = moved.value_as_number() / STEPS;
            go_to(TimelineMove::Position(position));
        });
        dom::add_listener(&slider, "keydown", |event: KeyboardEvent| {
            if event.ctrl_key() || event.alt_key() || event.meta_key() {
                return;
            }
            let action = match &*event.key() {
                "ArrowRight" | "ArrowUp" => UserAction::GoTo(TimelineMove::Stop { forward: true }),
                "ArrowLeft" | "ArrowDown" => UserAction::GoTo(TimelineMove::Stop { forward: false }),
                "PageUp" => UserAction::GoTo(TimelineMove::RoundEnd { forward: true }),
                "PageDown" => UserAction::GoTo(TimelineMove::RoundEnd { forward: false }),
                "Home" => UserAction::GoTo(TimelineMove::Moment(Moment::START)),
                "End" => UserAction::GoTo(TimelineMove::Frontier),
                " " => UserAction::Play,
                _ => return,
            };
            event.prevent_default();
            update_state(move |state, now| state.on_action(action, now));
        });
        Timeline {
            slider,
            rounds: dom::by_id("timeline-rounds"),
            computed: dom::by_id("bar"),
            played: dom::by_id("timeline-played"),
            labels: Vec::new(),
        }
    }

    /// Shows the moment, and how far the run is computed, as a share from 0 to 1 while the page is loading.
    pub(super) fn show(&mut self, state: &State, loaded: Option<f64>) {
        let config = state.config_on_screen();
        let rounds = f64::from(config.last_round() + 1);
        let moment = state.on_screen().moment();
        let nothing = state.on_screen().nothing_started();
        let share = |moment, progress| match nothing {
            true => 0.0,
            false => display::timeline_position(config, moment, progress) / rounds,
        };
        let (frontier, shown) = (state.frontier_on_screen(), share(moment, state.progress_on_screen()));
        scale(&self.computed, loaded.unwrap_or(share(frontier, display::whole_progress(config, frontier))));
        scale(&self.played, shown);
        dom::set_attribute_if_changed(&self.slider, "max", &(rounds * STEPS).to_string());
        let value = (shown * rounds * STEPS).round();
        if self.slider.value_as_number() != value {
            self.slider.set_value_as_number(value);
        }
        dom::set_attribute_if_changed(&self.slider, "aria-valuetext", &status_line::timeline_text(state));
        if self.slider.disabled() != nothing {
            self.slider.set_disabled(nothing);
        }
    }

    /// Shows the rounds of an experiment, and which of them is shown.
    pub(super) fn show_rounds(&mut self, state: &State) {
        let config = state.config_on_screen();
        let total = config.model.weight_count() as f64;
        let planned = experiment::prune_counts::total_survivors_per_round(config);
        let labels: Vec<String> = planned
            .into_iter()
            .take(config.last_round() as usize + 1)
            .map(|left| percent(f64::from(left) / total))
            .collect();
        if labels != self.labels {
            self.rounds.set_text_content(None);
            for (round, label) in labels.iter().enumerate() {
                let item = dom::new_element("li", "", "");
                dom::set_attribute(&item, "data-mark-round", &round.to_string());
                dom::append_children(
                    &item,
                    &[&dom::new_element("b", "", &round.to_string()), &dom::new_element("span", "", label)],
                );
                dom::append_children(&self.rounds, &[&item]);
            }
            dom::set_attribute(&self.rounds, "data-rounds", if labels.len() > 9 { "many" } else { "few" });
            self.labels = labels;
        }
    }
}

fn scale(element: &HtmlElement, share: f64) {
    let _ = element.style().set_property("transform", &format!("scaleX({share:.4})"));
}

fn go_to(to: TimelineMove) {
    update_state(move |state, now| state.on_action(UserAction::GoTo(to), now));
}
