//! What a finished job holds beside its report and what other jobs need: its answers to the test images, the parameters it
//! started from and those of its early stop. Networks are built anew from them and must do what the report says.

mod mnist;

use experiment::{
    config::ExperimentConfig, job_data::Parameters, job_report::Accuracy, schedule::Schedule,
    settings::Settings, store::JobOutputStore,
};
use kernels::{
    batch::{Batch, pixel_values},
    loss::predicted_class,
    network::Network,
    reader::NetworkReader,
};
use model::IMAGE_PIXELS;
use training::{
    data::{LabelledImages, TrainValidationSplit},
    initial_state::{InitialState, initial_state},
    job_training::{AdvanceOutcome, JobTraining, TrainedJob},
};

/// So high a rate that some jobs stop early and some do not, and both dense and sparse networks.
const FRAGMENT: &str = "iterations=12&eval_every=3&rounds=2&rate=0.4&hidden=10,8&batch=20&rewind_to=5\
                        &learning_rate=0.1&arms=ticket,random,late,reinit&draws=2";

/// The images of an evaluation pass at a time, on which the order of the sum of losses depends.
const EVALUATION_BATCH: usize = 64;

/// A finished job and the state that it started from.
struct Finished {
    start: InitialState,
    trained: TrainedJob,
}

fn run(config: &ExperimentConfig) -> Vec<Finished> {
    let (mut schedule, mut store) = (Schedule::new(config), JobOutputStore::new(config));
    let mut finished = vec![];
    while let Some(job) = schedule.start_next_job(None) {
        let inputs = store.inputs_for(job).unwrap();
        let start = initial_state(config, job, inputs.clone());
        let mut training = JobTraining::new(config, job, inputs, mnist::mnist()).unwrap();
        let trained = loop {
            if let AdvanceOutcome::Finished(trained) = training.advance().unwrap() {
                break *trained;
            }
        };
        store.add_outputs(job, trained.outputs.clone()).unwrap();
        schedule.mark_done(job);
        finished.push(Finished { start, trained });
    }
    finished
}

/// The mean loss and the accuracy of a network on some images of a data set.
fn evaluate(network: &mut Network, set: &LabelledImages, indices: &[u32]) -> (f32, Accuracy) {
    let (mut loss, mut correct) = (0.0, 0);
    for image_indices in indices.chunks(EVALUATION_BATCH) {
        let batch =
            Batch { images: &set.images, image_bytes: IMAGE_PIXELS, labels: &set.labels, image_indices };
        let score = network.evaluate(batch).unwrap();
        (loss, correct) = (loss + score.loss, correct + score.correct);
    }
    ((loss / indices.len() as f64) as f32, Accuracy { correct, total: indices.len() as u32 })
}

#[test]
fn what_a_finished_job_holds_is_what_its_report_speaks_of() {
    let (settings, rejected) = Settings::from_fragment(FRAGMENT);
    assert_eq!(rejected, []);
    let (config, mnist) = (settings.config, mnist::mnist());
    let (model, test) = (&config.model, &mnist.test);
    let weights = model.weight_count();
    let values = pixel_values();
    let test_values: Vec<f32> = test.images.iter().map(|&byte| values[usize::from(byte)]).collect();
    let test_indices: Vec<u32> = (0..test.labels.len() as u32).collect();
    let mut stopped_early = [0, 0];
    for Finished { start, trained } in run(&config) {
        let (report, job) = (&trained.report, trained.report.job);
        // The answers to the test images are those of the last weights, image by image.
        let mut reader = NetworkReader::new(model, &start.mask, &trained.weights, &trained.biases, 100);
        let read = test_values.chunks(100 * IMAGE_PIXELS).flat_map(|images| reader.logits(images));
        let answers: Vec<u8> = read.map(|logits| predicted_class(&logits)).collect();
        assert_eq!(trained.test_predictions, answers, "{job}");
        let right = answers.iter().zip(&test.labels).filter(|(answer, label)| answer == label);
        assert_eq!(right.count() as u32, report.test_end.correct, "{job}");
        // The first parameters are those that the recipe says, with pruned weights zero.
        let alive = start.weights.iter().zip(&start.mask);
        let mut first: Parameters = alive.map(|(&w, &alive)| if alive != 0 { w } else { 0.0 }).collect();
        first.extend(&start.biases);
        assert_eq!(trained.initial_parameters, first, "{job}");
        // The parameters of the early stop have its losses and accuracies.
        let last = report.curve.last().unwrap().iteration;
        stopped_early[usize::from(report.early_stop < last)] += 1;
        assert_eq!(trained.early_stop_parameters.is_some(), report.early_stop < last, "{job}");
        let at_stop = trained.early_stop_parameters.as_deref();
        let (of_stop, biases_of_stop) = at_stop
            .map_or((&trained.weights[..], &trained.biases[..]), |parameters| parameters.split_at(weights));
        let mut network =
            Network::new(model, &start.mask, of_stop, biases_of_stop, EVALUATION_BATCH).unwrap();
        let validation = &TrainValidationSplit::new(&config.data, job.trial).validation;
        let point = report.curve.iter().find(|point| point.iteration == report.early_stop).unwrap();
        assert_eq!(evaluate(&mut network, &mnist.train, validation), (point.loss, point.accuracy), "{job}");
        assert_eq!(evaluate(&mut network, test, &test_indices).1, report.test_early, "{job}");
    }
    assert!(stopped_early.iter().all(|&jobs| jobs > 1), "{stopped_early:?} go on to the end, stop early");
}

/// The digest is of what was trained; it must not depend on what is held for other uses.
#[test]
fn what_is_held_for_other_uses_is_not_in_the_digest() {
    let (settings, _) = Settings::from_fragment("iterations=2&eval_every=1&rounds=0&hidden=4&batch=20");
    let Finished { trained, .. } = run(&settings.config).pop().unwrap();
    let mut other = trained.clone();
    other.test_predictions.clear();
    other.initial_parameters.clear();
    other.early_stop_parameters = Some(vec![]);
    assert_eq!(other.digest(), trained.digest());
    other.biases[0] += 1.0;
    assert_ne!(other.digest(), trained.digest());
}
