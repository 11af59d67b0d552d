//! Holds the arm `supermask` to a slow reference: plain candle's gradient, Adam in double precision, and a full sort.

mod mnist;
mod oracle;

use experiment::{
    arm::Arm, config::ExperimentConfig, job::JobId, job_data::JobInputs, prune_counts::survivors_per_round,
    purpose::RandomPurpose, settings::Settings,
};
use kernels::{batch::Batch, network::Network};
use model::mask::{dense_mask, mask_of_first_weights, survivors_per_layer};
use oracle::Oracle;
use training::{
    data::TrainValidationSplit,
    initial_weights,
    job_training::{AdvanceOutcome, JobTraining, TrainedJob},
    rng::RandomStream,
    supermask::Supermask,
};

const ROUND: u32 = 2;

fn config(fragment: &str) -> ExperimentConfig {
    let (settings, rejected) = Settings::from_fragment(fragment);
    assert_eq!(rejected, []);
    settings.config
}

fn job() -> JobId {
    JobId { trial: 1, arm: Arm::Supermask, round: ROUND, draw: 0, twin: false }
}

fn train(config: &ExperimentConfig) -> TrainedJob {
    // Of the ticket's mask only the counts are used.
    let counts = &survivors_per_round(config)[ROUND as usize];
    let mask = Some(mask_of_first_weights(&config.model, counts));
    let inputs = JobInputs { mask, ..JobInputs::default() };
    let mut training = JobTraining::new(config, job(), inputs, mnist::mnist()).unwrap();
    loop {
        if let AdvanceOutcome::Finished(trained) = training.advance().unwrap() {
            return *trained;
        }
    }
}

/// A plain edge-popup: scores that Adam trains, and the network that they choose.
struct Slow<'a> {
    config: &'a ExperimentConfig,
    first: Vec<f64>,
    scores: Vec<f64>,
    moments: Vec<(f64, f64)>,
    steps: i32,
}

impl Slow<'_> {
    fn new(config: &ExperimentConfig) -> Slow<'_> {
        let first: Vec<f64> = initial_weights::of_trial(config, 1, None).into_iter().map(f64::from).collect();
        let scores: Vec<f64> = first.iter().map(|weight| weight.abs()).collect();
        Slow { config, moments: vec![(0.0, 0.0); first.len()], first, scores, steps: 0 }
    }

    /// The chosen weights, and what each weight's first value is multiplied by where it is chosen.
    fn choice(&self) -> (Vec<u8>, Vec<f64>) {
        let (mut mask, mut scales) = (vec![0; self.first.len()], vec![]);
        let counts = &survivors_per_round(self.config)[ROUND as usize];
        for (size, &count) in self.config.model.layer_sizes().iter().zip(counts) {
            let mut order: Vec<usize> = size.weights.clone().collect();
            order.sort_by(|&a, &b| self.scores[b].total_cmp(&self.scores[a]).then(b.cmp(&a)));
            order[..count as usize].iter().for_each(|&weight| mask[weight] = 1);
            scales.resize(size.weights.end, (order.len() as f64 / f64::from(count)).sqrt());
        }
        (mask, scales)
    }

    fn weights(&self) -> Vec<f32> {
        let (mask, scales) = self.choice();
        let values = self.first.iter().zip(scales).zip(mask);
        values.map(|((first, scale), alive)| (first * scale * f64::from(alive)) as f32).collect()
    }

    fn step(&mut self, batch: Batch<'_>) {
        let (model, scales) = (&self.config.model, self.choice().1);
        let biases = vec![0.0; model.bias_count()];
        let oracle = Oracle::new(model, &dense_mask(model), &self.weights(), &biases, 0.0).unwrap();
        let (gradient, _) = oracle.gradients(batch, None).unwrap();
        self.steps += 1;
        for (i, gradient) in gradient.into_iter().enumerate() {
            let gradient = f64::from(gradient) * self.first[i] * scales[i];
            let (first, second) = &mut self.moments[i];
            *first = 0.9 * *first + 0.1 * gradient;
            *second = 0.999 * *second + 0.001 * gradient * gradient;
            let (mean, size) =
                (*first / (1.0 - 0.9_f64.powi(self.steps)), *second / (1.0 - 0.999_f64.powi(self.steps)));
            self.scores[i] -= f64::from(self.config.learning_rate) * mean / (size.sqrt() + 1e-8);
        }
    }
}

#[test]
fn scores_are_trained_as_a_plain_edge_popup_trains_them() {
    for network in ["hidden=12,8", "hidden=none", "net=c3k5p1,m2,8"] {
        let config =
            config(&format!("{network}&iterations=8&eval_every=4&rounds=2&batch=20&learning_rate=0.004"));
        let (model, data) = (&config.model, mnist::mnist());
        let counts = &survivors_per_round(&config)[ROUND as usize];
        let first = initial_weights::of_trial(&config, 1, None);
        let biases = vec![0.0; model.bias_count()];
        let mut slow = Slow::new(&config);
        let mut ours = Supermask::new(&config, &first, &biases, counts).unwrap();
        let mut network_of_ours =
            Network::new(model, &dense_mask(model), &ours.weights(), &biases, 20).unwrap();
        let mut order = TrainValidationSplit::new(&config.data, 1).train;
        RandomStream::new(1, RandomPurpose::Shuffle, ROUND, 0).shuffle(&mut order);
        for (iteration, rows) in order.chunks(20).take(8).enumerate() {
            let (images, labels) = (&data.train.images, &data.train.labels);
            let batch = Batch { images, image_bytes: model::IMAGE_PIXELS, labels, image_indices: rows };
            // The same choice is trained on, so that what differs is this step alone.
            let (mask, _) = slow.choice();
            let apart = mask.iter().zip(ours.mask()).filter(|(one, other)| one != other).count();
            assert!(apart <= 4, "{network}, iteration {iteration}: {apart} weights are chosen otherwise");
            if iteration == 0 {
                assert_eq!((apart, survivors_per_layer(model, ours.mask())), (0, counts.clone()));
            }
            slow.step(batch);
            ours.step(&config, iteration as u32, &mut network_of_ours, (batch, None)).unwrap();
            // Adam moves a score by the sign of a gradient that is next to nothing as far as by any other.
            let scores = ours.scores().unwrap();
            let far = |(one, other): (&f32, &f64)| (f64::from(*one) - other).abs() > 1e-4;
            let far = scores.iter().zip(&slow.scores).filter(|(one, other)| far((one, other))).count();
            assert!(far <= slow.scores.len() / 200, "{network}, iteration {iteration}: {far} scores differ");
        }
        // A job does the same steps on the same batches.
        let trained = train(&config);
        assert_eq!(
            (&trained.mask, &trained.weights, &trained.biases),
            (ours.mask(), &ours.weights(), &biases)
        );
        assert_ne!(*ours.mask(), Supermask::new(&config, &first, &biases, counts).unwrap().mask().clone());
    }
}

#[test]
fn a_job_says_what_its_last_and_its_best_choice_read() {
    // With so large steps the validation loss is least before the end.
    let config = config("hidden=20&iterations=40&eval_every=4&rounds=2&batch=20&learning_rate=1");
    let (model, data, trained) = (&config.model, mnist::mnist(), train(&config));
    let (report, weights) = (&trained.report, model.weight_count());
    assert_eq!(report.alive, survivors_per_round(&config)[ROUND as usize]);
    assert_eq!(survivors_per_layer(model, &trained.mask), report.alive);
    assert!(report.early_stop < 40, "{}", report.early_stop);
    let first = initial_weights::of_trial(&config, 1, None);
    for (layer, size) in model.layer_sizes().into_iter().enumerate() {
        let scale = (size.weights.len() as f32 / report.alive[layer] as f32).sqrt();
        for i in size.weights {
            let (alive, weight) = (trained.mask[i] != 0, trained.weights[i]);
            assert_eq!(weight, if alive { first[i] * scale } else { 0.0 });
            assert_eq!(trained.initial_parameters[i], if alive { first[i] } else { 0.0 });
        }
    }
    let images: Vec<u32> = (0..data.test.labels.len() as u32).collect();
    let read = |weights: &[f32], biases: &[f32]| {
        let mut network = Network::new(model, &dense_mask(model), weights, biases, 100).unwrap();
        let correct = images.chunks(100).map(|image_indices| {
            let (images, labels) = (&data.test.images, &data.test.labels);
            network
                .evaluate(Batch { images, image_bytes: model::IMAGE_PIXELS, labels, image_indices })
                .unwrap()
                .correct
        });
        correct.sum::<u32>()
    };
    let early = trained.early_stop_parameters.as_ref().unwrap();
    assert_eq!(read(&trained.weights, &trained.biases), report.test_end.correct);
    assert_eq!(read(&early[..weights], &early[weights..]), report.test_early.correct);
    let survivors = early[..weights].iter().filter(|weight| **weight != 0.0).count() as u32;
    assert_eq!(survivors, report.surviving_weights());
    let others =
        early[..weights].iter().zip(&trained.mask).filter(|(weight, alive)| **weight != 0.0 && **alive == 0);
    assert!(others.count() > 0, "the best choice is another one");
    // All weights have a gradient, so that a step costs more than one of as sparse a network.
    let sparse = model.training_step_multiply_adds(&report.alive) * 40 * 20;
    assert!(
        report.multiply_adds(model) > sparse
            && report.multiply_adds(model) < report.dense_multiply_adds(model)
    );
}
