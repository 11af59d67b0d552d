//! The colours of the masks and the animation of a pruning.

use crate::masks::{MaskHistory, MaskPicture, Tiles, WeightState, picture_size};
use crate::{color::Rgb, style::Theme};
use texts::text;

/// The colours of the masks. They differ mainly in lightness, so that they can be told apart without hue and in print. No
/// arm has the magenta of dying weights.
struct Palette {
    surviving: Rgb,
    just_pruned: Rgb,
    pruned_earlier: Rgb,
    /// The colour of a weight that is just being pruned, at its brightest.
    flash: Rgb,
}

impl Palette {
    const fn of(theme: Theme) -> Palette {
        match theme {
            Theme::Light => Palette {
                surviving: Rgb::hex(0x12304a),
                just_pruned: Rgb::hex(0xd0409a),
                pruned_earlier: Rgb::hex(0xeceef1),
                flash: Rgb::hex(0xff2fb0),
            },
            Theme::Dark => Palette {
                surviving: Rgb::hex(0x9cc4e6),
                just_pruned: Rgb::hex(0xa8337e),
                pruned_earlier: Rgb::hex(0x22272e),
                flash: Rgb::hex(0xffd0f0),
            },
        }
    }

    fn color_of(&self, fate: WeightState, phase: f64) -> Rgb {
        match fate {
            WeightState::Surviving => self.surviving,
            WeightState::JustPruned => self.pruning_color(phase),
            WeightState::PrunedEarlier => self.pruned_earlier,
        }
    }

    /// The weight flashes in the first third of the animation, stays bright, and then fades to a faint trace, which
    /// remains until the next pruning.
    fn pruning_color(&self, phase: f64) -> Rgb {
        let lit = self.surviving.mix(self.flash, smoothstep(phase / 0.3));
        lit.mix(self.just_pruned, smoothstep((phase - 0.5) / 0.5))
    }
}

/// Interpolates from 0 to 1 with a slope of zero at both ends.
fn smoothstep(share: f64) -> f64 {
    let share = if share.is_finite() { share.clamp(0.0, 1.0) } else { 1.0 };
    share * share * (3.0 - 2.0 * share)
}

/// The colour of something that is being pruned, and its strength: it flashes in the colour of the masks and then vanishes.
/// `progress` is that of the animation, from 0 to 1.
pub(crate) fn pruning(theme: Theme, progress: f64) -> (Rgb, f64) {
    let palette = Palette::of(theme);
    let color = palette.flash.mix(palette.just_pruned, smoothstep((progress - 0.2) / 0.5));
    (color, 1.0 - smoothstep((progress - 0.6) / 0.4))
}

/// The colour of weights that have just been pruned.
pub(crate) fn just_pruned(theme: Theme) -> Rgb {
    Palette::of(theme).just_pruned
}

/// The names and the CSS colours of the legend.
pub fn legend(theme: Theme) -> [(&'static str, String); 3] {
    let palette = Palette::of(theme);
    [
        (text("mask.alive"), palette.surviving.css()),
        (text("mask.just_pruned"), palette.just_pruned.css()),
        (text("mask.pruned_earlier"), palette.pruned_earlier.css()),
    ]
}

const TRANSPARENT: [u8; 4] = [0; 4];

fn opaque(color: Rgb) -> [u8; 4] {
    [color.0, color.1, color.2, 255]
}

/// Paints a picture into `rgba` as rows of RGBA pixels, each opaque or transparent. The vector is resized to fit.
/// [`picture_size`] gives the width and height.
pub fn paint(masks: &MaskHistory<'_>, picture: MaskPicture, theme: Theme, rgba: &mut Vec<u8>) {
    let (width, height) = picture_size(masks.shape, picture);
    rgba.clear();
    rgba.resize(4 * width * height, 0);
    let (pixels, _) = rgba.as_chunks_mut::<4>();
    let palette = Palette::of(theme);
    if picture == MaskPicture::Pixels {
        paint_pixels(masks, &palette, pixels);
        return;
    }
    // One table look-up for each weight is fast: the whole of layer 1 takes less than a millisecond.
    let table: [[u8; 4]; 256] = std::array::from_fn(|prune_round| {
        opaque(palette.color_of(masks.weight_state(prune_round as u8), masks.animation_progress))
    });
    match picture {
        MaskPicture::Pixels => {}
        MaskPicture::Matrix { layer } => {
            for (pixel, &prune_round) in pixels.iter_mut().zip(masks.layer(layer)) {
                *pixel = table[usize::from(prune_round)];
            }
        }
        MaskPicture::Units { columns } => {
            let ((inputs, _), input) = (masks.shape.first(), masks.shape.input);
            if inputs == 0 || input.pixels() == 0 {
                return;
            }
            let tiles = Tiles::of(masks.shape, columns);
            for (unit, prune_rounds) in masks.layer(0).chunks(inputs).enumerate() {
                let Some((left, top)) = tiles.corner(unit) else { break };
                let rows = prune_rounds.chunks(input.width).take(input.channels * input.height);
                for (row, prune_rounds) in rows.enumerate() {
                    let (x, y) = input.place_of(row * input.width);
                    let start = (top + y) * width + left + x;
                    for (pixel, &prune_round) in
                        pixels[start..start + prune_rounds.len()].iter_mut().zip(prune_rounds)
                    {
                        *pixel = table[usize::from(prune_round)];
                    }
                }
            }
        }
    }
}

/// How strong the colour of a pixel with so many surviving weights is, from 0 to 1. The scale is the same in every round:
/// logarithmic from one weight to all, so that few weights can be told from none, and rounds can be compared.
fn strength(left: f64, weights: usize) -> f64 {
    (left.ln_1p() / (weights.max(1) as f64).ln_1p()).clamp(0.0, 1.0)
}

/// The scale of [`MaskPicture::Pixels`]: numbers of weights left, each with its CSS colour. `weights` is the number of
/// weights that a pixel has in the first layer: one for each unit and channel.
pub fn pixel_scale(theme: Theme, weights: usize) -> Vec<(usize, String)> {
    let palette = Palette::of(theme);
    let steps = [0, 1, 3, 10, 30, 100, 300, 1000].into_iter().filter(|left| *left < weights).chain([weights]);
    let color = |left: usize| palette.pruned_earlier.mix(palette.surviving, strength(left as f64, weights));
    steps.map(|left| (left, color(left).css())).collect()
}

/// Paints each pixel of the image. The more of its weights are left, the nearer its colour is to that of a surviving weight,
/// on the scale of [`pixel_scale`]. Pixels that lose many weights flash.
fn paint_pixels(masks: &MaskHistory<'_>, palette: &Palette, pixels: &mut [[u8; 4]]) {
    let counts = masks.by_pixel();
    let gone = smoothstep((masks.animation_progress - 0.5) / 0.5);
    let glow = smoothstep(masks.animation_progress / 0.3) * (1.0 - gone);
    let left = |&(alive, died): &(u32, u32)| f64::from(alive) + f64::from(died) * (1.0 - gone);
    let weights = masks.weights_of_pixel();
    let most_died = counts.iter().map(|count| count.1).max().unwrap_or(0);
    for (pixel, count) in pixels.iter_mut().zip(&counts) {
        let base = palette.pruned_earlier.mix(palette.surviving, strength(left(count), weights));
        let died = if most_died > 0 { f64::from(count.1) / f64::from(most_died) } else { 0.0 };
        *pixel = opaque(base.mix(palette.flash, glow * died));
    }
    for pixel in pixels.iter_mut().skip(counts.len()) {
        *pixel = TRANSPARENT;
    }
}
