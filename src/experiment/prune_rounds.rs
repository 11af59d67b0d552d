//! The round in which each weight was pruned. One byte for each weight holds all masks of a chain of prunings.

use model::{Model, mask::Mask};

/// For each weight, in flat order, the first round whose mask lacks it, or [`PruneRounds::NEVER_PRUNED`] if it
/// survives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PruneRounds {
    bytes: Vec<u8>,
    /// The last round whose mask is known.
    last_known_round: u32,
}

impl PruneRounds {
    /// The byte of a weight that was never pruned.
    pub const NEVER_PRUNED: u8 = u8::MAX;

    /// A chain without prunings: all of its `weights` weights survive.
    pub fn all_surviving(weights: usize) -> PruneRounds {
        PruneRounds { bytes: vec![PruneRounds::NEVER_PRUNED; weights], last_known_round: 0 }
    }

    /// A chain from bytes as [`PruneRounds::bytes`] returns them. `last` is the last round whose mask is known.
    pub fn from_bytes(bytes: Vec<u8>, last: u32) -> PruneRounds {
        PruneRounds { bytes, last_known_round: last }
    }

    /// Adds the mask that `round` starts with. Masks must be added in the order of rounds.
    pub fn record_mask(&mut self, round: u32, mask: &[u8]) {
        let byte = u8::try_from(round).unwrap_or(PruneRounds::NEVER_PRUNED - 1);
        for (prune_round, &kept) in self.bytes.iter_mut().zip(mask) {
            if kept == 0 && *prune_round == PruneRounds::NEVER_PRUNED {
                *prune_round = byte;
            }
        }
        self.last_known_round = self.last_known_round.max(round);
    }

    /// The mask of a round, which must not be after [`PruneRounds::last_known_round`].
    pub fn mask(&self, round: u32) -> Mask {
        self.bytes.iter().map(|&prune_round| u8::from(u32::from(prune_round) > round)).collect()
    }

    /// The same chain as it was when `round` was the last known round.
    pub fn up_to(&self, round: u32) -> PruneRounds {
        let earlier = |&byte: &u8| if u32::from(byte) > round { PruneRounds::NEVER_PRUNED } else { byte };
        PruneRounds {
            bytes: self.bytes.iter().map(earlier).collect(),
            last_known_round: self.last_known_round.min(round),
        }
    }

    /// The number of survivors of each layer in every known round, round 0 first.
    pub fn survivors(&self, model: &Model) -> Vec<Vec<u32>> {
        let by_layer = model.layer_sizes().into_iter().map(|size| {
            let mut pruned = [0_u32; 256];
            self.bytes[size.weights].iter().for_each(|&round| pruned[usize::from(round)] += 1);
            pruned
        });
        let by_layer: Vec<[u32; 256]> = by_layer.collect();
        let left = |round: u32, pruned: &[u32; 256]| pruned.iter().skip(round as usize + 1).sum();
        (0..=self.last_known_round).map(|round| by_layer.iter().map(|p| left(round, p)).collect()).collect()
    }

    /// The byte of each weight, in flat order.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The last round whose mask is known.
    pub fn last_known_round(&self) -> u32 {
        self.last_known_round
    }
}
