//! Compares masks with each other and with chance: how many weights two masks have in common, and whether the surviving inputs
//! of a unit of the first layer lie side by side in the image (Pellegrini & Biroli 2022).

use model::ImageSize;

/// The weights that two masks of a layer have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Overlap {
    /// The weights that survive in both.
    pub common: u32,
    /// Those that survive in the first.
    pub first: u32,
    /// Those that survive in the second.
    pub second: u32,
    /// All weights of the layer.
    pub all: u32,
}

impl Overlap {
    /// The overlap of two masks of the same layer, a byte for each weight, 0 where it is pruned.
    pub fn of(first: &[u8], second: &[u8]) -> Overlap {
        let survivors = |mask: &[u8]| mask.iter().map(|&alive| u32::from(alive != 0)).sum();
        let both = first.iter().zip(second).map(|(&one, &other)| u32::from(one != 0 && other != 0));
        Overlap {
            common: both.sum(),
            first: survivors(first),
            second: survivors(second),
            all: first.len() as u32,
        }
    }

    /// The share of the first mask's survivors that survive in the second too, from 0 to 1. `None` if it has none.
    pub fn share(&self) -> Option<f64> {
        (self.first > 0).then(|| f64::from(self.common) / f64::from(self.first))
    }

    /// The share to be expected if the second mask's survivors were drawn at random from the layer's weights.
    pub fn by_chance(&self) -> f64 {
        f64::from(self.second) / f64::from(self.all.max(1))
    }
}

/// The share of the first mask's survivors that is to be expected in the second, from 0 to 1, if each pixel kept as many weights
/// there as it has, of units drawn at random: what two masks have in common that prefer the same pixels. Both are masks of a dense
/// first layer, (units, pixels) row by row. `None` if the first has no survivors or the masks are no whole number of units.
pub fn overlap_if_units_shuffled(first: &[u8], second: &[u8], image: ImageSize) -> Option<f64> {
    let pixels = image.values();
    if pixels == 0 || !first.len().is_multiple_of(pixels) || first.len() != second.len() {
        return None;
    }
    let (ours, theirs) = (survivors_by_pixel(first, pixels), survivors_by_pixel(second, pixels));
    let survivors: u32 = ours.iter().sum();
    let pairs: f64 = ours.iter().zip(&theirs).map(|(&one, &other)| f64::from(one) * f64::from(other)).sum();
    let units = (first.len() / pixels) as f64;
    (survivors > 0).then(|| pairs / units / f64::from(survivors))
}

/// How many weights of each pixel survive in a mask, (units, pixels) row by row.
fn survivors_by_pixel(mask: &[u8], pixels: usize) -> Vec<u32> {
    let mut counts = vec![0; pixels];
    for unit in mask.chunks_exact(pixels) {
        counts.iter_mut().zip(unit).for_each(|(count, &alive)| *count += u32::from(alive != 0));
    }
    counts
}

/// How often the inputs that a unit of the first layer reads are neighbours in the image.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Locality {
    /// Pairs of surviving weights of one unit whose pixels are side by side, in a row or a column of the same channel.
    pub neighbours: u32,
    /// The pairs to be expected if the survivors of the layer were drawn at random.
    pub if_shuffled: f64,
    /// The pairs to be expected if each pixel kept as many weights as it has, of units drawn at random. It has more pairs than
    /// a shuffled layer wherever weights survive in the middle of the image rather than at its rim.
    pub if_units_shuffled: f64,
}

impl Locality {
    /// The locality of a dense first layer's mask, (units, pixels) row by row, over images of this size, with 1 for
    /// a survivor and 0 for another weight. `None` if the mask is no whole number of units.
    pub fn of(mask: &[u8], image: ImageSize) -> Option<Locality> {
        let pixels = image.values();
        if pixels == 0 || mask.is_empty() || !mask.len().is_multiple_of(pixels) {
            return None;
        }
        let units = mask.len() / pixels;
        let by_pixel = survivors_by_pixel(mask, pixels);
        let pairs = neighbouring_pixels(image);
        let (survivors, all) = (f64::from(by_pixel.iter().sum::<u32>()), mask.len() as f64);
        let both_survive =
            if mask.len() > 1 { survivors * (survivors - 1.0) / (all * (all - 1.0)) } else { 0.0 };
        let of_units =
            pairs.iter().map(|(one, other)| f64::from(by_pixel[*one]) * f64::from(by_pixel[*other]));
        Some(Locality {
            neighbours: mask.chunks_exact(pixels).map(|unit| neighbouring_survivors(unit, image)).sum(),
            if_shuffled: (units * pairs.len()) as f64 * both_survive,
            if_units_shuffled: of_units.sum::<f64>() / units as f64,
        })
    }

    /// How many times as many neighbours there are as in fields of the same pixels with their units shuffled. `None` if none are to
    /// be expected there.
    pub fn times_shuffled_units(&self) -> Option<f64> {
        (self.if_units_shuffled > 0.0).then(|| f64::from(self.neighbours) / self.if_units_shuffled)
    }
}

/// The pairs of surviving weights of a unit that are side by side. Slices beside each other are compared whole, because a page
/// has hundreds of masks to read.
fn neighbouring_survivors(unit: &[u8], image: ImageSize) -> u32 {
    let (height, width) = (image.height as usize, image.width as usize);
    let both = |one: &[u8], other: &[u8]| -> u32 {
        one.iter().zip(other).map(|(one, other)| u32::from(one & other)).sum()
    };
    let in_row = |row: &[u8]| both(row, &row[1..]);
    unit.chunks_exact(height * width)
        .map(|channel| {
            both(channel, &channel[width..]) + channel.chunks_exact(width).map(in_row).sum::<u32>()
        })
        .sum()
}

/// The pairs of pixels that are side by side, by their places in an image that is stored channel by channel, row by row.
fn neighbouring_pixels(image: ImageSize) -> Vec<(usize, usize)> {
    let (height, width) = (image.height as usize, image.width as usize);
    let of_pixel = |pixel: usize| {
        let (row, column) = (pixel / width % height, pixel % width);
        let right = (column + 1 < width).then_some((pixel, pixel + 1));
        let below = (row + 1 < height).then_some((pixel, pixel + width));
        right.into_iter().chain(below)
    };
    (0..image.values()).flat_map(of_pixel).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: ImageSize = ImageSize { channels: 2, height: 2, width: 3 };

    /// Every mask of so many weights.
    fn masks(weights: usize) -> impl Iterator<Item = Vec<u8>> {
        (0..1_u32 << weights).map(move |bits| (0..weights).map(|at| (bits >> at & 1) as u8).collect())
    }

    fn slow_neighbours(mask: &[u8], image: ImageSize) -> u32 {
        let place = |at: usize| {
            let (width, height) = (image.width as usize, image.height as usize);
            let pixel = at % image.values();
            let unit_and_channel = (at / image.values(), pixel / (width * height));
            (unit_and_channel, (pixel / width % height) as i32, (pixel % width) as i32)
        };
        let mut pairs = 0;
        for one in 0..mask.len() {
            for other in 0..one {
                let ((a, y, x), (b, v, u)) = (place(one), place(other));
                let is_pair = a == b && (y - v).abs() + (x - u).abs() == 1;
                pairs += u32::from(is_pair && mask[one] == 1 && mask[other] == 1);
            }
        }
        pairs
    }

    #[test]
    fn expected_neighbours_are_the_mean_over_all_masks() {
        // Two units of images of two rows and three pixels.
        let image = ImageSize { channels: 1, height: 2, width: 3 };
        let given = [1, 1, 0, 0, 1, 0, 0, 1, 1, 0, 0, 0];
        let locality = Locality::of(&given, image).unwrap();
        assert_eq!(locality.neighbours, slow_neighbours(&given, image));
        let column = |mask: &[u8], pixel: usize| mask[pixel] + mask[6 + pixel];
        let mean = |keep: &dyn Fn(&[u8]) -> bool| {
            let kept: Vec<u32> =
                masks(12).filter(|mask| keep(mask)).map(|mask| slow_neighbours(&mask, image)).collect();
            f64::from(kept.iter().sum::<u32>()) / kept.len() as f64
        };
        let survivors = given.iter().sum::<u8>();
        let shuffled = mean(&|mask| mask.iter().sum::<u8>() == survivors);
        assert!((locality.if_shuffled - shuffled).abs() < 1e-12, "{shuffled}");
        let units_shuffled = mean(&|mask| (0..6).all(|pixel| column(mask, pixel) == column(&given, pixel)));
        assert!((locality.if_units_shuffled - units_shuffled).abs() < 1e-12, "{units_shuffled}");
        assert_eq!(
            locality.times_shuffled_units(),
            Some(f64::from(locality.neighbours) / locality.if_units_shuffled)
        );
    }

    #[test]
    fn channels_and_units_do_not_touch() {
        for seed in 0..50_u32 {
            let mask: Vec<u8> = (0..36).map(|at| ((seed * 977 + at * at * 31 + at) % 3 % 2) as u8).collect();
            assert_eq!(Locality::of(&mask, SMALL).unwrap().neighbours, slow_neighbours(&mask, SMALL));
        }
        assert_eq!(Locality::of(&[1; 13], SMALL), None);
        assert_eq!(Locality::of(&[], SMALL), None);
        assert_eq!(Locality::of(&[0; 12], SMALL).unwrap().times_shuffled_units(), None);
    }

    #[test]
    fn overlap_beside_chance() {
        let overlap = Overlap::of(&[1, 1, 0, 0, 1], &[1, 0, 1, 0, 1]);
        assert_eq!(overlap, Overlap { common: 2, first: 3, second: 3, all: 5 });
        assert_eq!((overlap.share(), overlap.by_chance()), (Some(2.0 / 3.0), 0.6));
        assert_eq!(Overlap::of(&[0, 0], &[1, 0]).share(), None);
        // The mean over all second masks with as many survivors of each pixel.
        let image = ImageSize { channels: 1, height: 1, width: 4 };
        let (ours, theirs) = ([1, 1, 0, 0, 1, 0, 0, 1, 1, 1, 0, 0], [1, 0, 1, 0, 1, 0, 0, 0, 0, 1, 0, 1]);
        let column = |mask: &[u8], pixel: usize| mask[pixel] + mask[4 + pixel] + mask[8 + pixel];
        let alike =
            masks(12).filter(|mask| (0..4).all(|pixel| column(mask, pixel) == column(&theirs, pixel)));
        let shares: Vec<f64> = alike.map(|mask| Overlap::of(&ours, &mask).share().unwrap()).collect();
        let mean = shares.iter().sum::<f64>() / shares.len() as f64;
        let expected = overlap_if_units_shuffled(&ours, &theirs, image).unwrap();
        assert!((expected - mean).abs() < 1e-12, "{expected} and {mean}");
        // The mean over all second masks of two survivors.
        let first = [1, 1, 1, 0, 0, 0];
        let all: Vec<f64> = masks(6)
            .filter(|mask| mask.iter().sum::<u8>() == 2)
            .map(|mask| Overlap::of(&first, &mask).share().unwrap())
            .collect();
        let mean = all.iter().sum::<f64>() / all.len() as f64;
        assert!((mean - Overlap::of(&first, &[1, 1, 0, 0, 0, 0]).by_chance()).abs() < 1e-12);
    }
}
