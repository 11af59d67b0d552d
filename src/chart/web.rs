//! A plotters area on an HTML canvas: sized in device pixels, cleared, with text measured by the canvas itself.

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

/// Measures a text in the font given.
pub type TextMeasurer = Box<dyn Fn(&str, FontSpec<'_>) -> f64>;

/// The backend behind a canvas.
pub type MeasuringCanvasBackend = TextMeasuringBackend<CanvasBackend, TextMeasurer>;

/// Clears `canvas`, makes it `width` by `height` CSS pixels at `style.scale` and lets `draw` draw on it. The size on
/// the page is the style sheet's business: it should be `width` by `height` too.
pub fn draw_on_canvas(
    canvas: &HtmlCanvasElement,
    (width, height): (f64, f64),
    style: &ChartStyle,
    draw: impl FnOnce(&DrawingArea<MeasuringCanvasBackend, Shift>) -> DrawResult<MeasuringCanvasBackend>,
) -> Result<(), String> {
    let context = context(canvas)?;
    // Setting a canvas's size clears it, but also reallocates it: only when it has changed.
    let device = |css: f64| (css * style.scale).round().clamp(1.0, 16_384.0) as u32;
    let (width, height) = (device(width), device(height));
    if (canvas.width(), canvas.height()) != (width, height) {
        canvas.set_width(width);
        canvas.set_height(height);
    } else {
        context.clear_rect(0.0, 0.0, f64::from(width), f64::from(height));
    }
    // Mitred joins would make thorns of a noisy curve.
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
