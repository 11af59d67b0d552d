//! The fully connected network's shape: how many units each layer has and where its weights lie in flat vectors.

use serde::{Deserialize, Serialize};

/// Pixels of one image: 28 × 28.
pub const INPUTS: usize = 784;
/// Digits to tell apart.
pub const CLASSES: usize = 10;
/// Layers with weights: two hidden ones and the output.
pub const LAYERS: usize = 3;

/// A 784-h1-h2-10 network. Weights are kept as one flat vector of the layers' `(out, in)` matrices, row by row,
/// layer after layer; biases as another, layer after layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shape {
    /// Units of the two hidden layers.
    pub hidden: [u32; 2],
}

impl Shape {
    /// LeNet-300-100, the paper's network.
    pub const LENET_300_100: Shape = Shape { hidden: [300, 100] };

    /// Input features of layer `layer` (0 is the first).
    pub fn inputs(&self, layer: usize) -> usize {
        [INPUTS, self.hidden[0] as usize, self.hidden[1] as usize][layer]
    }

    /// Units of layer `layer`.
    pub fn outputs(&self, layer: usize) -> usize {
        [self.hidden[0] as usize, self.hidden[1] as usize, CLASSES][layer]
    }

    /// Weights of layer `layer`.
    pub fn layer_weights(&self, layer: usize) -> usize {
        self.inputs(layer) * self.outputs(layer)
    }

    /// Where layer `layer` lies in a flat vector of all weights.
    pub fn weight_range(&self, layer: usize) -> std::ops::Range<usize> {
        let start = (0..layer).map(|l| self.layer_weights(l)).sum();
        start..start + self.layer_weights(layer)
    }

    /// Where layer `layer` lies in a flat vector of all biases.
    pub fn bias_range(&self, layer: usize) -> std::ops::Range<usize> {
        let start = (0..layer).map(|l| self.outputs(l)).sum();
        start..start + self.outputs(layer)
    }

    /// All weights; biases are not counted, as in the paper.
    pub fn weights(&self) -> usize {
        (0..LAYERS).map(|l| self.layer_weights(l)).sum()
    }

    /// All biases.
    pub fn biases(&self) -> usize {
        (0..LAYERS).map(|l| self.outputs(l)).sum()
    }

    /// All weights and biases.
    pub fn parameters(&self) -> usize {
        self.weights() + self.biases()
    }

    /// Multiply-adds of one training step on one image when `alive` weights of each layer survive: one each for the
    /// forward pass and the weight gradient, and one more in all layers but the first for the input gradient.
    pub fn multiply_adds(alive: &[u32; LAYERS]) -> u64 {
        2 * u64::from(alive[0]) + 3 * u64::from(alive[1]) + 3 * u64::from(alive[2])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lenet_has_the_papers_weights() {
        let shape = Shape::LENET_300_100;
        assert_eq!(shape.weights(), 266_200);
        assert_eq!(shape.biases(), 410);
        assert_eq!(shape.weight_range(1), 235_200..265_200);
        assert_eq!(shape.bias_range(2), 400..410);
        assert_eq!(Shape::multiply_adds(&[235_200, 30_000, 1_000]), 563_400);
    }
}
