//! Keeps the results of a run beside those of another, and starts that other one with the jobs that both have.

use crate::{
    pinned_runs::{PinnedRun, PinnedRuns},
    state::State,
    worker_pool::Effect,
};
use experiment::{experiment_report::ExperimentReport, moment::Moment, settings::Settings};
use std::collections::BTreeSet;

impl State {
    /// The pinned runs.
    pub fn pinned(&self) -> &PinnedRuns {
        &self.pinned
    }

    /// Keeps the run's results, if it has any.
    pub(super) fn pin(&mut self) {
        if self.can_export() {
            let fragment = self.settings.to_fragment();
            self.pinned.pin(PinnedRun { fragment, results: self.results.clone() });
            self.redraw_needs.selection = true;
        }
    }

    pub(super) fn unpin(&mut self, letter: char) {
        self.pinned.unpin(letter);
        self.redraw_needs.selection = true;
    }

    /// Pins the run and starts one with other settings. Jobs that both have are not trained again, and their networks
    /// stay. The display begins with the first round that is new.
    pub(super) fn branch(&mut self, mut settings: Settings, effects: &mut Vec<Effect>) {
        self.files.complete(&mut settings.config);
        self.pin();
        let report = ExperimentReport::reusing(&settings.config, self.results.experiment_report());
        let mut reused = BTreeSet::new();
        reused.extend(report.finished_jobs().keys().copied());
        self.start_run_keeping(Settings { autoplay: true, ..settings }, report, &reused, effects);
        let first_new = self.results.rounds_done().min(self.settings.config.last_round());
        let frontier = self.frontier();
        self.display.go_to(&self.settings.config, Moment::start_of(first_new), 0.0, frontier);
        self.display.set_playing(true);
        self.announced_rounds = self.results.rounds_done();
    }
}
