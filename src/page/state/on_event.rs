//! Handles worker events and the progress of the download.

use crate::refusals::{PageFailure, PageRefusal};
use crate::worker_pool::{AssignedJob, Effect, WorkerId, WorkerSlot, WorkerStatus};
use crate::{
    state::{Download, State},
    status::PageStatus,
};
use experiment::{arm::Arm, experiment_report::FinishedJob, job::JobId, job_data::JobOutputs};
use model::data_set::DataFile;
use protocol::{
    FailureKind, RunId, WorkerEvent,
    payload::{ArrayId, Payload, PayloadItem},
};

/// The arrays that come for a job's network.
const KEPT_OF_A_JOB: usize = 5;

impl State {
    /// Handles an event of a worker, with the payload that was sent beside it.
    pub fn on_event(
        &mut self,
        from: WorkerId,
        event: WorkerEvent,
        payload: Payload,
        now: f64,
    ) -> Vec<Effect> {
        self.advance_clock(now);
        let mut effects = Vec::new();
        let status = self.status();
        let brought: Vec<ArrayId> = payload.0.iter().filter_map(PayloadItem::kept).collect();
        if self.is_reader(from) {
            self.reader.life.hear(false);
            self.on_reader_event(event, payload, &mut effects);
        } else if status != PageStatus::Failed && self.hear_of_worker(from, &event) {
            self.handle_event(from, event, payload, &mut effects);
        } else {
            self.drop_unused(brought, &mut effects);
            return effects;
        }
        self.drop_unused(brought, &mut effects);
        self.dispatch(&mut effects);
        self.announce_rounds();
        self.announce_status(status);
        effects
    }

    /// Notes a sign of life. Returns whether this is a worker that trains.
    fn hear_of_worker(&mut self, from: WorkerId, event: &WorkerEvent) -> bool {
        let Some(worker) = self.workers.iter_mut().find(|worker| worker.id == from) else { return false };
        worker.life.hear(!matches!(event, WorkerEvent::Alive));
        if let WorkerEvent::Progress { .. } | WorkerEvent::Finished { .. } = event {
            worker.idle_deaths = 0;
        }
        true
    }

    fn handle_event(
        &mut self,
        from: WorkerId,
        event: WorkerEvent,
        payload: Payload,
        effects: &mut Vec<Effect>,
    ) {
        let ours = |run: RunId| run == self.run;
        match event {
            WorkerEvent::Ready => {
                self.set_worker_status(from, WorkerStatus::AwaitingData);
                self.send_data_to_waiting_workers(effects);
            }
            // What a worker says of the data set before is no longer heard.
            WorkerEvent::Unpacking { done, total } if self.unpacks(from) => {
                self.set_worker_status(from, WorkerStatus::Unpacking { done, total })
            }
            WorkerEvent::Loaded { data } if self.unpacks(from) && self.are_those_of_the_run(&data) => {
                self.set_worker_status(from, WorkerStatus::Ready);
                self.note_loaded();
            }
            WorkerEvent::Progress { run, job, phase, iteration, seconds } if ours(run) => {
                self.results.update_progress(job, phase, iteration, seconds);
                self.set_iteration(from, job, iteration);
            }
            WorkerEvent::ReadBeforeTraining { run, job, readings } if ours(run) => {
                self.results.add_readings_before_training(job, readings);
                self.redraw_needs.curves = true;
            }
            WorkerEvent::Evaluated { run, job, point } if ours(run) => {
                self.results.add_validation(job, point);
                self.set_iteration(from, job, point.iteration);
                self.redraw_needs.curves = true;
            }
            WorkerEvent::Paused { run, job, iteration } if ours(run) => {
                self.set_iteration(from, job, iteration);
                self.update_job(from, job, |assigned| (assigned.running, assigned.pausing) = (false, false));
            }
            WorkerEvent::Finished { run, report, seconds, digest, .. } if ours(run) => {
                let finished = FinishedJob { report: *report, seconds, digest: Some(digest) };
                let brought = payload.0.get(3..).unwrap_or_default().to_vec();
                self.on_job_finished(from, finished, payload.into_job_outputs(), &brought, effects);
            }
            WorkerEvent::CorruptedRead { run, job, readings, seconds } if ours(run) => {
                self.on_corrupted_read(from, job, readings, effects);
                self.worker_time.has_read(seconds);
            }
            WorkerEvent::Failed { failure } if failure.kind == FailureKind::Worker => {
                self.replace_worker(from, failure.cause.into(), effects);
            }
            WorkerEvent::Failed { failure } => self.enter_failed(failure.into(), effects),
            // Only the reader is asked. That a worker lives has been noted.
            WorkerEvent::Answered { .. }
            | WorkerEvent::Alive
            | WorkerEvent::Unpacking { .. }
            | WorkerEvent::Loaded { .. }
            | WorkerEvent::Progress { .. }
            | WorkerEvent::ReadBeforeTraining { .. }
            | WorkerEvent::Evaluated { .. }
            | WorkerEvent::Paused { .. }
            | WorkerEvent::Finished { .. }
            | WorkerEvent::CorruptedRead { .. } => {}
        }
    }

    fn on_job_finished(
        &mut self,
        from: WorkerId,
        finished: FinishedJob,
        outputs: JobOutputs,
        brought: &[PayloadItem],
        effects: &mut Vec<Effect>,
    ) {
        let job = finished.report.job;
        if !self.has_job(from, job) {
            return;
        }
        if self.results.experiment_report().differs_from_recorded(&finished, outputs.next_mask.as_deref()) {
            let cause = PageRefusal::ResultsChanged(job);
            return self.enter_failed(PageFailure { kind: FailureKind::Report, cause }, effects);
        }
        let again = self.results.finished_job(job).is_some();
        let mask = outputs.next_mask.clone();
        let before = self.before_finish(&outputs);
        if let Err(error) = self.store.add_outputs(job, outputs) {
            let cause = PageRefusal::OutputsNotWhole(error);
            return self.replace_worker(from, cause, effects);
        }
        self.take_from_workers(job);
        self.worker_time.job_ended(finished.seconds);
        // Behind the arrays of the network the page puts the message itself, for the store.
        let (network, record) = brought.split_at(brought.len().min(KEPT_OF_A_JOB));
        self.keep_network(&finished, network, effects);
        if finished.report.robustness.is_some() {
            self.selection.offer_corrupted();
            self.redraw_needs.selection = true;
        }
        self.results.add_finished(finished, mask.as_deref());
        self.schedule.mark_done(job);
        self.save_job(job, record.first().and_then(PayloadItem::kept), before, effects);
        self.redraw_needs.curves = true;
        self.redraw_needs.rounds = true;
        // Only the ticket's masks are shown.
        if mask.is_some() && job.arm == Arm::Ticket {
            self.redraw_needs.masks = true;
        }
        if !again && self.results.is_round_done(job.round) {
            self.ask_for_scores();
        }
    }

    /// Records the progress of the download: `done` bytes so far of `file`, one of the data set with the number `set` among
    /// those of the run. `total` is its size in bytes, if known.
    pub fn on_download_progress(
        &mut self,
        (set, file): (usize, DataFile),
        done: u32,
        total: Option<u32>,
        now: f64,
    ) {
        self.advance_clock(now);
        self.download_silent = 0.0;
        let index = set * DataFile::ALL.len() + file as usize;
        let Download { done: all_done, total: all_total, .. } = &mut self.download;
        if let (Some(of_done), Some(of_total)) = (all_done.get_mut(index), all_total.get_mut(index)) {
            *of_done = done;
            // The server may send more bytes than it announced if a proxy has removed the compression.
            *of_total = total.map(|total| total.max(done));
        }
    }

    /// Whether these are the names of the data sets that the run reads.
    fn are_those_of_the_run(&self, names: &[String]) -> bool {
        names.iter().eq(self.config().data_sets().iter().map(|data| &data.name))
    }

    /// Handles the end of the download of all files.
    pub fn on_download_complete(&mut self, now: f64) -> Vec<Effect> {
        self.advance_clock(now);
        self.download.complete = true;
        let mut effects = Vec::new();
        if self.failure.is_none() {
            self.send_data_to_waiting_workers(&mut effects);
        }
        effects
    }

    /// Whether a worker has been sent the data of this run and has not unpacked it yet.
    fn unpacks(&self, worker: WorkerId) -> bool {
        self.worker(worker).is_some_and(|slot| matches!(slot.status, WorkerStatus::Unpacking { .. }))
    }

    fn set_iteration(&mut self, from: WorkerId, job: JobId, iteration: u32) {
        self.schedule.set_iteration(job, iteration);
        self.update_job(from, job, |assigned| assigned.iteration = iteration);
    }

    fn update_job(&mut self, from: WorkerId, job: JobId, change: impl FnOnce(&mut AssignedJob)) {
        let worker = self.workers.iter_mut().find(|worker| worker.id == from);
        worker.and_then(|worker| worker.job_mut(job)).map(change);
    }

    /// Whether a job is assigned to this worker. What others say of it comes too late.
    pub(super) fn has_job(&self, id: WorkerId, job: JobId) -> bool {
        self.worker(id).is_some_and(|worker| worker.jobs.iter().any(|assigned| assigned.job == job))
    }

    /// Takes a job from the workers, because it is done.
    pub(super) fn take_from_workers(&mut self, job: JobId) {
        self.workers.iter_mut().for_each(|worker| worker.jobs.retain(|assigned| assigned.job != job));
        self.deaths.job_finished(job);
    }

    pub(super) fn worker(&self, id: WorkerId) -> Option<&WorkerSlot> {
        self.workers.iter().find(|worker| worker.id == id)
    }

    fn set_worker_status(&mut self, id: WorkerId, stage: WorkerStatus) {
        if let Some(worker) = self.workers.iter_mut().find(|worker| worker.id == id) {
            worker.status = stage;
        }
    }
}
