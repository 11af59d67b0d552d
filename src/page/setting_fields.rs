//! How each setting is entered: with which kind of field, among the basic or the advanced ones, and under which words.

use experiment::{
    arm::Arm, criterion::PruningCriterion, initializer::Initializer, job_choice::JobChoice,
    optimizer::OptimizerKind, preset::Preset, setting_table::Setting, settings::Settings,
};
use model::data_set::DataSet;
use texts::{fill, text_of};

/// The kind of a setting's field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldKind {
    /// One of a list: the value of each, and its label.
    Choice(Vec<(&'static str, String)>),
    /// Some of the arms.
    Arms,
    /// A whole number.
    Integer,
    /// A number with decimals.
    Decimal,
    /// Other text.
    Text,
}

/// The kind of the field of the setting with this name.
pub fn field_kind(name: &str) -> FieldKind {
    match name {
        "data" => {
            let label = |name: &&'static str| DataSet::from_name(name).map(|data| (*name, data.title));
            FieldKind::Choice(DataSet::NAMES.iter().filter_map(label).collect())
        }
        "transfer" => {
            let none = [("", text_of("field", "transfer_none").to_owned())].into_iter();
            let FieldKind::Choice(sets) = field_kind("data") else { return FieldKind::Text };
            FieldKind::Choice(none.chain(sets).collect())
        }
        "criterion" => choice(name, PruningCriterion::ALL, |criterion| criterion.name()),
        "optimizer" => choice(name, OptimizerKind::ALL, |optimizer| optimizer.name()),
        "init" => choice(name, Initializer::ALL, |init| init.name()),
        "jobs" => choice(name, JobChoice::ALL, |jobs| jobs.name()),
        "arms" => FieldKind::Arms,
        "rate" | "output_rate" | "conv_rate" | "learning_rate" | "momentum" | "dropout" | "label_noise" => {
            FieldKind::Decimal
        }
        "seeds" | "hidden" | "net" | "own" => FieldKind::Text,
        _ => FieldKind::Integer,
    }
}

fn choice<T: Copy>(setting: &str, all: &[T], name: fn(T) -> &'static str) -> FieldKind {
    let entry = |one: &T| {
        let name = name(*one);
        (name, text_of("field", &format!("{setting}_{name}")).to_owned())
    };
    FieldKind::Choice(all.iter().map(entry).collect())
}

/// What an arm is, in one line beside its checkbox.
pub fn arm_meaning(arm: Arm) -> &'static str {
    text_of("field", &format!("arm_{}", arm.name()))
}

/// Whether a setting is among the first that one would change. The others stand behind a fold of their own.
pub fn is_basic(name: &str) -> bool {
    matches!(
        name,
        "preset"
            | "seed"
            | "trials"
            | "seeds"
            | "data"
            | "transfer"
            | "arms"
            | "iterations"
            | "rate"
            | "rounds"
            | "hidden"
            | "criterion"
    )
}

/// The value that a setting has in a preset, as text, or `None` if it is not the preset that decides it: the first seed
/// stays when another preset is chosen.
pub fn preset_value(setting: &Setting, preset: Preset) -> Option<String> {
    (!matches!(setting.name, "preset" | "seed" | "autoplay"))
        .then(|| setting.value(&Settings::preset(preset)))
}

/// The words of a button that sets a field back to the value that it has in the preset.
pub fn back_label(name: &str, preset_value: &str) -> String {
    let shown = match field_kind(name) {
        FieldKind::Choice(choices) => {
            let label = choices.into_iter().find(|choice| choice.0 == preset_value).map(|choice| choice.1);
            label.unwrap_or_else(|| preset_value.to_owned())
        }
        _ if preset_value.is_empty() => fill!("field.nothing"),
        _ => preset_value.replace(',', ", "),
    };
    fill!("field.back", value = shown)
}

/// How many settings of a group differ from the preset, in words. Empty if there are none.
pub fn changed_note(changed: usize) -> String {
    if changed == 0 { String::new() } else { fill!("field.changed", count = changed) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use experiment::{refusals::texts::allowed_values, setting_table::SETTINGS};
    use std::collections::BTreeSet;

    /// A choice offers exactly what the setting takes; all other values would be refused.
    #[test]
    fn choices_are_those_that_the_settings_take() {
        for setting in SETTINGS {
            let FieldKind::Choice(choices) = field_kind(setting.name) else { continue };
            for (value, label) in &choices {
                // Another data set is one that the experiment's own is not.
                let own = if setting.name == "transfer" && *value == "mnist" { "data=fashion&" } else { "" };
                let fragment = format!("{own}{}={value}", setting.name);
                let (settings, rejected) = Settings::from_fragment(&fragment);
                assert_eq!((setting.value(&settings), rejected.len()), ((*value).to_owned(), 0), "{label}");
            }
            let allowed = allowed_values(setting.name);
            let named = allowed.split([' ', ',']).filter(|word| choices.iter().any(|c| c.0 == *word)).count();
            assert_eq!(named, choices.len(), "{}: {allowed}", setting.name);
            let labels: BTreeSet<&String> = choices.iter().map(|choice| &choice.1).collect();
            assert_eq!(labels.len(), choices.len(), "{}", setting.name);
        }
        assert_eq!(SETTINGS.iter().filter(|s| matches!(field_kind(s.name), FieldKind::Choice(_))).count(), 6);
    }

    #[test]
    fn every_setting_goes_back_to_what_the_preset_has() {
        let late = |name: &str| {
            let setting = SETTINGS.iter().find(|setting| setting.name == name).expect("a setting");
            preset_value(setting, Preset::Late)
        };
        assert_eq!(
            (late("seed"), late("trials").as_deref(), late("seeds").as_deref()),
            (None, Some("3"), Some(""))
        );
        assert_eq!(late("iterations").as_deref(), Some("1000"));
        assert_eq!(back_label("criterion", "magnitude"), "Back to the smallest of each layer");
        assert_eq!(back_label("arms", "ticket,late"), "Back to ticket, late");
        assert_eq!(
            (back_label("seeds", ""), back_label("rate", "0.5")),
            ("Back to nothing".into(), "Back to 0.5".into())
        );
        assert_eq!((changed_note(0), changed_note(2)), (String::new(), "2 changed".into()));
    }

    #[test]
    fn every_arm_has_a_meaning_of_its_own() {
        let all: BTreeSet<&str> = Arm::ALL.iter().map(|arm| arm_meaning(*arm)).collect();
        assert_eq!(all.len(), Arm::ALL.len());
    }
}
