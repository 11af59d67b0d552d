//! The brain of the page: what is asked of the workers, and what has come of it. No web types and no clock: the
//! time, in seconds from any start, is a parameter. `hear` takes what workers say,
//! `drive` tells them what to do, `asks` what else they are asked, `view` is what can be read off it.

use crate::{
    choice::{Choice, Choose},
    fleet::{Effect, Slot, Stage, WorkerId},
    pending_requests::PendingRequests,
    record::Record,
    status::PageStatus,
    words,
};
use experiment::{
    claims::words::Told,
    jobs::{RunPosition, Schedule},
    journal::ExperimentReport,
    settings::Settings,
    store::JobOutputStore,
};
use protocol::{Failure, FailureKind, MnistFile, Run};

mod asks;
mod drive;
mod hear;
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
    /// Write a report of all that is done and offer it as a file.
    Export,
    /// Read report files and show the run that they make up.
    Import {
        /// The files' names.
        names: Vec<String>,
        /// What is in them.
        texts: Vec<String>,
    },
    /// Show something else of it.
    Choose(Choose),
}

/// What the page is after.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Intent {
    /// Nothing moves.
    Hold,
    /// Everything holds first, for only then is it known how far each arm has come; then the leap.
    Settle(Leap),
    /// Everything goes on, to the goal or to the end.
    Run(Option<RunPosition>),
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
    pub done: [u32; MnistFile::ALL.len()],
    /// Bytes in all.
    pub total: [Option<u32>; MnistFile::ALL.len()],
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
    /// The paper's claims.
    pub claims: bool,
    /// What is shown of them.
    pub choice: bool,
    /// A new run: everything.
    pub all: bool,
}

/// The paper's claims as the last finished round leaves them.
#[derive(Clone, Debug, PartialEq)]
pub struct Scored {
    /// Every claim, in order.
    pub claims: Vec<Told>,
    /// How many came out how, in a sentence.
    pub summary: String,
}

/// Longest silence, in seconds, after which something that should talk is taken for dead.
const SILENCE: f64 = 45.0;

/// The state of the page.
#[derive(Debug)]
pub struct State {
    settings: Settings,
    run: Run,
    schedule: Schedule,
    store: JobOutputStore,
    record: Record,
    slots: Vec<Slot>,
    cores: usize,
    next_worker: u32,
    download: Download,
    intent: Intent,
    failure: Option<Failure>,
    asks: PendingRequests,
    refusal: Option<String>,
    scored: Option<Scored>,
    changes: Changes,
    choice: Choice,
    said: Option<String>,
    elapsed: f64,
    seen: f64,
    silence: f64,
    pruned_at: Option<f64>,
}

impl State {
    /// A page that begins: its workers and its data are asked for. `cores` is how many threads the machine runs at
    /// once.
    pub fn new(settings: Settings, cores: usize, now: f64) -> (State, Vec<Effect>) {
        let intent = if settings.autoplay { Intent::Run(None) } else { Intent::Hold };
        let journal = ExperimentReport::new(&settings.config);
        let (store, schedule) = journal.resume();
        let mut state = State {
            run: 1,
            schedule,
            store,
            record: Record::new(journal),
            choice: Choice::new(&settings.config),
            settings,
            slots: Vec::new(),
            cores,
            next_worker: 0,
            download: Download::default(),
            intent,
            failure: None,
            asks: PendingRequests::default(),
            refusal: None,
            scored: None,
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
            Control::Retry if standing == PageStatus::Failed => self.retry(&mut effects),
            Control::Retry => {}
            Control::Export => self.asks.export = !self.record.journal().finished_jobs().is_empty(),
            Control::Import { .. } if standing == PageStatus::Failed => {
                self.refuse("No worker is left that could read a report: press “Try again” first.".into());
            }
            Control::Import { names, texts } => self.asks.import = Some((names, texts)),
            Control::Choose(choose) => {
                self.choice.choose(choose);
                self.changes.choice = true;
            }
            _ if matches!(standing, PageStatus::Done | PageStatus::Failed) => {}
            Control::Play => {
                self.intent = match self.intent {
                    Intent::Hold => Intent::Run(None),
                    Intent::Run(_) | Intent::Settle(_) => Intent::Hold,
                };
            }
            Control::Step | Control::Round if standing == PageStatus::Loading => {}
            Control::Step => self.intent = Intent::Settle(Leap::Step),
            Control::Round => self.intent = Intent::Settle(Leap::Round),
        }
        self.drive(&mut effects);
        if self.standing() != standing {
            self.say(standing);
        }
        effects
    }

    /// Something that was asked for cannot be had; what there is stays as it is.
    pub fn refuse(&mut self, message: String) {
        self.refusal = Some(message);
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
        if !matches!(self.standing(), PageStatus::Loading | PageStatus::Running) {
            self.silence = 0.0;
            return Vec::new();
        }
        self.silence += gap;
        if self.silence < SILENCE {
            return Vec::new();
        }
        let (kind, what) = if self.standing() == PageStatus::Running {
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
        if self.standing() == PageStatus::Running {
            self.elapsed += (now - self.seen).max(0.0);
        }
        self.seen = now;
    }

    fn loaded(&self) -> bool {
        !self.slots.is_empty() && self.slots.iter().all(|slot| slot.stage == Stage::Loaded)
    }

    fn say(&mut self, before: PageStatus) {
        if let Some(sentence) = words::standing(before, self.standing(), &self.record) {
            let said = self.said.take().map_or(String::new(), |said| said + " ");
            self.said = Some(said + &sentence);
        }
    }
}
