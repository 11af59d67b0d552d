//! The values of a matrix that are not zero.

/// A matrix of (images, features) of which only the values that are not zero are kept, by image and by feature.
pub(crate) struct NonZeros {
    features: usize,
    capacity: usize,
    images: usize,
    /// Whether to keep values by feature too; only a backward pass asks for them.
    by_feature: bool,
    /// By image: where its values end; they begin at `image × features`.
    image_len: Vec<u32>,
    image_features: Vec<u32>,
    image_values: Vec<f32>,
    /// By feature: how many images have it; they begin at `feature × capacity`.
    feature_len: Vec<u32>,
    feature_images: Vec<u32>,
    feature_values: Vec<f32>,
}

impl NonZeros {
    /// Room for `capacity` images of `features` values.
    pub(crate) fn new(features: usize, capacity: usize) -> NonZeros {
        // One extra element: the branchless loop always writes a value and then advances only if the value is non-zero.
        NonZeros {
            features,
            capacity,
            images: 0,
            by_feature: false,
            image_len: vec![0; capacity],
            image_features: vec![0; features * capacity + 1],
            image_values: vec![0.0; features * capacity + 1],
            feature_len: vec![0; features],
            feature_images: vec![0; features * capacity],
            feature_values: vec![0.0; features * capacity],
        }
    }

    /// Features of an image.
    pub(crate) fn features(&self) -> usize {
        self.features
    }

    /// Empties it for [`NonZeros::push_image`] and its likes; `by_feature` makes [`NonZeros::of_feature`] work too.
    pub(crate) fn clear(&mut self, by_feature: bool) {
        self.images = 0;
        self.by_feature = by_feature;
        self.feature_len.fill(0);
    }

    /// Adds an image by all its values; those above zero are kept.
    #[inline]
    pub(crate) fn push_image(&mut self, values: &[f32]) {
        let start = self.images * self.features;
        let mut end = start;
        for (feature, &value) in values[..self.features].iter().enumerate() {
            self.image_features[end] = feature as u32;
            self.image_values[end] = value;
            end += usize::from(value > 0.0);
        }
        self.close_image(start, end);
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
                    self.image_features[end] = (chunk * 8 + k) as u32;
                    self.image_values[end] = values[byte as usize];
                    end += usize::from(byte != 0);
                }
            }
        }
        for (k, &byte) in rest.iter().enumerate() {
            self.image_features[end] = (eights.len() * 8 + k) as u32;
            self.image_values[end] = values[byte as usize];
            end += usize::from(byte != 0);
        }
        self.close_image(start, end);
    }

    /// Adds an image by its pixel values. Those that are not zero are kept, for no ReLU lies before the first layer.
    pub(crate) fn push_pixel_values(&mut self, pixels: &[f32]) {
        let start = self.images * self.features;
        let mut end = start;
        for (pixel, &value) in pixels[..self.features].iter().enumerate() {
            self.image_features[end] = pixel as u32;
            self.image_values[end] = value;
            end += usize::from(value != 0.0);
        }
        self.close_image(start, end);
    }

    #[inline]
    fn close_image(&mut self, start: usize, end: usize) {
        let image = self.images;
        self.image_len[image] = (end - start) as u32;
        self.images += 1;
        if !self.by_feature {
            return;
        }
        for (&feature, &value) in self.image_features[start..end].iter().zip(&self.image_values[start..end]) {
            let len = &mut self.feature_len[feature as usize];
            let at = feature as usize * self.capacity + *len as usize;
            self.feature_images[at] = image as u32;
            self.feature_values[at] = value;
            *len += 1;
        }
    }

    /// The features that are not zero in an image, and their values.
    #[inline]
    pub(crate) fn of_image(&self, image: usize) -> (&[u32], &[f32]) {
        let (start, len) = (image * self.features, self.image_len[image] as usize);
        (&self.image_features[start..start + len], &self.image_values[start..start + len])
    }

    /// The images in which a feature is not zero, and its values.
    #[inline]
    pub(crate) fn of_feature(&self, feature: usize) -> (&[u32], &[f32]) {
        let (start, len) = (feature * self.capacity, self.feature_len[feature] as usize);
        (&self.feature_images[start..start + len], &self.feature_values[start..start + len])
    }
}
