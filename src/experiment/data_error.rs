//! Why a file of a data set cannot be used.

/// Why a data file cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DataError {
    /// The gzip stream is corrupt or ends too soon: the words of the unpacker.
    Gzip(String),
    /// The file ends within its header, after the given number of bytes.
    NoHeader(usize),
    /// The file begins with the magic number of another format.
    Magic {
        /// What the file should contain.
        expected: DataFileContents,
        /// The first four bytes of the file, big-endian.
        found: u32,
    },
    /// The images have another number of rows and columns than those of the data set.
    Dimensions {
        /// Rows and columns in the file.
        found: (u32, u32),
        /// Rows and columns in the data set.
        expected: (u32, u32),
    },
    /// The file is larger than any file of this kind in the data set.
    TooLarge(u64),
    /// The file's length does not match its header.
    Length {
        /// Bytes according to the header.
        promised: u64,
        /// Bytes in the file.
        found: u64,
    },
    /// A label is not one of a class.
    Label {
        /// The index of the label.
        index: usize,
        /// The value of the label.
        label: u8,
        /// The largest label of the data set.
        largest: usize,
    },
    /// The numbers of images and labels differ from those of the data set.
    Count {
        /// Images in the file.
        images: usize,
        /// Labels in the file.
        labels: usize,
        /// Images, and labels, in the data set.
        expected: usize,
    },
    /// The files are well-formed, but they are not those of the data set.
    OtherImages {
        /// The SHA-256 of the files, in hexadecimal.
        found: String,
        /// The SHA-256 of the data set, in hexadecimal.
        expected: String,
    },
}

/// What a file of a data set contains.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DataFileContents {
    /// Images.
    Images,
    /// Labels.
    Labels,
}
