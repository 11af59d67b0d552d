//! Everything the page holds, and how it carries out what the state wants.

use crate::{
    fleet::{CommandPayload, Effect, WorkerId},
    state::State,
    web::{
        dispatch::{self, Decision},
        dom, download,
        paint::View,
        save_file,
        workers::{self, Files, Handle},
    },
};
use protocol::{Failure, FailureKind};
use std::{cell::RefCell, collections::BTreeMap};
use wasm_bindgen::{JsCast, closure::Closure};

/// Everything the page holds.
pub(super) struct App {
    pub(super) state: State,
    workers: BTreeMap<WorkerId, Handle>,
    data: Option<Files>,
    /// Counts downloads, so that one given up is not taken for the next.
    fetch: u32,
    pub(super) view: View,
    frame_asked: bool,
    /// The recorded run that was opened last, for the address.
    pub(super) recorded: Option<String>,
}

thread_local! {
    static APP: RefCell<Option<App>> = const { RefCell::new(None) };
}

/// Runs `f` on the page; nothing if it is being used further up the stack, which browsers' events never do.
pub(super) fn with<R>(f: impl FnOnce(&mut App) -> R) -> Option<R> {
    APP.with(|app| app.try_borrow_mut().ok()?.as_mut().map(f))
}

/// Lets the state decide, carries out what it wants, and has the page drawn again.
fn decide(decide: Decision) {
    with(|app| {
        let effects = decide(&mut app.state, dom::now());
        app.perform(effects);
        app.ask_frame();
    });
}

impl App {
    /// A page with this state and view, and nothing on its way yet; it is there for [`with`] from now on.
    pub(super) fn begin(state: State, view: View, recorded: Option<String>) {
        let app =
            App { state, workers: BTreeMap::new(), data: None, fetch: 0, view, frame_asked: false, recorded };
        APP.with(|place| *place.borrow_mut() = Some(app));
        dispatch::send_to(decide);
    }

    /// Carries out what the state wants.
    pub(super) fn perform(&mut self, effects: Vec<Effect>) {
        let mut queue: std::collections::VecDeque<Effect> = effects.into();
        while let Some(effect) = queue.pop_front() {
            let failed = match effect {
                Effect::Spawn(id) => match Handle::spawn(id) {
                    Ok(handle) => {
                        self.workers.insert(id, handle);
                        None
                    }
                    Err(message) => Some(message),
                },
                Effect::Terminate(id) => {
                    self.workers.remove(&id);
                    None
                }
                Effect::Fetch => {
                    self.data = None;
                    self.fetch += 1;
                    let fetch = self.fetch;
                    download::start(fetch, move || is_wanted(fetch), arrived);
                    None
                }
                Effect::ShowSettings => {
                    self.settle(&[]);
                    None
                }
                Effect::Save { name, text } => {
                    if let Err(error) = save_file::save(&name, &text) {
                        self.state.set_request_error(format!(
                            "The report could not be kept: {}.",
                            dom::message(&error)
                        ));
                    }
                    None
                }
                Effect::Send { to, command, payload: bulk } => {
                    let sent = self.workers.get(&to).map(|worker| match bulk {
                        CommandPayload::None => worker.send(&command, &[]),
                        CommandPayload::JobInputs(inputs) => worker.send(&command, &workers::inputs(&inputs)),
                        CommandPayload::PruneRounds(deaths) => {
                            worker.send(&command, &workers::deaths(&deaths))
                        }
                        CommandPayload::Texts(texts) => worker.send(&command, &workers::texts(&texts)),
                        CommandPayload::Data => worker.send(&command, &workers::copies(self.data.as_ref())),
                    });
                    sent.and_then(Result::err)
                }
            };
            if let Some(message) = failed {
                let failure = Failure { kind: FailureKind::Worker, message };
                queue.extend(self.state.on_failure(failure, dom::now()));
            }
        }
    }

    /// After new settings: the fields and the fragment follow, and what was refused is said.
    pub(super) fn settle(&mut self, refused: &[String]) {
        let settings = self.state.settings();
        self.view.fields.show(settings);
        self.view.refuse(refused);
        dom::set_fragment(&match &self.recorded {
            Some(name) => format!("recorded={name}"),
            None => settings.to_fragment(),
        });
    }

    /// Has the page drawn at the next chance.
    pub(super) fn ask_frame(&mut self) {
        if !self.frame_asked {
            self.frame_asked = true;
            FRAME.with(|frame| {
                let _ = dom::window().request_animation_frame(frame.as_ref().unchecked_ref());
            });
        }
    }
}

thread_local! {
    static FRAME: Closure<dyn FnMut()> = Closure::new(|| {
        with(|app| {
            app.frame_asked = false;
            if app.view.paint(&mut app.state, dom::now()) {
                app.ask_frame();
            }
        });
    });
}

/// Whether the download of that number is the last one, and nothing has failed since.
fn is_wanted(fetch: u32) -> bool {
    with(|app| app.fetch == fetch && app.state.failure().is_none()).unwrap_or(false)
}

/// Keeps the data files.
fn arrived(whole: Files) {
    with(|app| app.data = Some(whole));
    dispatch::act(State::on_download_complete);
}
