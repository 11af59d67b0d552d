//! Handles the buttons, the setting fields and changes of the address.

use crate::{
    recorded_runs,
    refusals::{self, PageRefusal},
    state::UserAction,
    status::PageStatus,
    web::{
        app::{App, with_app},
        dom, export_buttons, files, network_files, own_data, pins,
        state_updates::update_state,
    },
};
use experiment::{
    display_settings::{DisplaySettings, Speed, View},
    preset::Preset,
    settings::Settings,
    url_fragment::RejectedSetting,
};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, HtmlInputElement, HtmlSelectElement};

/// Installs the listeners of all controls.
pub(super) fn listen() -> Result<(), JsValue> {
    click("play", || update_state(|state, now| state.on_action(UserAction::Play, now)));
    click("step", || update_state(|state, now| state.on_action(UserAction::Step, now)));
    click("round", || update_state(|state, now| state.on_action(UserAction::Round, now)));
    click("run-again", || {
        with_app(|app| {
            let mut settings = Settings { autoplay: true, ..app.state.settings().clone() };
            settings.display.at = None;
            app.restart(settings, &[]);
        });
    });
    click("another-seed", || {
        with_app(|app| {
            let mut settings = Settings { autoplay: true, ..app.state.settings().clone() };
            settings.config.seeds = settings.config.seeds.next();
            settings.display.at = None;
            app.restart(settings, &[]);
        });
    });
    click("replay", || update_state(|state, now| state.on_action(UserAction::Replay, now)));
    let speed: HtmlSelectElement = dom::by_id("set-speed");
    dom::add_listener(&speed.clone(), "change", move |event: web_sys::Event| {
        // The field stands in the form of the experiment's settings, which need not hear of it.
        event.stop_propagation();
        if let Some(speed) = Speed::from_name(&speed.value()) {
            with_app(|app| app.set_display(DisplaySettings { speed, ..app.state.display_settings() }));
        }
    });
    let views: Element = dom::by_id("views");
    dom::add_listener(&views, "click", |event: web_sys::Event| {
        let target: Option<Element> = event.target().and_then(|target| target.dyn_into().ok());
        let view = target.and_then(|target| target.get_attribute("data-view-of"));
        if let Some(view) = view.and_then(|name| View::from_name(&name)) {
            with_app(|app| app.set_display(DisplaySettings { view, ..app.state.display_settings() }));
        }
    });
    click("set-present", || {
        with_app(|app| {
            let display = app.state.display_settings();
            app.set_display(DisplaySettings { present: !display.present, ..display });
        });
    });
    let reach: HtmlInputElement = dom::by_id("set-reach");
    dom::add_listener(&reach.clone(), "change", move |_: web_sys::Event| {
        let value = reach.value();
        let pairs = [("reach", value.trim())];
        let (settings, rejected) = Settings::from_pairs(&pairs);
        with_app(|app| match rejected.is_empty() {
            true => {
                let reach = settings.display.reach;
                app.set_display(DisplaySettings { reach, ..app.state.display_settings() });
                app.view.show_rejections(&[]);
            }
            false => app.view.show_rejections(&refusals::of_settings(&rejected)),
        });
    });
    click("show-more-rows", || {
        with_app(|app| {
            app.view.table.grow();
            app.state.show_rounds_anew();
            app.request_frame();
        });
    });
    click("train-again", || {
        update_state(|state, now| {
            let jobs = state.jobs_to_train_again();
            state.on_action(UserAction::TrainAgain(jobs), now)
        });
    });
    click("read-corrupted", || update_state(|state, now| state.on_action(UserAction::ReadCorrupted, now)));
    click("retry", || update_state(|state, now| state.on_action(UserAction::Retry, now)));
    click("reset", || {
        with_app(|app| {
            let (settings, rejected) = app.read_fields();
            app.restart(settings, &refusals::of_settings(&rejected));
        });
    });
    click("pin", || update_state(|state, now| state.on_action(UserAction::Pin, now)));
    click("branch", || {
        with_app(|app| {
            let (settings, rejected) = app.read_fields();
            app.recorded = None;
            let effects = app.state.on_action(UserAction::Branch(Box::new(settings)), dom::now_seconds());
            app.run_effects(effects);
            app.sync_fields_and_address(&refusals::of_settings(&rejected));
            app.request_frame();
        });
    });
    pins::listen(&dom::by_id("pinned"));
    export_buttons::listen();
    network_files::listen();
    own_data::listen();
    click("choose-preset", || {
        with_app(|app| {
            let (settings, _) = app.view.fields.read();
            let cards = app.view.fields.cards();
            cards.remember_speed(&app.state);
            cards.open(&settings);
        });
    });
    let form: Element = dom::by_id("controls");
    // Enter in a field submits the form, as the button in it does.
    dom::add_listener(&form, "submit", |event: web_sys::Event| {
        event.prevent_default();
        with_app(App::start_changed);
    });
    dom::add_listener(&form, "change", |event: web_sys::Event| {
        let select = event.target().and_then(|target| target.dyn_into::<HtmlSelectElement>().ok());
        let preset = select.filter(|select| select.id() == "preset");
        with_app(|app| app.fields_changed(preset.as_ref().map(HtmlSelectElement::value)));
    });
    dom::add_listener(&dom::window(), "hashchange", |_: web_sys::Event| {
        let fragment = dom::fragment();
        match recorded_runs::from_fragment(&fragment) {
            Some(Ok(name)) => {
                let display = recorded_runs::settings_beside(&fragment).display;
                let open = with_app(|app| app.open_recorded_with(name, display)).unwrap_or(true);
                if open {
                    files::open_recorded(name.into());
                }
            }
            Some(Err(refusal)) => files::show_request_errors(vec![refusal]),
            None => {
                let (settings, rejected) = Settings::from_fragment(&fragment);
                with_app(|app| app.follow_link(settings, &refusals::of_settings(&rejected)));
            }
        }
    });
    Ok(())
}

fn click(id: &str, mut f: impl FnMut() + 'static) {
    let button: Element = dom::by_id(id);
    dom::add_listener(&button, "click", move |_: web_sys::Event| f());
}

impl App {
    /// Takes the display's settings of a link to a recorded run. Returns whether that run has to be opened.
    fn open_recorded_with(&mut self, name: &str, display: DisplaySettings) -> bool {
        self.set_display(display);
        self.recorded.as_deref() != Some(name)
    }

    /// Follows a link to settings. If they differ from the present ones in the display alone, the run goes on.
    fn follow_link(&mut self, settings: Settings, rejected: &[PageRefusal]) {
        let now = self.state.settings();
        let same_run = Settings { display: now.display, autoplay: now.autoplay, ..settings.clone() } == *now;
        if same_run && settings.display != now.display && self.recorded.is_none() {
            self.set_display(settings.display);
            self.view.show_rejections(rejected);
        } else {
            self.restart(settings, rejected);
        }
    }

    /// Changes settings of the display and writes them into the address. The run goes on.
    pub(super) fn set_display(&mut self, display: DisplaySettings) {
        let effects = self.state.on_action(UserAction::SetDisplay(display), dom::now_seconds());
        self.run_effects(effects);
        self.write_address();
        self.request_frame();
    }

    /// Starts a new run with these settings, and shows the messages about rejected settings.
    pub(super) fn restart(&mut self, settings: Settings, rejected: &[PageRefusal]) {
        self.recorded = None;
        self.view.fields.cards().remember_speed(&self.state);
        let effects = self.state.on_action(UserAction::Reset(Box::new(settings)), dom::now_seconds());
        self.run_effects(effects);
        self.sync_fields_and_address(rejected);
        self.request_frame();
    }

    /// The settings in the fields, with the present ones of the display, which have no moment because a run begins anew.
    fn read_fields(&self) -> (Settings, Vec<RejectedSetting>) {
        let (mut settings, rejected) = self.view.fields.read();
        settings.display = DisplaySettings { at: None, ..self.state.display_settings() };
        forget_digest_of_another_run(&mut settings, self.state.settings());
        (settings, rejected)
    }

    /// Starts a run with the settings in the fields, unless it is the present run and that has begun. If a value cannot be
    /// used, nothing starts and nothing entered is lost.
    fn start_changed(&mut self) {
        let (settings, rejected) = self.read_fields();
        if !rejected.is_empty() {
            self.refuse(&rejected);
            return;
        }
        let settings = Settings { autoplay: true, ..settings };
        let mut now = Settings { autoplay: true, ..self.state.settings().clone() };
        now.display.at = None;
        if settings != now || (self.state.nothing_started() && !self.state.wants_to_run()) {
            self.restart(settings, &[]);
        }
    }

    /// Says which values in the fields cannot be used, and marks them.
    fn refuse(&self, rejected: &[RejectedSetting]) {
        self.view.show_rejections(&refusals::of_settings(rejected));
        self.view.fields.mark_invalid(rejected);
    }

    /// Handles a change of the fields. `preset` is the chosen preset if the change was in that field. Before anything
    /// has been trained, the change takes effect at once. Afterwards it waits for Enter or
    /// Reset.
    pub(super) fn fields_changed(&mut self, preset: Option<String>) {
        let now = self.state.settings().clone();
        let (mut settings, rejected) = self.view.fields.read();
        settings.display = now.display;
        if let Some(preset) = preset.and_then(|name| Preset::from_name(&name)) {
            settings = settings.with_preset(preset);
        }
        forget_digest_of_another_run(&mut settings, &now);
        let fresh = self.state.nothing_started()
            && matches!(self.state.status(), PageStatus::Ready | PageStatus::Loading);
        if !rejected.is_empty() {
            self.refuse(&rejected);
        } else if fresh && settings != now {
            self.restart(settings, &[]);
        } else {
            self.view.show_rejections(&[]);
            self.view.fields.show(&settings);
            settings.autoplay = now.autoplay;
            self.view.fields.show_pending(settings != now);
        }
    }
}

/// The digest that a link expects is that of its own experiment.
fn forget_digest_of_another_run(settings: &mut Settings, now: &Settings) {
    if settings.config != now.config {
        settings.display.digest = None;
    }
}
