//! Data sets that have been made of files of the user. The page keeps their files on the JavaScript side; here is which they
//! are, and the words about them.

use experiment::{config::ExperimentConfig, network_file::FileHash};
use model::data_set::DataSet;
use numbers::with_commas;
use protocol::payload::ArrayId;
use texts::{fill, text};

/// How many data sets are kept at once: that of the run, and one that another run may be started on.
const MOST_KEPT: usize = 2;

/// A data set of the user that has been read.
#[derive(Clone, Debug, PartialEq)]
pub struct KnownData {
    /// Its description.
    pub data: DataSet,
    /// Its four files, unpacked, in the order of [`DataFile::ALL`](model::data_set::DataFile::ALL).
    pub files: [ArrayId; 4],
}

/// The data sets of the user that have been read, the latest last.
#[derive(Clone, Debug, Default)]
pub struct KnownDataSets(Vec<KnownData>);

impl KnownDataSets {
    /// Keeps a data set. Returns the files of those that give way to it: the same one, and the eldest that is not that of the
    /// run.
    pub fn keep(&mut self, known: KnownData, of_the_run: &DataSet) -> Vec<ArrayId> {
        let mut gone = vec![];
        if let Some(same) = self.0.iter().position(|other| other.data == known.data) {
            gone.extend(self.0.remove(same).files);
        }
        self.0.push(known);
        if self.0.len() > MOST_KEPT {
            let eldest = self.0.iter().position(|known| known.data.sha256 != of_the_run.sha256).unwrap_or(0);
            gone.extend(self.0.remove(eldest).files);
        }
        gone
    }

    /// The data set of the user with this SHA-256, if it has been read.
    pub fn get(&self, data: &DataSet) -> Option<&KnownData> {
        self.0.iter().find(|known| data.is_own() && known.data.sha256 == data.sha256)
    }

    /// The SHA-256 of the data set that an experiment needs and that is not there.
    pub fn missing(&self, config: &ExperimentConfig) -> Option<FileHash> {
        let missing = Some(&config.data).filter(|data| data.is_own() && self.get(data).is_none());
        missing.and_then(|data| data.sha256.parse().ok())
    }

    /// Whether an array belongs to a data set.
    pub fn has_array(&self, id: ArrayId) -> bool {
        self.0.iter().any(|known| known.files.contains(&id))
    }
}

/// Whether a file is taken as part of a data set when it is dropped, as its name tells: reports are text, and everything that
/// data sets come in is not.
pub fn is_data(name: &str) -> bool {
    let name = name.to_lowercase();
    let name = name.strip_suffix(".gz").unwrap_or(&name);
    !name.ends_with(".jsonl") && !name.ends_with(".json") && !name.ends_with(".txt")
}

/// The words of a button that opens the files of a data set.
pub fn choose_label() -> &'static str {
    text("own_data.choose")
}

/// What is asked for where the files of the run's data set are missing.
pub fn missing_note(hash: FileHash) -> String {
    fill!("own_data.needs", hash = hash.prefix())
}

/// The words of the option that stands for a data set in the list of these.
pub fn option_label(value: &str) -> String {
    DataSet::from_name(value)
        .map_or_else(|| value.to_owned(), |data| fill!("own_data.option", hash = data.short_name()))
}

/// What is said when a data set has been read.
pub fn read_note(data: &DataSet) -> String {
    if !data.is_own() {
        return fill!("own_data.read_built_in", data = data.title);
    }
    let count = |images: u32| with_commas(f64::from(images));
    fill!(
        "own_data.read",
        images = count(data.training_images + data.validation_images),
        test = count(data.test_images),
        rows = data.image.height,
        columns = data.image.width,
        channels = data.image.channels,
        classes = data.classes.len(),
        hash = data.short_name(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use experiment::settings::Settings;

    fn known(digit: &str, array: u32) -> KnownData {
        let name = format!("{}.8x9x3.7.1200.200", digit.repeat(64));
        let data = DataSet::from_name(&name).unwrap();
        KnownData { data, files: [0, 1, 2, 3].map(|file| ArrayId(array + file)) }
    }

    #[test]
    fn the_data_of_the_run_stays_and_of_others_the_latest() {
        let (mut sets, of_the_run) = (KnownDataSets::default(), known("a", 0).data);
        let keep = |sets: &mut KnownDataSets, known| sets.keep(known, &of_the_run);
        assert_eq!(keep(&mut sets, known("a", 10)), []);
        assert_eq!(keep(&mut sets, known("b", 20)), []);
        assert_eq!(keep(&mut sets, known("b", 30)), [20, 21, 22, 23].map(ArrayId));
        assert_eq!(keep(&mut sets, known("c", 40)), [30, 31, 32, 33].map(ArrayId));
        assert!(sets.has_array(ArrayId(13)) && sets.has_array(ArrayId(40)) && !sets.has_array(ArrayId(30)));
        let missing = |fragment: &str| sets.missing(&Settings::from_fragment(fragment).0.config);
        assert_eq!(missing(""), None);
        assert_eq!(missing(&format!("data={}", of_the_run.name)), None);
        assert_eq!(missing(&format!("data={}", "c".repeat(64))), None, "a link need not say the shape");
        assert_eq!(missing(&format!("data={}", "b".repeat(64))), Some(FileHash([0xbb; 32])));
    }

    #[test]
    fn dropped_files_are_told_apart_by_their_names() {
        for name in ["train-images-idx3-ubyte.gz", "labels.idx", "data_batch_1.bin", "images", "a.tar"] {
            assert!(is_data(name), "{name}");
        }
        for name in ["ticket-lab.jsonl", "a.JSONL.gz", "b.json", "c.txt"] {
            assert!(!is_data(name), "{name}");
        }
    }

    #[test]
    fn what_is_read_and_what_is_missing_is_said() {
        assert_eq!(
            read_note(&known("a", 0).data),
            "The data set is read: 1,200 images for training and validation and 200 for the test, 8 × 9 pixels of 3 \
             values, 7 classes (SHA-256 aaaaaaaa…). Nothing of it leaves this machine."
        );
        assert_eq!(read_note(&DataSet::mnist()), "These are the files of MNIST, which the page has anyway.");
        assert!(missing_note(FileHash([0xbb; 32])).contains("(SHA-256 bbbbbbbb…)"));
        assert_eq!(option_label(&known("a", 0).data.name), "own data, SHA-256 aaaaaaaa…");
    }
}
