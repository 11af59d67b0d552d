//! What random numbers are drawn for.

/// What a stream is for. The numbers are part of every result: never change one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RandomPurpose {
    /// Which images validate.
    Split = 1,
    /// The first weights.
    Init = 2,
    /// The order of the training images in an epoch.
    Shuffle = 3,
    /// Fresh weights of a round.
    Reinit = 4,
    /// Where the ticket's survivors are moved to.
    ShuffledMask = 5,
    /// A random mask.
    RandomMask = 6,
    /// Fresh weights under a random mask.
    RandomWeights = 7,
    /// Fresh weights that take the first weights' signs.
    SignWeights = 8,
    /// Which weights a pruning takes where that is drawn.
    RandomPruning = 9,
    /// Which hidden units a training step drops; the draw is its iteration.
    Dropout = 10,
}
