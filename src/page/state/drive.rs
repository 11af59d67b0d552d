//! What the workers are told, so that they come nearer to what the page is after.

use crate::state::{Download, Intent, Leap, State};
use crate::{
    fleet::{self, Bulk, Effect, Slot, Stage, Task, WorkerId},
    record::Record,
};
use experiment::{
    jobs::{self, RunPosition},
    journal::ExperimentReport,
    settings::Settings,
};
use protocol::{Command, Failure, FailureKind, Until};

impl State {
    /// Starts the workers that are missing and stops those that are too many.
    pub(super) fn spawn(&mut self, effects: &mut Vec<Effect>) {
        let useful = self.cores.min(jobs::max_parallel_jobs(&self.settings.config)).clamp(1, 16);
        let workers = self.settings.workers.map_or(useful, |workers| workers as usize);
        while self.slots.len() > workers {
            effects.extend(self.slots.pop().map(|slot| Effect::Terminate(slot.id)));
        }
        while self.slots.len() < workers {
            let id = WorkerId(self.next_worker);
            self.next_worker += 1;
            self.slots.push(Slot::new(id));
            effects.push(Effect::Spawn(id));
        }
    }

    /// Gives the data to whoever waits for it.
    pub(super) fn feed(&mut self, effects: &mut Vec<Effect>) {
        if !self.download.complete {
            return;
        }
        for slot in self.slots.iter_mut().filter(|slot| slot.stage == Stage::Listening) {
            slot.stage = Stage::Unpacking { done: 0, total: 0 };
            effects.push(Effect::Send { to: slot.id, command: Command::Load, bulk: Bulk::Data });
        }
    }

    pub(super) fn fail(&mut self, failure: Failure, effects: &mut Vec<Effect>) {
        effects.extend(self.slots.drain(..).map(|slot| Effect::Terminate(slot.id)));
        self.schedule.requeue_running_jobs();
        self.record.forget_live();
        self.changes.curves = true;
        self.silence = 0.0;
        self.said = None;
        // A goal half reached is no goal after a retry: what runs again starts from its round's beginning.
        if let Intent::Settle(_) | Intent::Run(Some(_)) = self.intent {
            self.intent = Intent::Hold;
        }
        if failure.kind == FailureKind::Data {
            self.download = Download::default();
        }
        self.asks.lose();
        self.failure = Some(failure);
    }

    pub(super) fn retry(&mut self, effects: &mut Vec<Effect>) {
        self.failure = None;
        if !self.download.complete {
            self.download = Download::default();
            effects.push(Effect::Fetch);
        }
        self.spawn(effects);
    }

    pub(super) fn reset(&mut self, settings: Settings, effects: &mut Vec<Effect>) {
        let journal = ExperimentReport::new(&settings.config);
        self.begin(settings, journal, effects);
    }

    /// Begins a run with what a journal of it has, if anything.
    pub(super) fn begin(&mut self, settings: Settings, journal: ExperimentReport, effects: &mut Vec<Effect>) {
        self.run += 1;
        self.intent = if settings.autoplay { Intent::Run(None) } else { Intent::Hold };
        (self.store, self.schedule) = journal.resume();
        self.record = Record::new(journal);
        self.choice.renew(&settings.config);
        self.settings = settings;
        self.asks.forget();
        self.scored = None;
        self.changes.all = true;
        (self.elapsed, self.pruned_at) = (0.0, None);
        for slot in self.slots.iter_mut().filter(|slot| !slot.tasks.is_empty()) {
            slot.tasks.clear();
            effects.push(Effect::Send { to: slot.id, command: Command::Cancel, bulk: Bulk::None });
        }
        if self.failure.is_some() {
            self.retry(effects);
        } else {
            self.spawn(effects);
        }
    }

    /// Sends whatever brings the workers nearer to what the page is after.
    pub(super) fn drive(&mut self, effects: &mut Vec<Effect>) {
        self.ask(effects);
        if self.failure.is_some() || !self.loaded() {
            return;
        }
        if let Intent::Settle(leap) = self.intent
            && !self.slots.iter().any(Slot::runs)
        {
            let goal = match leap {
                Leap::Step => self.schedule.step_target(),
                Leap::Round => self.schedule.round_target(),
            };
            self.intent = Intent::Run(Some(goal));
        }
        match self.intent {
            Intent::Hold | Intent::Settle(_) => self.pause(effects),
            Intent::Run(goal) => {
                self.go(goal, effects);
                if !self.slots.iter().any(Slot::runs) {
                    self.intent = Intent::Hold;
                }
            }
        }
    }

    fn pause(&mut self, effects: &mut Vec<Effect>) {
        for slot in &mut self.slots {
            for task in slot.tasks.iter_mut().filter(|task| task.running && !task.pausing) {
                task.pausing = true;
                let command = Command::Pause { run: self.run };
                effects.push(Effect::Send { to: slot.id, command, bulk: Bulk::None });
            }
        }
    }

    /// Gives every worker of which no job moves something to do: first what it holds, then what may start.
    fn go(&mut self, goal: Option<RunPosition>, effects: &mut Vec<Effect>) {
        let last = self.settings.config.iterations;
        let target = goal.map(|goal| {
            let until = if goal.iteration >= last { Until::End } else { Until::Iteration(goal.iteration) };
            (goal.round, until)
        });
        let run = self.run;
        for slot in self.slots.iter_mut().filter(|slot| !slot.runs()) {
            let to = slot.id;
            if let Some((task, until)) = slot.next(target) {
                (task.running, task.pausing) = (true, false);
                let command = Command::Continue { run, job: task.job, until };
                effects.push(Effect::Send { to, command, bulk: Bulk::None });
            } else if let Some(job) = self.schedule.start_next_job(goal) {
                let until = fleet::until(target, job, 0).unwrap_or(Until::End);
                // The schedule starts no job whose parents have not left what it needs.
                let bulk = self.store.inputs_for(job).map_or(Bulk::None, Bulk::Inputs);
                let config = self.settings.config.clone();
                slot.tasks.push(Task { job, running: true, pausing: false, iteration: 0 });
                self.record.begin(job);
                self.changes.curves = true;
                effects.push(Effect::Send { to, command: Command::Start { run, job, config, until }, bulk });
            }
        }
    }
}
