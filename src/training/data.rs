//! Reads the MNIST files and splits their images into training and validation images.

use crate::rng::RandomStream;
use experiment::config::{TRAIN_IMAGES, VALIDATION_IMAGES};
use experiment::purpose::RandomPurpose;
use flate2::write::MultiGzDecoder;
use model::{CLASSES, IMAGE_PIXELS};
use std::io::Write;
use thiserror::Error;

/// Images and their labels. Pixels are kept as bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dataset {
    /// [`IMAGE_PIXELS`] bytes for each image, row by row.
    pub images: Vec<u8>,
    /// One digit for each image.
    pub labels: Vec<u8>,
}

/// Why a data file cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum DataError {
    /// The gzip stream is corrupt or ends too soon.
    #[error("the compressed file is corrupt or cut short ({0})")]
    Gzip(String),
    /// The file ends within its header, after the given number of bytes.
    #[error("the file ends within its header, after {0} bytes")]
    NoHeader(usize),
    /// The file begins with the magic number of another format.
    #[error("the file is not an IDX file of {expected}: it begins with {found:#010x}")]
    Magic {
        /// What the file should contain.
        expected: &'static str,
        /// The first four bytes of the file, big-endian.
        found: u32,
    },
    /// The images have another size than MNIST's: the given numbers of rows and columns.
    #[error("the images are {0} × {1} pixels, not 28 × 28")]
    Dimensions(u32, u32),
    /// The file's length does not match its header.
    #[error("the header promises {promised} bytes, the file holds {found}")]
    Length {
        /// Bytes according to the header.
        promised: u64,
        /// Bytes in the file.
        found: u64,
    },
    /// A label is not a digit.
    #[error("label {index} is {label}, not a digit from 0 to 9")]
    Label {
        /// The index of the label.
        index: usize,
        /// The value of the label.
        label: u8,
    },
    /// The numbers of images and labels differ from those of MNIST.
    #[error("there are {images} images and {labels} labels; {expected} of each are needed")]
    Count {
        /// Images in the file.
        images: usize,
        /// Labels in the file.
        labels: usize,
        /// Images, and labels, in MNIST.
        expected: usize,
    },
}

/// Unpacks a file piece by piece. A file that is not gzip-compressed is copied, because a web server may have unpacked
/// it already.
pub struct MaybeGzipDecoder {
    state: DecoderState,
}

enum DecoderState {
    Empty,
    Raw(Vec<u8>),
    Gzip(Box<MultiGzDecoder<Vec<u8>>>),
}

/// An upper bound on the size of an unpacked MNIST file. It limits the memory that a damaged file can claim to need.
const LARGEST_FILE: usize = 48 << 20;

impl MaybeGzipDecoder {
    /// A decoder that has received nothing yet.
    pub fn new() -> MaybeGzipDecoder {
        MaybeGzipDecoder { state: DecoderState::Empty }
    }

    /// The unpacked size of a gzip file in bytes, from the last four bytes of the file, so that memory can be reserved
    /// once.
    pub fn size_hint(file_tail: [u8; 4]) -> usize {
        (u32::from_le_bytes(file_tail) as usize).min(LARGEST_FILE)
    }

    /// Unpacks the next bytes. The first piece decides whether the file is gzip-compressed, so it must have at least
    /// two bytes. `size_hint` is the expected size of the unpacked file in bytes.
    pub fn push(&mut self, bytes: &[u8], size_hint: usize) -> Result<(), DataError> {
        if matches!(self.state, DecoderState::Empty) && !bytes.is_empty() {
            let room = Vec::with_capacity(size_hint.min(LARGEST_FILE));
            self.state = if bytes.starts_with(&[0x1f, 0x8b]) {
                DecoderState::Gzip(Box::new(MultiGzDecoder::new(room)))
            } else {
                DecoderState::Raw(room)
            };
        }
        match &mut self.state {
            DecoderState::Empty => Ok(()),
            DecoderState::Raw(all) => {
                all.extend_from_slice(bytes);
                Ok(())
            }
            DecoderState::Gzip(decoder) => {
                decoder.write_all(bytes).map_err(|e| DataError::Gzip(e.to_string()))
            }
        }
    }

    /// All unpacked bytes. It is an error if the compressed stream is incomplete.
    pub fn finish(self) -> Result<Vec<u8>, DataError> {
        match self.state {
            DecoderState::Empty => Ok(vec![]),
            DecoderState::Raw(all) => Ok(all),
            DecoderState::Gzip(decoder) => decoder.finish().map_err(|e| DataError::Gzip(e.to_string())),
        }
    }
}

impl Default for MaybeGzipDecoder {
    fn default() -> Self {
        MaybeGzipDecoder::new()
    }
}

/// Unpacks a whole file, gzip-compressed or not.
pub fn decompress(file: &[u8]) -> Result<Vec<u8>, DataError> {
    let mut decoder = MaybeGzipDecoder::new();
    let hint = file.last_chunk::<4>().map_or(0, |tail| MaybeGzipDecoder::size_hint(*tail));
    decoder.push(file, hint)?;
    decoder.finish()
}

fn read_u32_be(bytes: &[u8], offset: usize) -> Result<u32, DataError> {
    let word = bytes.get(offset..offset + 4).ok_or(DataError::NoHeader(bytes.len()))?;
    Ok(u32::from_be_bytes(word.try_into().expect("four bytes")))
}

/// The pixels of an IDX file of 28 × 28 images, which has the magic number 0x00000803.
pub fn parse_images(mut file: Vec<u8>) -> Result<Vec<u8>, DataError> {
    let magic = read_u32_be(&file, 0)?;
    if magic != 0x803 {
        return Err(DataError::Magic { expected: "images", found: magic });
    }
    let (count, height, width) = (read_u32_be(&file, 4)?, read_u32_be(&file, 8)?, read_u32_be(&file, 12)?);
    if (height, width) != (28, 28) {
        return Err(DataError::Dimensions(height, width));
    }
    let (promised, found) = (16 + u64::from(count) * IMAGE_PIXELS as u64, file.len() as u64);
    if promised != found {
        return Err(DataError::Length { promised, found });
    }
    file.drain(..16);
    Ok(file)
}

/// The labels of an IDX file of digits, which has the magic number 0x00000801.
pub fn parse_labels(mut file: Vec<u8>) -> Result<Vec<u8>, DataError> {
    let magic = read_u32_be(&file, 0)?;
    if magic != 0x801 {
        return Err(DataError::Magic { expected: "labels", found: magic });
    }
    let (promised, found) = (8 + u64::from(read_u32_be(&file, 4)?), file.len() as u64);
    if promised != found {
        return Err(DataError::Length { promised, found });
    }
    file.drain(..8);
    match file.iter().position(|&label| usize::from(label) >= CLASSES) {
        Some(index) => Err(DataError::Label { index, label: file[index] }),
        None => Ok(file),
    }
}

/// The MNIST data set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mnist {
    /// 60,000 images for training and validation.
    pub train: Dataset,
    /// 10,000 images for testing.
    pub test: Dataset,
}

impl Mnist {
    /// The data set from parsed pixels and labels. It is an error if their numbers are not those of MNIST.
    pub fn new(train: Dataset, test: Dataset) -> Result<Mnist, DataError> {
        for (set, expected) in [(&train, TRAIN_IMAGES + VALIDATION_IMAGES), (&test, 10_000)] {
            let (images, labels) = (set.images.len() / IMAGE_PIXELS, set.labels.len());
            if images != expected || labels != expected {
                return Err(DataError::Count { images, labels, expected });
            }
        }
        Ok(Mnist { train, test })
    }

    /// The data set from the four files, gzip-compressed or not: training images, training labels, test images, test
    /// labels.
    pub fn from_files(files: [&[u8]; 4]) -> Result<Mnist, DataError> {
        let [train_images, train_labels, test_images, test_labels] = files;
        let set = |images, labels| -> Result<Dataset, DataError> {
            Ok(Dataset {
                images: parse_images(decompress(images)?)?,
                labels: parse_labels(decompress(labels)?)?,
            })
        };
        Mnist::new(set(train_images, train_labels)?, set(test_images, test_labels)?)
    }
}

/// A random split of the 60,000 images into training and validation images.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrainValidationSplit {
    /// The indices of the 55,000 training images.
    pub train: Vec<u32>,
    /// The indices of the 5,000 validation images.
    pub validation: Vec<u32>,
}

impl TrainValidationSplit {
    /// The split of the trial with this seed.
    pub fn new(trial: u32) -> TrainValidationSplit {
        let mut train: Vec<u32> = (0..(TRAIN_IMAGES + VALIDATION_IMAGES) as u32).collect();
        RandomStream::new(trial, RandomPurpose::Split, 0, 0).shuffle(&mut train);
        let validation = train.split_off(TRAIN_IMAGES);
        TrainValidationSplit { train, validation }
    }
}
