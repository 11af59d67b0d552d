//! What makes training fast: a network's gradient as one candle op over one flat variable of weights, in which pruned
//! weights and dark pixels cost nothing.
//!
//! - [`network`]: the candle op, the variable, the choice between dense and sparse kernels.
//! - [`layer`]: what a layer does, and what a layout of activations offers; [`stack`]: takes a batch through the layers.
//! - [`dense`], on [`row_layout`] of activations: while most weights survive; zero inputs are skipped image by image.
//! - [`sparse`] and [`sparse_first`], on [`lines`] ([`line_layout`]): when few survive: the lanes of a vector hold
//!   different images, and each weight is broadcast to all lanes.
//! - [`simd`]: the dense layer's inner loops, on fixed lanes, so that native and wasm give equal bits; [`sparse_loops`]: the
//!   sparse layers'.
//! - [`survivors`]: where the surviving weights of a layer are; [`gather`]: how images become lines; [`non_zeros`]: how
//!   they become lists.
//! - [`reader`]: what a network sees in an image: logits, hidden activations, the gradient of its pixels.
//! - [`batch`]: which images a pass takes; [`loss`]: softmax cross-entropy and its gradient.
//! - [`adam`], [`sgd`]: the optimisers, each as one in-place pass.

pub mod adam;
pub mod batch;
mod convolution;
mod dense;
mod gather;
pub mod layer;
mod line_layout;
mod lines;
pub mod loss;
mod max_pool;
pub mod network;
mod non_zeros;
pub mod reader;
mod row_layout;
pub mod sgd;
mod simd;
mod sparse;
mod sparse_first;
mod sparse_loops;
pub mod stack;
mod survivors;
