//! Holds the readings before the first training step, as the recorded Quick look has them, to a plain model in double
//! precision that knows nothing of the kernels.

mod mnist;

use experiment::{
    experiment_report::ExperimentReport, job_data::JobInputs, job_report::ReadingsBeforeTraining,
    recipe::dependencies,
};
use model::Model;
use training::{
    data::{LabelledImages, TrainValidationSplit},
    initial_state::initial_state,
};

/// The logits of an image, with each sum taken in order.
fn logits(model: &Model, weights: &[f64], biases: &[f64], image: &[u8]) -> Vec<f64> {
    let mut values: Vec<f64> = image.iter().map(|&byte| f64::from(byte) / 255.0).collect();
    let sizes = model.layer_sizes();
    for (layer, size) in sizes.iter().enumerate() {
        let (rows, biases) = (&weights[size.weights.clone()], &biases[size.biases.clone()]);
        // What is zero adds nothing, and most of it is left out so that the test takes seconds.
        let lit: Vec<usize> = (0..values.len()).filter(|&input| values[input] != 0.0).collect();
        let unit = |(row, bias): (&[f64], &f64)| {
            lit.iter().fold(*bias, |sum, &input| sum + row[input] * values[input])
        };
        let outputs = rows.chunks_exact(size.fan_in).zip(biases).map(unit);
        values = match layer + 1 == sizes.len() {
            true => outputs.collect(),
            false => outputs.map(|sum| sum.max(0.0)).collect(),
        };
    }
    values
}

/// Mean cross-entropy in nats and correct answers over some images of a data set.
fn score(
    logits_of: impl Fn(&[u8]) -> Vec<f64>,
    set: &LabelledImages,
    indices: impl ExactSizeIterator<Item = u32>,
) -> (f64, u32) {
    let (count, mut loss, mut correct) = (indices.len() as f64, 0.0, 0);
    for index in indices {
        let (index, pixels) = (index as usize, set.images.len() / set.labels.len());
        let logits = logits_of(&set.images[index * pixels..][..pixels]);
        let label = usize::from(set.labels[index]);
        let best = (1..logits.len()).fold(0, |best, k| if logits[k] > logits[best] { k } else { best });
        correct += u32::from(best == label);
        loss += logits.iter().map(|logit| logit.exp()).sum::<f64>().ln() - logits[label];
    }
    (loss / count, correct)
}

#[test]
fn the_recorded_quick_look_read_what_a_plain_model_reads() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/recorded/quick.jsonl");
    let report = ExperimentReport::from_file_text(&std::fs::read_to_string(path).unwrap()).unwrap();
    let (config, data) = (report.config(), mnist::mnist());
    let split = TrainValidationSplit::new(&config.data, config.seeds.first());
    for (&job, finished) in report.finished_jobs() {
        let mask = dependencies(job).mask.map(|parent| report.next_mask(parent).expect("the parent's mask"));
        let first = initial_state(config, job, JobInputs { mask, ..JobInputs::default() });
        let kept = first.weights.iter().zip(&first.mask);
        let weights: Vec<f64> = kept.map(|(&weight, &alive)| f64::from(weight) * f64::from(alive)).collect();
        let biases: Vec<f64> = first.biases.iter().copied().map(f64::from).collect();
        let logits = |image: &[u8]| logits(&config.model, &weights, &biases, image);
        let (loss, validation) = score(logits, &data.train, split.validation.iter().copied());
        let (_, test) = score(logits, &data.test, 0..config.data.test_images);
        let ReadingsBeforeTraining { validation_loss, validation: ours, test: our_test } =
            finished.report.before_training.expect("a report of version 2");
        assert_eq!((ours.correct, our_test.correct), (validation, test), "{job}");
        assert!((f64::from(validation_loss) - loss).abs() < 1e-5, "{job}: {validation_loss} or {loss}");
    }
    assert_eq!(report.finished_jobs().len(), 13);
}
