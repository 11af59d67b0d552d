//! What the masks of the first layer say: whether the inputs of a unit lie side by side, and how much the masks of two trials, or of
//! two arms, have in common.

use experiment::{
    arm::Arm,
    experiment_report::ExperimentReport,
    job::JobId,
    mask_comparison::{Locality, Overlap, overlap_if_units_shuffled},
    sorted_map::SortedMap,
};
use model::mask::Mask;

/// The masks of so many trials are read: the first ones. More would change a mean little and take their time.
pub const MOST_TRIALS: usize = 5;

/// The arms whose masks no report has, because they follow from other weights or are chosen before training. They are read off the
/// kept networks, which are those of the first trial.
pub const ARMS_OF_KEPT_MASKS: [Arm; 7] = [
    Arm::OneShot,
    Arm::Snip,
    Arm::Grasp,
    Arm::SynFlow,
    Arm::MagnitudeInit,
    Arm::RandomGlobal,
    Arm::Supermask,
];

/// The masks that the arms with prunings of their own leave, as far as they have been read, and those of kept networks.
#[derive(Clone, Debug, Default)]
pub struct MaskReadings {
    /// By arm, round and trial: how many times as many neighbours there are as with the units shuffled.
    localities: SortedMap<(Arm, u32, u32), f64>,
    /// By round and the smaller seed of a pair: the share of the ticket's survivors that the other trial's ticket has too.
    overlaps: SortedMap<(u32, u32), PairOverlap>,
    /// By arm and round: what an arm's mask and that of the ticket of the same trial have in common.
    beside_ticket: SortedMap<(Arm, u32), ArmOverlap>,
    /// First layers of masks, by arm and round, whose ticket's mask is not known yet.
    waiting: SortedMap<(Arm, u32), Mask>,
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
            if place == 0 {
                self.compare_waiting(round, first);
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

    /// Reads the mask of a network of the first trial, if no report has it.
    pub fn read_kept(&mut self, report: &ExperimentReport, job: JobId, mask: &[u8]) {
        let config = report.config();
        let (arm, round, trial) = (job.arm, job.round, config.seeds.first());
        let is_read =
            ARMS_OF_KEPT_MASKS.contains(&arm) && job.trial == trial && !config.model.is_convolutional();
        let Some(size) = config.model.layer_sizes().into_iter().next().filter(|_| is_read) else { return };
        let Some(first) = mask.get(size.weights.clone()) else { return };
        let locality = Locality::of(first, config.data_of(arm).image);
        if let Some(locality) = locality.and_then(|locality| locality.times_shuffled_units()) {
            self.localities.insert((arm, round, trial), locality);
        }
        self.waiting.insert((arm, round), first.to_vec());
        let tickets = report.prune_rounds().get(&(trial, Arm::Ticket));
        if let Some(tickets) = tickets.filter(|rounds| rounds.last_known_round() >= round) {
            self.compare_waiting(round, &tickets.mask(round)[size.weights]);
        }
    }

    /// Compares the masks of a round that wait for that of the ticket, of which this is the first layer.
    fn compare_waiting(&mut self, round: u32, ticket: &[u8]) {
        let compared = self.waiting.remove_unless(|(_, at), _| *at != round);
        for (place, mask) in compared {
            let overlap = Overlap::of(ticket, &mask);
            if let Some(share) = overlap.share() {
                self.beside_ticket.insert(place, ArmOverlap { share, by_chance: overlap.by_chance() });
            }
        }
    }

    /// What an arm's mask of a round and the ticket's have in common, in the first trial.
    pub fn beside_ticket(&self, arm: Arm, round: u32) -> Option<ArmOverlap> {
        self.beside_ticket.get(&(arm, round)).copied()
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

/// What the first layers of the ticket and of another arm's mask have in common, as shares of the survivors of one, from 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ArmOverlap {
    /// The share that survives in both.
    pub share: f64,
    /// The share to be expected of a mask of as many weights at random.
    pub by_chance: f64,
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
