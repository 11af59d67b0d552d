//! Reads the networks on the straight line between a twin and its sibling (Frankle et al. 2020, Section 2).

use crate::evaluation_pass::EVALUATION_BATCH;
use candle_core::Result;
use experiment::{
    job_data::Parameters,
    job_report::{Accuracy, LINE_POINTS},
};
use kernels::{batch::Batch, network::Network};
use model::{Model, mask::Mask};

/// The reading of the line between two networks, in small pieces.
pub(crate) struct Interpolation {
    model: Model,
    /// The parameters at both ends, and the weights that survive there.
    ends: [(Parameters, Mask); 2],
    /// The accuracies of the points that are done.
    read: Vec<Accuracy>,
    /// The network at the next point, the images that it has seen and its correct answers.
    reading: Option<(Network, usize, u32)>,
}

impl Interpolation {
    /// The line from the sibling's parameters to those of the twin, whose mask is given. The sibling has the same mask, unless
    /// both have learnt theirs.
    pub(crate) fn new(model: &Model, sibling: Parameters, twin: Parameters, mask: &Mask) -> Interpolation {
        let weights = &sibling[..model.weight_count()];
        let has_mask_of_twin = weights.iter().zip(mask).all(|(weight, alive)| *alive == 1 || *weight == 0.0);
        let of_sibling = match has_mask_of_twin {
            true => mask.clone(),
            false => weights.iter().map(|weight| u8::from(*weight != 0.0)).collect(),
        };
        let ends = [(sibling, of_sibling), (twin, mask.clone())];
        Interpolation { model: model.clone(), ends, read: vec![], reading: None }
    }

    /// The network at a point. At an end it is the network there, to the last bit.
    fn network_at(&self, point: usize) -> Result<Network> {
        let [(sibling, of_sibling), (twin, of_twin)] = &self.ends;
        let share = point as f32 / (LINE_POINTS - 1) as f32;
        let both = || of_sibling.iter().zip(of_twin).map(|(one, other)| one | other).collect();
        let mixed = || sibling.iter().zip(twin).map(|(from, to)| (1.0 - share) * from + share * to).collect();
        let (parameters, mask): (Parameters, Mask) = match point {
            0 => (sibling.clone(), of_sibling.clone()),
            _ if point + 1 == LINE_POINTS => (twin.clone(), of_twin.clone()),
            _ => (mixed(), both()),
        };
        let (weights, biases) = parameters.split_at(self.model.weight_count());
        Network::new(&self.model, &mask, weights, biases, EVALUATION_BATCH)
    }

    /// Reads the next few of the test images `indices` of a batch's set. Returns the accuracies at all points, from the
    /// sibling to the twin, when all are there.
    pub(crate) fn advance(&mut self, test: Batch<'_>) -> Result<Option<Vec<Accuracy>>> {
        let (mut network, next, correct) = match self.reading.take() {
            Some(reading) => reading,
            None => (self.network_at(self.read.len())?, 0, 0),
        };
        let end = (next + EVALUATION_BATCH).min(test.image_indices.len());
        let images = Batch { image_indices: &test.image_indices[next..end], ..test };
        let correct = correct + network.evaluate(images)?.correct;
        if end < test.image_indices.len() {
            self.reading = Some((network, end, correct));
            return Ok(None);
        }
        self.read.push(Accuracy { correct, total: end as u32 });
        Ok((self.read.len() == LINE_POINTS).then(|| std::mem::take(&mut self.read)))
    }
}
