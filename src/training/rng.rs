//! Named streams of random numbers. The name of a stream is the key of its generator, so no stream depends on the draws
//! of another, and every machine gets the same numbers.

use experiment::purpose::RandomPurpose;
use rand_chacha::{
    ChaCha8Rng,
    rand_core::{Rng, SeedableRng},
};

/// A stream of random 32-bit numbers from ChaCha8, with the name of the stream as its key.
pub struct RandomStream(ChaCha8Rng);

impl RandomStream {
    /// The stream with this name. `trial` is the trial's seed; `purpose` decides what `round` and `draw` mean.
    pub fn new(trial: u32, purpose: RandomPurpose, round: u32, draw: u32) -> RandomStream {
        let mut key = *b"ticket lab 2026.                ";
        for (bytes, word) in key[16..].chunks_exact_mut(4).zip([trial, purpose as u32, round, draw]) {
            bytes.copy_from_slice(&word.to_le_bytes());
        }
        RandomStream(ChaCha8Rng::from_seed(key))
    }

    /// The next 32 random bits.
    pub fn next_u32(&mut self) -> u32 {
        self.0.next_u32()
    }

    /// A uniform number in the open interval (0, 1), a multiple of 2⁻³³.
    pub fn uniform(&mut self) -> f64 {
        (f64::from(self.next_u32()) + 0.5) / 4_294_967_296.0
    }

    /// A uniform number in `0..n`, for `n` above 0. Draws that would favour low numbers are rejected.
    pub fn below(&mut self, n: u32) -> u32 {
        let fair = u32::MAX - (u32::MAX % n + 1) % n;
        loop {
            let draw = self.next_u32();
            if draw <= fair {
                return draw % n;
            }
        }
    }

    /// Two independent standard normal numbers (Box & Muller 1958).
    pub fn normal_pair(&mut self) -> (f64, f64) {
        let radius = libm::sqrt(-2.0 * libm::log(self.uniform()));
        let (sin, cos) = libm::sincos(2.0 * std::f64::consts::PI * self.uniform());
        (radius * cos, radius * sin)
    }

    /// Puts `items` into a random order (Fisher & Yates 1938).
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for i in (1..items.len()).rev() {
            items.swap(i, self.below(i as u32 + 1) as usize);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_of_other_names_differ_and_the_same_name_repeats() {
        let draws =
            |t, p, r, d| (0..4).map(|_| RandomStream::new(t, p, r, d).next_u32()).collect::<Vec<_>>()[0];
        let first = draws(1, RandomPurpose::Init, 0, 0);
        assert_eq!(first, draws(1, RandomPurpose::Init, 0, 0));
        for other in [
            draws(2, RandomPurpose::Init, 0, 0),
            draws(1, RandomPurpose::Shuffle, 0, 0),
            draws(1, RandomPurpose::Init, 1, 0),
            draws(1, RandomPurpose::Init, 0, 1),
        ] {
            assert_ne!(first, other);
        }
    }

    #[test]
    fn draws_below_a_bound_are_fair() {
        let mut stream = RandomStream::new(1, RandomPurpose::Split, 0, 0);
        let mut counts = [0u32; 6];
        (0..60_000).for_each(|_| counts[stream.below(6) as usize] += 1);
        // The bound is five standard deviations of the count of a fair die.
        assert!(counts.iter().all(|&c| c.abs_diff(10_000) < 460), "{counts:?}");
    }

    #[test]
    fn normal_variates_have_the_normals_moments() {
        let mut stream = RandomStream::new(1, RandomPurpose::Init, 0, 0);
        let draws: Vec<f64> = (0..50_000).flat_map(|_| <[f64; 2]>::from(stream.normal_pair())).collect();
        let mean = draws.iter().sum::<f64>() / 1e5;
        let fourth = draws.iter().map(|x| x.powi(4)).sum::<f64>() / 1e5;
        let variance = draws.iter().map(|x| x * x).sum::<f64>() / 1e5;
        assert!(mean.abs() < 0.016 && (variance - 1.0).abs() < 0.023 && (fourth - 3.0).abs() < 0.16);
    }
}
