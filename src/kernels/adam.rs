//! Adam (Kingma & Ba, ICLR 2015, arXiv 1412.6980) as one in-place pass over the survivors, without weight decay.

use crate::simd::{VECTOR_LANES, load8};
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
        let denominator = second.sqrt() * lanes(self.inverse_root_correction2) + lanes(self.epsilon);
        [theta - lanes(self.step) * first / denominator, first, second]
    }
}
