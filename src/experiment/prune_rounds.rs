//! The round in which each weight was pruned. One byte for each weight holds all masks of a chain of prunings.

use model::mask::Mask;

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

    /// The byte of each weight, in flat order.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The last round whose mask is known.
    pub fn last_known_round(&self) -> u32 {
        self.last_known_round
    }
}
