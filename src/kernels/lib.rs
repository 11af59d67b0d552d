//! What makes training fast: LeNet's loss as one candle op over one flat variable of weights, in which pruned weights
//! and unlit pixels cost nothing.
//!
//! - [`simd`]: the dense network's inner loops, on fixed lanes, so that native and wasm give equal bits.
//! - [`lines`]: the sparse network's.
//! - [`dense`]: the network while most weights survive: zero inputs are skipped image by image.
//! - [`sparse`]: the network when few survive: the batch is the SIMD dimension, each weight a broadcast.
//! - [`survivors`]: where its weights are; [`pixels`]: how its images come in.
//! - [`batch`]: which images a pass takes, and the pixels that are lit in them.
//! - [`loss`]: softmax cross-entropy and its gradient.
//! - [`network`]: the candle op, the variable, the choice between dense and sparse.
//! - [`adam`], [`sgd`]: the optimisers, each as one in-place pass.

pub mod adam;
pub mod batch;
pub mod dense;
pub mod lines;
pub mod loss;
pub mod network;
pub mod pixels;
pub mod sgd;
pub mod simd;
pub mod sparse;
pub mod survivors;
