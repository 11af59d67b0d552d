//! Files of the user as a data set: what is read is what was written, and what cannot be read is refused by name.

mod mnist;

use experiment::{
    arm::Arm,
    data_error::DataError,
    experiment_report::ExperimentReport,
    own_data_error::{OwnDataError, OwnDataFault},
    settings::Settings,
};
use flate2::{Compression, write::GzEncoder};
use model::{ImageSize, data_set::DataSet};
use sha2::{Digest, Sha256};
use std::{io::Write, sync::Arc};
use ticket_lab::{TrainingInputs, run};
use training::{
    data::LoadedData,
    own_data::{NamedFile, OwnData},
};

/// An IDX file of bytes with these dimensions.
fn idx(dimensions: &[u32], values: &[u8]) -> Vec<u8> {
    let mut file = vec![0, 0, 8, dimensions.len() as u8];
    file.extend(dimensions.iter().flat_map(|size| size.to_be_bytes()));
    file.extend(values);
    file
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(vec![], Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn named(files: Vec<(&str, Vec<u8>)>) -> Vec<NamedFile> {
    files.into_iter().map(|(name, bytes)| NamedFile { name: name.into(), bytes }).collect()
}

fn read(files: Vec<(&str, Vec<u8>)>) -> OwnData {
    OwnData::read(named(files), None).unwrap_or_else(|fault| panic!("{}: {}", fault.name, fault.error))
}

fn refused(files: Vec<(&str, Vec<u8>)>) -> (String, OwnDataError) {
    let OwnDataFault { name, error } = OwnData::read(named(files), None).unwrap_err();
    (name, error)
}

/// Values that differ from image to image, so that no two can be taken for each other.
fn values(images: usize, size: usize) -> Vec<u8> {
    (0..images * size).map(|at| (at * 31 % 251 + at / size) as u8).collect()
}

fn labels(images: usize, classes: usize) -> Vec<u8> {
    (0..images).map(|image| (image * 7 % classes) as u8).collect()
}

fn loaded(own: &OwnData) -> LoadedData {
    LoadedData::from_files(&own.data, own.files.each_ref().map(|file| &file[..])).unwrap()
}

/// A record of CIFAR-10 for each label: the label, then its image.
fn batch(images: &[u8], labels: &[u8]) -> Vec<u8> {
    images.chunks_exact(3072).zip(labels).flat_map(|(image, label)| [&[*label], image].concat()).collect()
}

#[test]
fn four_idx_files_are_what_they_say_packed_or_not_in_any_order() {
    let (train, test) = (values(120, 5 * 7), values(24, 5 * 7));
    let files = [
        idx(&[120, 5, 7], &train),
        idx(&[120], &labels(120, 4)),
        idx(&[24, 5, 7], &test),
        idx(&[24], &labels(24, 3)),
    ];
    let names = ["train-images", "train-labels", "t10k-images", "TEST-labels"];
    let own = read(names.into_iter().zip(files.clone()).collect());
    let sha256 = Sha256::digest(files.concat()).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    assert_eq!(own.data.name, format!("{sha256}.5x7x1.4.120.24"));
    assert_eq!(own.files, files);
    let loaded = loaded(&own);
    assert_eq!((loaded.train.images, loaded.train.labels), (train, labels(120, 4)));
    assert_eq!((loaded.test.images, loaded.test.labels), (test, labels(24, 3)));
    let backwards = names.into_iter().zip(files.each_ref().map(|file| packed(file))).rev().collect();
    assert_eq!(read(backwards), own);
    let expected = DataSet::from_name(&sha256).unwrap();
    let with = |expected: &DataSet| {
        OwnData::read(named(names.into_iter().zip(files.clone()).collect()), Some(expected))
    };
    assert_eq!(with(&expected), Ok(OwnData { data: own.data.clone(), files: own.files.clone() }));
    assert_eq!(with(&own.data), with(&expected));
    let other = DataSet::from_name(&own.data.name.replace(".4.", ".5.")).unwrap();
    assert_eq!(with(&other).unwrap_err().error, OwnDataError::OtherShape { found: own.data.name.clone() });
    let expected: String = sha256.chars().rev().collect();
    let other = DataSet::from_name(&expected).unwrap();
    assert_eq!(with(&other).unwrap_err().error, OwnDataError::OtherData { found: sha256, expected });
}

#[test]
fn the_files_of_mnist_are_mnist() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/mnist");
    let names = ["train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz", "t10k-images-idx3-ubyte.gz"];
    let names = names.into_iter().chain(["t10k-labels-idx1-ubyte.gz"]);
    let files = names.map(|name| (name, std::fs::read(format!("{root}/{name}")).unwrap())).collect();
    assert_eq!(read(files).data, DataSet::mnist());
}

#[test]
fn channels_come_one_after_the_other_however_they_lie() {
    let (planes, count) = (values(140, 3 * 4 * 5), 140);
    // Image, row, column, channel.
    let side_by_side: Vec<u8> = planes
        .chunks_exact(60)
        .flat_map(|image| {
            (0..20).flat_map(move |pixel| (0..3).map(move |channel| image[channel * 20 + pixel]))
        })
        .collect();
    let of = |dimensions: &[u32], values: &[u8]| {
        read(vec![("images", idx(dimensions, values)), ("labels", idx(&[count], &labels(140, 5)))])
    };
    let own = of(&[count, 3, 4, 5], &planes);
    assert_eq!(own.data.image, ImageSize { channels: 3, height: 4, width: 5 });
    assert_eq!(of(&[count, 4, 5, 3], &side_by_side), own);
    let grey = of(&[count, 12, 5], &planes);
    assert_eq!(of(&[count, 1, 12, 5], &planes), grey);
    assert_eq!(of(&[count, 12, 5, 1], &planes), grey);
}

#[test]
fn batches_of_cifar_are_read_in_the_order_of_their_names() {
    let (train, test) = (values(130, 3072), values(20, 3072));
    let (of_train, of_test) = (labels(130, 10), labels(20, 10));
    let own = read(vec![
        ("data_batch_2.bin", batch(&train[70 * 3072..], &of_train[70..])),
        ("test_batch.bin", packed(&batch(&test, &of_test))),
        ("data_batch_1.bin", batch(&train[..70 * 3072], &of_train[..70])),
    ]);
    assert!(own.data.name.ends_with(".32x32x3.10.130.20"), "{}", own.data.name);
    let loaded = loaded(&own);
    assert_eq!((loaded.train.images, loaded.train.labels), (train.clone(), of_train.clone()));
    assert_eq!((loaded.test.images, loaded.test.labels), (test, of_test));
    // The same images and labels from IDX files are the same data set.
    let idx_files = vec![
        ("images", idx(&[130, 3, 32, 32], &train)),
        ("labels", idx(&[130], &of_train)),
        ("test-images", own.files[2].clone()),
        ("test-labels", own.files[3].clone()),
    ];
    assert_eq!(read(idx_files), own);
    // A batch may begin like an IDX file: label 0, then dark, 8 and 1.
    let mut like_idx = batch(&train, &of_train);
    like_idx[..4].copy_from_slice(&[0, 0, 8, 1]);
    assert_eq!(read(vec![("data_batch_1.bin", like_idx)]).data.image.height, 32);
}

#[test]
fn a_set_without_test_files_is_split_once_and_for_all() {
    let (images, of_images) = (values(700, 6), labels(700, 11));
    let files = |names: [&'static str; 2]| {
        vec![(names[0], idx(&[700, 2, 3], &images)), (names[1], idx(&[700], &of_images))]
    };
    let own = read(files(["a-images", "a-labels"]));
    assert!(own.data.name.ends_with(".2x3x1.11.600.100"), "{}", own.data.name);
    let loaded = loaded(&own);
    // Each image is in one of the two parts, in the order of the file, with its label.
    let part = |set: &training::data::LabelledImages| -> Vec<(Vec<u8>, u8)> {
        set.images.chunks_exact(6).map(<[u8]>::to_vec).zip(set.labels.iter().copied()).collect()
    };
    let (train, test) = (part(&loaded.train), part(&loaded.test));
    let (mut from_train, mut from_test) = (train.iter().peekable(), test.iter().peekable());
    for image in images.chunks_exact(6).map(<[u8]>::to_vec).zip(of_images.iter().copied()) {
        let found = from_train.next_if_eq(&&image).or_else(|| from_test.next_if_eq(&&image));
        assert_eq!(found, Some(&image));
    }
    assert_eq!((from_train.next(), from_test.next()), (None, None));
    // It is not the end that is cut off.
    assert!(test[..50] != part(&loaded.test)[50..] && test[0].0 != images[600 * 6..601 * 6]);
    assert_eq!(read(files(["test-images", "test-labels"])), own, "two test files alone are one set");
}

/// A pair of files that is read, of which one can be exchanged.
fn pair(images: Vec<u8>, labels: Vec<u8>) -> Vec<(&'static str, Vec<u8>)> {
    vec![("i", images), ("l", labels)]
}

#[test]
fn what_is_malformed_is_refused_by_name() {
    let (images, of_images) = (idx(&[200, 2, 2], &values(200, 4)), idx(&[200], &labels(200, 4)));
    read(pair(images.clone(), of_images.clone()));
    let damaged = OwnDataError::Damaged;
    let mut cut = packed(&images);
    cut.truncate(cut.len() / 2);
    let (name, error) = refused(pair(cut, of_images.clone()));
    assert!(name == "i" && matches!(error, OwnDataError::Damaged(DataError::Gzip(_))), "{name}: {error}");
    let of_file = |file: Vec<u8>| refused(pair(file, of_images.clone()));
    let image = |error: OwnDataError| ("i".to_owned(), error);
    let mut long = images.clone();
    long.push(0);
    let promised = images.len() as u64;
    let length = |found| image(damaged(DataError::Length { promised, found }));
    assert_eq!(of_file(long), length(promised + 1));
    assert_eq!(of_file(images[..images.len() - 1].to_vec()), length(promised - 1));
    assert_eq!(of_file(images[..9].to_vec()), image(damaged(DataError::NoHeader(9))));
    assert_eq!(of_file(b"PNG!".to_vec()), image(OwnDataError::UnknownFormat { bytes: 4 }));
    assert_eq!(of_file(vec![]), image(OwnDataError::UnknownFormat { bytes: 0 }));
    assert_eq!(of_file(vec![0]), image(OwnDataError::UnknownFormat { bytes: 1 }));
    assert_eq!(
        of_file([&[0, 0, 0x0d, 3], &images[4..]].concat()),
        image(OwnDataError::ValueKind { kind: 13 })
    );
    assert_eq!(of_file(idx(&[100, 8], &[0; 800])), image(OwnDataError::DimensionCount { found: 2 }));
    let size = |found| image(OwnDataError::ImageSize { found, most: 64 });
    assert_eq!(of_file(idx(&[2, 65, 1], &[0; 130])), size((65, 1)));
    assert_eq!(of_file(idx(&[2, 1, 0], &[])), size((1, 0)));
    assert_eq!(of_file(idx(&[u32::MAX, u32::MAX, u32::MAX], &[])), size((u32::MAX, u32::MAX)));
    assert_eq!(of_file(idx(&[1, 2, 2, 4], &[0; 16])), image(OwnDataError::Channels { found: (2, 4) }));
    let label = |index, label, largest| DataError::Label { index, label, largest };
    let of_labels = |file: Vec<u8>| refused(pair(images.clone(), file));
    let labels_file = |error: OwnDataError| ("l".to_owned(), error);
    let mut high = of_images.clone();
    high[8 + 5] = 100;
    assert_eq!(of_labels(high), labels_file(damaged(label(5, 100, 99))));
    let counts = OwnDataError::Counts { labels: 199, other: "i".into(), images: 200 };
    assert_eq!(of_labels(idx(&[199], &labels(199, 4))), labels_file(counts));
    assert_eq!(of_labels(idx(&[200], &[0; 200])), image(OwnDataError::OneClass));
    let mut wrong = batch(&values(110, 3072), &labels(110, 10));
    wrong[3073 * 7] = 10;
    assert_eq!(refused(vec![("b", wrong)]), ("b".into(), damaged(label(7, 10, 9))));
}

#[test]
fn files_that_do_not_belong_together_are_refused_by_name() {
    let images =
        |count: u32, side: u32| idx(&[count, side, side], &values(count as usize, (side * side) as usize));
    let of = |count: u32| idx(&[count], &labels(count as usize, 4));
    let second = OwnDataError::SecondFile { other: "a".into() };
    let two = vec![("a", images(200, 2)), ("b", images(200, 2)), ("l", of(200))];
    assert_eq!(refused(two), ("b".into(), second.clone()));
    let two = vec![("a", of(200)), ("b", of(200)), ("i", images(200, 2))];
    assert_eq!(refused(two), ("b".into(), second));
    assert_eq!(refused(vec![("a", images(200, 2))]), ("a".into(), OwnDataError::NoPartner));
    assert_eq!(refused(vec![("a", of(200))]), ("a".into(), OwnDataError::NoPartner));
    assert_eq!(refused(vec![]), (String::new(), OwnDataError::NoPartner));
    let no_labels = vec![("i", images(200, 2)), ("l", of(200)), ("test-i", images(20, 2))];
    assert_eq!(refused(no_labels), ("test-i".into(), OwnDataError::NoPartner));
    let (found, expected) =
        (ImageSize { channels: 1, height: 3, width: 3 }, ImageSize { channels: 1, height: 2, width: 2 });
    let other_size = OwnDataError::OtherSize { found, other: "i".into(), expected };
    let sizes = vec![("i", images(200, 2)), ("l", of(200)), ("test-i", images(20, 3)), ("test-l", of(20))];
    assert_eq!(refused(sizes), ("test-i".into(), other_size));
    let cifar = batch(&values(110, 3072), &labels(110, 10));
    let two_formats = OwnDataError::TwoFormats { other: "i".into() };
    assert_eq!(refused(vec![("b", cifar.clone()), ("i", images(200, 2))]), ("b".into(), two_formats));
    let least = (100, 10);
    let few = |found| OwnDataError::TooFewImages { found, least };
    assert_eq!(refused(vec![("i", images(100, 2)), ("l", of(100))]), ("i".into(), few((86, 14))));
    let few_tests = vec![("i", images(200, 2)), ("l", of(200)), ("test-i", images(9, 2)), ("test-l", of(9))];
    assert_eq!(refused(few_tests), ("i".into(), few((200, 9))));
}

#[test]
fn what_unpacks_to_too_much_is_refused_before_it_fills_the_memory() {
    // Zeros, which gzip packs to a thousandth: two files that together are too large, and one alone.
    let bomb = |bytes: usize| {
        let mut encoder = GzEncoder::new(vec![], Compression::best());
        let zeros = vec![0; 1 << 20];
        (0..bytes >> 20).for_each(|_| encoder.write_all(&zeros).unwrap());
        encoder.finish().unwrap()
    };
    let too_large = OwnDataError::TooLarge { most: 200_000_000 };
    assert_eq!(refused(pair(bomb(300 << 20), vec![])), ("i".into(), too_large.clone()));
    let half = idx(&[25_000, 64, 64], &vec![0; 25_000 * 4096]);
    let (name, error) = refused(vec![("a", packed(&half)), ("b", packed(&half))]);
    assert_eq!((name.as_str(), error), ("b", too_large));
}

/// Images of a class have a bright row of their own in a channel of their own, so that they can be told apart.
fn striped(images: usize, size: ImageSize, classes: usize) -> (Vec<u8>, Vec<u8>) {
    let of_class = labels(images, classes);
    let (channels, height, width) = (size.channels as usize, size.height as usize, size.width as usize);
    let value = |image: usize, at: usize| {
        let (channel, row) = (at / (height * width), at / width % height);
        let class = usize::from(of_class[image]);
        let lit = channel == class % channels && row == class / channels;
        if lit { 200 } else { ((image * 13 + at * 29) % 60) as u8 }
    };
    ((0..images).flat_map(|image| (0..size.values()).map(move |at| value(image, at))).collect(), of_class)
}

#[test]
fn the_whole_laboratory_runs_on_images_of_other_shapes() {
    let every_arm: String =
        Arm::ALL.iter().filter(|arm| **arm != Arm::Own).map(|arm| arm.name()).collect::<Vec<_>>().join(",");
    let like_mnist = ImageSize { channels: 1, height: 28, width: 28 };
    let colour = ImageSize { channels: 3, height: 11, width: 9 };
    let transfer = "transfer=mnist&arms=ticket,other_ticket,other_reinit,transferred,transferred_reinit";
    let without_other: Vec<&str> =
        every_arm.split(',').filter(|arm| !arm.contains("other") && !arm.contains("transferred")).collect();
    let arms = format!("arms={}", without_other.join(","));
    for (size, classes, settings) in [
        (colour, 33, format!("hidden=40,20&{arms}")),
        (colour, 3, format!("net=c4k3p1,m2,c5k3,16&{arms}")),
        (colour, 2, "hidden=none&label_noise=0.2&twins=1&criterion=same_sign".to_owned()),
        (like_mnist, 10, format!("hidden=20&{transfer}")),
    ] {
        let (images, of_images) = striped(1400, size, classes);
        let dimensions = [1400, size.channels, size.height, size.width];
        let OwnData { data, files } =
            read(vec![("i", idx(&dimensions, &images)), ("l", idx(&[1400], &of_images))]);
        let own = LoadedData::from_files(&data, files.each_ref().map(|file| &file[..])).unwrap();
        let fragment = format!("data={}&iterations=300&eval_every=100&rounds=1&{settings}", data.name);
        let (settings, rejected) = Settings::from_fragment(&fragment);
        assert_eq!(rejected, [], "{fragment}");
        let mut report = ExperimentReport::new(&settings.config);
        let inputs = TrainingInputs {
            other_data: settings.config.other_data().map(|_| mnist::mnist()),
            robust: true,
            ..TrainingInputs::from(&Arc::new(own))
        };
        run(&mut report, inputs, 2, &mut |_| Ok(())).unwrap();
        let text = report.to_file_text();
        assert_eq!(ExperimentReport::from_file_bytes(text.as_bytes()).unwrap().config(), report.config());
        for (job, finished) in report.finished_jobs() {
            let read = &finished.report;
            assert!(read.robustness.is_some(), "{job}");
            let is_dense = (job.arm, job.round) == (Arm::Ticket, 0);
            let fraction = read.test_end.fraction();
            assert!(!is_dense || fraction > 0.9, "{fragment}: {job} reads {fraction}");
        }
    }
}
