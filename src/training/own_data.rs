//! Makes a data set of the files of the user, in the four files that built-in data sets have. From there on nothing has to
//! know where a data set comes from.
//!
//! The files are IDX files, images and their labels, or binary batches of CIFAR-10; each may be packed by gzip. Test files
//! are those with “test” or “t10k” in their names. Where all or none are, they are one set, of which a seventh becomes the
//! test set, as of MNIST. Which images these are is drawn from a stream of its own that knows no trial, so that all trials
//! are tested on the same images. The SHA-256 is that of the four files, one after the other: for files of the form of MNIST's
//! it is that of the unpacked files themselves.

use crate::{
    data::{LabelledImages, MaybeGzipDecoder},
    image_file::{self, Contents},
    rng::RandomStream,
};
use experiment::{
    data_error::DataError,
    hexadecimal::hexadecimal,
    own_data_error::{OwnDataError, OwnDataFault},
    purpose::RandomPurpose,
};
use model::{
    ImageSize,
    data_set::{DataFile, DataSet},
    own_data::{CLASSES, LEAST_TEST_IMAGES, LEAST_TRAINING_IMAGES, MOST_BYTES, OwnDataShape},
};
use sha2::{Digest, Sha256};

/// Bytes of all files together when they are unpacked: those of the pixels, and room for labels and headers.
const MOST_FILE_BYTES: u64 = MOST_BYTES + (MOST_BYTES >> 6);
/// One image in so many is a test image where the files are one set.
const TEST_SHARE: usize = 7;

/// A file of the user.
pub struct NamedFile {
    /// Its name.
    pub name: String,
    /// Its bytes, packed by gzip or not.
    pub bytes: Vec<u8>,
}

/// A data set of the user.
#[derive(Debug, PartialEq, Eq)]
pub struct OwnData {
    /// Its description. Files that are those of a built-in data set have that of the built-in one.
    pub data: DataSet,
    /// Its files in the order of [`DataFile::ALL`], unpacked.
    pub files: [Vec<u8>; 4],
}

/// A file that has been read.
struct ReadFile {
    name: String,
    contents: Contents,
}

/// Images with their labels, from the files of one part of a data set.
struct Part {
    /// A file of it, to be named where the part as a whole is refused.
    name: String,
    size: ImageSize,
    set: LabelledImages,
}

impl OwnData {
    /// Makes a data set of files, in whatever order they come. `expected` is the data set that they must be, if any. An error
    /// names the file that it is about.
    pub fn read(files: Vec<NamedFile>, expected: Option<&DataSet>) -> Result<OwnData, OwnDataFault> {
        let first = files.first().map(|file| file.name.clone()).unwrap_or_default();
        let fault = |error| OwnDataFault { name: first.clone(), error };
        let read = read_all(files)?;
        let (test, training): (Vec<_>, Vec<_>) = read.into_iter().partition(|file| is_test_file(&file.name));
        let (training, test) = match training.is_empty() || test.is_empty() {
            true => split(part([training, test].into_iter().flatten().collect())?),
            false => (part(training)?, part(test)?),
        };
        if training.size != test.size {
            let error =
                OwnDataError::OtherSize { found: test.size, other: training.name, expected: training.size };
            return Err(OwnDataFault { name: test.name, error });
        }
        let counts = (training.set.labels.len() as u32, test.set.labels.len() as u32);
        let labels = || training.set.labels.iter().chain(&test.set.labels).copied();
        let classes = labels().max().map_or(0, |largest| u32::from(largest) + 1);
        let shape =
            OwnDataShape { image: training.size, classes, training_images: counts.0, test_images: counts.1 };
        let least = (LEAST_TRAINING_IMAGES, LEAST_TEST_IMAGES);
        if counts.0 < least.0 || counts.1 < least.1 {
            return Err(fault(OwnDataError::TooFewImages { found: counts, least }));
        }
        if classes < CLASSES.0 {
            return Err(fault(OwnDataError::OneClass));
        }
        if !shape.is_allowed() {
            return Err(fault(OwnDataError::TooLarge { most: MOST_BYTES }));
        }
        let own = OwnData::from_sets(shape, training.set, test.set);
        match expected {
            Some(expected) if expected.sha256 != own.data.sha256 => Err(fault(OwnDataError::OtherData {
                found: own.data.sha256,
                expected: expected.sha256.clone(),
            })),
            Some(expected) if !expected.is_unread() && *expected != own.data => {
                Err(fault(OwnDataError::OtherShape { found: own.data.name }))
            }
            _ => Ok(own),
        }
    }

    fn from_sets(shape: OwnDataShape, training: LabelledImages, test: LabelledImages) -> OwnData {
        // The headers do not depend on the SHA-256.
        let unnamed = DataSet::own(&"0".repeat(64), shape);
        let contents = [training.images, training.labels, test.images, test.labels];
        let mut contents = contents.into_iter();
        let mut hash = Sha256::new();
        let files = DataFile::ALL.map(|file| {
            let header: Vec<u8> =
                unnamed.file_header(file).into_iter().flat_map(|number| number.to_be_bytes()).collect();
            let mut bytes = contents.next().expect("as many as there are files");
            // In place, because a data set may take a good part of the memory.
            bytes.splice(0..0, header);
            hash.update(&bytes);
            bytes
        });
        let sha256 = hexadecimal(&hash.finalize());
        let built_in = DataSet::NAMES.into_iter().filter_map(DataSet::from_name);
        let data = built_in.into_iter().find(|data| data.sha256 == sha256);
        OwnData { data: data.unwrap_or_else(|| DataSet::own(&sha256, shape)), files }
    }
}

fn is_test_file(name: &str) -> bool {
    let name = name.to_lowercase();
    name.contains("test") || name.contains("t10k")
}

/// Unpacks and reads all files, in the order of their names, which is that of CIFAR-10's batches.
fn read_all(mut files: Vec<NamedFile>) -> Result<Vec<ReadFile>, OwnDataFault> {
    files.sort_by(|one, other| one.name.cmp(&other.name));
    let mut room = MOST_FILE_BYTES;
    let read = |NamedFile { name, bytes }: NamedFile| {
        let contents = unpacked(bytes, room).and_then(|bytes| {
            room -= bytes.len() as u64;
            image_file::read(bytes)
        });
        match contents {
            Ok(contents) => Ok(ReadFile { name, contents }),
            Err(error) => Err(OwnDataFault { name, error }),
        }
    };
    files.into_iter().map(read).collect()
}

/// The contents of a file, of which at most `room` bytes are taken.
fn unpacked(bytes: Vec<u8>, room: u64) -> Result<Vec<u8>, OwnDataError> {
    let refused = |error| match error {
        DataError::TooLarge(_) => OwnDataError::TooLarge { most: MOST_BYTES },
        error => OwnDataError::Damaged(error),
    };
    let mut decoder = MaybeGzipDecoder::with_room(room);
    decoder.push(&bytes).map_err(refused)?;
    decoder.finish().map(|(bytes, _)| bytes).map_err(refused)
}

/// The images and labels of the files of one part: an IDX file of each, or batches.
fn part(files: Vec<ReadFile>) -> Result<Part, OwnDataFault> {
    let (mut images, mut labels) = (None::<(String, ImageSize, Vec<u8>)>, None::<(String, Vec<u8>)>);
    let mut batches = None::<Part>;
    for ReadFile { name, contents } in files {
        let second = |other: &str| OwnDataFault {
            name: name.clone(),
            error: OwnDataError::SecondFile { other: other.to_owned() },
        };
        match contents {
            Contents::Images { size, values } => match &images {
                Some((other, ..)) => return Err(second(other)),
                None => images = Some((name, size, values)),
            },
            Contents::Labels(values) => match &labels {
                Some((other, _)) => return Err(second(other)),
                None => labels = Some((name, values)),
            },
            Contents::Batch { mut values, labels: mut of_batch } => match &mut batches {
                Some(Part { set: LabelledImages { images, labels }, .. }) => {
                    images.append(&mut values);
                    labels.append(&mut of_batch);
                }
                None => {
                    let set = LabelledImages { images: values, labels: of_batch };
                    batches = Some(Part { name, size: image_file::CIFAR_IMAGE, set });
                }
            },
        }
    }
    let fault = |name, error| Err(OwnDataFault { name, error });
    match (images, labels, batches) {
        (None, None, Some(batches)) => Ok(batches),
        (Some((other, ..)), _, Some(batch)) | (_, Some((other, _)), Some(batch)) => {
            fault(batch.name, OwnDataError::TwoFormats { other })
        }
        (Some((name, size, images)), Some((labels_name, labels)), None) => {
            let count = images.len() / size.values();
            match count == labels.len() {
                true => Ok(Part { name, size, set: LabelledImages { images, labels } }),
                false => fault(
                    labels_name,
                    OwnDataError::Counts { labels: labels.len() as u32, other: name, images: count as u32 },
                ),
            }
        }
        (Some((name, ..)), None, None) | (None, Some((name, _)), None) => {
            fault(name, OwnDataError::NoPartner)
        }
        (None, None, None) => fault(String::new(), OwnDataError::NoPartner),
    }
}

/// Draws the test images of a set that has none. The images of both parts keep their order.
fn split(whole: Part) -> (Part, Part) {
    let Part { name, size, set } = whole;
    let count = set.labels.len();
    let mut order: Vec<u32> = (0..count as u32).collect();
    RandomStream::new(0, RandomPurpose::TestSplit, 0, 0).shuffle(&mut order);
    let test_images = (count + TEST_SHARE / 2) / TEST_SHARE;
    let mut is_test = vec![false; count];
    order[..test_images].iter().for_each(|&image| is_test[image as usize] = true);
    let of = |wanted: bool| {
        let chosen = || is_test.iter().enumerate().filter(move |(_, is_test)| **is_test == wanted);
        let image = |(at, _)| &set.images[at * size.values()..][..size.values()];
        let images = chosen().flat_map(image).copied().collect();
        let labels = chosen().map(|(at, _)| set.labels[at]).collect();
        Part { name: name.clone(), size, set: LabelledImages { images, labels } }
    };
    (of(false), of(true))
}
