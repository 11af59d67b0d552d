//! The values of a matrix that are not zero.

/// A matrix of (images, features) of which only the values that are not zero are kept, by image and by feature.
pub(crate) struct NonZeros {
    features: usize,
    capacity: usize,
    images: usize,
    /// Whether to keep values by feature too; only a backward pass asks for them.
    by_feature: bool,
    /// By image: where its values end; they begin at `image × features`.
    row_len: Vec<u32>,
    row_index: Vec<u32>,
    row_value: Vec<f32>,
    /// By feature: how many images have it; they begin at `feature × capacity`.
    column_len: Vec<u32>,
    column_index: Vec<u32>,
    column_value: Vec<f32>,
}

impl NonZeros {
    /// Room for `capacity` images of `features` values.
    pub(crate) fn new(features: usize, capacity: usize) -> NonZeros {
        // One place more than can be filled, for the branchless fill writes before it knows whether to keep.
        NonZeros {
            features,
            capacity,
            images: 0,
            by_feature: false,
            row_len: vec![0; capacity],
            row_index: vec![0; features * capacity + 1],
            row_value: vec![0.0; features * capacity + 1],
            column_len: vec![0; features],
            column_index: vec![0; features * capacity],
            column_value: vec![0.0; features * capacity],
        }
    }

    /// Features of an image.
    pub(crate) fn features(&self) -> usize {
        self.features
    }

    /// Empties it for [`NonZeros::push_row`] or [`NonZeros::push_pixels`]; `by_feature` makes [`NonZeros::column`] work too.
    pub(crate) fn clear(&mut self, by_feature: bool) {
        self.images = 0;
        self.by_feature = by_feature;
        self.column_len.fill(0);
    }

    /// Adds an image by all its values; those above zero are kept.
    #[inline]
    pub(crate) fn push_row(&mut self, values: &[f32]) {
        let start = self.images * self.features;
        let mut end = start;
        for (feature, &value) in values[..self.features].iter().enumerate() {
            self.row_index[end] = feature as u32;
            self.row_value[end] = value;
            end += usize::from(value > 0.0);
        }
        self.close_row(start, end);
    }

    /// Adds an image by its bytes, as pixel values.
    #[inline]
    pub(crate) fn push_pixels(&mut self, pixels: &[u8], values: &[f32; 256]) {
        let start = self.images * self.features;
        let mut end = start;
        // Most of an image is background: skip it eight pixels at a time.
        let (eights, rest) = pixels.as_chunks::<8>();
        for (chunk, eight) in eights.iter().enumerate() {
            if u64::from_le_bytes(*eight) != 0 {
                for (k, &byte) in eight.iter().enumerate() {
                    self.row_index[end] = (chunk * 8 + k) as u32;
                    self.row_value[end] = values[byte as usize];
                    end += usize::from(byte != 0);
                }
            }
        }
        for (k, &byte) in rest.iter().enumerate() {
            self.row_index[end] = (eights.len() * 8 + k) as u32;
            self.row_value[end] = values[byte as usize];
            end += usize::from(byte != 0);
        }
        self.close_row(start, end);
    }

    #[inline]
    fn close_row(&mut self, start: usize, end: usize) {
        let image = self.images;
        self.row_len[image] = (end - start) as u32;
        self.images += 1;
        if !self.by_feature {
            return;
        }
        for (&feature, &value) in self.row_index[start..end].iter().zip(&self.row_value[start..end]) {
            let len = &mut self.column_len[feature as usize];
            let at = feature as usize * self.capacity + *len as usize;
            self.column_index[at] = image as u32;
            self.column_value[at] = value;
            *len += 1;
        }
    }

    /// The features that are not zero in an image, and their values.
    #[inline]
    pub(crate) fn row(&self, image: usize) -> (&[u32], &[f32]) {
        let (start, len) = (image * self.features, self.row_len[image] as usize);
        (&self.row_index[start..start + len], &self.row_value[start..start + len])
    }

    /// The images in which a feature is not zero, and its values.
    #[inline]
    pub(crate) fn column(&self, feature: usize) -> (&[u32], &[f32]) {
        let (start, len) = (feature * self.capacity, self.column_len[feature] as usize);
        (&self.column_index[start..start + len], &self.column_value[start..start + len])
    }
}
