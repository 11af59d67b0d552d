//! The legend, with a switch for each arm that shows its colour, dash and marker as in the charts, and the other
//! choices of what the charts show.

use crate::web::{dom, state_updates::update_state, terms as term_marks};
use crate::{
    chart_selection::{ChartSelection, SelectionChange},
    metric::{Metric, corruption_in_words},
    state::UserAction,
    terms,
};
use chart::{
    arm_style::{ArmStyle, Marker},
    style::Theme,
};
use texts::fill;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlInputElement, HtmlSelectElement};

/// The legend on the page.
pub(super) struct Legend {
    list: Element,
    switches: Vec<(&'static ArmStyle, Element)>,
    /// The field of the metric, with an option for each that the experiment has.
    metrics: HtmlSelectElement,
    /// The names of its options.
    offered: Vec<&'static str>,
    /// The field of the corruption.
    corruptions: HtmlSelectElement,
    each_trial: Element,
    /// The field of the accuracy to reach.
    reach: Element,
    theme: Theme,
}

impl Legend {
    /// Finds the empty legend and the choices beside it, and installs their listeners.
    pub(super) fn new() -> Legend {
        let list: Element = dom::by_id("legend");
        dom::add_listener(&list, "click", |event: web_sys::Event| {
            let target: Option<Element> = event.target().and_then(|target| target.dyn_into().ok());
            let switch = target.and_then(|target| target.closest("[data-arm]").ok().flatten());
            if let Some(name) = switch.and_then(|switch| switch.get_attribute("data-arm")) {
                change_selection(SelectionChange::Arm(ArmStyle::by_name(&name).name));
            }
        });
        let each: HtmlInputElement = dom::by_id("each-trial");
        dom::add_listener(&each.clone(), "change", move |_: web_sys::Event| {
            change_selection(SelectionChange::EachTrial(each.checked()))
        });
        let metric: HtmlSelectElement = dom::by_id("reading");
        let metrics = metric.clone();
        dom::add_listener(&metric.clone(), "change", move |_: web_sys::Event| {
            let chosen = metric.value();
            if let Some(selection) = Metric::SELECTABLE.iter().find(|selection| selection.name() == chosen) {
                change_selection(SelectionChange::Metric(*selection));
            }
        });
        let corruption: HtmlSelectElement = dom::by_id("corruption");
        for metric in Metric::corrupted() {
            let Metric::Corrupted(corrupted, strength) = metric else { continue };
            let words = corruption_in_words(corrupted, strength);
            let option = dom::new_element("option", "", &words);
            dom::set_attribute(&option, "value", &format!("{}.{strength}", corrupted.name()));
            dom::append_children(&corruption, &[&option]);
        }
        let corruptions = corruption.clone();
        dom::add_listener(&corruption.clone(), "change", move |_: web_sys::Event| {
            if let Some(chosen) = Metric::corrupted().nth(corruption.selected_index() as usize) {
                change_selection(SelectionChange::Metric(chosen));
            }
        });
        let each_trial = dom::by_id("each-trial-label");
        let reach = dom::by_id("reach-label");
        Legend {
            list,
            switches: Vec::new(),
            metrics,
            offered: Vec::new(),
            corruptions,
            each_trial,
            reach,
            theme: Theme::Light,
        }
    }

    /// Shows the selection. The switches are only replaced for other arms or another theme, so that they keep the
    /// focus.
    pub(super) fn show(&mut self, selection: &ChartSelection, theme: Theme) {
        let styles = selection.arms().iter().map(|arm| arm.0);
        if theme != self.theme || !styles.clone().eq(self.switches.iter().map(|switch| switch.0)) {
            self.theme = theme;
            self.list.set_text_content(None);
            self.switches = styles.map(|style| (style, self.switch(style))).collect();
        }
        for ((_, on), (_, switch)) in selection.arms().iter().zip(&self.switches) {
            dom::set_attribute(switch, "aria-pressed", if *on { "true" } else { "false" });
        }
        let metrics = selection.metrics();
        let same_kind = |metric: &Metric| metric.name() == selection.metric.name();
        let names = || metrics.iter().map(|metric| metric.name());
        if !names().eq(self.offered.iter().copied()) {
            self.offered = names().collect();
            self.metrics.set_text_content(None);
            for metric in metrics {
                dom::append_children(&self.metrics, &[&dom::new_element("option", "", metric.name())]);
            }
        }
        let chosen = metrics.iter().position(same_kind).map_or(0, |chosen| chosen as i32);
        if self.metrics.selected_index() != chosen {
            self.metrics.set_selected_index(chosen);
        }
        let corrupted = Metric::corrupted().position(|metric| metric == selection.metric);
        if let Some(corrupted) = corrupted.filter(|at| self.corruptions.selected_index() != *at as i32) {
            self.corruptions.set_selected_index(corrupted as i32);
        }
        let _ = self.corruptions.toggle_attribute_with_force("hidden", corrupted.is_none());
        let _ = self.each_trial.toggle_attribute_with_force("hidden", !selection.has_trials());
        let _ = self.reach.toggle_attribute_with_force("hidden", selection.metric != Metric::Reach);
    }

    fn switch(&self, style: &'static ArmStyle) -> Element {
        let switch = dom::new_element("button", "", "");
        let hint = fill!("legend.switch", arm = style.legend_label());
        for (name, value) in [("type", "button"), ("data-arm", style.name), ("title", &hint)] {
            dom::set_attribute(&switch, name, value);
        }
        dom::append_children(
            &switch,
            &[
                &line_sample(style, self.theme, "0 0 40 16"),
                &dom::new_element("span", "long", style.legend_label()),
                &dom::new_element("span", "short", style.chart_label()),
            ],
        );
        let item = dom::new_element("li", "", "");
        dom::append_children(&item, &[&switch]);
        if let Some(term) = terms::by_id(style.name) {
            dom::append_children(&item, &[&term_marks::mark(term)]);
        }
        dom::append_children(&self.list, &[&item]);
        switch
    }
}

fn change_selection(change: SelectionChange) {
    update_state(move |state, now| state.on_action(UserAction::Choose(change), now));
}

/// Draws a short piece of an arm's line with its marker. `view_box` selects the part of the picture that is shown, as
/// four numbers in SVG units.
pub(super) fn line_sample(style: &ArmStyle, theme: Theme, view_box: &str) -> Element {
    let (color, dashes) = (style.css_color(theme), style.svg_dasharray());
    let width = view_box.split(' ').nth(2).unwrap_or("40");
    let picture = dom::new_svg_element(
        "svg",
        &[("viewBox", view_box), ("width", width), ("height", "16"), ("aria-hidden", "true")],
    );
    let line = [("d", "M1 8H39"), ("stroke", &color), ("stroke-width", "2"), ("fill", "none")];
    let line = dom::new_svg_element("path", &line);
    if !dashes.is_empty() {
        dom::set_attribute(&line, "stroke-dasharray", &dashes);
    }
    let (outline, filled) = match style.marker {
        Marker::Circle => ("M16 8a4 4 0 1 0 8 0a4 4 0 1 0-8 0z", true),
        Marker::HollowCircle => ("M16 8a4 4 0 1 0 8 0a4 4 0 1 0-8 0z", false),
        Marker::Square => ("M16.5 4.5h7v7h-7z", true),
        Marker::HollowSquare => ("M16.5 4.5h7v7h-7z", false),
        Marker::TriangleUp => ("M20 3.5l4.5 8h-9z", true),
        Marker::TriangleDown => ("M20 12.5l4.5-8h-9z", true),
        Marker::Diamond => ("M20 3l5 5-5 5-5-5z", true),
        Marker::HollowDiamond => ("M20 3l5 5-5 5-5-5z", false),
        Marker::HollowTriangleUp => ("M20 3.5l4.5 8h-9z", false),
        Marker::HollowTriangleDown => ("M20 12.5l4.5-8h-9z", false),
        Marker::TriangleRight => ("M24 8l-8 4.5v-9z", true),
        Marker::TriangleLeft => ("M16 8l8-4.5v9z", true),
        Marker::Asterisk => ("M20 3v10m-4.3-7.5l8.6 5m0-5l-8.6 5", false),
        Marker::DottedCircle => ("M16 8a4 4 0 1 0 8 0a4 4 0 1 0-8 0zM19.5 8h1", false),
        Marker::DiagonalCross => ("M16.5 4.5l7 7m0-7l-7 7", false),
        Marker::UprightCross => ("M20 3v10m-5-5h10", false),
        Marker::BarredCircle => ("M16 14.5h8M16 8a4 4 0 1 0 8 0a4 4 0 1 0-8 0z", true),
        Marker::BarredHollowCircle => ("M16 14.5h8M16 8a4 4 0 1 0 8 0a4 4 0 1 0-8 0z", false),
        Marker::PoledCircle => ("M20 1v3m0 8v3M16 8a4 4 0 1 0 8 0a4 4 0 1 0-8 0z", true),
        Marker::PoledHollowCircle => ("M20 1v3m0 8v3M16 8a4 4 0 1 0 8 0a4 4 0 1 0-8 0z", false),
        Marker::PoledSquare => ("M20 1v3.5m0 7v3.5M16.5 4.5h7v7h-7z", true),
    };
    let inside = if filled { color.clone() } else { theme.background().css() };
    let marker = [("d", outline), ("stroke", &color), ("stroke-width", "2"), ("fill", &inside)];
    dom::append_children(&picture, &[&line, &dom::new_svg_element("path", &marker)]);
    picture
}
