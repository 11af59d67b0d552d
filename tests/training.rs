//! Optimisers, warm-up and dropout against numbers made by PyTorch (golden/training_golden.py).

use experiment::{config::Config, optimizer::Optimizer, preset::Preset};
use kernels::{batch::Batch, network::Network};
use model::shape::{INPUTS, LAYERS, Shape};
use serde_json::Value;
use training::stepper::Stepper;

const SHAPE: Shape = Shape { hidden: [40, 20] };
const BATCH: usize = 24;
const STEPS: usize = 12;

/// The generator of the Python program.
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

/// The settings that the case trains with.
fn config(case: &Value) -> Config {
    let optimizer = match case["momentum"].as_f64() {
        None => Optimizer::Adam,
        Some(0.0) => Optimizer::Sgd,
        Some(_) => Optimizer::Momentum,
    };
    Config {
        shape: SHAPE,
        optimizer,
        momentum: case["momentum"].as_f64().unwrap_or_default() as f32,
        learning_rate: number(&case["rate"]) as f32,
        warmup: case["warmup"].as_u64().expect("a count") as u32,
        ..Preset::Quick.config()
    }
}

fn check(case: &Value) {
    let what = format!("{} at {}", case["name"], case["density"]);
    let (config, density) = (config(case), number(&case["density"]));
    let mut numbers = Numbers(case["seed"].as_u64().expect("a seed"));
    let (mut mask, mut weights, mut biases) = (vec![], vec![], vec![]);
    for l in 0..LAYERS {
        weights.extend((0..SHAPE.layer_weights(l)).map(|_| (numbers.uniform() / 8.0) as f32));
        biases.extend((0..SHAPE.outputs(l)).map(|_| (numbers.uniform() / 64.0) as f32));
        let keep = |_| u8::from(((numbers.draw() >> 11) as f64) < density * 1_048_576.0);
        mask.extend((0..SHAPE.layer_weights(l)).map(keep));
    }
    let (mut images, mut labels) = (vec![], vec![]);
    for _ in 0..BATCH * STEPS {
        for pixel in 0..INPUTS {
            let r = numbers.draw();
            let lit = r.is_multiple_of(5) && pixel % 7 != 0;
            images.push(if lit { ((r >> 3) % 256) as u8 } else { 0 });
        }
        labels.push((numbers.draw() % 10) as u8);
    }
    let network = Network::new(SHAPE, &mask, &weights, &biases, BATCH).unwrap();
    let mut stepper = Stepper::new(&config, network.theta().clone()).unwrap();
    for step in 0..STEPS {
        let rows: Vec<u32> = (step * BATCH..(step + 1) * BATCH).map(|row| row as u32).collect();
        let dropout = SHAPE.hidden.map(|units| {
            let scale = |_| if numbers.draw().is_multiple_of(4) { 0.0 } else { 4.0 / 3.0 };
            (0..BATCH as u32 * units).map(scale).collect()
        });
        let batch = Batch { images: &images, labels: &labels, rows: &rows };
        let under = case["dropout"] == true;
        let loss =
            if under { network.loss_under(batch, Some(dropout)) } else { network.loss(batch) }.unwrap();
        let (got, wanted) = (f64::from(loss.to_scalar::<f32>().unwrap()), number(&case["losses"][step]));
        assert!((got / wanted - 1.0).abs() < 2e-5, "{what}, step {step}: loss {got} for {wanted}");
        stepper.step(&config, step as u32, &loss.backward().unwrap()).unwrap();
    }
    let (weights, biases) = network.parameters().unwrap();
    assert!(weights.iter().zip(&mask).all(|(w, m)| *m == 1 || w.to_bits() == 0), "{what}: pruned weights");
    let parts = (0..LAYERS)
        .map(|l| &weights[SHAPE.weight_range(l)])
        .chain((0..LAYERS).map(|l| &biases[SHAPE.bias_range(l)]));
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
fn scoring_after_a_step_with_dropout_drops_nothing() {
    let mask = vec![1; SHAPE.weights()];
    let weights = vec![0.01; SHAPE.weights()];
    let network = Network::new(SHAPE, &mask, &weights, &vec![0.1; SHAPE.biases()], BATCH).unwrap();
    let (images, labels) = (vec![200; INPUTS], vec![3]);
    let batch = Batch { images: &images, labels: &labels, rows: &[0] };
    let plain = network.score(batch).unwrap();
    let none = SHAPE.hidden.map(|units| vec![0.0; units as usize]);
    let dropped = network.loss_under(batch, Some(none)).unwrap().to_scalar::<f32>().unwrap();
    // With all hidden units gone, the ten equal biases are all there is.
    assert!((dropped - 10f32.ln()).abs() < 1e-6);
    assert_eq!(network.score(batch).unwrap(), plain);
}
