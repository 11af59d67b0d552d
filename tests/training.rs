//! Compares optimisers, warm-up and dropout with numbers computed by PyTorch (golden/training_golden.py).

mod oracle;

use experiment::{config::ExperimentConfig, optimizer::OptimizerKind, preset::Preset};
use kernels::{batch::Batch, network::Network};
use model::{IMAGE_PIXELS, Model};
use oracle::{Oracle, as_dropout, gradient};
use serde_json::Value;
use training::scheduled_optimizer::ScheduledOptimizer;

/// The network of the Python program.
fn model() -> Model {
    Model::linear(&[40, 20])
}

const BATCH: usize = 24;
const STEPS: usize = 12;

/// The random number generator of the Python program.
struct Numbers(u64);

impl Numbers {
    fn draw(&mut self) -> u64 {
        self.0 = self.0 * 48_271 % 2_147_483_647;
        self.0
    }

    fn uniform(&mut self) -> f64 {
        (self.draw() >> 7) as f64 / 8_388_608.0 - 1.0
    }
}

fn norm(values: &[f32]) -> f64 {
    values.iter().map(|v| f64::from(*v).powi(2)).sum::<f64>().sqrt()
}

fn number(value: &Value) -> f64 {
    value.as_f64().expect("a number")
}

/// The settings that a case trains with.
fn config(case: &Value) -> ExperimentConfig {
    let optimizer = match case["momentum"].as_f64() {
        None => OptimizerKind::Adam,
        Some(0.0) => OptimizerKind::Sgd,
        Some(_) => OptimizerKind::Momentum,
    };
    ExperimentConfig {
        model: model(),
        optimizer,
        momentum: case["momentum"].as_f64().unwrap_or_default() as f32,
        learning_rate: number(&case["rate"]) as f32,
        warmup: case["warmup"].as_u64().expect("a count") as u32,
        ..Preset::Quick.config()
    }
}

/// The loss of the current weights under dropout. Training never computes it, so plain candle does. It equals PyTorch's
/// loss at each step only if the weights are equal too.
fn loss_under_dropout(network: &Network, mask: &[u8], batch: Batch<'_>, dropped: Option<&[Vec<f32>]>) -> f64 {
    let (weights, biases) = network.weights_and_biases().unwrap();
    let oracle = Oracle::new(&model(), mask, &weights, &biases, 0.0).unwrap();
    f64::from(oracle.loss(batch, dropped).unwrap().to_scalar::<f32>().unwrap())
}

/// A training step like those of a job.
fn train(
    network: &mut Network,
    stepper: &mut ScheduledOptimizer,
    (config, step): (&ExperimentConfig, u32),
    batch: Batch<'_>,
    dropped: Option<&[Vec<f32>]>,
) {
    let gradients = network.gradients(batch, dropped.map(as_dropout)).unwrap();
    stepper.step(config, step, gradients).unwrap();
}

fn check(case: &Value) {
    let what = format!("{} at {}", case["name"], case["density"]);
    let (config, density) = (config(case), number(&case["density"]));
    let mut numbers = Numbers(case["seed"].as_u64().expect("a seed"));
    let (mut mask, mut weights, mut biases) = (vec![], vec![], vec![]);
    let sizes = model().layer_sizes();
    for size in &sizes {
        weights.extend(size.weights.clone().map(|_| (numbers.uniform() / 8.0) as f32));
        biases.extend(size.biases.clone().map(|_| (numbers.uniform() / 64.0) as f32));
        let keep = |_| u8::from(((numbers.draw() >> 11) as f64) < density * 1_048_576.0);
        mask.extend(size.weights.clone().map(keep));
    }
    let (mut images, mut labels) = (vec![], vec![]);
    for _ in 0..BATCH * STEPS {
        for pixel in 0..IMAGE_PIXELS {
            let r = numbers.draw();
            let lit = r.is_multiple_of(5) && pixel % 7 != 0;
            images.push(if lit { ((r >> 3) % 256) as u8 } else { 0 });
        }
        labels.push((numbers.draw() % 10) as u8);
    }
    let mut network = Network::new(&model(), &mask, &weights, &biases, BATCH).unwrap();
    let mut stepper = ScheduledOptimizer::new(&config, network.variable().clone()).unwrap();
    for step in 0..STEPS {
        let rows: Vec<u32> = (step * BATCH..(step + 1) * BATCH).map(|row| row as u32).collect();
        // The Python program draws these factors in every case, although it uses them only in some.
        let scales: Vec<Vec<f32>> = model()
            .hidden_units()
            .into_iter()
            .map(|units| {
                let scale = |_| if numbers.draw().is_multiple_of(4) { 0.0 } else { 4.0 / 3.0 };
                (0..BATCH as u32 * units).map(scale).collect()
            })
            .collect();
        let batch =
            Batch { images: &images, image_bytes: IMAGE_PIXELS, labels: &labels, image_indices: &rows };
        let dropped = (case["dropout"] == true).then_some(&scales[..]);
        let got = match dropped {
            None => network.evaluate(batch).unwrap().loss / BATCH as f64,
            Some(_) => loss_under_dropout(&network, &mask, batch, dropped),
        };
        let wanted = number(&case["losses"][step]);
        assert!((got / wanted - 1.0).abs() < 2e-5, "{what}, step {step}: loss {got} for {wanted}");
        train(&mut network, &mut stepper, (&config, step as u32), batch, dropped);
    }
    let (weights, biases) = network.weights_and_biases().unwrap();
    assert!(weights.iter().zip(&mask).all(|(w, m)| *m == 1 || w.to_bits() == 0), "{what}: pruned weights");
    let parts = sizes
        .iter()
        .map(|size| &weights[size.weights.clone()])
        .chain(sizes.iter().map(|size| &biases[size.biases.clone()]));
    for (k, part) in parts.enumerate() {
        let wanted = number(&case["norms"][k]);
        assert!((norm(part) / wanted - 1.0).abs() < 1e-4, "{what}, {k}: {} for {wanted}", norm(part));
        let scale = wanted / (part.iter().filter(|v| **v != 0.0).count() as f64).sqrt();
        for sample in case["samples"][k].as_array().expect("samples") {
            let (at, wanted) = (sample[0].as_u64().expect("a place") as usize, number(&sample[1]));
            let got = f64::from(part[at]);
            assert!((got - wanted).abs() <= 1e-3 * scale, "{what}, {k}[{at}]: {got} for {wanted}");
        }
    }
}

#[test]
fn optimisers_warm_up_and_dropout_are_pytorchs() {
    let golden: Value = serde_json::from_str(include_str!("golden/training_golden.json")).unwrap();
    let cases = golden.as_array().expect("cases");
    assert_eq!(cases.len(), 18);
    cases.iter().for_each(check);
}

#[test]
fn with_all_units_dropped_only_the_last_biases_learn_and_scoring_drops_nothing() {
    let mask = vec![1; model().weight_count()];
    let mut weights = vec![0.01; model().weight_count()];
    // Digit 3 gets larger weights than the others, so that its logit differs as soon as units are not dropped.
    let sizes = model().layer_sizes();
    let last = &sizes[sizes.len() - 1];
    weights[last.weights.clone()][3 * last.fan_in..][..last.fan_in].fill(0.02);
    let mut network =
        Network::new(&model(), &mask, &weights, &vec![0.1; model().bias_count()], BATCH).unwrap();
    let (images, labels) = (vec![200; IMAGE_PIXELS], vec![3]);
    let batch = Batch { images: &images, image_bytes: IMAGE_PIXELS, labels: &labels, image_indices: &[0] };
    let plain = network.evaluate(batch).unwrap();
    assert!(plain.loss < 10f64.ln() - 0.01, "{plain:?}");
    let none: Vec<Vec<f32>> =
        model().hidden_units().into_iter().map(|units| vec![0.0; units as usize]).collect();
    let (weights, biases) = gradient(&mut network, batch, Some(&none)).unwrap();
    assert!(weights.iter().all(|g| *g == 0.0));
    let last = last.biases.clone();
    assert!(biases[..last.start].iter().all(|g| *g == 0.0));
    // With all units dropped, the logits are the ten equal biases, so each digit has a probability of a tenth.
    for (digit, got) in biases[last].iter().enumerate() {
        let wanted = if digit == 3 { -0.9 } else { 0.1 };
        assert!((got - wanted).abs() < 1e-6, "{digit}: {got}");
    }
    assert_eq!(network.evaluate(batch).unwrap(), plain);
}
