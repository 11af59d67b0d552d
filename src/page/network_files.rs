//! The files of the user that runs take first weights or a mask from. The page keeps what is in them, on the JavaScript side,
//! as long as it lives; here are their names and sizes, and the words about them.

use experiment::{
    config::ExperimentConfig,
    job::JobId,
    network_file::{FilePurpose, NeededFile, OwnMask},
    prune_counts::total_survivors_per_round,
    recipe::{MaskSource, recipe},
};
use model::Model;
use numbers::{percent, with_commas};
use protocol::payload::{ArrayId, Payload, PayloadItem};

/// A file that has been read.
#[derive(Clone, Debug, PartialEq)]
pub struct KnownFile {
    /// What is taken from it, and its SHA-256.
    pub file: NeededFile,
    /// Its name.
    pub name: String,
    /// The network that it was read for.
    pub model: Model,
    /// The weights that are not zero, or that the mask leaves.
    pub weights: u32,
    /// What is in it, as jobs take it.
    pub array: ArrayId,
}

/// The files that have been read.
#[derive(Clone, Debug, Default)]
pub struct KnownFiles(Vec<KnownFile>);

impl KnownFiles {
    /// Keeps a file. Returns the array of one that it replaces, which has the same content.
    pub fn keep(&mut self, known: KnownFile) -> Option<ArrayId> {
        let same = |other: &KnownFile| other.file == known.file && other.model == known.model;
        let before = self.0.iter().position(same).map(|at| self.0.remove(at).array);
        self.0.push(known);
        before
    }

    /// A file for an experiment, if it has been read for its network.
    pub fn get(&self, config: &ExperimentConfig, file: NeededFile) -> Option<&KnownFile> {
        let own_weights =
            config.own.and_then(|own| own.weights).filter(|_| file.purpose == FilePurpose::OwnMask);
        let fits = |known: &&KnownFile| {
            known.file == file
                && known.model == config.model
                && own_weights.is_none_or(|weights| weights == known.weights)
        };
        self.0.iter().find(fits)
    }

    /// The files that an experiment needs and that are not there.
    pub fn missing(&self, config: &ExperimentConfig) -> Vec<NeededFile> {
        let missing = |file: &NeededFile| self.get(config, *file).is_none();
        config.needed_files().into_iter().filter(missing).collect()
    }

    /// The experiment with the number of weights of its own mask, where a link does not say it and the file is known.
    pub fn complete(&self, config: &mut ExperimentConfig) {
        let Some(OwnMask { file: hash, weights: None }) = config.own else { return };
        let file = NeededFile { purpose: FilePurpose::OwnMask, hash };
        let weights = self.get(config, file).map(|known| known.weights);
        config.own = Some(OwnMask { file: hash, weights });
    }

    /// Puts what a job needs of the files in its place in the job's payload.
    pub fn put_into(&self, payload: &mut Payload, config: &ExperimentConfig, job: JobId) {
        for file in config.needed_files() {
            let place = match file.purpose {
                FilePurpose::OwnMask if recipe(job).mask == MaskSource::File => 0,
                FilePurpose::OwnMask => continue,
                FilePurpose::FirstWeights => 2,
            };
            if let (Some(item), Some(known)) = (payload.0.get_mut(place), self.get(config, file)) {
                *item = PayloadItem::Kept(known.array);
            }
        }
    }

    /// Whether an array belongs to a file.
    pub fn has_array(&self, id: ArrayId) -> bool {
        self.0.iter().any(|known| known.array == id)
    }
}

/// What a file is to be, in words.
pub fn purpose_label(purpose: FilePurpose) -> &'static str {
    match purpose {
        FilePurpose::FirstWeights => "first weights",
        FilePurpose::OwnMask => "own mask",
    }
}

/// The words of a button that opens a file for a purpose.
pub fn choose_label(purpose: FilePurpose) -> &'static str {
    match purpose {
        FilePurpose::FirstWeights => "First weights from a file…",
        FilePurpose::OwnMask => "A mask from a file…",
    }
}

/// What the user is asked of a dropped file.
pub fn dropped_question(name: &str) -> String {
    format!("{name}: what is it to be?")
}

/// The words of the button that leaves a dropped file alone.
pub const LEAVE_DROPPED: &str = "Neither";

/// The words of the option that stands for a file in the list of ways to draw first weights.
pub fn file_option_label(value: &str) -> String {
    let hex = value.strip_prefix("file:").unwrap_or(value);
    format!("those of a file, SHA-256 {}…", hex.chars().take(8).collect::<String>())
}

/// What is asked for where files are missing. Empty if none is.
pub fn missing_note(missing: &[NeededFile]) -> String {
    let one = |file: &NeededFile| {
        let what = match file.purpose {
            FilePurpose::FirstWeights => "its first weights",
            FilePurpose::OwnMask => "its own mask",
        };
        format!("{what} (SHA-256 {}…)", file.hash.prefix())
    };
    let files: Vec<String> = missing.iter().map(one).collect();
    let it = match files.len() {
        0 => return String::new(),
        1 => "it",
        _ => "each",
    };
    format!(
        "This run needs a safetensors file for {}. Choose {it}, or drop it onto the page: nothing of it leaves this machine.",
        files.join(" and one for ")
    )
}

/// When a run begins that lacks files.
pub const AFTER_FILES: &str = "Your settings can run when the files that they need are there.";

/// What is said when a file has been read.
pub fn read_note(known: &KnownFile) -> String {
    let (all, name) = (known.model.weight_count() as u32, &known.name);
    let count = |weights: u32| with_commas(f64::from(weights));
    match known.file.purpose {
        FilePurpose::FirstWeights => {
            format!("{name} is read: {} first weights. {}", count(all), zeros_note(all - known.weights, all))
        }
        FilePurpose::OwnMask => format!(
            "{name} is read: a mask of {} weights, {}.",
            count(known.weights),
            percent(f64::from(known.weights) / f64::from(all))
        ),
    }
}

/// How many first weights of a file are zero.
fn zeros_note(zeros: u32, all: u32) -> String {
    let count = |weights: u32| with_commas(f64::from(weights));
    match zeros {
        0 => "None of them is zero.".into(),
        1 => "One of them is zero.".into(),
        _ => format!(
            "{} of these {} are zero: an export has only the weights that survive, and round 0 all of them.",
            count(zeros),
            count(all)
        ),
    }
}

/// The remarks on the files of a run: what of its first weights is zero, and beside which ticket its own mask stands.
pub fn remarks(config: &ExperimentConfig, files: &KnownFiles) -> Vec<String> {
    let all = config.model.weight_count() as u32;
    let share = |weights: u32| percent(f64::from(weights) / f64::from(all));
    let remark = |file: &NeededFile| match file.purpose {
        FilePurpose::FirstWeights => {
            let known = files.get(config, *file)?;
            Some(format!(
                "Every trial starts from the first weights in {}. {}",
                known.name,
                zeros_note(all - known.weights, all)
            ))
        }
        FilePurpose::OwnMask => {
            let (weights, round) = (config.own?.weights?, config.own_round());
            let ticket = total_survivors_per_round(config)[round as usize];
            Some(format!(
                "The own mask has {} of the weights ({}). It is trained once, beside round {round}, whose ticket has {} ({}).",
                with_commas(f64::from(weights)),
                share(weights),
                with_commas(f64::from(ticket)),
                share(ticket)
            ))
        }
    };
    config.needed_files().iter().filter_map(remark).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use experiment::{network_file::FileHash, settings::Settings};

    const HEX: &str = "abababababababababababababababababababababababababababababababab";

    fn config(fragment: &str) -> ExperimentConfig {
        let (settings, rejected) = Settings::from_fragment(fragment);
        assert_eq!(rejected, [], "{fragment}");
        settings.config
    }

    fn known(purpose: FilePurpose, weights: u32, array: u32) -> KnownFile {
        let file = NeededFile { purpose, hash: FileHash([0xab; 32]) };
        let (name, model) = ("a.safetensors".to_owned(), Model::lenet_300_100());
        KnownFile { file, name, model, weights, array: ArrayId(array) }
    }

    #[test]
    fn a_file_is_there_for_its_purpose_its_network_and_its_size() {
        let mut files = KnownFiles::default();
        assert_eq!(files.keep(known(FilePurpose::OwnMask, 120_000, 1)), None);
        let missing = |files: &KnownFiles, fragment: &str| files.missing(&config(fragment)).len();
        let own = format!("arms=ticket,own&own={HEX}");
        assert_eq!(missing(&files, &own), 0);
        assert_eq!(missing(&files, &format!("{own}.120000")), 0);
        assert_eq!(missing(&files, &format!("{own}.120001")), 1, "the settings say another size");
        assert_eq!(missing(&files, &format!("{own}&hidden=20")), 1, "it was read for another network");
        assert_eq!(missing(&files, &format!("init=file:{HEX}")), 1, "as weights it has not been read");
        let mut completed = config(&own);
        files.complete(&mut completed);
        assert_eq!(completed, config(&format!("{own}.120000")));
        assert_eq!(files.keep(known(FilePurpose::OwnMask, 120_000, 2)), Some(ArrayId(1)));
        assert!(files.has_array(ArrayId(2)) && !files.has_array(ArrayId(1)));
    }

    #[test]
    fn what_is_read_and_what_is_missing_is_said() {
        let both = config(&format!("init=file:{HEX}&own={HEX}.120000&arms=ticket,own"));
        let mut files = KnownFiles::default();
        let note = missing_note(&files.missing(&both));
        assert!(note.contains("its first weights (SHA-256 abababab…) and one for its own mask"), "{note}");
        assert_eq!(missing_note(&[]), "");
        let first = known(FilePurpose::FirstWeights, 133_350, 1);
        assert!(read_note(&first).contains("132,850 of these 266,200 are zero"), "{}", read_note(&first));
        files.keep(first);
        files.keep(known(FilePurpose::OwnMask, 120_000, 2));
        let said = remarks(&both, &files);
        assert!(
            said[0].starts_with("Every trial starts from the first weights in a.safetensors. 132,850"),
            "{said:?}"
        );
        assert_eq!(
            said[1],
            "The own mask has 120,000 of the weights (45.1%). It is trained once, beside round 1, whose ticket has \
             133,350 (50.1%)."
        );
        assert_eq!(remarks(&config(""), &files), [""; 0]);
    }
}
