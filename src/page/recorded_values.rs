//! The values of the weights that the picture of a recorded network draws: before its training and after it, each in a byte.

use crate::network_view::{self, MOST_LINES};
use chart::network_sample::ConnectionSample;
use experiment::{config::ExperimentConfig, job::JobId, job_graph::all_jobs, prune_rounds::PruneRounds};
use numbers::order::sort_and_dedup;
use std::rc::Rc;

/// The recorded values of all networks of a run.
#[derive(Clone, Debug, Default)]
pub struct RecordedValues(Vec<(JobId, Rc<RecordedNetwork>)>);

/// The recorded values of a network: weights in ascending order, each with its value.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RecordedNetwork {
    first: Vec<(u32, f32)>,
    last: Vec<(u32, f32)>,
}

impl RecordedValues {
    /// The values of the network of a job.
    pub fn get(&self, job: JobId) -> Option<&Rc<RecordedNetwork>> {
        self.networks().find(|network| network.0 == job).map(|network| &network.1)
    }

    /// The networks, with their jobs.
    pub fn networks(&self) -> impl Iterator<Item = &(JobId, Rc<RecordedNetwork>)> {
        self.0.iter()
    }
}

impl RecordedNetwork {
    /// The value of a weight before the first training step, or `None` if it is not recorded.
    pub fn first(&self, weight: usize) -> Option<f32> {
        find(&self.first, weight)
    }

    /// The value of a weight after the last training step, or `None` if it is not recorded.
    pub fn last(&self, weight: usize) -> Option<f32> {
        find(&self.last, weight)
    }

    /// The weights whose last value is recorded. Those that the picture draws in the network's own round have a first value
    /// too.
    pub fn weights(&self) -> impl Iterator<Item = usize> + '_ {
        self.last.iter().map(|&(weight, _)| weight as usize)
    }
}

fn find(values: &[(u32, f32)], weight: usize) -> Option<f32> {
    let at = values.partition_point(|&(at, _)| (at as usize) < weight);
    values.get(at).filter(|&&(at, _)| at as usize == weight).map(|&(_, value)| value)
}

/// The weights whose first values the picture shows of a network of each round, and those whose last values it shows: in the
/// round itself, and in the next one, in which they go back. All in ascending order.
fn drawn_weights(config: &ExperimentConfig, rounds: &PruneRounds) -> Option<Vec<[Vec<u32>; 2]>> {
    let shape = network_view::network_shape(config);
    let last = u8::try_from(rounds.last_known_round()).ok()?;
    let sample = ConnectionSample::new(&shape, rounds.bytes(), last, MOST_LINES);
    let ascending = |mut weights: Vec<u32>| {
        sort_and_dedup(&mut weights);
        weights
    };
    let of_round = |round: u8| -> Vec<u32> {
        let drawn = sample.drawn(&shape, round, |weight| rounds.bytes()[weight] > round);
        drawn.into_iter().map(|connection| connection.weight).collect()
    };
    let by_round = (0..=last).map(|round| {
        let next = if round < last { of_round(round + 1) } else { Vec::new() };
        let own = of_round(round);
        let both = own.iter().copied().chain(next).collect();
        [ascending(own), ascending(both)]
    });
    Some(by_round.collect())
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
        let [first, last] = drawn.get(job.round as usize)?;
        for &weight in first {
            bytes.push(byte_of(read(job, weight as usize)?.0?));
        }
        for &weight in last {
            bytes.push(byte_of(read(job, weight as usize)?.1));
        }
    }
    Some(bytes)
}

/// Reads what [`write`] has written, or returns `None` if that is not whole.
pub fn read(config: &ExperimentConfig, rounds: &PruneRounds, bytes: &[u8]) -> Option<RecordedValues> {
    let drawn = drawn_weights(config, rounds)?;
    let mut bytes = bytes.iter();
    let mut take = |weights: &[u32]| -> Option<Vec<(u32, f32)>> {
        weights.iter().map(|&weight| Some((weight, value_of(*bytes.next()?)))).collect()
    };
    let network = |job: JobId| {
        let [first, last] = drawn.get(job.round as usize)?;
        Some((job, Rc::new(RecordedNetwork { first: take(first)?, last: take(last)? })))
    };
    let values = all_jobs(config).into_iter().map(network).collect::<Option<_>>()?;
    bytes.next().is_none().then_some(RecordedValues(values))
}

/// Steps of a recorded value in a doubling. A value is right within half of a step, 4.5%.
const STEPS: f32 = 8.0;
/// The doublings below 1 at which the scale of recorded values begins.
const LOWEST: f32 = 14.0;
/// The factor of a step: the eighth root of 2.
const STEP: f32 = 1.090_507_7;
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
    let doublings = i32::from(magnitude) / STEPS as i32 - LOWEST as i32;
    let size = STEP.powi(i32::from(magnitude) % STEPS as i32) * 2_f32.powi(doublings);
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
