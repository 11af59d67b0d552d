//! Reads the files of a data set and splits its images into training and validation images.

use crate::rng::RandomStream;
use experiment::{
    data_error::{DataError, DataFileContents},
    hexadecimal::hexadecimal,
    purpose::RandomPurpose,
};
use flate2::write::MultiGzDecoder;
use model::data_set::{DataFile, DataSet};
use sha2::{Digest, Sha256};
use std::io::{self, Write};
use thiserror::Error;

/// Images and their labels. Pixels are kept as bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LabelledImages {
    /// The values of each image, row by row, image after image.
    pub images: Vec<u8>,
    /// The class of each image.
    pub labels: Vec<u8>,
}

/// Unpacks a file piece by piece. A file that is not gzip-compressed is copied, because a web server may have unpacked
/// it already.
pub struct MaybeGzipDecoder {
    state: DecoderState,
}

enum DecoderState {
    /// No bytes have come yet.
    Empty(UnpackedBytes),
    Raw(UnpackedBytes),
    Gzip(Box<MultiGzDecoder<UnpackedBytes>>),
}

/// What has been unpacked so far. It takes no more bytes than the largest file that is expected, because a damaged file
/// can unpack to gigabytes.
struct UnpackedBytes {
    bytes: Vec<u8>,
    /// The bytes that are expected, for which there is room from the start.
    expected: u64,
    most: u64,
    /// The hash of all bytes, those of the files before included.
    hash: Sha256,
}

/// The error that [`UnpackedBytes`] puts into an [`io::Error`] when there is no room left.
#[derive(Debug, Error)]
#[error("there are more than {0} bytes")]
struct NoRoom(u64);

impl Write for UnpackedBytes {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if (self.bytes.len() + bytes.len()) as u64 > self.most {
            return Err(io::Error::other(NoRoom(self.most)));
        }
        self.bytes.extend_from_slice(bytes);
        self.hash.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The number of bytes that a file may be longer than it should be. What is only a little too long is described by the
/// checks of its header, which say more.
const SLACK: u64 = 1 << 20;

impl MaybeGzipDecoder {
    /// A decoder that has received nothing yet, for this file of a data set. `hash` is the hash of the files before it.
    pub fn new(data: &DataSet, file: DataFile, hash: Sha256) -> MaybeGzipDecoder {
        let expected = data.file_bytes(file);
        MaybeGzipDecoder::of(UnpackedBytes { bytes: vec![], expected, most: expected + SLACK, hash })
    }

    /// A decoder of a file of which only the most bytes are known.
    pub fn with_room(most: u64) -> MaybeGzipDecoder {
        MaybeGzipDecoder::of(UnpackedBytes { bytes: vec![], expected: 0, most, hash: Sha256::new() })
    }

    fn of(unpacked: UnpackedBytes) -> MaybeGzipDecoder {
        MaybeGzipDecoder { state: DecoderState::Empty(unpacked) }
    }

    /// Unpacks the next bytes. The first piece decides whether the file is gzip-compressed, so it must have at least
    /// two bytes.
    pub fn push(&mut self, bytes: &[u8]) -> Result<(), DataError> {
        if let DecoderState::Empty(unpacked) = &mut self.state
            && !bytes.is_empty()
        {
            let UnpackedBytes { expected, most, hash, .. } = unpacked;
            let room = Vec::with_capacity(*expected as usize);
            let unpacked =
                UnpackedBytes { bytes: room, expected: *expected, most: *most, hash: std::mem::take(hash) };
            self.state = if bytes.starts_with(&[0x1f, 0x8b]) {
                DecoderState::Gzip(Box::new(MultiGzDecoder::new(unpacked)))
            } else {
                DecoderState::Raw(unpacked)
            };
        }
        let written = match &mut self.state {
            DecoderState::Empty(_) => Ok(()),
            DecoderState::Raw(unpacked) => unpacked.write_all(bytes),
            DecoderState::Gzip(decoder) => decoder.write_all(bytes),
        };
        written.map_err(unpacking_error)
    }

    /// All unpacked bytes and the hash of these and of the files before. It is an error if the compressed stream is
    /// incomplete.
    pub fn finish(self) -> Result<(Vec<u8>, Sha256), DataError> {
        let unpacked = match self.state {
            DecoderState::Empty(unpacked) | DecoderState::Raw(unpacked) => unpacked,
            DecoderState::Gzip(decoder) => decoder.finish().map_err(unpacking_error)?,
        };
        Ok((unpacked.bytes, unpacked.hash))
    }
}

fn unpacking_error(error: io::Error) -> DataError {
    match error.get_ref().and_then(|inner| inner.downcast_ref::<NoRoom>()) {
        Some(NoRoom(most)) => DataError::TooLarge(*most),
        None => DataError::Gzip(error.to_string()),
    }
}

fn read_u32_be(bytes: &[u8], offset: usize) -> Result<u32, DataError> {
    let word = bytes.get(offset..offset + 4).ok_or(DataError::NoHeader(bytes.len()))?;
    Ok(u32::from_be_bytes(word.try_into().expect("four bytes")))
}

/// The values of an IDX file of images of the data set's size, as [`DataSet::file_header`] says.
pub fn parse_images(data: &DataSet, mut file: Vec<u8>) -> Result<Vec<u8>, DataError> {
    let header = data.file_header(DataFile::TrainImages);
    let magic = read_u32_be(&file, 0)?;
    if magic != header[0] {
        return Err(DataError::Magic { expected: DataFileContents::Images, found: magic });
    }
    let start = 4 * header.len();
    let sizes: Vec<u32> =
        (4..start).step_by(4).map(|at| read_u32_be(&file, at)).collect::<Result<_, DataError>>()?;
    let rows_and_columns = |sizes: &[u32]| (sizes[sizes.len() - 2], sizes[sizes.len() - 1]);
    if sizes[1..] != header[2..] {
        let (found, expected) = (rows_and_columns(&sizes), rows_and_columns(&header));
        return Err(DataError::Dimensions { found, expected });
    }
    let promised = start as u64 + u64::from(sizes[0]) * data.image.values() as u64;
    let found = file.len() as u64;
    if promised != found {
        return Err(DataError::Length { promised, found });
    }
    file.drain(..start);
    Ok(file)
}

/// The labels of an IDX file of labels, which has the magic number 0x00000801.
pub fn parse_labels(data: &DataSet, mut file: Vec<u8>) -> Result<Vec<u8>, DataError> {
    let magic = read_u32_be(&file, 0)?;
    if magic != 0x801 {
        return Err(DataError::Magic { expected: DataFileContents::Labels, found: magic });
    }
    let (promised, found) = (8 + u64::from(read_u32_be(&file, 4)?), file.len() as u64);
    if promised != found {
        return Err(DataError::Length { promised, found });
    }
    file.drain(..8);
    let largest = data.classes.len() - 1;
    match file.iter().position(|&label| usize::from(label) > largest) {
        Some(index) => Err(DataError::Label { index, label: file[index], largest }),
        None => Ok(file),
    }
}

/// The images of a data set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadedData {
    /// The images for training and validation.
    pub train: LabelledImages,
    /// The images for testing.
    pub test: LabelledImages,
}

impl LoadedData {
    /// The data from parsed images and labels. It is an error if their numbers are not those of the data set.
    pub fn new(data: &DataSet, train: LabelledImages, test: LabelledImages) -> Result<LoadedData, DataError> {
        for (set, file) in [(&train, DataFile::TrainImages), (&test, DataFile::TestImages)] {
            let expected = data.images_in(file) as usize;
            let (images, labels) = (set.images.len() / data.image.values(), set.labels.len());
            if images != expected || labels != expected {
                return Err(DataError::Count { images, labels, expected });
            }
        }
        Ok(LoadedData { train, test })
    }

    /// The data from the four files, gzip-compressed or not, in the order of [`DataFile::ALL`].
    pub fn from_files(data: &DataSet, files: [&[u8]; 4]) -> Result<LoadedData, DataError> {
        let mut unpacking = DataUnpacking::new(data);
        for file in files {
            unpacking.push(file)?;
            unpacking.end_file()?;
        }
        unpacking.finish()
    }
}

/// Unpacks and checks the four files of a data set, one after the other and piece by piece.
pub struct DataUnpacking {
    data: DataSet,
    /// `None` after the last file.
    decoder: Option<MaybeGzipDecoder>,
    /// The images or labels of the files that are done.
    parsed: Vec<Vec<u8>>,
    /// The hash of all files, after the last one.
    hash: Sha256,
}

impl DataUnpacking {
    /// Begins with the first file.
    pub fn new(data: &DataSet) -> DataUnpacking {
        let decoder = Some(MaybeGzipDecoder::new(data, DataFile::ALL[0], Sha256::new()));
        DataUnpacking { data: data.clone(), decoder, parsed: vec![], hash: Sha256::new() }
    }

    /// The file whose bytes come next, or `None` after the last.
    pub fn file(&self) -> Option<DataFile> {
        DataFile::ALL.get(self.parsed.len()).copied()
    }

    /// Unpacks the next bytes of the current file. The first piece of a file must have at least two bytes.
    pub fn push(&mut self, bytes: &[u8]) -> Result<(), DataError> {
        self.decoder.as_mut().map_or(Ok(()), |decoder| decoder.push(bytes))
    }

    /// Ends the current file, checks it, and goes on to the next.
    pub fn end_file(&mut self) -> Result<(), DataError> {
        let (Some(file), Some(decoder)) = (self.file(), self.decoder.take()) else { return Ok(()) };
        let (unpacked, hash) = decoder.finish()?;
        self.parsed.push(match file {
            DataFile::TrainImages | DataFile::TestImages => parse_images(&self.data, unpacked)?,
            DataFile::TrainLabels | DataFile::TestLabels => parse_labels(&self.data, unpacked)?,
        });
        match self.file() {
            Some(next) => self.decoder = Some(MaybeGzipDecoder::new(&self.data, next, hash)),
            None => self.hash = hash,
        }
        Ok(())
    }

    /// The data set after the last file. It is an error if it is not the one that its description says.
    pub fn finish(self) -> Result<LoadedData, DataError> {
        let mut parsed = self.parsed.into_iter();
        let mut set = || LabelledImages {
            images: parsed.next().unwrap_or_default(),
            labels: parsed.next().unwrap_or_default(),
        };
        let loaded = LoadedData::new(&self.data, set(), set())?;
        let found = hexadecimal(&self.hash.finalize());
        if found != self.data.sha256 {
            return Err(DataError::OtherImages { found, expected: self.data.sha256 });
        }
        Ok(loaded)
    }
}

/// A random split of a data set's images into training and validation images.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrainValidationSplit {
    /// The indices of the training images.
    pub train: Vec<u32>,
    /// The indices of the validation images.
    pub validation: Vec<u32>,
}

impl TrainValidationSplit {
    /// The split of the trial with this seed.
    pub fn new(data: &DataSet, trial: u32) -> TrainValidationSplit {
        let mut train: Vec<u32> = (0..data.images_in(DataFile::TrainImages)).collect();
        RandomStream::new(trial, RandomPurpose::Split, 0, 0).shuffle(&mut train);
        let validation = train.split_off(data.training_images as usize);
        TrainValidationSplit { train, validation }
    }
}
