//! A moment of a run: the round, the stage of the round and the iteration. Moments are common to all arms and trials, so
//! that everything on the screen can speak of the same one.

use crate::config::ExperimentConfig;
use std::{fmt, str::FromStr};
use strum::{EnumString, IntoStaticStr, VariantArray};

/// A stage of a round, in the order in which they are shown.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, EnumString, IntoStaticStr, VariantArray,
)]
#[strum(serialize_all = "lowercase")]
pub enum Stage {
    /// The network has its first weights: in round 0 all of them, afterwards the survivors, which have gone back.
    Rewind,
    /// The network trains.
    Train,
    /// Weights are struck out. The last round has no such stage.
    Prune,
}

impl Stage {
    /// Every stage, in the order of a round.
    pub const ALL: &[Stage] = Stage::VARIANTS;

    /// The name, as in links.
    pub fn name(self) -> &'static str {
        self.into()
    }
}

/// A moment of a run. Moments are ordered as they are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment {
    /// The number of prunings before it.
    pub round: u32,
    /// The stage of the round.
    pub stage: Stage,
    /// The training steps done in this round: 0 in [`Stage::Rewind`], all of them in [`Stage::Prune`].
    pub iteration: u32,
}

impl Moment {
    /// The first moment of every run.
    pub const START: Moment = Moment { round: 0, stage: Stage::Rewind, iteration: 0 };

    /// The moment at which the networks of a round have their first weights.
    pub fn start_of(round: u32) -> Moment {
        Moment { round, ..Moment::START }
    }

    /// A moment in the training of a round.
    pub fn training(round: u32, iteration: u32) -> Moment {
        Moment { round, stage: Stage::Train, iteration }
    }

    /// The moment at which the training of a round is over.
    pub fn end_of_training(config: &ExperimentConfig, round: u32) -> Moment {
        Moment::training(round, config.iterations)
    }

    /// The moment at which weights are struck out after the training of a round.
    pub fn pruning(config: &ExperimentConfig, round: u32) -> Moment {
        Moment { round, stage: Stage::Prune, iteration: config.iterations }
    }

    /// The last moment of a run.
    pub fn end(config: &ExperimentConfig) -> Moment {
        Moment::end_of_training(config, config.last_round())
    }

    /// Whether the networks of a round are trained at this moment.
    pub fn is_round_over(self, config: &ExperimentConfig, round: u32) -> bool {
        self >= Moment::end_of_training(config, round)
    }

    /// The number of rounds that are over at this moment.
    pub fn rounds_over(self, config: &ExperimentConfig) -> u32 {
        self.round + u32::from(self.is_round_over(config, self.round))
    }

    /// The round whose mask is shown. In [`Stage::Prune`] it is already the next one's, whose missing weights are being
    /// struck out.
    pub fn mask_round(self) -> u32 {
        self.round + u32::from(self.stage == Stage::Prune)
    }

    /// The nearest moment that a run with these settings has.
    pub fn within(self, config: &ExperimentConfig) -> Moment {
        let moment = match self.stage {
            Stage::Rewind => Moment::start_of(self.round),
            Stage::Train => Moment::training(self.round, self.iteration.min(config.iterations)),
            Stage::Prune => Moment::pruning(config, self.round),
        };
        moment.min(Moment::end(config))
    }
}

/// Writes a moment as links have it: round, iteration and stage, as in `4.250.train`.
impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.round, self.iteration, self.stage.name())
    }
}

/// A text is not a moment as links have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoMoment;

/// Reads a moment as links have it.
impl FromStr for Moment {
    type Err = NoMoment;

    fn from_str(text: &str) -> Result<Moment, NoMoment> {
        let parts: Vec<&str> = text.split('.').collect();
        let [round, iteration, stage] = parts[..] else { return Err(NoMoment) };
        let (Ok(round), Ok(iteration), Ok(stage)) = (round.parse(), iteration.parse(), stage.parse()) else {
            return Err(NoMoment);
        };
        Ok(Moment { round, stage, iteration })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::preset::Preset;

    fn config() -> ExperimentConfig {
        ExperimentConfig { iterations: 500, rounds: 2, ..Preset::Quick.config() }
    }

    #[test]
    fn moments_are_in_the_order_of_a_run() {
        let config = config();
        let order = [
            Moment::START,
            Moment::training(0, 0),
            Moment::training(0, 500),
            Moment::pruning(&config, 0),
            Moment::start_of(1),
            Moment::training(1, 250),
            Moment::pruning(&config, 1),
            Moment::training(2, 499),
            Moment::end(&config),
        ];
        assert!(order.is_sorted() && order.windows(2).all(|pair| pair[0] != pair[1]));
        assert_eq!(order.map(|moment| moment.rounds_over(&config)), [0, 0, 1, 1, 1, 1, 2, 2, 3]);
        assert_eq!(order.map(Moment::mask_round), [0, 0, 0, 1, 1, 1, 2, 2, 2]);
        for moment in order {
            assert_eq!((moment.within(&config), moment.to_string().parse()), (moment, Ok(moment)));
        }
    }

    #[test]
    fn moments_of_other_runs_become_the_nearest_ones() {
        let config = config();
        let within = |text: &str| text.parse::<Moment>().unwrap().within(&config).to_string();
        assert_eq!(within("1.900.train"), "1.500.train");
        assert_eq!(within("1.7.prune"), "1.500.prune");
        assert_eq!(within("1.7.rewind"), "1.0.rewind");
        assert_eq!([within("2.0.prune"), within("9.3.train")], ["2.500.train"; 2]);
        for bad in ["", "4", "4.250", "4.250.test", "-1.0.train", "4.250.train.x"] {
            assert!(bad.parse::<Moment>().is_err(), "{bad}");
        }
    }
}
