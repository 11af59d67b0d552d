//! Compares what a reader says of images with plain candle, and with what an evaluation says of the same images.

mod cases;
mod oracle;

use cases::{Case, KINDS_OF_DATA, Numbers, difference, forty_fixed_cases, norm, other_data, random_case};
use kernels::{
    batch::{Batch, pixel_values},
    loss::{LossAndCorrect, logits_stride, loss_and_correct, predicted_class},
    reader::{Logits, NetworkReader},
};
use model::Model;
use proptest::prelude::*;

/// The allowed difference, relative to the norm of the whole vector.
const SAME: f64 = 2e-5;
/// An additional allowed difference, where terms cancel.
const ROUNDING: f64 = 1e-7;

fn reader(case: &Case, capacity: usize) -> NetworkReader {
    NetworkReader::new(&case.model, &case.mask, &case.weights, &case.biases, capacity)
}

/// Pixel values of the first images of a case: drawings, and in between noise, which is no byte's, leaves no pixel dark and
/// does not keep to [0, 1].
fn drawings_and_noise(case: &Case, images: usize, numbers: &mut Numbers) -> Vec<f32> {
    let pixels = case.model.input.values();
    let value = |at: usize| match at / pixels % 3 {
        2 => numbers.uniform() as f32,
        _ => pixel_values()[usize::from(case.images[at])],
    };
    (0..images * pixels).map(value).collect()
}

fn assert_same(what: &str, got: &[f32], wanted: &[f32]) {
    assert_eq!(got.len(), wanted.len(), "{what}");
    let off = difference(got, wanted);
    assert!(off <= SAME * norm(wanted) + ROUNDING, "{what}: off by {off} of {}", norm(wanted));
}

fn check_against_oracle(case: &Case, images: usize, seed: u64) {
    let mut values = drawings_and_noise(case, images, &mut Numbers(seed));
    let (oracle, labels) = (case.oracle(), &case.labels[..images]);
    // A full batch first, so that what it leaves behind must not matter.
    let mut reader = reader(case, case.labels.len());
    let all = drawings_and_noise(case, case.labels.len(), &mut Numbers(seed + 1));
    reader.pixel_gradient(&all, &case.labels);
    let pixels = case.model.input.values();
    let got = reader.pixel_gradient(&values, labels);
    // Image by image, for each is to have its own gradient.
    let wanted = oracle.pixel_gradient(&values, labels).unwrap();
    for (image, (got, wanted)) in got.gradient.chunks(pixels).zip(wanted.chunks(pixels)).enumerate() {
        assert_same(&format!("gradient of image {image}"), got, wanted);
    }
    let mut wanted = oracle.activations(&values).unwrap();
    let activations = reader.activations(&values);
    assert_same("logits", &activations.logits.concat(), &wanted.pop().unwrap());
    assert_eq!(activations.hidden.len(), wanted.len());
    for (l, (got, wanted)) in activations.hidden.iter().zip(&wanted).enumerate() {
        assert_same(&format!("hidden layer {l}"), got, wanted);
    }
    // All three ways to ask say the same, and an image alone what it is told among others.
    assert_eq!(reader.logits(&values), activations.logits);
    assert_eq!(got.logits, activations.logits);
    values.drain(..(images - 1) * pixels);
    assert_eq!(reader.logits(&values), activations.logits[images - 1..]);
}

proptest! {
    #![proptest_config(forty_fixed_cases())]

    #[test]
    fn readings_agree_with_plain_candle(
        seed in 1u64..2_147_483_645, exponent in 0.0f64..1.0, images in 1usize..=70,
        hidden in prop::collection::vec(1u32..=90, 0..=4), holes in any::<bool>(),
        kind in 0..KINDS_OF_DATA,
    ) {
        // The densities are evenly spaced on a logarithmic scale from 100% down to 0.5%.
        let case = random_case(Model::for_data(&other_data(kind), &hidden), 0.005f64.powf(exponent), seed, holes);
        check_against_oracle(&case, images, seed);
    }
}

#[test]
fn lenets_readings_agree_at_the_papers_densities() {
    for (k, density) in [1.0, 0.51, 0.46, 0.44, 0.21, 0.036, 0.012, 0.005].into_iter().enumerate() {
        let case = random_case(Model::lenet_300_100(), density, 77 + k as u64, k % 2 == 1);
        check_against_oracle(&case, 1 + k, 5);
    }
}

#[test]
fn readings_of_convolutions_agree() {
    for (k, density) in [1.0, 0.3, 0.05].into_iter().enumerate() {
        for model in [Model::lenet_5(), Model::conv_2_small()] {
            let case = random_case(model, density, 277 + k as u64, k % 2 == 1);
            check_against_oracle(&case, 1 + 2 * k, 5);
        }
    }
}

/// The score that logits have, in the way of an evaluation.
fn score(logits: &[Logits], labels: impl Iterator<Item = u8>) -> LossAndCorrect {
    let classes = logits[0].len();
    let mut rows = vec![0.0; logits.len() * logits_stride(classes)];
    for (row, logits) in rows.chunks_exact_mut(logits_stride(classes)).zip(logits) {
        row[..logits.len()].copy_from_slice(logits);
    }
    loss_and_correct(&rows, classes, labels)
}

#[test]
fn an_image_is_read_as_it_is_evaluated() {
    for (k, density) in [1.0, 0.6, 0.44, 0.2, 0.04, 0.02, 0.005].into_iter().enumerate() {
        let case = random_case(Model::linear(&[60, 30]), density, 41 + k as u64, k % 2 == 1);
        let (mut network, mut reader) = (case.network(64), reader(&case, 1));
        for images in [64, 1, 28, 60, 7] {
            let rows: Vec<u32> = (0..images).map(|i| (i * 37 + 11) % 128).collect();
            let batch = case.batch(&rows);
            let (mut predictions, mut logits) = (vec![7], vec![]);
            let evaluated = network.evaluate_and_predict(batch, &mut predictions).unwrap();
            assert_eq!(network.evaluate(batch).unwrap(), evaluated);
            for i in 0..batch.len() {
                let image: Vec<f32> =
                    batch.image(i).iter().map(|&byte| pixel_values()[usize::from(byte)]).collect();
                logits.extend(reader.logits(&image));
            }
            assert_eq!(score(&logits, batch.labels()), evaluated, "{images} images at {density}");
            // Appended to what was there.
            assert_eq!(predictions.remove(0), 7);
            assert_eq!(predictions, logits.iter().map(|logits| predicted_class(logits)).collect::<Vec<_>>());
            let right = predictions.iter().zip(batch.labels()).filter(|(guess, label)| **guess == *label);
            assert_eq!(right.count() as u32, evaluated.correct);
        }
    }
}

/// That of plain candle too, but where its two largest logits are about equal.
#[test]
fn predictions_are_plain_candles() {
    for density in [1.0, 0.2, 0.02] {
        let case = random_case(Model::linear(&[60, 30]), density, 9, false);
        let rows: Vec<u32> = (0..128).collect();
        let batch: Batch<'_> = case.batch(&rows);
        let mut predictions = vec![];
        case.network(128).evaluate_and_predict(batch, &mut predictions).unwrap();
        let values: Vec<f32> = case.images.iter().map(|&byte| f32::from(byte) / 255.0).collect();
        let logits = case.oracle().activations(&values).unwrap().pop().unwrap();
        for (logits, predicted) in logits.chunks(10).zip(predictions) {
            let predicted = logits[usize::from(predicted)];
            assert!(logits.iter().all(|logit| *logit <= predicted + 1e-5), "{predicted} of {logits:?}");
        }
    }
}
