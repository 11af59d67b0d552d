//! Which images a pass takes.

use std::hint::black_box;

/// Some images of a data set. Pixels stay bytes until they are gathered.
#[derive(Clone, Copy)]
pub struct Batch<'a> {
    /// All images of the data set.
    pub images: &'a [u8],
    /// The number of bytes of each image: one for each value of each pixel.
    pub image_bytes: usize,
    /// All labels of the data set.
    pub labels: &'a [u8],
    /// The images of this batch, as indices into the data set.
    pub image_indices: &'a [u32],
}

impl<'a> Batch<'a> {
    /// Images in the batch.
    pub fn len(&self) -> usize {
        self.image_indices.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.image_indices.is_empty()
    }

    /// The pixels of the batch's `i`-th image.
    pub fn image(&self, i: usize) -> &'a [u8] {
        let at = self.image_indices[i] as usize * self.image_bytes;
        &self.images[at..at + self.image_bytes]
    }

    /// The labels of the batch's images.
    pub fn labels(&self) -> impl Iterator<Item = u8> + use<'a> {
        let labels = self.labels;
        self.image_indices.iter().map(|&row| labels[row as usize])
    }
}

/// Bytes of a cache line, which memory delivers at once.
const CACHE_LINE: usize = 64;

/// Reads one byte of every cache line of images of one size before any of them is used, so that the memory loads overlap: the
/// images lie anywhere in the data set. The last, partial cache line of an image is not touched.
pub(crate) fn prefetch(images: &[&[u8]]) {
    let mut touched = 0;
    for at in (0..images.first().map_or(0, |image| image.len())).step_by(CACHE_LINE) {
        for image in images {
            touched |= image[at];
        }
    }
    // The value is unused; `black_box` keeps the compiler from removing the reads.
    black_box(touched);
}

/// A byte's pixel value in [0, 1], as dividing by 255 gives it.
pub fn pixel_values() -> [f32; 256] {
    std::array::from_fn(|byte| byte as f32 / 255.0)
}
