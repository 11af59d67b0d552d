//! Which run a step offers, given the run that is on the page.

use crate::{
    lesson::steps::{Step, StepRun},
    state::State,
    status::PageStatus,
};
use experiment::{settings::Settings, url_fragment::first_difference_beside_seeds};

/// What the button of a step does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Offer {
    /// Nothing: the step's run is under way, or the page has failed.
    Nothing,
    /// Starts the present run, which is the step's.
    Start,
    /// Goes on with it.
    GoOn,
    /// Shows it once more.
    WatchAgain,
    /// Starts the step's run in the place of another.
    Replace {
        /// Whether the other is not finished.
        unfinished: bool,
    },
}

/// Whether the run on the page is the step's: the same experiment, from whichever seeds.
pub fn is_run_of(step: &Step, state: &State) -> bool {
    first_difference_beside_seeds(state.config(), &step.settings().config, &[]).is_none()
}

/// What the button of a step does.
pub fn offer(step: &Step, state: &State) -> Offer {
    let status = state.status();
    let is_recorded = matches!(step.run, StepRun::Recorded { .. });
    if !is_run_of(step, state) || (is_recorded && state.nothing_started()) {
        let unfinished = !state.nothing_started() && status != PageStatus::Done;
        return Offer::Replace { unfinished };
    }
    match status {
        PageStatus::Failed => Offer::Nothing,
        PageStatus::Done if state.is_display_behind() && state.is_playing() => Offer::Nothing,
        PageStatus::Done => Offer::WatchAgain,
        _ if state.wants_to_run() => Offer::Nothing,
        _ if state.nothing_started() => Offer::Start,
        _ => Offer::GoOn,
    }
}

/// The settings with which a step's run begins: those of the display and of the machine stay.
pub fn settings_to_start(step: &Step, now: &Settings) -> Settings {
    let mut display = now.display;
    display.at = None;
    Settings { display, workers: now.workers, autoplay: true, ..step.settings() }
}
