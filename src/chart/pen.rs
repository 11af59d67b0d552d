//! Drawing in device pixels: the lines, shapes and texts that all charts consist of.

use crate::{DrawResult, arm_style::Marker, color::Rgb, style::ChartStyle};
use plotters::coord::Shift;
use plotters::element::{Circle, PathElement, Polygon, Rectangle, Text};
use plotters::prelude::{DrawingArea, DrawingBackend};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, FontDesc, FontFamily, FontStyle, ShapeStyle, TextStyle};

/// A point in device pixels.
pub(super) type DevicePoint = (i32, i32);

/// A colour with its opacity.
#[derive(Clone, Copy)]
pub(super) struct PaintColor {
    pub(super) color: Rgb,
    pub(super) alpha: f64,
}

impl Rgb {
    pub(super) const fn opaque(self) -> PaintColor {
        PaintColor { color: self, alpha: 1.0 }
    }

    pub(super) const fn with_alpha(self, alpha: f64) -> PaintColor {
        PaintColor { color: self, alpha }
    }
}

/// A drawing area, and the style for drawing on it.
pub(super) struct Pen<'a, DB: DrawingBackend> {
    pub(super) area: &'a DrawingArea<DB, Shift>,
    pub(super) style: &'a ChartStyle,
}

impl<'a, DB: DrawingBackend> Pen<'a, DB> {
    pub(super) fn new(area: &'a DrawingArea<DB, Shift>, style: &'a ChartStyle) -> Self {
        Pen { area, style }
    }

    /// Width and height of the area in device pixels. plotters subtracts its corners as unsigned numbers, so this must
    /// not be called for an inverted area.
    pub(super) fn size(&self) -> DevicePoint {
        let (x, y) = self.area.get_pixel_range();
        ((x.end - x.start).max(0), (y.end - y.start).max(0))
    }

    pub(super) fn px(&self, css: f64) -> i32 {
        self.style.px(css)
    }

    fn text_style(&self, ink: PaintColor, bold: bool, anchor: (HPos, VPos)) -> TextStyle<'a> {
        let weight = if bold { FontStyle::Bold } else { FontStyle::Normal };
        let size = self.style.font_size * self.style.scale;
        let font = FontDesc::new(FontFamily::Name(&self.style.font), size, weight);
        let mut style = TextStyle::from(font).pos(Pos::new(anchor.0, anchor.1));
        style.color = ink.color.alpha(ink.alpha).to_backend_color();
        style
    }

    /// The width of a text in device pixels.
    pub(super) fn width(&self, text: &str, bold: bool) -> i32 {
        let style = self.text_style(self.style.theme.text().opaque(), bold, (HPos::Left, VPos::Top));
        self.area.estimate_text_size(text, &style).map_or(0, |(width, _)| width as i32)
    }

    /// The height of a line of text in device pixels.
    pub(super) fn line_height(&self) -> i32 {
        self.px(self.style.font_size * 1.25)
    }

    pub(super) fn text(
        &self,
        text: &str,
        at: DevicePoint,
        ink: PaintColor,
        bold: bool,
        anchor: (HPos, VPos),
    ) -> DrawResult<DB> {
        self.area.draw(&Text::new(text, at, self.text_style(ink, bold, anchor)))
    }

    /// Draws a tick label or the title of an axis.
    pub(super) fn axis_text(&self, text: &str, at: DevicePoint, anchor: (HPos, VPos)) -> DrawResult<DB> {
        self.text(text, at, self.style.theme.secondary_text().opaque(), false, anchor)
    }

    pub(super) fn rect(
        &self,
        (x0, y0): DevicePoint,
        (x1, y1): DevicePoint,
        ink: PaintColor,
    ) -> DrawResult<DB> {
        let (from, to) = ((x0.min(x1), y0.min(y1)), (x0.max(x1), y0.max(y1)));
        self.area.draw(&Rectangle::new([from, to], fill(ink)))
    }

    /// Draws a horizontal line one CSS pixel wide. It is a filled rectangle, because a stroked line would be blurred
    /// over two rows of pixels.
    pub(super) fn horizontal_hairline(&self, y: i32, from: i32, to: i32, ink: PaintColor) -> DrawResult<DB> {
        self.rect((from, y), (to, y + self.px(1.0)), ink)
    }

    /// Draws a vertical line one CSS pixel wide.
    pub(super) fn vertical_hairline(&self, x: i32, from: i32, to: i32, ink: PaintColor) -> DrawResult<DB> {
        self.rect((x, from), (x + self.px(1.0), to), ink)
    }

    pub(super) fn polygon(&self, points: Vec<DevicePoint>, ink: PaintColor) -> DrawResult<DB> {
        self.area.draw(&Polygon::new(points, fill(ink)))
    }

    /// Draws a line through `points`. Its width and its `dash` are in CSS pixels.
    pub(super) fn path(
        &self,
        points: &[DevicePoint],
        ink: PaintColor,
        width: f64,
        dash: &[f64],
    ) -> DrawResult<DB> {
        let style = stroke(ink, self.px(width));
        let dash: Vec<f64> = dash.iter().map(|length| length * self.style.scale).collect();
        for piece in dashes(points, &dash) {
            self.area.draw(&PathElement::new(piece, style))?;
        }
        Ok(())
    }

    /// Draws a marker. `radius` is in CSS pixels. Hollow markers are filled with the page's colour, so that lines end
    /// at their edge.
    pub(super) fn marker(
        &self,
        marker: Marker,
        (x, y): DevicePoint,
        radius: f64,
        ink: PaintColor,
    ) -> DrawResult<DB> {
        let r = self.px(radius).max(1);
        let line = self.px(1.75);
        let paper = self.style.theme.background().opaque();
        let square = |r: i32| vec![(x - r, y - r), (x + r, y - r), (x + r, y + r), (x - r, y + r)];
        let cross = |ends: [[DevicePoint; 2]; 2]| {
            ends.into_iter().try_for_each(|ends| self.path(&ends, ink, 2.0, &[]))
        };
        match marker {
            Marker::Circle => self.disc((x, y), r, ink),
            Marker::HollowCircle => {
                self.disc((x, y), r, ink)?;
                self.disc((x, y), (r - line).max(1), paper)
            }
            Marker::Square => self.polygon(square(r - r / 6), ink),
            Marker::HollowSquare => {
                self.polygon(square(r - r / 6), ink)?;
                self.polygon(square((r - r / 6 - line).max(1)), paper)
            }
            Marker::TriangleUp => {
                self.polygon(vec![(x, y - r - r / 4), (x + r, y + r - r / 4), (x - r, y + r - r / 4)], ink)
            }
            Marker::TriangleDown => {
                self.polygon(vec![(x, y + r + r / 4), (x + r, y - r + r / 4), (x - r, y - r + r / 4)], ink)
            }
            Marker::Diamond => {
                let r = r + r / 4;
                self.polygon(vec![(x, y - r), (x + r, y), (x, y + r), (x - r, y)], ink)
            }
            Marker::HollowDiamond => {
                let diamond = |r: i32| vec![(x, y - r), (x + r, y), (x, y + r), (x - r, y)];
                let r = r + r / 4;
                self.polygon(diamond(r), ink)?;
                // The line is as wide at right angles to its edges as that of the other outlines.
                self.polygon(diamond((r - line * 3 / 2).max(1)), paper)
            }
            Marker::HollowTriangleUp => {
                self.hollow([(x, y - r - r / 2), (x + r + r / 4, y + r), (x - r - r / 4, y + r)], ink)
            }
            Marker::HollowTriangleDown => {
                self.hollow([(x, y + r + r / 2), (x + r + r / 4, y - r), (x - r - r / 4, y - r)], ink)
            }
            Marker::TriangleRight => {
                self.polygon(vec![(x + r + r / 4, y), (x - r + r / 4, y + r), (x - r + r / 4, y - r)], ink)
            }
            Marker::TriangleLeft => {
                self.polygon(vec![(x - r - r / 4, y), (x + r - r / 4, y + r), (x + r - r / 4, y - r)], ink)
            }
            Marker::Asterisk => {
                let (side, half) = (r * 7 / 8, r / 2);
                self.path(&[(x, y - r), (x, y + r)], ink, 2.0, &[])?;
                cross([
                    [(x - side, y - half), (x + side, y + half)],
                    [(x - side, y + half), (x + side, y - half)],
                ])
            }
            Marker::DottedCircle => {
                self.disc((x, y), r + r / 4, ink)?;
                self.disc((x, y), (r + r / 4 - line).max(2), paper)?;
                self.disc((x, y), (r / 3).max(1), ink)
            }
            Marker::DiagonalCross => {
                cross([[(x - r, y - r), (x + r, y + r)], [(x - r, y + r), (x + r, y - r)]])
            }
            Marker::UprightCross => cross([[(x - r, y), (x + r, y)], [(x, y - r), (x, y + r)]]),
            Marker::BarredCircle | Marker::BarredHollowCircle => {
                let below = y + r + r * 3 / 4;
                self.path(&[(x - r, below), (x + r, below)], ink, 2.0, &[])?;
                let shape = if marker.is_hollow() { Marker::HollowCircle } else { Marker::Circle };
                self.marker(shape, (x, y), radius, ink)
            }
            // The shape lies on its bar, of which the ends are seen.
            Marker::PoledCircle | Marker::PoledHollowCircle | Marker::PoledSquare => {
                let end = r + r * 3 / 4;
                self.path(&[(x, y - end), (x, y + end)], ink, 2.0, &[])?;
                let shape = match marker {
                    Marker::PoledHollowCircle => Marker::HollowCircle,
                    Marker::PoledSquare => Marker::Square,
                    _ => Marker::Circle,
                };
                self.marker(shape, (x, y), radius, ink)
            }
        }
    }

    /// Draws the outline of a triangle, filled with the page's colour.
    fn hollow(&self, corners: [DevicePoint; 3], ink: PaintColor) -> DrawResult<DB> {
        let middle = [corners.iter().map(|at| at.0).sum::<i32>(), corners.iter().map(|at| at.1).sum::<i32>()];
        // The inner corners are three fifths as far from the middle; `middle` is three times its position.
        let inner = |at: i32, middle: i32| (9 * at + 2 * middle) / 15;
        self.polygon(corners.to_vec(), ink)?;
        let inside = corners.map(|(x, y)| (inner(x, middle[0]), inner(y, middle[1])));
        self.polygon(inside.to_vec(), self.style.theme.background().opaque())
    }

    /// Draws an arrow that goes up from a point. Its length is in CSS pixels.
    pub(super) fn arrow_up(&self, (x, y): DevicePoint, length: f64, ink: PaintColor) -> DrawResult<DB> {
        let (top, wing) = (y - self.px(length), self.px(3.5));
        self.path(&[(x, y), (x, top)], ink, 1.5, &[])?;
        self.path(&[(x - wing, top + wing), (x, top), (x + wing, top + wing)], ink, 1.5, &[])
    }

    pub(super) fn disc(&self, at: DevicePoint, radius: i32, ink: PaintColor) -> DrawResult<DB> {
        self.area.draw(&Circle::new(at, radius, fill(ink)))
    }
}

fn fill(ink: PaintColor) -> ShapeStyle {
    ShapeStyle { color: ink.color.alpha(ink.alpha), filled: true, stroke_width: 0 }
}

fn stroke(ink: PaintColor, width: i32) -> ShapeStyle {
    ShapeStyle { color: ink.color.alpha(ink.alpha), filled: false, stroke_width: width.max(1) as u32 }
}

/// Cuts a line into the pieces that a dash pattern draws. Returns the whole line if the pattern is empty or has no
/// length.
pub(super) fn dashes(points: &[DevicePoint], dash: &[f64]) -> Vec<Vec<DevicePoint>> {
    let mut line: Vec<DevicePoint> = points.to_vec();
    line.dedup();
    if line.len() < 2 {
        return Vec::new();
    }
    if dash.is_empty() || dash.iter().any(|length| length.is_nan() || *length < 0.5) {
        return vec![line];
    }
    let mut pieces = Vec::new();
    let mut piece = vec![line[0]];
    let (mut index, mut left) = (0, dash[0]);
    for ends in line.windows(2) {
        let ((x0, y0), (x1, y1)) = (ends[0], ends[1]);
        let (dx, dy) = (f64::from(x1 - x0), f64::from(y1 - y0));
        let length = dx.hypot(dy);
        let mut done = 0.0;
        while length - done > left {
            done += left;
            let share = done / length;
            let at = (x0 + (dx * share).round() as i32, y0 + (dy * share).round() as i32);
            if index % 2 == 0 {
                piece.push(at);
                pieces.push(std::mem::take(&mut piece));
            } else {
                piece = vec![at];
            }
            index = (index + 1) % (2 * dash.len());
            left = dash[index % dash.len()];
        }
        left -= length - done;
        if index % 2 == 0 {
            piece.push((x1, y1));
        }
    }
    if piece.len() > 1 {
        pieces.push(piece);
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::dashes;

    #[test]
    fn dashes_follow_the_pattern() {
        let line = [(0, 0), (10, 0), (20, 0)];
        assert_eq!(dashes(&line, &[]), [line.to_vec()]);
        assert_eq!(
            dashes(&line, &[4.0, 4.0]),
            [vec![(0, 0), (4, 0)], vec![(8, 0), (10, 0), (12, 0)], vec![(16, 0), (20, 0)]]
        );
        // In a pattern with an odd number of lengths, pieces and gaps change places with each repetition, as in SVG.
        assert_eq!(dashes(&line, &[6.0]), [vec![(0, 0), (6, 0)], vec![(12, 0), (18, 0)]]);
        assert_eq!(dashes(&[(3, 3), (3, 3)], &[4.0]), Vec::<Vec<(i32, i32)>>::new());
        assert_eq!(dashes(&line, &[0.0, f64::NAN]), [line.to_vec()]);
    }
}
