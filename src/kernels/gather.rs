//! From images, bytes one after the other, to lines, one for each pixel: the input of the sparse network.

use crate::{
    batch::{Batch, prefetch},
    lines::LineActivations,
    sparse_loops::{LINE_IMAGES, Line, QUAD_IMAGES},
};
use std::iter::repeat_n;
use wide::{bytemuck::cast, f32x4, u8x16, u32x4};

/// Pixels of a group, which are taken at once. The last group of an image may have fewer.
const GROUP_PIXELS: usize = 16;
/// A bit for each quad of a line.
const BITS: [u8; LINE_IMAGES / QUAD_IMAGES] = [1, 2, 4, 8, 16, 32, 64, 128];
/// Number of quads that are converted per unrolled step; the loop's overhead would cost as much as the conversion
/// itself.
const UNROLLED: usize = 4;
/// The byte of a white pixel, whose pixel value is 1.
const WHITE: f32 = 255.0;

/// A plan of which pixels are gathered, those that a surviving weight reads, by groups of neighbours.
pub(crate) struct PixelGatherer {
    groups: Vec<PixelGroup>,
    /// For each pixel that is gathered, its index in its group.
    pixel_in_group: Vec<u8>,
    /// An image without any light, which stands for those that a tile lacks.
    dark: Vec<u8>,
}

/// Neighbouring pixels of which at least one is gathered.
struct PixelGroup {
    index: usize,
    /// How many of them are gathered.
    used_pixels: usize,
}

impl PixelGatherer {
    /// Those for which `counts` has a `true`.
    pub(crate) fn new(counts: &[bool]) -> PixelGatherer {
        let (mut groups, mut places) = (vec![], vec![]);
        for (number, group) in counts.chunks(GROUP_PIXELS).enumerate() {
            let counting = (0..group.len()).filter(|&place| group[place]).map(|place| place as u8);
            let before = places.len();
            places.extend(counting);
            if places.len() > before {
                groups.push(PixelGroup { index: number, used_pixels: places.len() - before });
            }
        }
        PixelGatherer { groups, pixel_in_group: places, dark: vec![0; counts.len()] }
    }

    /// The number of pixels of an image.
    pub(crate) fn image_pixels(&self) -> usize {
        self.dark.len()
    }

    /// How many are gathered.
    pub(crate) fn pixel_count(&self) -> usize {
        self.pixel_in_group.len()
    }

    /// Fills each tile with its images' bytes, 0 to 255, as floats; lanes without an image are zero.
    pub(crate) fn gather<'a>(&self, batch: Batch<'_>, tiles: impl Iterator<Item = &'a mut LineActivations>) {
        for (tile, input) in tiles.take(batch.len().div_ceil(LINE_IMAGES)).enumerate() {
            let images: [&[u8]; LINE_IMAGES] = std::array::from_fn(|k| {
                let image = tile * LINE_IMAGES + k;
                if image < batch.len() { batch.image(image) } else { &self.dark }
            });
            prefetch(&images);
            self.gather_tile(&images, input);
        }
    }

    /// As [`PixelGatherer::gather`], for images given by their pixel values in [0, 1], image after image. Those
    /// that are a byte's become exactly that byte.
    pub(crate) fn gather_pixel_values<'a>(
        &self,
        images: &[f32],
        tiles: impl Iterator<Item = &'a mut LineActivations>,
    ) {
        for (images, input) in images.chunks(LINE_IMAGES * self.image_pixels()).zip(tiles) {
            let lines = input.lines.iter_mut().zip(&mut input.nonzero_quad_bits);
            for (pixel, (line, bits)) in self.pixels().zip(lines) {
                (*line, *bits) = (Line::ZERO, 0);
                for (lane, image) in images.chunks_exact(self.image_pixels()).enumerate() {
                    let value = image[pixel] * WHITE;
                    line.0[lane] = value;
                    *bits |= if value != 0.0 { BITS[lane / QUAD_IMAGES] } else { 0 };
                }
            }
        }
    }

    /// The pixels that are gathered, in the order of their lines.
    pub(crate) fn pixels(&self) -> impl Iterator<Item = usize> {
        let starts =
            self.groups.iter().flat_map(|group| repeat_n(group.index * GROUP_PIXELS, group.used_pixels));
        starts.zip(&self.pixel_in_group).map(|(start, &place)| start + usize::from(place))
    }

    fn gather_tile(&self, images: &[&[u8]; LINE_IMAGES], input: &mut LineActivations) {
        let mut places = self.pixel_in_group.iter().zip(&mut input.nonzero_quad_bits).zip(&mut input.lines);
        // Allocated once outside the loop, because creating the array zeroes its memory each time.
        let mut quads = [[0; GROUP_PIXELS]; LINE_IMAGES / QUAD_IMAGES];
        for group in &self.groups {
            let mut lit = u8x16::ZERO;
            for ((quad, images), bit) in quads.iter_mut().zip(images.as_chunks::<QUAD_IMAGES>().0).zip(BITS) {
                let [a, b, c, d] = images.map(|image| u8x16::new(group_of(image, group.index)));
                let dark = (a | b | c | d).simd_eq(u8x16::ZERO);
                lit |= u8x16::splat(bit) & !dark;
                // The four images' bytes of a pixel come to lie beside each other.
                let (ac, bd) = (u8x16::unpack_low(a, c), u8x16::unpack_low(b, d));
                let (ac_high, bd_high) = (u8x16::unpack_high(a, c), u8x16::unpack_high(b, d));
                *quad = cast::<_, [u32; GROUP_PIXELS]>([
                    u8x16::unpack_low(ac, bd),
                    u8x16::unpack_high(ac, bd),
                    u8x16::unpack_low(ac_high, bd_high),
                    u8x16::unpack_high(ac_high, bd_high),
                ]);
            }
            let lit = lit.to_array();
            for ((&place, bits), line) in places.by_ref().take(group.used_pixels) {
                let place = usize::from(place) % GROUP_PIXELS;
                *bits = lit[place];
                let parts: &mut [[[f32; QUAD_IMAGES]; UNROLLED]] = line.0.as_chunks_mut().0.as_chunks_mut().0;
                for (part, quads) in parts.iter_mut().zip(quads.as_chunks::<UNROLLED>().0) {
                    for k in 0..UNROLLED {
                        part[k] = widen(quads[k][place]).to_array();
                    }
                }
            }
        }
    }
}

/// The bytes of a group of an image; zero beyond the image's end.
#[inline(always)]
fn group_of(image: &[u8], index: usize) -> [u8; GROUP_PIXELS] {
    let (groups, rest) = image.as_chunks::<GROUP_PIXELS>();
    groups.get(index).copied().unwrap_or_else(|| std::array::from_fn(|k| rest.get(k).copied().unwrap_or(0)))
}

/// Four bytes as floats.
#[inline(always)]
fn widen(bytes: u32) -> f32x4 {
    let bytes: u8x16 = cast(u32x4::splat(bytes));
    // Zeros between the bytes, twice, make each a little-endian word.
    let pairs = u8x16::unpack_low(bytes, u8x16::ZERO);
    f32x4::from_i32x4(cast(u8x16::unpack_low(pairs, u8x16::ZERO)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch::pixel_values;

    #[test]
    fn a_bytes_pixel_value_becomes_that_byte_again() {
        for (byte, value) in pixel_values().into_iter().enumerate() {
            assert_eq!(value * WHITE, byte as f32);
        }
    }

    #[test]
    fn every_byte_comes_to_its_place() {
        // Whole groups, a last group of one pixel and of fifteen, and an image that is smaller than a group.
        for image_pixels in [784, 785, 27 * 29, 9] {
            every_byte_of_images_comes_to_its_place(image_pixels);
        }
    }

    fn every_byte_of_images_comes_to_its_place(image_pixels: usize) {
        let images: Vec<u8> = (0..image_pixels * 70).map(|i| (i * i % 257 * (i % 3 / 2)) as u8).collect();
        let rows: Vec<u32> = (0..70).map(|i| (i * 37) % 70).collect();
        let reads = |p: usize| (p % 5 == 1 && !(300..360).contains(&p)) || p + 1 == image_pixels;
        let counts: Vec<bool> = (0..image_pixels).map(reads).collect();
        let pixels = PixelGatherer::new(&counts);
        let counting: Vec<usize> = (0..image_pixels).filter(|&p| counts[p]).collect();
        assert_eq!(pixels.pixels().collect::<Vec<_>>(), counting);
        for n in [70, 1, 33, 64] {
            let batch =
                Batch { images: &images, image_bytes: image_pixels, labels: &[], image_indices: &rows[..n] };
            let tile = |_| LineActivations::new(pixels.pixel_count(), true);
            let mut tiles: Vec<LineActivations> = (0..n.div_ceil(LINE_IMAGES)).map(tile).collect();
            for input in &mut tiles {
                input.lines.fill(Line([9.0; LINE_IMAGES]));
            }
            pixels.gather(batch, tiles.iter_mut());
            let values: Vec<f32> =
                (0..n).flat_map(|i| batch.image(i)).map(|&byte| pixel_values()[usize::from(byte)]).collect();
            let mut by_value: Vec<LineActivations> = (0..tiles.len()).map(tile).collect();
            for input in &mut by_value {
                input.lines.fill(Line([9.0; LINE_IMAGES]));
                input.nonzero_quad_bits.fill(0xff);
            }
            pixels.gather_pixel_values(&values, by_value.iter_mut());
            for (by_byte, by_value) in tiles.iter().zip(&by_value) {
                assert_eq!(by_value.lines, by_byte.lines);
                assert_eq!(by_value.nonzero_quad_bits, by_byte.nonzero_quad_bits);
            }
            for (tile, input) in tiles.iter().enumerate() {
                assert_eq!(input.lines.len(), counting.len());
                let of_tile = (tile * LINE_IMAGES..n).take(LINE_IMAGES);
                for (line, &pixel) in counting.iter().enumerate() {
                    let byte = |image: usize| batch.image(image)[pixel];
                    let mut expected = Line::ZERO;
                    expected.0.iter_mut().zip(of_tile.clone()).for_each(|(to, i)| *to = f32::from(byte(i)));
                    assert_eq!(input.lines[line], expected);
                    let lit = |lane: &usize| expected.0[*lane] != 0.0;
                    let ends = (0..LINE_IMAGES).find(lit).zip((0..LINE_IMAGES).rev().find(lit));
                    let quads = ends.map_or(0, |(first, last)| last / QUAD_IMAGES + 1 - first / QUAD_IMAGES);
                    assert_eq!(input.nonzero_quads(line).quad_count, quads);
                    if let Some((first, _)) = ends {
                        assert_eq!(input.nonzero_quads(line).first_image, first / QUAD_IMAGES * QUAD_IMAGES);
                    }
                }
            }
        }
    }
}
