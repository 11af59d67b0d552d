//! Whether a difference of two accuracies is clear. One rule, so that everything that is said follows the same one.
//!
//! With one trial, both accuracies are shares of right answers among so many images, and the difference is clear if it is
//! outside the 95% interval of their binomial errors. That says something about this run alone: another seed may give
//! another difference. With several trials, the differences are paired by seed, and their mean is clear if the 95%
//! interval of Student's t distribution over the seeds does not contain zero.

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

/// The 97.5% quantile of the normal distribution.
const NORMAL_QUANTILE: f64 = 1.959_964;

/// The 97.5% quantiles of Student's t distribution with 1 to 30 degrees of freedom.
const T_QUANTILES: [f64; 30] = [
    12.706_205, 4.302_653, 3.182_446, 2.776_445, 2.570_582, 2.446_912, 2.364_624, 2.306_004, 2.262_157,
    2.228_139, 2.200_985, 2.178_813, 2.160_369, 2.144_787, 2.131_450, 2.119_905, 2.109_816, 2.100_922,
    2.093_024, 2.085_963, 2.079_614, 2.073_873, 2.068_658, 2.063_899, 2.059_539, 2.055_529, 2.051_831,
    2.048_407, 2.045_230, 2.042_272,
];

/// The 97.5% quantile of Student's t distribution. Beyond 30 degrees of freedom it is the leading terms of the expansion
/// around the normal distribution (Abramowitz & Stegun 1964, 26.7.5), which are exact to four digits there.
fn t_quantile(degrees: usize) -> f64 {
    let beyond = || {
        let (z, n) = (NORMAL_QUANTILE, degrees as f64);
        z + (z.powi(3) + z) / (4.0 * n) + (5.0 * z.powi(5) + 16.0 * z.powi(3) + 3.0 * z) / (96.0 * n * n)
    };
    degrees.checked_sub(1).and_then(|at| T_QUANTILES.get(at).copied()).unwrap_or_else(beyond)
}

impl MeasuredDifference {
    /// The difference of the natural logarithms of two positive numbers in several trials, which is that of their ratio.
    /// `None` with fewer than two trials, because one trial does not say how much such numbers vary.
    pub fn of_log_ratios(trials: &[(f64, f64)]) -> Option<MeasuredDifference> {
        let logarithms: Vec<(f64, f64)> = trials.iter().map(|(one, other)| (one.ln(), other.ln())).collect();
        // With several trials the number of images plays no part.
        if trials.len() < 2 { None } else { MeasuredDifference::of_accuracies(&logarithms, f64::INFINITY) }
    }

    /// The difference in these trials. For each trial there are both accuracies, from 0 to 1, each over `images` images.
    /// `None` if there is no trial.
    pub fn of_accuracies(trials: &[(f64, f64)], images: f64) -> Option<MeasuredDifference> {
        let count = trials.len() as f64;
        let differences = || trials.iter().map(|(one, other)| one - other);
        let mean = differences().sum::<f64>() / count;
        let margin = match trials {
            [] => return None,
            [(one, other)] => {
                let variance = |accuracy: &f64| accuracy * (1.0 - accuracy) / images;
                NORMAL_QUANTILE * (variance(one) + variance(other)).sqrt()
            }
            _ => {
                let squares: f64 = differences().map(|difference| (difference - mean).powi(2)).sum();
                t_quantile(trials.len() - 1) * (squares / (count - 1.0) / count).sqrt()
            }
        };
        Some(MeasuredDifference { mean, margin, trials: trials.len() })
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
    fn quantiles_are_those_of_the_tables() {
        for (degrees, expected) in
            [(1, 12.7062), (4, 2.7764), (30, 2.0423), (40, 2.0211), (60, 2.0003), (120, 1.9799)]
        {
            assert!((t_quantile(degrees) - expected).abs() < 1e-4, "{degrees}: {}", t_quantile(degrees));
        }
    }

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
    fn ratios_are_judged_on_their_logarithms() {
        // Ratios of e⁻¹, e⁻² and e⁻³: mean −2, margin 2.484.
        let trials = [1.0_f64, 2.0, 3.0].map(|power| (100.0, 100.0 * power.exp()));
        let unclear = MeasuredDifference::of_log_ratios(&trials).unwrap();
        assert!((unclear.mean + 2.0).abs() < 1e-12 && (unclear.margin - 2.484_1).abs() < 1e-3, "{unclear:?}");
        assert!(MeasuredDifference::of_log_ratios(&[(1.0, 2.0), (1.0, 2.1)]).unwrap().is_clear());
        assert_eq!(MeasuredDifference::of_log_ratios(&trials[..1]), None);
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
