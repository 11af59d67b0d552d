//! The oracle: a network in plain candle-nn with autograd, AdamW without weight decay, and weights multiplied by a dense
//! mask, like other implementations of the paper. It is slow and obviously correct, and the product's kernels must
//! agree with it. Dropout is given as multipliers of each hidden layer's activations, with the shape (images, units),
//! as for the product's kernels.
#![allow(dead_code)]

use candle_core::{D, DType, Device, Result, Tensor, Var};
use candle_nn::{AdamW, Optimizer, ParamsAdamW};
use kernels::{batch::Batch, network::Network, stack::DropoutScales};
use model::{Layer, Model};

/// A masked LeNet and its optimiser.
pub(crate) struct Oracle {
    model: Model,
    pub(crate) weights: Vec<Var>,
    pub(crate) biases: Vec<Var>,
    masks: Vec<Tensor>,
    optimizer: AdamW,
}

impl Oracle {
    /// Creates an oracle from weights, biases and a mask, which are flat arrays.
    pub(crate) fn new(
        model: &Model,
        mask: &[u8],
        weights: &[f32],
        biases: &[f32],
        rate: f64,
    ) -> Result<Oracle> {
        let mut oracle = (vec![], vec![], vec![]);
        for layer in model.layer_sizes() {
            let size = layer.matrix();
            let mask: Vec<f32> = mask[layer.weights.clone()].iter().map(|&m| f32::from(m)).collect();
            let mask = Tensor::from_vec(mask, size, &Device::Cpu)?;
            let weight = Tensor::from_slice(&weights[layer.weights], size, &Device::Cpu)?;
            oracle.0.push(Var::from_tensor(&(weight * &mask)?)?);
            let bias = Tensor::from_slice(&biases[layer.biases], size.0, &Device::Cpu)?;
            oracle.1.push(Var::from_tensor(&bias)?);
            oracle.2.push(mask);
        }
        let (weights, biases, masks) = oracle;
        let vars = weights.iter().chain(&biases).cloned().collect();
        let params = ParamsAdamW { lr: rate, weight_decay: 0.0, ..ParamsAdamW::default() };
        Ok(Oracle { model: model.clone(), weights, biases, masks, optimizer: AdamW::new(vars, params)? })
    }

    /// The mean cross-entropy of a batch, in nats.
    pub(crate) fn loss(&self, batch: Batch<'_>, dropout: Option<&[Vec<f32>]>) -> Result<Tensor> {
        let (x, y) = tensors(batch)?;
        candle_nn::loss::cross_entropy(&self.logits(&x, dropout)?, &y)
    }

    /// The summed cross-entropy of a batch in nats, and its number of correct answers.
    pub(crate) fn score(&self, batch: Batch<'_>) -> Result<(f64, u32)> {
        let (x, y) = tensors(batch)?;
        let logits = self.logits(&x, None)?;
        let loss = candle_nn::loss::cross_entropy(&logits, &y)?.to_scalar::<f32>()?;
        let right = logits.argmax(D::Minus1)?.eq(&y)?.to_dtype(DType::U32)?.sum_all()?.to_scalar::<u32>()?;
        Ok((f64::from(loss) * batch.len() as f64, right))
    }

    /// Makes one training step and returns its loss in nats.
    pub(crate) fn step(&mut self, batch: Batch<'_>, dropout: Option<&[Vec<f32>]>) -> Result<f32> {
        let loss = self.loss(batch, dropout)?;
        self.optimizer.backward_step(&loss)?;
        loss.to_scalar()
    }

    fn logits(&self, x: &Tensor, dropout: Option<&[Vec<f32>]>) -> Result<Tensor> {
        Ok(self.outputs(x, dropout)?.pop().expect("a layer"))
    }

    /// What each layer gives: the hidden ones behind the ReLU, then the logits.
    fn outputs(&self, x: &Tensor, dropout: Option<&[Vec<f32>]>) -> Result<Vec<Tensor>> {
        let (mut h, mut outputs) = (x.clone(), vec![]);
        for l in 0..self.weights.len() {
            let weight = (self.weights[l].as_tensor() * &self.masks[l])?;
            h = self.before_relu(l, &h, &weight)?;
            if l + 1 < self.weights.len() {
                // The gradient of this ReLU at zero is zero, as in PyTorch. That of candle's own ReLU is 1.
                h = (&h * h.gt(0f32)?.to_dtype(DType::F32)?)?;
                if let Layer::Convolution { pool, .. } = self.model.layers[l] {
                    h = pooled(&h, pool as usize)?.flatten_from(1)?;
                }
                if let Some(dropout) = dropout {
                    h = (&h * Tensor::from_slice(&dropout[l], h.shape(), &Device::Cpu)?)?;
                }
            }
            outputs.push(h.clone());
        }
        Ok(outputs)
    }

    /// A layer's sums for rows of inputs: (images, units), or (images, channels, height, width) of a convolution.
    fn before_relu(&self, l: usize, h: &Tensor, weight: &Tensor) -> Result<Tensor> {
        let bias = self.biases[l].as_tensor();
        match self.model.layers[l] {
            Layer::Linear { .. } => h.matmul(&weight.t()?)?.broadcast_add(bias),
            Layer::Convolution { kernel, padding, .. } => {
                let (from, kernel) = (self.model.layer_sizes()[l].input, kernel as usize);
                let from = (h.dim(0)?, from.channels as usize, from.height as usize, from.width as usize);
                let weight = weight.reshape((weight.dim(0)?, from.1, kernel, kernel))?;
                h.reshape(from)?
                    .conv2d(&weight, padding as usize, 1, 1, 1)?
                    .broadcast_add(&bias.reshape((1, bias.dim(0)?, 1, 1))?)
            }
        }
    }

    /// What each layer gives for images of the given pixel values: the hidden ones behind the ReLU, then the logits, each
    /// (images, units) as a flat array.
    pub(crate) fn activations(&self, images: &[f32]) -> Result<Vec<Vec<f32>>> {
        let pixels = self.model.input.values();
        let x = Tensor::from_slice(images, (images.len() / pixels, pixels), &Device::Cpu)?;
        self.outputs(&x, None)?.iter().map(|output| output.flatten_all()?.to_vec1()).collect()
    }

    /// The gradient of the summed cross-entropy of images with respect to their pixel values, as a flat array.
    pub(crate) fn pixel_gradient(&self, images: &[f32], labels: &[u8]) -> Result<Vec<f32>> {
        let x = Var::from_slice(images, (labels.len(), self.model.input.values()), &Device::Cpu)?;
        let labels: Vec<u32> = labels.iter().map(|&label| u32::from(label)).collect();
        let y = Tensor::from_slice(&labels, labels.len(), &Device::Cpu)?;
        let mean = candle_nn::loss::cross_entropy(&self.logits(&x, None)?, &y)?;
        let gradient = (mean * labels.len() as f64)?.backward()?;
        gradient.get(&x).map_or_else(|| x.zeros_like(), |g| Ok(g.clone()))?.flatten_all()?.to_vec1()
    }

    /// The masked weights and the biases, as flat arrays.
    pub(crate) fn parameters(&self) -> Result<(Vec<f32>, Vec<f32>)> {
        let masked = self.weights.iter().zip(&self.masks).map(|(w, m)| w.as_tensor() * m);
        let weights = masked.collect::<Result<Vec<_>>>()?;
        let biases = self.biases.iter().map(|b| b.as_tensor().clone()).collect::<Vec<_>>();
        Ok((flat(&weights)?, flat(&biases)?))
    }

    /// The gradients of a batch's loss with respect to the masked weights and the biases, as flat arrays.
    pub(crate) fn gradients(
        &self,
        batch: Batch<'_>,
        dropout: Option<&[Vec<f32>]>,
    ) -> Result<(Vec<f32>, Vec<f32>)> {
        let store = self.loss(batch, dropout)?.backward()?;
        let of = |vars: &[Var]| -> Result<Vec<f32>> {
            let all = vars.iter().map(|v| store.get(v).cloned().map_or_else(|| v.zeros_like(), Ok));
            flat(&all.collect::<Result<Vec<_>>>()?)
        };
        Ok((of(&self.weights)?, of(&self.biases)?))
    }
}

/// The largest of each square, of equal ones the first: a dark part of an image makes many. candle's own `max_pool2d` has
/// a gradient that is multiplied where it should be divided, and that of its `max` goes to all that are equal.
fn pooled(h: &Tensor, size: usize) -> Result<Tensor> {
    let (images, channels, height, width) = h.dims4()?;
    let (rows, columns) = (height / size, width / size);
    let whole = h.narrow(2, 0, rows * size)?.narrow(3, 0, columns * size)?.contiguous()?;
    let squares =
        whole.reshape((images * channels, rows, size, columns, size))?.transpose(2, 3)?.contiguous()?;
    let squares = squares.reshape((images * channels, rows, columns, size * size))?;
    let largest = squares.argmax_keepdim(D::Minus1)?;
    squares.gather(&largest, D::Minus1)?.reshape((images, channels, rows, columns))
}

/// Converts the multipliers to the type that the product's kernels take.
pub(crate) fn as_dropout(scales: &[Vec<f32>]) -> DropoutScales {
    scales.to_vec()
}

/// The gradients of the product's kernels in the oracle's form: weights and biases, as flat arrays.
pub(crate) fn gradient(
    network: &mut Network,
    batch: Batch<'_>,
    dropout: Option<&[Vec<f32>]>,
) -> Result<(Vec<f32>, Vec<f32>)> {
    let theta = network.variable().clone();
    let store = network.gradients(batch, dropout.map(as_dropout))?;
    let gradient = store.get(&theta).expect("the one variable's gradient").clone();
    network.unpack(&gradient)
}

fn flat(tensors: &[Tensor]) -> Result<Vec<f32>> {
    let parts = tensors.iter().map(|t| t.flatten_all()?.to_vec1::<f32>());
    Ok(parts.collect::<Result<Vec<_>>>()?.concat())
}

/// The pixels with the shape (images, pixels), and the labels.
fn tensors(batch: Batch<'_>) -> Result<(Tensor, Tensor)> {
    let pixels: Vec<f32> =
        (0..batch.len()).flat_map(|i| batch.image(i)).map(|&byte| f32::from(byte) / 255.0).collect();
    let labels: Vec<u32> = batch.labels().map(u32::from).collect();
    let n = batch.len();
    Ok((
        Tensor::from_vec(pixels, (n, batch.image_bytes), &Device::Cpu)?,
        Tensor::from_vec(labels, n, &Device::Cpu)?,
    ))
}
