//! The purposes that random numbers are drawn for.

/// The purpose of a random stream. The numbers determine every result, so they must never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RandomPurpose {
    /// The split into training and validation images.
    Split = 1,
    /// The first weights of a trial.
    Init = 2,
    /// The order of the training images in an epoch.
    Shuffle = 3,
    /// The fresh weights of a re-initialised network.
    Reinit = 4,
    /// The positions that the ticket's survivors are moved to.
    ShuffledMask = 5,
    /// A random mask.
    RandomMask = 6,
    /// The fresh weights of a network with a random mask.
    RandomWeights = 7,
    /// The fresh magnitudes of weights that keep the signs of the first weights.
    SignWeights = 8,
    /// The scores of [`PruningCriterion::Random`](crate::criterion::PruningCriterion::Random).
    RandomPruning = 9,
    /// The hidden units that a training step drops. The stream's `draw` is the iteration.
    Dropout = 10,
    /// The jobs of a report that are trained again to verify it. The stream's `trial` is the seed of the draw.
    VerifiedJobs = 11,
    /// A random choice among the weights of all layers together.
    RandomGlobalMask = 12,
    /// The fresh weights of the other data set's re-initialised network. They are not those of
    /// [`RandomPurpose::Reinit`], so that the re-inits of two data sets are two draws and not one that is seen twice.
    OtherReinit = 20,
    /// The fresh weights of a transferred mask that is re-initialised, for the same reason.
    TransferredReinit = 21,
    /// The order of the training images in an epoch of a twin.
    TwinShuffle = 22,
    /// Which images of a user's data set that has no test files are its test images. The stream knows no trial.
    TestSplit = 23,
    /// Which training labels are replaced, and by which classes.
    LabelNoise = 30,
    /// The noise that is added to the test images. The stream's `draw` is the image.
    CorruptionNoise = 31,
}
