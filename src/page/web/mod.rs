//! The page in a browser: the one place that touches it. The brain decides ([`State`]), this carries out: workers,
//! downloads, controls, drawing.

mod claims;
mod controls;
mod dom;
mod download;
mod files;
mod heatmaps;
mod legend;
mod paint;
mod plots;
mod shown;
mod workers;

use crate::{
    fleet::{Bulk, Effect, WorkerId},
    recorded,
    state::State,
};
use experiment::{fragment::Refused, settings::Settings};
use paint::View;
use protocol::{Failure, FailureKind};
use std::{cell::RefCell, collections::BTreeMap};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use workers::Handle;

/// Milliseconds between looks at the clock while nothing else happens.
const TICK: i32 = 200;

/// Everything the page holds.
struct App {
    state: State,
    workers: BTreeMap<WorkerId, Handle>,
    data: Option<workers::Files>,
    /// Counts downloads, so that one given up is not taken for the next.
    fetch: u32,
    view: View,
    frame_asked: bool,
    /// The recorded run that was opened last, for the address.
    recorded: Option<String>,
}

thread_local! {
    static APP: RefCell<Option<App>> = const { RefCell::new(None) };
}

/// Runs `f` on the page; nothing if it is being used further up the stack, which browsers' events never do.
fn with<R>(f: impl FnOnce(&mut App) -> R) -> Option<R> {
    APP.with(|app| app.try_borrow_mut().ok()?.as_mut().map(f))
}

/// Lets the brain decide, carries out what it wants, and has the page drawn again.
fn act(decide: impl FnOnce(&mut State, f64) -> Vec<Effect>) {
    with(|app| {
        let effects = decide(&mut app.state, dom::now());
        app.perform(effects);
        app.ask_frame();
    });
}

impl App {
    fn perform(&mut self, effects: Vec<Effect>) {
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
                    download::start(self.fetch);
                    None
                }
                Effect::ShowSettings => {
                    self.settle(&[]);
                    None
                }
                Effect::Save { name, text } => {
                    if let Err(error) = self.save(&name, &text) {
                        self.state.refuse(format!("The report could not be kept: {}.", dom::message(&error)));
                    }
                    None
                }
                Effect::Send { to, command, bulk } => {
                    let sent = self.workers.get(&to).map(|worker| match bulk {
                        Bulk::None => worker.send(&command, &[]),
                        Bulk::Inputs(inputs) => worker.send(&command, &workers::inputs(&inputs)),
                        Bulk::Deaths(deaths) => worker.send(&command, &workers::deaths(&deaths)),
                        Bulk::Texts(texts) => worker.send(&command, &workers::texts(&texts)),
                        Bulk::Data => worker.send(&command, &workers::copies(self.data.as_ref())),
                    });
                    sent.and_then(Result::err)
                }
            };
            if let Some(message) = failed {
                let failure = Failure { kind: FailureKind::Worker, message };
                queue.extend(self.state.failed(failure, dom::now()));
            }
        }
    }

    fn ask_frame(&mut self) {
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

/// Starts the page.
pub fn start() {
    std::panic::set_hook(Box::new(|info| {
        // The trap that follows says only “unreachable”; page.js shows it with this in its place.
        wasm_bindgen::throw_str(&info.to_string());
    }));
    if let Err(missing) = begin() {
        wasm_bindgen::throw_val(missing);
    }
}

fn begin() -> Result<(), JsValue> {
    let fragment = dom::fragment();
    let (settings, refused, recorded) = match recorded::asked(&fragment) {
        None => {
            let (settings, refused) = Settings::from_fragment(&fragment);
            (settings, sentences(&refused), None)
        }
        Some(asked) => {
            let refused = asked.as_ref().err().cloned();
            (Settings::from_fragment("").0, refused.into_iter().collect(), asked.ok())
        }
    };
    let view = View::new(&settings)?;
    let cores = dom::window().navigator().hardware_concurrency() as usize;
    let (state, effects) = State::new(settings, cores, dom::now());
    let app = App {
        state,
        workers: BTreeMap::new(),
        data: None,
        fetch: 0,
        view,
        frame_asked: false,
        recorded: recorded.map(Into::into),
    };
    APP.with(|place| *place.borrow_mut() = Some(app));
    with(|app| {
        app.perform(effects);
        app.settle(&refused);
        app.ask_frame();
    });
    controls::listen()?;
    files::listen()?;
    recorded.map(Into::into).into_iter().for_each(files::open_recorded);
    dom::every(TICK, || act(State::tick));
    Ok(())
}

/// What is said of settings that were refused.
fn sentences(refused: &[Refused]) -> Vec<String> {
    refused.iter().map(Refused::to_string).collect()
}

impl App {
    /// After new settings: the fields and the fragment follow, and what was refused is said.
    fn settle(&mut self, refused: &[String]) {
        let settings = self.state.settings();
        self.view.fields.show(settings);
        self.view.refuse(refused);
        dom::set_fragment(&match &self.recorded {
            Some(name) => format!("recorded={name}"),
            None => settings.to_fragment(),
        });
    }
}
