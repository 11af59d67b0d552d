//! Learns which of the first weights survive, and trains none of them (edge-popup, Ramanujan et al. 2020).

use crate::{prune_mask::prune_lowest_scores, scheduled_optimizer::ScheduledOptimizer};
use candle_core::{DType, Device, Result, Tensor, Var, backprop::GradStore};
use experiment::{config::ExperimentConfig, prune_counts::PruneCounts};
use kernels::{batch::Batch, network::Network, stack::DropoutScales};
use model::{Model, mask::Mask};

/// The scores of all weights, which an optimiser trains. In each layer the largest scores survive, as many in every step; of
/// equal scores, the one with the lower index goes first. A surviving weight counts √(weights of its layer / survivors)
/// times its first value, so that a layer's sums keep their size.
pub struct Supermask {
    model: Model,
    first: Vec<f32>,
    /// The biases, which are never trained.
    biases: Vec<f32>,
    /// What each weight's first value is multiplied by where it survives.
    scales: Vec<f32>,
    pruned: PruneCounts,
    mask: Mask,
    scores: Var,
    store: GradStore,
    optimizer: ScheduledOptimizer,
}

impl Supermask {
    /// Begins with the magnitudes of the first weights as scores. `first` and `biases` are flat, and `survivors` says how many
    /// weights survive in each layer.
    pub fn new(
        config: &ExperimentConfig,
        first: &[f32],
        biases: &[f32],
        survivors: &[u32],
    ) -> Result<Supermask> {
        let model = &config.model;
        let magnitudes: Vec<f32> = first.iter().map(|weight| weight.abs()).collect();
        let scores = Var::from_vec(magnitudes, first.len(), &Device::Cpu)?;
        let of_layer = |(size, &survivors): (&model::LayerSize, &u32)| {
            let scale = (size.weights.len() as f32 / survivors.max(1) as f32).sqrt();
            vec![scale; size.weights.len()]
        };
        let sizes = model.layer_sizes();
        let counts = model.layer_weight_counts();
        let pruned = counts.iter().zip(survivors).map(|(all, left)| all - left).collect();
        let mut supermask = Supermask {
            model: model.clone(),
            first: first.to_vec(),
            biases: biases.to_vec(),
            scales: sizes.iter().zip(survivors).flat_map(of_layer).collect(),
            pruned: PruneCounts::PerLayer(pruned),
            mask: vec![],
            optimizer: ScheduledOptimizer::new(config, scores.clone())?,
            scores,
            // `GradStore` has no public constructor, so we create one by differentiating an unused scalar.
            store: Var::zeros((), DType::F32, &Device::Cpu)?.backward()?,
        };
        supermask.choose()?;
        Ok(supermask)
    }

    /// The weights that survive now.
    pub fn mask(&self) -> &Mask {
        &self.mask
    }

    /// The score of each weight, flat.
    pub fn scores(&self) -> Result<Vec<f32>> {
        self.scores.to_vec1()
    }

    /// The weights that count now, flat: first values at their scale where they survive, zero elsewhere.
    pub fn weights(&self) -> Vec<f32> {
        let values = self.first.iter().zip(&self.scales).zip(&self.mask);
        values.map(|((first, scale), &alive)| if alive != 0 { first * scale } else { 0.0 }).collect()
    }

    /// The first weights under the mask, and the biases, flat.
    pub fn first_parameters(&self) -> Vec<f32> {
        let first =
            self.first.iter().zip(&self.mask).map(|(first, &alive)| if alive != 0 { *first } else { 0.0 });
        first.chain(self.biases.iter().copied()).collect()
    }

    /// Does the training step that follows `iteration` others on a dense network that holds [`Supermask::weights`], and gives
    /// it those that are chosen then. A weight that does not survive has a gradient as well: that of the weight it would be.
    pub fn step(
        &mut self,
        config: &ExperimentConfig,
        iteration: u32,
        network: &mut Network,
        (batch, dropout): (Batch<'_>, Option<DropoutScales>),
    ) -> Result<()> {
        let (mut gradient, _) = network.gradients_of_parameters(batch, dropout)?;
        let values = self.first.iter().zip(&self.scales);
        gradient.iter_mut().zip(values).for_each(|(gradient, (first, scale))| *gradient *= first * scale);
        let gradient = Tensor::from_vec(gradient, self.first.len(), &Device::Cpu)?;
        self.store.insert(&self.scores, gradient);
        self.optimizer.step(config, iteration, &self.store)?;
        self.choose()?;
        network.set_parameters(&self.weights(), &self.biases)
    }

    fn choose(&mut self) -> Result<()> {
        let mut scores = self.scores()?;
        // Where training has diverged, a score may be no number.
        scores.iter_mut().filter(|score| score.is_nan()).for_each(|score| *score = 0.0);
        let all = vec![1; self.first.len()];
        self.mask = prune_lowest_scores(&self.model, &all, &scores, self.pruned.clone());
        Ok(())
    }
}
