//! The brain of the page: what is asked of the workers, and what has come of it. No web types and no clock: the time,
//! in seconds from any start, is a parameter. `on_event` handles what workers say, `dispatch` tells them what to do,
//! `requests` asks them for reports and scores, `accessors` is what can be read off it.

use crate::{
    chart_selection::{ChartSelection, SelectionChange},
    pending_requests::PendingRequests,
    run_results::RunResults,
    status::PageStatus,
    strings,
    worker_pool::{Effect, WorkerId, WorkerSlot, WorkerStatus},
};
use experiment::{
    claims::formatted::FormattedClaim,
    experiment_report::ExperimentReport,
    schedule::{RunPosition, Schedule},
    settings::Settings,
    store::JobOutputStore,
};
use protocol::{Failure, FailureKind, MnistFile, RunId};

mod accessors;
mod dispatch;
mod on_event;
mod requests;

/// What a person can do.
#[derive(Clone, Debug, PartialEq)]
pub enum UserAction {
    /// Start, pause or resume.
    Play,
    /// Run to the next evaluation, all arms to the same position.
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
    Choose(SelectionChange),
}

/// What the page is trying to achieve: paused, pausing before a step, or running up to a position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum RunIntent {
    /// All jobs are paused.
    Pause,
    /// Pause all workers first, because only then is each arm's position known; then run on by a step or a round.
    PauseThenAdvance(StepKind),
    /// Run to a position, or to the end.
    RunTo(Option<RunPosition>),
}

/// How far the buttons “step” and “round” go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum StepKind {
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
pub struct RedrawNeeds {
    /// Running curves.
    pub curves: bool,
    /// Finished jobs: the table and the charts by round.
    pub rounds: bool,
    /// Masks.
    pub masks: bool,
    /// The paper's claims.
    pub claims: bool,
    /// What is shown of them.
    pub selection: bool,
    /// A new run: everything.
    pub all: bool,
}

/// The paper's claims as the last finished round leaves them.
#[derive(Clone, Debug, PartialEq)]
pub struct ScoredClaims {
    /// Every claim, in order.
    pub claims: Vec<FormattedClaim>,
    /// How many came out how, in a sentence.
    pub summary: String,
}

/// Longest silence, in seconds, after which something that should talk is taken for dead.
const SILENCE_TIMEOUT: f64 = 45.0;

/// The state of the page.
#[derive(Debug)]
pub struct State {
    settings: Settings,
    run: RunId,
    schedule: Schedule,
    store: JobOutputStore,
    results: RunResults,
    workers: Vec<WorkerSlot>,
    cores: usize,
    next_worker: u32,
    download: Download,
    intent: RunIntent,
    failure: Option<Failure>,
    requests: PendingRequests,
    request_error: Option<String>,
    scored_claims: Option<ScoredClaims>,
    redraw_needs: RedrawNeeds,
    selection: ChartSelection,
    announcement: Option<String>,
    running_seconds: f64,
    last_update: f64,
    silent_seconds: f64,
    pruned_at: Option<f64>,
}

impl State {
    /// A page that begins: its workers and its data are asked for. `cores` is how many threads the machine runs at
    /// once.
    pub fn new(settings: Settings, cores: usize, now: f64) -> (State, Vec<Effect>) {
        let intent = if settings.autoplay { RunIntent::RunTo(None) } else { RunIntent::Pause };
        let experiment_report = ExperimentReport::new(&settings.config);
        let (store, schedule) = experiment_report.resume();
        let mut state = State {
            run: 1,
            schedule,
            store,
            results: RunResults::new(experiment_report),
            selection: ChartSelection::new(&settings.config),
            settings,
            workers: Vec::new(),
            cores,
            next_worker: 0,
            download: Download::default(),
            intent,
            failure: None,
            requests: PendingRequests::default(),
            request_error: None,
            scored_claims: None,
            redraw_needs: RedrawNeeds { all: true, ..RedrawNeeds::default() },
            announcement: None,
            running_seconds: 0.0,
            last_update: now,
            silent_seconds: 0.0,
            pruned_at: None,
        };
        let mut effects = vec![Effect::Fetch];
        state.adjust_worker_count(&mut effects);
        (state, effects)
    }

    /// Handles what a person did.
    pub fn on_action(&mut self, control: UserAction, now: f64) -> Vec<Effect> {
        self.advance_clock(now);
        let mut effects = Vec::new();
        let status = self.status();
        match control {
            UserAction::Reset(settings) => self.reset(settings, &mut effects),
            UserAction::Retry if status == PageStatus::Failed => self.retry(&mut effects),
            UserAction::Retry => {}
            UserAction::Export => {
                self.requests.export_wanted = !self.results.experiment_report().finished_jobs().is_empty()
            }
            UserAction::Import { .. } if status == PageStatus::Failed => {
                self.set_request_error(
                    "No worker is left that could read a report: press “Try again” first.".into(),
                );
            }
            UserAction::Import { names, texts } => self.requests.import_wanted = Some((names, texts)),
            UserAction::Choose(choose) => {
                self.selection.change(choose);
                self.redraw_needs.selection = true;
            }
            _ if matches!(status, PageStatus::Done | PageStatus::Failed) => {}
            UserAction::Play => {
                self.intent = match self.intent {
                    RunIntent::Pause => RunIntent::RunTo(None),
                    RunIntent::RunTo(_) | RunIntent::PauseThenAdvance(_) => RunIntent::Pause,
                };
            }
            UserAction::Step | UserAction::Round if status == PageStatus::Loading => {}
            UserAction::Step => self.intent = RunIntent::PauseThenAdvance(StepKind::Step),
            UserAction::Round => self.intent = RunIntent::PauseThenAdvance(StepKind::Round),
        }
        self.dispatch(&mut effects);
        if self.status() != status {
            self.announce_status(status);
        }
        effects
    }

    /// Says that something that was asked for cannot be had; what there is stays as it is.
    pub fn set_request_error(&mut self, message: String) {
        self.request_error = Some(message);
    }

    /// Something went wrong outside the workers' own words.
    pub fn on_failure(&mut self, failure: Failure, now: f64) -> Vec<Effect> {
        self.advance_clock(now);
        let mut effects = Vec::new();
        if self.failure.is_none() {
            self.enter_failed(failure, &mut effects);
        }
        effects
    }

    /// A worker died without a word of its own.
    pub fn on_worker_death(&mut self, worker: WorkerId, message: String, now: f64) -> Vec<Effect> {
        if self.worker(worker).is_none() {
            return Vec::new();
        }
        self.on_failure(Failure { kind: FailureKind::Worker, message }, now)
    }

    /// Time goes by; to be called a few times a second. A long silence where there should be talk is a failure.
    pub fn on_tick(&mut self, now: f64) -> Vec<Effect> {
        // A tab that slept wakes to one long gap, which says nothing about the workers.
        let gap = (now - self.last_update).clamp(0.0, 1.0);
        self.advance_clock(now);
        if !matches!(self.status(), PageStatus::Loading | PageStatus::Running) {
            self.silent_seconds = 0.0;
            return Vec::new();
        }
        self.silent_seconds += gap;
        if self.silent_seconds < SILENCE_TIMEOUT {
            return Vec::new();
        }
        let (kind, what) = if self.status() == PageStatus::Running {
            (FailureKind::Worker, "The workers")
        } else if self.download.complete {
            (FailureKind::Worker, "The workers, which were starting,")
        } else {
            (FailureKind::Data, "The download of the data")
        };
        let message = format!("{what} made no progress for {SILENCE_TIMEOUT:.0} seconds.");
        self.on_failure(Failure { kind, message }, now)
    }

    fn advance_clock(&mut self, now: f64) {
        if self.status() == PageStatus::Running {
            self.running_seconds += (now - self.last_update).max(0.0);
        }
        self.last_update = now;
    }

    fn all_workers_ready(&self) -> bool {
        !self.workers.is_empty() && self.workers.iter().all(|worker| worker.status == WorkerStatus::Ready)
    }

    fn announce_status(&mut self, before: PageStatus) {
        if let Some(sentence) = strings::status_announcement(before, self.status(), &self.results) {
            let said = self.announcement.take().map_or(String::new(), |said| said + " ");
            self.announcement = Some(said + &sentence);
        }
    }
}
