//! Why files of the user cannot be used as a data set.

use crate::data_error::DataError;
use model::ImageSize;

/// What is wrong with a file that is to be part of a data set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OwnDataError {
    /// The file is damaged: it cannot be unpacked, is shorter or longer than its header says, or has a label beyond the
    /// largest.
    Damaged(DataError),
    /// The files have more bytes, when they are unpacked, than are read of a data set.
    TooLarge {
        /// The bytes that are read of a whole data set.
        most: u64,
    },
    /// The file is neither an IDX file nor a binary batch of CIFAR-10.
    UnknownFormat {
        /// Its bytes when it is unpacked.
        bytes: u64,
    },
    /// An IDX file has numbers of another kind than bytes.
    ValueKind {
        /// The code of the kind: the third byte of the file. That of bytes is 8.
        kind: u8,
    },
    /// An IDX file has neither the dimensions of labels nor those of images.
    DimensionCount {
        /// How many dimensions it has.
        found: u8,
    },
    /// The images have too many rows or columns, or none.
    ImageSize {
        /// Their rows and columns.
        found: (u32, u32),
        /// The most of either.
        most: u32,
    },
    /// The images have neither one channel nor three.
    Channels {
        /// The sizes of the two dimensions of which one should be the channels: the second and the last.
        found: (u32, u32),
    },
    /// The images have another size than those of another file.
    OtherSize {
        /// Their size.
        found: ImageSize,
        /// The other file.
        other: String,
        /// The size in the other file.
        expected: ImageSize,
    },
    /// A second file has the same part of the data set: as the names say it, both are for training or both are test files.
    SecondFile {
        /// The first such file.
        other: String,
    },
    /// There are images and no labels for them, or labels and no images.
    NoPartner,
    /// The number of labels is not that of the images.
    Counts {
        /// The number of labels in the file.
        labels: u32,
        /// The file of their images.
        other: String,
        /// The number of images there.
        images: u32,
    },
    /// A binary batch of CIFAR-10 stands beside an IDX file.
    TwoFormats {
        /// The IDX file.
        other: String,
    },
    /// There are fewer images than a data set needs.
    TooFewImages {
        /// How many there are for training and validation, and for the test.
        found: (u32, u32),
        /// How many are needed.
        least: (u32, u32),
    },
    /// All images are of one class.
    OneClass,
    /// The files are another data set than the settings name.
    OtherData {
        /// The SHA-256 of the files, in hexadecimal.
        found: String,
        /// The SHA-256 that the settings name, in hexadecimal.
        expected: String,
    },
    /// The settings name the data set by the right SHA-256, with another shape than it has.
    OtherShape {
        /// The name of the data set that was read.
        found: String,
    },
}

/// A file that cannot be used as part of a data set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnDataFault {
    /// The name of the file.
    pub name: String,
    /// What is wrong with it.
    pub error: OwnDataError,
}
