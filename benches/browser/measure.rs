//! The measurements. The oracle and the product's kernels train on the same batches of real images, and gathering the
//! images is included. They are timed in alternating turns, so that a disturbance of the machine affects both. The
//! results are medians over the turns.

use crate::oracle::Oracle;
use candle_core::{Result, bail};
use candle_nn::Optimizer;
use experiment::purpose::RandomPurpose;
use kernels::{
    adam::{Adam, AdamConfig},
    batch::Batch,
    network::Network,
};
use model::{IMAGE_PIXELS, Model, data_set::DataSet, mask::dense_mask};
use std::hint::black_box;
use training::{
    data::{LoadedData, TrainValidationSplit},
    initial_weights::glorot_normal,
    rng::RandomStream,
};
use wide::f32x4;

/// The number of images in a training step, as in the paper.
const BATCH_IMAGES: usize = 60;
/// The number of turns of each implementation in a round. There are many short turns, because a machine may be slow for
/// seconds, which must affect both implementations alike.
const TURNS_PER_ROUND: usize = 31;
/// The seconds of a turn. This is long compared with the clock's resolution of 0.1 ms.
const TURN_SECONDS: f64 = 0.02;
/// The number of validation passes that are timed.
const VALIDATION_TIMINGS: usize = 9;

/// What all rounds share.
pub(crate) struct StepBenchmark {
    mnist: LoadedData,
    split: TrainValidationSplit,
    seconds: fn() -> f64,
    /// The product's kernels with the mask that was measured last.
    fast_path: Option<FastPath>,
}

/// The product's kernels, which are the fast path that ships: the network, its optimiser, and the position in the
/// training images.
struct FastPath {
    network: Network,
    adam: Adam,
    at: usize,
}

/// The timings of one round, in milliseconds, and its number of surviving weights.
pub(crate) struct RoundTimings {
    pub(crate) weights: f64,
    pub(crate) oracle_ms: f64,
    pub(crate) product_ms: f64,
    pub(crate) eval_ms: f64,
}

impl StepBenchmark {
    /// `seconds` reads the clock, in seconds.
    pub(crate) fn new(mnist: LoadedData, seconds: fn() -> f64) -> StepBenchmark {
        StepBenchmark {
            mnist,
            split: TrainValidationSplit::new(&DataSet::mnist(), 1),
            seconds,
            fast_path: None,
        }
    }

    fn batch<'a>(&'a self, indices: &'a [u32]) -> Batch<'a> {
        Batch {
            images: &self.mnist.train.images,
            image_bytes: IMAGE_PIXELS,
            labels: &self.mnist.train.labels,
            image_indices: indices,
        }
    }

    /// The peak performance of 128-bit vectors in GFLOP/s. It is the best of many short runs, because an engine only
    /// optimises a function after several calls.
    pub(crate) fn peak_gflops(&self) -> f64 {
        const STEPS: u32 = 4_000_000;
        let flop = f64::from(STEPS) * 6.0 * 2.0 * 4.0;
        let seconds = (0..40).map(|_| {
            let start = (self.seconds)();
            black_box(multiply_and_add(STEPS));
            (self.seconds)() - start
        });
        flop / seconds.fold(f64::INFINITY, f64::min) / 1e9
    }

    /// Calls `step` with batch after batch of training images for `duration` seconds. Returns the milliseconds per
    /// step.
    fn time_steps(
        &self,
        duration: f64,
        at: &mut usize,
        mut step: impl FnMut(Batch<'_>) -> Result<()>,
    ) -> Result<f64> {
        let (start, mut steps, mut next) = ((self.seconds)(), 0u32, 3);
        loop {
            let indices = &self.split.train[*at..*at + BATCH_IMAGES];
            *at = (*at + BATCH_IMAGES) % (self.split.train.len() - BATCH_IMAGES);
            step(self.batch(indices))?;
            steps += 1;
            if steps < next {
                continue;
            }
            let elapsed = (self.seconds)() - start;
            if elapsed >= duration {
                return Ok(elapsed * 1e3 / f64::from(steps));
            }
            // Reading the clock after every step would take a noticeable part of the time of short steps.
            next = steps + 1 + steps / 8;
        }
    }

    /// Continues the training of the fast path for `duration` seconds. Returns the milliseconds per step.
    pub(crate) fn time_fast_path(&mut self, duration: f64) -> Result<f64> {
        let Some(mut product) = self.fast_path.take() else { bail!("no round was measured yet") };
        let FastPath { network, adam, at } = &mut product;
        let ms = self.time_steps(duration, at, |batch| adam.step(network.gradients(batch, None)?))?;
        self.fast_path = Some(product);
        Ok(ms)
    }

    /// The milliseconds of a validation pass of the fast path.
    fn time_validation(&mut self) -> Result<f64> {
        let Some(mut product) = self.fast_path.take() else { bail!("no round was measured yet") };
        let start = (self.seconds)();
        for indices in self.split.validation.chunks(64) {
            black_box(product.network.evaluate(self.batch(indices))?);
        }
        let seconds = (self.seconds)() - start;
        self.fast_path = Some(product);
        Ok(seconds * 1e3)
    }
}

/// Independent chains of multiplications and additions, which all stay in registers.
#[inline(never)]
fn multiply_and_add(steps: u32) -> [f32x4; 6] {
    let factor = f32x4::splat(black_box(0.999_999));
    let mut products: [f32x4; 6] = std::array::from_fn(|j| f32x4::splat(black_box(1.0 + j as f32)));
    let mut sums: [f32x4; 6] = [f32x4::splat(black_box(0.0)); 6];
    for _ in 0..steps {
        for j in 0..6 {
            sums[j] += products[j];
            products[j] *= factor;
        }
    }
    sums
}

/// Measures one round of a network with its mask. Without a mask, the network is dense.
pub(crate) fn measure(
    bench: &mut StepBenchmark,
    model: &Model,
    mask: Option<Vec<u8>>,
) -> Result<RoundTimings> {
    let mask = mask.unwrap_or_else(|| dense_mask(model));
    let weights = glorot_normal(model, &mut RandomStream::new(1, RandomPurpose::Init, 0, 0));
    let biases = vec![0.0; model.bias_count()];
    let network = Network::new(model, &mask, &weights, &biases, 64)?;
    let adam = Adam::new(vec![network.variable().clone()], AdamConfig::new(1.2e-3))?;
    bench.fast_path = Some(FastPath { network, adam, at: 0 });
    let mut oracle = Oracle::new(model, &mask, &weights, &biases, 1.2e-3)?;
    let (mut at, mut oracle_ms, mut product_ms) = (0, vec![], vec![]);
    let mut eval_ms = vec![];
    for turn in 0..TURNS_PER_ROUND {
        oracle_ms
            .push(bench.time_steps(TURN_SECONDS, &mut at, |batch| oracle.step(batch, None).map(|_| ()))?);
        product_ms.push(bench.time_fast_path(TURN_SECONDS)?);
        if turn % (TURNS_PER_ROUND / VALIDATION_TIMINGS) == 0 && eval_ms.len() < VALIDATION_TIMINGS {
            eval_ms.push(bench.time_validation()?);
        }
    }
    Ok(RoundTimings {
        weights: mask.iter().filter(|m| **m != 0).count() as f64,
        oracle_ms: median(oracle_ms),
        product_ms: median(product_ms),
        eval_ms: median(eval_ms),
    })
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
