//! Stochastic gradient descent, with momentum as PyTorch has it (v ← μv + g, θ ← θ − ηv), in place.

use crate::simd::{VECTOR_LANES, load8, without_subnormals};
use candle_core::{CpuStorage, InplaceOp2, Layout, Result, Var, backprop::GradStore, bail};
use candle_nn::Optimizer;
use std::cell::RefCell;
use wide::f32x8;

/// The settings of gradient descent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SgdConfig {
    /// Step size.
    pub learning_rate: f64,
    /// What is left of the last step's direction; 0 is plain gradient descent.
    pub momentum: f64,
}

/// A variable and its velocity. The velocity is empty when momentum is 0.
struct VelocityState {
    var: Var,
    velocity: Vec<f32>,
}

/// The optimiser. A new instance starts with zero velocity.
pub struct Sgd {
    config: SgdConfig,
    states: Vec<RefCell<VelocityState>>,
}

impl Optimizer for Sgd {
    type Config = SgdConfig;

    fn new(vars: Vec<Var>, config: SgdConfig) -> Result<Sgd> {
        let state = vars.into_iter().map(|var| {
            let n = if config.momentum == 0.0 { 0 } else { var.elem_count() };
            RefCell::new(VelocityState { var, velocity: vec![0.0; n] })
        });
        Ok(Sgd { config, states: state.collect() })
    }

    fn step(&mut self, gradients: &GradStore) -> Result<()> {
        let SgdConfig { learning_rate, momentum } = self.config;
        for state in &self.states {
            let var = state.borrow().var.clone();
            let Some(gradient) = gradients.get(&var) else { continue };
            let pass = SgdStep { step: learning_rate as f32, momentum: momentum as f32, state };
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
struct SgdStep<'a> {
    step: f32,
    momentum: f32,
    state: &'a RefCell<VelocityState>,
}

impl InplaceOp2 for SgdStep<'_> {
    fn name(&self) -> &'static str {
        "sgd"
    }

    fn cpu_fwd(
        &self,
        theta: &mut CpuStorage,
        to: &Layout,
        gradient: &CpuStorage,
        from: &Layout,
    ) -> Result<()> {
        let (CpuStorage::F32(theta), CpuStorage::F32(gradient)) = (theta, gradient) else {
            bail!("gradient descent trains f32 variables")
        };
        let (Some((t0, t1)), Some((g0, g1))) = (to.contiguous_offsets(), from.contiguous_offsets()) else {
            bail!("gradient descent trains contiguous variables")
        };
        let (theta, gradient) = (&mut theta[t0..t1], &gradient[g0..g1]);
        let velocity = &mut self.state.borrow_mut().velocity;
        if velocity.is_empty() {
            self.descend(theta, gradient);
        } else {
            let momentum = f32x8::splat(self.momentum);
            let (velocity8, velocity_rest) = velocity.as_chunks_mut::<VECTOR_LANES>();
            let (gradient8, gradient_rest) = gradient.as_chunks::<VECTOR_LANES>();
            for (v, g) in velocity8.iter_mut().zip(gradient8) {
                *v = without_subnormals(momentum * load8(v) + load8(g)).to_array();
            }
            for (v, g) in velocity_rest.iter_mut().zip(gradient_rest) {
                *v = without_subnormals(f32x8::splat(self.momentum * *v + g)).to_array()[0];
            }
            self.descend(theta, velocity);
        }
        Ok(())
    }
}

impl SgdStep<'_> {
    fn descend(&self, theta: &mut [f32], direction: &[f32]) {
        let step = f32x8::splat(self.step);
        let (theta8, theta_rest) = theta.as_chunks_mut::<VECTOR_LANES>();
        let (direction8, direction_rest) = direction.as_chunks::<VECTOR_LANES>();
        for (t, d) in theta8.iter_mut().zip(direction8) {
            *t = (load8(t) - step * load8(d)).to_array();
        }
        theta_rest.iter_mut().zip(direction_rest).for_each(|(t, d)| *t -= self.step * d);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use candle_core::{Device, Tensor};

    #[test]
    fn a_velocity_without_gradients_comes_to_rest() {
        // Nine parameters: eight lanes, and one that is left.
        let var = Var::from_slice(&[0.05_f32; 9], 9, &Device::Cpu).unwrap();
        let config = SgdConfig { learning_rate: 0.1, momentum: 0.9 };
        let mut sgd = Sgd::new(vec![var.clone()], config).unwrap();
        let mut velocity = 0.0_f64;
        let mut theta = f64::from(0.05_f32);
        for gradient in [0.3, 1e-3].into_iter().chain([0.0; 1_000]) {
            // The gradient of a product of a parameter and a number is the number.
            let product = var.as_tensor() * Tensor::new(&[gradient as f32; 9], &Device::Cpu).unwrap();
            sgd.step(&product.unwrap().backward().unwrap()).unwrap();
            velocity = 0.9 * velocity + gradient;
            theta -= 0.1 * velocity;
            let state = sgd.states[0].borrow();
            assert!(!state.velocity.iter().any(|value| value.is_subnormal()));
            let got = var.to_vec1::<f32>().unwrap();
            assert!(got.iter().all(|got| (f64::from(*got) - theta).abs() < 1e-6), "{got:?} for {theta}");
        }
        assert_eq!(sgd.states[0].borrow().velocity, [0.0; 9]);
    }
}
