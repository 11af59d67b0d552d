//! Whether a difference is clear, by the rule of `sentences.md`. The quantiles are computed, not looked up.

use std::f64::consts::PI;

/// What may be said of a difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The first is clearly above.
    Above,
    /// The first is clearly below.
    Below,
    /// Neither.
    Unclear,
}

/// A difference with its interval.
#[derive(Clone, Copy, Debug)]
pub(super) struct Judged {
    /// The mean.
    pub(super) mean: f64,
    /// Half of the 95% interval.
    pub(super) margin: f64,
}

impl Judged {
    /// What may be said of it.
    pub(super) fn verdict(&self) -> Verdict {
        if self.mean - self.margin > 0.0 {
            Verdict::Above
        } else if self.mean + self.margin < 0.0 {
            Verdict::Below
        } else {
            Verdict::Unclear
        }
    }
}

/// Judges the differences of pairs of accuracies, a pair a trial, each over so many images.
pub(super) fn judge(pairs: &[(f64, f64)], images: f64) -> Judged {
    if let [(p, q)] = *pairs {
        let error = (p * (1.0 - p) / images + q * (1.0 - q) / images).sqrt();
        return Judged { mean: p - q, margin: normal_quantile() * error };
    }
    judge_paired(&pairs.iter().map(|(p, q)| p - q).collect::<Vec<_>>())
}

/// Judges the mean of several differences by Student's t.
pub(super) fn judge_paired(differences: &[f64]) -> Judged {
    let n = differences.len() as f64;
    let mean = differences.iter().sum::<f64>() / n;
    let variance = differences.iter().map(|d| (d - mean) * (d - mean)).sum::<f64>() / (n - 1.0);
    Judged { mean, margin: student_quantile(differences.len() - 1) * (variance / n).sqrt() }
}

/// Simpson's rule.
fn integral(f: impl Fn(f64) -> f64, from: f64, to: f64) -> f64 {
    const STEPS: u32 = 2_000;
    let h = (to - from) / f64::from(STEPS);
    let inner: f64 =
        (1..STEPS).map(|step| f(from + h * f64::from(step)) * if step % 2 == 1 { 4.0 } else { 2.0 }).sum();
    (f(from) + inner + f(to)) * h / 3.0
}

/// Where a rising function reaches a value.
fn solve(f: impl Fn(f64) -> f64, value: f64, mut low: f64, mut high: f64) -> f64 {
    for _ in 0..60 {
        let middle = 0.5 * (low + high);
        if f(middle) < value { low = middle } else { high = middle }
    }
    0.5 * (low + high)
}

/// The 97.5% quantile of the normal distribution.
pub(super) fn normal_quantile() -> f64 {
    let density = |x: f64| (-0.5 * x * x).exp() / (2.0 * PI).sqrt();
    solve(|x| integral(density, 0.0, x), 0.475, 0.0, 5.0)
}

/// The 97.5% quantile of Student's t distribution. With t = √n tan θ its density is proportional to cosⁿ⁻¹ θ.
pub(super) fn student_quantile(degrees: usize) -> f64 {
    let n = degrees as f64;
    let density = |angle: f64| angle.cos().max(0.0).powf(n - 1.0);
    let half = integral(density, 0.0, PI / 2.0);
    let angle = solve(|angle| integral(density, 0.0, angle) / (2.0 * half), 0.475, 0.0, PI / 2.0);
    n.sqrt() * angle.tan()
}
