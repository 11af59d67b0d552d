//! How a network reads test images that are corrupted: by what, how strongly, and how many it still reads. The readings are no part
//! of an experiment: they are taken on request, and are in no digest.

use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantArray};

/// What is done to the test images (after Mu & Gilmer 2019, MNIST-C). Pixel values are in [0, 1], and are clipped to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "lowercase")]
pub enum Corruption {
    /// Normal noise is added to each pixel. The strength is its standard deviation.
    Noise,
    /// The image is blurred by a Gaussian. The strength is its standard deviation in pixels.
    Blur,
    /// The values of a vertical stripe in the middle are turned into one less them. The strength is its width in pixels.
    Stripe,
    /// The image is turned about its middle, anticlockwise. The strength is the angle in degrees.
    Rotation,
    /// The image is moved to the right and as far down. The strength is the distance of each in pixels.
    Shift,
    /// Each pixel's distance from the mean of its image is made smaller. The strength is the share that is left of it.
    Contrast,
    /// Each pixel is moved by the strength so that the loss grows (fast gradient sign method, Goodfellow et al. 2015).
    Fgsm,
}

impl Corruption {
    /// Every corruption, in the order in which they are shown.
    pub const ALL: &[Corruption] = Corruption::VARIANTS;

    /// Its name in reports and tables.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// The corruption with this name, or `None` if there is none.
    pub fn from_name(name: &str) -> Option<Corruption> {
        name.parse().ok()
    }

    /// The strengths that are read, from the weakest to the strongest.
    pub fn strengths(self) -> &'static [f64] {
        match self {
            Corruption::Noise => &[0.1, 0.2, 0.3, 0.4, 0.5],
            Corruption::Blur => &[0.5, 1.0, 1.5, 2.0, 2.5],
            Corruption::Stripe => &[2.0, 4.0, 6.0, 8.0, 10.0],
            Corruption::Rotation => &[10.0, 20.0, 30.0, 40.0, 50.0],
            Corruption::Shift => &[1.0, 2.0, 3.0, 4.0, 5.0],
            Corruption::Contrast => &[0.5, 0.4, 0.3, 0.2, 0.1],
            Corruption::Fgsm => &[0.05, 0.1, 0.2],
        }
    }
}

/// How many of the test images a network with its last weights reads under each corruption, for each of its
/// [strengths](Corruption::strengths).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RobustnessReadings {
    /// Under [`Corruption::Noise`].
    pub noise: [u32; 5],
    /// Under [`Corruption::Blur`].
    pub blur: [u32; 5],
    /// Under [`Corruption::Stripe`].
    pub stripe: [u32; 5],
    /// Under [`Corruption::Rotation`].
    pub rotation: [u32; 5],
    /// Under [`Corruption::Shift`].
    pub shift: [u32; 5],
    /// Under [`Corruption::Contrast`].
    pub contrast: [u32; 5],
    /// Under [`Corruption::Fgsm`].
    pub fgsm: [u32; 3],
}

impl RobustnessReadings {
    /// The correct answers under a corruption, by strength.
    pub fn of(&self, corruption: Corruption) -> &[u32] {
        match corruption {
            Corruption::Noise => &self.noise,
            Corruption::Blur => &self.blur,
            Corruption::Stripe => &self.stripe,
            Corruption::Rotation => &self.rotation,
            Corruption::Shift => &self.shift,
            Corruption::Contrast => &self.contrast,
            Corruption::Fgsm => &self.fgsm,
        }
    }

    /// The same, to be added to.
    pub fn of_mut(&mut self, corruption: Corruption) -> &mut [u32] {
        match corruption {
            Corruption::Noise => &mut self.noise,
            Corruption::Blur => &mut self.blur,
            Corruption::Stripe => &mut self.stripe,
            Corruption::Rotation => &mut self.rotation,
            Corruption::Shift => &mut self.shift,
            Corruption::Contrast => &mut self.contrast,
            Corruption::Fgsm => &mut self.fgsm,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_corruption_has_a_name_and_a_reading_for_each_strength() {
        for &corruption in Corruption::ALL {
            assert_eq!(Corruption::from_name(corruption.name()), Some(corruption));
            let strengths = corruption.strengths();
            // What is left of the contrast is less, the stronger the corruption is.
            let is_stronger = |one: &f64, next: &f64| (one < next) != (corruption == Corruption::Contrast);
            assert!(strengths.is_sorted_by(is_stronger), "{corruption:?}");
            let mut readings = RobustnessReadings::default();
            assert_eq!(readings.of(corruption).len(), strengths.len());
            readings.of_mut(corruption)[strengths.len() - 1] = 7;
            assert_eq!(readings.of(corruption).last(), Some(&7));
            let others = Corruption::ALL.iter().filter(|other| **other != corruption);
            assert!(others.flat_map(|other| readings.of(*other)).all(|count| *count == 0));
        }
    }
}
