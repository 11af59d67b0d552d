//! Activations while few weights survive.

use crate::sparse_loops::{Line, QuadRange};

/// A line for each feature of at most 32 images.
pub(crate) struct LineActivations {
    /// The lines; lanes without an image hold numbers that nobody reads, or zeros in a gradient of logits.
    pub(crate) lines: Vec<Line>,
    /// For each pixel's line, one bit for each quad of images: the bit is set if the pixel is non-zero in any image of
    /// that quad. Hidden layers have none.
    pub(crate) nonzero_quad_bits: Vec<u8>,
    /// Images in hand.
    pub(crate) images: usize,
}

impl LineActivations {
    /// Room for so many features; the lines of pixels also have bits that say where they are non-zero.
    pub(crate) fn new(features: usize, of_pixels: bool) -> LineActivations {
        let lit = vec![0; if of_pixels { features } else { 0 }];
        LineActivations { lines: vec![Line::ZERO; features], nonzero_quad_bits: lit, images: 0 }
    }

    /// The quads of a pixel's line that may be non-zero; every value outside of this range is zero.
    #[inline(always)]
    pub(crate) fn nonzero_quads(&self, line: usize) -> QuadRange {
        QuadRange::of(self.nonzero_quad_bits[line])
    }
}
