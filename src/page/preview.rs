//! The recorded run that plays before anything of the live run is there: a second pair of results and display.

use crate::{
    chart_selection::ChartSelection,
    display::{self, Display},
    kept_networks::KeptNetworks,
    recorded_values::RecordedValues,
    recorded_votes::RecordedVotes,
    recording::Recording,
    run_results::RunResults,
    shown_results::ShownResults,
};
use experiment::{config::ExperimentConfig, display_settings::Speed, moment::Moment};
use std::rc::Rc;

/// A recorded run that is played.
#[derive(Clone, Debug)]
pub struct Preview {
    results: RunResults,
    networks: RecordedNetworks,
    votes: Rc<RecordedVotes>,
    display: Display,
    /// What is selected of it.
    pub(crate) selection: ChartSelection,
    /// No network of a recorded run is kept.
    kept: KeptNetworks,
    /// Whether the first frame has come.
    begun: bool,
}

/// What is recorded of the networks of a run, beside its masks.
#[derive(Clone, Debug, Default)]
pub struct RecordedNetworks {
    /// How many weights each unit of the first layer keeps, by round: the masks of the first layer are recorded by pixel, and
    /// what they say of units is not true.
    pub unit_survivors: Vec<Vec<u32>>,
    /// The values of the weights that the picture draws.
    pub values: RecordedValues,
}

/// Where the preview stands.
#[derive(Clone, Debug, Default)]
pub(crate) enum PreviewSlot {
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
    /// Plays a recording from its start, with what is selected of the live run.
    pub(crate) fn new(recording: Recording, selection: &ChartSelection) -> Preview {
        let results = RunResults::new(recording.report);
        let mut selection = selection.clone();
        selection.start_run(results.config(), false);
        Preview {
            kept: KeptNetworks::new(results.config().seeds.first(), 0),
            results,
            networks: RecordedNetworks { unit_survivors: recording.unit_survivors, values: recording.values },
            votes: Rc::new(recording.votes),
            display: Display::new(None),
            selection,
            begun: false,
        }
    }

    /// What is recorded of its networks.
    pub fn networks(&self) -> &RecordedNetworks {
        &self.networks
    }

    /// What its networks read in some test images.
    pub fn votes(&self) -> &Rc<RecordedVotes> {
        &self.votes
    }

    /// Whether its moment moves.
    pub fn is_playing(&self) -> bool {
        self.display.is_playing() && self.display.is_behind(self.frontier())
    }

    /// Whether it stands at its end.
    pub fn is_over(&self) -> bool {
        !self.display.is_behind(self.frontier())
    }

    /// Its end.
    pub(crate) fn frontier(&self) -> Moment {
        display::frontier(&self.results)
    }

    /// Its results at the moment.
    pub(crate) fn shown(&self) -> ShownResults<'_> {
        match self.display.moment(self.frontier()) {
            Some(moment) => self.results.at(moment),
            None => self.results.everything(),
        }
    }

    /// Moves the moment by `since` seconds. Returns whether it has moved. For readers who want no motion it stands at its
    /// end until they play it.
    pub(crate) fn on_frame(&mut self, since: f64, speed: Speed, still: bool) -> bool {
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

    /// Holds the moment, or lets it move on, or once more from the start.
    pub(crate) fn hold_or_play(&mut self) {
        if self.is_over() {
            self.display.replay();
        } else {
            self.display.set_playing(!self.display.is_playing());
        }
    }

    /// Its experiment.
    pub(crate) fn config(&self) -> &ExperimentConfig {
        self.results.config()
    }

    /// The moment that is shown.
    pub(crate) fn moment(&self) -> Option<Moment> {
        self.display.moment(self.frontier())
    }

    /// How far the stage of the moment is, from 0 to 1.
    pub(crate) fn progress(&self) -> f64 {
        self.display.progress(self.config(), self.frontier())
    }

    /// The networks that can be asked: none.
    pub(crate) fn kept(&self) -> &KeptNetworks {
        &self.kept
    }

    /// Lets the user move the moment: `go` is given the display, the experiment and the last moment there is.
    pub(crate) fn go(&mut self, go: impl FnOnce(&mut Display, &ExperimentConfig, Moment)) {
        let frontier = self.frontier();
        self.begun = true;
        go(&mut self.display, self.results.config(), frontier);
    }
}
