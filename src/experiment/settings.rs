//! The settings of a page or a headless run: an experiment and how it is run.

use crate::{config::ExperimentConfig, preset::Preset};

/// What the fragment asks for.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// The preset that the other settings start from.
    pub preset: Preset,
    /// The experiment.
    pub config: ExperimentConfig,
    /// Whether to start without waiting for Play.
    pub autoplay: bool,
    /// Workers of the page; none is as many as the machine has cores. It never changes a digit.
    pub workers: Option<u32>,
}

impl Settings {
    /// A preset's settings, not started by themselves.
    pub fn preset(preset: Preset) -> Settings {
        Settings { preset, config: preset.config(), autoplay: false, workers: None }
    }
}
