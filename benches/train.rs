//! The native benchmark. It times a training step and a validation pass of the product's kernels and of plain candle,
//! on real MNIST batches, with the masks of a real but shortened pruning run. Run it with `cargo bench`.

#[path = "../tests/oracle/mod.rs"]
mod oracle;

use candle_nn::Optimizer;
use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use experiment::purpose::RandomPurpose;
use experiment::{preset::Preset, prune_counts::PruneCounts};
use kernels::{
    adam::{Adam, AdamConfig},
    batch::Batch,
    network::Network,
};
use model::{
    Model,
    data_set::DataSet,
    mask::{dense_mask, survivors_per_layer},
};
use oracle::Oracle;
use training::{
    data::{LoadedData, TrainValidationSplit},
    initial_weights::glorot_normal,
    prune_mask::prune_lowest_scores,
    rng::RandomStream,
};

const RATE: f64 = 1.2e-3;
/// The rounds that are timed. They have 100, 51.3, 21.1, 3.58 and 1.19% of the weights left.
const ROUNDS: [u32; 5] = [0, 3, 7, 15, 20];
/// The number of training steps before each pruning.
const STEPS: usize = 100;

fn mnist() -> LoadedData {
    let names = ["train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1"];
    let read = |name| std::fs::read(format!("{}/assets/mnist/{name}-ubyte.gz", env!("CARGO_MANIFEST_DIR")));
    let files = names.map(|name| read(name).expect("MNIST lies in assets/"));
    LoadedData::from_files(&DataSet::mnist(), files.each_ref().map(|file| &file[..])).expect("MNIST is whole")
}

/// Batch number `k` of 60 training images. After the last batch, they begin again with the first.
fn nth_batch<'a>(mnist: &'a LoadedData, split: &'a TrainValidationSplit, k: usize) -> Batch<'a> {
    let at = k * 60 % (split.train.len() - 60);
    Batch {
        image_bytes: model::IMAGE_PIXELS,
        images: &mnist.train.images,
        labels: &mnist.train.labels,
        image_indices: &split.train[at..at + 60],
    }
}

/// A training step of the product's kernels.
fn step(network: &mut Network, adam: &mut Adam, batch: Batch<'_>) {
    adam.step(network.gradients(batch, None).expect("gradients")).expect("a step");
}

fn bench_rounds(c: &mut Criterion) {
    let (mnist, split, config) =
        (mnist(), TrainValidationSplit::new(&DataSet::mnist(), 1), Preset::Paper.config());
    let model = Model::lenet_300_100();
    let weights = glorot_normal(&model, &mut RandomStream::new(1, RandomPurpose::Init, 0, 0));
    let biases = vec![0.0; model.bias_count()];
    let mut mask = dense_mask(&model);
    for round in 0..=config.rounds {
        let mut network = Network::new(&model, &mask, &weights, &biases, 64).expect("a network");
        let mut adam =
            Adam::new(vec![network.variable().clone()], AdamConfig::new(RATE)).expect("an optimiser");
        (0..STEPS).for_each(|k| step(&mut network, &mut adam, nth_batch(&mnist, &split, k)));
        if ROUNDS.contains(&round) {
            let mut group = c.benchmark_group(format!("round {round}"));
            let mut k = 0;
            group.bench_function(BenchmarkId::new("step", "product"), |b| {
                b.iter(|| {
                    step(&mut network, &mut adam, nth_batch(&mnist, &split, k));
                    k += 1;
                });
            });
            let mut oracle = Oracle::new(&model, &mask, &weights, &biases, RATE).expect("an oracle");
            group.bench_function(BenchmarkId::new("step", "oracle"), |b| {
                b.iter(|| {
                    oracle.step(nth_batch(&mnist, &split, k), None).expect("a step");
                    k += 1;
                });
            });
            group.bench_function("validation", |b| {
                b.iter(|| {
                    for indices in split.validation.chunks(64) {
                        let images = Batch { image_indices: indices, ..nth_batch(&mnist, &split, 0) };
                        network.evaluate(images).expect("a score");
                    }
                });
            });
        }
        let (trained, _) = network.weights_and_biases().expect("the parameters");
        let magnitude: Vec<f32> = trained.iter().map(|w| w.abs()).collect();
        mask = prune_lowest_scores(
            &model,
            &mask,
            &magnitude,
            PruneCounts::for_round(&config, &survivors_per_layer(&model, &mask)),
        );
    }
}

criterion_group!(benches, bench_rounds);
criterion_main!(benches);
