//! What comes of the workers' words, and of the download's.

use crate::{
    fleet::{Effect, Slot, Stage, Task, WorkerId},
    words,
};
use crate::{state::State, status::PageStatus};
use experiment::{arm::Arm, job::JobId, job_data::JobOutputs, journal::FinishedJob};
use protocol::{Event, Failure, FailureKind, MnistFile, Run, Sent};

impl State {
    /// Takes what a worker says, and what travels beside it.
    pub fn apply(&mut self, from: WorkerId, event: Event, sent: Sent, now: f64) -> Vec<Effect> {
        self.pass(now);
        let mut effects = Vec::new();
        let standing = self.standing();
        if standing == PageStatus::Failed || self.slot(from).is_none() {
            return effects;
        }
        self.silence = 0.0;
        self.hear(from, event, sent, &mut effects);
        self.drive(&mut effects);
        if self.standing() != standing {
            self.say(standing);
        }
        effects
    }

    fn hear(&mut self, from: WorkerId, event: Event, sent: Sent, effects: &mut Vec<Effect>) {
        let ours = |run: Run| run == self.run;
        match event {
            Event::Ready => {
                self.set_stage(from, Stage::Listening);
                self.feed(effects);
            }
            Event::Unpacking { done, total } => self.set_stage(from, Stage::Unpacking { done, total }),
            Event::Loaded => self.set_stage(from, Stage::Loaded),
            Event::Progress { run, job, phase, iteration, seconds } if ours(run) => {
                self.record.progress(job, phase, iteration, seconds);
                self.advance(from, job, iteration);
            }
            Event::Evaluated { run, job, point } if ours(run) => {
                self.record.evaluated(job, point);
                self.advance(from, job, point.iteration);
                self.changes.curves = true;
            }
            Event::Held { run, job, iteration } if ours(run) => {
                self.advance(from, job, iteration);
                self.update_task(from, job, |task| (task.running, task.pausing) = (false, false));
            }
            Event::Finished { run, report, seconds, digest, .. } if ours(run) => {
                let left = if let Sent::Left(left) = sent { left } else { JobOutputs::default() };
                self.finish(from, FinishedJob { report, seconds }, digest, left, effects);
            }
            Event::Failed { failure } => self.fail(failure, effects),
            Event::Exported { .. }
            | Event::Imported { .. }
            | Event::Scored { .. }
            | Event::Refused { .. } => {
                self.answered(event, sent, effects);
            }
            Event::Progress { .. }
            | Event::Evaluated { .. }
            | Event::Held { .. }
            | Event::Finished { .. } => {}
        }
    }

    fn finish(
        &mut self,
        from: WorkerId,
        finished: FinishedJob,
        digest: String,
        left: JobOutputs,
        effects: &mut Vec<Effect>,
    ) {
        let job = finished.report.job;
        let Some(slot) = self.slots.iter_mut().find(|slot| slot.id == from) else { return };
        let Some(at) = slot.tasks.iter().position(|task| task.job == job) else { return };
        slot.tasks.remove(at);
        if self.record.journal().differs_from_recorded(&finished.report) {
            let message = format!("{job} ran again and gave other numbers than the report has.");
            return self.fail(Failure { kind: FailureKind::Report, message }, effects);
        }
        let again = self.record.finished_job(job).is_some();
        let mask = left.mask.clone();
        if let Err(error) = self.store.add_outputs(job, left) {
            let message = format!("A worker finished a job without all that others need of it: {error}.");
            return self.fail(Failure { kind: FailureKind::Worker, message }, effects);
        }
        self.record.finish(finished, digest, mask.as_deref());
        self.schedule.mark_done(job);
        self.changes.curves = true;
        self.changes.rounds = true;
        // The masks shown are the ticket's.
        if mask.is_some() && job.arm == Arm::Ticket {
            self.changes.masks = true;
            self.pruned_at = Some(self.seen);
        }
        if !again && self.record.round_done(job.round) {
            self.said = Some(words::round(&self.record, job.round));
            self.asks.score = true;
        }
    }

    /// The download goes on: `done` bytes of `part` so far, of `total` where that is known.
    pub fn fetched(&mut self, part: MnistFile, done: u32, total: Option<u32>, now: f64) {
        self.pass(now);
        self.silence = 0.0;
        let at = part as usize;
        self.download.done[at] = done;
        // A server may send more than it announced when a proxy has undone the compression.
        self.download.total[at] = total.map(|total| total.max(done));
    }

    /// All four files are here.
    pub fn data_here(&mut self, now: f64) -> Vec<Effect> {
        self.pass(now);
        self.silence = 0.0;
        self.download.complete = true;
        let mut effects = Vec::new();
        if self.failure.is_none() {
            self.feed(&mut effects);
        }
        effects
    }

    fn advance(&mut self, from: WorkerId, job: JobId, iteration: u32) {
        self.schedule.set_iteration(job, iteration);
        self.update_task(from, job, |task| task.iteration = iteration);
    }

    fn update_task(&mut self, from: WorkerId, job: JobId, change: impl FnOnce(&mut Task)) {
        let slot = self.slots.iter_mut().find(|slot| slot.id == from);
        slot.and_then(|slot| slot.task_mut(job)).map(change);
    }

    pub(super) fn slot(&self, id: WorkerId) -> Option<&Slot> {
        self.slots.iter().find(|slot| slot.id == id)
    }

    fn set_stage(&mut self, id: WorkerId, stage: Stage) {
        if let Some(slot) = self.slots.iter_mut().find(|slot| slot.id == id) {
            slot.stage = stage;
        }
    }
}
