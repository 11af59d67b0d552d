//! Reads single values of kept networks, whose arrays stay on the JavaScript side.

use crate::{
    kept_networks::KeptArrays, recorded_values::RecordedNetwork, survivor_ranks::SurvivorRanks,
    web::array_store,
};
use chart::network_sample::SampledConnection;
use js_sys::{Float32Array, Uint8Array};
use std::rc::Rc;
use wasm_bindgen::JsCast;

/// The values of a kept network before and after its training.
pub(super) struct NetworkValues {
    ranks: SurvivorRanks,
    first: Float32Array,
    last: Float32Array,
}

impl NetworkValues {
    /// The values of a network of `weights` weights. `None` if its arrays are gone, or are not those of such a network.
    pub(super) fn load(arrays: &KeptArrays, weights: usize) -> Option<NetworkValues> {
        let bits: Uint8Array = array_store::get(arrays.mask)?.dyn_into().ok()?;
        let floats = |id| array_store::get(id)?.dyn_into::<Float32Array>().ok();
        let (first, last) = (floats(arrays.first)?, floats(arrays.last)?);
        let ranks = SurvivorRanks::new(bits.to_vec(), weights)?;
        let whole = |array: &Float32Array| array.length() as usize >= ranks.survivors();
        (whole(&first) && whole(&last)).then_some(NetworkValues { ranks, first, last })
    }

    /// Whether a weight survives in this network.
    pub(super) fn survives(&self, weight: usize) -> bool {
        self.ranks.survives(weight)
    }

    /// A value before the first training step. `None` if the weight is pruned.
    pub(super) fn first(&self, weight: usize) -> Option<f32> {
        self.survives(weight).then(|| self.first.get_index(self.ranks.rank(weight) as u32))
    }

    /// A value after the last training step. `None` if the weight is pruned.
    pub(super) fn last(&self, weight: usize) -> Option<f32> {
        self.survives(weight).then(|| self.last.get_index(self.ranks.rank(weight) as u32))
    }

    /// The first and last values of all survivors among these weights, in order, in two calls to the browser.
    pub(super) fn survivors_in(&self, weights: std::ops::Range<usize>) -> (Vec<f32>, Vec<f32>) {
        let (from, to) = (self.ranks.rank(weights.start) as u32, self.ranks.rank(weights.end) as u32);
        (self.first.subarray(from, to).to_vec(), self.last.subarray(from, to).to_vec())
    }
}

/// The values of a network in the picture.
pub(super) enum PanelValues {
    /// The network is kept.
    Kept(NetworkValues),
    /// Only the values of the weights that are drawn are known, and these survive.
    Recorded(Rc<RecordedNetwork>),
}

impl PanelValues {
    /// The values of a kept network, as [`NetworkValues::load`] reads them.
    pub(super) fn load(arrays: &KeptArrays, weights: usize) -> Option<PanelValues> {
        NetworkValues::load(arrays, weights).map(PanelValues::Kept)
    }

    /// Whether a weight survives in this network, as far as that is known.
    pub(super) fn survives(&self, weight: usize) -> bool {
        match self {
            PanelValues::Kept(values) => values.survives(weight),
            PanelValues::Recorded(network) => network.first(weight).is_some(),
        }
    }

    /// A value before the first training step, or `None` if it is not known.
    pub(super) fn first(&self, weight: usize) -> Option<f32> {
        match self {
            PanelValues::Kept(values) => values.first(weight),
            PanelValues::Recorded(network) => network.first(weight),
        }
    }

    /// A value after the last training step, or `None` if it is not known.
    pub(super) fn last(&self, weight: usize) -> Option<f32> {
        match self {
            PanelValues::Kept(values) => values.last(weight),
            PanelValues::Recorded(network) => network.last(weight),
        }
    }
}

/// The values of connections, in their order. Empty if one of them is not known.
pub(super) fn values_of(connections: &[SampledConnection], value: &dyn Fn(usize) -> Option<f32>) -> Vec<f32> {
    let values: Option<Vec<f32>> =
        connections.iter().map(|connection| value(connection.weight as usize)).collect();
    values.unwrap_or_default()
}
