//! Watches the life of each worker and of the reader, replaces those that have died, and counts the deaths.

use crate::{
    liveness::{self, Doing, NO_PROGRESS_AFTER, SignOfLife},
    refusals::{PageFailure, PageRefusal, SilentPart},
    state::State,
    status::PageStatus,
    worker_pool::{Effect, WorkerId, WorkerSlot, WorkerStatus},
};
use protocol::{FailureKind, WorkerCommand, payload::Payload};
use texts::text;

/// Early deaths in the same place, with nothing trained between them, after which no further worker is started there.
const MOST_IDLE_DEATHS: u32 = 3;

impl State {
    /// Handles the passing of time. The caller calls this a few times a second. Workers that have been silent for too long
    /// are replaced; a download that has stopped is a failure.
    pub fn on_tick(&mut self, now: f64) -> Vec<Effect> {
        let seconds = (now - self.last_tick).clamp(0.0, liveness::LONGEST_TICK);
        self.last_tick = now;
        self.advance_clock(now);
        let (mut effects, status) = (vec![], self.status());
        self.watch_download(seconds, &mut effects);
        self.watch_reader(seconds, &mut effects);
        if self.watch_workers(seconds, &mut effects) {
            self.dispatch(&mut effects);
        }
        self.announce_status(status);
        effects
    }

    /// Handles the death of a worker that did not report a failure itself, or that could not be started or reached.
    pub fn on_worker_death(&mut self, worker: WorkerId, cause: PageRefusal, now: f64) -> Vec<Effect> {
        self.advance_clock(now);
        let mut effects = Vec::new();
        if self.is_reader(worker) {
            self.on_reader_death(cause, &mut effects);
            return effects;
        }
        let status = self.status();
        self.replace_worker(worker, cause, &mut effects);
        self.dispatch(&mut effects);
        self.announce_status(status);
        effects
    }

    /// Replaces a worker that has died. Its jobs wait again; one that has cost too many workers is given up. Where workers
    /// die of nothing but their start, others have to go on without one in this place.
    pub(super) fn replace_worker(&mut self, dead: WorkerId, cause: PageRefusal, effects: &mut Vec<Effect>) {
        let Some(at) = self.workers.iter().position(|worker| worker.id == dead) else { return };
        effects.push(Effect::Terminate(dead));
        let WorkerSlot { jobs, life, mut idle_deaths, .. } = self.workers.remove(at);
        jobs.iter().for_each(|assigned| self.schedule.requeue(assigned.job));
        self.redraw_needs.curves = true;
        match jobs.iter().find(|assigned| assigned.running) {
            Some(assigned) => {
                if self.deaths.add(assigned.job, &cause) {
                    self.schedule.leave_out(assigned.job);
                    if self.deaths.is_hopeless() {
                        return self.fail_for_jobs_given_up(effects);
                    }
                    self.request_errors.extend(self.deaths.refusals(true));
                }
            }
            None if life.is_grown_up() => idle_deaths = 0,
            None => idle_deaths += 1,
        }
        if idle_deaths >= MOST_IDLE_DEATHS {
            let others = self.workers.iter().any(|worker| worker.status == WorkerStatus::Ready);
            if !others && !self.schedule.all_done() {
                self.enter_failed(PageFailure { kind: FailureKind::Worker, cause }, effects);
            }
            return self.note_loaded();
        }
        let id = self.new_worker_id();
        self.workers.insert(at, WorkerSlot { idle_deaths, ..WorkerSlot::new(id) });
        effects.push(Effect::Spawn(id));
        self.announce(text("worker.replaced"));
    }

    /// Stops the run, because nothing is left but jobs that are given up.
    pub(super) fn fail_for_jobs_given_up(&mut self, effects: &mut Vec<Effect>) {
        let cause = self.deaths.refusals(false).last();
        if let Some(cause) = cause {
            self.enter_failed(PageFailure { kind: FailureKind::Worker, cause }, effects);
        }
    }

    /// Notes that all workers have been ready, if they are.
    pub(super) fn note_loaded(&mut self) {
        let all_ready = || self.workers.iter().all(|worker| worker.status == WorkerStatus::Ready);
        self.is_loaded |= !self.workers.is_empty() && all_ready();
    }

    /// Whether a pause was asked for a noticeable time ago, and a worker has not paused.
    pub fn is_slow_to_pause(&self) -> bool {
        !self.wants_to_run() && self.workers.iter().any(|worker| worker.life.is_slow_to_pause())
    }

    fn watch_download(&mut self, seconds: f64, effects: &mut Vec<Effect>) {
        if self.status() != PageStatus::Loading || self.download.complete {
            self.download_silent = 0.0;
            return;
        }
        self.download_silent += seconds;
        if self.download_silent >= NO_PROGRESS_AFTER {
            let cause = PageRefusal::Silence { of: SilentPart::Download, seconds: NO_PROGRESS_AFTER };
            self.enter_failed(PageFailure { kind: FailureKind::Data, cause }, effects);
        }
    }

    fn watch_reader(&mut self, seconds: f64, effects: &mut Vec<Effect>) {
        let Some(id) = self.reader.id else { return };
        // A reader that has not heard its question yet has no reason to be silent.
        let is_at_it = self.reader.has_heard && self.requests.is_reader_busy();
        let longest_step = if is_at_it { self.reader.patience } else { 0.0 };
        let doing = Doing { has_started: self.reader.is_ready, longest_step, ..Doing::default() };
        match self.reader.life.pass(seconds, doing) {
            SignOfLife::Lives => {}
            SignOfLife::Doubtful => effects.push(ping(id)),
            SignOfLife::Dead(cause) => self.on_reader_death(cause, effects),
        }
    }

    /// Returns whether a worker has died.
    fn watch_workers(&mut self, seconds: f64, effects: &mut Vec<Effect>) -> bool {
        let longest_step = liveness::longest_step(&self.settings.config);
        let mut dead = vec![];
        for worker in &mut self.workers {
            match worker.life.pass(seconds, worker.doing(longest_step)) {
                SignOfLife::Lives => {}
                SignOfLife::Doubtful => effects.push(ping(worker.id)),
                SignOfLife::Dead(cause) => dead.push((worker.id, cause)),
            }
        }
        let any_dead = !dead.is_empty();
        if any_dead && self.workers.iter().all(|worker| worker.status == WorkerStatus::Starting) {
            // What does not start anywhere will not start in other workers.
            let cause = PageRefusal::Silence { of: SilentPart::StartingWorkers, seconds: NO_PROGRESS_AFTER };
            self.enter_failed(PageFailure { kind: FailureKind::Worker, cause }, effects);
        }
        dead.into_iter().for_each(|(id, cause)| self.replace_worker(id, cause, effects));
        any_dead
    }
}

fn ping(to: WorkerId) -> Effect {
    Effect::Send { to, command: WorkerCommand::Ping, payload: Payload::NONE }
}
