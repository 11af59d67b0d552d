//! The numbers that a plain network computes with: single ones, or dual ones, which carry a derivative along.

use std::ops::{Add, AddAssign, Mul};

/// A number of a plain network. All of it is sums, products and the exponential of `libm`, so that the bits are the same
/// natively and in wasm.
pub trait Scalar: Copy + Default + Add<Output = Self> + AddAssign + Mul<Output = Self> {
    /// A constant.
    fn constant(value: f32) -> Self;

    /// The number without what it carries along.
    fn value(self) -> f32;

    /// Whether it is zero with all that it carries along, so that it need not be multiplied.
    fn is_zero(self) -> bool;

    /// The probabilities of softmax.
    fn softmax(logits: &[Self]) -> Vec<Self>;
}

impl Scalar for f32 {
    fn constant(value: f32) -> f32 {
        value
    }

    fn value(self) -> f32 {
        self
    }

    fn is_zero(self) -> bool {
        self == 0.0
    }

    fn softmax(logits: &[f32]) -> Vec<f32> {
        let largest = logits.iter().fold(f32::NEG_INFINITY, |largest, logit| largest.max(*logit));
        let powers: Vec<f32> = logits.iter().map(|logit| libm::expf(logit - largest)).collect();
        let sum = powers.iter().fold(0.0, |sum, power| sum + power);
        powers.iter().map(|power| power / sum).collect()
    }
}

/// A dual number: a value and its derivative along one direction. What is computed with dual numbers comes out with its exact
/// derivative along that direction; where a gradient is computed, that is the Hessian times the direction (Pearlmutter 1994).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Dual {
    /// The value.
    pub value: f32,
    /// Its derivative.
    pub slope: f32,
}

impl Add for Dual {
    type Output = Dual;

    fn add(self, other: Dual) -> Dual {
        Dual { value: self.value + other.value, slope: self.slope + other.slope }
    }
}

impl AddAssign for Dual {
    fn add_assign(&mut self, other: Dual) {
        *self = *self + other;
    }
}

impl Mul for Dual {
    type Output = Dual;

    fn mul(self, other: Dual) -> Dual {
        let slope = self.value * other.slope + self.slope * other.value;
        Dual { value: self.value * other.value, slope }
    }
}

impl Scalar for Dual {
    fn constant(value: f32) -> Dual {
        Dual { value, slope: 0.0 }
    }

    fn value(self) -> f32 {
        self.value
    }

    fn is_zero(self) -> bool {
        self.value == 0.0 && self.slope == 0.0
    }

    fn softmax(logits: &[Dual]) -> Vec<Dual> {
        let values: Vec<f32> = logits.iter().map(|logit| logit.value).collect();
        let shares = f32::softmax(&values);
        let mean = shares.iter().zip(logits).fold(0.0, |sum, (share, logit)| sum + share * logit.slope);
        let dual = |(&value, logit): (&f32, &Dual)| Dual { value, slope: value * (logit.slope - mean) };
        shares.iter().zip(logits).map(dual).collect()
    }
}
