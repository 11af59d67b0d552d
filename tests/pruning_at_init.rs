//! Holds the masks that are made before any training to a slow reference: plain candle in double precision, whose autograd
//! gives gradients, and whose differences of gradients give the Hessian times a vector.

mod mnist;

use candle_core::{D, DType, Device, Tensor, Var};
use experiment::{
    arm::Arm, config::ExperimentConfig, job::JobId, job_report::Accuracy,
    prune_counts::total_survivors_per_round, pruning_at_init::PruningAtInit, settings::Settings,
};
use model::{Layer, Model, mask::dense_mask};
use training::{
    data::TrainValidationSplit,
    initial_weights,
    job_training::{AdvanceOutcome, JobTraining},
    mask_at_init::{LabelledPixels, MaskAtInit, SCORED_IMAGES, synflow_scores},
};

/// Networks of each kind of layer, small enough for the reference.
const NETWORKS: [&str; 3] = ["hidden=9,7", "hidden=none", "net=c3k5p1,m2,c4k3,m2,8"];

fn config(fragment: &str) -> ExperimentConfig {
    let (settings, rejected) = Settings::from_fragment(fragment);
    assert_eq!(rejected, []);
    settings.config
}

fn first_weights(config: &ExperimentConfig) -> Vec<f32> {
    initial_weights::of_trial(config, 1, None)
}

/// The logits of rows of images in a network without biases.
fn logits(model: &Model, weights: &[Var], images: &Tensor) -> Tensor {
    let mut h = images.clone();
    for (l, (size, layer)) in model.layer_sizes().iter().zip(&model.layers).enumerate() {
        let weight = weights[l].as_tensor();
        h = match *layer {
            Layer::Linear { .. } => h.flatten_from(1).unwrap().matmul(&weight.t().unwrap()).unwrap(),
            Layer::Convolution { kernel, padding, .. } => {
                let from = size.input;
                let (channels, height, width) =
                    (from.channels as usize, from.height as usize, from.width as usize);
                let kernel = kernel as usize;
                let weight = weight.reshape((weight.dim(0).unwrap(), channels, kernel, kernel)).unwrap();
                let h = h.reshape((h.dim(0).unwrap(), channels, height, width)).unwrap();
                h.conv2d(&weight, padding as usize, 1, 1, 1).unwrap()
            }
        };
        if l + 1 < model.layers.len() {
            h = (&h * h.gt(0f64).unwrap().to_dtype(DType::F64).unwrap()).unwrap();
            if let Layer::Convolution { pool, .. } = *layer {
                h = pooled(&h, pool as usize);
            }
        }
    }
    h
}

/// The largest of each square.
fn pooled(h: &Tensor, size: usize) -> Tensor {
    let (images, channels, height, width) = h.dims4().unwrap();
    let (rows, columns) = (height / size, width / size);
    let whole = h.narrow(2, 0, rows * size).unwrap().narrow(3, 0, columns * size).unwrap();
    let squares =
        whole.contiguous().unwrap().reshape((images * channels, rows, size, columns, size)).unwrap();
    let squares = squares.transpose(2, 3).unwrap().contiguous().unwrap();
    let squares = squares.reshape((images * channels, rows, columns, size * size)).unwrap();
    let largest = squares.argmax_keepdim(D::Minus1).unwrap();
    squares.gather(&largest, D::Minus1).unwrap().reshape((images, channels, rows, columns)).unwrap()
}

/// The gradient, by the flat weights, of what `loss` makes of the logits of some images.
fn gradient(model: &Model, weights: &[f64], images: &Tensor, loss: impl Fn(Tensor) -> Tensor) -> Vec<f64> {
    let of_layer = |size: model::LayerSize| {
        Var::from_slice(&weights[size.weights.clone()], size.matrix(), &Device::Cpu).unwrap()
    };
    let vars: Vec<Var> = model.layer_sizes().into_iter().map(of_layer).collect();
    let store = loss(logits(model, &vars, images)).backward().unwrap();
    let flat = |var: &Var| store.get(var).unwrap().flatten_all().unwrap().to_vec1::<f64>().unwrap();
    vars.iter().flat_map(flat).collect()
}

/// The images whose loss is differentiated, and their labels.
fn scored_images(config: &ExperimentConfig) -> (Tensor, Tensor) {
    let (data, split) = (mnist::mnist(), TrainValidationSplit::new(&config.data, 1));
    let chosen = &split.train[..SCORED_IMAGES];
    let pixels: Vec<f64> = chosen
        .iter()
        .flat_map(|&image| &data.train.images[image as usize * 784..][..784])
        .map(|&byte| f64::from(byte) / 255.0)
        .collect();
    let labels: Vec<u32> = chosen.iter().map(|&image| u32::from(data.train.labels[image as usize])).collect();
    let images = Tensor::from_vec(pixels, (SCORED_IMAGES, 784), &Device::Cpu).unwrap();
    (images, Tensor::from_vec(labels, SCORED_IMAGES, &Device::Cpu).unwrap())
}

fn cross_entropy_gradient(
    config: &ExperimentConfig,
    weights: &[f64],
    (images, labels): &(Tensor, Tensor),
    temperature: f64,
) -> Vec<f64> {
    gradient(&config.model, weights, images, |logits| {
        candle_nn::loss::cross_entropy(&(logits / temperature).unwrap(), labels).unwrap()
    })
}

/// The Hessian of the loss of logits divided by 200, times its gradient.
fn hessian_times_gradient(config: &ExperimentConfig, weights: &[f64], scored: &(Tensor, Tensor)) -> Vec<f64> {
    let along = cross_entropy_gradient(config, weights, scored, 200.0);
    let length = along.iter().map(|x| x * x).sum::<f64>().sqrt();
    let step = 1e-6 / length;
    let moved = |step: f64| {
        let weights: Vec<f64> = weights.iter().zip(&along).map(|(w, g)| w + step * g).collect();
        cross_entropy_gradient(config, &weights, scored, 200.0)
    };
    moved(step).iter().zip(moved(-step)).map(|(up, down)| (up - down) / (2.0 * step)).collect()
}

/// The largest distance of two lists of scores, as a share of the largest score.
fn largest_distance(ours: &[f32], slow: &[f64]) -> f64 {
    assert_eq!(ours.len(), slow.len());
    let largest = slow.iter().fold(0.0_f64, |largest, score| largest.max(score.abs()));
    ours.iter().zip(slow).map(|(one, other)| (f64::from(*one) - other).abs()).fold(0.0, f64::max) / largest
}

/// The scores by which a mask is chosen, if it is by scores alone, and the mask of a round.
fn chosen(config: &ExperimentConfig, method: PruningAtInit, round: u32) -> (Option<Vec<f32>>, Vec<u8>) {
    let job = JobId { trial: 1, arm: Arm::Snip, round, draw: 0, twin: false };
    let split = TrainValidationSplit::new(&config.data, 1);
    let (weights, biases) = (first_weights(config), vec![0.0; config.model.bias_count()]);
    let mut choice = MaskAtInit::new(config, job, method, (&weights, &biases), &split.train);
    let mut scores = None;
    loop {
        scores = choice.scores().map(<[f32]>::to_vec).or(scores);
        let train = &mnist::mnist().train;
        if let Some(mask) = choice.advance(LabelledPixels { images: &train.images, labels: &train.labels }) {
            return (scores, mask);
        }
    }
}

/// The mask of the largest scores among the weights of a mask, by a full sort.
fn largest_by_full_sort(mask: &[u8], scores: &[f64], left: usize) -> Vec<u8> {
    let mut order: Vec<usize> = (0..mask.len()).filter(|&i| mask[i] == 1).collect();
    order.sort_by(|&a, &b| scores[b].total_cmp(&scores[a]).then(b.cmp(&a)));
    let mut next = vec![0; mask.len()];
    order[..left].iter().for_each(|&i| next[i] = 1);
    next
}

fn apart(one: &[u8], other: &[u8]) -> usize {
    one.iter().zip(other).filter(|(one, other)| one != other).count()
}

#[test]
fn scores_of_loss_and_gradient_flow_are_those_of_plain_candle() {
    for network in NETWORKS {
        let config = config(&format!("{network}&rounds=4"));
        let weights: Vec<f64> = first_weights(&config).into_iter().map(f64::from).collect();
        let scored = scored_images(&config);
        let snip: Vec<f64> = cross_entropy_gradient(&config, &weights, &scored, 1.0)
            .iter()
            .zip(&weights)
            .map(|(gradient, weight)| (gradient * weight).abs())
            .collect();
        let grasp: Vec<f64> = hessian_times_gradient(&config, &weights, &scored)
            .iter()
            .zip(&weights)
            .map(|(product, weight)| product * weight)
            .collect();
        for (method, slow, bound) in [(PruningAtInit::Snip, snip, 2e-5), (PruningAtInit::Grasp, grasp, 2e-5)]
        {
            for round in [1, 4] {
                let (scores, mask) = chosen(&config, method, round);
                let scores = scores.unwrap();
                let distance = largest_distance(&scores, &slow);
                assert!(distance < bound, "{network}, {method:?}: {distance:e}");
                let left = total_survivors_per_round(&config)[round as usize] as usize;
                // Zero has two signs, of which neither is the smaller.
                let exact: Vec<f64> = scores.iter().map(|&score| f64::from(score) + 0.0).collect();
                let all = dense_mask(&config.model);
                let sorted = largest_by_full_sort(&all, &exact, left);
                assert_eq!(apart(&mask, &sorted), 0, "{network}, {method:?}");
                println!("{network}, {method:?}: scores within {distance:e}");
                // Pixels that are always dark have scores of zero, which a difference of gradients only comes near.
                let none = 1e-9 * slow.iter().fold(0.0_f64, |largest, score| largest.max(score.abs()));
                let slow: Vec<f64> =
                    slow.iter().map(|&score| if score.abs() < none { 0.0 } else { score }).collect();
                // Only weights near the edge may stand on its other side.
                let other = apart(&mask, &largest_by_full_sort(&all, &slow, left));
                assert!(other <= 2 + left / 500, "{network}, {method:?}: {other} of {left} differ");
            }
        }
    }
}

#[test]
fn synflow_is_a_hundred_prunings_of_plain_candles_scores() {
    for network in NETWORKS {
        let config = config(&format!("{network}&rounds=6"));
        let model = &config.model;
        let weights = first_weights(&config);
        let ones = Tensor::ones((1, 784), DType::F64, &Device::Cpu).unwrap();
        let slow_scores = |mask: &[u8]| -> Vec<f64> {
            let magnitudes: Vec<f64> =
                weights.iter().zip(mask).map(|(w, &alive)| f64::from(w.abs()) * f64::from(alive)).collect();
            let gradient = gradient(model, &magnitudes, &ones, |logits| logits.sum_all().unwrap());
            magnitudes.iter().zip(gradient).map(|(magnitude, gradient)| magnitude * gradient).collect()
        };
        let (all, left) = (model.weight_count() as f64, total_survivors_per_round(&config)[6]);
        let mut mask = dense_mask(model);
        for step in 1..=100 {
            let scores = slow_scores(&mask);
            if [1, 50].contains(&step) {
                let distance = largest_distance(&synflow_scores(model, &weights, &mask), &scores);
                assert!(distance < 2e-6, "{network}, step {step}: {distance:e}");
            }
            let survivors = (all * (f64::from(left) / all).powf(f64::from(step) / 100.0)).round();
            mask = largest_by_full_sort(&mask, &scores, survivors as usize);
        }
        let (_, ours) = chosen(&config, PruningAtInit::SynFlow, 6);
        let survivors = ours.iter().map(|&alive| u32::from(alive)).sum::<u32>();
        let other = apart(&ours, &mask);
        assert!(survivors == left && other <= 2, "{network}: {other} of {left} differ");
    }
}

#[test]
fn magnitudes_are_compared_over_all_layers_and_random_masks_are_uniform() {
    let config = config("hidden=30,20&rounds=3&rate=0.5&output_rate=0.2");
    let left = total_survivors_per_round(&config)[2] as usize;
    let magnitudes: Vec<f64> = first_weights(&config).iter().map(|weight| f64::from(weight.abs())).collect();
    let all = dense_mask(&config.model);
    assert_eq!(chosen(&config, PruningAtInit::Magnitude, 2).1, largest_by_full_sort(&all, &magnitudes, left));
    let random = chosen(&config, PruningAtInit::Random, 2).1;
    assert_eq!(random.iter().map(|&alive| usize::from(alive)).sum::<usize>(), left);
    let share = left as f64 / all.len() as f64;
    for size in config.model.layer_sizes() {
        let (count, of_layer) = (size.weights.len() as f64, &random[size.weights]);
        let survivors: f64 = of_layer.iter().map(|&alive| f64::from(alive)).sum();
        // Five standard deviations.
        let bound = 5.0 * (count * share * (1.0 - share)).sqrt();
        assert!((survivors - count * share).abs() < bound, "{survivors} of {count}");
    }
    assert_ne!(random, chosen(&config, PruningAtInit::Random, 3).1);
}

/// A layer without a weight makes every answer the same, and the network is trained and read all the same.
#[test]
fn a_network_that_has_lost_a_layer_answers_alike() {
    // Of the first weights of a small output layer all are larger than those of the wide first layer.
    for fragment in
        ["hidden=10,5&rate=0.99&output_rate=0.5", "net=c3k5p1,m2,8&rate=0.99&output_rate=0.1&conv_rate=0.9"]
    {
        let config =
            config(&format!("{fragment}&arms=magnitude_init&rounds=2&iterations=4&eval_every=2&batch=20"));
        let job = JobId { trial: 1, arm: Arm::MagnitudeInit, round: 2, draw: 0, twin: false };
        let mut training = JobTraining::new(&config, job, Default::default(), mnist::mnist()).unwrap();
        let trained = loop {
            if let AdvanceOutcome::Finished(trained) = training.advance().unwrap() {
                break *trained;
            }
        };
        assert!(trained.report.alive.contains(&0), "{fragment}: {:?}", trained.report.alive);
        let left: u32 = trained.report.alive.iter().sum();
        assert_eq!(left, total_survivors_per_round(&config)[2]);
        assert!(trained.test_predictions.iter().all(|class| *class == trained.test_predictions[0]));
        assert_ne!(trained.report.test_end, Accuracy::default());
    }
}
