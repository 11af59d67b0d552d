//! A plotters area on an HTML canvas, which measures text with the canvas itself.

use crate::{
    DrawResult,
    style::ChartStyle,
    text_metrics::{FontSpec, TextMeasuringBackend},
};
use plotters::coord::Shift;
use plotters::prelude::DrawingArea;
use plotters_canvas::CanvasBackend;
use wasm_bindgen::JsCast;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

/// Measures the width of a text in the given font, in device pixels.
pub type TextMeasurer = Box<dyn Fn(&str, FontSpec<'_>) -> f64>;

/// The backend of a canvas.
pub type MeasuringCanvasBackend = TextMeasuringBackend<CanvasBackend, TextMeasurer>;

/// Clears `canvas`, gives it the resolution of `width` by `height` CSS pixels at `style.scale`, and calls `draw`. The
/// style sheet has to give it the same size on the page.
pub fn draw_on_canvas(
    canvas: &HtmlCanvasElement,
    (width, height): (f64, f64),
    style: &ChartStyle,
    draw: impl FnOnce(&DrawingArea<MeasuringCanvasBackend, Shift>) -> DrawResult<MeasuringCanvasBackend>,
) -> Result<(), String> {
    let context = context(canvas)?;
    // Setting the size of a canvas clears it, but also reallocates it. So the size is only set when it has changed.
    let device = |css: f64| (css * style.scale).round().clamp(1.0, 16_384.0) as u32;
    let (width, height) = (device(width), device(height));
    if (canvas.width(), canvas.height()) != (width, height) {
        canvas.set_width(width);
        canvas.set_height(height);
    } else {
        context.clear_rect(0.0, 0.0, f64::from(width), f64::from(height));
    }
    // Mitred joins would give a noisy curve long spikes.
    context.set_line_join("round");
    let backend =
        CanvasBackend::with_canvas_object(canvas.clone()).ok_or("this canvas cannot be drawn on")?;
    let area = TextMeasuringBackend::new(backend, canvas_text_measurer(context)).into_area();
    draw(&area).and_then(|()| area.present()).map_err(|error| error.to_string())
}

fn context(canvas: &HtmlCanvasElement) -> Result<CanvasRenderingContext2d, String> {
    let context = canvas.get_context("2d").ok().flatten().ok_or("this browser draws no 2D canvas")?;
    context.dyn_into().map_err(|_| "this canvas has another context".to_owned())
}

fn canvas_text_measurer(context: CanvasRenderingContext2d) -> TextMeasurer {
    Box::new(move |text, font| {
        context.set_font(&format!("{} {}px {}", font.style, font.size, font.family));
        context.measure_text(text).map_or(0.0, |metrics| metrics.width())
    })
}
