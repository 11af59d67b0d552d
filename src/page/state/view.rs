//! What can be read off the state.

use crate::{choice::Choice, fleet::Slot, record::Record};
use crate::{
    state::{Changes, Download, Intent, Scored, State},
    status::PageStatus,
};
use experiment::{config::ExperimentConfig, jobs::Schedule, settings::Settings};
use protocol::{Failure, JobPhase, Run};

/// Seconds for which a pruning is shown.
const PRUNE_SHOWN: f64 = 0.6;
/// Seconds for which a rewinding is shown.
const REWIND_SHOWN: f64 = 0.4;

impl State {
    /// Where the page stands.
    pub fn standing(&self) -> PageStatus {
        if self.failure.is_some() {
            return PageStatus::Failed;
        }
        if self.schedule.all_done() {
            return PageStatus::Done;
        }
        if !self.loaded() {
            return PageStatus::Loading;
        }
        match self.intent {
            Intent::Hold if self.untouched() => PageStatus::Ready,
            Intent::Hold => PageStatus::Paused,
            Intent::Run(_) | Intent::Settle(_) => PageStatus::Running,
        }
    }

    /// Whether nothing has been trained in this run.
    pub fn untouched(&self) -> bool {
        self.record.untouched()
    }

    /// Whether it will start by itself once everything is loaded, or runs.
    pub fn wants_to_run(&self) -> bool {
        self.intent != Intent::Hold
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
    pub fn run(&self) -> Run {
        self.run
    }

    /// The paper's claims, once a round is done.
    pub fn scored(&self) -> Option<&Scored> {
        self.scored.as_ref()
    }

    /// What is known.
    pub fn record(&self) -> &Record {
        &self.record
    }

    /// What a person has chosen to see of it.
    pub fn choice(&self) -> &Choice {
        &self.choice
    }

    /// Who is done and who may start.
    pub fn schedule(&self) -> &Schedule {
        &self.schedule
    }

    /// The workers.
    pub fn slots(&self) -> &[Slot] {
        &self.slots
    }

    /// The download.
    pub fn download(&self) -> Download {
        self.download
    }

    /// How much of the loading is done, from 0 to 1.
    pub fn loaded_share(&self) -> f64 {
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
    pub fn elapsed(&self) -> f64 {
        self.elapsed
    }

    /// When the last mask came, on the same clock as everything else.
    pub fn pruned_at(&self) -> Option<f64> {
        self.pruned_at
    }

    /// The last thing worth saying aloud, once.
    pub fn take_said(&mut self) -> Option<String> {
        self.said.take()
    }

    /// Why something that was asked for cannot be had, once.
    pub fn take_refusal(&mut self) -> Option<String> {
        self.refusal.take()
    }

    /// Whether there is a worker that could write a report, and something to put into it.
    pub fn can_export(&self) -> bool {
        self.slots.iter().any(Slot::listens) && !self.record.journal().finished_jobs().is_empty()
    }

    /// What has changed since this was last asked.
    pub fn take_changes(&mut self) -> Changes {
        std::mem::take(&mut self.changes)
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
        if !matches!(self.standing(), PageStatus::Running | PageStatus::Paused) {
            return None;
        }
        self.record.live().next().map(|_| JobPhase::Train)
    }
}
