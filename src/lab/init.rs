//! First weights.

use super::{
    rng::Stream,
    shape::{LAYERS, Shape},
};

/// Standard deviation of a standard normal truncated at ±2: √(1 − 2·2·φ(2) / (2Φ(2) − 1)).
const TRUNCATED_DEVIATION: f64 = 0.879_625_661_034_239_8;

/// Glorot normal as TensorFlow draws it: a normal truncated at two standard deviations, redrawn beyond, scaled so that
/// what remains has variance 2 / (in + out). (Glorot & Bengio, AISTATS 2010.) Flat, `(out, in)` by layer.
pub fn glorot_normal(shape: Shape, stream: &mut Stream) -> Vec<f32> {
    let mut weights = Vec::with_capacity(shape.weights());
    for layer in 0..LAYERS {
        let fans = (shape.inputs(layer) + shape.outputs(layer)) as f64;
        let deviation = libm::sqrt(2.0 / fans) / TRUNCATED_DEVIATION;
        let end = weights.len() + shape.layer_weights(layer);
        while weights.len() < end {
            let (a, b) = stream.normal_pair();
            for z in [a, b] {
                if z.abs() <= 2.0 && weights.len() < end {
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
    use crate::lab::rng::Purpose;

    #[test]
    fn weights_have_glorots_variance_and_end_at_two_deviations() {
        let shape = Shape::LENET_300_100;
        let weights = glorot_normal(shape, &mut Stream::new(1, Purpose::Init, 0, 0));
        assert_eq!(weights.len(), 266_200);
        for layer in 0..2 {
            let w = &weights[shape.weight_range(layer)];
            let variance = w.iter().map(|w| f64::from(*w).powi(2)).sum::<f64>() / w.len() as f64;
            let expected = 2.0 / (shape.inputs(layer) + shape.outputs(layer)) as f64;
            assert!((variance / expected - 1.0).abs() < 0.03, "layer {layer}: {variance} for {expected}");
            let largest = w.iter().fold(0f32, |m, w| m.max(w.abs()));
            let bound = 2.0 * libm::sqrt(expected) / TRUNCATED_DEVIATION;
            assert!(f64::from(largest) <= bound * 1.000_001 && f64::from(largest) > bound * 0.99);
        }
    }
}
