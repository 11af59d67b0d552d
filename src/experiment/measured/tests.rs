//! The rule against numbers that were computed by hand; the arithmetic stands beside them.

use super::*;

fn is(measured: Option<Measured>, mean: f64, ends: Option<(f64, f64)>, trials: u32) {
    let measured = measured.expect("a trial");
    let found = measured.interval.map(|interval| (interval.low, interval.high));
    let near = |one: f64, other: f64| one == other || (one - other).abs() < 1e-5;
    let ends_agree = match (found, ends) {
        (Some(found), Some(ends)) => near(found.0, ends.0) && near(found.1, ends.1),
        (found, ends) => found == ends,
    };
    assert!(near(measured.mean, mean) && ends_agree && measured.trials == trials, "{measured:?}");
}

fn right(part: f64) -> Share {
    Share { part, whole: 10_000.0 }
}

#[test]
fn a_level_is_judged_by_its_seeds() {
    // 1 to 5: mean 3, standard deviation √2.5, standard error √(2.5 / 5) = 0.707107; four degrees of freedom.
    let levels = [1.0, 2.0, 3.0, 4.0, 5.0];
    // 2.776445 · 0.707107 = 1.963243
    is(Measured::of_levels(&levels, Sides::Two), 3.0, Some((1.036_757, 4.963_243)), 5);
    // 2.131847 · 0.707107 = 1.507443
    is(Measured::of_levels(&levels, Sides::One), 3.0, Some((1.492_557, 4.507_443)), 5);
    is(Measured::of_levels(&[0.07], Sides::Two), 0.07, None, 1);
    assert_eq!(Measured::of_levels(&[], Sides::Two), None);
}

#[test]
fn an_accuracy_is_judged_by_its_images_alone_and_by_its_seeds_together() {
    // √(0.98 · 0.02 / 10,000) = 0.0014; 1.959964 · 0.0014 = 0.002744; 1.644854 · 0.0014 = 0.002303
    is(Measured::of_accuracies(&[right(9_800.0)], Sides::Two), 0.98, Some((0.977_256, 0.982_744)), 1);
    is(Measured::of_accuracies(&[right(9_800.0)], Sides::One), 0.98, Some((0.977_697, 0.982_303)), 1);
    // 0.97 and 0.99: standard deviation √0.0002, standard error 0.01; 12.706205 · 0.01 = 0.127062
    let two = [right(9_700.0), right(9_900.0)];
    is(Measured::of_accuracies(&two, Sides::Two), 0.98, Some((0.852_938, 1.107_062)), 2);
}

#[test]
fn a_difference_is_paired_by_seed() {
    // Differences of 1, 2 and 3 points: standard error 0.01 / √3 = 0.0057735; 4.302653 and 2.919986 of it.
    let pairs =
        [(9_500.0, 9_400.0), (9_000.0, 8_800.0), (9_800.0, 9_500.0)].map(|(a, b)| (right(a), right(b)));
    is(Measured::of_differences(&pairs, Sides::Two), 0.02, Some((-0.004_841, 0.044_841)), 3);
    is(Measured::of_differences(&pairs, Sides::One), 0.02, Some((0.003_142, 0.036_858)), 3);
    // Standard errors of 0.002179 and 0.002375, together 0.0032234; 1.959964 · 0.0032234 = 0.006318
    is(
        Measured::of_differences(&[(right(9_500.0), right(9_400.0))], Sides::Two),
        0.01,
        Some((0.003_682, 0.016_318)),
        1,
    );
}

#[test]
fn a_ratio_is_judged_on_its_logarithm_and_one_alone_says_nothing() {
    // Ratios 1, 2 and 4: logarithms 0, ln 2 and 2 ln 2; mean ln 2, standard deviation ln 2, standard error
    // 0.693147 / √3 = 0.400189. The ends are 2 · exp(∓4.302653 · 0.400189) = 2 · exp(∓1.721873).
    let pairs = [(3.0, 3.0), (10.0, 5.0), (8.0, 2.0)];
    is(Measured::of_ratios(&pairs, Sides::Two), 2.0, Some((0.357_462, 11.189_998)), 3);
    // 2 · exp(∓2.919986 · 0.400189) = 2 · exp(∓1.168545)
    is(Measured::of_ratios(&pairs, Sides::One), 2.0, Some((0.621_637, 6.434_619)), 3);
    is(Measured::of_ratios(&pairs[1..2], Sides::Two), 2.0, None, 1);
    // By how much fewer: one less the ratio, so that the ends change places.
    let fewer = Measured::of_ratios(&pairs, Sides::Two).map(|ratio| ratio.map(|times| 1.0 - times));
    is(fewer, -1.0, Some((-10.189_998, 0.642_538)), 3);
}

#[test]
fn equal_levels_have_an_interval_without_width_and_one_infinite_level_has_none() {
    let all = |level| Measured::of_levels(&[level; 5], Sides::Two).and_then(|measured| measured.interval);
    assert_eq!(all(0.1), Some(Interval { low: 0.1, high: 0.1 }));
    assert_eq!(all(f64::INFINITY), Some(Interval { low: f64::INFINITY, high: f64::INFINITY }));
    is(Measured::of_levels(&[0.1, f64::INFINITY, 0.2], Sides::Two), f64::INFINITY, None, 3);
}
