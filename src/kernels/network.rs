//! A pruned network as candle sees it: one variable, one op that makes its gradient in place.

use crate::{
    batch::Batch,
    dense::dense_network,
    loss::{self, LossAndCorrect},
    sparse::{ComputedUnits, sparse_network},
    stack::{DropoutScales, Passes},
};
use candle_core::{
    CpuStorage, DType, Device, InplaceOp2, Layout, Result, Storage, Tensor, Var, backprop::GradStore, bail,
};
use model::{Model, mask::is_sparser_than};
use std::cell::RefCell;

/// Below this share of surviving weights the sparse kernels are faster. A constant, never a timing, so that the same
/// experiment gives the same bits everywhere. `cargo xtask bench` shows the change between rounds 3 and 4.
pub const SPARSE_BELOW: f64 = 0.45;

/// A pruned network on one flat variable, and room for a pass over a batch.
pub struct Network {
    variable: Var,
    /// Room for the variable's gradient, filled anew by each [`Network::gradients`].
    gradient: Tensor,
    /// The gradient as a candle optimiser reads it.
    store: GradStore,
    passes: Box<dyn Passes>,
    classes: usize,
}

impl Network {
    /// A network of `model` with `weights` and `biases` (flat) where `mask` (flat, 0 is pruned) lets them live, and room
    /// for batches of at most `capacity` images. An error if candle cannot make the variable.
    pub fn new(
        model: &Model,
        mask: &[u8],
        weights: &[f32],
        biases: &[f32],
        capacity: usize,
    ) -> Result<Network> {
        let passes = passes(model, mask, capacity, ComputedUnits::ReachingOutput);
        let variable = Var::from_vec(passes.pack(weights, biases), passes.parameter_count(), &Device::Cpu)?;
        let gradient = variable.zeros_like()?;
        // `GradStore` has no public constructor, so we create one by differentiating an unused scalar.
        let mut store = Var::zeros((), DType::F32, &Device::Cpu)?.backward()?;
        store.insert(&variable, gradient.clone());
        let classes = model.output_count();
        Ok(Network { variable, gradient, store, passes, classes })
    }

    /// The one variable: all surviving weights and all biases, in an order that only the network knows.
    pub fn variable(&self) -> &Var {
        &self.variable
    }

    /// The gradient of a batch's mean cross-entropy, with the hidden activations scaled if there is dropout. It has the
    /// same bits as calling `backward` on the loss, but is computed into an existing tensor, since autograd would first
    /// allocate and add zeros, which for a dense network costs as much as the arithmetic. The result is valid until the
    /// next call.
    pub fn gradients(&mut self, batch: Batch<'_>, dropout: Option<DropoutScales>) -> Result<&GradStore> {
        self.passes.gather_to_train(batch, dropout);
        let op = GradientOp { passes: RefCell::new(&mut *self.passes), classes: self.classes, batch };
        self.gradient.inplace_op2(&self.variable, &op)?;
        Ok(&self.store)
    }

    /// As [`Network::gradients`], as weights (flat, `(out, in)` by layer, pruned ones zero) and biases.
    pub fn gradients_of_parameters(
        &mut self,
        batch: Batch<'_>,
        dropout: Option<DropoutScales>,
    ) -> Result<(Vec<f32>, Vec<f32>)> {
        self.gradients(batch, dropout)?;
        self.unpack(&self.gradient)
    }

    /// Gives the variable other weights and biases, both flat; pruned weights stay zero.
    pub fn set_parameters(&self, weights: &[f32], biases: &[f32]) -> Result<()> {
        let packed = self.passes.pack(weights, biases);
        self.variable.set(&Tensor::from_vec(packed, self.passes.parameter_count(), &Device::Cpu)?)
    }

    /// Loss and correct answers of a batch, without training on it.
    pub fn evaluate(&mut self, batch: Batch<'_>) -> Result<LossAndCorrect> {
        let classes = self.classes;
        Ok(loss::loss_and_correct(self.logits(batch)?, classes, batch.labels()))
    }

    /// As [`Network::evaluate`], and appends to `predictions` the class that the network gives each image of the batch:
    /// that of its largest logit, of equal ones the first. Those that equal the images' labels are the correct answers.
    pub fn evaluate_and_predict(
        &mut self,
        batch: Batch<'_>,
        predictions: &mut Vec<u8>,
    ) -> Result<LossAndCorrect> {
        let classes = self.classes;
        Ok(loss::score(self.logits(batch)?, classes, batch.labels(), |class| predictions.push(class)))
    }

    /// Logits of a batch, rows of [`logits_stride`](loss::logits_stride) numbers.
    fn logits(&mut self, batch: Batch<'_>) -> Result<&[f32]> {
        let (storage, layout) = self.variable.storage_and_layout();
        let Storage::Cpu(storage) = &*storage else { bail!("the network lives on the CPU") };
        self.passes.gather(batch);
        Ok(self.passes.forward(contiguous(storage, layout)?))
    }

    /// Weights (flat, `(out, in)` by layer, pruned ones zero) and biases.
    pub fn weights_and_biases(&self) -> Result<(Vec<f32>, Vec<f32>)> {
        self.unpack(&self.variable)
    }

    /// A tensor laid out as the variable is, its gradient for example, as weights and biases.
    pub fn unpack(&self, variable: &Tensor) -> Result<(Vec<f32>, Vec<f32>)> {
        Ok(self.passes.unpack(&variable.to_vec1::<f32>()?))
    }
}

/// The kernels that suit a mask.
pub(crate) fn passes(model: &Model, mask: &[u8], capacity: usize, units: ComputedUnits) -> Box<dyn Passes> {
    if model.is_convolutional() || is_sparser_than(SPARSE_BELOW, mask) {
        Box::new(sparse_network(model, mask, capacity, units))
    } else {
        Box::new(dense_network(model, mask, capacity))
    }
}

fn contiguous<'a>(storage: &'a CpuStorage, layout: &Layout) -> Result<&'a [f32]> {
    match layout.contiguous_offsets() {
        Some((start, end)) => Ok(&storage.as_slice::<f32>()?[start..end]),
        None => bail!("the flat variable is contiguous"),
    }
}

/// From the flat variable to the gradient of the mean loss of the batch in hand.
struct GradientOp<'a> {
    passes: RefCell<&'a mut dyn Passes>,
    classes: usize,
    batch: Batch<'a>,
}

impl InplaceOp2 for GradientOp<'_> {
    fn name(&self) -> &'static str {
        "network-gradient"
    }

    fn cpu_fwd(
        &self,
        gradient: &mut CpuStorage,
        to: &Layout,
        variable: &CpuStorage,
        from: &Layout,
    ) -> Result<()> {
        let variable = contiguous(variable, from)?;
        let (CpuStorage::F32(gradient), Some((start, end))) = (gradient, to.contiguous_offsets()) else {
            bail!("the gradient is contiguous f32")
        };
        let mut passes = self.passes.borrow_mut();
        loss::into_gradient(passes.forward(variable), self.classes, self.batch.labels(), self.batch.len());
        passes.backward(variable, &mut gradient[start..end]);
        Ok(())
    }
}
