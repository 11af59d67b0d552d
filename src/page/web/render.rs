//! Shows the state on the page, at most once in each animation frame. Only what has changed is redrawn.

use crate::web::{
    answer::Answer,
    chart_canvas::{ChartCanvas, ChartKind},
    claims::ClaimsPanel,
    comparison::ComparisonTable,
    digits::DigitsFigure,
    display_controls::DisplayControls,
    dom::{self, CachedText},
    dom_table::Table,
    exports::Exports,
    fields::SettingFields,
    heatmaps::{self, Heatmaps},
    legend::Legend,
    lesson_panel::LessonPanel,
    lit_network::LitNetwork,
    mean_image::MeanImage,
    needed_files::NeededFiles,
    network_figure::NetworkFigure,
    next_panel::NextPanel,
    pins,
    preview_note::PreviewNote,
    reading::Reading,
    saved_panel::SavedPanel,
    timeline::Timeline,
};
use crate::{
    cost_texts, element_texts, forecast, layer_collapse, mask_charts,
    mask_readings::ARMS_OF_KEPT_MASKS,
    mask_texts,
    metric::Metric,
    network_files,
    preview::Preview,
    refusal_texts,
    refusals::PageRefusal,
    state::State,
    status::PageStatus,
    status_line::{self, PlayOffer},
    strings, table, titles,
};
use chart::style::Theme;
use experiment::config::ExperimentConfig;
use experiment::moment::Stage;
use experiment::settings::Settings;
use web_sys::{Element, HtmlButtonElement};

/// Least seconds between two forecasts, so that the user can read them.
const FORECAST_SECONDS: f64 = 0.4;

/// The visible page.
pub(super) struct PageView {
    /// The fields of the settings.
    pub(super) fields: SettingFields,
    body: Element,
    stages: Vec<(Stage, Element)>,
    timeline: Timeline,
    preview_note: PreviewNote,
    display_controls: DisplayControls,
    texts: TextElements,
    buttons: Buttons,
    error: Element,
    rejected: Element,
    /// What is said where the run lacks files.
    needed_files: NeededFiles,
    legend: Legend,
    remarks: Element,
    mask_key: Element,
    pub(super) table: Table,
    claims: ClaimsPanel,
    claims_section: Element,
    answer: Answer,
    comparison: ComparisonTable,
    /// The list of pinned runs.
    pins: Element,
    next: NextPanel,
    /// What can be done when the run is over.
    afterwards: Element,
    /// The figures that not every experiment has: of twins, of the first layer's fields, and of what two trials have in common.
    sometimes: [Element; 3],
    digest: DigestLine,
    kept: KeptLine,
    pub(super) exports: Exports,
    saved: SavedPanel,
    pub(super) plots: Vec<ChartCanvas>,
    pub(super) heatmaps: Heatmaps,
    pub(super) digits: DigitsFigure,
    pub(super) network: NetworkFigure,
    lit: LitNetwork,
    mean_image: MeanImage,
    pub(super) lesson: LessonPanel,
    /// The round that is pointed at.
    pub(super) marked_round: Option<u32>,
    /// What a chart says of the place that is pointed at.
    reading: Reading,
    theme: Theme,
    scale: f64,
    /// Whether sizes, theme or resolution may have changed.
    pub(super) measuring_needed: bool,
    /// The title of the tab.
    title: String,
    forecast: Option<f64>,
    forecast_at: f64,
}

struct TextElements {
    place: CachedText,
    early_stop: CachedText,
    cost_note: CachedText,
    cost_answer: CachedText,
    masks: CachedText,
    mask_title: CachedText,
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
    read_corrupted: Element,
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
    pin: HtmlButtonElement,
}

impl PageView {
    /// Finds all elements of the page.
    pub(super) fn new(settings: &Settings) -> PageView {
        let stage = |&stage: &Stage| {
            let found = dom::document().query_selector(&format!("[data-stage={}]", stage.name()));
            let found = found.ok().flatten().ok_or_else(|| "index.html lacks a stage of the strip".into());
            (stage, dom::needed(found))
        };
        let plot = |id: &str, kind: ChartKind| dom::needed(ChartCanvas::new(id, kind));
        PageView {
            fields: SettingFields::new(),
            body: dom::needed(dom::body()),
            stages: Stage::ALL.iter().map(stage).collect(),
            timeline: Timeline::new(),
            preview_note: dom::needed(PreviewNote::new()),
            display_controls: dom::needed(DisplayControls::new()),
            texts: TextElements {
                place: CachedText::of("where"),
                early_stop: CachedText::of("note-stop"),
                cost_note: CachedText::of("note-cost"),
                cost_answer: CachedText::of("title-speed"),
                masks: CachedText::of("mask-round"),
                mask_title: CachedText::of("title-masks"),
                live: CachedText::of("live"),
                play: CachedText::of("play-label"),
                title: CachedText::of("error-title"),
                text: CachedText::of("error-text"),
                advice: CachedText::of("error-advice"),
            },
            buttons: Buttons {
                play: dom::by_id("play"),
                step: dom::by_id("step"),
                round: dom::by_id("round"),
                reset: dom::by_id("reset"),
                export: dom::by_id("export"),
                pin: dom::by_id("pin"),
            },
            error: dom::by_id("error"),
            rejected: dom::by_id("refused"),
            needed_files: NeededFiles::new(),
            legend: Legend::new(),
            remarks: dom::by_id("remarks"),
            mask_key: dom::by_id("mask-key"),
            table: dom::needed(Table::new()),
            claims: ClaimsPanel::new(),
            claims_section: dom::by_id("claims"),
            answer: Answer::new(),
            comparison: ComparisonTable::new(),
            pins: dom::by_id("pinned"),
            next: NextPanel::new(),
            afterwards: dom::by_id("afterwards"),
            sometimes: ["fig-barriers", "fig-fields", "fig-overlap"].map(dom::by_id),
            digest: DigestLine {
                line: dom::by_id("digest-line"),
                element: dom::by_id("digest"),
                note: dom::by_id("digest-note"),
            },
            kept: KeptLine {
                line: dom::by_id("kept-line"),
                note: dom::by_id("kept-note"),
                train_again: dom::by_id("train-again"),
                read_corrupted: dom::by_id("read-corrupted"),
            },
            exports: Exports::new(),
            saved: SavedPanel::new(),
            plots: vec![
                plot("curves", ChartKind::Curves),
                plot("rounds-accuracy", ChartKind::Rounds(None)),
                plot("rounds-stop", ChartKind::Rounds(Some(Metric::EarlyStop))),
                plot("fields", ChartKind::Locality),
                plot("overlap", ChartKind::Overlap),
                plot("barriers", ChartKind::Rounds(Some(Metric::Barrier))),
                plot("layers", ChartKind::Layers),
                plot("cost", ChartKind::Cost),
                plot("speed", ChartKind::Rounds(Some(Metric::StepTime))),
                plot("distance", ChartKind::Distance),
            ],
            heatmaps: dom::needed(Heatmaps::new(&settings.config)),
            digits: DigitsFigure::new(&settings.config),
            network: NetworkFigure::new(&settings.config),
            lit: LitNetwork::default(),
            mean_image: dom::needed(MeanImage::new()),
            lesson: LessonPanel::new(),
            marked_round: None,
            reading: Reading::new(),
            theme: Theme::Light,
            scale: 0.0,
            measuring_needed: true,
            title: String::new(),
            forecast: None,
            forecast_at: f64::NEG_INFINITY,
        }
    }

    /// Shows what a chart says at a place in the window, or nothing.
    pub(super) fn show_reading(&mut self, said: Option<(String, (f64, f64))>) {
        self.reading.show(said);
    }

    /// Says something to screen readers.
    pub(super) fn say(&mut self, text: &str) {
        self.texts.live.show(text);
    }

    /// Shows what could not be used: rejected settings, files, and requests that failed.
    pub(super) fn show_rejections(&self, rejected: &[PageRefusal]) {
        dom::show_messages(&self.rejected, &refusal_texts::refusal_lines(rejected));
    }

    /// Shows the state. Returns whether another frame is needed. `now` is in seconds.
    pub(super) fn render(&mut self, state: &mut State, now: f64) -> bool {
        let still = dom::media_matches("(prefers-reduced-motion: reduce)");
        let moves = state.on_frame(now, still);
        let redraw_needs = state.take_redraw_needs();
        if redraw_needs.all {
            (self.forecast, self.forecast_at) = (None, f64::NEG_INFINITY);
        }
        if self.lesson.has_to_hold_preview(state) {
            state.hold_preview_at_its_start();
        }
        self.preview_note.show(state);
        self.saved.show(state);
        self.measuring_needed |= self.display_controls.show(state.display_settings());
        let theme = self.theme;
        let settle = self.measuring_needed || redraw_needs.all;
        if settle {
            self.measure_page();
        }
        if settle || redraw_needs.selection {
            self.legend.show(state.selection_on_screen(), self.theme);
            pins::show(&self.pins, state.pinned());
            dom::fill_elements(&element_texts::by_element_id(
                state.config_on_screen(),
                state.selection_on_screen(),
            ));
        }
        if redraw_needs.all {
            let of_files = network_files::remarks(state.config(), state.known_files());
            let remarks = element_texts::settings_remarks(state.settings()).into_iter();
            let remarks: Vec<&str> = remarks.chain(of_files.iter().map(String::as_str)).collect();
            dom::fill_paragraphs(&self.remarks, &remarks);
            self.needed_files.show(state.missing_data(), &state.missing_files());
            self.timeline.show_rounds(state);
            self.show_figures(state.config_on_screen());
            self.table.start_run();
        }
        self.render_status(state, now);
        self.render_errors(state);
        if redraw_needs.rounds || redraw_needs.all || theme != self.theme {
            let shown = state.shown();
            let is_shown = |row: &table::TableRow| shown.finished_job(row.job.training_job()).is_some();
            self.table.show(state.results(), self.theme, is_shown);
            self.texts.early_stop.show(&strings::early_stop_note(state.on_screen()));
            self.texts.cost_note.show(&cost_texts::seconds_note(state.seconds_of()));
            self.texts.cost_answer.show(&cost_texts::answer(state.on_screen(), state.seconds_of()));
            self.show_digest(state);
        }
        if redraw_needs.rounds || redraw_needs.all || redraw_needs.selection {
            self.answer.show(state.on_screen());
            self.comparison.show(state);
            self.answer.show_link_check(&state.link_check());
            dom::fill_elements(&titles::by_element_id(state.on_screen(), state.selection_on_screen().metric));
            dom::fill_elements(&[("collapsed", layer_collapse::note(state.on_screen()))]);
        }
        if redraw_needs.kept || redraw_needs.rounds || redraw_needs.all {
            self.show_kept(state);
            self.exports.show(state, self.table.most());
        }
        if redraw_needs.claims || redraw_needs.all {
            self.claims.show(state.scored_claims());
        }
        if redraw_needs.claims || redraw_needs.rounds || redraw_needs.all {
            // The scores are those of everything computed. They are not in sight before the display has come there.
            let ahead = if state.shows_every_round() { "0" } else { "1" };
            dom::set_attribute_if_changed(&self.claims_section, "data-ahead", ahead);
        }
        if redraw_needs.masks || redraw_needs.all {
            self.heatmaps.set_masks(state.on_screen(), state.preview().is_some());
            self.texts.masks.show(&strings::mask_caption(state.on_screen()));
            self.texts.mask_title.show(&mask_texts::title(state.on_screen()));
            dom::fill_elements(&[
                ("title-fields", mask_charts::locality_title(state.on_screen())),
                ("title-overlap", mask_charts::overlap_title(state.on_screen())),
            ]);
        }
        let mark_all = redraw_needs.all || redraw_needs.rounds || redraw_needs.selection;
        for plot in self.plots.iter_mut().filter(|plot| mark_all || (redraw_needs.curves && plot.is_live())) {
            plot.mark_dirty();
        }
        self.lesson.show(state, redraw_needs, self.fields.cards());
        self.digits.show(state, self.theme);
        let (kept, selection) = (state.kept_on_screen(), state.selection_on_screen());
        let recorded = state.preview().map(Preview::networks);
        self.network.show(state.on_screen(), kept, selection, state.progress_on_screen(), recorded);
        self.lit.show(&self.digits, &mut self.network);
        if let Err(error) = self.mean_image.show(self.digits.images_here()) {
            self.show_rejections(&[PageRefusal::NotDrawn(dom::error_message(&error))]);
        }
        let waits = self.network.paint(self.theme, self.scale).unwrap_or_else(|error| {
            self.show_rejections(&[PageRefusal::NotDrawn(dom::error_message(&error))]);
            false
        });
        self.draw(state, still) || moves || waits
    }

    /// Shows the figures that an experiment has something for.
    fn show_figures(&self, config: &ExperimentConfig) {
        let dense = !config.model.is_convolutional() && config.rounds > 0;
        let compared =
            config.seeds.count() > 1 || ARMS_OF_KEPT_MASKS.iter().any(|arm| config.arms.contains(arm));
        let shown = [config.twins, dense, dense && compared];
        for (figure, is_shown) in self.sometimes.iter().zip(shown) {
            let _ = figure.toggle_attribute_with_force("hidden", !is_shown);
        }
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
        let unread = state.jobs_without_corrupted();
        let gone = unread.iter().filter(|job| state.kept_networks().get(**job).is_none()).count();
        self.kept.read_corrupted.set_text_content(Some(&strings::read_corrupted(unread.len(), gone)));
        let _ = self.kept.read_corrupted.toggle_attribute_with_force("hidden", unread.is_empty());
    }

    /// Draws the pictures of the shown moment, which are those of the stage and the status in every frame, and one of the
    /// charts by round that have to be redrawn. The next of these waits for the next frame, so that no frame takes long.
    /// Returns whether another frame is needed.
    fn draw(&mut self, state: &State, still: bool) -> bool {
        let shown = state.on_screen();
        let progress =
            if still || shown.moment().stage != Stage::Prune { 1.0 } else { state.progress_on_screen() };
        self.heatmaps.show_round(shown.mask_round(), progress);
        let mut failed =
            self.heatmaps.paint(self.theme, self.scale).err().map(|error| dom::error_message(&error));
        let mut by_round = 1;
        for plot in self.plots.iter_mut().filter(|plot| plot.is_dirty()) {
            if !plot.is_live() {
                if by_round == 0 {
                    return true;
                }
                by_round -= 1;
            }
            failed = plot
                .draw(
                    shown,
                    state.selection_on_screen(),
                    state.pinned(),
                    self.marked_round,
                    (self.theme, self.scale),
                )
                .err()
                .or(failed);
        }
        if let Some(error) = failed {
            self.show_rejections(&[PageRefusal::NotDrawn(error)]);
        }
        false
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
        self.heatmaps.fill_scale(theme);
        self.plots.iter_mut().for_each(ChartCanvas::measure);
        self.heatmaps.measure();
        self.network.measure();
    }

    fn render_status(&mut self, state: &mut State, now: f64) {
        let status = state.status();
        dom::set_attribute_if_changed(&self.body, "data-state", status.name());
        let shown = state.on_screen();
        let shown_round = if shown.nothing_started() { String::new() } else { shown.round().to_string() };
        dom::set_attribute_if_changed(&self.body, "data-shown-round", &shown_round);
        if now - self.forecast_at >= FORECAST_SECONDS {
            self.forecast_at = now;
            self.forecast = forecast::seconds_left(
                state.results(),
                state.schedule(),
                state.workers().len(),
                state.worker_time(),
                &|job| state.only_reads(job),
            );
        }
        let loaded = (status == PageStatus::Loading).then(|| state.download_fraction());
        self.timeline.show(state, loaded);
        self.answer.show_caption(status_line::caption(state));
        let line = status_line::status_line(state, self.forecast);
        let title = status_line::tab_title(status, &line);
        if title != self.title {
            dom::document().set_title(&title);
            self.title = title;
        }
        self.texts.place.show(&line);
        let current = state.stage_on_screen();
        for (stage, element) in &self.stages {
            if current == Some(*stage) {
                dom::set_attribute_if_changed(element, "aria-current", "step");
            } else if element.has_attribute("aria-current") {
                let _ = element.remove_attribute("aria-current");
            }
            // Nothing is pruned after the last round.
            let is_missing =
                *stage == Stage::Prune && state.on_screen().round() >= state.config_on_screen().rounds;
            dom::set_attribute_if_changed(element, "data-missing", if is_missing { "1" } else { "0" });
            let name = strings::stage_name(*stage, state.on_screen().round());
            if element.text_content().as_deref() != Some(name) {
                element.set_text_content(Some(name));
            }
        }
        self.texts.play.show(status_line::play_label(state));
        dom::set_attribute_if_changed(
            &self.buttons.play,
            "data-icon",
            if status_line::play_offer(state) == PlayOffer::Pause { "pause" } else { "play" },
        );
        // What comes after the run is offered when its end is shown.
        let is_over = status == PageStatus::Done && !state.is_display_behind();
        self.next.show(state, is_over, &mut self.fields);
        let answered = if state.on_screen().last_round_over() > Some(0) { "1" } else { "0" };
        dom::set_attribute_if_changed(&self.body, "data-answered", answered);
        dom::set_attribute_if_changed(&self.body, "data-over", if is_over { "1" } else { "0" });
        let afterwards_hidden = !is_over;
        if self.afterwards.has_attribute("hidden") != afterwards_hidden {
            let _ = self.afterwards.toggle_attribute_with_force("hidden", afterwards_hidden);
        }
        let over = matches!(status, PageStatus::Done | PageStatus::Failed);
        let lacks_files = !over && state.lacks_files();
        let moves = !over && status != PageStatus::Loading && !lacks_files;
        for (button, on) in [
            (&self.buttons.play, !(over || lacks_files) || state.is_display_behind()),
            (&self.buttons.step, moves),
            (&self.buttons.round, moves),
            (&self.buttons.reset, true),
            (&self.buttons.export, state.can_export()),
            (&self.buttons.pin, state.can_export()),
        ] {
            if button.disabled() == on {
                button.set_disabled(!on);
            }
        }
        if let Some(said) = state.take_announcement() {
            self.texts.live.show(&said);
        }
    }

    fn render_errors(&mut self, state: &mut State) {
        let request_errors = state.take_request_errors();
        if !request_errors.is_empty() {
            self.show_rejections(&request_errors);
        }
        if let Some(failure) = state.failure() {
            self.texts.title.show(strings::failure_headline(failure));
            self.texts.text.show(&failure.cause.to_string());
            self.texts.advice.show(strings::failure_advice(failure));
        }
        let hidden = state.failure().is_none();
        if self.error.has_attribute("hidden") != hidden {
            let _ = self.error.toggle_attribute_with_force("hidden", hidden);
        }
    }
}
