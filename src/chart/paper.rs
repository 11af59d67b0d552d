//! What a chart is drawn on: a canvas or the text of an SVG file. It is one backend and not two, so that the charts, which
//! are generic over backends, are in the page's module only once.

use plotters::prelude::DrawingBackend;
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingErrorKind, FontFamily, FontStyle,
    FontTransform, text_anchor::Pos,
};
use plotters_canvas::CanvasBackend;
use plotters_svg::SVGBackend;
use std::{
    error::Error,
    fmt::{Display, Formatter},
};

/// A canvas or a text.
pub enum Paper<'a> {
    /// A canvas.
    Canvas(CanvasBackend),
    /// The text of an SVG file.
    Svg(SVGBackend<'a>),
}

/// Why nothing can be drawn, in the words of the canvas.
#[derive(Debug)]
pub struct PaperError(String);

impl Display for PaperError {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for PaperError {}

type PaperResult = Result<(), DrawingErrorKind<PaperError>>;

fn plain<E: Error + Send + Sync>(error: DrawingErrorKind<E>) -> DrawingErrorKind<PaperError> {
    DrawingErrorKind::DrawingError(PaperError(error.to_string()))
}

/// Calls a method of whichever backend it is.
macro_rules! on_either {
    ($paper:expr, $backend:ident => $call:expr) => {
        match $paper {
            Paper::Canvas($backend) => $call.map_err(plain),
            Paper::Svg($backend) => $call.map_err(plain),
        }
    };
}

impl DrawingBackend for Paper<'_> {
    type ErrorType = PaperError;

    fn get_size(&self) -> (u32, u32) {
        match self {
            Paper::Canvas(backend) => backend.get_size(),
            Paper::Svg(backend) => backend.get_size(),
        }
    }

    fn ensure_prepared(&mut self) -> PaperResult {
        on_either!(self, backend => backend.ensure_prepared())
    }

    fn present(&mut self) -> PaperResult {
        on_either!(self, backend => backend.present())
    }

    fn draw_pixel(&mut self, point: BackendCoord, color: BackendColor) -> PaperResult {
        on_either!(self, backend => backend.draw_pixel(point, color))
    }

    fn draw_line<S: BackendStyle>(&mut self, from: BackendCoord, to: BackendCoord, style: &S) -> PaperResult {
        on_either!(self, backend => backend.draw_line(from, to, style))
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        upper_left: BackendCoord,
        bottom_right: BackendCoord,
        style: &S,
        fill: bool,
    ) -> PaperResult {
        on_either!(self, backend => backend.draw_rect(upper_left, bottom_right, style, fill))
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> PaperResult {
        on_either!(self, backend => backend.draw_path(path, style))
    }

    fn draw_circle<S: BackendStyle>(
        &mut self,
        center: BackendCoord,
        radius: u32,
        style: &S,
        fill: bool,
    ) -> PaperResult {
        on_either!(self, backend => backend.draw_circle(center, radius, style, fill))
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        vert: I,
        style: &S,
    ) -> PaperResult {
        on_either!(self, backend => backend.fill_polygon(vert, style))
    }

    fn draw_text<S: BackendTextStyle>(&mut self, text: &str, style: &S, pos: BackendCoord) -> PaperResult {
        match self {
            Paper::Canvas(backend) => backend.draw_text(text, style, pos).map_err(plain),
            Paper::Svg(backend) => backend.draw_text(text, &AsMeasured(style), pos).map_err(plain),
        }
    }
}

/// The style of a text in an SVG file, which plotters makes smaller by this factor than it was asked to.
struct AsMeasured<'a, S>(&'a S);

const SVG_TEXT_FACTOR: f64 = 1.24;

impl<S: BackendTextStyle> BackendTextStyle for AsMeasured<'_, S> {
    type FontError = S::FontError;

    fn color(&self) -> BackendColor {
        self.0.color()
    }

    fn size(&self) -> f64 {
        self.0.size() * SVG_TEXT_FACTOR
    }

    fn transform(&self) -> FontTransform {
        self.0.transform()
    }

    fn style(&self) -> FontStyle {
        self.0.style()
    }

    fn anchor(&self) -> Pos {
        self.0.anchor()
    }

    fn family(&self) -> FontFamily<'_> {
        self.0.family()
    }

    fn layout_box(&self, text: &str) -> Result<((i32, i32), (i32, i32)), S::FontError> {
        self.0.layout_box(text)
    }

    fn draw<E, D: FnMut(i32, i32, BackendColor) -> Result<(), E>>(
        &self,
        text: &str,
        pos: BackendCoord,
        draw: D,
    ) -> Result<Result<(), E>, S::FontError> {
        self.0.draw(text, pos, draw)
    }
}
