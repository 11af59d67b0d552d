//! Maps values to positions along an axis, and chooses the ticks.

/// A monotone map from values to fractions of an axis, with `from` at 0 and `to` at 1. `from` may be larger than `to`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Scale {
    kind: ScaleKind,
    from: f64,
    to: f64,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum ScaleKind {
    Linear,
    Log,
    Stretched,
}

/// This offset is added to the error before its logarithm is taken, so that an accuracy of 100% has a finite position.
const ACCURACY_STRETCH: f64 = 0.01;

impl Scale {
    pub(super) fn linear(from: f64, to: f64) -> Scale {
        Scale { kind: ScaleKind::Linear, from, to }
    }

    /// A logarithmic scale: equal distances are equal ratios. Both ends must be above 0.
    pub(super) fn log(from: f64, to: f64) -> Scale {
        Scale { kind: ScaleKind::Log, from, to }
    }

    /// A scale for accuracies from 0 to 1, on which equal distances are about equal ratios of the error. It shows both
    /// the rise from 30% and a difference of half a percentage point at 97%, which a linear scale cannot.
    pub(super) fn stretched(from: f64, to: f64) -> Scale {
        Scale { kind: ScaleKind::Stretched, from, to }
    }

    fn transform(&self, value: f64) -> f64 {
        match self.kind {
            ScaleKind::Linear => value,
            ScaleKind::Log => value.max(f64::MIN_POSITIVE).ln(),
            ScaleKind::Stretched => -(1.0 - value.min(1.0) + ACCURACY_STRETCH).ln(),
        }
    }

    /// The position of `value` as a fraction of the axis. It is not finite if `value` is not.
    pub(super) fn fraction(&self, value: f64) -> f64 {
        if !value.is_finite() {
            return f64::NAN;
        }
        let (from, to) = (self.transform(self.from), self.transform(self.to));
        if from == to { 0.5 } else { (self.transform(value) - from) / (to - from) }
    }
}

/// The largest element of the ascending `ladder` that is at most `value`, or the first element if there is none. Axes
/// end at elements of a ladder, so that they do not move with every new value.
pub(super) fn largest_at_most(ladder: &[f64], value: f64) -> f64 {
    ladder.iter().rev().copied().find(|rung| *rung <= value).unwrap_or(ladder[0])
}

/// The smallest element of the ascending `ladder` that is at least `value`, or the last element if there is none.
pub(super) fn smallest_at_least(ladder: &[f64], value: f64) -> f64 {
    ladder.iter().copied().find(|rung| *rung >= value).unwrap_or(ladder[ladder.len() - 1])
}

/// The smallest round number that is at least `value`, for an axis that begins at 0. It is 1 if `value` is not above 0.
pub(super) fn round_up_nicely(value: f64) -> f64 {
    if !(value.is_finite() && value > 0.0) {
        return 1.0;
    }
    let power = 10f64.powf(value.log10().floor());
    let rungs = [1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0];
    // The tolerance is for rounding errors: 3 × 0.1 is not exactly 0.3.
    power * smallest_at_least(&rungs, value / power * (1.0 - 1e-9))
}

/// The finest step of 1, 2 or 5 times a power of ten that has at most `most` multiples from `from` to `to`. `most`
/// counts as 2 if it is smaller. If `neat` is true, a slightly coarser step with ticks at both ends is preferred.
fn tick_step(from: f64, to: f64, most: usize, neat: bool) -> Option<f64> {
    let span = to - from;
    if !(span.is_finite() && span > 0.0) {
        return None;
    }
    let most = most.max(2) as f64;
    let power = 10f64.powf((span / most).log10().floor());
    let fits = |step: f64| (to / step + 1e-9).floor() - (from / step - 1e-9).ceil() < most;
    let even = |value: f64, step: f64| (value / step - (value / step).round()).abs() < 1e-6;
    let finest = [1.0, 2.0, 5.0, 10.0, 20.0].map(|step| step * power).into_iter().find(|&step| fits(step))?;
    // A slightly coarser step is better if it has ticks at both ends.
    let coarser = [1.0, 2.0, 2.5, 5.0, 10.0, 20.0, 25.0, 50.0].map(|step| step * power);
    let ends = |&step: &f64| fits(step) && even(from, step) && even(to, step) && step <= 2.5 * finest;
    Some(coarser.into_iter().find(ends).filter(|_| neat).unwrap_or(finest))
}

/// The multiples of a round step from `from` to `to`. There are at most `most` of them, where `most` counts as 2 if it
/// is smaller.
pub(super) fn ticks_inside(from: f64, to: f64, most: usize) -> Vec<f64> {
    let Some(step) = tick_step(from, to, most, true) else { return Vec::new() };
    let (first, last) = ((from / step - 1e-9).ceil() as i64, (to / step + 1e-9).floor() as i64);
    (first..=last).map(|index| index as f64 * step).collect()
}

/// The multiples of a round step, the first at most `from` and the last at least `to`, so that an axis between these
/// two begins and ends with a tick. There are about `most` of them.
pub(super) fn ticks_enclosing(from: f64, to: f64, most: usize) -> Vec<f64> {
    let Some(step) = tick_step(from, to, most, false) else { return vec![from, from + 1.0] };
    let (first, last) = ((from / step + 1e-9).floor() as i64, (to / step - 1e-9).ceil() as i64);
    (first..=last).map(|index| index as f64 * step).collect()
}

/// The powers of ten from `from` to `to`.
pub(super) fn decades(from: f64, to: f64) -> Vec<f64> {
    if !(from > 0.0 && to >= from && to.is_finite()) {
        return Vec::new();
    }
    let (first, last) = ((from.log10() - 1e-9).ceil() as i32, (to.log10() + 1e-9).floor() as i32);
    (first..=last).map(|power| 10f64.powi(power)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn axes_run_from_end_to_end() {
        for scale in [Scale::linear(3.0, 7.0), Scale::log(1.0, 0.016), Scale::stretched(0.3, 0.97)] {
            assert!(scale.fraction(scale.from).abs() < 1e-12);
            assert!((scale.fraction(scale.to) - 1.0).abs() < 1e-12);
            assert!(scale.fraction(f64::NAN).is_nan());
        }
        assert_eq!(Scale::linear(2.0, 2.0).fraction(2.0), 0.5);
        // An accuracy of 100% has a position, and halving the weights is the same distance everywhere.
        assert!(Scale::stretched(0.8, 0.97).fraction(1.0).is_finite());
        let log = Scale::log(1.0, 0.01);
        assert!((log.fraction(0.5) - (log.fraction(0.02) - log.fraction(0.04))).abs() < 1e-12);
    }

    #[test]
    fn ticks_are_round() {
        assert_eq!(ticks_inside(0.0, 500.0, 6), [0.0, 100.0, 200.0, 300.0, 400.0, 500.0]);
        assert_eq!(ticks_inside(0.0, 500.0, 4), [0.0, 250.0, 500.0]);
        assert_eq!(ticks_enclosing(0.86, 0.97, 7).first().map(|v| (v * 100.0).round()), Some(86.0));
        assert_eq!(ticks_inside(1.0, 1.0, 5), Vec::<f64>::new());
        assert_eq!(decades(50.0, 20_000.0), [100.0, 1000.0, 10_000.0]);
        assert_eq!(round_up_nicely(17_300.0), 20_000.0);
        assert!((round_up_nicely(0.3) - 0.3).abs() < 1e-12);
        assert_eq!(round_up_nicely(f64::NAN), 1.0);
    }

    proptest! {
        #[test]
        fn scales_are_monotone(a in 0.001f64..1.0, b in 0.001f64..1.0) {
            prop_assume!(a < b);
            prop_assert!(Scale::linear(0.0, 1.0).fraction(a) < Scale::linear(0.0, 1.0).fraction(b));
            prop_assert!(Scale::log(1.0, 0.001).fraction(a) > Scale::log(1.0, 0.001).fraction(b));
            prop_assert!(Scale::stretched(0.0, 1.0).fraction(a) < Scale::stretched(0.0, 1.0).fraction(b));
        }

        #[test]
        fn ticks_stay_inside_and_around(from in -1e6f64..1e6, span in 1e-3f64..1e6, most in 2usize..10) {
            let hair = span * 1e-6;
            let inside = ticks_inside(from, from + span, most);
            prop_assert!(inside.len() <= most);
            prop_assert!(inside.iter().all(|at| *at >= from - hair && *at <= from + span + hair));
            let around = ticks_enclosing(from, from + span, most);
            prop_assert!(around.len() <= most + 2 && around.len() >= 2);
            prop_assert!(around[0] <= from + hair && around[around.len() - 1] >= from + span - hair);
        }
    }
}
