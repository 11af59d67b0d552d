//! The page's state and all its decisions: what the workers are asked to do, and what they have reported. It uses no
//! web types and no clock. The time is a parameter, in seconds since any fixed moment. `on_event` handles the workers'
//! events, `dispatch` assigns jobs to workers, `display_moves` moves the shown moment, `requests` asks for reports and scores, `reader` keeps the worker that
//! answers, `watching` replaces workers that have died, `saving` has runs kept by the browser, `undo` brings a run back, `preview` plays
//! the recorded run before anything has begun, and `accessors` reads the state.

use crate::{
    chart_selection::{ChartSelection, SelectionChange},
    display::{self, Display},
    exports::ExportRequest,
    forecast::WorkerTime,
    job_deaths::JobDeaths,
    kept_networks::{self, KeptNetworks},
    network_files::KnownFiles,
    open_requests::OpenRequests,
    own_data_files::KnownDataSets,
    pinned_runs::PinnedRuns,
    preview::PreviewSlot,
    redraw_needs::RedrawNeeds,
    refusals::{PageFailure, PageRefusal},
    run_aside::Undo,
    run_results::RunResults,
    saved_runs::{SavedAction, SavedRuns},
    status::PageStatus,
    worker_pool::{Effect, ReaderSlot, WorkerId, WorkerSlot},
};
use experiment::{
    claims::claim::Claim,
    config::ExperimentConfig,
    display_settings::DisplaySettings,
    experiment_report::ExperimentReport,
    job::JobId,
    moment::Moment,
    network_file::FilePurpose,
    schedule::{RunPosition, Schedule},
    settings::Settings,
    store::JobOutputStore,
};
use model::data_set::DataFile;
use protocol::{RunId, payload::ArrayId};

mod accessors;
mod dispatch;
mod display_moves;
mod exports;
mod network_files;
pub mod networks;
mod on_event;
mod own_data;
mod pinning;
mod preview;
mod reader;
mod requests;
pub mod saving;
mod undo;
mod watching;

/// An action of the user.
#[derive(Clone, Debug, PartialEq)]
pub enum UserAction {
    /// Starts, pauses or resumes training.
    Play,
    /// Runs to the next evaluation and brings all arms to the same position.
    Step,
    /// Runs to the end of the round.
    Round,
    /// Starts a new run with these settings.
    Reset(Box<Settings>),
    /// Continues after a failure.
    Retry,
    /// Writes a report of everything that is finished and offers it as a file.
    Export,
    /// Writes other files of what is finished and offers them.
    ExportFiles(ExportRequest),
    /// Reads report files and shows the run that they contain.
    Import {
        /// The names of the files.
        names: Vec<String>,
        /// Their bytes, which are kept on the JavaScript side.
        files: Vec<ArrayId>,
        /// How many bytes these are.
        bytes: f64,
    },
    /// Reads a file, and takes first weights or a mask from it.
    OpenNetworkFile {
        /// The name of the file.
        name: String,
        /// Its bytes, which are kept on the JavaScript side.
        file: ArrayId,
        /// What it is to be.
        purpose: FilePurpose,
        /// The settings in the fields.
        settings: Box<Settings>,
    },
    /// Makes a data set of files.
    OpenData {
        /// The names of the files.
        names: Vec<String>,
        /// Their bytes, which are kept on the JavaScript side.
        files: Vec<ArrayId>,
        /// How many bytes these are.
        bytes: f64,
        /// The settings in the fields.
        settings: Box<Settings>,
    },
    /// Trains finished jobs again, so that their networks can be asked.
    TrainAgain(Vec<JobId>),
    /// Lets all jobs read corrupted test images: those to come at their end, and those that are finished by being trained again.
    ReadCorrupted,
    /// Changes what the charts show.
    Choose(SelectionChange),
    /// Changes settings of the display. The run goes on as it is.
    SetDisplay(DisplaySettings),
    /// Shows a moment of the run and stays there.
    GoTo(TimelineMove),
    /// Plays the run from its start once more.
    Replay,
    /// Holds the recorded run that is shown before anything has begun, or plays it on.
    HoldPreview,
    /// Keeps the run's results beside those of later runs.
    Pin,
    /// Removes the pinned run with this letter.
    Unpin(char),
    /// Keeps the run's results and starts a run with other settings beside them, with the jobs that both have.
    Branch(Box<Settings>),
    /// Something with the kept runs.
    Saved(SavedAction),
}

/// A way to another moment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum TimelineMove {
    /// To a position of the timeline, on which each round has a length of 1.
    Position(f64),
    /// To the next validation or end of a stage, or back to the one before.
    Stop {
        /// Whether to the next one.
        forward: bool,
    },
    /// To the next end of a round, or back to the one before.
    RoundEnd {
        /// Whether to the next one.
        forward: bool,
    },
    /// To a moment.
    Moment(Moment),
    /// To the latest moment that every arm has reached.
    Frontier,
}

impl TimelineMove {
    /// Shows this moment on a display.
    fn apply(self, display: &mut Display, config: &ExperimentConfig, frontier: Moment) {
        let now = display.moment(frontier).unwrap_or(frontier);
        let (moment, progress) = match self {
            TimelineMove::Position(position) => display::moment_at_position(config, position),
            TimelineMove::Stop { forward } => (display::next_stop(config, now, forward), 1.0),
            TimelineMove::RoundEnd { forward } => (display::next_round_end(config, now, forward), 1.0),
            TimelineMove::Moment(moment) => (moment, 1.0),
            TimelineMove::Frontier => (frontier, 1.0),
        };
        display.go_to(config, moment, progress, frontier);
    }
}

/// What the page wants its workers to do: pause, pause before a step, or run up to a position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum RunIntent {
    /// Keep all jobs paused.
    Pause,
    /// Pause all workers first, because only then is each arm's position known. Then run on by a step or a round.
    PauseThenAdvance(StepKind),
    /// Run up to this position, or to the end if there is none.
    RunTo(Option<RunPosition>),
}

/// How far the buttons “step” and “round” go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum StepKind {
    Step,
    Round,
}

/// The progress of the download.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Download {
    /// Bytes received so far, for each file of each data set.
    pub done: Vec<u32>,
    /// The size of each file in bytes, where it is known.
    pub total: Vec<Option<u32>>,
    /// Whether the files have been asked for.
    pub requested: bool,
    /// Whether all files have been received.
    pub complete: bool,
}

impl Download {
    /// The download of so many data sets that has just been asked for.
    fn requested(sets: usize) -> Download {
        let files = sets * DataFile::ALL.len();
        let (done, total) = (vec![0; files], vec![None; files]);
        Download { done, total, requested: true, complete: false }
    }

    /// The bytes received so far.
    pub fn done_bytes(&self) -> u32 {
        self.done.iter().sum()
    }

    /// The bytes of all files, or `None` while the size of one is not known.
    pub fn total_bytes(&self) -> Option<u32> {
        self.total.iter().copied().sum::<Option<u32>>().filter(|_| !self.total.is_empty())
    }
}

/// The paper's claims, scored after the last finished round.
#[derive(Clone, Debug, PartialEq)]
pub struct ScoredClaims {
    /// Every claim, in order.
    pub claims: Vec<Claim>,
}

/// The state of the page.
#[derive(Debug)]
pub struct State {
    settings: Settings,
    run: RunId,
    schedule: Schedule,
    store: JobOutputStore,
    results: RunResults,
    pinned: PinnedRuns,
    saved: SavedRuns,
    undo: Option<Undo>,
    kept: KeptNetworks,
    /// The files of the user that have been read. They stay whatever run comes.
    files: KnownFiles,
    /// The data sets of the user that have been read, likewise.
    data_sets: KnownDataSets,
    /// The job whose network is offered as a file as soon as it has been trained again.
    awaited_network: Option<JobId>,
    workers: Vec<WorkerSlot>,
    /// Whether all workers have been ready since workers were last added or given other data. One that has been replaced
    /// since holds up no other.
    is_loaded: bool,
    deaths: JobDeaths,
    cores: usize,
    next_worker: u32,
    download: Download,
    /// How many times data was bad.
    bad_data: u32,
    intent: RunIntent,
    failure: Option<PageFailure>,
    reader: ReaderSlot,
    requests: OpenRequests,
    request_errors: Vec<PageRefusal>,
    scored_claims: Option<ScoredClaims>,
    redraw_needs: RedrawNeeds,
    selection: ChartSelection,
    announcement: Option<String>,
    running_seconds: f64,
    worker_time: WorkerTime,
    last_update: f64,
    /// When time last passed, in seconds.
    last_tick: f64,
    /// Seconds since the download last made progress.
    download_silent: f64,
    display: Display,
    /// The last frame's time, in seconds, while the display plays.
    last_frame: Option<f64>,
    /// The number of rounds whose end has been shown and announced.
    announced_rounds: u32,
    preview: PreviewSlot,
    /// Whether the recorded run was on the screen in the last frame.
    preview_was_on_screen: bool,
}

impl State {
    /// The initial state of a page, and the effects that start its workers and the download of the data. `cores` is the
    /// number of threads that the machine runs at the same time.
    pub fn new(settings: Settings, cores: usize, now: f64) -> (State, Vec<Effect>) {
        let can_run =
            settings.autoplay && settings.config.needed_files().is_empty() && !settings.config.data.is_own();
        let intent = if can_run { RunIntent::RunTo(None) } else { RunIntent::Pause };
        let experiment_report = ExperimentReport::new(&settings.config);
        let display = Display::new(settings.display.at);
        let (store, schedule) = experiment_report.resume();
        let mut state = State {
            run: 1,
            schedule,
            store,
            results: RunResults::new(experiment_report),
            pinned: PinnedRuns::default(),
            saved: SavedRuns::default(),
            undo: None,
            selection: ChartSelection::new(&settings.config),
            kept: KeptNetworks::new(settings.config.seeds.first(), kept_networks::MOST_BYTES),
            files: KnownFiles::default(),
            data_sets: KnownDataSets::default(),
            awaited_network: None,
            settings,
            workers: Vec::new(),
            is_loaded: false,
            deaths: JobDeaths::default(),
            cores,
            next_worker: 0,
            download: Download::default(),
            bad_data: 0,
            intent,
            failure: None,
            reader: ReaderSlot::default(),
            requests: OpenRequests::default(),
            request_errors: Vec::new(),
            scored_claims: None,
            redraw_needs: RedrawNeeds { all: true, ..RedrawNeeds::default() },
            announcement: None,
            running_seconds: 0.0,
            worker_time: WorkerTime::default(),
            last_update: now,
            last_tick: now,
            download_silent: 0.0,
            display,
            last_frame: None,
            announced_rounds: 0,
            preview: PreviewSlot::Awaited,
            preview_was_on_screen: false,
        };
        state.start_display(false);
        let mut effects = vec![];
        state.fetch_missing_data(&mut effects);
        state.adjust_worker_count(&mut effects);
        // The reader comes last, because nothing waits for it.
        state.start_reader(&mut effects);
        (state, effects)
    }

    /// Handles an action of the user.
    pub fn on_action(&mut self, control: UserAction, now: f64) -> Vec<Effect> {
        self.advance_clock(now);
        let mut effects = Vec::new();
        let status = self.status();
        match control {
            UserAction::Reset(settings) => self.reset(*settings, &mut effects),
            UserAction::Retry if status == PageStatus::Failed => self.retry(&mut effects),
            UserAction::Retry => {}
            UserAction::Export if self.can_export() => self.ask_for_export(),
            UserAction::ExportFiles(request) if self.can_export() => {
                self.ask_for_files(request, &mut effects)
            }
            UserAction::Export | UserAction::ExportFiles(_) => {}
            UserAction::Import { names, files, bytes } => {
                self.ask_for_import(names, files, bytes, &mut effects);
            }
            UserAction::OpenNetworkFile { name, file, purpose, settings } => {
                self.ask_for_network_file((name, file), purpose, &settings, &mut effects)
            }
            UserAction::OpenData { names, files, bytes, settings } => {
                self.ask_for_own_data((names, files), bytes, &settings, &mut effects)
            }
            UserAction::TrainAgain(jobs) => self.start_training_again(&jobs, &mut effects),
            UserAction::ReadCorrupted => self.start_reading_corrupted(&mut effects),
            UserAction::Choose(choose) => {
                self.selection.change(choose);
                self.change_preview_selection(choose);
                self.redraw_needs.selection = true;
            }
            UserAction::SetDisplay(settings) => self.set_display(settings),
            UserAction::GoTo(to) if self.go_to_in_preview(to) => {}
            UserAction::GoTo(to) => self.go_to(to),
            UserAction::HoldPreview => self.hold_or_play_preview(),
            UserAction::Replay => self.display.replay(),
            UserAction::Pin => self.pin(),
            UserAction::Unpin(letter) => self.unpin(letter),
            UserAction::Branch(settings) => self.branch(*settings, &mut effects),
            UserAction::Play if self.is_play_without_files(status) => {}
            UserAction::Saved(action) => self.on_saved_action(action, &mut effects),
            UserAction::Play => self.play_or_pause(status),
            _ if matches!(status, PageStatus::Done | PageStatus::Failed) => {}
            UserAction::Step | UserAction::Round if status == PageStatus::Loading => {}
            UserAction::Step | UserAction::Round if self.refuse_without_files() => {}
            UserAction::Step => self.advance(StepKind::Step),
            UserAction::Round => self.advance(StepKind::Round),
        }
        self.dispatch(&mut effects);
        self.announce_status(status);
        effects
    }

    /// Records why a request failed, with each thing that is wrong. The current run stays as it is.
    pub fn add_request_errors(&mut self, refused: Vec<PageRefusal>) {
        self.request_errors.extend(refused);
    }

    /// Handles a failure that no worker reported itself. Nothing can fail where the page has failed already, or where it
    /// shows a whole report without workers, which needs neither them nor data.
    pub fn on_failure(&mut self, failure: PageFailure, now: f64) -> Vec<Effect> {
        self.advance_clock(now);
        let mut effects = Vec::new();
        let needs_nothing = self.workers.is_empty() && self.schedule.all_done();
        if self.failure.is_none() && !needs_nothing {
            self.enter_failed(failure, &mut effects);
        }
        effects
    }

    fn advance_clock(&mut self, now: f64) {
        let passed = now - self.last_update;
        self.worker_time.pass(passed, self.workers.iter().filter(|worker| worker.has_running_job()).count());
        if self.status() == PageStatus::Running && !self.trains_again() {
            self.running_seconds += passed.max(0.0);
        }
        self.last_update = now;
    }

    /// Returns an id that no earlier worker had.
    fn new_worker_id(&mut self) -> WorkerId {
        let id = WorkerId(self.next_worker);
        self.next_worker += 1;
        id
    }
}
