//! The quantiles that 95% intervals are made of.

/// On how many sides of an interval its error of 5% lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sides {
    /// 2.5% beyond each end: the value is between the two ends.
    Two,
    /// 5% beyond either end taken alone: the value is at least the lower end, or it is at most the upper end.
    One,
}

/// The 97.5% quantiles of Student's t distribution with 1 to 30 degrees of freedom.
const TWO_SIDED: [f64; 30] = [
    12.706_205, 4.302_653, 3.182_446, 2.776_445, 2.570_582, 2.446_912, 2.364_624, 2.306_004, 2.262_157,
    2.228_139, 2.200_985, 2.178_813, 2.160_369, 2.144_787, 2.131_450, 2.119_905, 2.109_816, 2.100_922,
    2.093_024, 2.085_963, 2.079_614, 2.073_873, 2.068_658, 2.063_899, 2.059_539, 2.055_529, 2.051_831,
    2.048_407, 2.045_230, 2.042_272,
];

/// The 95% quantiles of Student's t distribution with 1 to 30 degrees of freedom.
const ONE_SIDED: [f64; 30] = [
    6.313_752, 2.919_986, 2.353_363, 2.131_847, 2.015_048, 1.943_180, 1.894_579, 1.859_548, 1.833_113,
    1.812_461, 1.795_885, 1.782_288, 1.770_933, 1.761_310, 1.753_050, 1.745_884, 1.739_607, 1.734_064,
    1.729_133, 1.724_718, 1.720_743, 1.717_144, 1.713_872, 1.710_882, 1.708_141, 1.705_618, 1.703_288,
    1.701_131, 1.699_127, 1.697_261,
];

/// The quantile of the normal distribution: how many standard errors an end is away from the mean.
pub(super) fn normal_quantile(sides: Sides) -> f64 {
    match sides {
        Sides::Two => 1.959_964,
        Sides::One => 1.644_854,
    }
}

/// The quantile of Student's t distribution. Beyond 30 degrees of freedom it is the leading terms of the expansion around
/// the normal distribution (Abramowitz & Stegun 1964, 26.7.5), which are exact to four digits there.
pub(super) fn t_quantile(degrees: usize, sides: Sides) -> f64 {
    let beyond = || {
        let (z, n) = (normal_quantile(sides), degrees as f64);
        z + (z.powi(3) + z) / (4.0 * n) + (5.0 * z.powi(5) + 16.0 * z.powi(3) + 3.0 * z) / (96.0 * n * n)
    };
    let table = match sides {
        Sides::Two => &TWO_SIDED,
        Sides::One => &ONE_SIDED,
    };
    degrees.checked_sub(1).and_then(|at| table.get(at).copied()).unwrap_or_else(beyond)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_those_of_the_tables() {
        for (degrees, two, one) in [
            (1, 12.7062, 6.3138),
            (4, 2.7764, 2.1318),
            (30, 2.0423, 1.6973),
            (40, 2.0211, 1.6839),
            (60, 2.0003, 1.6706),
            (120, 1.9799, 1.6577),
        ] {
            let found = (t_quantile(degrees, Sides::Two), t_quantile(degrees, Sides::One));
            assert!((found.0 - two).abs() < 1e-4 && (found.1 - one).abs() < 1e-4, "{degrees}: {found:?}");
        }
    }
}
