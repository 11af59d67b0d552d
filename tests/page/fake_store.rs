//! A store of runs like that of the browser: it holds what the page has written, as long as the test lives.

use crate::page_harness::PageHarness;
use experiment::{
    experiment_report::{ExperimentReportParts, FinishedJob},
    job::JobId,
};
use page::{
    saved_runs::{SavedEffect, SavedId, SavedRun, StoreTrouble},
    state::saving::{SavedContents, SavedJob},
};
use protocol::{
    WorkerEvent,
    payload::{ArrayId, Payload, PayloadItem},
    report_payload,
};
use std::collections::BTreeMap;

/// What the store has of a run beside its description.
#[derive(Clone, Default)]
pub(crate) struct StoredJobs {
    pub(crate) base: Option<(ExperimentReportParts, Payload)>,
    pub(crate) jobs: BTreeMap<JobId, (WorkerEvent, Payload)>,
    pub(crate) networks: BTreeMap<JobId, Vec<PayloadItem>>,
}

#[derive(Clone, Default)]
pub(crate) struct FakeStore {
    pub(crate) runs: BTreeMap<SavedId, (SavedRun, StoredJobs)>,
    /// The messages that are kept until the event they came with is over.
    pub(crate) records: BTreeMap<ArrayId, (WorkerEvent, Payload)>,
    /// Why nothing can be written, if so.
    pub(crate) trouble: Option<StoreTrouble>,
    /// The runs that are open in other tabs.
    pub(crate) elsewhere: Vec<SavedId>,
    /// The runs that this tab holds.
    pub(crate) held: Vec<SavedId>,
    /// Whether writes end later, when the test says so.
    pub(crate) is_slow: bool,
}

impl PageHarness {
    /// A page that is opened later, with the store that an earlier one has left.
    pub(crate) fn reopened(&self, fragment: &str) -> PageHarness {
        let mut bench = PageHarness::loaded(fragment);
        bench.state.set_identity(self.now.to_bits(), 1e9 + self.now);
        bench.store = FakeStore {
            runs: self.store.runs.clone(),
            elsewhere: self.store.elsewhere.clone(),
            ..FakeStore::default()
        };
        bench.list_runs();
        bench
    }

    pub(crate) fn list_runs(&mut self) {
        let runs = self.store.runs.values().map(|(run, _)| run.clone()).collect();
        let effects = self.state.on_saved_list(runs, self.store.elsewhere.clone());
        self.perform(effects);
    }

    /// Does with the store what the page wants.
    pub(crate) fn use_store(&mut self, effect: SavedEffect) {
        match effect {
            SavedEffect::List | SavedEffect::ListLater => self.list_runs(),
            SavedEffect::Write(write) => {
                if let Some(trouble) = self.store.trouble.filter(|_| write.job.is_some()) {
                    let effects = self.state.on_saved(Err(trouble));
                    return self.perform(effects);
                }
                assert!(self.store.held.contains(&write.run.id), "a run is written that is not held");
                let entry = self.store.runs.entry(write.run.id.clone());
                let (run, stored) = entry.or_insert_with(|| (write.run.clone(), StoredJobs::default()));
                *run = write.run;
                let has_job = write.job.is_some();
                if let Some((parts, payload)) = write.base {
                    stored.base = Some((*parts, payload));
                }
                if let Some(job) = write.job {
                    let record = self.store.records[&job.record].clone();
                    stored.jobs.insert(job.job, record);
                    if let Some(network) = job.network {
                        let array = |id: ArrayId| self.arrays[&id].clone();
                        let early = network.early_stop.map_or(PayloadItem::Absent, array);
                        let [mask, first, last] = [network.mask, network.first, network.last].map(array);
                        let arrays = vec![mask, first, last, early, array(network.test_predictions)];
                        stored.networks.insert(job.job, arrays);
                    }
                    job.dropped.iter().for_each(|job| _ = stored.networks.remove(job));
                }
                if has_job && !self.store.is_slow {
                    let effects = self.state.on_saved(Ok(()));
                    self.perform(effects);
                }
            }
            SavedEffect::Open(id) if self.store.elsewhere.contains(&id) => {
                let effects = self.state.on_saved_elsewhere(id);
                self.perform(effects);
            }
            SavedEffect::Open(id) => {
                let contents = self.read_run(&id);
                let effects = self.state.on_saved_read(contents, self.now);
                self.perform(effects);
            }
            SavedEffect::Rename(id, name) => {
                self.store.runs.get_mut(&id).expect("a run").0.name = name;
            }
            SavedEffect::AddReadings(id, job, readings) => {
                let stored = self.store.runs.get_mut(&id).and_then(|(_, stored)| stored.jobs.get_mut(&job));
                if let Some((WorkerEvent::Finished { report, .. }, _)) = stored {
                    report.robustness = Some(readings);
                }
                let effects = self.state.on_saved(Ok(()));
                self.perform(effects);
            }
            SavedEffect::SetDeleted(id, _) if self.store.elsewhere.contains(&id) => {
                let effects = self.state.on_saved_elsewhere(id);
                self.perform(effects);
            }
            SavedEffect::SetDeleted(id, deleted) => {
                self.store.runs.get_mut(&id).expect("a run").0.deleted = deleted;
            }
            SavedEffect::Remove(ids) => ids.iter().for_each(|id| _ = self.store.runs.remove(id)),
            SavedEffect::Hold(ids) => self.store.held = ids,
        }
    }

    fn read_run(&mut self, id: &SavedId) -> SavedContents {
        let (run, stored) = self.store.runs[id].clone();
        let mut jobs = vec![];
        // In the order of their names as texts, as the store has them.
        let mut names: Vec<JobId> = stored.jobs.keys().copied().collect();
        names.sort_by_key(ToString::to_string);
        for job in names {
            let (event, outputs) = stored.jobs[&job].clone();
            let WorkerEvent::Finished { report, seconds, digest, .. } = event else { panic!("no job") };
            let mut network = stored.networks.get(&job).cloned().unwrap_or_default();
            network.iter_mut().for_each(|item| self.keep(item));
            jobs.push(SavedJob {
                finished: FinishedJob { report: *report, seconds, digest: Some(digest) },
                outputs: outputs.into_job_outputs(),
                network,
            });
        }
        let base = stored.base.and_then(|(parts, payload)| report_payload::read_report(parts, payload));
        SavedContents { run, base, jobs }
    }
}
