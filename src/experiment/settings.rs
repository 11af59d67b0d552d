//! The settings of a page or a headless run: an experiment and how to run it.

use crate::{config::ExperimentConfig, display_settings::DisplaySettings, preset::Preset, seeds::Seeds};

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
    /// Whether each job reads corrupted test images at its end. It never changes the results.
    pub robust: bool,
    /// What is shown, and how fast. It never changes the results.
    pub display: DisplaySettings,
}

impl Settings {
    /// The settings of a preset, without autoplay.
    pub fn preset(preset: Preset) -> Settings {
        Settings {
            preset,
            config: preset.config(),
            autoplay: false,
            workers: None,
            robust: preset == Preset::Robustness,
            display: DisplaySettings::default(),
        }
    }

    /// The settings of another preset with the seeds, the workers and the display of these. Of seeds that follow each other only the
    /// first is kept, and the preset says how many there are.
    pub fn with_preset(&self, preset: Preset) -> Settings {
        let mut settings =
            Settings { workers: self.workers, display: self.display, ..Settings::preset(preset) };
        let (seeds, count) = (&self.config.seeds, settings.config.seeds.count());
        let following = Some(seeds).filter(|seeds| seeds.are_consecutive());
        let following = following.and_then(|seeds| Seeds::consecutive(seeds.first(), count));
        settings.config.seeds = following.unwrap_or_else(|| seeds.clone());
        settings
    }
}
