//! Compares the kernels with two independent implementations: numbers computed by PyTorch, and the plain candle oracle.

mod cases;
mod oracle;

use candle_nn::Optimizer;
use cases::{
    Case, KINDS_OF_DATA, Numbers, RATE, difference, forty_fixed_cases, norm, other_data, random_case,
};
use kernels::{
    adam::{Adam, AdamConfig},
    batch::Batch,
    network::Network,
};
use model::{Layer, Model, data_set::DataSet};
use oracle::{as_dropout, gradient};
use proptest::prelude::*;
use serde_json::Value;

/// The mean loss that a validation pass computes.
fn mean_loss(network: &mut Network, batch: Batch<'_>) -> f64 {
    network.evaluate(batch).unwrap().loss / batch.len() as f64
}

/// A training step like those of a job.
fn train(network: &mut Network, adam: &mut Adam, batch: Batch<'_>, dropout: Option<&[Vec<f32>]>) {
    adam.step(network.gradients(batch, dropout.map(as_dropout)).unwrap()).unwrap();
}

#[test]
fn losses_gradients_and_weights_are_pytorchs() {
    let golden: Value = serde_json::from_str(include_str!("golden/lenet_golden.json")).unwrap();
    for expected in golden.as_array().unwrap() {
        let (batch, steps) =
            (expected["batch"].as_u64().unwrap() as usize, expected["steps"].as_u64().unwrap() as usize);
        let density = expected["density"].as_f64().unwrap();
        let case = Case::golden(density, batch * steps, expected["seed"].as_u64().unwrap());
        let mut network = case.network(batch);
        let mut adam = Adam::new(vec![network.variable().clone()], AdamConfig::new(RATE)).unwrap();
        for step in 0..steps {
            let rows: Vec<u32> = (step * batch..(step + 1) * batch).map(|i| i as u32).collect();
            let batch = case.batch(&rows);
            let (got, wanted) = (mean_loss(&mut network, batch), expected["losses"][step].as_f64().unwrap());
            assert!((got / wanted - 1.0).abs() < 2e-5, "{density}, step {step}: loss {got} for {wanted}");
            if step == 0 {
                check_parts(&case, &gradient(&mut network, batch, None).unwrap(), expected, "gradient", 1e-5);
            }
            train(&mut network, &mut adam, batch, None);
        }
        check_parts(&case, &network.weights_and_biases().unwrap(), expected, "weight", 2e-4);
    }
}

fn check_parts(case: &Case, flat: &(Vec<f32>, Vec<f32>), expected: &Value, what: &str, tolerance: f64) {
    for (k, part) in case.parts(flat).into_iter().enumerate() {
        let wanted = expected[format!("{what}_norms")][k].as_f64().unwrap();
        assert!(
            (norm(part) - wanted).abs() <= tolerance * wanted,
            "{what} norm {k}: {} for {wanted}",
            norm(part)
        );
        let scale = wanted / (part.iter().filter(|v| **v != 0.0).count() as f64).sqrt();
        for sample in expected[format!("{what}_samples")][k].as_array().unwrap() {
            let (at, wanted) = (sample[0].as_u64().unwrap() as usize, sample[1].as_f64().unwrap());
            let got = f64::from(part[at]);
            assert!((got - wanted).abs() <= 10.0 * tolerance * scale, "{what} {k}[{at}]: {got} for {wanted}");
        }
    }
}

/// The allowed difference, relative to the norm of the whole vector.
const SAME: f64 = 2e-5;
/// An additional allowed difference: where terms cancel, the rounding error of a gradient depends on the size of the
/// terms and not on its own.
const ROUNDING: f64 = 1e-7;
/// The allowed difference after 100 steps of Adam, which divides small differences of small gradients by the size of
/// those gradients.
const SAME_AFTER_TRAINING: f64 = 2e-3;

/// Dropout factors that drop a quarter of the hidden units of each image and scale the others up; `None` if `drops` is.
fn scales(model: &Model, images: usize, drops: Option<&mut Numbers>) -> Option<Vec<Vec<f32>>> {
    let numbers = drops?;
    let mut scale = |_| if numbers.next().is_multiple_of(4) { 0.0 } else { 4.0 / 3.0 };
    let hidden = model.hidden_units().into_iter();
    Some(hidden.map(|units| (0..images as u32 * units).map(&mut scale).collect()).collect())
}

/// Compares loss, gradient, correct answers, and the weights after `steps` steps with the oracle's. `drops` is the seed
/// of dropout, if there is any.
fn check_against_oracle(case: &Case, batch: usize, steps: usize, drops: Option<u64>) {
    let (mut network, mut oracle) = (case.network(batch.max(1)), case.oracle());
    let mut drops = drops.map(Numbers);
    let rows: Vec<u32> = (0..batch as u32).collect();
    let first = case.batch(&rows);
    let dropped = scales(&case.model, batch, drops.as_mut());
    let got = gradient(&mut network, first, dropped.as_deref()).unwrap();
    let wanted = oracle.gradients(first, dropped.as_deref()).unwrap();
    for (k, (a, b)) in case.parts(&got).into_iter().zip(case.parts(&wanted)).enumerate() {
        assert!(difference(a, b) <= SAME * norm(b) + ROUNDING, "gradient {k}: off by {}", difference(a, b));
    }
    // A step with dropout came before, but evaluation must not drop anything.
    let (score, (loss, right)) = (network.evaluate(first).unwrap(), oracle.score(first).unwrap());
    assert!((score.loss - loss).abs() <= SAME * loss.max(1.0), "loss {} for {loss}", score.loss);
    assert!(score.correct.abs_diff(right) <= 1, "{} right for {right}", score.correct);
    let mut adam = Adam::new(vec![network.variable().clone()], AdamConfig::new(RATE)).unwrap();
    let all = case.labels.len();
    for step in 0..steps {
        let rows: Vec<u32> = (0..batch).map(|i| ((step * batch + i) % all) as u32).collect();
        let dropped = scales(&case.model, batch, drops.as_mut());
        train(&mut network, &mut adam, case.batch(&rows), dropped.as_deref());
        oracle.step(case.batch(&rows), dropped.as_deref()).unwrap();
    }
    let (got, wanted) = (network.weights_and_biases().unwrap(), oracle.parameters().unwrap());
    let pruned = got.0.iter().zip(&case.mask).filter(|(_, m)| **m == 0);
    assert!(pruned.into_iter().all(|(w, _)| w.to_bits() == 0), "a pruned weight is not zero");
    for (k, (a, b)) in case.parts(&got).into_iter().zip(case.parts(&wanted)).enumerate() {
        let off = difference(a, b);
        assert!(off <= SAME_AFTER_TRAINING * (norm(b) + 1e-3), "weights {k}: off by {off} of {}", norm(b));
    }
}

proptest! {
    #![proptest_config(forty_fixed_cases())]

    #[test]
    fn the_fast_path_agrees_with_plain_candle(
        seed in 1u64..2_147_483_646, exponent in 0.0f64..1.0, batch in 1usize..=128,
        hidden in prop::collection::vec(1u32..=90, 0..=4), holes in any::<bool>(), drops in any::<bool>(),
        kind in 0..KINDS_OF_DATA,
    ) {
        // The densities are evenly spaced on a logarithmic scale from 100% down to 0.5%.
        let case = random_case(Model::for_data(&other_data(kind), &hidden), 0.005f64.powf(exponent), seed, holes);
        check_against_oracle(&case, batch, 12, drops.then_some(seed));
    }
}

/// A model with up to three convolutions of all kinds.
fn convolutional_model(data: &DataSet, kinds: &[(u32, u32, u32, u32)], hidden: &[u32]) -> Model {
    let mut model = Model::for_data(data, hidden);
    let mut side = data.image.height.min(data.image.width);
    let layers = kinds.iter().map(|&(channels, kernel, padding, pool)| {
        let kernel = kernel.min(side);
        let computed = side + 2 * padding + 1 - kernel;
        let pool = pool.min(computed);
        side = computed / pool;
        Layer::Convolution { channels, kernel, padding, pool }
    });
    let layers: Vec<Layer> = layers.collect();
    model.layers.splice(0..0, layers);
    model
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..forty_fixed_cases() })]

    #[test]
    fn convolutions_agree_with_plain_candle(
        seed in 1u64..2_147_483_646, exponent in 0.0f64..1.0, batch in 1usize..=70,
        kinds in prop::collection::vec((1u32..=5, 1u32..=5, 0u32..=2, 1u32..=3), 1..=3),
        hidden in prop::collection::vec(1u32..=30, 0..=1), holes in any::<bool>(), drops in any::<bool>(),
        kind in 0..KINDS_OF_DATA,
    ) {
        let model = convolutional_model(&other_data(kind), &kinds, &hidden);
        let case = random_case(model, 0.02f64.powf(exponent), seed, holes);
        check_against_oracle(&case, batch, 4, drops.then_some(seed));
    }
}

#[test]
fn lenet_5_agrees_after_20_steps() {
    for (k, density) in [1.0, 0.51, 0.14, 0.025].into_iter().enumerate() {
        let case = random_case(Model::lenet_5(), density, 177 + k as u64, k % 2 == 1);
        check_against_oracle(&case, 60, 20, None);
    }
}

#[test]
fn lenet_agrees_after_100_steps_at_the_papers_densities() {
    for (k, density) in [1.0, 0.51, 0.46, 0.44, 0.21, 0.036, 0.012, 0.005].into_iter().enumerate() {
        let case = random_case(Model::lenet_300_100(), density, 77 + k as u64, k % 2 == 1);
        // Every third case uses dropout, so that both dense and sparse kernels see it.
        check_against_oracle(&case, 60, 100, (k % 3 == 1).then_some(5));
    }
}

#[test]
fn a_layer_with_a_single_survivor_or_none_trains() {
    for layer in 0..3 {
        for survivors in [0, 1] {
            let mut case = random_case(Model::linear(&[12, 8]), 0.25, 5, false);
            let range = case.model.layer_sizes()[layer].weights.clone();
            case.mask[range.clone()].fill(0);
            case.mask[range.start + 5..range.start + 5 + survivors].fill(1);
            check_against_oracle(&case, 16, 100, None);
            check_against_oracle(&case, 16, 100, Some(11));
        }
    }
}
