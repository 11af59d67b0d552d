//! The recorded run that plays before anything of the live run is there: a second pair of results and display, which table,
//! claims, digest and reports know nothing of.

use crate::{
    chart_selection::{ChartSelection, SelectionChange},
    display::{self, Display},
    kept_networks::KeptNetworks,
    recording::Recording,
    run_results::RunResults,
    shown_results::ShownResults,
    state::{RedrawNeeds, State, TimelineMove},
};
use experiment::{
    config::ExperimentConfig,
    display_settings::Speed,
    moment::{Moment, Stage},
};

/// A recorded run that is played.
#[derive(Clone, Debug)]
pub struct Preview {
    results: RunResults,
    unit_survivors: Vec<Vec<u32>>,
    display: Display,
    selection: ChartSelection,
    /// No network of a recorded run is kept.
    kept: KeptNetworks,
    /// Whether the first frame has come.
    begun: bool,
}

/// Where the preview stands.
#[derive(Clone, Debug, Default)]
pub(super) enum PreviewSlot {
    /// Its file has not come. It may never come, because the page was told not to fetch it.
    #[default]
    Awaited,
    /// It is there, and is on the screen until something of a live run or of a report is.
    There(Box<Preview>),
    /// It could not be read; why, in words that follow a colon.
    Failed(String),
    /// A run has begun. It does not come back.
    Over,
}

impl Preview {
    fn new(recording: Recording, selection: &ChartSelection) -> Preview {
        let results = RunResults::new(recording.report);
        let mut selection = selection.clone();
        selection.start_run(results.config());
        Preview {
            kept: KeptNetworks::new(results.config().seeds.first(), 0),
            results,
            unit_survivors: recording.unit_survivors,
            display: Display::new(None),
            selection,
            begun: false,
        }
    }

    /// How many weights each unit of the first layer keeps, by round: the masks of the first layer are recorded by pixel,
    /// and what they say of units is not true.
    pub fn unit_survivors(&self) -> &[Vec<u32>] {
        &self.unit_survivors
    }

    /// Whether its moment moves.
    pub fn is_playing(&self) -> bool {
        self.display.is_playing() && self.display.is_behind(self.frontier())
    }

    /// Whether it stands at its end.
    pub fn is_over(&self) -> bool {
        !self.display.is_behind(self.frontier())
    }

    fn frontier(&self) -> Moment {
        display::frontier(&self.results)
    }

    fn shown(&self) -> ShownResults<'_> {
        match self.display.moment(self.frontier()) {
            Some(moment) => self.results.at(moment),
            None => self.results.everything(),
        }
    }

    /// Moves the moment by `since` seconds. Returns whether it has moved. For readers who want no motion it stands at its
    /// end until they play it.
    fn on_frame(&mut self, since: f64, speed: Speed, still: bool) -> bool {
        let frontier = self.frontier();
        if !std::mem::replace(&mut self.begun, true) && still {
            self.display.go_to(self.results.config(), frontier, 1.0, frontier);
            return true;
        }
        // “As computed” would be over at once.
        let speed = if speed == Speed::Computed { Speed::Normal } else { speed };
        self.display.set_still(still);
        self.display.advance(since, speed, self.results.config(), frontier)
    }

    /// What has to be drawn again after the moment was `before`.
    fn redraw_needs(&self, before: Option<Moment>) -> RedrawNeeds {
        let after = self.display.moment(self.frontier());
        RedrawNeeds::of_move(self.results.config(), before, after)
    }

    fn hold_or_play(&mut self) {
        if self.is_over() {
            self.display.replay();
        } else {
            self.display.set_playing(!self.display.is_playing());
        }
    }
}

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
            self.redraw_needs.moment = true;
        }
    }

    /// The recorded run, while it is on the screen: as long as nothing has begun and nothing has failed.
    pub fn preview(&self) -> Option<&Preview> {
        match &self.preview {
            PreviewSlot::There(preview) if self.nothing_started() && self.failure.is_none() => Some(preview),
            _ => None,
        }
    }

    /// Why there is no recorded run, as long as one would be shown.
    pub fn preview_failure(&self) -> Option<&str> {
        match &self.preview {
            PreviewSlot::Failed(why) if self.nothing_started() => Some(why),
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
            Some(preview) => preview.display.progress(preview.results.config(), preview.frontier()),
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
        self.preview().map_or(&self.kept, |preview| &preview.kept)
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

    /// Ends the preview as soon as something has begun.
    pub(super) fn end_preview(&mut self) {
        if !self.nothing_started() && !matches!(self.preview, PreviewSlot::Over) {
            self.preview = PreviewSlot::Over;
        }
    }

    /// Moves the recorded run on the screen by the time since the last frame, `since` seconds. Returns whether it goes on
    /// moving, or `None` if it is not on the screen.
    pub(super) fn advance_preview(&mut self, since: f64, still: bool) -> Option<bool> {
        self.end_preview();
        let is_on_screen = self.preview().is_some();
        if is_on_screen != self.preview_was_on_screen {
            self.preview_was_on_screen = is_on_screen;
            self.redraw_needs.all = true;
        }
        let speed = self.settings.display.speed;
        let preview = self.preview_mut()?;
        let before = preview.display.moment(preview.frontier());
        if preview.on_frame(since, speed, still) {
            let needs = preview.redraw_needs(before);
            self.redraw_needs.add(needs);
        }
        self.preview().map(Preview::is_playing)
    }

    /// Holds the recorded run, or plays it on, or once more from its start.
    pub(super) fn hold_or_play_preview(&mut self) {
        if let Some(preview) = self.preview_mut() {
            preview.hold_or_play();
            self.redraw_needs.moment = true;
        }
    }

    /// Shows another moment of the recorded run, if it is on the screen. Returns whether it is.
    pub(super) fn go_to_in_preview(&mut self, to: TimelineMove) -> bool {
        let Some(preview) = self.preview_mut() else { return false };
        let (config, frontier) = (preview.results.config().clone(), preview.frontier());
        let before = preview.display.moment(frontier);
        to.apply(&mut preview.display, &config, frontier);
        preview.begun = true;
        let needs = preview.redraw_needs(before);
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
        self.preview().is_some_and(|preview| *preview.results.config() != self.settings.config)
    }
}
