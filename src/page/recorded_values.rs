//! The values of the weights that the picture of a recorded network draws: before its training and after it, each in a byte.

use crate::network_view::{self, MOST_LINES};
use chart::network_sample::ConnectionSample;
use experiment::{config::ExperimentConfig, job::JobId, job_graph::all_jobs, prune_rounds::PruneRounds};
use std::{
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

/// The recorded values of all networks of a run.
pub type RecordedValues = BTreeMap<JobId, Rc<RecordedNetwork>>;

/// The recorded values of a network, by the index of the weight.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RecordedNetwork {
    first: BTreeMap<u32, f32>,
    last: BTreeMap<u32, f32>,
}

impl RecordedNetwork {
    /// The value of a weight before the first training step, or `None` if it is not recorded.
    pub fn first(&self, weight: usize) -> Option<f32> {
        self.first.get(&(weight as u32)).copied()
    }

    /// The value of a weight after the last training step, or `None` if it is not recorded.
    pub fn last(&self, weight: usize) -> Option<f32> {
        self.last.get(&(weight as u32)).copied()
    }

    /// The weights whose last value is recorded. Those that the picture draws in the network's own round have a first value
    /// too.
    pub fn weights(&self) -> impl Iterator<Item = usize> + '_ {
        self.last.keys().map(|&weight| weight as usize)
    }
}

/// The weights whose first values the picture shows of a network of this round, and those whose last values it shows: in the
/// round itself, and in the next one, in which they go back.
fn drawn_weights(
    config: &ExperimentConfig,
    rounds: &PruneRounds,
) -> Option<impl Fn(u32) -> [BTreeSet<u32>; 2]> {
    let shape = network_view::network_shape(config);
    let last = u8::try_from(rounds.last_known_round()).ok()?;
    let sample = ConnectionSample::new(&shape, rounds.bytes(), last, MOST_LINES);
    let of_round = |round: u8| -> BTreeSet<u32> {
        let drawn = sample.drawn(&shape, round, |weight| rounds.bytes()[weight] > round);
        drawn.into_iter().map(|connection| connection.weight).collect()
    };
    let by_round: Vec<BTreeSet<u32>> = (0..=last).map(of_round).collect();
    Some(move |round: u32| {
        let of = |round: u32| by_round.get(round as usize).cloned().unwrap_or_default();
        [of(round), &of(round) | &of(round + 1)]
    })
}

/// Writes the values. `read` gives the first and the last values of a network's weights, or `None` where one is missing,
/// and so does this.
pub fn write(
    config: &ExperimentConfig,
    rounds: &PruneRounds,
    read: impl Fn(JobId, usize) -> Option<(Option<f32>, f32)>,
) -> Option<Vec<u8>> {
    let drawn = drawn_weights(config, rounds)?;
    let mut bytes = Vec::new();
    for job in all_jobs(config) {
        let [first, last] = drawn(job.round);
        for weight in first {
            bytes.push(byte_of(read(job, weight as usize)?.0?));
        }
        for weight in last {
            bytes.push(byte_of(read(job, weight as usize)?.1));
        }
    }
    Some(bytes)
}

/// Reads what [`write`] has written, or returns `None` if that is not whole.
pub fn read(config: &ExperimentConfig, rounds: &PruneRounds, bytes: &[u8]) -> Option<RecordedValues> {
    let drawn = drawn_weights(config, rounds)?;
    let mut bytes = bytes.iter();
    let mut values = RecordedValues::new();
    for job in all_jobs(config) {
        let mut take = |weights: BTreeSet<u32>| -> Option<BTreeMap<u32, f32>> {
            weights.into_iter().map(|weight| Some((weight, value_of(*bytes.next()?)))).collect()
        };
        let [first, last] = drawn(job.round);
        let network = RecordedNetwork { first: take(first)?, last: take(last)? };
        values.insert(job, Rc::new(network));
    }
    bytes.next().is_none().then_some(values)
}

/// Steps of a recorded value in a doubling. A value is right within half of a step, 4.5%.
const STEPS: f32 = 8.0;
/// The doublings below 1 at which the scale of recorded values begins.
const LOWEST: f32 = 14.0;
/// The bit of values below zero.
const NEGATIVE: u8 = 0x80;

/// The byte of a value: its sign, and its magnitude on a logarithmic scale. Zero has a byte of its own.
fn byte_of(value: f32) -> u8 {
    if value == 0.0 {
        return 0;
    }
    let magnitude = ((value.abs().log2() + LOWEST) * STEPS).round().clamp(1.0, 127.0) as u8;
    if value < 0.0 { magnitude | NEGATIVE } else { magnitude }
}

/// The value of a byte.
fn value_of(byte: u8) -> f32 {
    let magnitude = byte & !NEGATIVE;
    if magnitude == 0 {
        return 0.0;
    }
    let size = (f32::from(magnitude) / STEPS - LOWEST).exp2();
    if byte & NEGATIVE == 0 { size } else { -size }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_keeps_sign_and_size() {
        assert_eq!((byte_of(0.0), value_of(0)), (0, 0.0));
        for byte in (1..=127).chain(129..=255) {
            assert_eq!(byte_of(value_of(byte)), byte);
        }
        for value in [0.000_2_f32, 0.01, 0.033, 0.5, 1.0, 1.7] {
            for value in [value, -value] {
                let told = value_of(byte_of(value));
                assert!((told / value - 1.0).abs() < 0.045, "{value} is told as {told}");
            }
        }
    }
}
