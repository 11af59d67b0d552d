//! When each weight died: one byte a weight says all masks of a chain of prunings.

use model::mask::Mask;

/// The round whose mask first lacks each weight, flat as the weights are; [`Deaths::ALIVE`] for those still there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deaths {
    bytes: Vec<u8>,
    /// The last round whose mask is known.
    last: u32,
}

impl Deaths {
    /// The byte of a weight that has not died.
    pub const ALIVE: u8 = u8::MAX;

    /// All of `weights` weights alive.
    pub fn none(weights: usize) -> Deaths {
        Deaths { bytes: vec![Deaths::ALIVE; weights], last: 0 }
    }

    /// From bytes as [`Deaths::bytes`] gives them, all masks up to round `last` known.
    pub fn from_bytes(bytes: Vec<u8>, last: u32) -> Deaths {
        Deaths { bytes, last }
    }

    /// Notes the mask that round `round` starts with.
    pub fn note(&mut self, round: u32, mask: &[u8]) {
        let byte = u8::try_from(round).unwrap_or(Deaths::ALIVE - 1);
        for (death, &kept) in self.bytes.iter_mut().zip(mask) {
            if kept == 0 && *death == Deaths::ALIVE {
                *death = byte;
            }
        }
        self.last = self.last.max(round);
    }

    /// The mask of a round: 1 for each weight it trains.
    pub fn mask(&self, round: u32) -> Mask {
        self.bytes.iter().map(|&death| u8::from(u32::from(death) > round)).collect()
    }

    /// One byte a weight, in the order of the flat weight vector.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The last round whose mask is known.
    pub fn last_round(&self) -> u32 {
        self.last
    }
}
