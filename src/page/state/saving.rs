//! Keeps the run on the page in the browser's store whenever a job is done, and goes on with a kept run. Training never
//! waits for the store.

use crate::{
    run_aside::Undo,
    saved_runs::{
        PresentRun, SCHEMA, SavedAction, SavedEffect, SavedId, SavedRun, SavedRuns, SavedWrite, StoreTrouble,
        WrittenJob, evicted,
    },
    saved_texts,
    state::{State, TimelineMove},
    worker_pool::Effect,
};
use experiment::{
    experiment_report::{ExperimentReport, ExperimentReportParts, FinishedJob},
    job::JobId,
    job_data::JobOutputs,
    job_graph,
    robustness::RobustnessReadings,
    settings::Settings,
    sorted_map::SortedMap,
};
use protocol::{
    payload::{ArrayId, Payload, PayloadItem},
    report_payload,
};
use std::collections::BTreeSet;

/// A run as the store gives it back.
#[derive(Clone, Debug, PartialEq)]
pub struct SavedContents {
    /// What is known of it.
    pub run: SavedRun,
    /// What was finished before it was first written.
    pub base: Option<ExperimentReport>,
    /// Its jobs, in any order.
    pub jobs: Vec<SavedJob>,
}

/// A job as the store gives it back.
#[derive(Clone, Debug, PartialEq)]
pub struct SavedJob {
    /// Its results.
    pub finished: FinishedJob,
    /// What others need of it.
    pub outputs: JobOutputs,
    /// The arrays of its network, as they come with a finished job; empty if they were not kept.
    pub network: Vec<PayloadItem>,
}

/// What has to be known of a finished job before its outputs are given away and its results are added.
pub(super) struct BeforeFinish {
    bytes: usize,
    base: Option<(Box<ExperimentReportParts>, Payload)>,
    networks: Vec<JobId>,
}

impl State {
    /// The kept runs.
    pub fn saved(&self) -> &SavedRuns {
        &self.saved
    }

    /// Tells the state who it is: a random number that no other tab has, and how many seconds after 1970 the page began to
    /// count its time.
    pub fn set_identity(&mut self, page: u64, clock: f64) {
        (self.saved.page, self.saved.clock) = (page, clock);
    }

    pub(super) fn on_saved_action(&mut self, action: SavedAction, effects: &mut Vec<Effect>) {
        match action {
            SavedAction::Open(id) => effects.push(Effect::Saved(SavedEffect::Open(id))),
            SavedAction::Rename(id, name) => {
                if let Some(run) = self.saved.get_mut(&id) {
                    run.name.clone_from(&name);
                    self.saved.changes += 1;
                    effects.push(Effect::Saved(SavedEffect::Rename(id, name)));
                }
            }
            SavedAction::Delete(id) => self.delete_saved(id, effects),
            SavedAction::Undo => self.undo_last(effects),
            SavedAction::KeepPlace => {
                let known = |run: &SavedRun| self.saved.get(&run.id).map(|known| &known.fragment);
                if self.saved.present.is_written
                    && let Some(run) = self.header().filter(|run| known(run) != Some(&run.fragment))
                {
                    self.saved.put(run.clone());
                    let write = SavedWrite { run, job: None, base: None };
                    effects.push(Effect::Saved(SavedEffect::Write(Box::new(write))));
                }
            }
            SavedAction::List => effects.push(Effect::Saved(SavedEffect::List)),
        }
    }

    fn delete_saved(&mut self, id: SavedId, effects: &mut Vec<Effect>) {
        if self.saved.is_here(&id) || self.saved.is_elsewhere(&id) {
            return;
        }
        if let Some(run) = self.saved.get_mut(&id) {
            run.deleted = true;
            if self.saved.offer.take_if(|offer| *offer == id).is_some() {
                self.saved.is_offer_over = true;
            }
            self.announcement = Some(saved_texts::deleted(self.saved.get(&id)));
            effects.push(Effect::Saved(SavedEffect::SetDeleted(id.clone(), true)));
            self.set_undo(Undo::Deleted(id), effects);
        }
    }

    /// What the store is to know of the run on the page.
    fn header(&self) -> Option<SavedRun> {
        let known = self.saved.present.id.as_ref().and_then(|id| self.saved.get(id))?;
        let mut settings = Settings { autoplay: false, ..self.settings.clone() };
        settings.display.at = Some(self.shown().moment());
        Some(SavedRun {
            fragment: settings.to_link(),
            written: self.saved.clock + self.last_update,
            done: self.results.experiment_report().finished_jobs().len() as u32,
            total: self.schedule.jobs() as u32,
            seconds: self.running_seconds,
            ..known.clone()
        })
    }

    /// Before a job is added to the results: what is written with it.
    pub(super) fn before_finish(&self, outputs: &JobOutputs) -> BeforeFinish {
        let report = self.results.experiment_report();
        let is_first = !self.saved.present.is_written && !report.finished_jobs().is_empty();
        BeforeFinish {
            bytes: outputs.bytes(),
            base: is_first.then(|| report_payload::write_report(report)),
            networks: self.kept.jobs().collect(),
        }
    }

    /// Has a job written that has just finished. `record` is the worker's message as it came.
    pub(super) fn save_job(
        &mut self,
        job: JobId,
        record: Option<ArrayId>,
        before: BeforeFinish,
        effects: &mut Vec<Effect>,
    ) {
        // Workers whose events do not come through the browser, in tests, bring no record.
        let Some(record) = record else { return };
        let network = self.kept.get(job).copied();
        let dropped = before.networks.into_iter().filter(|job| self.kept.get(*job).is_none()).collect();
        let mut bytes = before.bytes as f64 + self.kept.bytes_of(job) as f64;
        if let Some((_, payload)) = &before.base {
            bytes += payload.bytes() as f64;
        }
        if self.saved.present.id.is_none() {
            self.begin_saving(effects);
        }
        let id = self.saved.present.id.clone();
        if let Some(run) = id.as_ref().and_then(|id| self.saved.get_mut(id)) {
            run.bytes += bytes;
        }
        let Some(run) = self.header() else { return };
        self.saved.put(run.clone());
        self.saved.present.is_written = true;
        self.saved.pending += 1;
        self.saved.changes += 1;
        let job = Some(WrittenJob { job, record, network, dropped });
        let write = SavedWrite { run, job, base: before.base };
        effects.push(Effect::Saved(SavedEffect::Write(Box::new(write))));
        self.evict(effects);
    }

    /// Has readings of corrupted images added to a job that is written, or will be before them.
    pub(super) fn save_readings(
        &mut self,
        job: JobId,
        readings: RobustnessReadings,
        effects: &mut Vec<Effect>,
    ) {
        if let Some(id) = &self.saved.present.id {
            self.saved.pending += 1;
            effects.push(Effect::Saved(SavedEffect::AddReadings(id.clone(), job, readings)));
        }
    }

    /// Gives the run on the page an id, under which it is kept from now on.
    fn begin_saving(&mut self, effects: &mut Vec<Effect>) {
        let id = SavedId(format!("{:016x}-{}", self.saved.page, self.run));
        let now = self.saved.clock + self.last_update;
        let run = SavedRun {
            id: id.clone(),
            schema: SCHEMA,
            name: String::new(),
            fragment: String::new(),
            begun: now,
            written: now,
            done: 0,
            total: 0,
            bytes: 0.0,
            seconds: 0.0,
            deleted: false,
        };
        self.saved.put(run);
        self.saved.present.id = Some(id);
        // Where a run has begun, the last one is one of those in the list.
        (self.saved.offer, self.saved.is_offer_over) = (None, true);
        self.hold_runs(effects);
    }

    /// The runs that this page keeps other tabs from: the one on the page, and one that an undo brings back.
    fn held_runs(&self) -> Vec<SavedId> {
        self.saved.present.id.iter().chain(self.undo.as_ref().and_then(Undo::saved_id)).cloned().collect()
    }

    /// Has them held, and no others. What was to be held on the way is not let go of in between, because another tab could
    /// take it.
    pub(super) fn hold_runs(&self, effects: &mut Vec<Effect>) {
        effects.retain(|effect| !matches!(effect, Effect::Saved(SavedEffect::Hold(_))));
        effects.push(Effect::Saved(SavedEffect::Hold(self.held_runs())));
    }

    /// Those, and the ones that are open in other tabs.
    fn runs_in_use(&self) -> Vec<SavedId> {
        let mut in_use = self.held_runs();
        in_use.extend(self.saved.elsewhere.iter().cloned());
        in_use
    }

    fn evict(&mut self, effects: &mut Vec<Effect>) {
        // Until the store has said what it has, nothing is too much.
        if !self.saved.is_read {
            return;
        }
        let in_use = self.runs_in_use();
        let gone = evicted(&self.saved.runs, &in_use);
        self.forget_runs(gone, effects);
    }

    /// Removes runs from the store for good.
    pub(super) fn forget_runs(&mut self, gone: Vec<SavedId>, effects: &mut Vec<Effect>) {
        if !gone.is_empty() {
            self.saved.runs.retain(|run| !gone.contains(&run.id));
            self.saved.offer.take_if(|offer| gone.contains(offer));
            self.saved.changes += 1;
            effects.push(Effect::Saved(SavedEffect::Remove(gone)));
        }
    }

    /// The store says which runs there are, and the browser which of them are open in other tabs.
    pub fn on_saved_list(&mut self, runs: Vec<SavedRun>, elsewhere: Vec<SavedId>) -> Vec<Effect> {
        self.saved.take_list(runs, elsewhere);
        self.saved.offer = if self.saved.is_offer_over { None } else { self.saved.newest() };
        let in_use = self.runs_in_use();
        let mut effects = vec![];
        // A page that is loaded again may find itself, as it was before, still there, as may whoever closes another tab. So
        // what is open elsewhere is looked at twice.
        self.saved.looks_again = !self.saved.looks_again && !self.saved.elsewhere.is_empty();
        if self.saved.looks_again {
            effects.push(Effect::Saved(SavedEffect::ListLater));
        }
        // Whoever deleted these has gone, so that nobody can undo it.
        let deleted = self.saved.runs.iter().filter(|run| run.deleted && !in_use.contains(&run.id));
        let deleted: Vec<SavedId> = deleted.map(|run| run.id.clone()).collect();
        self.forget_runs(deleted, &mut effects);
        self.evict(&mut effects);
        effects
    }

    /// A write of a job or of readings has ended, or why it has not been done.
    pub fn on_saved(&mut self, outcome: Result<(), StoreTrouble>) -> Vec<Effect> {
        self.saved.pending = self.saved.pending.saturating_sub(1);
        if outcome.is_err() {
            // The next finished job has everything written.
            self.saved.present.is_written = false;
        }
        if self.saved.trouble != outcome.err() {
            self.saved.changes += 1;
            self.saved.trouble = outcome.err();
        }
        vec![]
    }

    /// A run that was to be opened or deleted is open in another tab.
    pub fn on_saved_elsewhere(&mut self, id: SavedId) -> Vec<Effect> {
        if let Some(run) = self.saved.get_mut(&id) {
            run.deleted = false;
            self.announcement = Some(saved_texts::is_elsewhere(run));
        }
        self.undo.take_if(|undo| matches!(undo, Undo::Deleted(deleted) if *deleted == id));
        self.saved.offer.take_if(|offer| *offer == id);
        self.saved.elsewhere.push(id);
        self.saved.changes += 1;
        vec![]
    }

    /// Goes on with a run that was read from the store, at its place, without training on by itself.
    pub fn on_saved_read(&mut self, contents: SavedContents, now: f64) -> Vec<Effect> {
        self.advance_clock(now);
        let mut effects = vec![];
        let SavedContents { run, base, jobs } = contents;
        let Some(mut settings) = run.settings() else { return effects };
        let place = settings.display.at.take();
        let here = self.settings.display;
        (settings.display.lang, settings.display.embed) = (here.lang, here.embed);
        let base = base.filter(|base| *base.config() == settings.config);
        let mut report = base.unwrap_or_else(|| ExperimentReport::new(&settings.config));
        let mut known = BTreeSet::new();
        known.extend(job_graph::all_jobs(&settings.config));
        let is_whole = |job: &SavedJob| {
            let (id, config) = (job.finished.report.job, &settings.config);
            known.contains(&id) && job.outputs.check(config, id, job_graph::output_spec(config, id)).is_ok()
        };
        // The masks of an arm are added in the order of the rounds.
        let mut by_round = SortedMap::new();
        for job in jobs.into_iter().filter(is_whole) {
            by_round.insert((job.finished.report.job.round, job.finished.report.job), job);
        }
        let mut outputs = SortedMap::new();
        let mut networks = vec![];
        for SavedJob { finished, outputs: of_job, network } in by_round.into_values() {
            report.add_finished_job(finished.clone(), of_job.next_mask.as_deref());
            outputs.insert(finished.report.job, of_job);
            networks.push((finished, network));
        }
        let begins = report.resume_with(outputs);
        self.announcement = Some(saved_texts::opened(&run));
        self.start_run(settings, report, &mut effects);
        (self.store, self.schedule) = begins;
        for (finished, network) in networks {
            self.keep_network(&finished, &network, &mut effects);
        }
        if let Some(place) = place {
            self.go_to(TimelineMove::Moment(place));
        }
        self.running_seconds = run.seconds;
        self.announced_rounds = self.results.rounds_done();
        self.saved.present = PresentRun { id: Some(run.id.clone()), is_written: true };
        self.saved.put(run);
        (self.saved.offer, self.saved.is_offer_over) = (None, true);
        self.saved.changes += 1;
        self.hold_runs(&mut effects);
        self.ask_for_scores();
        effects.push(Effect::ShowSettings);
        self.dispatch(&mut effects);
        effects
    }
}
