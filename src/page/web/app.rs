//! The running page: its state, its workers and its view, and how it carries out the effects that the state returns.

use crate::{
    open_requests::AskerId,
    recorded_runs, refusal_texts,
    refusals::PageRefusal,
    state::State,
    web::{
        array_store, dom, download, network_api,
        render::PageView,
        save_file, saved,
        state_updates::{self, StateUpdate},
        worker_handle::{DataFiles, WorkerHandle},
    },
    worker_pool::{Effect, WorkerId},
};
use experiment::{settings::Settings, sorted_map::SortedMap};
use js_sys::Uint8Array;
use std::cell::RefCell;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};

/// Least seconds between two redraws of a page that is hidden.
const HIDDEN_SECONDS: f64 = 1.0;

/// Everything that the running page consists of.
pub(super) struct App {
    pub(super) state: State,
    workers: SortedMap<WorkerId, WorkerHandle>,
    pub(super) data_files: Option<DataFiles>,
    /// Counts the downloads, so that data of an abandoned download is not taken for that of the current one.
    download_id: u32,
    pub(super) view: PageView,
    frame_requested: bool,
    /// When the page was last drawn while it was hidden, in seconds.
    rendered_hidden: f64,
    /// The name of the recorded run that was opened last. The address shows it.
    pub(super) recorded: Option<String>,
    /// What the state wants done, while it waits for the preview's first frame, so that the two do not compete for the
    /// connection. Anything else that the state wants done ends the waiting.
    held: Vec<Effect>,
}

thread_local! {
    static APP: RefCell<Option<App>> = const { RefCell::new(None) };
}

/// Calls `f` with the page. Returns `None` if the page does not exist yet, or is borrowed further up the call stack,
/// which does not happen in event handlers of the browser.
pub(super) fn with_app<R>(f: impl FnOnce(&mut App) -> R) -> Option<R> {
    APP.with(|app| app.try_borrow_mut().ok()?.as_mut().map(f))
}

/// Applies an update to the state, carries out its effects, and requests a redraw.
fn decide(decide: StateUpdate) {
    with_app(|app| {
        let effects = decide(&mut app.state, dom::now_seconds());
        app.run_effects(effects);
        app.request_frame();
    });
}

impl App {
    /// Stores a page with this state and view, which has no workers and no data yet. [`with_app`] reaches it from now
    /// on.
    pub(super) fn begin(state: State, view: PageView, recorded: Option<String>) {
        let app = App {
            state,
            workers: SortedMap::new(),
            data_files: None,
            download_id: 0,
            view,
            frame_requested: false,
            rendered_hidden: 0.0,
            recorded,
            held: Vec::new(),
        };
        APP.with(|place| *place.borrow_mut() = Some(app));
        state_updates::set_updater(decide);
    }

    /// Carries out the effects that the state returned.
    pub(super) fn run_effects(&mut self, effects: Vec<Effect>) {
        if effects.is_empty() {
            return;
        }
        let mut queue = std::collections::VecDeque::from(std::mem::take(&mut self.held));
        queue.extend(effects);
        while let Some(effect) = queue.pop_front() {
            // The worker that an effect could not be carried out for, and why.
            let failed = match effect {
                Effect::Spawn(id) => self.spawn(id, &format!("worker {}", id.0 + 1)),
                Effect::SpawnReader(id) => self.spawn(id, "reader"),
                Effect::Terminate(id) => {
                    self.workers.remove(&id);
                    None
                }
                Effect::AbandonFetch => {
                    self.data_files = None;
                    self.download_id += 1;
                    None
                }
                Effect::Fetch { data, own, bad_before } => {
                    self.data_files = None;
                    self.download_id += 1;
                    let fetch = self.download_id;
                    let own = own.map(|files| files.map(array_store::get));
                    download::start(
                        bad_before,
                        (&data, own),
                        move || is_current_download(fetch),
                        on_data_files,
                    );
                    None
                }
                Effect::DropArrays(ids) => {
                    array_store::drop(&ids);
                    None
                }
                Effect::Deliver { asker, answer } => {
                    let answer = answer.map_err(|refused| refusal_texts::joined(&refused));
                    match asker {
                        AskerId::Program(call) => network_api::deliver(call, answer),
                        AskerId::DigitsFigure => self.view.digits.take_answer(answer),
                    }
                    None
                }
                Effect::EnterFile { file, weights } => {
                    self.view.fields.enter_file(file, weights);
                    self.fields_changed(None);
                    None
                }
                Effect::ReadMask { job, mask } => {
                    if let Some(mask) = array_store::get(mask) {
                        self.state.on_mask(job, &mask.unchecked_into::<Uint8Array>().to_vec());
                    }
                    None
                }
                Effect::EnterData(name) => {
                    self.view.fields.enter_data(&name);
                    self.fields_changed(None);
                    None
                }
                Effect::ShowSettings => {
                    self.sync_fields_and_address(&[]);
                    None
                }
                Effect::Save { name, text } => {
                    self.say_if_not_saved(save_file::save(&name, &text));
                    None
                }
                Effect::SaveArrays(files) => {
                    for (name, array) in files {
                        self.say_if_not_saved(save_file::save_array(&name, array));
                    }
                    None
                }
                Effect::Saved(effect) => {
                    saved::perform(effect);
                    None
                }
                Effect::SendData { to, data } => {
                    let files = self.data_files.as_ref();
                    let sent = self.workers.get(&to).map(|worker| worker.send_data(data, files));
                    sent.and_then(Result::err).map(|cause| (to, cause))
                }
                Effect::Send { to, command, payload } => {
                    let sent = self.workers.get(&to).map(|worker| worker.send(&command, &payload));
                    sent.and_then(Result::err).map(|cause| (to, cause))
                }
            };
            if let Some((worker, cause)) = failed {
                queue.extend(self.state.on_worker_death(worker, cause, dom::now_seconds()));
            }
        }
    }

    fn say_if_not_saved(&mut self, saved: Result<(), JsValue>) {
        if let Err(error) = saved {
            self.state.add_request_errors(vec![PageRefusal::NotSaved(dom::error_message(&error))]);
        }
    }

    /// Holds effects back until [`release_held`](App::release_held) or until other effects are carried out.
    pub(super) fn hold_effects(&mut self, effects: Vec<Effect>) {
        self.held = effects;
    }

    /// Carries out the effects that were held back.
    pub(super) fn release_held(&mut self) {
        let held = std::mem::take(&mut self.held);
        self.run_effects(held);
    }

    /// Starts a worker. Returns the worker and the reason if it cannot be started.
    fn spawn(&mut self, id: WorkerId, name: &str) -> Option<(WorkerId, PageRefusal)> {
        match WorkerHandle::spawn(id, name) {
            Ok(handle) => {
                self.workers.insert(id, handle);
                None
            }
            Err(cause) => Some((id, cause)),
        }
    }

    /// Shows the settings of the run in the fields and in the address, and the rejected settings.
    pub(super) fn sync_fields_and_address(&mut self, rejected: &[PageRefusal]) {
        let settings = self.state.settings();
        self.view.fields.show(settings);
        self.view.show_rejections(rejected);
        self.write_address();
    }

    /// The fragment of the whole page with the same run, for the link out of an embedded panel.
    fn whole_page(&self) -> String {
        let mut settings = self.state.settings().clone();
        settings.display.embed = None;
        recorded_runs::fragment(self.recorded.as_deref(), &settings, Settings::to_fragment)
    }

    /// The fragment of a link to the run.
    pub(super) fn link(&self) -> String {
        self.state.link(self.recorded.as_deref())
    }

    /// Writes the settings of the run and of the display into the address.
    pub(super) fn write_address(&self) {
        let settings = self.state.settings();
        dom::set_fragment(&recorded_runs::fragment(self.recorded.as_deref(), settings, Settings::to_address));
        dom::set_attribute(&dom::by_id("embed-home"), "href", &format!("#{}", self.whole_page()));
    }

    /// Redraws a page that is hidden, where there are no animation frames, at most once a second. Programs read its table,
    /// people the title of its tab.
    fn render_if_hidden(&mut self) {
        let now = dom::now_seconds();
        if dom::document().hidden() && now - self.rendered_hidden >= HIDDEN_SECONDS {
            self.rendered_hidden = now;
            self.view.render(&mut self.state, now);
        }
    }

    /// Requests a redraw in the next animation frame.
    pub(super) fn request_frame(&mut self) {
        self.render_if_hidden();
        if !self.frame_requested {
            self.frame_requested = true;
            FRAME.with(|frame| {
                let _ = dom::window().request_animation_frame(frame.as_ref().unchecked_ref());
            });
        }
    }
}

thread_local! {
    static FRAME: Closure<dyn FnMut()> = Closure::new(|| {
        with_app(|app| {
            app.frame_requested = false;
            if app.view.render(&mut app.state, dom::now_seconds()) {
                app.request_frame();
            }
            app.serve_digits();
            if app.state.preview().is_some() {
                app.release_held();
            }
        });
    });
}

/// Whether this is the current download and nothing has failed since it began.
fn is_current_download(fetch: u32) -> bool {
    with_app(|app| app.download_id == fetch && app.state.failure().is_none()).unwrap_or(false)
}

/// Stores the data files and tells the state that they are complete.
fn on_data_files(whole: DataFiles) {
    with_app(|app| app.data_files = Some(whole));
    state_updates::update_state(State::on_download_complete);
}
