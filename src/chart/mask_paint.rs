//! The masks' colours and their one big animation.

use crate::masks::{Fate, GAP, Masks, Picture, columns_of, side, size};
use crate::{Rgb, style::Theme};

/// Colours of the masks. They differ in lightness first, so that they can be told apart without hue and in print.
struct Palette {
    alive: Rgb,
    just_died: Rgb,
    long_dead: Rgb,
    /// What dies, at its brightest.
    flash: Rgb,
}

impl Palette {
    const fn of(theme: Theme) -> Palette {
        match theme {
            Theme::Light => Palette {
                alive: Rgb::hex(0x12304a),
                just_died: Rgb::hex(0xd9702f),
                long_dead: Rgb::hex(0xeceef1),
                flash: Rgb::hex(0xffb300),
            },
            Theme::Dark => Palette {
                alive: Rgb::hex(0x9cc4e6),
                just_died: Rgb::hex(0xb5551f),
                long_dead: Rgb::hex(0x22272e),
                flash: Rgb::hex(0xfff2a8),
            },
        }
    }

    fn fate(&self, fate: Fate, phase: f64) -> Rgb {
        match fate {
            Fate::Alive => self.alive,
            Fate::JustDied => self.dying(phase),
            Fate::LongDead => self.long_dead,
        }
    }

    /// Lit up in the first third, held, then gone but for a trace that stays until the next pruning.
    fn dying(&self, phase: f64) -> Rgb {
        let lit = self.alive.mix(self.flash, ease(phase / 0.3));
        lit.mix(self.just_died, ease((phase - 0.5) / 0.5))
    }
}

/// From 0 to 1 with a quiet start and end.
fn ease(share: f64) -> f64 {
    let share = if share.is_finite() { share.clamp(0.0, 1.0) } else { 1.0 };
    share * share * (3.0 - 2.0 * share)
}

/// The colours of a legend, as CSS writes them.
pub fn legend(theme: Theme) -> [(&'static str, String); 3] {
    let palette = Palette::of(theme);
    [
        ("alive", palette.alive.css()),
        ("just pruned", palette.just_died.css()),
        ("pruned earlier", palette.long_dead.css()),
    ]
}

const CLEAR: [u8; 4] = [0; 4];

fn opaque(color: Rgb) -> [u8; 4] {
    [color.0, color.1, color.2, 255]
}

/// Paints a picture as rows of RGBA, opaque or clear, into `rgba`, which is made to fit: [`size`] says its width and
/// height.
pub fn paint(masks: &Masks<'_>, picture: Picture, theme: Theme, rgba: &mut Vec<u8>) {
    let (width, height) = size(masks.layers, picture);
    rgba.clear();
    rgba.resize(4 * width * height, 0);
    let (pixels, _) = rgba.as_chunks_mut::<4>();
    let palette = Palette::of(theme);
    if picture == Picture::Inputs {
        inputs(masks, &palette, pixels);
        return;
    }
    // One look-up a weight: the whole of layer 1 takes less than a millisecond.
    let table: [[u8; 4]; 256] =
        std::array::from_fn(|death| opaque(palette.fate(masks.fate(death as u8), masks.phase)));
    match picture {
        Picture::Inputs => {}
        Picture::Matrix { layer } => {
            for (pixel, &death) in pixels.iter_mut().zip(masks.layer(layer)) {
                *pixel = table[usize::from(death)];
            }
        }
        Picture::Units { columns } => {
            let (inputs, outputs) = masks.layers.first().copied().unwrap_or((0, 0));
            if inputs == 0 {
                return;
            }
            let (columns, side) = (columns_of(columns, outputs), side(inputs));
            for (unit, deaths) in masks.layer(0).chunks(inputs).enumerate() {
                let corner = unit / columns * (side + GAP) * width + unit % columns * (side + GAP);
                for (row, deaths) in deaths.chunks(side).enumerate() {
                    let start = corner + row * width;
                    for (pixel, &death) in pixels[start..start + deaths.len()].iter_mut().zip(deaths) {
                        *pixel = table[usize::from(death)];
                    }
                }
            }
        }
    }
}

/// The darker (on a dark page: the lighter), the more of an input's weights are left, against the input that has
/// most. Where many die, the pixel lights up.
fn inputs(masks: &Masks<'_>, palette: &Palette, pixels: &mut [[u8; 4]]) {
    let counts = masks.by_input();
    let gone = ease((masks.phase - 0.5) / 0.5);
    let glow = ease(masks.phase / 0.3) * (1.0 - gone);
    let left = |&(alive, died): &(u32, u32)| f64::from(alive) + f64::from(died) * (1.0 - gone);
    let most = counts.iter().map(left).fold(0.0, f64::max);
    let most_died = counts.iter().map(|count| count.1).max().unwrap_or(0);
    for (pixel, count) in pixels.iter_mut().zip(&counts) {
        let left = left(count);
        // What has anything left is told from what has nothing.
        let share = if left > 0.0 { 0.1 + 0.9 * left / most } else { 0.0 };
        let base = palette.long_dead.mix(palette.alive, share);
        let died = if most_died > 0 { f64::from(count.1) / f64::from(most_died) } else { 0.0 };
        *pixel = opaque(base.mix(palette.flash, glow * died));
    }
    for pixel in pixels.iter_mut().skip(counts.len()) {
        *pixel = CLEAR;
    }
}
