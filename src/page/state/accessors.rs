//! What can be read off the state.

use crate::{chart_selection::ChartSelection, run_results::RunResults, worker_pool::WorkerSlot};
use crate::{
    state::{Download, RedrawNeeds, RunIntent, ScoredClaims, State},
    status::PageStatus,
};
use experiment::job::JobPhase;
use experiment::{config::ExperimentConfig, schedule::Schedule, settings::Settings};
use protocol::{Failure, RunId};

/// Seconds for which a pruning is shown.
const PRUNE_SHOWN: f64 = 0.6;
/// Seconds for which a rewinding is shown.
const REWIND_SHOWN: f64 = 0.4;

impl State {
    /// Where the page stands.
    pub fn status(&self) -> PageStatus {
        if self.failure.is_some() {
            return PageStatus::Failed;
        }
        if self.schedule.all_done() {
            return PageStatus::Done;
        }
        if !self.all_workers_ready() {
            return PageStatus::Loading;
        }
        match self.intent {
            RunIntent::Pause if self.nothing_started() => PageStatus::Ready,
            RunIntent::Pause => PageStatus::Paused,
            RunIntent::RunTo(_) | RunIntent::PauseThenAdvance(_) => PageStatus::Running,
        }
    }

    /// Whether nothing has been trained in this run.
    pub fn nothing_started(&self) -> bool {
        self.results.nothing_started()
    }

    /// Whether it will start by itself once everything is loaded, or runs.
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

    /// Which run it is; grows by one with every start.
    pub fn run(&self) -> RunId {
        self.run
    }

    /// The paper's claims, once a round is done.
    pub fn scored_claims(&self) -> Option<&ScoredClaims> {
        self.scored_claims.as_ref()
    }

    /// What is known.
    pub fn results(&self) -> &RunResults {
        &self.results
    }

    /// What a person has chosen to see of it.
    pub fn selection(&self) -> &ChartSelection {
        &self.selection
    }

    /// Who is done and who may start.
    pub fn schedule(&self) -> &Schedule {
        &self.schedule
    }

    /// The workers.
    pub fn workers(&self) -> &[WorkerSlot] {
        &self.workers
    }

    /// The download.
    pub fn download(&self) -> Download {
        self.download
    }

    /// How much of the loading is done, from 0 to 1.
    pub fn download_fraction(&self) -> f64 {
        let total: Option<u32> = self.download.total.iter().copied().sum();
        match total {
            _ if self.download.complete => 1.0,
            Some(total) if total > 0 => f64::from(self.download.done.iter().sum::<u32>()) / f64::from(total),
            _ => 0.0,
        }
    }

    /// What went wrong.
    pub fn failure(&self) -> Option<&Failure> {
        self.failure.as_ref()
    }

    /// Seconds of running, pauses not counted.
    pub fn running_seconds(&self) -> f64 {
        self.running_seconds
    }

    /// When the last mask came, on the same clock as everything else.
    pub fn pruned_at(&self) -> Option<f64> {
        self.pruned_at
    }

    /// The last thing worth saying aloud, once.
    pub fn take_announcement(&mut self) -> Option<String> {
        self.announcement.take()
    }

    /// Why something that was asked for cannot be had, once.
    pub fn take_request_error(&mut self) -> Option<String> {
        self.request_error.take()
    }

    /// Whether there is a worker that could write a report, and something to put into it.
    pub fn can_export(&self) -> bool {
        self.workers.iter().any(WorkerSlot::accepts_commands)
            && !self.results.experiment_report().finished_jobs().is_empty()
    }

    /// What has changed since this was last asked.
    pub fn take_redraw_needs(&mut self) -> RedrawNeeds {
        std::mem::take(&mut self.redraw_needs)
    }

    /// What the experiment is doing, for the stage strip. Pruning and rewinding take an instant; they are shown
    /// long enough to be seen.
    pub fn phase(&self, now: f64) -> Option<JobPhase> {
        if let Some(pruned) = self.pruned_at.filter(|_| self.failure.is_none()) {
            match now - pruned {
                since if since < PRUNE_SHOWN => return Some(JobPhase::Prune),
                since if since < PRUNE_SHOWN + REWIND_SHOWN => return Some(JobPhase::Rewind),
                _ => {}
            }
        }
        if !matches!(self.status(), PageStatus::Running | PageStatus::Paused) {
            return None;
        }
        self.results.in_progress().next().map(|_| JobPhase::Train)
    }
}
