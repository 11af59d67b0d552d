//! The nodes in the picture of a network: the dots of units, the feature maps of channels, the pixels of the input image, and the
//! small pictures of what a unit of the first layer reads.

use crate::{
    color::Rgb,
    masks::InputShape,
    network::{NodeCounts, sign_color},
    network_layout::{FeatureMaps, NetworkLayout, NetworkShape, Point},
    style::Theme,
};

/// Dots of one style.
#[derive(Clone, Debug, PartialEq)]
pub struct DotBatch {
    /// Their colour.
    pub color: Rgb,
    /// Whether they are rings.
    pub hollow: bool,
    /// Their centres and radii.
    pub dots: Vec<(Point, f64)>,
}

/// The number of activities that can be told apart.
const SHADES: usize = 6;

/// The largest of a layer's values, and at least 0.
fn largest(values: Option<&Vec<f32>>) -> f32 {
    values.map_or(0.0, |values| values.iter().fold(0.0, |most, value| most.max(*value)))
}

/// The share of a value in its layer's largest one, from 0 to 1.
fn share_of_largest(value: f32, largest: f32) -> f64 {
    if largest > 0.0 { f64::from(value / largest).clamp(0.0, 1.0) } else { 0.0 }
}

/// How dark a place is that so many surviving weights read or feed, where the most are `most`. One with any weights left must
/// look different from one with none. Lines are drawn over it.
fn survivor_tint(count: u32, most: u32) -> f64 {
    if count > 0 { 0.1 + 0.35 * f64::from(count) / f64::from(most.max(1)) } else { 0.0 }
}

fn push_pixel(rgba: &mut Vec<u8>, color: Rgb) {
    rgba.extend([color.0, color.1, color.2, 255]);
}

/// The colour in which a unit lights up.
fn glow(theme: Theme) -> Rgb {
    match theme {
        Theme::Light => Rgb::hex(0x1b1f24),
        Theme::Dark => Rgb::hex(0xffffff),
    }
}

/// The dots of all units of a network whose mask is not known.
pub fn faint_dots(layout: &NetworkLayout, shape: &NetworkShape, theme: Theme) -> Vec<DotBatch> {
    let nodes =
        (1..shape.columns()).filter(|column| shape.maps_of(column - 1).is_none()).flat_map(|column| {
            let radius = layout.columns[column - 1].radius;
            (0..shape.nodes(column)).map(move |index| (layout.node(column, index), radius))
        });
    vec![DotBatch { color: theme.grid(), hollow: false, dots: nodes.collect() }]
}

/// The dots of all units. Those that do nothing any more are rings. `activations` has the values of each layer's units;
/// every layer is lit up relative to its largest value. Without it, all units look alike.
pub fn dots(
    layout: &NetworkLayout,
    shape: &NetworkShape,
    counts: &NodeCounts,
    activations: Option<&[Vec<f32>]>,
    theme: Theme,
) -> Vec<DotBatch> {
    let quiet = theme.background().mix(theme.secondary_text(), 0.35);
    let cut_off = DotBatch { color: theme.axis(), hollow: true, dots: Vec::new() };
    let plain =
        DotBatch { color: theme.text().mix(theme.background(), 0.15), hollow: false, dots: Vec::new() };
    let shade = |shade: usize| {
        let color = quiet.mix(glow(theme), shade as f64 / (SHADES - 1) as f64);
        DotBatch { color, hollow: false, dots: Vec::new() }
    };
    let mut batches: Vec<DotBatch> = [cut_off, plain].into_iter().chain((0..SHADES).map(shade)).collect();
    for column in (1..shape.columns()).filter(|column| shape.maps_of(column - 1).is_none()) {
        let values = activations.and_then(|activations| activations.get(column - 1));
        let most = largest(values);
        let radius = layout.columns[column - 1].radius;
        for index in 0..shape.nodes(column) {
            let value = values.and_then(|values| values.get(index));
            let (batch, radius) = match value {
                _ if counts.is_cut_off(column, index) => (0, radius),
                None => (1, radius),
                Some(&value) => {
                    let share = share_of_largest(value, most);
                    let shade = (share * (SHADES - 1) as f64).round() as usize;
                    // What lights up is larger too, so that it can be seen without colour.
                    (2 + shade, radius * (0.9 + 0.7 * share))
                }
            };
            batches[batch].dots.push((layout.node(column, index), radius));
        }
    }
    batches.retain(|batch| !batch.dots.is_empty());
    batches
}

/// The picture of a channel of a convolution.
#[derive(Clone, Debug, PartialEq)]
pub struct MapPicture {
    /// Its upper left corner, in CSS pixels.
    pub corner: Point,
    /// Its width and its height, in CSS pixels.
    pub size: (f64, f64),
    /// The number of pixels of a row of `rgba`.
    pub columns: usize,
    /// Its pixels, row by row. Empty for a channel that does nothing any more.
    pub rgba: Vec<u8>,
}

/// The pictures of all channels. With `activations`, as for [`dots`], they are feature maps: what a channel found at each place,
/// the stronger the larger relative to the layer's largest. Without them, a channel of the first layer shows its filter as
/// [`paint_reading`] does, for each colour of the image one window beside the other, if `filter` knows its values, and another how many of its weights survive, relative to the one with
/// the most.
pub fn map_pictures(
    layout: &NetworkLayout,
    shape: &NetworkShape,
    counts: &NodeCounts,
    activations: Option<&[Vec<f32>]>,
    filter: impl Fn(usize) -> Vec<Option<f32>>,
    theme: Theme,
) -> Vec<MapPicture> {
    let mut pictures = Vec::new();
    for column in 1..shape.columns() {
        let Some(maps) = shape.maps_of(column - 1) else { continue };
        let values = activations.and_then(|activations| activations.get(column - 1));
        let left = counts.incoming.get(column).map_or(&[][..], |counts| counts);
        let filters: Vec<_> =
            if column == 1 { (0..shape.nodes(1)).map(&filter).collect() } else { Vec::new() };
        let column_of_maps = ColumnOfMaps {
            maps,
            colors: shape.channels,
            values: values.map(|values| &values[..]),
            largest: largest(values),
            left,
            most_left: left.iter().copied().max().unwrap_or(0),
            strongest: filters.iter().flatten().flatten().fold(0.0_f32, |most, value| most.max(value.abs())),
            filters: &filters,
        };
        for index in 0..shape.nodes(column) {
            let Some((corner, size)) = layout.map(column, index) else { continue };
            let picture = MapPicture { corner, size, columns: 1, rgba: Vec::new() };
            pictures.push(match counts.is_cut_off(column, index) {
                true => picture,
                false => column_of_maps.paint(index, picture, theme),
            });
        }
    }
    pictures
}

/// What the channels of a convolution show.
struct ColumnOfMaps<'a> {
    maps: FeatureMaps,
    /// The number of channels of the image.
    colors: usize,
    /// What all its units give, and the largest of it.
    values: Option<&'a [f32]>,
    largest: f32,
    /// The surviving weights of each channel, and the most of a channel.
    left: &'a [u32],
    most_left: u32,
    /// The filters, in the first convolution alone, and the size of their largest weight.
    filters: &'a [Vec<Option<f32>>],
    strongest: f32,
}

impl ColumnOfMaps<'_> {
    /// Paints a channel's picture, which has its place and is empty.
    fn paint(&self, channel: usize, mut picture: MapPicture, theme: Theme) -> MapPicture {
        let (ground, ink) = ground_and_ink(theme);
        let cells = self.maps.height * self.maps.width;
        let found = self.values.and_then(|values| values.get(channel * cells..(channel + 1) * cells));
        if let Some(found) = found {
            for &value in found {
                let share = share_of_largest(value, self.largest);
                push_pixel(&mut picture.rgba, ground.mix(glow(theme), share));
            }
            return MapPicture { columns: self.maps.width, ..picture };
        }
        match self.filters.get(channel) {
            Some(filter) if filter.len().is_multiple_of(self.maps.kernel) && !filter.is_empty() => {
                let kernel = self.maps.kernel;
                let read = InputShape { channels: self.colors, height: kernel, width: kernel };
                picture.columns = paint_reading(filter, read, self.strongest, theme, &mut picture.rgba);
                if self.colors > 1 {
                    // Windows side by side are as wide as the map, and as much less high.
                    let (width, height) = picture.size;
                    picture.size.1 = (width * kernel as f64 / picture.columns as f64).min(height);
                    picture.corner.1 += (height - picture.size.1) / 2.0;
                }
            }
            _ => {
                let left = self.left.get(channel).copied().unwrap_or(0);
                push_pixel(&mut picture.rgba, ground.mix(ink, survivor_tint(left, self.most_left)));
            }
        }
        picture
    }
}

/// The colours of what is dark and of what is bright in an image.
fn ground_and_ink(theme: Theme) -> (Rgb, Rgb) {
    match theme {
        Theme::Light => (Rgb::hex(0xeceff3), Rgb::hex(0x12304a)),
        Theme::Dark => (Rgb::hex(0x22272e), Rgb::hex(0xc9dcf0)),
    }
}

/// Paints the input image into `rgba`, a pixel for each of its pixels: `values`, from 0 to 1 and channel after channel, if there
/// are any, else how many weights of each pixel survive, relative to the pixel with the most. An image of three channels has
/// its own colours, red, green and blue; one of one channel those of the theme.
pub fn paint_input(counts: &NodeCounts, values: Option<&[f32]>, theme: Theme, rgba: &mut Vec<u8>) {
    let [counts, ..] = &counts.outgoing[..] else { return rgba.clear() };
    let (ground, ink) = ground_and_ink(theme);
    let most = counts.iter().copied().max().unwrap_or(0);
    rgba.clear();
    for (pixel, &count) in counts.iter().enumerate() {
        let value = |values: &[f32], channel: usize| {
            values.get(channel * counts.len() + pixel).copied().unwrap_or(0.0)
        };
        let color = match values {
            Some(values) if values.len() == 3 * counts.len() => {
                let byte = |channel| (255.0 * value(values, channel)).round() as u8;
                Rgb(byte(0), byte(1), byte(2))
            }
            Some(values) => ground.mix(ink, f64::from(value(values, 0))),
            None => ground.mix(ink, survivor_tint(count, most)),
        };
        push_pixel(rgba, color);
    }
}

/// Paints what a unit of the first layer reads into `rgba`: a pixel for each input in the colour of its weight's sign, the
/// stronger the larger the value. `values` has `None` where the weight is pruned. `most` is the size of the strongest
/// colour. The channels of what it reads stand side by side, with transparent gaps. Returns the number of pixels of a row.
pub fn paint_reading(
    values: &[Option<f32>],
    read: InputShape,
    most: f32,
    theme: Theme,
    rgba: &mut Vec<u8>,
) -> usize {
    let (ground, _) = ground_and_ink(theme);
    let width = read.width_of_planes();
    rgba.clear();
    for at in 0..width * read.height {
        let Some(value) = read.input_at(at % width, at / width).and_then(|input| values.get(input)) else {
            rgba.extend([0; 4]);
            continue;
        };
        let color = match value {
            None => ground,
            Some(value) => {
                let share = f64::from(value.abs() / most.max(f32::MIN_POSITIVE)).clamp(0.0, 1.0);
                theme.background().mix(sign_color(theme, *value < 0.0), 0.15 + 0.85 * share.sqrt())
            }
        };
        push_pixel(rgba, color);
    }
    width
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_unit_is_drawn_once_and_rings_are_those_that_do_nothing() {
        let shape = NetworkShape::linear(&[16, 5, 3], 4);
        let layout = NetworkLayout::new(&shape, (400.0, 200.0), 10.0, 1.0);
        // Unit 2 of the first layer reads nothing, unit 4 is read by nothing.
        let survives = |weight: usize| if weight < 80 { weight / 16 != 2 } else { (weight - 80) % 5 != 4 };
        let counts = NodeCounts::new(&shape, survives);
        for activations in [None, Some(&[vec![0.0, 1.0, 2.0, 3.0, 4.0], vec![-1.0, 0.5, 9.0]][..])] {
            let batches = dots(&layout, &shape, &counts, activations, Theme::Dark);
            assert_eq!(batches.iter().map(|batch| batch.dots.len()).sum::<usize>(), 8);
            let rings: Vec<Point> =
                batches.iter().filter(|b| b.hollow).flat_map(|b| &b.dots).map(|dot| dot.0).collect();
            assert_eq!(rings, [layout.node(1, 2), layout.node(1, 4)]);
        }
        let mut rgba = Vec::new();
        paint_input(&counts, None, Theme::Light, &mut rgba);
        assert_eq!(rgba.len(), 16 * 4);
        let read = InputShape::square(4);
        let values = [None, Some(0.5), Some(-0.5), Some(0.0)];
        assert_eq!(paint_reading(&values, read, 0.5, Theme::Light, &mut rgba), 2);
        let (pixels, _) = rgba.as_chunks::<4>();
        assert!((0..4).all(|i| (0..i).all(|j| pixels[i] != pixels[j])), "{pixels:?}");
    }

    #[test]
    fn channels_show_what_they_find_or_their_filters() {
        let maps = |height| Some(FeatureMaps { kernel: 3, height, width: 2 });
        let shape = NetworkShape {
            layers: vec![(9, 2), (18, 3), (12, 10)],
            maps: vec![maps(3), maps(2), None],
            pixels: 36,
            image_width: 6,
            channels: 1,
        };
        let layout = NetworkLayout::new(&shape, (400.0, 200.0), 10.0, 1.0);
        // The last channel of the second convolution has no weight left.
        let counts = NodeCounts::new(&shape, |weight| !(18 + 36..18 + 54).contains(&weight));
        let values = [(0..12).map(|k| k as f32).collect(), vec![1.0; 12], vec![0.0; 10]];
        let filter = |channel: usize| vec![(channel == 0).then_some(0.5); 9];
        let lit = map_pictures(&layout, &shape, &counts, Some(&values), filter, Theme::Light);
        assert_eq!(
            lit.iter().map(|one| (one.columns, one.rgba.len())).collect::<Vec<_>>(),
            [(2, 24), (2, 24), (2, 16), (2, 16), (1, 0)]
        );
        assert!(lit[0].rgba[..4] != lit[0].rgba[4..8] && lit[2].rgba[..4] == lit[2].rgba[4..8]);
        let plain = map_pictures(&layout, &shape, &counts, None, filter, Theme::Light);
        assert_eq!(
            plain.iter().map(|one| (one.columns, one.rgba.len())).collect::<Vec<_>>(),
            [(3, 36), (3, 36), (1, 4), (1, 4), (1, 0)]
        );
        assert_ne!(plain[0].rgba, plain[1].rgba);
        let dots = dots(&layout, &shape, &counts, None, Theme::Light);
        assert_eq!(dots.iter().map(|batch| batch.dots.len()).sum::<usize>(), 10);
    }

    #[test]
    fn coloured_images_have_their_colours_and_readings_their_channels_side_by_side() {
        let shape = NetworkShape { channels: 3, layers: vec![(6, 4)], ..NetworkShape::linear(&[2, 4], 2) };
        let counts = NodeCounts::new(&shape, |_| true);
        let mut rgba = Vec::new();
        paint_input(&counts, Some(&[1.0, 0.2, 0.0, 0.4, 0.0, 0.6]), Theme::Dark, &mut rgba);
        assert_eq!(rgba, [255, 0, 0, 255, 51, 102, 153, 255]);
        paint_input(&counts, None, Theme::Dark, &mut rgba);
        assert_eq!(rgba.len(), 2 * 4);
        // Red, a gap, green, a gap, blue: each a row of two weights.
        let values = [Some(1.0), None, Some(-1.0), None, Some(0.5), None];
        let read = InputShape { channels: 3, height: 1, width: 2 };
        assert_eq!(paint_reading(&values, read, 1.0, Theme::Light, &mut rgba), 8);
        let (pixels, _) = rgba.as_chunks::<4>();
        let transparent: Vec<usize> = (0..8).filter(|&at| pixels[at][3] == 0).collect();
        assert_eq!(transparent, [2, 5]);
        assert!(pixels[1] == pixels[4] && pixels[4] == pixels[7], "what is pruned");
        assert!(pixels[0] != pixels[3] && pixels[3] != pixels[6] && pixels[0] != pixels[6]);
    }

    #[test]
    fn a_filter_of_colours_has_a_window_for_each() {
        let maps = Some(FeatureMaps { kernel: 5, height: 14, width: 14 });
        let shape = NetworkShape {
            layers: vec![(75, 2), (392, 10)],
            maps: vec![maps, None],
            pixels: 784,
            image_width: 28,
            channels: 3,
        };
        let layout = NetworkLayout::new(&shape, (400.0, 200.0), 10.0, 1.0);
        let counts = NodeCounts::new(&shape, |_| true);
        let pictures = map_pictures(&layout, &shape, &counts, None, |_| vec![Some(0.5); 75], Theme::Light);
        let ((x, y), (width, height)) = layout.map(1, 0).unwrap();
        assert_eq!((pictures[0].columns, pictures[0].rgba.len()), (17, 4 * 17 * 5));
        assert_eq!((pictures[0].corner.0, pictures[0].size.0), (x, width));
        assert!((pictures[0].size.1 - width * 5.0 / 17.0).abs() < 1e-9);
        let below = y + height - pictures[0].corner.1 - pictures[0].size.1;
        assert!((pictures[0].corner.1 - y - below).abs() < 1e-9, "in the middle of the map's place");
    }
}
