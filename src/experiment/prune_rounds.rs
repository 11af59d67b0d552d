//! In which round each weight was pruned: one byte a weight holds all masks of a chain of prunings.

use model::mask::Mask;

/// The round whose mask first lacks each weight, flat as the weights are; [`PruneRounds::NEVER_PRUNED`] for those that
/// survive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PruneRounds {
    bytes: Vec<u8>,
    /// The last round whose mask is known.
    last_known_round: u32,
}

impl PruneRounds {
    /// The byte of a weight that was never pruned.
    pub const NEVER_PRUNED: u8 = u8::MAX;

    /// No pruning yet: all of `weights` weights survive.
    pub fn all_surviving(weights: usize) -> PruneRounds {
        PruneRounds { bytes: vec![PruneRounds::NEVER_PRUNED; weights], last_known_round: 0 }
    }

    /// From bytes as [`PruneRounds::bytes`] gives them, all masks up to round `last` known.
    pub fn from_bytes(bytes: Vec<u8>, last: u32) -> PruneRounds {
        PruneRounds { bytes, last_known_round: last }
    }

    /// Notes the mask that round `round` starts with.
    pub fn record_mask(&mut self, round: u32, mask: &[u8]) {
        let byte = u8::try_from(round).unwrap_or(PruneRounds::NEVER_PRUNED - 1);
        for (prune_round, &kept) in self.bytes.iter_mut().zip(mask) {
            if kept == 0 && *prune_round == PruneRounds::NEVER_PRUNED {
                *prune_round = byte;
            }
        }
        self.last_known_round = self.last_known_round.max(round);
    }

    /// The mask of a round: 1 for each weight it trains.
    pub fn mask(&self, round: u32) -> Mask {
        self.bytes.iter().map(|&prune_round| u8::from(u32::from(prune_round) > round)).collect()
    }

    /// One byte a weight, in the order of the flat weight vector.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The last round whose mask is known.
    pub fn last_known_round(&self) -> u32 {
        self.last_known_round
    }
}
