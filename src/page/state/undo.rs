//! Takes back what was done last. A run that gives way to another stays in memory whole, so that it comes back whether or
//! not the browser keeps anything; a deleted run stays in the store until nobody can undo it.

use crate::{
    kept_networks::{self, KeptNetworks},
    run_aside::{RunAside, Undo},
    run_results::RunResults,
    saved_runs::SavedEffect,
    saved_texts,
    state::State,
    worker_pool::Effect,
};
use experiment::{experiment_report::ExperimentReport, settings::Settings};
use std::collections::BTreeSet;

impl State {
    /// What can be taken back, as a sentence.
    pub fn undo_note(&self) -> Option<String> {
        self.undo.as_ref().map(|undo| match undo {
            Undo::Replaced(aside) => {
                let done = aside.results.experiment_report().finished_jobs().len();
                let name = aside.saved.id.as_ref().and_then(|id| self.saved.get(id)).map(|run| &*run.name);
                saved_texts::replaced(&aside.settings, name.unwrap_or_default(), done, aside.schedule.jobs())
            }
            Undo::Deleted(id) => saved_texts::deleted(self.saved.get(id)),
        })
    }

    /// Puts a run with these finished jobs in the place of the present one, which an undo brings back if anything is
    /// finished in it.
    pub(super) fn replace_run(&mut self, report: ExperimentReport, effects: &mut Vec<Effect>) {
        let (store, schedule) = report.resume();
        let mut aside = RunAside {
            settings: Settings { autoplay: false, ..self.settings.clone() },
            results: std::mem::replace(&mut self.results, RunResults::new(report)),
            store: std::mem::replace(&mut self.store, store),
            schedule: std::mem::replace(&mut self.schedule, schedule),
            display: self.display.clone(),
            running_seconds: self.running_seconds,
            announced_rounds: self.announced_rounds,
            kept: KeptNetworks::new(self.settings.config.seeds.first(), kept_networks::MOST_BYTES),
            saved: std::mem::take(&mut self.saved.present),
        };
        // Its workers are told to stop.
        aside.results.clear_in_progress();
        aside.schedule.requeue_running_jobs();
        aside.display.set_playing(false);
        self.saved.changes += 1;
        match aside.results.experiment_report().finished_jobs().is_empty() {
            true => self.hold_runs(effects),
            false => self.set_undo(Undo::Replaced(Box::new(aside)), effects),
        }
    }

    /// Gives the networks of the run that has just given way to it, or drops them if it does not come back.
    pub(super) fn put_networks_aside(&mut self, networks: KeptNetworks, effects: &mut Vec<Effect>) {
        let arrays = networks.arrays();
        match &mut self.undo {
            Some(Undo::Replaced(aside)) if !arrays.is_empty() => aside.kept = networks,
            _ => effects.extend((!arrays.is_empty()).then_some(Effect::DropArrays(arrays))),
        }
    }

    /// From now on this can be taken back, and what could be before cannot.
    pub(super) fn set_undo(&mut self, undo: Undo, effects: &mut Vec<Effect>) {
        match self.undo.replace(undo) {
            Some(Undo::Replaced(aside)) => {
                let arrays = aside.kept.arrays();
                effects.extend((!arrays.is_empty()).then_some(Effect::DropArrays(arrays)));
            }
            Some(Undo::Deleted(id)) => self.forget_runs(vec![id], effects),
            None => {}
        }
        self.saved.changes += 1;
        self.hold_runs(effects);
    }

    /// Takes back what was done last. Where that was a run in the place of another, the undo can be undone in turn.
    pub(super) fn undo_last(&mut self, effects: &mut Vec<Effect>) {
        match self.undo.take() {
            None => {}
            Some(Undo::Deleted(id)) => {
                if let Some(run) = self.saved.get_mut(&id) {
                    run.deleted = false;
                }
                self.saved.changes += 1;
                effects.push(Effect::Saved(SavedEffect::SetDeleted(id, false)));
                self.hold_runs(effects);
            }
            Some(Undo::Replaced(aside)) => {
                let aside = *aside;
                let report = aside.results.experiment_report().clone();
                self.start_run_keeping(aside.settings, report, &BTreeSet::new(), effects);
                (self.store, self.schedule, self.results) = (aside.store, aside.schedule, aside.results);
                (self.display, self.running_seconds) = (aside.display, aside.running_seconds);
                self.announced_rounds = aside.announced_rounds;
                (self.kept, self.saved.present) = (aside.kept, aside.saved);
                self.hold_runs(effects);
                self.ask_for_scores();
                effects.push(Effect::ShowSettings);
            }
        }
    }
}
