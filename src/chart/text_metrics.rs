//! A backend that measures text with a given function. The ways of plotters itself need a font file, or insert elements
//! into the page and force a layout for every label. A canvas can measure text directly.

use plotters::prelude::{DrawingBackend, IntoDrawingArea};
use plotters_backend::{BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingErrorKind};

/// The font in which a text will be drawn.
#[derive(Clone, Copy, Debug)]
pub struct FontSpec<'a> {
    /// A CSS font-family list.
    pub family: &'a str,
    /// The size in device pixels.
    pub size: f64,
    /// The style that CSS writes before the size, such as `normal` or `bold`.
    pub style: &'a str,
}

/// Draws on `B` and measures the width of text with `F`, in device pixels.
pub struct TextMeasuringBackend<B, F> {
    inner: B,
    width: F,
}

impl<B: DrawingBackend, F: Fn(&str, FontSpec<'_>) -> f64> TextMeasuringBackend<B, F> {
    /// Wraps `inner`. `width` measures the width of a text in device pixels.
    pub fn new(inner: B, width: F) -> TextMeasuringBackend<B, F> {
        TextMeasuringBackend { inner, width }
    }

    /// The drawing area for the charts.
    pub fn into_area(self) -> plotters::drawing::DrawingArea<Self, plotters::coord::Shift> {
        self.into_drawing_area()
    }
}

type BackendResult<B> = Result<(), DrawingErrorKind<<B as DrawingBackend>::ErrorType>>;

impl<B: DrawingBackend, F: Fn(&str, FontSpec<'_>) -> f64> DrawingBackend for TextMeasuringBackend<B, F> {
    type ErrorType = B::ErrorType;

    fn get_size(&self) -> (u32, u32) {
        self.inner.get_size()
    }

    fn ensure_prepared(&mut self) -> BackendResult<B> {
        self.inner.ensure_prepared()
    }

    fn present(&mut self) -> BackendResult<B> {
        self.inner.present()
    }

    fn draw_pixel(&mut self, point: BackendCoord, color: BackendColor) -> BackendResult<B> {
        self.inner.draw_pixel(point, color)
    }

    fn draw_line<S: BackendStyle>(
        &mut self,
        from: BackendCoord,
        to: BackendCoord,
        style: &S,
    ) -> BackendResult<B> {
        self.inner.draw_line(from, to, style)
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        upper_left: BackendCoord,
        bottom_right: BackendCoord,
        style: &S,
        fill: bool,
    ) -> BackendResult<B> {
        self.inner.draw_rect(upper_left, bottom_right, style, fill)
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> BackendResult<B> {
        self.inner.draw_path(path, style)
    }

    fn draw_circle<S: BackendStyle>(
        &mut self,
        center: BackendCoord,
        radius: u32,
        style: &S,
        fill: bool,
    ) -> BackendResult<B> {
        self.inner.draw_circle(center, radius, style, fill)
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        vert: I,
        style: &S,
    ) -> BackendResult<B> {
        self.inner.fill_polygon(vert, style)
    }

    fn draw_text<S: BackendTextStyle>(
        &mut self,
        text: &str,
        style: &S,
        pos: BackendCoord,
    ) -> BackendResult<B> {
        self.inner.draw_text(text, style, pos)
    }

    fn estimate_text_size<S: BackendTextStyle>(
        &self,
        text: &str,
        style: &S,
    ) -> Result<(u32, u32), DrawingErrorKind<Self::ErrorType>> {
        let (family, font_style) = (style.family(), style.style());
        let font = FontSpec { family: family.as_str(), size: style.size(), style: font_style.as_str() };
        let width = (self.width)(text, font);
        Ok((if width.is_finite() { width.max(0.0).ceil() as u32 } else { 0 }, style.size().ceil() as u32))
    }

    fn blit_bitmap(&mut self, pos: BackendCoord, size: (u32, u32), src: &[u8]) -> BackendResult<B> {
        self.inner.blit_bitmap(pos, size, src)
    }
}
