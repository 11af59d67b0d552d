//! One look at the state, and the page shows it: called once a frame at most, touches only what has changed.

use crate::web::{
    claims::Claims,
    dom::{self, Text},
    fields::Fields,
    heatmaps::Heatmaps,
    legend::Legend,
    plots::{Kind, Plot},
    shown::{self, Table},
};
use crate::{
    forecast, lead, reading::Metric, state::State, status::PageStatus, status_line, table, texts, words,
};
use chart::Theme;
use experiment::settings::Settings;
use protocol::JobPhase;
use wasm_bindgen::JsValue;
use web_sys::{Element, HtmlButtonElement, HtmlElement};

/// Least seconds between two drawings of what running jobs change.
const LIVE: f64 = 0.08;
/// Least seconds between two forecasts, so that they can be read.
const FORECAST: f64 = 0.4;

/// The page as shown.
pub(super) struct View {
    /// The fields of the settings.
    pub(super) fields: Fields,
    body: Element,
    stages: Vec<(JobPhase, Element)>,
    bar: HtmlElement,
    texts: Texts,
    buttons: Buttons,
    error: Element,
    refused: Element,
    legend: Legend,
    remarks: Element,
    mask_key: Element,
    table: Table,
    claims: Claims,
    pub(super) plots: Vec<Plot>,
    pub(super) heatmaps: Heatmaps,
    theme: Theme,
    scale: f64,
    /// Whether sizes, theme or resolution may have changed.
    pub(super) unsettled: bool,
    /// Whether another round's mask was asked for.
    pub(super) looked_back: bool,
    drawn: f64,
    forecast: Option<f64>,
    forecast_at: f64,
}

struct Texts {
    place: Text,
    lead: Text,
    source: Text,
    masks: Text,
    live: Text,
    play: Text,
    title: Text,
    text: Text,
    advice: Text,
}

struct Buttons {
    play: HtmlButtonElement,
    step: HtmlButtonElement,
    round: HtmlButtonElement,
    reset: HtmlButtonElement,
    export: HtmlButtonElement,
}

impl View {
    /// Finds everything on the page and holds it.
    pub(super) fn new(settings: &Settings) -> Result<View, JsValue> {
        let stage = |phase, name: &str| -> Result<(JobPhase, Element), JsValue> {
            let found = dom::document().query_selector(&format!("[data-stage={name}]"))?;
            Ok((phase, found.ok_or("index.html lacks a stage of the strip")?))
        };
        Ok(View {
            fields: Fields::new()?,
            body: shown::body()?,
            stages: vec![
                stage(JobPhase::Train, "train")?,
                stage(JobPhase::Prune, "prune")?,
                stage(JobPhase::Rewind, "rewind")?,
            ],
            bar: dom::by_id("bar")?,
            texts: Texts {
                place: Text::of("where")?,
                lead: Text::of("lead")?,
                source: Text::of("lead-source")?,
                masks: Text::of("mask-round")?,
                live: Text::of("live")?,
                play: Text::of("play-label")?,
                title: Text::of("error-title")?,
                text: Text::of("error-text")?,
                advice: Text::of("error-advice")?,
            },
            buttons: Buttons {
                play: dom::by_id("play")?,
                step: dom::by_id("step")?,
                round: dom::by_id("round")?,
                reset: dom::by_id("reset")?,
                export: dom::by_id("export")?,
            },
            error: dom::by_id("error")?,
            refused: dom::by_id("refused")?,
            legend: Legend::new()?,
            remarks: dom::by_id("remarks")?,
            mask_key: dom::by_id("mask-key")?,
            table: Table::new()?,
            claims: Claims::new()?,
            plots: vec![
                Plot::new("curves", Kind::Curves)?,
                Plot::new("rounds-accuracy", Kind::Rounds(None))?,
                Plot::new("rounds-stop", Kind::Rounds(Some(Metric::EarlyStop)))?,
                Plot::new("layers", Kind::Layers)?,
                Plot::new("cost", Kind::Cost)?,
            ],
            heatmaps: Heatmaps::new(&settings.config)?,
            theme: Theme::Light,
            scale: 0.0,
            unsettled: true,
            looked_back: false,
            drawn: f64::NEG_INFINITY,
            forecast: None,
            forecast_at: f64::NEG_INFINITY,
        })
    }

    /// Says what was not taken, and why.
    pub(super) fn refuse(&self, refused: &[String]) {
        shown::refused(&self.refused, refused);
    }

    /// Shows the state; whether there is more to draw in the next frame.
    pub(super) fn paint(&mut self, state: &mut State, now: f64) -> bool {
        let changes = state.take_redraw_needs();
        if changes.all {
            (self.forecast, self.forecast_at) = (None, f64::NEG_INFINITY);
        }
        let theme = self.theme;
        let settle = self.unsettled || changes.all;
        if settle {
            self.settle();
        }
        if settle || changes.choice {
            self.legend.show(state.choice(), self.theme);
            shown::texts(&texts::by_element_id(state.config(), state.choice()));
        }
        if changes.all {
            shown::lines(&self.remarks, &texts::settings_remarks(state.settings()));
        }
        self.strip(state, now);
        self.notices(state);
        if changes.rounds || changes.all || theme != self.theme {
            self.table.show(table::table_rows(state.record()), self.theme);
        }
        if changes.claims || changes.all {
            self.claims.show(state.scored_claims());
        }
        if changes.masks || changes.all {
            self.heatmaps.take(state.record(), now, changes.masks && !changes.all);
        }
        if changes.masks || changes.all || self.looked_back {
            self.looked_back = false;
            self.texts.masks.show(&words::mask_caption(state.record(), self.heatmaps.round()));
        }
        for plot in &mut self.plots {
            if changes.all || changes.rounds || changes.choice || (changes.curves && plot.is_live()) {
                plot.spoil();
            }
        }
        self.draw(state, now)
    }

    /// Draws one picture that has to be drawn; the next one waits for the next frame, so that no frame is long.
    fn draw(&mut self, state: &State, now: f64) -> bool {
        let live_waits = now - self.drawn < LIVE;
        let waiting = |plot: &Plot| plot.is_spoilt() && !(plot.is_live() && live_waits);
        if let Some(plot) = self.plots.iter_mut().find(|plot| waiting(plot)) {
            if plot.is_live() {
                self.drawn = now;
            }
            if let Err(error) = plot.draw(state.record(), state.choice(), self.theme, self.scale) {
                self.texts.source.show(&format!("A chart could not be drawn: {error}."));
            }
            return true;
        }
        let still = dom::media("(prefers-reduced-motion: reduce)");
        let more = self.heatmaps.paint(self.theme, self.scale, now, still).unwrap_or(false);
        more || self.plots.iter().any(Plot::is_spoilt)
    }

    /// Reads sizes, theme and resolution off the page.
    fn settle(&mut self) {
        self.unsettled = false;
        let theme = if dom::media("(prefers-color-scheme: dark)") { Theme::Dark } else { Theme::Light };
        let scale = dom::window().device_pixel_ratio();
        if (theme, scale) != (self.theme, self.scale) {
            (self.theme, self.scale) = (theme, scale);
            self.plots.iter_mut().for_each(Plot::spoil);
            self.heatmaps.spoil();
        }
        shown::mask_key(&self.mask_key, theme);
        self.plots.iter_mut().for_each(Plot::measure);
        self.heatmaps.measure();
    }

    fn strip(&mut self, state: &mut State, now: f64) {
        let standing = state.status();
        shown::mark(&self.body, "data-state", standing.name());
        if now - self.forecast_at >= FORECAST {
            self.forecast_at = now;
            self.forecast = forecast::seconds_left(state.record(), state.schedule(), state.workers().len());
            self.show_bar(state);
        }
        self.texts.place.show(&status_line::status_line(state, self.forecast));
        let phase = state.phase(now);
        for (stage, element) in &self.stages {
            if phase == Some(*stage) {
                shown::mark(element, "aria-current", "step");
            } else if element.has_attribute("aria-current") {
                let _ = element.remove_attribute("aria-current");
            }
        }
        let readout = lead::latest_comparison(state.record(), state.choice());
        let (lead, source) = lead::comparison_text(readout.as_ref(), state.choice());
        self.texts.lead.show(&lead);
        self.texts.source.show(&source);
        let label = status_line::play_label(state);
        self.texts.play.show(label);
        shown::mark(&self.buttons.play, "data-icon", if label == "Pause" { "pause" } else { "play" });
        let over = matches!(standing, PageStatus::Done | PageStatus::Failed);
        let moves = !over && standing != PageStatus::Loading;
        for (button, on) in [
            (&self.buttons.play, !over),
            (&self.buttons.step, moves),
            (&self.buttons.round, moves),
            (&self.buttons.reset, true),
            (&self.buttons.export, state.can_export()),
        ] {
            if button.disabled() == on {
                button.set_disabled(!on);
            }
        }
        if let Some(said) = state.take_announcement() {
            self.texts.live.show(&said);
        }
    }

    fn show_bar(&self, state: &State) {
        let done = match state.status() {
            PageStatus::Loading => state.download_fraction(),
            _ => forecast::done_fraction(state.record()),
        };
        let _ = self.bar.style().set_property("transform", &format!("scaleX({done:.4})"));
    }

    fn notices(&mut self, state: &mut State) {
        if let Some(message) = state.take_request_error() {
            self.refuse(&[message]);
        }
        if let Some(failure) = state.failure() {
            self.texts.title.show(words::failure_headline(failure));
            self.texts.text.show(&failure.message);
            self.texts.advice.show(words::failure_advice(failure));
        }
        let hidden = state.failure().is_none();
        if self.error.has_attribute("hidden") != hidden {
            let _ = self.error.toggle_attribute_with_force("hidden", hidden);
        }
    }
}
