//! Softmax cross-entropy, its gradient, and the right answers.

use crate::lab::shape::CLASSES;

/// Numbers between one image's logits and the next's; the lanes beyond the ten classes are zero.
pub const LOGITS: usize = 12;

/// What a pass over a batch says.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Score {
    /// Cross-entropy summed over the images, nats.
    pub loss: f64,
    /// Images whose largest logit is their label's; of equal logits the first counts.
    pub correct: u32,
}

/// Scores `logits` (images, [`LOGITS`]) against the images' labels. With `gradient`, turns them into the gradient of the mean loss.
pub fn softmax_cross_entropy(logits: &mut [f32], labels: &[u8], gradient: bool) -> Score {
    let mut score = Score::default();
    let scale = 1.0 / labels.len() as f32;
    for (row, &label) in logits.chunks_exact_mut(LOGITS).zip(labels) {
        let label = label as usize;
        let row: &mut [f32; CLASSES] = (&mut row[..CLASSES]).try_into().expect("ten logits");
        let best = (1..CLASSES).fold(0, |best, k| if row[k] > row[best] { k } else { best });
        score.correct += u32::from(best == label);
        let (largest, at_label) = (row[best], row[label]);
        let exponentials = row.map(|z| libm::expf(z - largest));
        let sum: f32 = exponentials.iter().sum();
        score.loss += f64::from(libm::logf(sum) - (at_label - largest));
        if gradient {
            for (k, (z, e)) in row.iter_mut().zip(exponentials).enumerate() {
                let target = if k == label { 1.0 } else { 0.0 };
                *z = (e / sum - target) * scale;
            }
        }
    }
    score
}
