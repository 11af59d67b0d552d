//! Which files an experiment needs, and the experiment with a file of the user.

use crate::{
    arm::Arm,
    config::ExperimentConfig,
    initializer::Initializer,
    network_file::{FilePurpose, NeededFile, OwnMask},
};

impl ExperimentConfig {
    /// The files that the experiment cannot be trained without.
    pub fn needed_files(&self) -> Vec<NeededFile> {
        let needed = |purpose, hash| NeededFile { purpose, hash };
        let first = self.first_weights.map(|hash| needed(FilePurpose::FirstWeights, hash));
        let own = self.own.filter(|_| self.arms.contains(&Arm::Own));
        first.into_iter().chain(own.map(|own| needed(FilePurpose::OwnMask, own.file))).collect()
    }

    /// The experiment with a file of the user for one of its purposes. `weights` is how many weights a mask has.
    pub fn with_file(&self, file: NeededFile, weights: u32) -> ExperimentConfig {
        let mut config = self.clone();
        match file.purpose {
            FilePurpose::FirstWeights => {
                // What an arm draws anew is then drawn as in the paper.
                config.init = Initializer::GlorotNormal;
                config.first_weights = Some(file.hash);
            }
            FilePurpose::OwnMask => {
                config.arms.insert(Arm::Own);
                config.own = Some(OwnMask { file: file.hash, weights: Some(weights) });
            }
        }
        config
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{settings::Settings, url_fragment::experiment_setting_values};

    const HEX: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1eff";

    #[test]
    fn an_experiment_needs_the_files_that_it_uses() {
        let config = |fragment: &str| {
            let (settings, rejected) = Settings::from_fragment(fragment);
            assert_eq!(rejected, [], "{fragment}");
            settings.config
        };
        let hash = HEX.parse().unwrap();
        let needed = |purpose| NeededFile { purpose, hash };
        let (first, own) = (needed(FilePurpose::FirstWeights), needed(FilePurpose::OwnMask));
        assert_eq!(config("").needed_files(), []);
        assert_eq!(config(&format!("own={HEX}")).needed_files(), [], "no arm uses it");
        let both = config(&format!("init=file:{HEX}&own={HEX}.133100&arms=ticket,own"));
        assert_eq!(both.needed_files(), [first, own]);
        let plain = config("init=he_normal&arms=ticket");
        let made = plain.with_file(first, 0).with_file(own, 133_100);
        assert!(experiment_setting_values(&made).eq(experiment_setting_values(&both)));
        assert_eq!(made, both);
    }
}
