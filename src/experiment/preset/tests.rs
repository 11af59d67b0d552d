//! Presets as links and settings see them.

use super::*;
use crate::settings::Settings;

#[test]
fn every_preset_is_a_fragment_of_its_own() {
    for &preset in Preset::ALL {
        let (settings, refused) = Settings::from_fragment(&format!("preset={}", preset.name()));
        assert_eq!((settings, refused), (Settings::preset(preset), vec![]));
        assert_eq!(Settings::of(&preset.config()).preset, preset);
        assert!(!preset.look_for().is_empty());
    }
}

#[test]
fn the_step_size_rises_on_a_line_and_stays() {
    let config = Config { warmup: 4, learning_rate: 0.5, ..Preset::Quick.config() };
    let rates: Vec<f64> = (0..6).map(|iteration| config.learning_rate_at(iteration)).collect();
    assert_eq!(rates, [0.125, 0.25, 0.375, 0.5, 0.5, 0.5]);
    let none = Config { warmup: 0, ..config };
    assert_eq!(none.learning_rate_at(0), 0.5);
}
