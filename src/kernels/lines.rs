//! Activations while few weights survive.

use crate::sparse_loops::{Line, QuadRange};

/// A line for each feature of at most 32 images.
pub(crate) struct LineActivations {
    /// The lines; lanes without an image hold numbers that nobody reads, or zeros in a gradient of logits.
    pub(crate) lines: Vec<Line>,
    /// For each line of an image's pixels, a bit for each four images, set if one of them is lit there. Hidden layers have
    /// none.
    pub(crate) nonzero_quad_bits: Vec<u8>,
    /// Images in hand.
    pub(crate) images: usize,
}

impl LineActivations {
    /// Room for so many features; those of an image's pixels know where they are lit.
    pub(crate) fn new(features: usize, of_pixels: bool) -> LineActivations {
        let lit = vec![0; if of_pixels { features } else { 0 }];
        LineActivations { lines: vec![Line::ZERO; features], nonzero_quad_bits: lit, images: 0 }
    }

    /// The span outside of which a line of pixels is zero.
    #[inline(always)]
    pub(crate) fn nonzero_quads(&self, line: usize) -> QuadRange {
        QuadRange::of(self.nonzero_quad_bits[line])
    }
}
