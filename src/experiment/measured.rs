//! What a measurement says. One rule, so that whatever is said of differences, of levels and of ratios, on the page and
//! about the paper's claims, is judged alike: by a 95% interval.
//!
//! | measured | several trials | one trial |
//! |---|---|---|
//! | a level: an accuracy, a loss | Student's t over the seeds | an accuracy: the binomial error of its images |
//! | a difference of accuracies | Student's t over the differences, paired by seed | the binomial errors of both |
//! | a ratio | Student's t over the ratios' logarithms, paired by seed | no interval: nothing is clear |
//!
//! One trial says something about itself alone: another seed may give another number.

mod quantiles;

pub use quantiles::Sides;
use quantiles::{normal_quantile, t_quantile};
use serde::{Deserialize, Serialize};

/// A part of a whole, as right answers are of so many images. As long as both are whole numbers, shares and their
/// differences are rounded only once.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Share {
    /// The part.
    pub part: f64,
    /// The whole, above zero.
    pub whole: f64,
}

impl Share {
    /// The part divided by the whole.
    pub fn fraction(self) -> f64 {
        self.part / self.whole
    }

    /// This share less another.
    fn less(self, other: Share) -> f64 {
        (self.part * other.whole - other.part * self.whole) / (self.whole * other.whole)
    }

    /// The square of the share's binomial error.
    fn variance(self) -> f64 {
        self.fraction() * (1.0 - self.fraction()) / self.whole
    }
}

/// The interval around a mean, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

/// A number measured in one trial or in several.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Measured {
    /// The mean over the trials. Of ratios it is the geometric mean.
    pub mean: f64,
    /// The 95% interval, or `None` if there is none: one trial may not be enough, and a number may be infinite.
    pub interval: Option<Interval>,
    /// The number of trials.
    pub trials: u32,
}

impl Measured {
    /// A level in each trial, in any unit. `None` if there is no trial.
    pub fn of_levels(levels: &[f64], sides: Sides) -> Option<Measured> {
        let (first, count) = (*levels.first()?, levels.len() as f64);
        if levels.iter().all(|level| *level == first) {
            // Nothing is lost to rounding here, and levels that are all infinite are as clear as others.
            return Some(Measured::new(first, (levels.len() > 1).then_some(0.0), levels.len()));
        }
        let mean = levels.iter().sum::<f64>() / count;
        let squares: f64 = levels.iter().map(|level| (level - mean).powi(2)).sum();
        let margin = t_quantile(levels.len() - 1, sides) * (squares / (count - 1.0) / count).sqrt();
        Some(Measured::new(mean, Some(margin), levels.len()))
    }

    /// An accuracy in each trial, from 0 to 1. `None` if there is no trial.
    pub fn of_accuracies(accuracies: &[Share], sides: Sides) -> Option<Measured> {
        if let [one] = accuracies {
            let margin = normal_quantile(sides) * one.variance().sqrt();
            return Some(Measured::new(one.fraction(), Some(margin), 1));
        }
        let levels: Vec<f64> = accuracies.iter().map(|accuracy| accuracy.fraction()).collect();
        Measured::of_levels(&levels, sides)
    }

    /// The first accuracy less the second in each trial, from −1 to 1. `None` if there is no trial.
    pub fn of_differences(pairs: &[(Share, Share)], sides: Sides) -> Option<Measured> {
        if let [(one, other)] = pairs {
            let margin = normal_quantile(sides) * (one.variance() + other.variance()).sqrt();
            return Some(Measured::new(one.less(*other), Some(margin), 1));
        }
        let differences: Vec<f64> = pairs.iter().map(|(one, other)| one.less(*other)).collect();
        Measured::of_levels(&differences, sides)
    }

    /// The first number divided by the second in each trial; all are above zero. `None` if there is no trial.
    pub fn of_ratios(pairs: &[(f64, f64)], sides: Sides) -> Option<Measured> {
        // The logarithm of libm gives the same bits natively and in WebAssembly.
        let logarithms: Vec<f64> = pairs.iter().map(|(one, other)| libm::log(one / other)).collect();
        Some(Measured::of_levels(&logarithms, sides)?.map(libm::exp))
    }

    fn new(mean: f64, margin: Option<f64>, trials: usize) -> Measured {
        let margin = margin.filter(|margin| margin.is_finite());
        let interval = margin.map(|margin| Interval { low: mean - margin, high: mean + margin });
        Measured { mean, interval, trials: trials as u32 }
    }

    /// The same in another unit. `to_unit` is monotone.
    pub fn map(self, to_unit: impl Fn(f64) -> f64) -> Measured {
        let interval = self.interval.map(|Interval { low, high }| {
            let (one, other) = (to_unit(low), to_unit(high));
            Interval { low: one.min(other), high: one.max(other) }
        });
        Measured { mean: to_unit(self.mean), interval, ..self }
    }
}

#[cfg(test)]
mod tests;
