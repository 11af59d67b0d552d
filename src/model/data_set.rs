//! What an experiment has to know about its data set, without the images themselves.

use crate::image_size::ImageSize;
use serde::{Deserialize, Serialize};

/// One of the four files of a data set, in the IDX format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum DataFile {
    /// The images that are split into training and validation images.
    TrainImages,
    /// Their labels.
    TrainLabels,
    /// The test images.
    TestImages,
    /// Their labels.
    TestLabels,
}

impl DataFile {
    /// All four files, in the order in which they are sent and in which [`DataSet::sha256`] covers them.
    pub const ALL: [DataFile; 4] =
        [DataFile::TrainImages, DataFile::TrainLabels, DataFile::TestImages, DataFile::TestLabels];

    /// The name of the gzip-compressed file. All built-in data sets name their files as MNIST does.
    pub fn file_name(self) -> &'static str {
        match self {
            DataFile::TrainImages => "train-images-idx3-ubyte.gz",
            DataFile::TrainLabels => "train-labels-idx1-ubyte.gz",
            DataFile::TestImages => "t10k-images-idx3-ubyte.gz",
            DataFile::TestLabels => "t10k-labels-idx1-ubyte.gz",
        }
    }
}

/// The description of a data set. It travels with the settings, so that page, workers and reports need no list of data
/// sets of their own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DataSet {
    /// Its name in links and reports.
    pub name: String,
    /// Its name for people.
    pub title: String,
    /// The folder of its files, relative to the page. A data set of the user has none.
    pub folder: String,
    /// The size of its images.
    pub image: ImageSize,
    /// The names of its classes, in the order of their labels.
    pub classes: Vec<String>,
    /// What a class is, in the singular: “digit”.
    pub class_noun: String,
    /// What the images show, in the plural: “handwritten digits”.
    pub images_noun: String,
    /// The number of images that a trial trains on.
    pub training_images: u32,
    /// The number of images that a trial validates with. They are drawn from the same files as the training images.
    pub validation_images: u32,
    /// The number of test images.
    pub test_images: u32,
    /// Who made it, and the licence.
    pub licence: String,
    /// The SHA-256 of the raw files, one after the other in the order of [`DataFile::ALL`], in hexadecimal.
    pub sha256: String,
}

impl DataSet {
    /// The names of the built-in data sets. The first is the default.
    pub const NAMES: [&str; 2] = ["mnist", "fashion"];

    /// The built-in data set with this name, or that of the user that the name describes ([`own_data`](crate::own_data)).
    pub fn from_name(name: &str) -> Option<DataSet> {
        DataSet::built_in(name).or_else(|| DataSet::own_from_name(name))
    }

    /// The built-in data set with this name, or `None` if there is none.
    pub fn built_in(name: &str) -> Option<DataSet> {
        match name {
            "mnist" => Some(DataSet::mnist()),
            "fashion" => Some(DataSet::fashion()),
            _ => None,
        }
    }

    /// MNIST: handwritten digits, by LeCun, Cortes and Burges.
    pub fn mnist() -> DataSet {
        let digits = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];
        DataSet {
            name: "mnist".into(),
            title: "MNIST".into(),
            folder: "assets/mnist".into(),
            class_noun: "digit".into(),
            images_noun: "handwritten digits".into(),
            licence: "Yann LeCun, Corinna Cortes and Christopher J. C. Burges, CC BY-SA 3.0".into(),
            sha256: "b2d8f5bf39174ee5ffeefa97e42d673c35432b411bb5d1f74fbbeddae7f1690a".into(),
            ..DataSet::with_classes(&digits)
        }
    }

    /// Fashion-MNIST: pictures of clothing in the format of MNIST (Xiao, Rasul & Vollgraf 2017, arXiv:1708.07747), by
    /// Zalando.
    pub fn fashion() -> DataSet {
        let garments = [
            "T-shirt/top",
            "trouser",
            "pullover",
            "dress",
            "coat",
            "sandal",
            "shirt",
            "sneaker",
            "bag",
            "ankle boot",
        ];
        DataSet {
            name: "fashion".into(),
            title: "Fashion-MNIST".into(),
            folder: "assets/fashion".into(),
            class_noun: "garment".into(),
            images_noun: "pictures of clothing".into(),
            licence: "Zalando SE, MIT".into(),
            sha256: "14410854cf7a289477dcfc7df3f8ec24741e281cdcc425ede0d9a748ca630214".into(),
            ..DataSet::with_classes(&garments)
        }
    }

    /// What MNIST and the data sets in its format have in common.
    fn with_classes(classes: &[&str]) -> DataSet {
        DataSet {
            name: String::new(),
            title: String::new(),
            folder: String::new(),
            image: ImageSize::MNIST,
            classes: classes.iter().map(|&class| class.into()).collect(),
            class_noun: String::new(),
            images_noun: String::new(),
            training_images: 55_000,
            validation_images: 5_000,
            test_images: 10_000,
            licence: String::new(),
            sha256: String::new(),
        }
    }

    /// A class in words: “digit 7”, “ankle boot”. A name that is a number does not say by itself what it is.
    pub fn class_in_words(&self, label: usize) -> String {
        match self.classes.get(label) {
            Some(name) if name.parse::<u32>().is_err() => name.clone(),
            Some(name) => format!("{} {name}", self.class_noun),
            None => format!("{} {label}", self.class_noun),
        }
    }

    /// The address of a file, relative to the page.
    pub fn path(&self, file: DataFile) -> String {
        format!("{}/{}", self.folder, file.file_name())
    }

    /// The number of images, and of labels, in a file.
    pub fn images_in(&self, file: DataFile) -> u32 {
        match file {
            DataFile::TrainImages | DataFile::TrainLabels => self.training_images + self.validation_images,
            DataFile::TestImages | DataFile::TestLabels => self.test_images,
        }
    }

    /// The header of a raw file, in the IDX format: a magic number that says how many dimensions there are, then their
    /// sizes. Images of one channel have the dimensions (images, rows, columns), as MNIST has them. Images of several have
    /// (images, channels, rows, columns), which is the order in which networks read them.
    pub fn file_header(&self, file: DataFile) -> Vec<u32> {
        let (images, ImageSize { channels, height, width }) = (self.images_in(file), self.image);
        match file {
            DataFile::TrainLabels | DataFile::TestLabels => vec![0x801, images],
            _ if channels == 1 => vec![0x803, images, height, width],
            _ => vec![0x804, images, channels, height, width],
        }
    }

    /// The size of a raw file in bytes, with its header.
    pub fn file_bytes(&self, file: DataFile) -> u64 {
        let values = match file {
            DataFile::TrainImages | DataFile::TestImages => self.image.values(),
            DataFile::TrainLabels | DataFile::TestLabels => 1,
        };
        4 * self.file_header(file).len() as u64 + u64::from(self.images_in(file)) * values as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_built_in_data_set_has_its_name_ten_classes_and_a_digest_of_its_own() {
        let sets = DataSet::NAMES.map(|name| DataSet::from_name(name).expect(name));
        for (set, name) in sets.iter().zip(DataSet::NAMES) {
            assert_eq!((set.name.as_str(), set.classes.len(), set.sha256.len()), (name, 10, 64));
            let texts = [&set.title, &set.folder, &set.class_noun, &set.images_noun, &set.licence];
            assert!(texts.iter().all(|text| !text.is_empty()), "{name}");
        }
        assert_ne!(sets[0].sha256, sets[1].sha256);
        assert_eq!(sets.map(|set| set.class_in_words(9)), ["digit 9", "ankle boot"]);
        assert_eq!(DataSet::from_name("cifar"), None);
    }

    #[test]
    fn files_have_the_sizes_of_mnist() {
        let mnist = DataSet::mnist();
        assert_eq!(DataFile::ALL.map(|file| mnist.file_bytes(file)), [47_040_016, 60_008, 7_840_016, 10_008]);
        assert_eq!(mnist.path(DataFile::TestLabels), "assets/mnist/t10k-labels-idx1-ubyte.gz");
    }
}
