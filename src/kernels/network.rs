//! LeNet as candle sees it: one variable, one op from it to the loss, with the op's own backward.

use crate::{
    batch::Batch,
    dense::Dense,
    loss::{self, Score},
    sparse::Sparse,
};
use candle_core::{
    CpuStorage, CustomOp1, DType, Device, InplaceOp2, Layout, Result, Tensor, Var, backprop::GradStore, bail,
};
use model::shape::{LAYERS, Shape};
use std::sync::{Arc, Mutex, MutexGuard};

/// Below this share of surviving weights the sparse kernels are faster. A constant, never a timing, so that the same
/// experiment gives the same bits everywhere. Measured: benches, ARCHITECTURE.md.
pub const SPARSE_BELOW: f64 = 0.45;

/// What each hidden layer's activations are multiplied by, (images, units): dropout, as drawn by whoever trains.
pub type Dropout = [Vec<f32>; LAYERS - 1];

/// The kernels that suit a mask.
enum Kernels {
    Dense(Box<Dense>),
    Sparse(Box<Sparse>),
}

/// Calls a method that both kinds of kernel have.
macro_rules! either {
    ($kernels:expr, $name:ident => $call:expr) => {
        match $kernels {
            Kernels::Dense($name) => $call,
            Kernels::Sparse($name) => $call,
        }
    };
}

impl Kernels {
    fn new(shape: Shape, mask: &[u8], capacity: usize) -> Kernels {
        let alive = mask.iter().filter(|m| **m != 0).count();
        if (alive as f64) < SPARSE_BELOW * mask.len() as f64 {
            Kernels::Sparse(Box::new(Sparse::new(shape, mask, capacity)))
        } else {
            Kernels::Dense(Box::new(Dense::new(shape, mask, capacity)))
        }
    }
}

/// A pruned LeNet on one flat variable, and room for a pass over a batch.
pub struct Network {
    theta: Var,
    /// Room for the variable's gradient, filled anew by each [`Network::gradients`].
    gradient: Tensor,
    /// The gradient as a candle optimiser reads it.
    store: GradStore,
    kernels: Arc<Mutex<Kernels>>,
}

impl Network {
    /// A network of `shape` with `weights` and `biases` (flat) where `mask` (flat, 0 is pruned) lets them live, and
    /// room for batches of at most `capacity` images.
    pub fn new(
        shape: Shape,
        mask: &[u8],
        weights: &[f32],
        biases: &[f32],
        capacity: usize,
    ) -> Result<Network> {
        let kernels = Kernels::new(shape, mask, capacity);
        let theta = either!(&kernels, k => k.pack(weights, biases));
        let theta = Var::from_vec(theta, either!(&kernels, k => k.parameters()), &Device::Cpu)?;
        let gradient = theta.zeros_like()?;
        // Candle makes a store only by a backward pass, so a scalar of no other use makes one.
        let mut store = Var::zeros((), DType::F32, &Device::Cpu)?.backward()?;
        store.insert(&theta, gradient.clone());
        Ok(Network { theta, gradient, store, kernels: Arc::new(Mutex::new(kernels)) })
    }

    /// The one variable.
    pub fn theta(&self) -> &Var {
        &self.theta
    }

    /// The gradient of a batch's mean cross-entropy, with the hidden activations scaled if there is dropout: what
    /// [`Network::loss`] and its backward pass give, bit for bit, but made in place. Autograd would add it to fresh
    /// zeros, which for a dense network costs as much as the arithmetic. It stays until the next call.
    pub fn gradients(&self, batch: Batch<'_>, dropout: Option<Dropout>) -> Result<&GradStore> {
        self.gather(batch, dropout)?;
        self.gradient.inplace_op2(&self.theta, &GradientOp { kernels: &self.kernels, batch })?;
        Ok(&self.store)
    }

    /// Mean cross-entropy of a batch as a scalar tensor that can be differentiated, until the next pass.
    pub fn loss(&self, batch: Batch<'_>) -> Result<Tensor> {
        self.loss_under(batch, None)
    }

    /// The same with the hidden activations scaled.
    pub fn loss_under(&self, batch: Batch<'_>, dropout: Option<Dropout>) -> Result<Tensor> {
        self.gather(batch, dropout)?;
        let labels = batch.labels().collect();
        self.theta.apply_op1(LossOp { kernels: self.kernels.clone(), labels })
    }

    /// Takes a batch to train on.
    fn gather(&self, batch: Batch<'_>, dropout: Option<Dropout>) -> Result<()> {
        either!(&mut *self.lock()?, k => {
            k.gather(batch, true);
            k.drop_out(dropout);
        });
        Ok(())
    }

    /// Scores a batch without training on it.
    pub fn score(&self, batch: Batch<'_>) -> Result<Score> {
        let (storage, layout) = self.theta.storage_and_layout();
        let candle_core::Storage::Cpu(storage) = &*storage else { bail!("the network lives on the CPU") };
        let theta = contiguous(storage, layout)?;
        let mut kernels = self.lock()?;
        either!(&mut *kernels, k => {
            k.gather(batch, false);
            k.drop_out(None);
        });
        let logits = either!(&mut *kernels, k => k.forward(theta, batch.len()));
        Ok(loss::score(logits, batch.labels()))
    }

    /// Weights (flat, `(out, in)` by layer, pruned ones zero) and biases.
    pub fn parameters(&self) -> Result<(Vec<f32>, Vec<f32>)> {
        self.unpack(&self.theta)
    }

    /// A tensor laid out as the variable is, its gradient for example, as weights and biases.
    pub fn unpack(&self, theta: &Tensor) -> Result<(Vec<f32>, Vec<f32>)> {
        let theta = theta.to_vec1::<f32>()?;
        Ok(either!(&*self.lock()?, k => k.unpack(&theta)))
    }

    fn lock(&self) -> Result<MutexGuard<'_, Kernels>> {
        lock(&self.kernels)
    }
}

fn lock(kernels: &Mutex<Kernels>) -> Result<MutexGuard<'_, Kernels>> {
    kernels.lock().map_err(|_| candle_core::Error::Msg("an earlier pass panicked".into()))
}

fn contiguous<'a>(storage: &'a CpuStorage, layout: &Layout) -> Result<&'a [f32]> {
    match layout.contiguous_offsets() {
        Some((start, end)) => Ok(&storage.as_slice::<f32>()?[start..end]),
        None => bail!("the flat variable is contiguous"),
    }
}

/// From the flat variable to the gradient of the mean loss of the batch in hand.
struct GradientOp<'a> {
    kernels: &'a Mutex<Kernels>,
    batch: Batch<'a>,
}

impl InplaceOp2 for GradientOp<'_> {
    fn name(&self) -> &'static str {
        "lenet-gradient"
    }

    fn cpu_fwd(
        &self,
        gradient: &mut CpuStorage,
        to: &Layout,
        theta: &CpuStorage,
        from: &Layout,
    ) -> Result<()> {
        let theta = contiguous(theta, from)?;
        let (CpuStorage::F32(gradient), Some((start, end))) = (gradient, to.contiguous_offsets()) else {
            bail!("the gradient is contiguous f32")
        };
        let (mut kernels, images) = (lock(self.kernels)?, self.batch.len());
        let logits = either!(&mut *kernels, k => k.forward(theta, images));
        loss::into_gradient(logits, self.batch.labels(), images);
        either!(&mut *kernels, k => k.backward(theta, images, &mut gradient[start..end]));
        Ok(())
    }
}

/// From the flat variable to the mean loss of the batch in hand.
struct LossOp {
    kernels: Arc<Mutex<Kernels>>,
    labels: Vec<u8>,
}

impl CustomOp1 for LossOp {
    fn name(&self) -> &'static str {
        "lenet-cross-entropy"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, candle_core::Shape)> {
        let theta = contiguous(storage, layout)?;
        let mut kernels = lock(&self.kernels)?;
        let images = self.labels.len();
        let logits = either!(&mut *kernels, k => k.forward(theta, images));
        let score = loss::score(logits, self.labels.iter().copied());
        loss::into_gradient(logits, self.labels.iter().copied(), images);
        let loss = (score.loss / images as f64) as f32;
        Ok((CpuStorage::F32(vec![loss]), candle_core::Shape::from(())))
    }

    /// Assumes that the loss is what is differentiated, as a candle optimiser's `backward_step` does.
    fn bwd(&self, theta: &Tensor, _loss: &Tensor, upstream: &Tensor) -> Result<Option<Tensor>> {
        let (storage, layout) = theta.storage_and_layout();
        let candle_core::Storage::Cpu(storage) = &*storage else { bail!("the network lives on the CPU") };
        let values = contiguous(storage, layout)?;
        let mut gradient = vec![0.0; values.len()];
        either!(&mut *lock(&self.kernels)?, k => k.backward(values, self.labels.len(), &mut gradient));
        let upstream = upstream.to_scalar::<f32>()?;
        if upstream != 1.0 {
            gradient.iter_mut().for_each(|g| *g *= upstream);
        }
        Ok(Some(Tensor::from_vec(gradient, theta.shape(), theta.device())?))
    }
}
