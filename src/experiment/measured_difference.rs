//! Whether a difference of two accuracies is clear, by the rule of [`measured`](crate::measured): with one trial, it is
//! clear if it is outside the 95% interval of both accuracies' binomial errors; with several, if the 95% interval of
//! Student's t distribution over the seeds does not contain zero.

use crate::measured::{Measured, Share, Sides};

/// The difference of two accuracies, measured in one trial or in several.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MeasuredDifference {
    /// The mean of the first accuracy less the second, from −1 to 1.
    pub mean: f64,
    /// Half of the width of the 95% interval around the mean.
    pub margin: f64,
    /// The number of trials.
    pub trials: usize,
}

impl MeasuredDifference {
    /// The difference in these trials. For each trial there are both accuracies, from 0 to 1, each over `images` images.
    /// `None` if there is no trial.
    pub fn of_accuracies(trials: &[(f64, f64)], images: f64) -> Option<MeasuredDifference> {
        let share = |accuracy: f64| Share { part: accuracy * images, whole: images };
        let pairs: Vec<(Share, Share)> =
            trials.iter().map(|&(one, other)| (share(one), share(other))).collect();
        let measured = Measured::of_differences(&pairs, Sides::Two)?;
        let margin = measured.interval.map_or(f64::INFINITY, |interval| (interval.high - interval.low) / 2.0);
        Some(MeasuredDifference { mean: measured.mean, margin, trials: trials.len() })
    }

    /// Whether the difference is clear: zero is outside of the interval.
    pub fn is_clear(&self) -> bool {
        self.mean.abs() > self.margin
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_trial_is_judged_by_the_images() {
        let difference =
            |one: f64, other: f64| MeasuredDifference::of_accuracies(&[(one, other)], 10_000.0).unwrap();
        // The standard errors are √(0.95 · 0.05 / 10,000) = 0.00218 and √(0.94 · 0.06 / 10,000) = 0.00237.
        let clear = difference(0.95, 0.94);
        assert!((clear.margin - 1.959_964 * 0.003_223_4).abs() < 1e-6 && clear.is_clear(), "{clear:?}");
        assert!(!difference(0.95, 0.946).is_clear() && difference(0.94, 0.95).is_clear());
        assert!(!difference(0.95, 0.95).is_clear());
    }

    #[test]
    fn several_trials_are_judged_by_their_seeds() {
        // Differences of 1, 2 and 3 points: mean 2, standard deviation 1, so the margin is 4.302653 / √3 = 2.484.
        let trials = [(0.95, 0.94), (0.95, 0.93), (0.95, 0.92)];
        let unclear = MeasuredDifference::of_accuracies(&trials, 10_000.0).unwrap();
        assert!(
            (unclear.mean - 0.02).abs() < 1e-12 && (unclear.margin - 0.024_841).abs() < 1e-5,
            "{unclear:?}"
        );
        assert!(!unclear.is_clear() && unclear.trials == 3);
        let five = [0.01, 0.02, 0.03, 0.02, 0.02].map(|difference| (0.95, 0.95 - difference));
        assert!(MeasuredDifference::of_accuracies(&five, 10_000.0).unwrap().is_clear());
        assert_eq!(MeasuredDifference::of_accuracies(&[], 10_000.0), None);
    }
}
