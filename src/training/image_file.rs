//! Reads one file of a data set of the user: an IDX file, as MNIST has them (Y. LeCun, “The MNIST database”), or a binary
//! batch of CIFAR-10 (A. Krizhevsky, “The CIFAR-10 dataset”).

use experiment::{data_error::DataError, own_data_error::OwnDataError};
use model::{
    ImageSize,
    own_data::{CHANNELS, CLASSES, MOST_SIDE},
};

/// The size of CIFAR-10's images.
pub(crate) const CIFAR_IMAGE: ImageSize = ImageSize { channels: 3, height: 32, width: 32 };
/// Bytes of an image and its label in a batch of CIFAR-10: first the label, then all reds, all greens and all blues.
const CIFAR_RECORD: usize = 1 + 3 * 32 * 32;
/// The number of classes of CIFAR-10.
const CIFAR_CLASSES: u8 = 10;
/// The third byte of an IDX file of bytes.
const UNSIGNED_BYTES: u8 = 8;
/// The other codes of kinds that the format knows: signed bytes, shorts, integers, floats and doubles.
const OTHER_KINDS: [u8; 5] = [9, 0x0b, 0x0c, 0x0d, 0x0e];

/// What a file contains.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Contents {
    /// Images, the values of each channel after channel, row by row.
    Images {
        /// Their size.
        size: ImageSize,
        /// Their values, image after image.
        values: Vec<u8>,
    },
    /// Labels, one byte each.
    Labels(Vec<u8>),
    /// Images of CIFAR-10's size and their labels.
    Batch {
        /// The values of the images, as [`Contents::Images`] has them.
        values: Vec<u8>,
        /// Their labels.
        labels: Vec<u8>,
    },
}

/// Reads an unpacked file.
pub(crate) fn read(file: Vec<u8>) -> Result<Contents, OwnDataError> {
    let is_whole_batch = !file.is_empty() && file.len().is_multiple_of(CIFAR_RECORD);
    match file[..] {
        // A batch may begin like an IDX file. It is one if its length is not that of the IDX file.
        [0, 0, kind, dimensions, ..] if kind == UNSIGNED_BYTES || OTHER_KINDS.contains(&kind) => {
            let idx = read_idx(&file, kind, dimensions);
            if is_whole_batch && idx.is_err() { read_batch(&file) } else { idx }
        }
        _ if is_whole_batch => read_batch(&file),
        _ => Err(OwnDataError::UnknownFormat { bytes: file.len() as u64 }),
    }
}

fn read_batch(file: &[u8]) -> Result<Contents, OwnDataError> {
    let records = || file.chunks_exact(CIFAR_RECORD);
    let labels: Vec<u8> = records().map(|record| record[0]).collect();
    check_labels(&labels, CIFAR_CLASSES)?;
    let mut values = Vec::with_capacity(file.len() - labels.len());
    records().for_each(|record| values.extend_from_slice(&record[1..]));
    Ok(Contents::Batch { values, labels })
}

/// Checks that all labels are below the number of classes.
fn check_labels(labels: &[u8], classes: u8) -> Result<(), OwnDataError> {
    match labels.iter().position(|&label| label >= classes) {
        Some(index) => {
            let (label, largest) = (labels[index], usize::from(classes) - 1);
            Err(OwnDataError::Damaged(DataError::Label { index, label, largest }))
        }
        None => Ok(()),
    }
}

fn read_idx(file: &[u8], kind: u8, dimensions: u8) -> Result<Contents, OwnDataError> {
    if kind != UNSIGNED_BYTES {
        return Err(OwnDataError::ValueKind { kind });
    }
    if ![1, 3, 4].contains(&dimensions) {
        return Err(OwnDataError::DimensionCount { found: dimensions });
    }
    let start = 4 + 4 * usize::from(dimensions);
    let header = file.get(4..start).ok_or(OwnDataError::Damaged(DataError::NoHeader(file.len())))?;
    let sizes: Vec<u32> = header.as_chunks().0.iter().map(|size| u32::from_be_bytes(*size)).collect();
    let values = &file[start..];
    match sizes[..] {
        [count] => {
            check_length(start, [count, 1, 1, 1], values)?;
            check_labels(values, CLASSES.1 as u8)?;
            Ok(Contents::Labels(values.to_vec()))
        }
        [count, height, width] => {
            let size = ImageSize { channels: 1, height, width };
            check_size(size)?;
            check_length(start, [count, 1, height, width], values)?;
            Ok(Contents::Images { size, values: values.to_vec() })
        }
        // Of images whose first and last size could both be that of channels, the last is: so most programs write them.
        [count, height, width, channels] if CHANNELS.contains(&channels) => {
            let size = ImageSize { channels, height, width };
            check_size(size)?;
            check_length(start, [count, channels, height, width], values)?;
            Ok(Contents::Images { size, values: channel_after_channel(size, values) })
        }
        [count, channels, height, width] if CHANNELS.contains(&channels) => {
            let size = ImageSize { channels, height, width };
            check_size(size)?;
            check_length(start, [count, channels, height, width], values)?;
            Ok(Contents::Images { size, values: values.to_vec() })
        }
        _ => Err(OwnDataError::Channels { found: (sizes[1], sizes[3]) }),
    }
}

fn check_size(size: ImageSize) -> Result<(), OwnDataError> {
    let allowed = 1..=MOST_SIDE;
    match allowed.contains(&size.height) && allowed.contains(&size.width) {
        true => Ok(()),
        false => Err(OwnDataError::ImageSize { found: (size.height, size.width), most: MOST_SIDE }),
    }
}

/// Checks that a file has the bytes that its header says. The sizes after the first are small, so that no product overflows.
fn check_length(header: usize, sizes: [u32; 4], values: &[u8]) -> Result<(), OwnDataError> {
    let promised = header as u64 + sizes.map(u64::from).iter().product::<u64>();
    let found = (header + values.len()) as u64;
    match promised == found {
        true => Ok(()),
        false => Err(OwnDataError::Damaged(DataError::Length { promised, found })),
    }
}

/// The values of images whose channels lie side by side at each pixel, in the order in which networks read them.
fn channel_after_channel(size: ImageSize, values: &[u8]) -> Vec<u8> {
    let channels = size.channels as usize;
    let planes = |image: &[u8]| -> Vec<u8> {
        (0..channels).flat_map(|channel| image.iter().skip(channel).step_by(channels).copied()).collect()
    };
    values.chunks_exact(size.values()).flat_map(planes).collect()
}
