//! From rows of bytes, an image each, to lines, a pixel each: the sparse network's input.

use super::{
    batch::Batch,
    lines::{IMAGES, Line},
};
use crate::lab::shape::INPUTS;
use wide::{bytemuck::cast, f32x4, u8x16, u32x4};

/// Pixels taken at once; a whole number of times in an image.
const GROUP: usize = 16;
/// Images taken at once.
const QUAD: usize = 4;

/// The pixels that count, each with its place among the lines.
pub struct Pixels {
    groups: Vec<Group>,
    /// Of each pixel that counts, its place in its group.
    places: Vec<u8>,
    /// Of each pixel that counts, not zero if it is lit in some image of the last batch.
    lit: Vec<u8>,
}

/// Neighbouring pixels of which at least one counts.
struct Group {
    number: usize,
    /// How many count.
    count: usize,
}

impl Pixels {
    /// Those for which `counts` has a `true`.
    pub fn new(counts: &[bool; INPUTS]) -> Pixels {
        let (mut groups, mut places) = (vec![], vec![]);
        for (number, group) in counts.as_chunks::<GROUP>().0.iter().enumerate() {
            let counting = (0..GROUP).filter(|&place| group[place]).map(|place| place as u8);
            let before = places.len();
            places.extend(counting);
            if places.len() > before {
                groups.push(Group { number, count: places.len() - before });
            }
        }
        Pixels { groups, lit: vec![0; places.len()], places }
    }

    /// How many lines a tile needs for them.
    pub fn lines(&self) -> usize {
        self.places.len()
    }

    /// Whether a line's pixel is lit in some image of the last batch gathered.
    #[inline(always)]
    pub fn is_lit(&self, line: u32) -> bool {
        self.lit[line as usize] != 0
    }

    /// Fills the lines of each tile with its images' bytes, 0 to 255, as floats; lanes without an image are zero.
    pub fn gather<'a>(&mut self, batch: Batch<'_>, tiles: impl Iterator<Item = &'a mut [Line]>) {
        const DARK: [u8; INPUTS] = [0; INPUTS];
        let mut lit = [u8x16::ZERO; INPUTS / GROUP];
        for (tile, lines) in tiles.take(batch.len().div_ceil(IMAGES)).enumerate() {
            for quad in 0..IMAGES / QUAD {
                let images: [&[u8; INPUTS]; QUAD] = std::array::from_fn(|k| {
                    let image = tile * IMAGES + quad * QUAD + k;
                    if image < batch.len() {
                        batch.image(image).try_into().expect("a whole image")
                    } else {
                        &DARK
                    }
                });
                self.gather_quad(images, lines, quad, &mut lit);
            }
        }
        let lit = lit.map(u8x16::to_array);
        let mut places = self.places.iter().zip(&mut self.lit);
        for group in &self.groups {
            for (&place, to) in places.by_ref().take(group.count) {
                *to = lit[group.number][usize::from(place)];
            }
        }
    }

    #[inline(always)]
    fn gather_quad(
        &self,
        images: [&[u8; INPUTS]; QUAD],
        lines: &mut [Line],
        quad: usize,
        lit: &mut [u8x16; INPUTS / GROUP],
    ) {
        let mut living = self.places.iter().zip(lines);
        for group in &self.groups {
            let [a, b, c, d] = images.map(|image| u8x16::new(image.as_chunks().0[group.number]));
            lit[group.number] |= a | b | c | d;
            // The four images' bytes of a pixel come to lie beside each other.
            let (ac, bd) = (u8x16::unpack_low(a, c), u8x16::unpack_low(b, d));
            let (ac_high, bd_high) = (u8x16::unpack_high(a, c), u8x16::unpack_high(b, d));
            let quads: [u32; GROUP] = cast([
                u8x16::unpack_low(ac, bd),
                u8x16::unpack_high(ac, bd),
                u8x16::unpack_low(ac_high, bd_high),
                u8x16::unpack_high(ac_high, bd_high),
            ]);
            for (&place, line) in living.by_ref().take(group.count) {
                line.0.as_chunks_mut().0[quad] = widen(quads[usize::from(place) % GROUP]).to_array();
            }
        }
    }
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

    #[test]
    fn every_byte_comes_to_its_place() {
        let images: Vec<u8> = (0..INPUTS * 70).map(|i| (i * i % 257 * (i % 3 / 2)) as u8).collect();
        let rows: Vec<u32> = (0..70).map(|i| (i * 37) % 70).collect();
        let counts: [bool; INPUTS] = std::array::from_fn(|p| p % 5 == 1 && !(300..360).contains(&p));
        let mut pixels = Pixels::new(&counts);
        let counting: Vec<usize> = (0..INPUTS).filter(|&p| counts[p]).collect();
        assert_eq!(pixels.lines(), counting.len());
        for n in [70, 1, 33, 64] {
            let batch = Batch { images: &images, labels: &[], rows: &rows[..n] };
            let mut tiles = vec![vec![Line([9.0; IMAGES]); pixels.lines()]; n.div_ceil(IMAGES)];
            pixels.gather(batch, tiles.iter_mut().map(|lines| &mut lines[..]));
            for (line, &pixel) in counting.iter().enumerate() {
                for image in 0..tiles.len() * IMAGES {
                    let expected = if image < n { f32::from(batch.image(image)[pixel]) } else { 0.0 };
                    assert_eq!(tiles[image / IMAGES][line].0[image % IMAGES], expected);
                }
                let lit = (0..n).any(|image| batch.image(image)[pixel] != 0);
                assert_eq!(pixels.is_lit(line as u32), lit);
            }
        }
    }
}
