//! When the recorded run is on the screen, and what of the page shows it: table, claims, digest and reports know nothing of
//! it.

use crate::{
    chart_selection::{ChartSelection, SelectionChange},
    kept_networks::KeptNetworks,
    preview::{Preview, PreviewSlot},
    recording::Recording,
    redraw_needs::RedrawNeeds,
    shown_results::ShownResults,
    state::{State, TimelineMove},
};
use experiment::{
    config::ExperimentConfig,
    moment::{Moment, Stage},
};

impl State {
    /// Plays a recorded run until something of a live run or of a report is there.
    pub fn show_preview(&mut self, recording: Recording) {
        if matches!(self.preview, PreviewSlot::Awaited) && self.nothing_started() {
            self.preview = PreviewSlot::There(Box::new(Preview::new(recording, &self.selection)));
            self.redraw_needs.all = true;
        }
    }

    /// Notes why there is no recorded run to be played: words that follow a colon.
    pub fn on_preview_failure(&mut self, why: String) {
        if matches!(self.preview, PreviewSlot::Awaited) {
            self.preview = PreviewSlot::Failed(why);
        }
    }

    /// The recorded run, while it is on the screen: as long as nothing has begun and nothing has failed. A run on the user's
    /// data has none before it: they are what its visitor looks for.
    pub fn preview(&self) -> Option<&Preview> {
        let waits = self.nothing_started() && self.failure.is_none() && !self.config().data.is_own();
        match &self.preview {
            PreviewSlot::There(preview) if waits => Some(preview),
            _ => None,
        }
    }

    /// Why there is no recorded run, as long as one would be shown.
    pub fn preview_failure(&self) -> Option<&str> {
        match &self.preview {
            PreviewSlot::Failed(why) if self.nothing_started() && !self.config().data.is_own() => Some(why),
            _ => None,
        }
    }

    /// What charts, masks, pictures and sentences show: the recorded run while it plays, otherwise the live run.
    pub fn on_screen(&self) -> ShownResults<'_> {
        self.preview().map_or_else(|| self.shown(), Preview::shown)
    }

    /// The experiment that is on the screen.
    pub fn config_on_screen(&self) -> &ExperimentConfig {
        self.on_screen().config()
    }

    /// How far the stage is that is on the screen, from 0 to 1.
    pub fn progress_on_screen(&self) -> f64 {
        match self.preview() {
            Some(preview) => preview.progress(),
            None => self.shown_progress(),
        }
    }

    /// The latest moment of what is on the screen.
    pub fn frontier_on_screen(&self) -> Moment {
        self.preview().map_or_else(|| self.frontier(), Preview::frontier)
    }

    /// What the user has chosen to see of what is on the screen.
    pub fn selection_on_screen(&self) -> &ChartSelection {
        self.preview().map_or(&self.selection, |preview| &preview.selection)
    }

    /// The networks that can be asked of what is on the screen.
    pub fn kept_on_screen(&self) -> &KeptNetworks {
        self.preview().map_or(&self.kept, |preview| preview.kept())
    }

    /// The stage that is on the screen, or `None` if nothing has begun.
    pub fn stage_on_screen(&self) -> Option<Stage> {
        match self.preview() {
            Some(preview) => Some(preview.shown().moment().stage),
            None => self.shown_stage(),
        }
    }

    fn preview_mut(&mut self) -> Option<&mut Preview> {
        let is_on_screen = self.preview().is_some();
        match &mut self.preview {
            PreviewSlot::There(preview) if is_on_screen => Some(preview),
            _ => None,
        }
    }

    /// Before another run begins: if something has begun in the one before, the preview does not come back.
    pub(super) fn end_preview(&mut self) {
        if !self.nothing_started() {
            self.preview = PreviewSlot::Over;
        }
    }

    /// Moves the recorded run on the screen by the time since the last frame, `since` seconds. Returns whether it goes on
    /// moving, or `None` if it is not on the screen.
    pub(super) fn advance_preview(&mut self, since: f64, still: bool) -> Option<bool> {
        let is_on_screen = self.preview().is_some();
        if is_on_screen != self.preview_was_on_screen {
            self.preview_was_on_screen = is_on_screen;
            self.redraw_needs.all = true;
        }
        let speed = self.settings.display.speed;
        let preview = self.preview_mut()?;
        let before = preview.moment();
        if preview.on_frame(since, speed, still) {
            let needs = RedrawNeeds::of_move(preview.config(), before, preview.moment());
            self.redraw_needs.add(needs);
        }
        self.preview().map(Preview::is_playing)
    }

    /// Holds the recorded run, or plays it on, or once more from its start.
    pub(super) fn hold_or_play_preview(&mut self) {
        if let Some(preview) = self.preview_mut() {
            preview.hold_or_play();
        }
    }

    /// Holds the recorded run at its start, if it is on the screen, for readers who are asked to guess first.
    pub fn hold_preview_at_its_start(&mut self) {
        self.go_to_in_preview(TimelineMove::Moment(Moment::START));
    }

    /// Shows another moment of the recorded run, if it is on the screen. Returns whether it is.
    pub(super) fn go_to_in_preview(&mut self, to: TimelineMove) -> bool {
        let Some(preview) = self.preview_mut() else { return false };
        let before = preview.moment();
        preview.go(|display, config, frontier| to.apply(display, config, frontier));
        let needs = RedrawNeeds::of_move(preview.config(), before, preview.moment());
        self.redraw_needs.add(needs);
        true
    }

    /// Changes what is shown of the recorded run too.
    pub(super) fn change_preview_selection(&mut self, change: SelectionChange) {
        if let PreviewSlot::There(preview) = &mut self.preview {
            preview.selection.change(change);
        }
    }

    /// Whether another run than the recorded one starts when the user presses Play.
    pub fn preview_is_of_another_run(&self) -> bool {
        self.preview().is_some_and(|preview| *preview.config() != self.settings.config)
    }
}
