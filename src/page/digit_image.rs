//! Turns what somebody has drawn into an image such as the networks are trained on: 28 × 28 pixel values for MNIST. It is
//! centred as MNIST is: scaled so that its longer side is 20 pixels, then placed so that its centre of mass is in the middle
//! (LeCun, Bottou, Bengio & Haffner 1998). Images of other sizes are drawn alike, in proportion to their shorter side.

use model::ImageSize;

/// Pixels in a row and in a column of an image of MNIST, to which all lengths below refer.
const SIDE: f64 = 28.0;
/// The longer side of a centred drawing, in pixels.
const LONGER_SIDE: f64 = 20.0;
/// By how much the centre of mass of an image lies behind its middle, in pixels to the right and downwards: in MNIST in the
/// middle of pixel 14, counted from 0. Its test images have theirs there, on average to within a hundredth of a pixel.
const CENTRE: f64 = 0.5;
/// The width of the pen in pixels of the image. The strokes of MNIST's test images have this width in the median: twice the
/// ink, divided by the length of its outline.
const PEN: f64 = 2.3;
/// The extent of a drawing, as a share of the canvas, below which it is not enlarged any further: a dot stays a dot.
const LEAST_EXTENT: f64 = 0.1;
/// Picture elements in a pixel's width with which strokes are painted before they are averaged.
const FINENESS: f64 = 8.0;

/// A point of a stroke: from the left and from the top, as shares of the canvas's side.
pub type Point = (f64, f64);

/// The width with which strokes are shown, as a share of the canvas's side: that of a drawing whose longer side takes as
/// much of the canvas as a digit takes of its image.
pub const SHOWN_PEN: f64 = PEN / SIDE;

/// A picture of any size: how much ink each of its elements has, from 0 to 1, row by row.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    /// Elements in a row.
    pub width: usize,
    /// Ink of each element.
    pub ink: Vec<f32>,
}

impl Picture {
    fn height(&self) -> usize {
        self.ink.len().checked_div(self.width).unwrap_or(0)
    }

    /// Each element that has ink: its column, its row and its ink.
    fn inked(&self) -> impl Iterator<Item = (usize, usize, f64)> + '_ {
        let elements = self.ink.iter().enumerate().filter(|(_, ink)| **ink > 0.0);
        elements.map(|(at, ink)| (at % self.width, at / self.width, f64::from(*ink)))
    }

    /// The longer side of what has ink, in elements. 0 if nothing has.
    fn longer_side(&self) -> f64 {
        let span = |coordinates: &mut dyn Iterator<Item = usize>| {
            let (least, most) = coordinates.fold((usize::MAX, 0), |(a, b), at| (a.min(at), b.max(at + 1)));
            most.saturating_sub(least)
        };
        let width = span(&mut self.inked().map(|(x, _, _)| x));
        width.max(span(&mut self.inked().map(|(_, y, _)| y))) as f64
    }

    /// The centre of mass of the ink, in elements from the left and upper edges. `None` if there is no ink.
    fn centre_of_mass(&self) -> Option<Point> {
        let (mass, x, y) = self.inked().fold((0.0, 0.0, 0.0), |(mass, sum_x, sum_y), (x, y, ink)| {
            (mass + ink, sum_x + ink * (x as f64 + 0.5), sum_y + ink * (y as f64 + 0.5))
        });
        (mass > 0.0).then(|| (x / mass, y / mass))
    }
}

/// How many times as large as MNIST's an image is, by its shorter side.
fn times_mnist(size: ImageSize) -> f64 {
    f64::from(size.height.min(size.width)) / SIDE
}

/// Whether a drawing can be an image of this size: it has no colours.
pub fn can_be_drawn(size: ImageSize) -> bool {
    size.channels == 1
}

/// The image of a picture: grey pixel values in [0, 1], row by row. `None` if the picture is empty.
pub fn image_of_picture(picture: &Picture, size: ImageSize) -> Option<Vec<f32>> {
    place(picture, LONGER_SIDE * times_mnist(size) / picture.longer_side(), size)
}

/// The image of some strokes: grey pixel values in [0, 1], row by row. `None` if there are none. However large somebody
/// draws, the pen has the same width in the image, as if all had drawn at the same size.
pub fn image_of_strokes(strokes: &[Vec<Point>], size: ImageSize) -> Option<Vec<f32>> {
    let lines: Vec<Vec<Point>> = strokes.iter().map(|stroke| smooth_line(stroke)).collect();
    let points = || lines.iter().flatten();
    points().next()?;
    let bounds = |of: fn(&Point) -> f64| {
        points().map(of).fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), v| (a.min(v), b.max(v)))
    };
    let ((left, right), (top, bottom)) = (bounds(|point| point.0), bounds(|point| point.1));
    let extent = (right - left).max(bottom - top).max(LEAST_EXTENT);
    // From here on in elements of a fine picture, with the pen's radius as a margin. It is as fine for smaller images.
    let times = times_mnist(size);
    let fineness = FINENESS * times.max(1.0);
    let scale = fineness * (LONGER_SIDE - PEN) / extent;
    let radius = fineness * PEN / 2.0;
    let to_picture = |&(x, y): &Point| ((x - left) * scale + radius, (y - top) * scale + radius);
    let elements = |span: f64| (span * scale + 2.0 * radius).ceil() as usize;
    let width = elements(right - left);
    let mut picture = Picture { width, ink: vec![0.0; width * elements(bottom - top)] };
    for line in &lines {
        let line: Vec<Point> = line.iter().map(to_picture).collect();
        let single = [line[0], line[0]];
        let segments = if line.len() == 1 { single.windows(2) } else { line.windows(2) };
        segments.for_each(|ends| paint_segment(&mut picture, ends[0], ends[1], radius));
    }
    place(&picture, times / fineness, size)
}

/// Paints what a round pen covers on a straight way.
fn paint_segment(picture: &mut Picture, from: Point, to: Point, radius: f64) {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let length_squared = (dx * dx + dy * dy).max(f64::MIN_POSITIVE);
    let range = |a: f64, b: f64, size: usize| {
        let last = (a.max(b) + radius).ceil() as usize;
        (a.min(b) - radius).max(0.0) as usize..last.min(size)
    };
    for y in range(from.1, to.1, picture.height()) {
        for x in range(from.0, to.0, picture.width) {
            let (px, py) = (x as f64 + 0.5 - from.0, y as f64 + 0.5 - from.1);
            let along = ((px * dx + py * dy) / length_squared).clamp(0.0, 1.0);
            let (off_x, off_y) = (px - along * dx, py - along * dy);
            if off_x * off_x + off_y * off_y <= radius * radius {
                picture.ink[y * picture.width + x] = 1.0;
            }
        }
    }
}

/// Scales a picture by `scale` and places it in an image by its centre of mass. Each pixel is the mean of the ink that falls
/// into it. `None` if there is no ink.
fn place(picture: &Picture, scale: f64, size: ImageSize) -> Option<Vec<f32>> {
    let centre = picture.centre_of_mass()?;
    let columns = shares(centre.0, scale, picture.width, size.width);
    let rows = shares(centre.1, scale, picture.height(), size.height);
    let mut image = Vec::with_capacity(rows.len() * columns.len());
    for row in &rows {
        for column in &columns {
            let mut ink = 0.0;
            for &(y, share_y) in row {
                let line = &picture.ink[y * picture.width..][..picture.width];
                let of_line: f64 = column.iter().map(|&(x, share)| share * f64::from(line[x])).sum();
                ink += share_y * of_line;
            }
            image.push(ink.clamp(0.0, 1.0) as f32);
        }
    }
    Some(image)
}

/// For each of `pixels` pixels along one side of an image, the elements of a picture that fall into it, each with its share of
/// the pixel. `centre` is the centre of mass, in elements, and `size` the number of elements.
fn shares(centre: f64, scale: f64, size: usize, pixels: u32) -> Vec<Vec<(usize, f64)>> {
    let middle = f64::from(pixels) / 2.0 + CENTRE;
    let of_pixel = |pixel: u32| {
        let from = centre + (f64::from(pixel) - middle) / scale;
        let to = from + 1.0 / scale;
        let elements = from.max(0.0) as usize..(to.max(0.0).ceil() as usize).min(size);
        let share = |at: usize| ((to.min(at as f64 + 1.0) - from.max(at as f64)) * scale).max(0.0);
        elements.map(|at| (at, share(at))).collect()
    };
    (0..pixels).map(of_pixel).collect()
}

/// Pieces into which each curve of a smooth line is cut.
const PIECES: u32 = 4;

/// A line through the middles of a stroke's points, with the points as the handles of its curves: what a hand has drawn,
/// without the corners that come from reading it a few times a second.
pub fn smooth_line(stroke: &[Point]) -> Vec<Point> {
    let (Some(&first), Some(&last)) = (stroke.first(), stroke.last()) else { return vec![] };
    let middle = |a: Point, b: Point| ((a.0 + b.0) / 2.0, (a.1 + b.1) / 2.0);
    let mut line = vec![first];
    for corner in stroke.windows(3) {
        let (from, handle, to) = (middle(corner[0], corner[1]), corner[1], middle(corner[1], corner[2]));
        let on_curve = |piece: u32| {
            let t = f64::from(piece) / f64::from(PIECES);
            let (a, b, c) = ((1.0 - t) * (1.0 - t), 2.0 * t * (1.0 - t), t * t);
            (a * from.0 + b * handle.0 + c * to.0, a * from.1 + b * handle.1 + c * to.1)
        };
        line.extend((0..=PIECES).map(on_curve));
    }
    line.extend((stroke.len() > 1).then_some(last));
    line
}

/// The colours of an image as rows of RGBA pixels. `values` are its values in [0, 1], channel after channel: of red, green and
/// blue, or of one channel, which is shown as ink of the colour `ink` on what lies below.
pub fn rgba(values: &[f32], size: ImageSize, ink: [u8; 3]) -> Vec<u8> {
    let byte = |value: f32| (255.0 * value).round() as u8;
    let pixels = (size.height * size.width) as usize;
    match values {
        red_green_blue if size.channels == 3 && red_green_blue.len() == 3 * pixels => {
            let value = |channel: usize, pixel: usize| byte(red_green_blue[channel * pixels + pixel]);
            (0..pixels).flat_map(|at| [value(0, at), value(1, at), value(2, at), 255]).collect()
        }
        grey => {
            let value = |at: usize| grey.get(at).copied().unwrap_or(0.0);
            (0..pixels).flat_map(|at| [ink[0], ink[1], ink[2], byte(value(at))]).collect()
        }
    }
}

#[cfg(test)]
mod tests;
