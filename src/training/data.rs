//! MNIST: reading its files, and which images train, validate and test.

use crate::rng::RandomStream;
use experiment::config::{TRAIN_IMAGES, VALIDATION_IMAGES};
use experiment::purpose::RandomPurpose;
use flate2::write::MultiGzDecoder;
use model::{CLASSES, IMAGE_PIXELS};
use std::io::Write;
use thiserror::Error;

/// Images and labels; pixels stay bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dataset {
    /// [`IMAGE_PIXELS`] bytes an image, row by row.
    pub images: Vec<u8>,
    /// One digit an image.
    pub labels: Vec<u8>,
}

/// Why a data file cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum DataError {
    /// The gzip stream is corrupt or ends too soon.
    #[error("the compressed file is corrupt or cut short ({0})")]
    Gzip(String),
    /// Not even a header.
    #[error("the file ends within its header, after {0} bytes")]
    NoHeader(usize),
    /// Another kind of file.
    #[error("the file is not an IDX file of {expected}: it begins with {found:#010x}")]
    Magic {
        /// What it should hold.
        expected: &'static str,
        /// Its first four bytes.
        found: u32,
    },
    /// Images of another size.
    #[error("the images are {0} × {1} pixels, not 28 × 28")]
    Dimensions(u32, u32),
    /// More or fewer bytes than the header promises.
    #[error("the header promises {promised} bytes, the file holds {found}")]
    Length {
        /// By the header.
        promised: u64,
        /// In the file.
        found: u64,
    },
    /// Not a digit.
    #[error("label {index} is {label}, not a digit from 0 to 9")]
    Label {
        /// Which label.
        index: usize,
        /// Its value.
        label: u8,
    },
    /// Images and labels that do not belong together, or too few of them.
    #[error("there are {images} images and {labels} labels; {expected} of each are needed")]
    Count {
        /// Images found.
        images: usize,
        /// Labels found.
        labels: usize,
        /// Of each, as MNIST has them.
        expected: usize,
    },
}

/// Undoes gzip where its magic bytes are there (a host may have undone it already), in pieces of any size.
pub struct MaybeGzipDecoder {
    state: DecoderState,
}

enum DecoderState {
    Empty,
    Raw(Vec<u8>),
    Gzip(Box<MultiGzDecoder<Vec<u8>>>),
}

/// A file of MNIST is smaller than this; a size that a damaged file claims is not believed beyond it.
const LARGEST_FILE: usize = 48 << 20;

impl MaybeGzipDecoder {
    /// For a file of which nothing has come yet.
    pub fn new() -> MaybeGzipDecoder {
        MaybeGzipDecoder { state: DecoderState::Empty }
    }

    /// How much a whole gzip file says it unpacks to, to make room once.
    pub fn size_hint(file_tail: [u8; 4]) -> usize {
        (u32::from_le_bytes(file_tail) as usize).min(LARGEST_FILE)
    }

    /// Takes the next bytes. The first piece decides whether it is gzip, so it must have at least two bytes.
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

    /// All that was in the file.
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

/// Unpacks a whole file.
pub fn decompress(file: &[u8]) -> Result<Vec<u8>, DataError> {
    let mut unpacker = MaybeGzipDecoder::new();
    let hint = file.last_chunk::<4>().map_or(0, |tail| MaybeGzipDecoder::size_hint(*tail));
    unpacker.push(file, hint)?;
    unpacker.finish()
}

fn read_u32_be(bytes: &[u8], at: usize) -> Result<u32, DataError> {
    let word = bytes.get(at..at + 4).ok_or(DataError::NoHeader(bytes.len()))?;
    Ok(u32::from_be_bytes(word.try_into().expect("four bytes")))
}

/// The pixels of an IDX file of 28 × 28 images (magic 0x00000803).
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

/// The labels of an IDX file of digits (magic 0x00000801).
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

/// All of MNIST.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mnist {
    /// 60,000 images, to train and validate on.
    pub train: Dataset,
    /// 10,000 images, to test on.
    pub test: Dataset,
}

impl Mnist {
    /// From unpacked pixels and labels, as [`parse_images`] and [`parse_labels`] give them.
    pub fn new(train: Dataset, test: Dataset) -> Result<Mnist, DataError> {
        for (set, expected) in [(&train, TRAIN_IMAGES + VALIDATION_IMAGES), (&test, 10_000)] {
            let (images, labels) = (set.images.len() / IMAGE_PIXELS, set.labels.len());
            if images != expected || labels != expected {
                return Err(DataError::Count { images, labels, expected });
            }
        }
        Ok(Mnist { train, test })
    }

    /// From the four files, gzipped or not: training images and labels, test images and labels.
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

/// Which of the 60,000 images train and which validate, by a trial's seed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrainValidationSplit {
    /// 55,000 indices.
    pub train: Vec<u32>,
    /// 5,000 indices.
    pub validation: Vec<u32>,
}

impl TrainValidationSplit {
    /// The split of a trial.
    pub fn new(trial: u32) -> TrainValidationSplit {
        let mut train: Vec<u32> = (0..(TRAIN_IMAGES + VALIDATION_IMAGES) as u32).collect();
        RandomStream::new(trial, RandomPurpose::Split, 0, 0).shuffle(&mut train);
        let validation = train.split_off(TRAIN_IMAGES);
        TrainValidationSplit { train, validation }
    }
}
