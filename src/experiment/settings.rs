//! The settings of a page or a headless run: an experiment and how to run it.

use crate::{config::ExperimentConfig, preset::Preset};

/// What a URL fragment says.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// The preset that the other settings start from.
    pub preset: Preset,
    /// The settings that define the experiment.
    pub config: ExperimentConfig,
    /// Whether the page starts without waiting for the Play button.
    pub autoplay: bool,
    /// The number of workers; `None` means as many as the machine has cores. It never changes the results.
    pub workers: Option<u32>,
}

impl Settings {
    /// The settings of a preset, without autoplay.
    pub fn preset(preset: Preset) -> Settings {
        Settings { preset, config: preset.config(), autoplay: false, workers: None }
    }
}
