//! A plotters area on an HTML canvas, or on the text of an SVG file. A canvas measures text in both.

use crate::{
    DrawResult,
    paper::Paper,
    style::ChartStyle,
    text_metrics::{FontSpec, TextMeasuringBackend},
};
use plotters::coord::Shift;
use plotters::prelude::DrawingArea;
use plotters_canvas::CanvasBackend;
use plotters_svg::SVGBackend;
use texts::text;
use wasm_bindgen::JsCast;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

/// Measures the width of a text in the given font, in device pixels.
pub type TextMeasurer = Box<dyn Fn(&str, FontSpec<'_>) -> f64>;

/// The backend of a canvas or of the text of an SVG file.
pub type MeasuringBackend<'a> = TextMeasuringBackend<Paper<'a>, TextMeasurer>;

/// How many units of the coordinates in an SVG file make a CSS pixel. Charts are drawn in whole units.
const SVG_SCALE: f64 = 8.0;

/// Clears `canvas`, gives it the resolution of `width` by `height` CSS pixels at `style.scale`, and calls `draw`. The
/// style sheet has to give it the same size on the page.
pub fn draw_on_canvas(
    canvas: &HtmlCanvasElement,
    (width, height): (f64, f64),
    style: &ChartStyle,
    draw: impl FnOnce(&DrawingArea<MeasuringBackend<'_>, Shift>) -> DrawResult<MeasuringBackend<'static>>,
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
    let backend = CanvasBackend::with_canvas_object(canvas.clone()).ok_or(text("chart.no_canvas"))?;
    let area = TextMeasuringBackend::new(Paper::Canvas(backend), canvas_text_measurer(context)).into_area();
    draw(&area).and_then(|()| area.present()).map_err(|error| error.to_string())
}

/// The text of an SVG file of `width` by `height` CSS pixels in which `draw` has drawn a chart. It has this title and this
/// description. `style` is made for a scale of the file's own, and `canvas` measures its text.
pub fn draw_as_svg(
    canvas: &HtmlCanvasElement,
    (width, height): (f64, f64),
    (title, description): (&str, &str),
    style: &ChartStyle,
    draw: impl FnOnce(
        &DrawingArea<MeasuringBackend<'_>, Shift>,
        &ChartStyle,
    ) -> DrawResult<MeasuringBackend<'static>>,
) -> Result<String, String> {
    let style = ChartStyle { scale: SVG_SCALE, ..style.clone() };
    let units = |css: f64| (css * SVG_SCALE).round().clamp(1.0, 262_144.0) as u32;
    let mut file = String::new();
    let backend = Paper::Svg(SVGBackend::with_string(&mut file, (units(width), units(height))));
    let area = TextMeasuringBackend::new(backend, canvas_text_measurer(context(canvas)?)).into_area();
    draw(&area, &style).and_then(|()| area.present()).map_err(|error| error.to_string())?;
    drop(area);
    // plotters gives the file the size of its coordinates, in a first line of its own.
    let (_, strokes) = file.split_once('\n').ok_or(text("chart.no_head"))?;
    Ok(format!(
        "<svg width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {} {}\" xmlns=\"http://www.w3.org/2000/svg\">\n\
         <title>{}</title>\n<desc>{}</desc>\n{strokes}",
        units(width),
        units(height),
        escaped(title),
        escaped(description)
    ))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

/// What draws on a canvas.
///
/// # Errors
/// A phrase, where the browser draws on no canvas, or something else draws on this one.
pub fn context(canvas: &HtmlCanvasElement) -> Result<CanvasRenderingContext2d, String> {
    let context = canvas.get_context("2d").ok().flatten().ok_or(text("chart.no_2d_canvas"))?;
    context.dyn_into().map_err(|_| text("chart.other_context").to_owned())
}

fn canvas_text_measurer(context: CanvasRenderingContext2d) -> TextMeasurer {
    Box::new(move |text, font| {
        context.set_font(&format!("{} {}px {}", font.style, font.size, font.family));
        context.measure_text(text).map_or(0.0, |metrics| metrics.width())
    })
}
