//! Buttons, fields and the address: what a person asks for.

use crate::web::{App, act, dom, files, sentences, with};
use crate::{recorded, state::Control, status::PageStatus, words};
use experiment::{
    fragment::Refused,
    preset::Preset,
    setting_table::{SETTINGS, Setting},
    settings::Settings,
};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, HtmlInputElement, HtmlSelectElement};

/// The fields of the settings.
pub(super) struct Fields {
    preset: HtmlSelectElement,
    inputs: Vec<(&'static Setting, HtmlInputElement)>,
    pending: Element,
}

impl Fields {
    /// Finds the fields of the page and makes those that the settings add.
    pub(super) fn new() -> Result<Fields, JsValue> {
        let preset: HtmlSelectElement = dom::by_id("preset")?;
        for entry in Preset::ALL {
            let option = dom::element("option", "", entry.title());
            dom::set(&option, "value", entry.name());
            dom::put(&preset, &[&option]);
        }
        let more: Element = dom::by_id("settings")?;
        let mut inputs = Vec::new();
        for setting in SETTINGS {
            if matches!(setting.name, "preset" | "autoplay") {
                continue;
            }
            let id = if setting.name == "seed" { "seed".into() } else { format!("set-{}", setting.name) };
            if setting.name != "seed" {
                dom::put(&more, &[&made(setting, &id)]);
            }
            inputs.push((setting, dom::by_id(&id)?));
        }
        Ok(Fields { preset, inputs, pending: dom::by_id("pending")? })
    }

    /// Shows settings in the fields.
    pub(super) fn show(&self, settings: &Settings) {
        self.preset.set_value(settings.preset.name());
        for (setting, input) in &self.inputs {
            input.set_value(&setting.value(settings));
            let _ = input.remove_attribute("aria-invalid");
        }
        self.changed(false);
    }

    /// The settings in the fields, and those that were refused.
    fn read(&self) -> (Settings, Vec<Refused>) {
        let mut fragment = format!("preset={}", self.preset.value());
        for (setting, input) in &self.inputs {
            fragment += &format!("&{}={}", setting.name, input.value().trim());
        }
        Settings::from_fragment(&fragment)
    }

    /// Says whether the fields hold other settings than the run.
    fn changed(&self, changed: bool) {
        let _ = self.pending.toggle_attribute_with_force("hidden", !changed);
    }

    /// Marks the fields whose values were refused.
    fn mark(&self, refused: &[Refused]) {
        for (setting, input) in &self.inputs {
            if refused.iter().any(|r| r.field == setting.name) {
                dom::set(input, "aria-invalid", "true");
            } else {
                let _ = input.remove_attribute("aria-invalid");
            }
        }
    }
}

/// A field with its label. Ids have a prefix, because `rounds` is the table's.
fn made(setting: &Setting, id: &str) -> Element {
    let label = dom::element("label", "", &words::setting(setting.name));
    let input = dom::element("input", "", "");
    for (name, value) in [("id", id), ("name", setting.name), ("inputmode", "decimal"), ("size", "8")] {
        dom::set(&input, name, value);
    }
    let hint = dom::element("small", "", &setting.allowed());
    let hint_id = format!("{}-hint", setting.name);
    dom::set(&hint, "id", &hint_id);
    dom::set(&input, "aria-describedby", &hint_id);
    dom::put(&label, &[&input]);
    let row = dom::element("div", "setting", "");
    dom::put(&row, &[&label, &hint]);
    row
}

/// Listens to everything a person can do.
pub(super) fn listen() -> Result<(), JsValue> {
    click("play", || act(|state, now| state.click(Control::Play, now)))?;
    click("step", || act(|state, now| state.click(Control::Step, now)))?;
    click("round", || act(|state, now| state.click(Control::Round, now)))?;
    click("retry", || act(|state, now| state.click(Control::Retry, now)))?;
    click("reset", || {
        with(|app| {
            let (settings, refused) = app.view.fields.read();
            app.restart(settings, &sentences(&refused));
        });
    })?;
    let form: Element = dom::by_id("controls")?;
    dom::on(&form, "submit", |event: web_sys::Event| event.prevent_default());
    dom::on(&form, "change", |event: web_sys::Event| {
        let preset = event.target().and_then(|t| t.dyn_into::<HtmlSelectElement>().ok());
        with(|app| app.fields_changed(preset.as_ref().map(HtmlSelectElement::value)));
    });
    dom::on(&dom::window(), "hashchange", |_: web_sys::Event| {
        let fragment = dom::fragment();
        match recorded::asked(&fragment) {
            Some(Ok(name)) => files::open_recorded(name.into()),
            Some(Err(message)) => files::refuse(message),
            None => {
                let (settings, refused) = Settings::from_fragment(&fragment);
                with(|app| app.restart(settings, &sentences(&refused)));
            }
        }
    });
    Ok(())
}

fn click(id: &str, mut f: impl FnMut() + 'static) -> Result<(), JsValue> {
    let button: Element = dom::by_id(id)?;
    dom::on(&button, "click", move |_: web_sys::Event| f());
    Ok(())
}

impl App {
    /// Starts afresh with these settings.
    fn restart(&mut self, settings: Settings, refused: &[String]) {
        self.recorded = None;
        let effects = self.state.click(Control::Reset(settings), dom::now());
        self.perform(effects);
        self.settle(refused);
        self.ask_frame();
    }

    /// The fields were changed; by choosing `preset`, if that is what it was. Before anything is trained the
    /// change counts at once; later it waits for Reset.
    fn fields_changed(&mut self, preset: Option<String>) {
        let now = self.state.settings().clone();
        let (mut settings, refused) = self.view.fields.read();
        if let Some(preset) = preset.and_then(|name| Preset::from_name(&name)) {
            let (seed, workers) = (settings.config.seed, settings.workers);
            settings = Settings { workers, ..Settings::preset(preset) };
            settings.config.seed = seed;
        }
        let fresh = self.state.untouched()
            && matches!(self.state.standing(), PageStatus::Ready | PageStatus::Loading);
        if !refused.is_empty() {
            self.view.refuse(&sentences(&refused));
            self.view.fields.mark(&refused);
        } else if fresh && settings != now {
            self.restart(settings, &[]);
        } else {
            self.view.refuse(&[]);
            self.view.fields.show(&settings);
            settings.autoplay = now.autoplay;
            self.view.fields.changed(settings != now);
        }
    }
}
