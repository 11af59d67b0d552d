//! What the masks of the first layer say: whether the inputs of a unit lie side by side, and how much the masks of two trials have
//! in common.

use experiment::{
    arm::Arm,
    experiment_report::ExperimentReport,
    mask_comparison::{Locality, Overlap, overlap_if_units_shuffled},
    sorted_map::SortedMap,
};

/// The masks of so many trials are read: the first ones. More would change a mean little and take their time.
pub const MOST_TRIALS: usize = 5;

/// The masks that the arms with prunings of their own leave, as far as they have been read.
#[derive(Clone, Debug, Default)]
pub struct MaskReadings {
    /// By arm, round and trial: how many times as many neighbours there are as with the units shuffled.
    localities: SortedMap<(Arm, u32, u32), f64>,
    /// By round and the smaller seed of a pair: the share of the ticket's survivors that the other trial's ticket has too.
    overlaps: SortedMap<(u32, u32), PairOverlap>,
}

impl MaskReadings {
    /// Reads the masks of an arm in a trial that have not been read yet.
    pub fn read(&mut self, report: &ExperimentReport, trial: u32, arm: Arm) {
        let config = report.config();
        let place = config.seeds.iter().take(MOST_TRIALS).position(|seed| seed == trial);
        let Some(place) = place.filter(|_| !config.model.is_convolutional()) else { return };
        let Some(rounds) = report.prune_rounds().get(&(trial, arm)) else { return };
        let Some(size) = config.model.layer_sizes().into_iter().next() else { return };
        let image = config.data_of(arm).image;
        for round in 1..=rounds.last_known_round() {
            if self.localities.get(&(arm, round, trial)).is_some() {
                continue;
            }
            let mask = rounds.mask(round);
            let first = &mask[size.weights.clone()];
            let locality = Locality::of(first, image).and_then(|locality| locality.times_shuffled_units());
            if let Some(locality) = locality {
                self.localities.insert((arm, round, trial), locality);
            }
            if arm != Arm::Ticket {
                continue;
            }
            // Whichever of two trials comes last compares them.
            let seeds: Vec<u32> = config.seeds.iter().take(MOST_TRIALS).collect();
            let neighbours = [place.checked_sub(1), Some(place + 1)].into_iter().flatten();
            for neighbour in neighbours.filter_map(|at| seeds.get(at).copied()) {
                let beside = report.prune_rounds().get(&(neighbour, arm));
                let Some(beside) = beside.filter(|rounds| rounds.last_known_round() >= round) else {
                    continue;
                };
                let beside = &beside.mask(round)[size.weights.clone()];
                let overlap = Overlap::of(first, beside);
                let of_pixels = overlap_if_units_shuffled(first, beside, image);
                if let Some((share, of_pixels)) = overlap.share().zip(of_pixels) {
                    let pair = PairOverlap { share, by_chance: overlap.by_chance(), of_pixels };
                    self.overlaps.insert((round, trial.min(neighbour)), pair);
                }
            }
        }
    }

    /// The mean locality of an arm's masks of a round, with the least and the most, and how many trials it is of.
    pub fn locality(&self, arm: Arm, round: u32) -> Option<OverTrials> {
        let of_round = self.localities.iter().filter(|((of, at, _), _)| (*of, *at) == (arm, round));
        OverTrials::of(of_round.map(|(_, value)| *value))
    }

    /// The mean overlap of the tickets of neighbouring trials in a round, and the number of pairs.
    pub fn overlap(&self, round: u32) -> Option<(PairOverlap, usize)> {
        let of_round = || self.overlaps.iter().filter(|((at, _), _)| *at == round).map(|(_, pair)| *pair);
        let mean = |read: fn(PairOverlap) -> f64| Some(OverTrials::of(of_round().map(read))?.mean);
        let pair = PairOverlap {
            share: mean(|pair| pair.share)?,
            by_chance: mean(|pair| pair.by_chance)?,
            of_pixels: mean(|pair| pair.of_pixels)?,
        };
        Some((pair, of_round().count()))
    }
}

/// What the first layers of two trials' tickets have in common, as shares of the survivors of one, from 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PairOverlap {
    /// The share that survives in both.
    pub share: f64,
    /// The share to be expected of a mask of as many weights at random.
    pub by_chance: f64,
    /// The share to be expected of a mask with as many weights of each pixel, of units at random.
    pub of_pixels: f64,
}

/// A reading of several trials.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OverTrials {
    /// The mean.
    pub mean: f64,
    /// The least.
    pub least: f64,
    /// The most.
    pub most: f64,
    /// The number of readings.
    pub count: usize,
}

impl OverTrials {
    fn of(values: impl Iterator<Item = f64>) -> Option<OverTrials> {
        let one = |value| OverTrials { mean: value, least: value, most: value, count: 1 };
        let all = values.map(one).reduce(|sum, next| OverTrials {
            mean: sum.mean + next.mean,
            least: sum.least.min(next.least),
            most: sum.most.max(next.most),
            count: sum.count + 1,
        })?;
        Some(OverTrials { mean: all.mean / all.count as f64, ..all })
    }
}
