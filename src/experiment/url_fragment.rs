//! Reads settings from a URL fragment and writes them as one, for example `#preset=quick&seed=7&rounds=6`. So a link
//! holds an experiment.

#[cfg(test)]
mod tests;

use crate::{
    config::ExperimentConfig,
    optimizer::OptimizerKind,
    preset::Preset,
    setting_table::{SETTINGS, Setting},
    settings::Settings,
};
use std::fmt;

/// A value that was refused. The setting keeps the value that it had before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RejectedSetting {
    /// The setting's name in the fragment.
    pub field: String,
    /// The value that was refused.
    pub value: String,
    /// The allowed values in words; empty if no setting has this name.
    pub allowed: String,
}

impl fmt::Display for RejectedSetting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let RejectedSetting { field, value, allowed } = self;
        if allowed.is_empty() {
            let names: Vec<_> = SETTINGS.iter().map(|s| s.name).collect();
            return write!(f, "There is no setting “{field}”; the settings are {}.", names.join(", "));
        }
        write!(f, "{field}={value} was not used: {field} must be {allowed}.")
    }
}

impl Settings {
    /// Reads a fragment, with or without its `#`. A setting with a refused value keeps its previous value, and the
    /// other settings are used.
    pub fn from_fragment(fragment: &str) -> (Settings, Vec<RejectedSetting>) {
        let pairs: Vec<(&str, &str)> = fragment
            .trim_start_matches('#')
            .split('&')
            .filter(|pair| !pair.is_empty())
            .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
            .collect();
        // The preset is applied first wherever it stands, because the other settings change it.
        let preset =
            pairs.iter().rev().find_map(|(k, v)| (*k == "preset").then(|| Preset::from_name(v)).flatten());
        let mut settings = Settings::preset(preset.unwrap_or(Preset::Quick));
        let mut rejected = Vec::new();
        for (field, value) in pairs {
            let setting = SETTINGS.iter().find(|s| s.name == field);
            let taken = setting.and_then(|s| s.set(&mut settings, value));
            if taken.is_none() {
                let allowed = setting.map_or_else(String::new, Setting::allowed);
                rejected.push(RejectedSetting { field: field.into(), value: value.into(), allowed });
            }
        }
        rejected.extend(settings.reject_conflicts());
        (settings, rejected)
    }

    /// Settings that show an experiment. They name the preset that gives the shortest fragment.
    pub fn from_config(config: &ExperimentConfig) -> Settings {
        let settings =
            Preset::ALL.iter().map(|&preset| Settings { config: config.clone(), ..Settings::preset(preset) });
        let shortest = settings.min_by_key(|settings| settings.to_fragment().matches('=').count());
        shortest.expect("there are presets")
    }

    /// Resets and returns the setting that conflicts with the others, if there is one.
    fn reject_conflicts(&mut self) -> Option<RejectedSetting> {
        let rewind_to = self.config.rewind_to.filter(|&rewind_to| rewind_to >= self.config.iterations)?;
        self.config.rewind_to = None;
        let allowed =
            SETTINGS.iter().find(|s| s.name == "rewind_to").map_or_else(String::new, Setting::allowed);
        Some(RejectedSetting { field: "rewind_to".into(), value: rewind_to.to_string(), allowed })
    }

    /// Sentences for the user about settings that have no effect because of other settings.
    pub fn unused_setting_notes(&self) -> Vec<&'static str> {
        let ExperimentConfig { criterion, optimizer, .. } = self.config;
        let unused = [
            (
                criterion.is_global(),
                "criterion=global prunes all layers at one rate: output_rate is not used.",
            ),
            (
                optimizer != OptimizerKind::Momentum && self.config.momentum != self.preset.config().momentum,
                "Only optimizer=momentum has momentum: momentum is not used.",
            ),
        ];
        unused.into_iter().filter(|(holds, _)| *holds).map(|(_, note)| note).collect()
    }

    /// The shortest fragment that reads back as these settings, without the `#`: the preset, the seed and all settings
    /// that differ from the preset. It leaves autoplay out, so that a copied link waits for its reader.
    pub fn to_fragment(&self) -> String {
        let plain = Settings::preset(self.preset);
        let pairs = SETTINGS.iter().filter(|s| s.name != "autoplay").filter_map(|s| {
            let value = s.value(self);
            let keep = matches!(s.name, "preset" | "seed") || value != s.value(&plain);
            keep.then(|| format!("{}={value}", s.name))
        });
        pairs.collect::<Vec<_>>().join("&")
    }
}

/// The name and the value, as text, of every setting that defines an experiment.
pub fn result_setting_values(config: &ExperimentConfig) -> impl Iterator<Item = (&'static str, String)> {
    let settings = Settings { config: config.clone(), ..Settings::preset(Preset::Quick) };
    SETTINGS.iter().filter(|s| s.changes_results).map(move |s| (s.name, s.value(&settings)))
}

/// The first setting in which two experiments differ: its name and its two values. Settings in `excluded` are not
/// compared.
pub fn first_difference(
    one: &ExperimentConfig,
    other: &ExperimentConfig,
    excluded: &[&str],
) -> Option<(&'static str, String, String)> {
    let pairs = result_setting_values(one).zip(result_setting_values(other));
    let differs = pairs.filter(|(one, _)| !excluded.contains(&one.0)).find(|(one, other)| one != other);
    differs.map(|((name, one), (_, other))| (name, one, other))
}
