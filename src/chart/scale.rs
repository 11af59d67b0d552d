//! From values to places along an axis, and where its ticks are.

/// A monotone map from values to the fraction of an axis, 0 at `from` and 1 at `to`; `from` may be the larger.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Scale {
    kind: Kind,
    from: f64,
    to: f64,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    Linear,
    Log,
    Stretched,
}

/// How far from perfect an accuracy has to be to count as just that on the stretched axis.
const STRETCH: f64 = 0.01;

impl Scale {
    pub(super) fn linear(from: f64, to: f64) -> Scale {
        Scale { kind: Kind::Linear, from, to }
    }

    /// Equal steps are equal ratios; both ends above 0.
    pub(super) fn log(from: f64, to: f64) -> Scale {
        Scale { kind: Kind::Log, from, to }
    }

    /// For accuracies from 0 to 1: equal steps are about equal ratios of errors. The climb from 30% and the half
    /// point between two arms at 97% are both seen, which no linear axis shows.
    pub(super) fn stretched(from: f64, to: f64) -> Scale {
        Scale { kind: Kind::Stretched, from, to }
    }

    fn bend(&self, value: f64) -> f64 {
        match self.kind {
            Kind::Linear => value,
            Kind::Log => value.max(f64::MIN_POSITIVE).ln(),
            Kind::Stretched => -(1.0 - value.min(1.0) + STRETCH).ln(),
        }
    }

    /// Where `value` lies; not finite if the value is not.
    pub(super) fn fraction(&self, value: f64) -> f64 {
        if !value.is_finite() {
            return f64::NAN;
        }
        let (from, to) = (self.bend(self.from), self.bend(self.to));
        if from == to { 0.5 } else { (self.bend(value) - from) / (to - from) }
    }
}

/// The largest of the ascending `ladder` that is at most `value`; its first if there is none. Axes end on the rungs
/// of a ladder, so that they stand still while data trickle in.
pub(super) fn rung_below(ladder: &[f64], value: f64) -> f64 {
    ladder.iter().rev().copied().find(|rung| *rung <= value).unwrap_or(ladder[0])
}

/// The smallest of the ascending `ladder` that is at least `value`; its last if there is none.
pub(super) fn rung_above(ladder: &[f64], value: f64) -> f64 {
    ladder.iter().copied().find(|rung| *rung >= value).unwrap_or(ladder[ladder.len() - 1])
}

/// The smallest round number that is at least `value`, for an axis from 0; 1 if the value is not above 0.
pub(super) fn round_above(value: f64) -> f64 {
    if !(value.is_finite() && value > 0.0) {
        return 1.0;
    }
    let power = 10f64.powf(value.log10().floor());
    let rungs = [1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0];
    // A hair of tolerance: 0.3 is not 3 × 0.1 exactly.
    power * rung_above(&rungs, value / power * (1.0 - 1e-9))
}

/// Multiples of a round step from `from` to `to`, at most `most` of them (but at least two steps are tried for).
pub(super) fn ticks(from: f64, to: f64, most: usize) -> Vec<f64> {
    let span = to - from;
    if !(span.is_finite() && span > 0.0) {
        return Vec::new();
    }
    let rough = span / most.max(2) as f64;
    let power = 10f64.powf(rough.log10().floor());
    let steps = [1.0, 2.0, 2.5, 5.0, 10.0, 20.0, 25.0, 50.0];
    let fits = |step: &f64| (to / step + 1e-9).floor() - (from / step - 1e-9).ceil() < most.max(2) as f64;
    let Some(step) = steps.iter().map(|step| step * power).find(fits) else { return Vec::new() };
    let (first, last) = ((from / step - 1e-9).ceil() as i64, (to / step + 1e-9).floor() as i64);
    (first..=last).map(|index| index as f64 * step).collect()
}

/// Powers of ten from `from` to `to`.
pub(super) fn decades(from: f64, to: f64) -> Vec<f64> {
    if !(from > 0.0 && to >= from && to.is_finite()) {
        return Vec::new();
    }
    let (first, last) = ((from.log10() - 1e-9).ceil() as i32, (to.log10() + 1e-9).floor() as i32);
    (first..=last).map(|power| 10f64.powi(power)).collect()
}
