//! Accessors: read-only views of the state, and values that are taken out of it once.

use crate::{
    chart_selection::ChartSelection,
    forecast::WorkerTime,
    redraw_needs::RedrawNeeds,
    refusals::{PageFailure, PageRefusal},
    run_results::RunResults,
    worker_pool::WorkerSlot,
};
use crate::{
    state::{Download, RunIntent, ScoredClaims, State},
    status::PageStatus,
};
use experiment::{config::ExperimentConfig, schedule::Schedule, settings::Settings};
use protocol::RunId;

impl State {
    /// The current status of the page.
    pub fn status(&self) -> PageStatus {
        if self.failure.is_some() {
            return PageStatus::Failed;
        }
        if self.schedule.all_done() {
            return PageStatus::Done;
        }
        // Data that the user has to give is not on its way.
        if !self.is_loaded && self.missing_data().is_some() {
            return if self.nothing_started() { PageStatus::Ready } else { PageStatus::Paused };
        }
        if !self.is_loaded {
            return PageStatus::Loading;
        }
        match self.intent {
            // A pause is one when every job has said so.
            RunIntent::Pause if self.workers.iter().any(WorkerSlot::has_running_job) => PageStatus::Running,
            RunIntent::Pause if self.nothing_started() => PageStatus::Ready,
            RunIntent::Pause => PageStatus::Paused,
            RunIntent::RunTo(_) | RunIntent::PauseThenAdvance(_) => PageStatus::Running,
        }
    }

    /// Whether nothing has been trained in this run.
    pub fn nothing_started(&self) -> bool {
        self.results.nothing_started()
    }

    /// Whether training runs, or will start by itself once everything is loaded.
    pub fn wants_to_run(&self) -> bool {
        self.intent != RunIntent::Pause
    }

    /// The settings of this run.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The experiment of this run.
    pub fn config(&self) -> &ExperimentConfig {
        &self.settings.config
    }

    /// The id of this run. It grows by one with every new run.
    pub fn run(&self) -> RunId {
        self.run
    }

    /// The paper's claims, scored after the last finished round. `None` until a round is finished.
    pub fn scored_claims(&self) -> Option<&ScoredClaims> {
        self.scored_claims.as_ref()
    }

    /// The results of this run.
    pub fn results(&self) -> &RunResults {
        &self.results
    }

    /// What the user has chosen to see of the results.
    pub fn selection(&self) -> &ChartSelection {
        &self.selection
    }

    /// The schedule: which jobs are done and which may start.
    pub fn schedule(&self) -> &Schedule {
        &self.schedule
    }

    /// The workers that train.
    pub fn workers(&self) -> &[WorkerSlot] {
        &self.workers
    }

    /// The progress of the download.
    pub fn download(&self) -> &Download {
        &self.download
    }

    /// Whether all results are there, and only networks are trained again.
    pub fn trains_again(&self) -> bool {
        // This is asked at every event, so the jobs are counted and not looked up one by one.
        let finished = self.results.experiment_report().finished_jobs().len();
        finished == self.schedule.jobs() && !self.schedule.all_done()
    }

    /// The fraction of the loading that is done, from 0 to 1.
    pub fn download_fraction(&self) -> f64 {
        match self.download.total_bytes() {
            _ if self.download.complete => 1.0,
            Some(total) if total > 0 => f64::from(self.download.done_bytes()) / f64::from(total),
            _ => 0.0,
        }
    }

    /// The failure that has stopped the page, if any.
    pub fn failure(&self) -> Option<&PageFailure> {
        self.failure.as_ref()
    }

    /// Seconds for which training has run. Pauses do not count.
    pub fn running_seconds(&self) -> f64 {
        self.running_seconds
    }

    /// How the workers have spent their time.
    pub fn worker_time(&self) -> WorkerTime {
        self.worker_time
    }

    /// Takes the text that a screen reader is to announce. It is returned only once.
    pub fn take_announcement(&mut self) -> Option<String> {
        self.announcement.take()
    }

    /// Takes why requests failed. They are returned only once.
    pub fn take_request_errors(&mut self) -> Vec<PageRefusal> {
        std::mem::take(&mut self.request_errors)
    }

    /// Whether there is something to write into a report.
    pub fn can_export(&self) -> bool {
        !self.results.experiment_report().finished_jobs().is_empty()
    }

    /// Has the table and what else depends on finished jobs drawn once more.
    pub fn show_rounds_anew(&mut self) {
        self.redraw_needs.rounds = true;
    }

    /// Takes what has changed since this was last called.
    pub fn take_redraw_needs(&mut self) -> RedrawNeeds {
        std::mem::take(&mut self.redraw_needs)
    }
}
