//! Charts: plain data in, strokes out, on any plotters backend. Nothing here knows the experiment, the page or the
//! browser, except `web`, which puts a plotters area on a canvas.
//!
//! - [`style`]: colours, sizes, themes; [`arm_style`]: how each arm looks, everywhere.
//! - [`curves`], [`rounds`], [`layers`], [`cost`]: one chart each: its data, `draw`, `describe`.
//! - [`masks`]: heatmaps of the masks, as pixels, and which weight a pixel shows.
//! - [`text_metrics`]: a backend that is told how wide text is.

pub mod arm_style;
pub mod color;
pub mod cost;
pub mod curves;
mod labels;
pub mod layers;
pub mod mask_paint;
pub mod masks;
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

/// What every drawing function returns: nothing, or what the backend complained of.
#[allow(type_alias_bounds)] // The bound says which errors are meant; the compiler checks it where the alias is used.
pub type DrawResult<DB: DrawingBackend> = Result<(), DrawingAreaErrorKind<<DB as DrawingBackend>::ErrorType>>;
