//! Moves the shown moment: plays, pauses and steps, for the engine and the display together.

use crate::{
    chart_selection::SelectionChange,
    cost_texts::SecondsOf,
    display, network_files, own_data_files,
    redraw_needs::RedrawNeeds,
    shown_results::ShownResults,
    state::{RunIntent, State, StepKind, TimelineMove},
    status::PageStatus,
    strings,
};
use experiment::{
    display_settings::{DisplaySettings, Speed},
    moment::{Moment, Stage},
};

/// The longest time in seconds by which one frame moves the shown moment. A tab that has slept goes on where it was.
const LONGEST_FRAME: f64 = 0.1;

impl State {
    /// The results at the shown moment.
    pub fn shown(&self) -> ShownResults<'_> {
        match self.display.moment(self.frontier()) {
            Some(moment) => self.results.at(moment),
            None => self.results.everything(),
        }
    }

    /// The latest moment that every arm has reached.
    pub fn frontier(&self) -> Moment {
        display::frontier(&self.results)
    }

    /// How far the stage of the shown moment is, from 0 to 1.
    pub fn shown_progress(&self) -> f64 {
        self.display.progress(&self.settings.config, self.frontier())
    }

    /// The stage that is shown, or `None` if nothing has begun.
    pub fn shown_stage(&self) -> Option<Stage> {
        let shows_run = !self.nothing_started() && self.failure.is_none();
        shows_run.then(|| self.shown().moment().stage)
    }

    /// Whether the run has come further than what is shown.
    pub fn is_display_behind(&self) -> bool {
        self.display.is_behind(self.frontier())
    }

    /// Whether the display has come to the end of every round that is computed.
    pub fn shows_every_round(&self) -> bool {
        let over = self.shown().last_round_over().map_or(0, |round| round + 1);
        over >= self.results.rounds_done()
    }

    /// Whether the shown moment moves: the display plays, and has something to play or will have it.
    pub fn is_playing(&self) -> bool {
        self.display.is_playing() && (self.wants_to_run() || self.is_display_behind())
    }

    /// What the seconds of the run stand for.
    pub fn seconds_of(&self) -> SecondsOf {
        match self.running_seconds > 0.0 {
            true => SecondsOf::ThisDevice { workers: self.workers.len(), cores: self.cores },
            false => SecondsOf::AReport,
        }
    }

    /// The settings of the display.
    pub fn display_settings(&self) -> DisplaySettings {
        self.settings.display
    }

    /// Moves the shown moment by the time since the last frame. Returns whether another frame is needed because the
    /// moment may move on. `now` is in seconds; `still` is for readers who want no motion: the moment goes from validation
    /// to validation.
    pub fn on_frame(&mut self, now: f64, still: bool) -> bool {
        let since = self.last_frame.map_or(0.0, |last| (now - last).clamp(0.0, LONGEST_FRAME));
        if let Some(moves) = self.advance_preview(since, still) {
            self.last_frame = moves.then_some(now);
            return moves;
        }
        let frontier = self.frontier();
        let config = &self.settings.config;
        let before = self.display.moment(frontier);
        self.display.set_still(still);
        if self.display.advance(since, self.settings.display.speed, config, frontier) {
            self.note_moved(before);
        }
        let moves = self.display.is_playing()
            && self.display.is_behind(frontier)
            && self.settings.display.speed != Speed::Computed;
        self.last_frame = moves.then_some(now);
        self.announce_rounds();
        moves
    }

    /// Notes what has to be drawn again because the moment was `before` and is another now.
    fn note_moved(&mut self, before: Option<Moment>) {
        let after = self.display.moment(self.frontier());
        self.redraw_needs.add(RedrawNeeds::of_move(&self.settings.config, before, after));
    }

    /// Announces each round whose end is shown for the first time.
    pub(super) fn announce_rounds(&mut self) {
        let over = self.shown().last_round_over().map_or(0, |round| round + 1);
        if over > self.announced_rounds && self.display.is_playing() {
            self.announcement = Some(strings::round_summary(self.shown(), over - 1));
        }
        self.announced_rounds = self.announced_rounds.max(over);
    }

    /// Announces the status if it was `before` and is another now, and if that is worth it.
    pub(super) fn announce_status(&mut self, before: PageStatus) {
        if before == self.status() {
            return;
        }
        let (data, missing) = (self.missing_data(), self.missing_files());
        let sentence = match (self.status(), data) {
            (PageStatus::Ready, Some(data)) => Some(own_data_files::missing_note(data)),
            (PageStatus::Ready, None) if !missing.is_empty() => Some(network_files::missing_note(&missing)),
            (status, _) => strings::status_announcement(before, status, &self.results),
        };
        sentence.into_iter().for_each(|sentence| self.announce(&sentence));
    }

    /// Announces a sentence behind what is still to be announced.
    pub(super) fn announce(&mut self, sentence: &str) {
        let said = self.announcement.take().map_or(String::new(), |said| said + " ");
        self.announcement = Some(said + sentence);
    }

    /// Begins to show a run.
    pub(super) fn start_display(&mut self, opened: bool) {
        let at = self.settings.display.at;
        self.selection.change(SelectionChange::Reach(self.settings.display.reach));
        self.display = if opened { display::Display::of_report(at) } else { display::Display::new(at) };
        (self.last_frame, self.announced_rounds) = (None, 0);
    }

    /// Changes settings of the display, and goes to the moment that they name.
    pub(super) fn set_display(&mut self, settings: DisplaySettings) {
        let before = std::mem::replace(&mut self.settings.display, settings);
        if let Some(moment) = settings.at.filter(|_| settings.at != before.at) {
            self.go_to(TimelineMove::Moment(moment));
        }
        self.selection.change(SelectionChange::Reach(settings.reach));
        self.change_preview_selection(SelectionChange::Reach(settings.reach));
        self.redraw_needs.selection = true;
    }

    /// Shows another moment and stays there. What is computed goes on.
    pub(super) fn go_to(&mut self, to: TimelineMove) {
        let (config, frontier) = (self.settings.config.clone(), self.frontier());
        let before = self.display.moment(frontier);
        to.apply(&mut self.display, &config, frontier);
        self.note_moved(before);
    }

    /// Play or pause: both clocks together. Where everything is computed, the display alone plays what it is behind.
    pub(super) fn play_or_pause(&mut self, status: PageStatus) {
        let engine_over = matches!(status, PageStatus::Done | PageStatus::Failed);
        if engine_over && !self.is_display_behind() {
            return;
        }
        if self.is_playing() {
            self.stay_where_shown();
            self.display.set_playing(false);
            if !engine_over {
                self.intent = RunIntent::Pause;
            }
            return;
        }
        // What a link to a moment asks for has to be computed first. The display waits for the moment and stays there.
        let waits_for_link = self.nothing_started() && self.settings.display.at.is_some();
        if !waits_for_link {
            self.stay_where_shown();
            self.display.set_playing(true);
        }
        if !engine_over {
            self.intent = RunIntent::RunTo(None);
        }
    }

    /// Runs the engine on by a step or a round; the display goes to the same place and stays with it.
    pub(super) fn advance(&mut self, kind: StepKind) {
        self.intent = RunIntent::PauseThenAdvance(kind);
        self.stay_where_shown();
        self.display.follow();
    }

    /// Before the display goes on in another way, its moment becomes what is shown now.
    fn stay_where_shown(&mut self) {
        let frontier = display::frontier(&self.results);
        self.display.take_place(&self.settings.config, frontier);
    }
}
