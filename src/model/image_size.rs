//! The size of an image, or of the activations of a layer.

use serde::{Deserialize, Serialize};

/// The size of an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImageSize {
    /// The number of values of each pixel.
    pub channels: u32,
    /// The number of rows.
    pub height: u32,
    /// The number of pixels in a row.
    pub width: u32,
}

impl ImageSize {
    /// The size of an MNIST image: 28 × 28 grey pixels.
    pub const MNIST: ImageSize = ImageSize { channels: 1, height: 28, width: 28 };

    /// The number of values of an image.
    pub fn values(self) -> usize {
        (self.channels * self.height * self.width) as usize
    }
}
