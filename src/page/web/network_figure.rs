//! The picture of the network: two networks side by side, what is pointed at, and the texts around them.

use crate::{
    chart_data,
    chart_selection::ChartSelection,
    kept_networks::{KeptArrays, KeptNetworks},
    moment::Stage,
    network_focus::{FocusStep, next_node},
    network_texts::{self, WeightFate},
    network_view::{self, NetworkPanel, PanelMask},
    preview::RecordedNetworks,
    shown_results::ShownResults,
    web::{
        dom::{self, CachedText},
        network_canvas::Sheet,
        network_histogram::NetworkHistogram,
        network_panel::{Panel, ShownRound, StageProgress},
    },
};
use chart::{
    masks::NEVER_PRUNED,
    network::{LineClass, sign_color},
    network_layout::Thing,
    network_nodes,
    network_sample::ConnectionSample,
    style::Theme,
};
use experiment::{config::ExperimentConfig, data_words, job::JobId};
use wasm_bindgen::JsValue;
use web_sys::{Element, HtmlElement};

/// An image that is shown to the networks.
#[allow(dead_code, reason = "for the panel of drawn digits")]
pub(super) struct NetworkInput {
    /// Its pixel values, from 0 to 1.
    pub(super) pixels: Vec<f32>,
    /// For each of [`NetworkFigure::jobs`] what the units of each layer give: the hidden layers, then the logits. `None`
    /// if that is not known.
    pub(super) activations: Vec<Option<Vec<Vec<f32>>>>,
}

/// What the pictures of a round depend on.
#[derive(Clone, PartialEq)]
struct RoundKey {
    round: u32,
    panels: Vec<NetworkPanel>,
    known_round: u32,
    /// The arrays of each network, of the same arm in the round before, and of the dense network.
    arrays: Vec<Option<KeptArrays>>,
    trained: Vec<bool>,
    recorded: bool,
}

/// The figure.
pub(super) struct NetworkFigure {
    holder: HtmlElement,
    title: CachedText,
    caption: CachedText,
    thing_text: CachedText,
    key: Element,
    readings: Element,
    reading_sheets: Vec<Sheet>,
    reading_captions: Vec<CachedText>,
    pub(super) panels: [Panel; 2],
    histogram: NetworkHistogram,
    shown: ShownRound,
    round_key: Option<RoundKey>,
    at: StageProgress,
    /// Whether the shown round is over, so that its last values may be told.
    over: bool,
    pixels: Option<Vec<f32>>,
    hovered: Option<Thing>,
    chosen: Option<Thing>,
    /// The node whose strongest connections the keyboard goes through, and the number of the one that it is at.
    walk: Option<(Thing, usize)>,
    theme: Theme,
    scale: f64,
    text_is_old: bool,
    /// Where the stage was when the networks were last drawn.
    painted_at: Option<StageProgress>,
    /// The panel whose turn it is.
    turn: usize,
}

impl NetworkFigure {
    /// Finds the elements of the figure.
    pub(super) fn new(config: &ExperimentConfig) -> NetworkFigure {
        let sheet = |n: usize| dom::needed(Sheet::of(dom::by_id(&format!("network-reading-{n}"))));
        let caption = |n: usize| CachedText::of(&format!("network-reading-name-{n}"));
        let holder: HtmlElement = dom::by_id("network-panels");
        dom::set_attribute(&holder, "aria-label", network_texts::figure_label());
        NetworkFigure {
            holder,
            title: CachedText::of("title-network"),
            caption: CachedText::of("note-network"),
            thing_text: CachedText::of("network-thing"),
            key: dom::by_id("network-key"),
            readings: dom::by_id("network-readings"),
            reading_sheets: vec![sheet(0), sheet(1)],
            reading_captions: vec![caption(0), caption(1)],
            panels: [Panel::new(0), Panel::new(1)],
            histogram: dom::needed(NetworkHistogram::new()),
            shown: shown_round(config, 0, vec![NEVER_PRUNED; config.model.weight_count()], 0),
            round_key: None,
            at: StageProgress { stage: Stage::Rewind, progress: 1.0 },
            over: false,
            pixels: None,
            hovered: None,
            chosen: None,
            walk: None,
            theme: Theme::Light,
            scale: 0.0,
            text_is_old: true,
            painted_at: None,
            turn: 0,
        }
    }

    /// The element whose size determines that of the networks, and that hears pointer and keys.
    pub(super) fn holder(&self) -> &HtmlElement {
        &self.holder
    }

    /// The jobs whose networks are shown.
    #[allow(dead_code, reason = "for the panel of drawn digits")]
    pub(super) fn jobs(&self) -> Vec<JobId> {
        self.panels.iter().filter_map(|panel| panel.subject).map(|subject| subject.job).collect()
    }

    /// Shows the networks at a moment. `progress` says how far its stage has come, from 0 to 1. It costs little where
    /// nothing has changed. `recorded` is what is known of the networks of a recorded run.
    pub(super) fn show(
        &mut self,
        results: ShownResults<'_>,
        kept: &KeptNetworks,
        selection: &ChartSelection,
        progress: f64,
        recorded: Option<&RecordedNetworks>,
    ) {
        let layer = match self.chosen {
            Some(Thing::Unit { layer, .. } | Thing::Connection { layer, .. }) => layer,
            _ => 0,
        };
        self.histogram.show(results, kept, layer);
        let config = results.config();
        let moment = results.moment();
        let panels = network_view::panels(results, selection);
        let prune_rounds = results.prune_rounds(config.seeds.first());
        let last_known = prune_rounds.map_or(0, |rounds| rounds.last_known_round());
        let jobs = panels.iter().flat_map(|panel| [Some(panel.job), panel.job_before()]).flatten();
        let dense = panels.first().map(|panel| JobId { round: 0, draw: 0, ..panel.job });
        let key = RoundKey {
            round: moment.round,
            known_round: last_known.min(moment.round + 1),
            arrays: jobs.chain(dense).map(|job| kept.get(job).copied()).collect(),
            trained: panels.iter().map(|panel| results.finished_job(panel.job).is_some()).collect(),
            recorded: recorded.is_some(),
            panels,
        };
        let was_recorded = self.shown.recorded.is_some();
        let is_new_run = *config != self.shown.config || was_recorded != recorded.is_some();
        let at = StageProgress { stage: moment.stage, progress: progress.clamp(0.0, 1.0) };
        let over = moment.is_round_over(config, moment.round);
        self.text_is_old |= (at.stage, over) != (self.at.stage, self.over);
        (self.at, self.over) = (at, over);
        if !is_new_run && self.round_key.as_ref() == Some(&key) {
            return;
        }
        let bytes = match prune_rounds {
            Some(rounds) => rounds.bytes().to_vec(),
            None => vec![NEVER_PRUNED; config.model.weight_count()],
        };
        let round = u8::try_from(moment.round).unwrap_or(NEVER_PRUNED - 1);
        self.shown = shown_round(config, round, bytes, last_known);
        self.shown.recorded = recorded.cloned();
        for (number, panel) in self.panels.iter_mut().enumerate() {
            let subject = key.panels.get(number).copied();
            let trained = key.trained.get(number).copied().unwrap_or(false);
            panel.show_round(&self.shown, subject, kept, trained);
        }
        let _ = self.holder.toggle_attribute_with_force("data-single", key.panels.len() < 2);
        self.round_key = Some(key);
        if is_new_run {
            (self.hovered, self.chosen, self.walk) = (None, None, None);
        }
        self.follow_focus();
    }

    /// Shows an image and what the networks make of it, or neither.
    #[allow(dead_code, reason = "for the panel of drawn digits")]
    pub(super) fn set_input(&mut self, input: Option<NetworkInput>) {
        let (pixels, activations) = match input {
            Some(input) => (Some(input.pixels), input.activations),
            None => (None, Vec::new()),
        };
        self.pixels = pixels;
        let mut activations = activations.into_iter();
        for panel in &mut self.panels {
            panel.activations = activations.next().flatten();
            panel.dirty = true;
        }
    }

    /// Reads the size of the figure from the page.
    pub(super) fn measure(&mut self) {
        for panel in &mut self.panels {
            panel.dirty |= panel.view.measure();
        }
        self.histogram.measure();
    }

    /// Draws what has changed. Returns whether it wants to be called again although nothing changes, because one of two
    /// networks waits for its turn.
    pub(super) fn paint(&mut self, theme: Theme, scale: f64) -> Result<bool, JsValue> {
        if (theme, scale) != (self.theme, self.scale) {
            (self.theme, self.scale) = (theme, scale);
            self.panels.iter_mut().for_each(|panel| panel.dirty = true);
            self.histogram.mark_dirty();
            self.fill_key();
            self.text_is_old = true;
        }
        if self.text_is_old {
            self.text_is_old = false;
            self.show_texts()?;
        }
        // Within a stage the two networks take turns, because drawing lines is most of what a frame costs.
        let stays = self.painted_at.is_some_and(|painted| painted.stage == self.at.stage);
        let taking_turns = stays && self.panels.iter().all(|panel| panel.subject.is_some() && !panel.dirty);
        let moved = self.painted_at.replace(self.at) != Some(self.at);
        let mut waits = false;
        for number in [self.turn, 1 - self.turn] {
            let panel = &mut self.panels[number];
            if panel.subject.is_none() {
                continue;
            }
            let drawn = panel.paint(&self.shown, self.pixels.as_deref(), self.at, theme, scale)?;
            if drawn && taking_turns {
                (self.turn, waits) = (1 - number, moved);
                break;
            }
        }
        self.histogram.paint(theme, scale)?;
        Ok(waits)
    }

    fn show_texts(&mut self) -> Result<(), JsValue> {
        let subjects: Vec<NetworkPanel> = self.panels.iter().filter_map(|panel| panel.subject).collect();
        let counts: Vec<(usize, u32)> = self.panels.iter().filter_map(Panel::line_counts).collect();
        let lines = counts.first().copied();
        self.title.show(&network_texts::title(&self.shown.config, &subjects, lines));
        let dying = self.shown.round.saturating_add(1);
        let prunes = self.at.stage == Stage::Prune && subjects.iter().any(|s| s.mask == PanelMask::Ticket);
        let struck_out = match prunes {
            true => self.shown.prune_rounds.iter().filter(|&&byte| byte == dying).count() as u32,
            false => 0,
        };
        let drawn = self.panels.iter().filter(|panel| panel.line_counts().is_some());
        let known: Vec<_> = drawn.map(|panel| panel.known).collect();
        match counts.first() {
            Some(&(lines, survivors)) => {
                self.caption.show(&network_texts::caption(lines, survivors, struck_out, &known));
            }
            None => self.caption.show(""),
        }
        self.show_thing()
    }

    /// Describes what is pointed at.
    fn show_thing(&mut self) -> Result<(), JsValue> {
        let Some(thing) = self.focus() else {
            self.thing_text.show(match self.shown.recorded {
                Some(_) => network_texts::nothing_to_point_at(),
                None => network_texts::nothing_pointed_at(&self.shown.shape),
            });
            return self.readings.toggle_attribute_with_force("hidden", true).map(drop);
        };
        let shown = &self.shown;
        let of_panel = |panel: &Panel| panel.pointed(shown, thing, self.at, self.over);
        let networks: Vec<_> = self.panels.iter().filter_map(of_panel).collect();
        let fate = self.fate(thing);
        let words = network_texts::thing_in_words(&shown.config, &shown.shape, thing, fate, &networks);
        self.thing_text.show(&words);
        let unit = match thing {
            Thing::Unit { layer: 0, index } => Some(index),
            _ => None,
        };
        let readings: Vec<Vec<Option<f32>>> = self
            .panels
            .iter()
            .map(|panel| unit.map_or(Vec::new(), |unit| panel.reading(shown, unit, self.over)))
            .collect();
        let sizes = readings.iter().flatten().flatten().map(|value| value.abs());
        let most = sizes.fold(0.0, f32::max);
        let mut rgba = Vec::new();
        for (number, reading) in readings.iter().enumerate() {
            let sheet = &self.reading_sheets[number];
            let parent = sheet.canvas.parent_element();
            parent.map(|parent| parent.toggle_attribute_with_force("hidden", reading.is_empty()));
            if reading.is_empty() {
                continue;
            }
            let read = chart_data::input_shape(&shown.config.model);
            let width = network_nodes::paint_reading(reading, read, most, self.theme, &mut rgba);
            sheet.put_pixels(&rgba, width)?;
            let name = self.panels[number].subject.map_or("", |subject| subject.style.chart_label());
            self.reading_captions[number].show(&network_texts::reading_caption(
                name,
                self.over,
                shown.shape.channels,
            ));
        }
        self.readings.toggle_attribute_with_force("data-colors", shown.shape.channels > 1)?;
        let nothing = readings.iter().all(Vec::is_empty);
        self.readings.toggle_attribute_with_force("hidden", nothing).map(drop)
    }

    /// What has become of a weight of the ticket's mask.
    fn fate(&self, thing: Thing) -> WeightFate {
        let Thing::Connection { layer, output, input } = thing else { return WeightFate::Alive };
        let shape = &self.shown.shape;
        let inputs = shape.layers.get(layer).map_or(0, |size| size.0);
        let weight = shape.first_weight(layer) + output * inputs + input;
        match self.shown.prune_rounds.get(weight) {
            Some(&byte) if byte <= self.shown.round => {
                WeightFate::PrunedAfter(u32::from(byte).saturating_sub(1))
            }
            Some(&byte) if self.at.stage == Stage::Prune && byte == self.shown.round + 1 => WeightFate::Dying,
            _ => WeightFate::Alive,
        }
    }

    fn focus(&self) -> Option<Thing> {
        self.hovered.or(self.chosen)
    }

    /// Shows the connections of what is pointed at.
    fn follow_focus(&mut self) {
        let focus = self.focus();
        self.panels.iter_mut().for_each(|panel| panel.show_focus(&self.shown, focus));
        self.text_is_old = true;
    }

    /// Notes where the pointer is: in which network and where, in CSS pixels, or `None` outside.
    pub(super) fn hover(&mut self, at: Option<(usize, f64, f64)>) {
        let at = at.filter(|_| self.shown.recorded.is_none());
        let thing = at.and_then(|(number, x, y)| self.panels.get(number)?.thing_at(x, y));
        if thing != self.hovered {
            self.hovered = thing;
            self.follow_focus();
        }
    }

    /// Chooses what is at a place, which then stays in focus.
    pub(super) fn choose(&mut self, (number, x, y): (usize, f64, f64)) {
        if self.shown.recorded.is_some() {
            return;
        }
        let thing = self.panels.get(number).and_then(|panel| panel.thing_at(x, y));
        (self.chosen, self.walk) = (thing.filter(|thing| Some(*thing) != self.chosen), None);
        self.follow_focus();
    }

    /// Moves the focus by keyboard. Returns whether the key did anything.
    pub(super) fn step(&mut self, step: FocusStep) -> bool {
        if self.shown.recorded.is_some() {
            return false;
        }
        let shape = &self.shown.shape;
        let before = self.chosen;
        match (step, self.chosen) {
            (FocusStep::Back, _) => self.chosen = self.walk.take().map(|walk| walk.0),
            (FocusStep::Strongest, chosen) => {
                let next = match (self.walk, chosen) {
                    (Some((node, index)), _) => Some((node, index + 1)),
                    (None, Some(node)) => Some((node, 0)),
                    (None, None) => None,
                };
                let Some((node, index)) = next else { return false };
                if let Some(thing) = self.strongest(node, index) {
                    (self.walk, self.chosen) = (Some((node, index)), Some(thing));
                }
            }
            (step, chosen) => {
                self.walk = None;
                self.chosen = Some(next_node(shape, chosen, step));
            }
        }
        self.hovered = None;
        if before != self.chosen {
            self.follow_focus();
        }
        before != self.chosen || step != FocusStep::Back
    }

    /// The connection of a node that is as strong as `index` others are stronger, in the first network that has values.
    fn strongest(&mut self, node: Thing, index: usize) -> Option<Thing> {
        let panel = &mut self.panels[0];
        panel.show_focus(&self.shown, Some(node));
        let strongest = panel.strongest(node, self.at);
        let (connection, _) = strongest.get(index % strongest.len().max(1))?;
        Some(Thing::Connection {
            layer: connection.layer as usize,
            output: connection.output as usize,
            input: connection.input as usize,
        })
    }

    fn fill_key(&self) {
        self.key.set_text_content(None);
        // The colour in the middle of the animation, between the flash and the trace that stays.
        let dying = LineClass::Dying.style(self.theme, 0.4).color.css();
        let sign = |negative| sign_color(self.theme, negative).css();
        let line = |color: String, dash: &str| {
            let at = [("x1", "0"), ("x2", "24"), ("y1", "6"), ("y2", "6"), ("stroke-width", "2")];
            let line = dom::new_svg_element("line", &at);
            dom::set_attribute(&line, "stroke", &color);
            dom::set_attribute(&line, "stroke-dasharray", dash);
            line
        };
        let ring = dom::new_svg_element(
            "circle",
            &[("cx", "12"), ("cy", "6"), ("r", "3"), ("fill", "none"), ("stroke-width", "1.5")],
        );
        dom::set_attribute(&ring, "stroke", &self.theme.axis().css());
        let marks = [line(sign(false), ""), line(sign(true), "7 4"), line(dying, ""), ring];
        for (mark, name) in marks.iter().zip(network_texts::key()) {
            let size = [("viewBox", "0 0 24 12"), ("width", "24"), ("height", "12"), ("aria-hidden", "true")];
            let picture = dom::new_svg_element("svg", &size);
            dom::append_children(&picture, &[mark]);
            let entry = dom::new_element("span", "", "");
            dom::append_children(&entry, &[&picture, &dom::new_element("span", "", name)]);
            dom::append_children(&self.key, &[&entry]);
        }
    }
}

fn shown_round(config: &ExperimentConfig, round: u8, prune_rounds: Vec<u8>, last_known: u32) -> ShownRound {
    let shape = network_view::network_shape(config);
    let last = u8::try_from(last_known).unwrap_or(NEVER_PRUNED - 1);
    let sample = ConnectionSample::new(&shape, &prune_rounds, last.min(round), network_view::MOST_LINES);
    ShownRound {
        config: config.clone(),
        usual: network_view::usual_values(config),
        classes: data_words::class_names(&config.data),
        shape,
        round,
        prune_rounds,
        last_known_round: last_known,
        recorded: None,
        sample,
    }
}
