//! The fields of the settings.

use crate::{
    setting_fields, strings,
    web::{dom, preset_dialog::PresetDialog, setting_row::SettingRow, terms},
};
use experiment::{
    network_file::NeededFile,
    preset::Preset,
    setting_table::{SETTINGS, SettingKind},
    settings::Settings,
    url_fragment::RejectedSetting,
};
use web_sys::{Element, HtmlSelectElement};

/// The fields of the settings.
pub(super) struct SettingFields {
    preset: HtmlSelectElement,
    cards: PresetDialog,
    rows: Vec<SettingRow>,
    pending: Element,
    /// The fold of all settings, and that of the advanced ones in it, each with the place for what differs from the
    /// preset.
    folds: [(Element, Element); 2],
}

impl SettingFields {
    /// Finds the field of the preset and creates a field for each setting.
    pub(super) fn new() -> SettingFields {
        let preset: HtmlSelectElement = dom::by_id("preset");
        for entry in Preset::ALL {
            let option = dom::new_element("option", "", entry.title());
            dom::set_attribute(&option, "value", entry.name());
            dom::append_children(&preset, &[&option]);
        }
        terms::show_marked_text(&dom::by_id("settings-note"), strings::settings_note());
        let (basic, advanced): (Element, Element) = (dom::by_id("settings"), dom::by_id("advanced-settings"));
        let mut rows = Vec::new();
        for setting in SETTINGS {
            // The display's settings have controls of their own, where their effect is seen.
            if setting.kind == SettingKind::Display {
                continue;
            }
            rows.push(match setting.name {
                "preset" | "autoplay" => continue,
                "seed" => SettingRow::existing(setting, "seed"),
                name if setting_fields::is_basic(name) => SettingRow::create(setting, &basic),
                _ => SettingRow::create(setting, &advanced),
            });
        }
        SettingFields {
            preset,
            cards: PresetDialog::new(),
            rows,
            pending: dom::by_id("pending"),
            folds: [
                (dom::by_id("more"), dom::by_id("more-changed")),
                (dom::by_id("advanced"), dom::by_id("advanced-changed")),
            ],
        }
    }

    /// The dialog with the cards of the presets.
    pub(super) fn cards(&mut self) -> &mut PresetDialog {
        &mut self.cards
    }

    /// Shows settings in the fields.
    pub(super) fn show(&self, settings: &Settings) {
        self.preset.set_value(settings.preset.name());
        self.cards.show_current(settings.preset);
        self.disable_seed_and_trials(!settings.config.seeds.are_consecutive());
        for row in &self.rows {
            row.show(&row.setting.value(settings));
            row.mark_invalid(false);
        }
        self.mark_changed();
        self.show_pending(false);
    }

    /// Disables the fields `seed` and `trials` while the field `seeds` says which seeds there are.
    pub(super) fn disable_seed_and_trials(&self, disabled: bool) {
        for row in self.rows.iter().filter(|row| matches!(row.setting.name, "seed" | "trials")) {
            row.set_disabled(disabled, strings::see_seeds());
        }
    }

    /// Reads the settings from the fields. The second value lists those that were rejected.
    pub(super) fn read(&self) -> (Settings, Vec<RejectedSetting>) {
        let has_seeds = self.rows.iter().any(|row| row.setting.name == "seeds" && !row.value().is_empty());
        // The list of seeds counts, whatever stands in the other two fields.
        let counts = |row: &&SettingRow| {
            let replaced = has_seeds && matches!(row.setting.name, "seed" | "trials");
            !row.is_disabled() && !replaced
        };
        let mut pairs = vec![("preset", self.preset.value())];
        pairs.extend(self.rows.iter().filter(counts).map(|row| (row.setting.name, row.value())));
        let pairs: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (*name, value.as_str())).collect();
        Settings::from_pairs(&pairs)
    }

    /// Names a file in the fields: as the way first weights come about, or as the own mask, whose arm is then asked for.
    pub(super) fn enter_file(&self, file: NeededFile, weights: u32) {
        let (now, _) = self.read();
        let entered = Settings { config: now.config.with_file(file, weights), ..now };
        for row in self.rows.iter().filter(|row| matches!(row.setting.name, "init" | "own" | "arms")) {
            row.show(&row.setting.value(&entered));
        }
    }

    /// Chooses a data set in its field.
    pub(super) fn enter_data(&self, name: &str) {
        self.rows.iter().filter(|row| row.setting.name == "data").for_each(|row| row.show(name));
    }

    /// Shows or hides the notice that the fields differ from the settings of the run, with the button that starts them.
    pub(super) fn show_pending(&self, changed: bool) {
        let _ = self.pending.toggle_attribute_with_force("hidden", !changed);
    }

    /// Marks the fields whose values were rejected, and opens the folds that they are in.
    pub(super) fn mark_invalid(&self, rejected: &[RejectedSetting]) {
        let is_rejected = |name: &str| rejected.iter().any(|rejected| rejected.field == name);
        for row in &self.rows {
            row.mark_invalid(is_rejected(row.setting.name));
        }
        self.mark_changed();
        let inside = |name: &str| is_rejected(name) && name != "seed";
        let rejected_in = [
            SETTINGS.iter().any(|setting| inside(setting.name)),
            SETTINGS.iter().any(|setting| inside(setting.name) && !setting_fields::is_basic(setting.name)),
        ];
        for ((fold, _), rejected) in self.folds.iter().zip(rejected_in) {
            if rejected {
                dom::set_attribute(fold, "open", "");
            }
        }
    }

    /// Marks the fields that differ from the preset, and counts them where the folds are closed.
    fn mark_changed(&self) {
        let preset = Preset::from_name(&self.preset.value()).unwrap_or(Preset::Quick);
        let (mut all, mut advanced) = (0, 0);
        for row in &self.rows {
            let value = setting_fields::preset_value(row.setting, preset);
            if row.mark_changed(value.as_deref()) {
                all += 1;
                advanced += usize::from(!setting_fields::is_basic(row.setting.name));
            }
        }
        for ((_, note), count) in self.folds.iter().zip([all, advanced]) {
            note.set_text_content(Some(&setting_fields::changed_note(count)));
        }
    }
}
