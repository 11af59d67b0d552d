//! Inverted dropout on the hidden layers (Srivastava et al. 2014). Kept activations are scaled up in training, so that
//! evaluation needs no scaling.

use crate::rng::RandomStream;
use experiment::config::ExperimentConfig;
use experiment::purpose::RandomPurpose;
use kernels::stack::DropoutScales;

/// Draws the factors of the hidden activations in one training step: 0 for a dropped one, 1 / (1 − p) for a kept one.
/// There is one vector of `(batch, units)` factors for each hidden layer. The stream does not depend on the arm, so all
/// arms of a round drop the same units for the same images.
pub fn draw_scales(config: &ExperimentConfig, trial: u32, round: u32, iteration: u32) -> DropoutScales {
    let mut stream = RandomStream::new(trial, RandomPurpose::Dropout, round, iteration);
    let drop_below = (config.dropout * 4_294_967_296.0) as u64;
    let kept = (1.0 / (1.0 - config.dropout)) as f32;
    let mut layer = |units: u32| {
        let scale = |_| if u64::from(stream.next_u32()) < drop_below { 0.0 } else { kept };
        (0..config.batch * units).map(scale).collect()
    };
    config.model.hidden_units().into_iter().map(&mut layer).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use experiment::preset::Preset;

    #[test]
    fn the_share_dropped_is_that_asked_for_and_the_mean_stays() {
        let config = ExperimentConfig { dropout: 0.3, ..Preset::Quick.config() };
        let [first, second] = &draw_scales(&config, 1, 0, 5)[..] else { panic!("two hidden layers") };
        assert_eq!((first.len(), second.len()), (60 * 300, 60 * 100));
        let dropped = first.iter().filter(|s| **s == 0.0).count() as f64 / 18_000.0;
        let mean = first.iter().map(|s| f64::from(*s)).sum::<f64>() / 18_000.0;
        // The bounds are five standard deviations.
        assert!((dropped - 0.3).abs() < 0.017 && (mean - 1.0).abs() < 0.025, "{dropped}, {mean}");
        assert_eq!(&draw_scales(&config, 1, 0, 5)[0], first);
        assert!(&draw_scales(&config, 1, 0, 6)[0] != first && &draw_scales(&config, 1, 1, 5)[0] != first);
    }
}
