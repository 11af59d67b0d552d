//! Masked networks and images made of a small generator of random numbers, to compare the kernels on with something else.
#![allow(dead_code)]

use crate::oracle::Oracle;
use kernels::{batch::Batch, network::Network};
use model::{ImageSize, Model, data_set::DataSet, own_data::OwnDataShape};
use proptest::test_runner::{Config as ProptestConfig, RngSeed};

/// A proptest of forty cases. Every run tests the same ones, so that only a change of the code can make it fail.
pub(crate) fn forty_fixed_cases() -> ProptestConfig {
    ProptestConfig {
        cases: 40,
        max_shrink_iters: 20,
        rng_seed: RngSeed::Fixed(1803),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

/// The learning rate of the oracles.
pub(crate) const RATE: f64 = 1.2e-3;

/// The random number generator of tests/golden/lenet_golden.py.
pub(crate) struct Numbers(pub(crate) u64);

impl Numbers {
    /// The next number, from 1 to 2³¹ − 2.
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0 * 48_271 % 2_147_483_647;
        self.0
    }

    /// A number in [−1, 1).
    pub(crate) fn uniform(&mut self) -> f64 {
        (self.next() >> 7) as f64 / 8_388_608.0 - 1.0
    }
}

/// A masked network and images to train it on.
pub(crate) struct Case {
    pub(crate) model: Model,
    pub(crate) mask: Vec<u8>,
    pub(crate) weights: Vec<f32>,
    pub(crate) biases: Vec<f32>,
    pub(crate) images: Vec<u8>,
    pub(crate) labels: Vec<u8>,
}

impl Case {
    /// A case that has no weights and no images yet.
    pub(crate) fn empty(model: Model) -> Case {
        Case { model, mask: vec![], weights: vec![], biases: vec![], images: vec![], labels: vec![] }
    }

    /// The case that the Python program makes from the same arguments.
    pub(crate) fn golden(density: f64, images: usize, seed: u64) -> Case {
        let mut numbers = Numbers(seed);
        let mut case = Case::empty(Model::lenet_300_100());
        for size in case.model.layer_sizes() {
            let n = size.weights.len();
            let bound = (6.0 / (size.fan_in + size.fan_out) as f64).sqrt();
            let scale = 2f64.powi(bound.log2().round() as i32);
            case.weights.extend((0..n).map(|_| (numbers.uniform() * scale) as f32));
            case.biases.extend(size.biases.map(|_| (numbers.uniform() / 64.0) as f32));
            case.mask
                .extend((0..n).map(|_| u8::from(((numbers.next() >> 11) as f64) < density * 1_048_576.0)));
        }
        for (w, m) in case.weights.iter_mut().zip(&case.mask) {
            *w *= f32::from(*m);
        }
        case.add_images(images, &mut numbers);
        case
    }

    pub(crate) fn add_images(&mut self, count: usize, numbers: &mut Numbers) {
        for _ in 0..count {
            for pixel in 0..self.model.input.values() {
                let r = numbers.next();
                let lit = r.is_multiple_of(5) && pixel % 7 != 0;
                self.images.push(if lit { ((r >> 3) % 256) as u8 } else { 0 });
            }
            self.labels.push((numbers.next() % self.model.output_count() as u64) as u8);
        }
    }

    pub(crate) fn batch<'a>(&'a self, rows: &'a [u32]) -> Batch<'a> {
        let image_bytes = self.model.input.values();
        Batch { images: &self.images, image_bytes, labels: &self.labels, image_indices: rows }
    }

    pub(crate) fn network(&self, capacity: usize) -> Network {
        Network::new(&self.model, &self.mask, &self.weights, &self.biases, capacity).unwrap()
    }

    pub(crate) fn oracle(&self) -> Oracle {
        Oracle::new(&self.model, &self.mask, &self.weights, &self.biases, RATE).unwrap()
    }

    /// The parts of flat parameters in PyTorch's order: the weights of all layers, then the biases of all layers.
    pub(crate) fn parts<'a>(&self, (weights, biases): &'a (Vec<f32>, Vec<f32>)) -> Vec<&'a [f32]> {
        let sizes = self.model.layer_sizes();
        let weights = sizes.iter().map(|size| &weights[size.weights.clone()]);
        weights.chain(sizes.iter().map(|size| &biases[size.biases.clone()])).collect()
    }
}

pub(crate) fn norm(values: &[f32]) -> f64 {
    values.iter().map(|v| f64::from(*v).powi(2)).sum::<f64>().sqrt()
}

pub(crate) fn difference(a: &[f32], b: &[f32]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (f64::from(*a) - f64::from(*b)).powi(2)).sum::<f64>().sqrt()
}

/// A description of data of other sizes than MNIST: images of one or three channels of which the pixels may fill no whole
/// vector, and two to a hundred classes.
pub(crate) fn other_data(kind: usize) -> DataSet {
    let (channels, height, width, classes) =
        [(1, 28, 28, 10), (3, 11, 7, 2), (1, 9, 9, 3), (3, 16, 17, 100), (1, 40, 33, 26)][kind];
    let image = ImageSize { channels, height, width };
    let shape = OwnDataShape { image, classes, training_images: 1000, test_images: 1000 };
    DataSet::own(&"0".repeat(64), shape)
}

/// How many kinds of [`other_data`] there are.
pub(crate) const KINDS_OF_DATA: usize = 5;

/// A case with a random mask. With `holes`, some units have no inputs left and some have no outputs left.
pub(crate) fn random_case(model: Model, density: f64, seed: u64, holes: bool) -> Case {
    let mut numbers = Numbers(seed);
    let mut case = Case::empty(model);
    for (l, size) in case.model.layer_sizes().into_iter().enumerate() {
        let (outputs, inputs) = size.matrix();
        let scale = (6.0 / (inputs + outputs) as f64).sqrt();
        for o in 0..outputs {
            for i in 0..inputs {
                let hole = holes && (o % 3 == 1 || (l > 0 && i % 4 == 2));
                let keep = !hole && numbers.uniform() < density * 2.0 - 1.0;
                case.mask.push(u8::from(keep));
                case.weights.push((numbers.uniform() * scale) as f32);
            }
            case.biases.push((numbers.uniform() * 0.1) as f32);
        }
    }
    case.add_images(128, &mut numbers);
    case
}
