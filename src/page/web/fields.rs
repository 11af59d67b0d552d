//! The fields of the settings.

use crate::{strings, web::dom};
use experiment::{
    preset::Preset,
    setting_table::{SETTINGS, Setting, SettingKind},
    settings::Settings,
    url_fragment::RejectedSetting,
};
use wasm_bindgen::JsValue;
use web_sys::{Element, HtmlInputElement, HtmlSelectElement};

/// The fields of the settings.
pub(super) struct SettingFields {
    preset: HtmlSelectElement,
    inputs: Vec<(&'static Setting, HtmlInputElement)>,
    pending: Element,
}

impl SettingFields {
    /// Finds the field of the preset and creates a field for each setting.
    pub(super) fn new() -> Result<SettingFields, JsValue> {
        let preset: HtmlSelectElement = dom::by_id("preset")?;
        for entry in Preset::ALL {
            let option = dom::new_element("option", "", entry.title());
            dom::set_attribute(&option, "value", entry.name());
            dom::append_children(&preset, &[&option]);
        }
        let more: Element = dom::by_id("settings")?;
        let mut inputs = Vec::new();
        for setting in SETTINGS {
            // The display's settings have controls of their own, where their effect is seen.
            if matches!(setting.name, "preset" | "autoplay") || setting.kind == SettingKind::Display {
                continue;
            }
            let id = if setting.name == "seed" { "seed".into() } else { format!("set-{}", setting.name) };
            if setting.name != "seed" {
                dom::append_children(&more, &[&setting_field_element(setting, &id)]);
            }
            inputs.push((setting, dom::by_id(&id)?));
        }
        Ok(SettingFields { preset, inputs, pending: dom::by_id("pending")? })
    }

    /// Shows settings in the fields.
    pub(super) fn show(&self, settings: &Settings) {
        self.preset.set_value(settings.preset.name());
        for (setting, input) in &self.inputs {
            input.set_value(&setting.value(settings));
            let _ = input.remove_attribute("aria-invalid");
        }
        self.disable_seed_and_trials(!settings.config.seeds.are_consecutive());
        self.show_pending(false);
    }

    /// Disables the fields `seed` and `trials` while the field `seeds` says which seeds there are.
    pub(super) fn disable_seed_and_trials(&self, disabled: bool) {
        for (_, input) in self.inputs.iter().filter(|(setting, _)| matches!(setting.name, "seed" | "trials"))
        {
            input.set_disabled(disabled);
            input.set_placeholder(if disabled { "see seeds" } else { "" });
        }
    }

    /// Reads the settings from the fields. The second value lists those that were rejected.
    pub(super) fn read(&self) -> (Settings, Vec<RejectedSetting>) {
        let has_seeds = self
            .inputs
            .iter()
            .any(|(setting, input)| setting.name == "seeds" && !input.value().trim().is_empty());
        // The list of seeds counts, whatever stands in the other two fields.
        let counts = |setting: &Setting, input: &HtmlInputElement| {
            let replaced = has_seeds && matches!(setting.name, "seed" | "trials");
            !input.disabled() && !replaced
        };
        let mut pairs = vec![("preset", self.preset.value())];
        pairs.extend(
            self.inputs
                .iter()
                .filter(|(setting, input)| counts(setting, input))
                .map(|(setting, input)| (setting.name, input.value().trim().to_owned())),
        );
        let pairs: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (*name, value.as_str())).collect();
        Settings::from_pairs(&pairs)
    }

    /// Shows or hides the notice that the fields differ from the settings of the run.
    pub(super) fn show_pending(&self, changed: bool) {
        let _ = self.pending.toggle_attribute_with_force("hidden", !changed);
    }

    /// Marks the fields whose values were rejected.
    pub(super) fn mark_invalid(&self, rejected: &[RejectedSetting]) {
        for (setting, input) in &self.inputs {
            if rejected.iter().any(|r| r.field == setting.name) {
                dom::set_attribute(input, "aria-invalid", "true");
            } else {
                let _ = input.remove_attribute("aria-invalid");
            }
        }
    }
}

/// Creates a field with its label. Its id has the prefix `set-`, because `rounds` is already the id of the table.
fn setting_field_element(setting: &Setting, id: &str) -> Element {
    let label = dom::new_element("label", "", &strings::setting_label(setting.name));
    let input = dom::new_element("input", "", "");
    for (name, value) in [("id", id), ("name", setting.name), ("inputmode", "decimal"), ("size", "8")] {
        dom::set_attribute(&input, name, value);
    }
    let hint = dom::new_element("small", "", &setting.allowed());
    let hint_id = format!("{}-hint", setting.name);
    dom::set_attribute(&hint, "id", &hint_id);
    dom::set_attribute(&input, "aria-describedby", &hint_id);
    dom::append_children(&label, &[&input]);
    let row = dom::new_element("div", "setting", "");
    dom::append_children(&row, &[&label, &hint]);
    row
}
