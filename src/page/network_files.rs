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
use texts::{count, fill, text};

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

/// What a file is to be, as a button says it.
pub fn purpose_label(purpose: FilePurpose) -> &'static str {
    text(match purpose {
        FilePurpose::FirstWeights => "network_file.first_weights",
        FilePurpose::OwnMask => "network_file.own_mask",
    })
}

/// The words of a button that opens a file for a purpose.
pub fn choose_label(purpose: FilePurpose) -> &'static str {
    text(match purpose {
        FilePurpose::FirstWeights => "network_file.choose_first_weights",
        FilePurpose::OwnMask => "network_file.choose_own_mask",
    })
}

/// What the user is asked of a dropped file.
pub fn dropped_question(name: &str) -> String {
    fill!("network_file.dropped", name = name)
}

/// The words of the button that leaves a dropped file alone.
pub fn leave_dropped() -> &'static str {
    text("network_file.neither")
}

/// The words of the option that stands for a file in the list of ways to draw first weights.
pub fn file_option_label(value: &str) -> String {
    let hex = value.strip_prefix("file:").unwrap_or(value);
    fill!("network_file.option", hash = hex.chars().take(8).collect::<String>())
}

/// What is asked for where files are missing. Empty if none is.
pub fn missing_note(missing: &[NeededFile]) -> String {
    match missing {
        [] => String::new(),
        [NeededFile { purpose: FilePurpose::FirstWeights, hash }] => {
            fill!("network_file.needs_first_weights", hash = hash.prefix())
        }
        [NeededFile { purpose: FilePurpose::OwnMask, hash }] => {
            fill!("network_file.needs_own_mask", hash = hash.prefix())
        }
        [first, own, ..] => {
            fill!("network_file.needs_both", first = first.hash.prefix(), own = own.hash.prefix())
        }
    }
}

/// What is said when a file has been read.
pub fn read_note(known: &KnownFile) -> String {
    let (all, name) = (known.model.weight_count() as u32, &known.name);
    match known.file.purpose {
        FilePurpose::FirstWeights => {
            let read = fill!("network_file.read_first_weights", name = name, weights = counted(all));
            format!("{read} {}", zeros_note(all - known.weights, all))
        }
        FilePurpose::OwnMask => fill!(
            "network_file.read_own_mask",
            name = name,
            weights = counted(known.weights),
            share = percent(f64::from(known.weights) / f64::from(all)),
        ),
    }
}

fn counted(weights: u32) -> String {
    with_commas(f64::from(weights))
}

/// How many first weights of a file are zero.
fn zeros_note(zeros: u32, all: u32) -> String {
    match zeros {
        0 => text("network_file.no_zeros").into(),
        _ => count!("network_file.zeros", zeros, zeros = counted(zeros), all = counted(all)),
    }
}

/// The remarks on the files of a run: what of its first weights is zero, and beside which ticket its own mask stands.
pub fn remarks(config: &ExperimentConfig, files: &KnownFiles) -> Vec<String> {
    let all = config.model.weight_count() as u32;
    let share = |weights: u32| percent(f64::from(weights) / f64::from(all));
    let remark = |file: &NeededFile| match file.purpose {
        FilePurpose::FirstWeights => {
            let known = files.get(config, *file)?;
            let from = fill!("network_file.of_every_trial", name = known.name);
            Some(format!("{from} {}", zeros_note(all - known.weights, all)))
        }
        FilePurpose::OwnMask => {
            let (weights, round) = (config.own?.weights?, config.own_round());
            let ticket = total_survivors_per_round(config)[round as usize];
            Some(fill!(
                "network_file.beside",
                weights = counted(weights),
                share = share(weights),
                round = round,
                ticket = counted(ticket),
                ticket_share = share(ticket),
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
