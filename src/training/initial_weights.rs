//! Draws the first weights of a network.

use crate::rng::RandomStream;
use experiment::{config::ExperimentConfig, initializer::Initializer, purpose::RandomPurpose};
use model::{LayerSize, Model};

/// Standard deviation of a standard normal distribution truncated at ±2: √(1 − 2·2·φ(2) / (2Φ(2) − 1)).
const TRUNCATED_DEVIATION: f64 = 0.879_625_661_034_239_8;

/// The first weights of a trial, flat: those of a file, where the configuration names one, and otherwise drawn ones.
/// `of_file` are the parameters of the file, of which the weights are the first.
pub fn of_trial(config: &ExperimentConfig, trial: u32, of_file: Option<&[f32]>) -> Vec<f32> {
    match of_file {
        Some(parameters) => parameters[..config.model.weight_count()].to_vec(),
        None => weights(config, &mut RandomStream::new(trial, RandomPurpose::Init, 0, 0)),
    }
}

/// First weights from the distribution that the configuration names, in the order of the flat weights.
pub fn weights(config: &ExperimentConfig, stream: &mut RandomStream) -> Vec<f32> {
    match config.init {
        Initializer::GlorotNormal => glorot_normal(&config.model, stream),
        Initializer::GlorotUniform => glorot_uniform(&config.model, stream),
        Initializer::HeNormal => he_normal(&config.model, stream),
    }
}

/// Glorot normal weights as TensorFlow draws them: from a normal distribution truncated at two standard deviations and
/// scaled so that the variance is 2 / (fan-in + fan-out) (Glorot & Bengio, AISTATS 2010). They are in the order of the
/// flat weights.
pub fn glorot_normal(model: &Model, stream: &mut RandomStream) -> Vec<f32> {
    truncated_normal(model, stream, |size| 2.0 / (size.fan_in + size.fan_out) as f64)
}

/// Uniform weights between ±√(6 / (fan-in + fan-out)) (Glorot & Bengio, AISTATS 2010), in the order of the flat
/// weights.
pub fn glorot_uniform(model: &Model, stream: &mut RandomStream) -> Vec<f32> {
    let mut weights = Vec::with_capacity(model.weight_count());
    for size in model.layer_sizes() {
        let bound = libm::sqrt(6.0 / (size.fan_in + size.fan_out) as f64);
        weights.extend(size.weights.map(|_| ((2.0 * stream.uniform() - 1.0) * bound) as f32));
    }
    weights
}

/// He normal weights, truncated like [`glorot_normal`], with variance 2 / fan-in (He et al., ICCV 2015). They are in
/// the order of the flat weights.
pub fn he_normal(model: &Model, stream: &mut RandomStream) -> Vec<f32> {
    truncated_normal(model, stream, |size| 2.0 / size.fan_in as f64)
}

fn truncated_normal(
    model: &Model,
    stream: &mut RandomStream,
    variance: impl Fn(&LayerSize) -> f64,
) -> Vec<f32> {
    let mut weights = Vec::with_capacity(model.weight_count());
    for size in model.layer_sizes() {
        let deviation = libm::sqrt(variance(&size)) / TRUNCATED_DEVIATION;
        while weights.len() < size.weights.end {
            let (a, b) = stream.normal_pair();
            for z in [a, b] {
                if z.abs() <= 2.0 && weights.len() < size.weights.end {
                    weights.push((z * deviation) as f32);
                }
            }
        }
    }
    weights
}

#[cfg(test)]
mod tests {
    use super::*;
    use experiment::preset::Preset;

    #[test]
    fn weights_have_their_variance_and_end_where_they_should() {
        let sizes = Model::lenet_300_100().layer_sizes();
        let fans = |layer: usize| (sizes[layer].fan_in as f64, sizes[layer].fan_out as f64);
        // The variance, and the largest possible weight in standard deviations.
        let truncated = 2.0 / TRUNCATED_DEVIATION;
        let expected = |init, layer| {
            let (inputs, outputs) = fans(layer);
            match init {
                Initializer::GlorotNormal => (2.0 / (inputs + outputs), truncated),
                Initializer::GlorotUniform => (2.0 / (inputs + outputs), libm::sqrt(3.0)),
                Initializer::HeNormal => (2.0 / inputs, truncated),
            }
        };
        for &init in Initializer::ALL {
            let config = ExperimentConfig { init, ..Preset::Quick.config() };
            let weights = weights(&config, &mut RandomStream::new(1, RandomPurpose::Init, 0, 0));
            assert_eq!(weights.len(), 266_200);
            for layer in 0..2 {
                let w = &weights[sizes[layer].weights.clone()];
                let variance = w.iter().map(|w| f64::from(*w).powi(2)).sum::<f64>() / w.len() as f64;
                let (expected, deviations) = expected(init, layer);
                assert!((variance / expected - 1.0).abs() < 0.03, "{init:?} {layer}: {variance}");
                let largest = f64::from(w.iter().fold(0f32, |m, w| m.max(w.abs())));
                let bound = deviations * libm::sqrt(expected);
                assert!(largest <= bound * 1.000_001 && largest > bound * 0.99, "{init:?} {layer}");
            }
        }
    }
}
