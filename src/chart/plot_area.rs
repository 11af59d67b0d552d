//! The axes of a chart: labels on the left, faint horizontal grid lines, and a line at the bottom. There is no box.

use crate::{
    DrawResult,
    pen::{DevicePoint, Pen},
    scale::Scale,
};
use plotters::prelude::DrawingBackend;
use plotters::style::text_anchor::{HPos, VPos};

/// A position on an axis and its label, which may be empty.
pub(super) struct Tick {
    pub(super) at: f64,
    pub(super) label: String,
}

impl Tick {
    pub(super) fn new(at: f64, label: impl Into<String>) -> Tick {
        Tick { at, label: label.into() }
    }
}

/// One axis.
pub(super) struct Axis {
    pub(super) title: String,
    pub(super) scale: Scale,
    pub(super) ticks: Vec<Tick>,
}

/// The rectangle in which data are drawn, in device pixels, with the scales of both axes.
#[derive(Clone, Copy, Debug)]
pub(super) struct PlotArea {
    pub(super) left: i32,
    pub(super) top: i32,
    pub(super) right: i32,
    pub(super) bottom: i32,
    /// The left end of the title above the area.
    title_left: i32,
    x: Scale,
    y: Scale,
}

impl PlotArea {
    /// Lays out the area within the box that begins at `corner`. It reserves room on the left for the labels of `y`,
    /// above for its title, below for the labels of `x`, and `right` device pixels for the labels of lines.
    pub(super) fn layout<DB: DrawingBackend>(
        pen: &Pen<'_, DB>,
        (corner, size): (DevicePoint, DevicePoint),
        (x, y): (&Axis, &Axis),
        right: i32,
    ) -> PlotArea {
        let line = pen.line_height();
        let label = y.ticks.iter().map(|tick| pen.width(&tick.label, false)).max().unwrap_or(0);
        let left = corner.0 + label + pen.px(9.0);
        let titled = |axis: &Axis| if axis.title.is_empty() { 0 } else { line };
        let top = corner.1 + titled(y) + pen.px(8.0);
        let labels = if x.ticks.iter().all(|tick| tick.label.is_empty()) { 0 } else { line };
        let bottom = corner.1 + size.1 - labels - pen.px(7.0) - titled(x);
        // The last label of the x axis is centred on the end of the axis, so half of it needs room to the right.
        let over = x.ticks.last().map_or(0, |tick| pen.width(&tick.label, false) / 2 + pen.px(1.0));
        let right = corner.0 + size.0 - right.max(over).max(pen.px(5.0));
        let (right, bottom) = (right.max(left), bottom.max(top));
        PlotArea { left, top, right, bottom, title_left: corner.0, x: x.scale, y: y.scale }
    }

    /// Moves the left edge to `left`, to align it with another area.
    pub(super) fn align_left(self, left: i32) -> PlotArea {
        PlotArea { left, right: self.right.max(left), ..self }
    }

    /// Whether the area is too small to draw in.
    pub(super) fn is_tiny(&self) -> bool {
        self.right - self.left < 8 || self.bottom - self.top < 8
    }

    /// The horizontal position of a value in device pixels. `None` if the value is not a number.
    pub(super) fn x(&self, value: f64) -> Option<i32> {
        clamp_to_pixels(self.x.fraction(value), self.left, self.right)
    }

    /// The vertical position of a value in device pixels. `None` if the value is not a number.
    pub(super) fn y(&self, value: f64) -> Option<i32> {
        clamp_to_pixels(self.y.fraction(value), self.bottom, self.top)
    }

    /// The position of a point in device pixels. `None` if one of its values is not a number.
    pub(super) fn position(&self, x: f64, y: f64) -> Option<DevicePoint> {
        Some((self.x(x)?, self.y(y)?))
    }

    /// Marks a place on the x axis by a line through the whole area.
    pub(super) fn mark<DB: DrawingBackend>(&self, pen: &Pen<'_, DB>, at: Option<f64>) -> DrawResult<DB> {
        let Some(x) = at.and_then(|at| self.x(at)) else { return Ok(()) };
        pen.vertical_hairline(x, self.top, self.bottom, pen.style.theme.secondary_text().opaque())
    }

    /// Draws the axes. Labels that would touch their neighbour are left out.
    pub(super) fn draw<DB: DrawingBackend>(
        &self,
        pen: &Pen<'_, DB>,
        (x, y): (&Axis, &Axis),
    ) -> DrawResult<DB> {
        let theme = pen.style.theme;
        let line = pen.line_height();
        let mut taken = i32::MAX;
        for tick in &y.ticks {
            let Some(y_px) = self.y(tick.at).filter(|y_px| (self.top..=self.bottom).contains(y_px)) else {
                continue;
            };
            if y_px != self.bottom {
                pen.horizontal_hairline(y_px, self.left, self.right, theme.grid().opaque())?;
            }
            if y_px + line <= taken || taken == i32::MAX {
                pen.axis_text(&tick.label, (self.left - pen.px(8.0), y_px), (HPos::Right, VPos::Center))?;
                taken = y_px;
            }
        }
        pen.horizontal_hairline(self.bottom, self.left, self.right, theme.axis().opaque())?;
        let mut taken = i32::MIN;
        for tick in &x.ticks {
            let Some(x_px) = self.x(tick.at).filter(|x_px| (self.left..=self.right).contains(x_px)) else {
                continue;
            };
            let half = pen.width(&tick.label, false) / 2;
            if x_px - half < taken || tick.label.is_empty() {
                continue;
            }
            pen.vertical_hairline(x_px, self.bottom, self.bottom + pen.px(4.0), theme.axis().opaque())?;
            pen.axis_text(&tick.label, (x_px, self.bottom + pen.px(8.0)), (HPos::Center, VPos::Top))?;
            taken = x_px + half + pen.px(8.0);
        }
        let above = self.top - pen.px(9.0) - line;
        if !y.title.is_empty() {
            pen.axis_text(&y.title, (self.title_left, above), (HPos::Left, VPos::Top))?;
        }
        if !x.title.is_empty() {
            let below = self.bottom + pen.px(8.0) + line;
            pen.axis_text(&x.title, ((self.left + self.right) / 2, below), (HPos::Center, VPos::Top))?;
        }
        Ok(())
    }
}

/// Clamps a position to bounds far outside every drawing, so that an extreme value cannot overflow the backend's
/// arithmetic.
fn clamp_to_pixels(fraction: f64, from: i32, to: i32) -> Option<i32> {
    let at = f64::from(from) + fraction * f64::from(to - from);
    at.is_finite().then(|| at.round().clamp(-30_000.0, 30_000.0) as i32)
}
