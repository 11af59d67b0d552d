//! Charts that are drawn from plain data on any plotters backend. This package does not know experiments, the page or
//! the browser. The only exception is `web`, which provides a plotters area on a canvas.
//!
//! - [`style`]: colours, sizes and themes. [`arm_style`]: the style of each arm.
//! - [`curves`], [`rounds`], [`layers`], [`distance`], [`histogram`], [`cost`]: one chart each, with its data, `draw` and `describe`.
//! - [`masks`]: heatmaps of the masks as pixels, and the weight that a pixel shows.
//! - [`network`]: a network with its connections as lines, [`network_nodes`], [`network_layout`], [`network_sample`].
//! - [`text_metrics`]: a backend that measures text with a given function.

pub mod arm_style;
pub mod color;
pub mod cost;
pub mod curves;
pub mod distance;
pub mod ghost;
pub mod histogram;
mod labels;
pub mod layers;
pub mod mask_paint;
pub mod masks;
pub mod network;
pub mod network_layout;
pub mod network_nodes;
pub mod network_sample;
#[cfg(target_arch = "wasm32")]
pub mod paper;
mod pen;
mod plot_area;
pub mod rounds;
mod scale;
pub mod style;
pub mod text_metrics;
#[cfg(target_arch = "wasm32")]
pub mod web;

use plotters::drawing::DrawingAreaErrorKind;
use plotters::prelude::DrawingBackend;

/// The result of every drawing function. The error is that of the backend.
#[allow(type_alias_bounds)] // The bound says which errors are meant; the compiler checks it where the alias is used.
pub type DrawResult<DB: DrawingBackend> = Result<(), DrawingAreaErrorKind<<DB as DrawingBackend>::ErrorType>>;
