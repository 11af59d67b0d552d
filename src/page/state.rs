//! The brain of the page: what is asked of the workers, and what has come of it. No web types and no clock: the
//! time, in seconds from any start, is a parameter. [`view`] is what can be read off it.

use super::{
    fleet::{self, Bulk, Effect, Slot, Stage, Task, WorkerId},
    record::Record,
    words,
};
use crate::lab::{
    experiment::{Place, Schedule},
    fragment::Settings,
    job::{Arm, JobId, Left},
    report::Report,
    store::Store,
};
use crate::protocol::{Command, Event, Failure, FailureKind, Part, Run, Until};

mod view;

/// What a person can ask for.
#[derive(Clone, Debug, PartialEq)]
pub enum Control {
    /// Start, pause or resume.
    Play,
    /// Run to the next evaluation, all arms to the same place.
    Step,
    /// Run to the end of the round.
    Round,
    /// Start afresh with these settings.
    Reset(Settings),
    /// After a failure: go on with what was being done.
    Retry,
}

/// Where the page stands; the words of `data-state`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Data and workers are on their way.
    Loading,
    /// Nothing has been trained yet.
    Ready,
    /// Training.
    Running,
    /// Holding.
    Paused,
    /// All jobs are done.
    Done,
    /// Something went wrong.
    Failed,
}

impl Standing {
    /// The word in `data-state`.
    pub fn name(self) -> &'static str {
        match self {
            Standing::Loading => "loading",
            Standing::Ready => "ready",
            Standing::Running => "running",
            Standing::Paused => "paused",
            Standing::Done => "done",
            Standing::Failed => "failed",
        }
    }
}

/// What the page is after.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Intent {
    /// Nothing moves.
    Hold,
    /// Everything holds first, for only then is it known how far each arm has come; then the leap.
    Settle(Leap),
    /// Everything goes on, to the goal or to the end.
    Run(Option<Place>),
}

/// How far a single move goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Leap {
    Step,
    Round,
}

/// The download: bytes of each file so far and in all, where that is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Download {
    /// Bytes so far.
    pub done: [u32; Part::ALL.len()],
    /// Bytes in all.
    pub total: [Option<u32>; Part::ALL.len()],
    /// Whether all of it is here.
    pub complete: bool,
}

/// What has changed since the last look, so that only that is drawn again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Running curves.
    pub curves: bool,
    /// Finished jobs: the table and the charts by round.
    pub rounds: bool,
    /// Masks.
    pub masks: bool,
    /// A new run: everything.
    pub all: bool,
}

/// Longest silence, in seconds, after which something that should talk is taken for dead.
const SILENCE: f64 = 45.0;

/// The state of the page.
#[derive(Debug)]
pub struct State {
    settings: Settings,
    run: Run,
    schedule: Schedule,
    store: Store,
    record: Record,
    slots: Vec<Slot>,
    workers: usize,
    next_worker: u32,
    download: Download,
    intent: Intent,
    failure: Option<Failure>,
    changes: Changes,
    said: Option<String>,
    elapsed: f64,
    seen: f64,
    silence: f64,
    pruned_at: Option<f64>,
}

impl State {
    /// A page that begins: its workers and its data are asked for.
    pub fn new(settings: Settings, workers: usize, now: f64) -> (State, Vec<Effect>) {
        let intent = if settings.autoplay { Intent::Run(None) } else { Intent::Hold };
        let mut state = State {
            run: 1,
            schedule: Schedule::new(&settings.config),
            store: Store::new(&settings.config),
            record: Record::new(&settings.config),
            settings,
            slots: Vec::new(),
            workers,
            next_worker: 0,
            download: Download::default(),
            intent,
            failure: None,
            changes: Changes { all: true, ..Changes::default() },
            said: None,
            elapsed: 0.0,
            seen: now,
            silence: 0.0,
            pruned_at: None,
        };
        let mut effects = vec![Effect::Fetch];
        state.spawn(&mut effects);
        (state, effects)
    }

    /// Takes a click.
    pub fn click(&mut self, control: Control, now: f64) -> Vec<Effect> {
        self.pass(now);
        let mut effects = Vec::new();
        let standing = self.standing();
        match control {
            Control::Reset(settings) => self.reset(settings, &mut effects),
            Control::Retry if standing == Standing::Failed => self.retry(&mut effects),
            Control::Retry => {}
            _ if matches!(standing, Standing::Done | Standing::Failed) => {}
            Control::Play => {
                self.intent = match self.intent {
                    Intent::Hold => Intent::Run(None),
                    Intent::Run(_) | Intent::Settle(_) => Intent::Hold,
                };
            }
            Control::Step | Control::Round if standing == Standing::Loading => {}
            Control::Step => self.intent = Intent::Settle(Leap::Step),
            Control::Round => self.intent = Intent::Settle(Leap::Round),
        }
        self.drive(&mut effects);
        if self.standing() != standing {
            self.say(standing);
        }
        effects
    }

    /// Takes what a worker says; `left` is what travels beside `Finished`.
    pub fn apply(&mut self, from: WorkerId, event: Event, left: Left, now: f64) -> Vec<Effect> {
        self.pass(now);
        let mut effects = Vec::new();
        let standing = self.standing();
        if standing == Standing::Failed || self.slot(from).is_none() {
            return effects;
        }
        self.silence = 0.0;
        self.hear(from, event, left, &mut effects);
        self.drive(&mut effects);
        if self.standing() != standing {
            self.say(standing);
        }
        effects
    }

    fn hear(&mut self, from: WorkerId, event: Event, left: Left, effects: &mut Vec<Effect>) {
        let ours = |run: Run| run == self.run;
        match event {
            Event::Ready => {
                self.set_stage(from, Stage::Listening);
                self.feed(effects);
            }
            Event::Unpacking { done, total } => self.set_stage(from, Stage::Unpacking { done, total }),
            Event::Loaded => self.set_stage(from, Stage::Idle),
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
            Event::Finished { run, report, seconds, .. } if ours(run) => {
                self.finish(from, report, seconds, left, effects);
            }
            Event::Failed { failure } => self.fail(failure, effects),
            Event::Progress { .. }
            | Event::Evaluated { .. }
            | Event::Held { .. }
            | Event::Finished { .. } => {}
        }
    }

    fn finish(
        &mut self,
        from: WorkerId,
        report: Report,
        seconds: f64,
        left: Left,
        effects: &mut Vec<Effect>,
    ) {
        let job = report.job;
        if self.slot(from).and_then(|slot| slot.task()).is_none_or(|task| task.job != job) {
            return;
        }
        let mask = left.mask.clone();
        if let Err(error) = self.store.put(job, left) {
            let message = format!("A worker finished a job without all that others need of it: {error}.");
            return self.fail(Failure { kind: FailureKind::Worker, message }, effects);
        }
        // The masks shown are the ticket's.
        let mask = mask.filter(|_| job.arm == Arm::Ticket);
        self.record.finish(report, seconds, mask.as_deref());
        self.schedule.finish(job);
        self.set_stage(from, Stage::Idle);
        self.changes.curves = true;
        self.changes.rounds = true;
        if mask.is_some() {
            self.changes.masks = true;
            self.pruned_at = Some(self.seen);
        }
        if self.record.round_done(job.round) {
            self.said = Some(words::round(&self.record, job.round));
        }
    }

    /// The download goes on: `done` bytes of `part` so far, of `total` where that is known.
    pub fn fetched(&mut self, part: Part, done: u32, total: Option<u32>, now: f64) {
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

    /// Something went wrong outside the workers' own words.
    pub fn failed(&mut self, failure: Failure, now: f64) -> Vec<Effect> {
        self.pass(now);
        let mut effects = Vec::new();
        if self.failure.is_none() {
            self.fail(failure, &mut effects);
        }
        effects
    }

    /// A worker died without a word of its own.
    pub fn worker_died(&mut self, worker: WorkerId, message: String, now: f64) -> Vec<Effect> {
        if self.slot(worker).is_none() {
            return Vec::new();
        }
        self.failed(Failure { kind: FailureKind::Worker, message }, now)
    }

    /// Time goes by; to be called a few times a second. A long silence where there should be talk is a failure.
    pub fn tick(&mut self, now: f64) -> Vec<Effect> {
        // A tab that slept wakes to one long gap, which says nothing about the workers.
        let gap = (now - self.seen).clamp(0.0, 1.0);
        self.pass(now);
        if !matches!(self.standing(), Standing::Loading | Standing::Running) {
            self.silence = 0.0;
            return Vec::new();
        }
        self.silence += gap;
        if self.silence < SILENCE {
            return Vec::new();
        }
        let (kind, what) = if self.standing() == Standing::Running {
            (FailureKind::Worker, "The workers")
        } else if self.download.complete {
            (FailureKind::Worker, "The workers, which were starting,")
        } else {
            (FailureKind::Data, "The download of the data")
        };
        let message = format!("{what} made no progress for {SILENCE:.0} seconds.");
        self.failed(Failure { kind, message }, now)
    }

    fn pass(&mut self, now: f64) {
        if self.standing() == Standing::Running {
            self.elapsed += (now - self.seen).max(0.0);
        }
        self.seen = now;
    }

    fn spawn(&mut self, effects: &mut Vec<Effect>) {
        for _ in 0..self.workers {
            let id = WorkerId(self.next_worker);
            self.next_worker += 1;
            self.slots.push(Slot { id, stage: Stage::Starting });
            effects.push(Effect::Spawn(id));
        }
    }

    /// Gives the data to whoever waits for it.
    fn feed(&mut self, effects: &mut Vec<Effect>) {
        if !self.download.complete {
            return;
        }
        for slot in self.slots.iter_mut().filter(|slot| slot.stage == Stage::Listening) {
            slot.stage = Stage::Unpacking { done: 0, total: 0 };
            effects.push(Effect::Send { to: slot.id, command: Command::Load, bulk: Bulk::Data });
        }
    }

    fn fail(&mut self, failure: Failure, effects: &mut Vec<Effect>) {
        effects.extend(self.slots.drain(..).map(|slot| Effect::Terminate(slot.id)));
        self.schedule.release_running();
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
        self.failure = Some(failure);
    }

    fn retry(&mut self, effects: &mut Vec<Effect>) {
        self.failure = None;
        if !self.download.complete {
            self.download = Download::default();
            effects.push(Effect::Fetch);
        }
        self.spawn(effects);
    }

    fn reset(&mut self, settings: Settings, effects: &mut Vec<Effect>) {
        self.run += 1;
        self.intent = if settings.autoplay { Intent::Run(None) } else { Intent::Hold };
        self.schedule = Schedule::new(&settings.config);
        self.store = Store::new(&settings.config);
        self.record = Record::new(&settings.config);
        self.settings = settings;
        self.changes.all = true;
        (self.elapsed, self.pruned_at) = (0.0, None);
        for slot in self.slots.iter_mut().filter(|slot| slot.task().is_some()) {
            slot.stage = Stage::Idle;
            effects.push(Effect::Send { to: slot.id, command: Command::Cancel, bulk: Bulk::None });
        }
        if self.failure.is_some() {
            self.retry(effects);
        }
    }

    /// Sends whatever brings the workers nearer to what the page is after.
    fn drive(&mut self, effects: &mut Vec<Effect>) {
        if self.failure.is_some() || !self.loaded() {
            return;
        }
        if let Intent::Settle(leap) = self.intent
            && !self.slots.iter().any(Slot::runs)
        {
            let goal = match leap {
                Leap::Step => self.schedule.next_step(),
                Leap::Round => self.schedule.next_round(),
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
            if let Stage::Busy(task) = &mut slot.stage
                && task.running
                && !task.pausing
            {
                task.pausing = true;
                let command = Command::Pause { run: self.run };
                effects.push(Effect::Send { to: slot.id, command, bulk: Bulk::None });
            }
        }
    }

    fn go(&mut self, goal: Option<Place>, effects: &mut Vec<Effect>) {
        let last = self.settings.config.iterations;
        let target = goal.map(|goal| {
            let until = if goal.iteration >= last { Until::End } else { Until::Iteration(goal.iteration) };
            (goal.round, until)
        });
        let run = self.run;
        for slot in &mut self.slots {
            let to = slot.id;
            match &mut slot.stage {
                Stage::Busy(task) if !task.running => {
                    if let Some(until) = fleet::until(target, task.job, task.iteration) {
                        (task.running, task.pausing) = (true, false);
                        let command = Command::Continue { run, until };
                        effects.push(Effect::Send { to, command, bulk: Bulk::None });
                    }
                }
                Stage::Idle => {
                    let Some(job) = self.schedule.start(goal) else { continue };
                    let until = fleet::until(target, job, 0).unwrap_or(Until::End);
                    // The schedule starts no job whose parents have not left what it needs.
                    let bulk = self.store.inputs(job).map_or(Bulk::None, Bulk::Inputs);
                    let config = self.settings.config.clone();
                    slot.stage = Stage::Busy(Task { job, running: true, pausing: false, iteration: 0 });
                    self.record.begin(job);
                    self.changes.curves = true;
                    effects.push(Effect::Send {
                        to,
                        command: Command::Start { run, job, config, until },
                        bulk,
                    });
                }
                _ => {}
            }
        }
    }

    fn advance(&mut self, from: WorkerId, job: JobId, iteration: u32) {
        self.schedule.advance(job, iteration);
        self.update_task(from, job, |task| task.iteration = iteration);
    }

    fn update_task(&mut self, from: WorkerId, job: JobId, change: impl FnOnce(&mut Task)) {
        let slot = self.slots.iter_mut().find(|slot| slot.id == from);
        if let Some(Slot { stage: Stage::Busy(task), .. }) = slot
            && task.job == job
        {
            change(task);
        }
    }

    fn slot(&self, id: WorkerId) -> Option<&Slot> {
        self.slots.iter().find(|slot| slot.id == id)
    }

    fn set_stage(&mut self, id: WorkerId, stage: Stage) {
        if let Some(slot) = self.slots.iter_mut().find(|slot| slot.id == id) {
            slot.stage = stage;
        }
    }

    fn loaded(&self) -> bool {
        !self.slots.is_empty() && self.slots.iter().all(Slot::loaded)
    }

    fn say(&mut self, before: Standing) {
        if let Some(sentence) = words::standing(before, self.standing(), &self.record) {
            let said = self.said.take().map_or(String::new(), |said| said + " ");
            self.said = Some(said + &sentence);
        }
    }
}
