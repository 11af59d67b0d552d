//! Tests the loader with correct files, with files that a web server has changed, and with damaged files.

use experiment::data_error::{DataError, DataFileContents};
use flate2::{Compression, write::GzEncoder};
use model::data_set::{DataFile, DataSet};
use proptest::prelude::*;
use protocol::{FailureKind, WorkerEvent};
use sha2::Sha256;
use std::io::Write;
use training::data::{
    LoadedData, MaybeGzipDecoder, TrainValidationSplit, parse_images as parse_images_of,
    parse_labels as parse_labels_of,
};
use worker::session::WorkerSession;

const FILES: [&str; 4] = ["train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1"];

fn file(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/assets/mnist/{name}-ubyte.gz", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

/// Unpacks a whole file, gzip-compressed or not, as large as MNIST's training images.
fn decompress(file: &[u8]) -> Result<Vec<u8>, DataError> {
    let mut decoder = MaybeGzipDecoder::new(&DataSet::mnist(), DataFile::TrainImages, Sha256::default());
    decoder.push(file)?;
    decoder.finish().map(|(bytes, _)| bytes)
}

fn parse_images(file: Vec<u8>) -> Result<Vec<u8>, DataError> {
    parse_images_of(&DataSet::mnist(), file)
}

fn parse_labels(file: Vec<u8>) -> Result<Vec<u8>, DataError> {
    parse_labels_of(&DataSet::mnist(), file)
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(vec![], Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// An IDX file of `count` images with the given size, or of labels if `size` is empty.
fn idx(magic: u32, count: u32, size: &[u32], body: &[u8]) -> Vec<u8> {
    let words = [magic, count].into_iter().chain(size.iter().copied());
    words.flat_map(u32::to_be_bytes).chain(body.iter().copied()).collect()
}

#[test]
fn the_real_files_are_mnist() {
    let files = FILES.map(file);
    let mnist = LoadedData::from_files(&DataSet::mnist(), files.each_ref().map(|f| &f[..])).unwrap();
    // The counts of the digits in the original training and test labels.
    let counts =
        |labels: &[u8]| (0..10).map(|d| labels.iter().filter(|l| **l == d).count()).collect::<Vec<_>>();
    assert_eq!(counts(&mnist.train.labels), [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]);
    assert_eq!(counts(&mnist.test.labels), [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]);
    // The mean pixel of the training images is known to be 0.1307.
    let sum: u64 = mnist.train.images.iter().map(|p| u64::from(*p)).sum();
    let mean = sum as f64 / 255.0 / mnist.train.images.len() as f64;
    assert!((mean - 0.1307).abs() < 5e-5, "{mean}");
}

#[test]
fn gzip_and_raw_read_alike() {
    let labels = idx(0x801, 3, &[], &[7, 0, 9]);
    assert_eq!(decompress(&gzip(&labels)).unwrap(), labels);
    assert_eq!(decompress(&labels).unwrap(), labels);
    assert_eq!(parse_labels(labels).unwrap(), [7, 0, 9]);
    let images = idx(0x803, 2, &[28, 28], &[5; 2 * 784]);
    assert_eq!(parse_images(decompress(&gzip(&images)).unwrap()).unwrap(), [5; 2 * 784]);
}

#[test]
fn damaged_files_are_refused_by_name() {
    let body = [1u8; 784];
    let images = |magic, count, size: &[u32]| parse_images(idx(magic, count, size, &body)).unwrap_err();
    assert_eq!(
        images(0x801, 1, &[28, 28]),
        DataError::Magic { expected: DataFileContents::Images, found: 0x801 }
    );
    assert_eq!(images(0x803, 1, &[28, 27]), DataError::Dimensions { found: (28, 27), expected: (28, 28) });
    assert_eq!(images(0x803, 2, &[28, 28]), DataError::Length { promised: 1584, found: 800 });
    assert!(matches!(images(0x803, u32::MAX, &[28, 28]), DataError::Length { .. }));
    let labels = |magic, count, body: &[u8]| parse_labels(idx(magic, count, &[], body)).unwrap_err();
    assert_eq!(labels(0x803, 1, &[1]), DataError::Magic { expected: DataFileContents::Labels, found: 0x803 });
    assert_eq!(labels(0x801, 2, &[1]), DataError::Length { promised: 10, found: 9 });
    assert_eq!(labels(0x801, 3, &[1, 10, 2]), DataError::Label { index: 1, label: 10, largest: 9 });
    let packed = gzip(&idx(0x801, 3, &[], &[7, 0, 9]));
    for cut in 2..packed.len() {
        assert!(matches!(decompress(&packed[..cut]), Err(DataError::Gzip(_))), "cut at {cut}");
    }
    assert_eq!(decompress(&[]).unwrap(), Vec::<u8>::new());
}

/// A download that ends early leaves the beginning of a file. Each length gives its own error.
#[test]
fn a_file_cut_short_says_where_it_ends() {
    let images = idx(0x803, 2, &[28, 28], &[5; 2 * 784]);
    let labels = idx(0x801, 3, &[], &[7, 0, 9]);
    for cut in 0..images.len() {
        let error = parse_images(images[..cut].to_vec()).unwrap_err();
        let found = cut as u64;
        let wanted = match cut {
            0..16 => DataError::NoHeader(cut),
            // From here on the header is complete, followed by none or a part of the promised bytes.
            _ => DataError::Length { promised: 16 + 2 * 784, found },
        };
        assert_eq!(error, wanted, "{cut} bytes of images");
        // A web server may have compressed the incomplete file.
        assert_eq!(parse_images(decompress(&gzip(&images[..cut])).unwrap()).unwrap_err(), wanted);
    }
    for cut in 0..labels.len() {
        let wanted = match cut {
            0..8 => DataError::NoHeader(cut),
            _ => DataError::Length { promised: 8 + 3, found: cut as u64 },
        };
        assert_eq!(parse_labels(labels[..cut].to_vec()).unwrap_err(), wanted, "{cut} bytes of labels");
    }
    // Too many bytes are as wrong as too few.
    let long = [&labels[..], &[1]].concat();
    assert_eq!(parse_labels(long).unwrap_err(), DataError::Length { promised: 11, found: 12 });
}

#[test]
fn too_few_images_are_refused() {
    let one = gzip(&idx(0x803, 1, &[28, 28], &[0; 784]));
    let label = gzip(&idx(0x801, 1, &[], &[3]));
    let error = LoadedData::from_files(&DataSet::mnist(), [&one, &label, &one, &label]).unwrap_err();
    assert_eq!(error, DataError::Count { images: 1, labels: 1, expected: 60_000 });
}

/// A megabyte of gzip can hold a gigabyte. No more is unpacked than the largest file of its kind has.
#[test]
fn a_file_that_unpacks_to_more_than_any_of_the_data_set_is_refused_before_it_is_unpacked() {
    let mut encoder = GzEncoder::new(vec![], Compression::fast());
    let zeros = vec![0; 1 << 20];
    (0..200).for_each(|_| encoder.write_all(&zeros).unwrap());
    let bomb = encoder.finish().unwrap();
    assert!(bomb.len() < 2 << 20);
    let most = 47_040_016 + (1 << 20);
    assert_eq!(decompress(&bomb).unwrap_err(), DataError::TooLarge(most));
    // A server may have unpacked it.
    assert_eq!(decompress(&vec![0; most as usize + 1]).unwrap_err(), DataError::TooLarge(most));
    let failed = load([bomb, vec![], vec![], vec![]]);
    let Some(WorkerEvent::Failed { failure }) = failed.last() else { panic!("{failed:?}") };
    assert_eq!(failure.kind, FailureKind::Data);
    assert!(failure.cause.to_string().contains("holds more than 48088592 bytes"), "{}", failure.cause);
}

/// Files with the right sizes and other images give other digits, so they are not taken for the data set.
#[test]
fn other_images_of_the_right_size_are_refused() {
    let files = FILES.map(file);
    let [train_images, train_labels, test_images, _] = &files;
    let mut labels = decompress(&files[3]).unwrap();
    labels[8] = 0;
    let changed = [&train_images[..], train_labels, test_images, &labels];
    let error = LoadedData::from_files(&DataSet::mnist(), changed).unwrap_err();
    assert!(matches!(error, DataError::OtherImages { .. }), "{error}");
    assert!(error.to_string().contains(&DataSet::mnist().sha256));
}

#[test]
fn fashion_mnist_is_there_with_a_thousand_test_images_of_each_class() {
    let fashion = DataSet::fashion();
    let root = env!("CARGO_MANIFEST_DIR");
    let files = DataFile::ALL.map(|file| std::fs::read(format!("{root}/{}", fashion.path(file))).unwrap());
    let loaded = LoadedData::from_files(&fashion, files.each_ref().map(|file| &file[..])).unwrap();
    for label in 0..10 {
        let count = |labels: &[u8]| labels.iter().filter(|found| **found == label).count();
        assert_eq!((count(&loaded.train.labels), count(&loaded.test.labels)), (6_000, 1_000));
    }
    let as_mnist = LoadedData::from_files(&DataSet::mnist(), files.each_ref().map(|file| &file[..]));
    assert!(matches!(as_mnist, Err(DataError::OtherImages { .. })));
}

proptest! {
    /// Arbitrary bytes give a result or an error and no panic.
    #[test]
    fn any_bytes_get_an_answer(bytes in proptest::collection::vec(any::<u8>(), 0..400), gz in any::<bool>()) {
        let file = if gz { [&[0x1f, 0x8b, 8, 0][..], &bytes].concat() } else { bytes };
        if let Ok(unpacked) = decompress(&file) {
            let _ = parse_images(unpacked.clone());
            let _ = parse_labels(unpacked);
        }
    }
}

#[test]
fn a_split_is_a_partition_by_seed() {
    let split = TrainValidationSplit::new(&DataSet::mnist(), 3);
    assert_eq!((split.train.len(), split.validation.len()), (55_000, 5_000));
    let mut all = [&split.train[..], &split.validation].concat();
    all.sort_unstable();
    assert!(all.iter().enumerate().all(|(i, row)| *row == i as u32));
    assert_eq!(TrainValidationSplit::new(&DataSet::mnist(), 3), split);
    assert_ne!(TrainValidationSplit::new(&DataSet::mnist(), 4).validation, split.validation);
}

/// All events of a worker that unpacks four files slice by slice.
fn load(files: [Vec<u8>; 4]) -> Vec<WorkerEvent> {
    let mut session = WorkerSession::default();
    let boxed = files.map(|f| -> Box<dyn worker::data_unpacking::FileBytes> { Box::new(f) });
    session.load(vec![(DataSet::mnist(), boxed)]);
    let mut events = vec![];
    while session.is_busy() {
        events.extend(session.advance(&|| 0.0, 0.0).into_iter().map(|said| said.0));
    }
    events
}

#[test]
fn a_worker_unpacks_in_pieces_and_says_how_far() {
    let events = load(FILES.map(file));
    let (last, before) = events.split_last().unwrap();
    assert_eq!(*last, WorkerEvent::Loaded { data: vec!["mnist".into()] });
    assert!(before.len() > 100, "{} pieces", before.len());
    let mut latest = 0;
    for event in before {
        let WorkerEvent::Unpacking { done, total } = event else { panic!("{event:?}") };
        assert!(*done >= latest && done <= total);
        latest = *done;
    }
}

#[test]
fn a_worker_names_the_file_that_is_damaged() {
    let mut files = FILES.map(file);
    files[2].truncate(100_000);
    let events = load(files);
    let Some(WorkerEvent::Failed { failure }) = events.last() else { panic!("{events:?}") };
    assert_eq!(failure.kind, FailureKind::Data);
    assert!(failure.cause.to_string().starts_with("t10k-images-idx3-ubyte.gz: "), "{}", failure.cause);
}

/// A first file cut in different places gives different messages, each of which says what is wrong.
#[test]
fn a_worker_says_how_a_file_was_cut() {
    let whole = decompress(&file(FILES[0])).unwrap();
    let packed = file(FILES[0]);
    for (cut, said) in [
        (packed[..packed.len() - 1].to_vec(), "the compressed file is corrupt or cut short"),
        (packed[..5].to_vec(), "the compressed file is corrupt or cut short"),
        (whole[..15].to_vec(), "the file ends within its header, at byte 15"),
        (
            whole[..16].to_vec(),
            "the header promises another size than the file has, in bytes: 47040016, not 16",
        ),
        (
            whole[..100_000].to_vec(),
            "the header promises another size than the file has, in bytes: 47040016, not 100000",
        ),
        (vec![], "the file ends within its header, at byte 0"),
    ] {
        let events = load([cut, vec![], vec![], vec![]]);
        let Some(WorkerEvent::Failed { failure }) = events.last() else { panic!("{events:?}") };
        assert_eq!(failure.kind, FailureKind::Data);
        let message = format!("train-images-idx3-ubyte.gz: {said}");
        assert!(failure.cause.to_string().starts_with(&message), "{} for {message}", failure.cause);
    }
}
