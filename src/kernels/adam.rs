//! Adam (Kingma & Ba, ICLR 2015, arXiv 1412.6980) as one in-place pass over the survivors, without weight decay.

use crate::simd::{VECTOR_LANES, load8, without_subnormals};
use candle_core::{CpuStorage, InplaceOp2, Layout, Result, Var, backprop::GradStore, bail};
use candle_nn::Optimizer;
use std::cell::RefCell;
use wide::f32x8;

/// Adam's settings.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AdamConfig {
    /// Step size.
    pub learning_rate: f64,
    /// Decay of the first moment.
    pub beta1: f64,
    /// Decay of the second moment.
    pub beta2: f64,
    /// Added to the root of the second moment.
    pub epsilon: f64,
}

impl AdamConfig {
    /// The paper's β and ε with this step size.
    pub fn new(learning_rate: f64) -> AdamConfig {
        AdamConfig { learning_rate, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 }
    }
}

/// Both moments of one variable.
struct Moments {
    var: Var,
    first: Vec<f32>,
    second: Vec<f32>,
}

/// The optimiser. A new instance starts with zero moments.
pub struct Adam {
    config: AdamConfig,
    moments: Vec<RefCell<Moments>>,
    /// β₁ᵗ and β₂ᵗ.
    powers: (f64, f64),
}

impl Optimizer for Adam {
    type Config = AdamConfig;

    fn new(vars: Vec<Var>, config: AdamConfig) -> Result<Adam> {
        let moments = vars.into_iter().map(|var| {
            let n = var.elem_count();
            RefCell::new(Moments { var, first: vec![0.0; n], second: vec![0.0; n] })
        });
        Ok(Adam { config, moments: moments.collect(), powers: (1.0, 1.0) })
    }

    fn step(&mut self, gradients: &GradStore) -> Result<()> {
        let AdamConfig { learning_rate, beta1, beta2, epsilon } = self.config;
        self.powers = (self.powers.0 * beta1, self.powers.1 * beta2);
        for moments in &self.moments {
            let var = moments.borrow().var.clone();
            let Some(gradient) = gradients.get(&var) else { continue };
            let pass = AdamStep {
                step: (learning_rate / (1.0 - self.powers.0)) as f32,
                inverse_root_correction2: (1.0 / (1.0 - self.powers.1).sqrt()) as f32,
                beta1: beta1 as f32,
                beta2: beta2 as f32,
                one_minus_beta1: (1.0 - beta1) as f32,
                one_minus_beta2: (1.0 - beta2) as f32,
                epsilon: epsilon as f32,
                moments,
            };
            var.inplace_op2(gradient, &pass)?;
        }
        Ok(())
    }

    fn learning_rate(&self) -> f64 {
        self.config.learning_rate
    }

    fn set_learning_rate(&mut self, learning_rate: f64) {
        self.config.learning_rate = learning_rate;
    }
}

/// One step's constants.
struct AdamStep<'a> {
    step: f32,
    inverse_root_correction2: f32,
    beta1: f32,
    beta2: f32,
    one_minus_beta1: f32,
    one_minus_beta2: f32,
    epsilon: f32,
    moments: &'a RefCell<Moments>,
}

impl InplaceOp2 for AdamStep<'_> {
    fn name(&self) -> &'static str {
        "adam"
    }

    fn cpu_fwd(
        &self,
        theta: &mut CpuStorage,
        to: &Layout,
        gradient: &CpuStorage,
        from: &Layout,
    ) -> Result<()> {
        let (CpuStorage::F32(theta), CpuStorage::F32(gradient)) = (theta, gradient) else {
            bail!("Adam trains f32 variables")
        };
        let (Some((t0, t1)), Some((g0, g1))) = (to.contiguous_offsets(), from.contiguous_offsets()) else {
            bail!("Adam trains contiguous variables")
        };
        let mut moments = self.moments.borrow_mut();
        let Moments { first, second, .. } = &mut *moments;
        self.run(&mut theta[t0..t1], &gradient[g0..g1], first, second);
        Ok(())
    }
}

impl AdamStep<'_> {
    fn run(&self, theta: &mut [f32], gradient: &[f32], first: &mut [f32], second: &mut [f32]) {
        let (theta8, theta_rest) = theta.as_chunks_mut::<VECTOR_LANES>();
        let (gradient8, gradient_rest) = gradient.as_chunks::<VECTOR_LANES>();
        let (first8, first_rest) = first.as_chunks_mut::<VECTOR_LANES>();
        let (second8, second_rest) = second.as_chunks_mut::<VECTOR_LANES>();
        for (((t, g), m), v) in theta8.iter_mut().zip(gradient8).zip(first8).zip(second8) {
            let updated = self.eight(load8(t), load8(g), load8(m), load8(v));
            [*t, *m, *v] = updated.map(|x| x.to_array());
        }
        let rest = theta_rest.iter_mut().zip(gradient_rest).zip(first_rest).zip(second_rest);
        for (((t, g), m), v) in rest {
            let updated = self.eight(f32x8::splat(*t), f32x8::splat(*g), f32x8::splat(*m), f32x8::splat(*v));
            [*t, *m, *v] = updated.map(|x| x.to_array()[0]);
        }
    }

    /// The variable and both moments after the step.
    #[inline(always)]
    fn eight(&self, theta: f32x8, gradient: f32x8, first: f32x8, second: f32x8) -> [f32x8; 3] {
        let lanes = f32x8::splat;
        let first = lanes(self.beta1) * first + lanes(self.one_minus_beta1) * gradient;
        let second = lanes(self.beta2) * second + lanes(self.one_minus_beta2) * gradient * gradient;
        let [first, second] = [first, second].map(without_subnormals);
        let denominator = second.sqrt() * lanes(self.inverse_root_correction2) + lanes(self.epsilon);
        [theta - lanes(self.step) * first / denominator, first, second]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use candle_core::{Device, Tensor};

    /// Takes these gradients' steps from a parameter of 0.05, and gives it and both moments after each.
    fn trained(gradients: &[f32]) -> Vec<[f32; 3]> {
        let var = Var::from_slice(&[0.05_f32], 1, &Device::Cpu).unwrap();
        let mut adam = Adam::new(vec![var.clone()], AdamConfig::new(1.2e-3)).unwrap();
        let step = |&gradient: &f32| {
            // The gradient of a product of the parameter and a number is the number.
            let product = var.as_tensor() * Tensor::new(&[gradient], &Device::Cpu).unwrap();
            adam.step(&product.unwrap().backward().unwrap()).unwrap();
            let moments = adam.moments[0].borrow();
            [var.to_vec1::<f32>().unwrap()[0], moments.first[0], moments.second[0]]
        };
        gradients.iter().map(step).collect()
    }

    /// The same in double precision, where none of these numbers is subnormal.
    fn trained_in_double_precision(gradients: &[f32]) -> Vec<[f64; 3]> {
        let (mut theta, mut first, mut second) = (f64::from(0.05_f32), 0.0, 0.0);
        let steps = gradients.iter().zip(1..).map(|(&gradient, t)| {
            first = 0.9 * first + 0.1 * f64::from(gradient);
            second = 0.999 * second + 0.001 * f64::from(gradient).powi(2);
            let (corrected_first, corrected_second) =
                (first / (1.0 - 0.9_f64.powi(t)), second / (1.0 - 0.999_f64.powi(t)));
            theta -= 1.2e-3 * corrected_first / (corrected_second.sqrt() + 1e-8);
            [theta, first, second]
        });
        steps.collect()
    }

    #[test]
    fn no_moment_is_subnormal_and_steps_are_those_of_double_precision() {
        // Small ones first, each smaller than the one before, then one that counts, and none for long.
        let small = (0..50).map(|k| 10_f32.powi(-k));
        let gradients: Vec<f32> =
            [1e-30, 1e-20, 1e-17].into_iter().chain(small).chain([0.3]).chain([0.0; 2_000]).collect();
        let steps = trained(&gradients);
        for (number, (got, wanted)) in steps.iter().zip(trained_in_double_precision(&gradients)).enumerate() {
            assert!(got.iter().all(|value| !value.is_subnormal()), "step {number}: {got:?}");
            let [theta, first, second] = [0, 1, 2].map(|k| (f64::from(got[k]) - wanted[k]).abs());
            assert!(theta < 1e-6, "step {number}: {got:?} for {wanted:?}");
            assert!(
                first <= 1e-4 * wanted[1] + 2e-38 && second <= 1e-4 * wanted[2] + 2e-38,
                "step {number}: {got:?} for {wanted:?}"
            );
        }
        let last = steps.last().unwrap();
        assert!(last[1] == 0.0 && last[2] > 0.0, "{last:?}");
    }

    #[test]
    fn what_is_not_a_number_stays_so() {
        assert!(trained(&[1.0, f32::NAN])[1].iter().all(|value| value.is_nan()));
    }
}
