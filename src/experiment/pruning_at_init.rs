//! The rules that choose a mask before any training.

/// How the weights are chosen that are pruned before any training. The weights of all layers are compared with each other,
/// and the largest scores survive; of equal scores, the one with the lower index goes first. Gradients are those of the mean
/// cross-entropy of the first training images of the trial, at the network that the job starts from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PruningAtInit {
    /// The magnitude of weight times gradient (SNIP, Lee et al. 2019).
    Snip,
    /// Weight times H·g, where g is the gradient and H the Hessian of the loss of the logits divided by 200 (GraSP, Wang et al.
    /// 2020). The sign is that of the authors' code.
    Grasp,
    /// In 100 steps: the magnitude of the weight times the derivative of the sum of the outputs for an image of ones, through
    /// the magnitudes of the surviving weights and without biases (SynFlow, Tanaka et al. 2020).
    SynFlow,
    /// The magnitude of the weight.
    Magnitude,
    /// A random number.
    Random,
}
