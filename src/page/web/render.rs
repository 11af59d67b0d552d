//! Shows the state on the page, at most once in each animation frame. Only what has changed is redrawn.

use crate::web::{
    chart_canvas::{ChartCanvas, ChartKind},
    claims::ClaimsPanel,
    dom::{self, CachedText},
    dom_table::Table,
    fields::SettingFields,
    heatmaps::{self, Heatmaps},
    legend::Legend,
    next_panel::NextPanel,
};
use crate::{
    arm_comparison, element_texts, forecast, metric::Metric, refusals, state::State, status::PageStatus,
    status_line, strings, table,
};
use chart::style::Theme;
use experiment::job::JobPhase;
use experiment::settings::Settings;
use wasm_bindgen::JsValue;
use web_sys::{Element, HtmlButtonElement, HtmlElement};

/// Least seconds between two redraws of what running jobs change.
const LIVE_REDRAW_SECONDS: f64 = 0.08;
/// Least seconds between two forecasts, so that the user can read them.
const FORECAST_SECONDS: f64 = 0.4;

/// The visible page.
pub(super) struct PageView {
    /// The fields of the settings.
    pub(super) fields: SettingFields,
    body: Element,
    stages: Vec<(JobPhase, Element)>,
    bar: HtmlElement,
    texts: TextElements,
    buttons: Buttons,
    error: Element,
    rejected: Element,
    legend: Legend,
    remarks: Element,
    mask_key: Element,
    table: Table,
    claims: ClaimsPanel,
    next: NextPanel,
    /// What can be done when the run is over.
    afterwards: Element,
    digest: DigestLine,
    kept: KeptLine,
    pub(super) plots: Vec<ChartCanvas>,
    pub(super) heatmaps: Heatmaps,
    theme: Theme,
    scale: f64,
    /// Whether sizes, theme or resolution may have changed.
    pub(super) measuring_needed: bool,
    /// Whether the user has chosen the mask of another round.
    pub(super) looked_back: bool,
    last_live_drawing: f64,
    forecast: Option<f64>,
    forecast_at: f64,
}

struct TextElements {
    place: CachedText,
    lead: CachedText,
    early_stop: CachedText,
    source: CachedText,
    masks: CachedText,
    live: CachedText,
    play: CachedText,
    title: CachedText,
    text: CachedText,
    advice: CachedText,
}

/// The line about the networks that can be asked.
struct KeptLine {
    line: Element,
    note: Element,
    train_again: Element,
}

/// The line with the digest of the run.
struct DigestLine {
    line: Element,
    element: Element,
    note: Element,
}

struct Buttons {
    play: HtmlButtonElement,
    step: HtmlButtonElement,
    round: HtmlButtonElement,
    reset: HtmlButtonElement,
    export: HtmlButtonElement,
}

impl PageView {
    /// Finds all elements of the page.
    pub(super) fn new(settings: &Settings) -> Result<PageView, JsValue> {
        let stage = |phase, name: &str| -> Result<(JobPhase, Element), JsValue> {
            let found = dom::document().query_selector(&format!("[data-stage={name}]"))?;
            Ok((phase, found.ok_or("index.html lacks a stage of the strip")?))
        };
        Ok(PageView {
            fields: SettingFields::new()?,
            body: dom::body()?,
            stages: vec![
                stage(JobPhase::Train, "train")?,
                stage(JobPhase::Prune, "prune")?,
                stage(JobPhase::Rewind, "rewind")?,
            ],
            bar: dom::by_id("bar")?,
            texts: TextElements {
                place: CachedText::of("where")?,
                lead: CachedText::of("lead")?,
                early_stop: CachedText::of("note-stop")?,
                source: CachedText::of("lead-source")?,
                masks: CachedText::of("mask-round")?,
                live: CachedText::of("live")?,
                play: CachedText::of("play-label")?,
                title: CachedText::of("error-title")?,
                text: CachedText::of("error-text")?,
                advice: CachedText::of("error-advice")?,
            },
            buttons: Buttons {
                play: dom::by_id("play")?,
                step: dom::by_id("step")?,
                round: dom::by_id("round")?,
                reset: dom::by_id("reset")?,
                export: dom::by_id("export")?,
            },
            error: dom::by_id("error")?,
            rejected: dom::by_id("refused")?,
            legend: Legend::new()?,
            remarks: dom::by_id("remarks")?,
            mask_key: dom::by_id("mask-key")?,
            table: Table::new()?,
            claims: ClaimsPanel::new()?,
            next: NextPanel::new()?,
            afterwards: dom::by_id("afterwards")?,
            digest: DigestLine {
                line: dom::by_id("digest-line")?,
                element: dom::by_id("digest")?,
                note: dom::by_id("digest-note")?,
            },
            kept: KeptLine {
                line: dom::by_id("kept-line")?,
                note: dom::by_id("kept-note")?,
                train_again: dom::by_id("train-again")?,
            },
            plots: vec![
                ChartCanvas::new("curves", ChartKind::Curves)?,
                ChartCanvas::new("rounds-accuracy", ChartKind::Rounds(None))?,
                ChartCanvas::new("rounds-stop", ChartKind::Rounds(Some(Metric::EarlyStop)))?,
                ChartCanvas::new("layers", ChartKind::Layers)?,
                ChartCanvas::new("cost", ChartKind::Cost)?,
            ],
            heatmaps: Heatmaps::new(&settings.config)?,
            theme: Theme::Light,
            scale: 0.0,
            measuring_needed: true,
            looked_back: false,
            last_live_drawing: f64::NEG_INFINITY,
            forecast: None,
            forecast_at: f64::NEG_INFINITY,
        })
    }

    /// Shows the messages about what could not be used: rejected settings, files, and requests that failed.
    pub(super) fn show_rejections(&self, rejected: &[String]) {
        dom::show_messages(&self.rejected, &refusals::refusal_lines(rejected));
    }

    /// Shows the state. Returns whether another frame is needed. `now` is in seconds.
    pub(super) fn render(&mut self, state: &mut State, now: f64) -> bool {
        let redraw_needs = state.take_redraw_needs();
        if redraw_needs.all {
            (self.forecast, self.forecast_at) = (None, f64::NEG_INFINITY);
        }
        let theme = self.theme;
        let settle = self.measuring_needed || redraw_needs.all;
        if settle {
            self.measure_page();
        }
        if settle || redraw_needs.selection {
            self.legend.show(state.selection(), self.theme);
            dom::fill_elements(&element_texts::by_element_id(state.config(), state.selection()));
        }
        if redraw_needs.all {
            dom::fill_paragraphs(&self.remarks, &element_texts::settings_remarks(state.settings()));
        }
        self.render_status(state, now);
        self.render_errors(state);
        if redraw_needs.rounds || redraw_needs.all || theme != self.theme {
            self.table.show(table::table_rows(state.results()), self.theme);
            self.texts.early_stop.show(&strings::early_stop_note(state.results().everything()));
            self.show_digest(state);
        }
        if redraw_needs.kept || redraw_needs.rounds || redraw_needs.all {
            self.show_kept(state);
        }
        if redraw_needs.claims || redraw_needs.all {
            self.claims.show(state.scored_claims());
        }
        if redraw_needs.masks || redraw_needs.all {
            self.heatmaps.set_masks(
                state.results().everything(),
                now,
                redraw_needs.masks && !redraw_needs.all,
            );
        }
        if redraw_needs.masks || redraw_needs.all || self.looked_back {
            self.looked_back = false;
            self.texts
                .masks
                .show(&strings::mask_caption(state.results().everything(), self.heatmaps.round()));
        }
        for plot in &mut self.plots {
            if redraw_needs.all
                || redraw_needs.rounds
                || redraw_needs.selection
                || (redraw_needs.curves && plot.is_live())
            {
                plot.mark_dirty();
            }
        }
        self.draw_next_chart(state, now)
    }

    /// Shows the digest of what is finished. Programs read its attributes before anything is finished too.
    fn show_digest(&self, state: &State) {
        let report = state.results().experiment_report();
        let (digest, finished) = (report.run_digest(), report.finished_jobs());
        let lack_digests = finished.values().any(|finished| finished.digest.is_none());
        dom::set_attribute(&self.digest.element, "data-done", &digest.done.to_string());
        dom::set_attribute(&self.digest.element, "data-total", &digest.total.to_string());
        self.digest.element.set_text_content(Some(&digest.hex));
        self.digest.note.set_text_content(Some(&strings::digest_note(&digest, lack_digests)));
        let _ = self.digest.line.toggle_attribute_with_force("hidden", finished.is_empty());
    }

    /// Shows how many networks can be asked.
    fn show_kept(&self, state: &State) {
        let finished = state.results().experiment_report().finished_jobs().len();
        let missing = state.jobs_to_train_again().len();
        let note = strings::kept_note(state.kept_networks(), finished, missing);
        self.kept.note.set_text_content(Some(&note));
        let _ = self.kept.line.toggle_attribute_with_force("hidden", finished == 0);
        let _ = self.kept.train_again.toggle_attribute_with_force("hidden", missing == 0);
    }

    /// Draws one chart that has to be redrawn. The next one waits for the next frame, so that no frame takes long.
    /// Returns whether another frame is needed.
    fn draw_next_chart(&mut self, state: &State, now: f64) -> bool {
        let live_waits = now - self.last_live_drawing < LIVE_REDRAW_SECONDS;
        let waiting = |plot: &ChartCanvas| plot.is_dirty() && !(plot.is_live() && live_waits);
        if let Some(plot) = self.plots.iter_mut().find(|plot| waiting(plot)) {
            if plot.is_live() {
                self.last_live_drawing = now;
            }
            if let Err(error) =
                plot.draw(state.results().everything(), state.selection(), self.theme, self.scale)
            {
                self.texts.source.show(&format!("A chart could not be drawn: {error}."));
            }
            return true;
        }
        let still = dom::media_matches("(prefers-reduced-motion: reduce)");
        let more = self.heatmaps.paint(self.theme, self.scale, now, still).unwrap_or(false);
        more || self.plots.iter().any(ChartCanvas::is_dirty)
    }

    /// Reads sizes, theme and resolution from the page.
    fn measure_page(&mut self) {
        self.measuring_needed = false;
        let theme =
            if dom::media_matches("(prefers-color-scheme: dark)") { Theme::Dark } else { Theme::Light };
        let scale = dom::window().device_pixel_ratio();
        if (theme, scale) != (self.theme, self.scale) {
            (self.theme, self.scale) = (theme, scale);
            self.plots.iter_mut().for_each(ChartCanvas::mark_dirty);
            self.heatmaps.mark_dirty();
        }
        heatmaps::fill_legend(&self.mask_key, theme);
        self.plots.iter_mut().for_each(ChartCanvas::measure);
        self.heatmaps.measure();
    }

    fn render_status(&mut self, state: &mut State, now: f64) {
        let status = state.status();
        dom::set_attribute_if_changed(&self.body, "data-state", status.name());
        if now - self.forecast_at >= FORECAST_SECONDS {
            self.forecast_at = now;
            self.forecast = forecast::seconds_left(state.results(), state.schedule(), state.workers().len());
            self.show_bar(state);
        }
        self.texts.place.show(&status_line::status_line(state, self.forecast));
        let phase = state.phase(now);
        for (stage, element) in &self.stages {
            if phase == Some(*stage) {
                dom::set_attribute_if_changed(element, "aria-current", "step");
            } else if element.has_attribute("aria-current") {
                let _ = element.remove_attribute("aria-current");
            }
        }
        let readout = arm_comparison::latest_comparison(state.results().everything(), state.selection());
        let (lead, source) = arm_comparison::comparison_text(readout.as_ref(), state.selection());
        self.texts.lead.show(&lead);
        self.texts.source.show(&source);
        let label = status_line::play_label(state);
        self.texts.play.show(label);
        dom::set_attribute_if_changed(
            &self.buttons.play,
            "data-icon",
            if label == "Pause" { "pause" } else { "play" },
        );
        self.next.show(state, status == PageStatus::Done, &mut self.fields);
        let afterwards_hidden = status != PageStatus::Done;
        if self.afterwards.has_attribute("hidden") != afterwards_hidden {
            let _ = self.afterwards.toggle_attribute_with_force("hidden", afterwards_hidden);
        }
        let over = matches!(status, PageStatus::Done | PageStatus::Failed);
        let moves = !over && status != PageStatus::Loading;
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
            _ => forecast::done_fraction(state.results()),
        };
        let _ = self.bar.style().set_property("transform", &format!("scaleX({done:.4})"));
    }

    fn render_errors(&mut self, state: &mut State) {
        let request_errors = state.take_request_errors();
        if !request_errors.is_empty() {
            self.show_rejections(&request_errors);
        }
        if let Some(failure) = state.failure() {
            self.texts.title.show(strings::failure_headline(failure));
            self.texts.text.show(&failure.message);
            self.texts.advice.show(strings::failure_advice(failure));
        }
        let hidden = state.failure().is_none();
        if self.error.has_attribute("hidden") != hidden {
            let _ = self.error.toggle_attribute_with_force("hidden", hidden);
        }
    }
}
