//! Reads settings from a URL fragment and writes them as one, for example `#preset=quick&seed=7&rounds=6`. So a link
//! holds an experiment.

#[cfg(test)]
mod tests;

use crate::{
    arm::Arm,
    config::ExperimentConfig,
    job_choice::{ClaimedRows, JobChoice},
    network_setting::{hidden_text, net_text},
    optimizer::OptimizerKind,
    preset::Preset,
    seeds::Seeds,
    setting_table::{SETTINGS, SettingKind, SettingsDraft},
    settings::Settings,
};
use model::{Model, data_set::DataSet};
use percent_encoding::percent_decode_str;
use std::borrow::Cow;
use texts::text;

/// The largest number of bytes of a fragment. A thousand seeds of ten digits and every other setting fit in.
pub const LONGEST_FRAGMENT: usize = 16 << 10;

/// A value that was refused. The setting keeps the value that it had before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RejectedSetting {
    /// The setting's name in the fragment.
    pub field: String,
    /// The value that was refused.
    pub value: String,
    /// Why it was refused.
    pub reason: RejectionReason,
}

/// Why a setting was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RejectionReason {
    /// No setting has this name.
    UnknownSetting,
    /// The value is none that the setting allows.
    NotAllowed,
    /// With this first seed the last one would be above the largest.
    LastSeedTooLarge(u32),
    /// `seeds` stands beside it and says which seeds the trials have.
    BesideSeeds,
    /// `net` stands beside it and says what network it is.
    BesideNet,
    /// The arm `own` is asked for without the file of its mask, and is left out.
    OwnWithoutMask,
    /// `transfer` names the data set of `data`, so that nothing would be transferred. It is left out.
    TransferToSameData,
    /// `transfer` names a data set whose images or classes are not like those of `data`, so that no mask fits both. It is left
    /// out.
    TransferToOtherShape,
    /// `batch` is larger than the number of training images, which is given and is then used.
    BatchAboveImages(u32),
    /// The convolutions of `net` leave nothing of images with so many rows and columns. LeNet-300-100 is used.
    NetBeyondImage(u32, u32),
    /// An arm of the other data set is asked for without `transfer`, and is left out.
    ArmWithoutTransfer,
    /// `jobs=claims` stands beside arms that no claim looks at. They are left out.
    ArmWithoutClaims,
    /// `jobs=claims` stands beside more rounds than claims look at, of which this is the last.
    RoundsWithoutClaims(u32),
    /// `jobs=claims` stands beside twins, which no claim looks at.
    TwinsWithoutClaims,
    /// The fragment has as many bytes, which is more than [`LONGEST_FRAGMENT`]. None of its settings is used.
    FragmentTooLong(usize),
}

/// The names and values of a fragment, percent-decoded. Bytes that are not UTF-8 are replaced, so that the value is
/// refused with a message that shows where they are.
pub fn pairs(fragment: &str) -> Vec<(Cow<'_, str>, Cow<'_, str>)> {
    let decoded = |text| percent_decode_str(text).decode_utf8_lossy();
    let pairs = fragment.trim_start_matches('#').split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (decoded(name), decoded(value)))
        .collect()
}

impl Settings {
    /// Reads a fragment, with or without its `#`. Names and values may be percent-encoded. A setting with a refused
    /// value keeps its previous value, and the other settings are used.
    pub fn from_fragment(fragment: &str) -> (Settings, Vec<RejectedSetting>) {
        if fragment.len() > LONGEST_FRAGMENT {
            let reason = RejectionReason::FragmentTooLong(fragment.len());
            let rejected = RejectedSetting { field: String::new(), value: String::new(), reason };
            return (Settings::preset(Preset::Quick), vec![rejected]);
        }
        Settings::from_pairs(&pairs(fragment))
    }

    /// Reads settings from their names and values, as [`Settings::from_fragment`] does.
    pub fn from_pairs<S: AsRef<str>>(pairs: &[(S, S)]) -> (Settings, Vec<RejectedSetting>) {
        let pairs = || pairs.iter().map(|(name, value)| (name.as_ref(), value.as_ref()));
        // The preset is applied first wherever it stands, because the other settings change it.
        let presets = pairs().filter(|(name, _)| *name == "preset");
        let preset = presets.filter_map(|(_, value)| Preset::from_name(value)).last();
        let settings = Settings::preset(preset.unwrap_or(Preset::Quick));
        let mut draft =
            SettingsDraft { settings, seed: None, trials: None, seeds: None, hidden: None, net: None };
        let mut rejected = Vec::new();
        for (field, value) in pairs() {
            let setting = SETTINGS.iter().find(|setting| setting.name == field);
            if setting.and_then(|setting| setting.set(&mut draft, value)).is_none() {
                rejected.push(RejectedSetting::new(field, value));
            }
        }
        rejected.extend(draft.take_seeds());
        rejected.extend(draft.take_net());
        let mut settings = draft.settings;
        // The data set decides how many values the network reads and how many classes it tells apart.
        let config = &mut settings.config;
        config.model = config.model.clone().on(&config.data);
        rejected.extend(settings.reject_conflicts());
        (settings, rejected)
    }

    /// Settings that show an experiment. They name the preset that gives the shortest fragment.
    pub fn from_config(config: &ExperimentConfig) -> Settings {
        let settings =
            Preset::ALL.iter().map(|&preset| Settings { config: config.clone(), ..Settings::preset(preset) });
        let shortest = settings.min_by_key(|settings| settings.to_fragment().matches('=').count());
        shortest.expect("there are presets")
    }

    /// Resets and returns the settings that conflict with others.
    fn reject_conflicts(&mut self) -> Vec<RejectedSetting> {
        let rewind = self.reject_late_rewind();
        let beyond = self.reject_beyond_data();
        let transfer = self.reject_transfer();
        let own = self.reject_own_without_mask();
        let unclaimed = self.take_claims();
        rewind.into_iter().chain(beyond).chain(transfer).chain(own).chain(unclaimed).collect()
    }

    fn reject_late_rewind(&mut self) -> Option<RejectedSetting> {
        let rewind_to = self.config.rewind_to.filter(|&rewind_to| rewind_to >= self.config.iterations)?;
        self.config.rewind_to = None;
        Some(RejectedSetting::new("rewind_to", &rewind_to.to_string()))
    }

    /// The network and the batch if the data set is too small for them.
    fn reject_beyond_data(&mut self) -> Vec<RejectedSetting> {
        let (config, mut rejected) = (&mut self.config, vec![]);
        let image = config.data.image;
        if config.model.layer_sizes().iter().any(|size| size.outputs() == 0) {
            let (field, value) = ("net".to_owned(), net_text(&config.model));
            let reason = RejectionReason::NetBeyondImage(image.height, image.width);
            rejected.push(RejectedSetting { field, value, reason });
            config.model = Model::for_data(&config.data, &Model::lenet_300_100().hidden_units());
        }
        let images = config.data.training_images;
        if config.batch > images {
            let (field, value) = ("batch".to_owned(), config.batch.to_string());
            let reason = RejectionReason::BatchAboveImages(images);
            rejected.push(RejectedSetting { field, value, reason });
            config.batch = images;
        }
        rejected
    }

    fn reject_own_without_mask(&mut self) -> Option<RejectedSetting> {
        if self.config.own.is_some() || !self.config.arms.remove(&Arm::Own) {
            return None;
        }
        self.add_arms_if_none_is_left();
        let (field, value) = ("arms".to_owned(), Arm::Own.name().to_owned());
        Some(RejectedSetting { field, value, reason: RejectionReason::OwnWithoutMask })
    }

    /// The other data set if it is none, and the arms that would be trained on it.
    fn reject_transfer(&mut self) -> Vec<RejectedSetting> {
        let mut rejected = vec![];
        if let Some(same) = self.config.transfer.take_if(|other| other.name == self.config.data.name) {
            let reason = RejectionReason::TransferToSameData;
            rejected.push(RejectedSetting { field: "transfer".into(), value: same.name, reason });
        }
        let data = &self.config.data;
        let fits = |other: &DataSet| (other.image, other.classes.len()) == (data.image, data.classes.len());
        if let Some(other) = self.config.transfer.take_if(|other| !fits(other)) {
            let reason = RejectionReason::TransferToOtherShape;
            rejected.push(RejectedSetting { field: "transfer".into(), value: other.name, reason });
        }
        if self.config.transfer.is_some() {
            return rejected;
        }
        let others: Vec<&str> =
            self.config.arms.iter().filter(|arm| arm.is_of_other_data()).map(|arm| arm.name()).collect();
        if !others.is_empty() {
            let (value, reason) = (others.join(","), RejectionReason::ArmWithoutTransfer);
            rejected.push(RejectedSetting { field: "arms".into(), value, reason });
            self.config.arms.retain(|arm| !arm.is_of_other_data());
            self.add_arms_if_none_is_left();
        }
        rejected
    }

    /// Adds the arms that claims look at, if their jobs are chosen. Returns what no claim looks at: further arms and rounds.
    fn take_claims(&mut self) -> Vec<RejectedSetting> {
        let mut rejected = vec![];
        if self.config.jobs != JobChoice::Claims {
            return rejected;
        }
        let claimed = ClaimedRows::new();
        let mut arms = claimed.arms();
        let is_other = |arm: &&Arm| **arm != Arm::Dense && !arms.contains(arm);
        let others: Vec<&str> = self.config.arms.iter().filter(is_other).map(|arm| arm.name()).collect();
        if !others.is_empty() {
            let (field, reason) = ("arms".to_owned(), RejectionReason::ArmWithoutClaims);
            rejected.push(RejectedSetting { field, value: others.join(","), reason });
        }
        if self.config.arms.contains(&Arm::Dense) {
            arms.insert(Arm::Dense);
        }
        self.config.arms = arms;
        let last = claimed.last_round();
        if self.config.rounds > last {
            let (field, value) = ("rounds".to_owned(), self.config.rounds.to_string());
            rejected.push(RejectedSetting {
                field,
                value,
                reason: RejectionReason::RoundsWithoutClaims(last),
            });
            self.config.rounds = last;
        }
        if std::mem::take(&mut self.config.twins) {
            let (field, value) = ("twins".to_owned(), "1".to_owned());
            rejected.push(RejectedSetting { field, value, reason: RejectionReason::TwinsWithoutClaims });
        }
        rejected
    }

    /// Puts the preset's arms in the place of arms that have all been left out.
    fn add_arms_if_none_is_left(&mut self) {
        if self.config.arms.is_empty() {
            self.config.arms = self.preset.config().arms;
            self.config.arms.retain(|arm| !arm.is_of_other_data());
        }
    }

    /// Sentences for the user about settings that have no effect because of other settings.
    pub fn unused_setting_notes(&self) -> Vec<&'static str> {
        let ExperimentConfig { criterion, optimizer, .. } = self.config;
        let unused = [
            (criterion.is_global(), "refused.unused_output_rate"),
            (
                optimizer != OptimizerKind::Momentum && self.config.momentum != self.preset.config().momentum,
                "refused.unused_momentum",
            ),
            (self.config.own.is_some() && !self.config.arms.contains(&Arm::Own), "refused.unused_own"),
            (self.config.transfer.is_some() && self.config.other_data().is_none(), "refused.unused_transfer"),
        ];
        unused.into_iter().filter(|(holds, _)| *holds).map(|(_, note)| text(note)).collect()
    }

    /// The shortest fragment that reads back as these settings, without the `#`: the preset, the seed and all settings
    /// that differ from the preset. It leaves autoplay out, so that a copied link waits for its
    /// reader, the moment, which the display leaves, and the digest that is expected of the run.
    pub fn to_fragment(&self) -> String {
        self.fragment_without(&["autoplay", "at", "digest"])
    }

    /// The fragment that the page's address has while the run is shown: with the digest that is expected of it.
    pub fn to_address(&self) -> String {
        self.fragment_without(&["autoplay", "at"])
    }

    /// The fragment of a link to the run: with the moment and the digest that is expected.
    pub fn to_link(&self) -> String {
        self.fragment_without(&["autoplay"])
    }

    fn fragment_without(&self, left_out: &[&str]) -> String {
        let plain = Settings::preset(self.preset);
        let pairs = SETTINGS.iter().filter(|s| !left_out.contains(&s.name)).filter_map(|s| {
            let value = s.value(self);
            // Either `seed` and `trials` or `seeds` are without a value, and either `hidden` or `net`.
            let left_out =
                value.is_empty() && (s.kind == SettingKind::Seeds || matches!(s.name, "hidden" | "net"));
            let keep = matches!(s.name, "preset" | "seed") || value != s.value(&plain);
            (keep && !left_out).then(|| format!("{}={value}", s.name))
        });
        pairs.collect::<Vec<_>>().join("&")
    }
}

impl RejectedSetting {
    fn new(field: &str, value: &str) -> RejectedSetting {
        let is_setting = SETTINGS.iter().any(|setting| setting.name == field);
        let reason = if is_setting { RejectionReason::NotAllowed } else { RejectionReason::UnknownSetting };
        RejectedSetting { field: field.into(), value: value.into(), reason }
    }
}

impl SettingsDraft {
    /// Puts the network that was given into the settings. Returns the hidden units that were given beside a whole network.
    fn take_net(&mut self) -> Option<RejectedSetting> {
        let (hidden, net) = (self.hidden.take(), self.net.take());
        let beside = hidden.as_ref().filter(|_| net.is_some()).map(hidden_text);
        if let Some(model) = net.or(hidden) {
            self.settings.config.model = model;
        }
        let (field, reason) = ("hidden".to_owned(), RejectionReason::BesideNet);
        beside.map(|value| RejectedSetting { field, value, reason })
    }

    /// Puts the seeds that were given into the settings. Returns the settings among them that cannot be used.
    fn take_seeds(&mut self) -> Vec<RejectedSetting> {
        let config = &mut self.settings.config;
        let given = [("seed", self.seed), ("trials", self.trials)]
            .map(|(name, value)| Some((name, value?.to_string())));
        let given = || given.iter().flatten();
        if let Some(seeds) = self.seeds.take() {
            config.seeds = seeds;
            let beside = |(field, value): &(&str, String)| RejectedSetting {
                field: (*field).into(),
                value: value.clone(),
                reason: RejectionReason::BesideSeeds,
            };
            return given().map(beside).collect();
        }
        let first = self.seed.unwrap_or(config.seeds.first());
        let count = self.trials.unwrap_or(config.seeds.count());
        match Seeds::consecutive(first, count) {
            Some(seeds) => {
                config.seeds = seeds;
                vec![]
            }
            None => {
                config.seeds = Seeds::from_any_order([first]).expect("one seed");
                let (field, value) = ("trials".to_owned(), count.to_string());
                vec![RejectedSetting { field, value, reason: RejectionReason::LastSeedTooLarge(first) }]
            }
        }
    }
}

/// The name and the value, as text, of every setting that defines an experiment, but for the seeds.
pub fn experiment_setting_values(config: &ExperimentConfig) -> impl Iterator<Item = (&'static str, String)> {
    let settings = Settings { config: config.clone(), ..Settings::preset(Preset::Quick) };
    let of_experiment = SETTINGS.iter().filter(|setting| setting.kind == SettingKind::Experiment);
    of_experiment.map(move |setting| (setting.name, setting.value(&settings)))
}

/// The first setting in which two experiments differ, but for the seeds: its name and its two values. Settings in
/// `excluded` are not compared.
pub fn first_difference_beside_seeds(
    one: &ExperimentConfig,
    other: &ExperimentConfig,
    excluded: &[&str],
) -> Option<(&'static str, String, String)> {
    let pairs = experiment_setting_values(one).zip(experiment_setting_values(other));
    let differs = pairs.filter(|(one, _)| !excluded.contains(&one.0)).find(|(one, other)| one != other);
    differs.map(|((name, one), (_, other))| (name, one, other))
}

/// The first setting in which two experiments differ: its name and its two values.
pub fn first_difference(
    one: &ExperimentConfig,
    other: &ExperimentConfig,
) -> Option<(&'static str, String, String)> {
    let seeds = (one.seeds != other.seeds).then(|| ("seeds", one.seeds.to_string(), other.seeds.to_string()));
    first_difference_beside_seeds(one, other, &[]).or(seeds)
}
