//! Data sets of the user. They are known by the SHA-256 of their images and labels, and by their shape, from which jobs
//! follow. Both stand in their name, so that a link and a report say all that an experiment has to know of them.

use crate::{data_set::DataSet, image_size::ImageSize};

/// The largest number of rows, and of columns.
pub const MOST_SIDE: u32 = 64;
/// The numbers of values that a pixel can have: grey, or red, green and blue.
pub const CHANNELS: [u32; 2] = [1, 3];
/// The smallest and the largest number of classes.
pub const CLASSES: (u32, u32) = (2, 100);
/// The smallest number of images that training and validation share.
pub const LEAST_TRAINING_IMAGES: u32 = 100;
/// The smallest number of test images.
pub const LEAST_TEST_IMAGES: u32 = 10;
/// The largest number of bytes of all pixels together. CIFAR-10 takes 184,320,000.
pub const MOST_BYTES: u64 = 200_000_000;
/// The first digits of a SHA-256, by which people tell data sets apart.
const SHOWN_DIGITS: usize = 8;

/// The shape of a data set of the user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OwnDataShape {
    /// The size of its images.
    pub image: ImageSize,
    /// The number of classes: its largest label plus one.
    pub classes: u32,
    /// The number of images that training and validation share.
    pub training_images: u32,
    /// The number of test images.
    pub test_images: u32,
}

impl OwnDataShape {
    /// Whether all numbers are within the limits.
    pub fn is_allowed(&self) -> bool {
        let OwnDataShape { image, classes, training_images, test_images } = *self;
        let side = 1..=MOST_SIDE;
        let images = u64::from(training_images) + u64::from(test_images);
        side.contains(&image.height)
            && side.contains(&image.width)
            && CHANNELS.contains(&image.channels)
            && (CLASSES.0..=CLASSES.1).contains(&classes)
            && training_images >= LEAST_TRAINING_IMAGES
            && test_images >= LEAST_TEST_IMAGES
            && images * image.values() as u64 <= MOST_BYTES
    }

    /// The shape as it stands in a name: rows, columns and channels, then classes, training and test images.
    fn in_words(&self) -> String {
        let OwnDataShape { image, classes, training_images, test_images } = self;
        let ImageSize { channels, height, width } = image;
        format!("{height}x{width}x{channels}.{classes}.{training_images}.{test_images}")
    }

    /// Reads what [`in_words`](OwnDataShape::in_words) writes. `None` for anything else.
    fn parse(text: &str) -> Option<OwnDataShape> {
        let mut parts = text.split('.');
        let mut sizes = parts.next()?.split('x').map(number);
        let (height, width, channels) = (sizes.next()??, sizes.next()??, sizes.next()??);
        let mut counts = parts.map(number);
        let (classes, training_images, test_images) = (counts.next()??, counts.next()??, counts.next()??);
        let image = ImageSize { channels, height, width };
        let shape = OwnDataShape { image, classes, training_images, test_images };
        let nothing_follows = sizes.next().is_none() && counts.next().is_none();
        (nothing_follows && shape.is_allowed()).then_some(shape)
    }
}

/// A whole number in decimal digits, without a sign or leading zeros, so that each shape is written in one way.
fn number(text: &str) -> Option<u32> {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
    text.parse().ok().filter(|_| is_plain)
}

/// Of how many training images one validates. It is the share of MNIST.
const VALIDATION_SHARE: u32 = 12;

impl DataSet {
    /// A data set of the user. `sha256` is in hexadecimal, in lower case. One in [`VALIDATION_SHARE`] of its training images
    /// validates.
    pub fn own(sha256: &str, shape: OwnDataShape) -> DataSet {
        let validation_images = (shape.training_images + VALIDATION_SHARE / 2) / VALIDATION_SHARE;
        DataSet {
            name: format!("{sha256}.{}", shape.in_words()),
            title: format!("own data {}", &sha256[..SHOWN_DIGITS]),
            folder: String::new(),
            image: shape.image,
            classes: (0..shape.classes).map(|label| label.to_string()).collect(),
            class_noun: "class".into(),
            images_noun: "images".into(),
            training_images: shape.training_images - validation_images,
            validation_images,
            test_images: shape.test_images,
            licence: String::new(),
            sha256: sha256.into(),
        }
    }

    /// A data set of the user of which a link says nothing but its SHA-256. It has the shape of MNIST until its files are
    /// read, and nothing is trained on it.
    fn own_unread(sha256: &str) -> DataSet {
        let mnist = DataSet::mnist();
        let shape = OwnDataShape {
            image: mnist.image,
            classes: mnist.classes.len() as u32,
            training_images: mnist.training_images + mnist.validation_images,
            test_images: mnist.test_images,
        };
        DataSet { name: sha256.into(), ..DataSet::own(sha256, shape) }
    }

    /// Reads the name of a data set of the user: its SHA-256 and, behind a full stop, its shape, which a link may leave out.
    pub(crate) fn own_from_name(name: &str) -> Option<DataSet> {
        let (hash, shape) = name.split_once('.').map_or((name, None), |(hash, shape)| (hash, Some(shape)));
        if hash.len() != 64 || !hash.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        let hash = hash.to_ascii_lowercase();
        match shape {
            None => Some(DataSet::own_unread(&hash)),
            Some(shape) => Some(DataSet::own(&hash, OwnDataShape::parse(shape)?)),
        }
    }

    /// Whether it is a data set of the user.
    pub fn is_own(&self) -> bool {
        self.folder.is_empty()
    }

    /// Whether it is a data set of the user whose shape is not known.
    pub fn is_unread(&self) -> bool {
        self.name == self.sha256
    }

    /// Its name for people in the names of files: the first digits of its SHA-256 stand for a data set of the user.
    pub fn short_name(&self) -> &str {
        if self.is_own() { &self.sha256[..SHOWN_DIGITS] } else { &self.name }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEX: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1eff";

    #[test]
    fn a_name_says_the_whole_description() {
        let image = ImageSize { channels: 3, height: 32, width: 24 };
        let shape = OwnDataShape { image, classes: 7, training_images: 50_000, test_images: 10_000 };
        let data = DataSet::own(HEX, shape);
        assert_eq!(data.name, format!("{HEX}.32x24x3.7.50000.10000"));
        assert_eq!((data.training_images, data.validation_images), (45_833, 4_167));
        assert_eq!(DataSet::from_name(&data.name).as_ref(), Some(&data));
        assert_eq!(DataSet::from_name(&data.name.to_uppercase().replace('X', "x")), Some(data.clone()));
        assert!(data.is_own() && !data.is_unread());
        assert_eq!((data.short_name(), data.title.as_str()), ("00010203", "own data 00010203"));
        let unread = DataSet::from_name(HEX).unwrap();
        assert!(unread.is_own() && unread.is_unread() && unread.name == HEX);
        assert!(!DataSet::mnist().is_own() && !DataSet::mnist().is_unread());
        assert_eq!(DataSet::mnist().short_name(), "mnist");
    }

    #[test]
    fn what_is_beyond_a_limit_is_no_name() {
        let named = |shape: &str| DataSet::from_name(&format!("{HEX}.{shape}")).is_some();
        for allowed in
            ["1x1x1.2.100.10", "64x64x3.100.100.10", "28x28x1.10.60000.10000", "32x32x3.10.50000.10000"]
        {
            assert!(named(allowed), "{allowed}");
        }
        for refused in [
            "",
            "28x28.10.60000.10000",
            "28x28x1.10.60000",
            "28x28x1.10.60000.10000.1",
            "28x28x1x1.10.60000.10000",
            "0x28x1.10.60000.10000",
            "65x28x1.10.60000.10000",
            "28x65x1.10.60000.10000",
            "28x28x2.10.60000.10000",
            "28x28x4.10.60000.10000",
            "28x28x1.1.60000.10000",
            "28x28x1.101.60000.10000",
            "28x28x1.10.99.10000",
            "28x28x1.10.60000.9",
            "28x28x1.10.+6000.1000",
            "28x28x1.010.60000.10000",
            "64x64x3.10.60000.10000",
            "64x64x3.10.4294967295.4294967295",
            "28x28x1.10.60000.99999999999",
        ] {
            assert!(!named(refused), "{refused}");
        }
        assert!(
            DataSet::from_name(&HEX[1..]).is_none() && DataSet::from_name(&HEX.replace('e', "g")).is_none()
        );
    }
}
